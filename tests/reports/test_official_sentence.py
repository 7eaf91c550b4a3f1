"""The official sentence reads as the report's does, and claims nothing that is not recorded."""

from __future__ import annotations

from datetime import date

import pytest

from drillbook.core import head_counts
from drillbook.core.errors import ValidationError
from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.records.office_settings import OfficeSettings
from drillbook.records.plans import PlanRevision
from drillbook.reports import figures
from drillbook.reports.annual_figures import annual
from drillbook.reports.official_sentence import official
from tests.people import CLERK, add_plan, add_planned_drill, add_programme, add_session, add_team
from tests.raw import raw

YEAR_END = date(2023, 12, 31)
REVISED = (PlanRevision(started_on=date(2023, 3, 1)),)
SPECIALS = {
    "高区地震应急预案": "earthquake",
    "高区森林防火应急预案": "forest_fire",
    "高区自然灾害救助应急预案": "disaster_relief",
    "高区海上溢油应急预案": "oil_spill",
}


def text(store: Store, language: str = "zh", as_of: date = YEAR_END) -> str:
    """Return the sentence of 2023."""
    with use_language("en" if language == "en" else "zh"):
        return official(annual(store, 2023, as_of)).text


def revise(store: Store, number: int, overall: bool = True) -> None:
    """Put the overall plan and the first special plans under revision."""
    if overall:
        add_plan(store, "高区总体应急预案", category="overall", revisions=REVISED)
    for title, hazard in list(SPECIALS.items())[:number]:
        add_plan(store, title, hazard=hazard, revisions=REVISED)


def decide(store: Store, **decisions: str) -> None:
    """Let the office decide."""
    office_settings.save(store, OfficeSettings(**decisions), actor=CLERK)


def test_the_sample_year_reads_as_the_report_does(demo_store: Store) -> None:
    sentence = text(demo_store)
    for clause in (
        "成立森林消防中队。",
        "制定全区应急演练计划，明确27项应急演练主办单位和责任分工。",
        "组织开展各类应急演练117场次，参与人数3100余人。",
        "成立海上搜救、防汛救援等7支社会专业救援队伍。",
    ):
        assert clause in sentence
    decide(demo_store, revision_reading="apart")
    assert text(demo_store).startswith(
        "统筹推进总体应急预案和地震、森林防火、自然灾害救助等4个专项应急预案编修工作。"
    )


def test_the_sample_year_reads_well_in_english(demo_store: Store) -> None:
    sentence = text(demo_store, "en")
    assert "1 overall plan and 4 special plans (earthquake, " in sentence
    assert "responsibilities for 27 planned drills. Held 117 emergency drill sessions" in sentence
    assert "with over 3,100 participants. Set up 7 professional teams" in sentence
    assert "  " not in sentence


# --- nothing, one, and many ------------------------------------------------------------------


def test_an_empty_year_says_that_nothing_is_on_record(store: Store) -> None:
    assert text(store) == "2023年尚未登记应急演练计划和演练场次。"
    assert text(store, "en") == "No drill programme and no drill session is on record for 2023."


def test_a_programme_without_sessions_says_up_to_which_day(store: Store) -> None:
    add_planned_drill(store, add_programme(store))
    assert text(store, as_of=date(2023, 3, 31)) == (
        "制定全区应急演练计划，明确1项应急演练主办单位和责任分工。"
        "截至2023年3月31日，尚未登记演练场次。"
    )
    assert "for 1 planned drill. No drill session is on record up to" in text(store, "en")


def test_a_programme_without_items_names_no_number(store: Store) -> None:
    add_programme(store)
    assert text(store).startswith("制定全区应急演练计划。")


def test_sessions_without_a_programme_claim_no_programme(store: Store) -> None:
    add_session(store, participants=1)
    assert text(store) == "组织开展各类应急演练1场次，参与人数1人。"
    assert text(store, "en") == "Held 1 emergency drill session with 1 participant."


def test_sessions_without_any_head_count_claim_no_participants(store: Store) -> None:
    add_session(store, participants=None)
    assert text(store) == "组织开展各类应急演练1场次。"


@pytest.mark.parametrize(
    ("number", "founded_on", "zh", "en"),
    [
        (1, date(2023, 5, 1), "成立1支海上搜救社会专业救援队伍。", "Set up 1 professional team"),
        (1, date(2020, 5, 1), "现有1支海上搜救社会专业救援队伍。", "rescue stand ready."),
        (2, date(2023, 5, 1), "成立2支海上搜救社会专业救援队伍。", "Set up 2 professional teams"),
    ],
)
def test_social_teams_were_set_up_this_year_or_stand_ready(
    store: Store, number: int, founded_on: date, zh: str, en: str
) -> None:
    for place in range(number):
        add_team(store, f"第{place}队", fields="maritime_rescue", founded_on=founded_on)
    assert zh in text(store)
    assert en in text(store, "en")


def test_teams_without_fields_are_counted_without_naming_any(store: Store) -> None:
    add_team(store, founded_on=date(2023, 5, 1))
    assert "成立1支社会专业救援队伍。" in text(store)


def test_the_two_fields_of_most_teams_are_named(store: Store) -> None:
    for number, fields in enumerate(("flood_rescue", "flood_rescue,psychological", "logistics")):
        add_team(store, f"第{number}队", fields=fields, founded_on=date(2023, 5, 1))
    assert "成立防汛救援、心理援助等3支社会专业救援队伍。" in text(store)


def test_a_professional_team_is_named_in_the_year_it_was_set_up(store: Store) -> None:
    add_team(store, "森林消防中队", kind="professional", founded_on=date(2023, 3, 10))
    add_team(store, "危化品救援队", kind="professional", founded_on=date(2015, 3, 10))
    assert "成立森林消防中队。" in text(store)
    assert "森林消防中队" not in text(store, as_of=date(2023, 3, 9))


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (2, "成立第0队、第1队。", "Set up 第0队 and 第1队."),
        (3, "成立第0队、第1队、第2队。", "Set up 第0队, 第1队 and 第2队."),
    ],
)
def test_up_to_three_professional_teams_are_all_named_and_not_counted(
    store: Store, number: int, zh: str, en: str
) -> None:
    for place in range(number):
        founded = date(2023, 3, 1 + place)
        add_team(store, f"第{place}队", kind="professional", founded_on=founded)
    assert zh in text(store)
    assert en in text(store, "en")


def test_exactly_two_fields_are_all_there_are(store: Store) -> None:
    for number, fields in enumerate(("flood_rescue", "flood_rescue,psychological")):
        add_team(store, f"第{number}队", fields=fields, founded_on=date(2023, 5, 1))
    assert "成立2支防汛救援、心理援助社会专业救援队伍。" in text(store)


@pytest.mark.parametrize(
    ("founded", "verb"), [(date(2022, 12, 31), "现有"), (date(2023, 1, 1), "成立")]
)
def test_a_team_founded_on_the_first_of_january_was_set_up_in_the_year(
    store: Store, founded: date, verb: str
) -> None:
    add_team(store, founded_on=founded)
    add_team(store, "森林消防中队", kind="professional", founded_on=founded)
    assert f"{verb}1支社会专业救援队伍" in text(store)
    assert ("成立森林消防中队" in text(store)) == (verb == "成立")


def test_more_than_three_professional_teams_are_counted(store: Store) -> None:
    for number in range(4):
        day = date(2023, 3, 1 + number)
        add_team(store, f"第{number}队", kind="professional", founded_on=day)
    assert "成立第0队、第1队、第2队等4支专业救援队伍。" in text(store)


# --- plans under revision: 1 + 4, or 4 in all? -----------------------------------------------


def test_as_long_as_the_office_has_not_decided_the_wording_cannot_be_misread(store: Store) -> None:
    revise(store, 4)
    assert text(store).startswith(
        "统筹推进1个总体应急预案和4个专项应急预案（地震、森林防火、自然灾害救助等）编修工作。"
    )
    waiting = official(annual(store, 2023, YEAR_END)).waiting
    assert waiting == ("revision_reading", "named_plans")


@pytest.mark.parametrize(
    ("reading", "specials", "sentence"),
    [
        ("apart", 4, "总体应急预案和地震、森林防火、自然灾害救助等4个专项应急预案"),
        ("apart", 3, "总体应急预案和地震、森林防火、自然灾害救助3个专项应急预案"),
        ("together", 3, "总体应急预案和地震、森林防火、自然灾害救助等4个专项应急预案"),
        ("together", 1, "总体应急预案和地震专项应急预案"),
        ("together", 0, "总体应急预案"),
    ],
)
def test_the_offices_reading_decides_what_the_number_counts(
    store: Store, reading: str, specials: int, sentence: str
) -> None:
    revise(store, specials)
    decide(store, revision_reading=reading)
    assert text(store).startswith(f"统筹推进{sentence}编修工作。")


@pytest.mark.parametrize(
    ("specials", "sentence"),
    [
        (1, "统筹推进地震专项应急预案编修工作。"),
        (2, "统筹推进地震、森林防火2个专项应急预案编修工作。"),
        (4, "统筹推进地震、森林防火、自然灾害救助等4个专项应急预案编修工作。"),
    ],
)
def test_without_the_overall_plan_there_is_nothing_to_decide(
    store: Store, specials: int, sentence: str
) -> None:
    revise(store, specials, overall=False)
    assert text(store).startswith(sentence)
    assert "revision_reading" not in official(annual(store, 2023, YEAR_END)).waiting


def test_other_plans_under_revision_are_added_apart(store: Store) -> None:
    revise(store, 1)
    add_plan(store, "教育系统应急预案", category="departmental", revisions=REVISED)
    assert text(store).startswith(
        "统筹推进总体应急预案和地震专项应急预案，以及其他1个应急预案编修工作。"
    )


def test_only_other_plans_are_simply_counted(store: Store) -> None:
    add_plan(store, "教育系统应急预案", category="departmental", revisions=REVISED)
    assert text(store).startswith("统筹推进1个应急预案编修工作。")
    assert text(store, "en").startswith("Coordinated the drafting and revision of 1 plan.")


def test_the_office_chooses_which_plans_are_named(store: Store) -> None:
    revise(store, 3)
    chosen = add_plan(store, "海上溢油应急预案", hazard="oil_spill", revisions=REVISED)
    decide(store, revision_reading="apart", named_plans=chosen)
    assert "总体应急预案和海上溢油等4个专项应急预案" in text(store)


def test_a_special_plan_without_a_hazard_is_named_by_its_title(store: Store) -> None:
    add_plan(store, "大型活动应急预案", revisions=REVISED)
    assert "《大型活动应急预案》" in text(store)


# --- 余, 约, 人数, 人次 ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "is_inexact", "zh", "en"),
    [
        (86, False, "86", "86"),
        (86, True, "约86", "about 86"),
        (100, False, "100", "100"),
        (3100, True, "约3100", "about 3,100"),
        (3117, False, "3100余", "over 3,100"),
        (3117, True, "3100余", "over 3,100"),
        (0, True, "0", "0"),
    ],
)
def test_over_stands_only_where_the_total_is_rounded(
    total: int, is_inexact: bool, zh: str, en: str
) -> None:
    with use_language("zh"):
        assert head_counts.total_shown(total, is_inexact) == zh
    with use_language("en"):
        assert head_counts.total_shown(total, is_inexact) == en


@pytest.mark.parametrize(
    ("counts", "is_inexact", "people"),
    [
        ([(30, "exact")], False, "参与人数30人"),
        ([(30, "exact"), (12, "exact")], False, "参与人数42人"),
        ([(30, "exact"), (12, "approximate")], True, "参与人数约42人"),
        ([(30, "exact"), (12, "over")], True, "参与人数约42人"),
        ([(30, "exact"), (None, "unknown")], True, "参与人数约30人"),
        ([(30, "exact"), (12, "approximate"), (None, "unknown")], True, "参与人数约42人"),
        ([(70, "approximate"), (50, "exact")], True, "参与人数100余人"),
        ([(50, "exact"), (50, "exact"), (None, "unknown")], True, "参与人数约100人"),
    ],
)
def test_a_sum_is_about_as_soon_as_one_of_its_counts_is_or_is_unknown(
    store: Store, counts: list[tuple[int | None, str]], is_inexact: bool, people: str
) -> None:
    for place, (number, kind) in enumerate(counts):
        add_session(store, f"演练{place}", participants=number, participants_kind=kind)
    assert annual(store, 2023, YEAR_END).is_inexact == is_inexact
    assert f"{people}。" in text(store)


@pytest.mark.parametrize(
    ("number", "kind", "zh"),
    [
        (30, "exact", "30"),
        (30, "over", "30余"),
        (100, "approximate", "约100"),
        (None, "unknown", "未知"),
    ],
)
def test_a_single_count_is_shown_with_its_kind(number: int | None, kind: str, zh: str) -> None:
    with use_language("zh"):
        assert head_counts.shown(number, kind) == zh


def test_the_office_decides_whether_people_or_person_times_are_meant(store: Store) -> None:
    add_session(store, participants=3117)
    assert "person_word" in official(annual(store, 2023, YEAR_END)).waiting
    decide(store, person_word="person_times")
    assert text(store).endswith("参与3100余人次。")
    assert text(store, "en").endswith("with over 3,100 attendances.")


def test_the_areas_name_is_the_offices(store: Store) -> None:
    add_programme(store)
    decide(store, district_zh="全市", district_en="the city")
    assert "制定全市应急演练计划" in text(store)
    assert "programme of the city." in text(store, "en")


# --- rows behind, and decisions on record ----------------------------------------------------


def test_every_number_knows_its_measure(demo_store: Store) -> None:
    statistics = annual(demo_store, 2023, YEAR_END)
    with use_language("zh"):
        numbers = [(part.figure, part.text) for part in official(statistics).numbers]
    assert {code for code, _text in numbers} <= set(figures.FIGURES)
    for code in ("planned_drills", "sessions", "social_teams", "special_plans_under_revision"):
        rows = figures.FIGURES[code].rows(statistics.view).rows(demo_store)
        assert (code, str(len(rows))) in numbers


def test_a_decision_leaves_an_audit_line_and_an_unchanged_one_none(store: Store) -> None:
    decide(store, revision_reading="apart")
    decide(store, revision_reading="apart", district_zh="全市")
    with raw(store) as cursor:
        lines = cursor.execute(
            "select subject_id, actor, before_json, after_json from audit_event"
            " where subject_type = 'office_setting' order by happened_at, subject_id"
        ).fetchall()
    assert lines == [
        ("revision_reading", CLERK, '{"value": ""}', '{"value": "apart"}'),
        ("district_zh", CLERK, '{"value": ""}', '{"value": "全市"}'),
    ]


def test_a_decision_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(ValidationError) as refused:
        decide(store, revision_reading="guess", district_zh="区" * 300)
    assert set(refused.value.problems) == {"revision_reading", "district_zh"}
    assert office_settings.load(store) == OfficeSettings()
