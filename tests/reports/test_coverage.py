"""Coverage: each figure of the views worked out by hand, on both sides of each date."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import plans, sessions
from drillbook.records.sessions import SessionTeam
from drillbook.reports import coverage
from drillbook.reports.coverage import HazardRow
from drillbook.reports.files import coverage_workbook
from tests.people import (
    CLERK,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

END = date(2023, 12, 31)
FLOOD = {"event_class": "natural_disaster", "hazard": "flood_drought"}


def row(store: Store, hazard: str, as_of: date = END, span: int = 3) -> HazardRow:
    rows = coverage.matrix(store, as_of, coverage.years_back(as_of, span))
    return next(one for one in rows if one.hazard == hazard)


def test_an_empty_register_has_a_blank_row_for_each_hazard(store: Store) -> None:
    rows = coverage.coverage(store, END).rows
    assert len(rows) == 30
    assert all(one.is_blank and one.hazard for one in rows)
    assert list(dict.fromkeys(one.event_class for one in rows)) == [
        "natural_disaster",
        "accident_disaster",
        "public_health",
        "social_security",
    ]


@pytest.mark.parametrize(
    ("as_of", "sessions_by_year", "participants"),
    [
        (date(2023, 6, 14), {2021: 0, 2022: 1, 2023: 0}, 20),
        (date(2023, 6, 15), {2021: 0, 2022: 1, 2023: 1}, 50),
        (date(2023, 12, 31), {2021: 0, 2022: 1, 2023: 1}, 50),
        (date(2024, 1, 1), {2022: 1, 2023: 1, 2024: 0}, 50),
        (date(2025, 1, 1), {2023: 1, 2024: 0, 2025: 0}, 30),
        (date(2026, 1, 1), {2024: 0, 2025: 0, 2026: 0}, 0),
    ],
)
def test_sessions_count_in_their_calendar_year_up_to_the_day(
    store: Store, as_of: date, sessions_by_year: dict[int, int], participants: int
) -> None:
    add_session(store, "前年", date(2022, 12, 31), participants=20, **FLOOD)
    add_session(store, "今年", date(2023, 6, 15), participants=30, **FLOOD)
    found = row(store, "flood_drought", as_of)
    assert (found.sessions, found.participants) == (sessions_by_year, participants)


@pytest.mark.parametrize("span", coverage.SPANS)
def test_every_span_looks_back_to_the_first_of_january(store: Store, span: int) -> None:
    first = date(2023 - span + 1, 1, 1)
    add_session(store, "头一天", first, **FLOOD)
    add_session(store, "前一天", date(first.year - 1, 12, 31), **FLOOD)
    found = row(store, "flood_drought", END, span)
    assert len(found.sessions) == span
    assert found.held == 1


def test_a_session_counts_under_the_hazard_of_its_item_or_plan(store: Store) -> None:
    plan = add_plan(store, "防汛应急预案", **FLOOD)
    item = add_planned_drill(store, add_programme(store), plan_id=plan)
    add_session(store, planned_drill_id=item)
    add_session(store, "消防演练", plan_id=plan)
    found = row(store, "flood_drought")
    assert (found.held, found.plans, found.plan_id) == (2, 1, plan)


def test_what_names_no_hazard_has_a_row_of_its_own_that_is_shown_when_needed(store: Store) -> None:
    add_session(store, "不知类别")
    add_session(store, "只知类别", event_class="public_health")
    rows = coverage.coverage(store, END).rows
    unnamed = [(one.event_class, one.held) for one in rows if not one.hazard]
    assert unnamed == [("public_health", 1), ("", 1)]
    assert sum(one.held for one in rows) == 2


def test_every_session_of_the_sample_years_stands_in_one_cell(demo_store: Store) -> None:
    rows = coverage.coverage(demo_store, END, 2).rows
    assert sum(one.sessions[2023] for one in rows) == 117
    assert sum(one.held for one in rows) == len(demo_store.query("session_list", **_all()))


def _all() -> dict[str, None]:
    names = "first_day last_day event_class form membership host planned_drill_id search"
    return dict.fromkeys([*names.split(), "bound_unit_id"])


def test_plans_count_while_they_are_in_force(store: Store) -> None:
    issued = (plans.PlanVersion(1, issued_on=date(2023, 3, 1)),)
    add_plan(
        store,
        "防汛应急预案",
        versions=issued,
        lifecycle="repealed",
        repealed_on=date(2023, 9, 1),
        **FLOOD,
    )
    counted = {
        as_of: row(store, "flood_drought", as_of).plans
        for as_of in (date(2023, 2, 28), date(2023, 3, 1), date(2023, 8, 31), date(2023, 9, 1))
    }
    assert list(counted.values()) == [0, 1, 1, 0]


def test_two_plans_of_a_hazard_are_no_one_plan(store: Store) -> None:
    add_plan(store, "防汛应急预案", **FLOOD)
    add_plan(store, "抗旱应急预案", **FLOOD)
    found = row(store, "flood_drought")
    assert (found.plans, found.plan_id) == (2, None)


def test_next_years_items_count_until_they_are_cancelled(store: Store) -> None:
    programme = add_programme(store, 2024)
    add_planned_drill(store, programme, cancelled_on=date(2023, 12, 30), **FLOOD)
    assert row(store, "flood_drought", date(2023, 12, 29)).planned_drills == 1
    assert row(store, "flood_drought", date(2023, 12, 30)).planned_drills == 0
    assert row(store, "flood_drought", date(2024, 1, 1)).planned_drills == 0


def test_a_plan_is_listed_when_its_last_drill_lies_before_the_years(store: Store) -> None:
    old, recent = add_plan(store, "旧演练预案"), add_plan(store, "新演练预案")
    add_plan(store, "从未演练预案")
    add_session(store, "旧", date(2020, 12, 31), plan_id=old)
    session = add_session(store, "新", date(2021, 1, 1), plan_id=recent)

    def listed() -> list[str]:
        return [plan["title"] for plan in coverage.coverage(store, END).plans_not_drilled]

    assert listed() == ["从未演练预案", "旧演练预案"]
    sessions.RECORD_TYPE.void(store, session, "重复", 1, actor=CLERK)
    assert listed() == ["从未演练预案", "新演练预案", "旧演练预案"]


def test_a_joint_drill_needs_two_teams(store: Store) -> None:
    first, second, alone = (add_team(store, name) for name in ("甲队", "乙队", "丙队"))
    add_session(store, "联合", teams=(SessionTeam(first), SessionTeam(second)))
    add_session(store, "单独", teams=(SessionTeam(alone),))

    def listed(as_of: date) -> list[str]:
        return [team["name"] for team in coverage.coverage(store, as_of).teams_not_joined]

    assert set(listed(date(2023, 6, 14))) == {"甲队", "乙队", "丙队"}
    assert listed(date(2023, 6, 15)) == ["丙队"]
    assert len(listed(date(2026, 1, 1))) == 3


def test_a_joint_drill_on_the_first_day_of_the_years_counts(store: Store) -> None:
    for year, name in ((2020, "旧"), (2021, "新")):
        pair = tuple(SessionTeam(add_team(store, f"{name}{place}")) for place in (1, 2))
        day = date(2020, 12, 31) if year == 2020 else date(2021, 1, 1)
        add_session(store, name, day, teams=pair)
    listed = [team["name"] for team in coverage.coverage(store, END).teams_not_joined]
    assert sorted(listed) == ["旧1", "旧2"]


def test_hazards_without_a_plan_are_named(store: Store) -> None:
    add_plan(store, "防汛应急预案", **FLOOD)
    missing = [one.hazard for one in coverage.coverage(store, END).hazards_without_plan]
    assert len(missing) == 29
    assert "flood_drought" not in missing


def test_all_four_classes_need_a_plan(store: Store) -> None:
    for event_class in ("natural_disaster", "accident_disaster", "public_health"):
        add_plan(store, f"{event_class}预案", event_class=event_class)
    classes, zone = coverage.coverage(store, END).requirements
    assert (classes.is_met, classes.missing) == (False, ("social_security",))
    assert zone.is_met is False
    add_plan(store, "反恐怖袭击应急预案", hazard="terrorism", event_class="social_security")
    assert coverage.coverage(store, END).requirements[0].is_met


@pytest.mark.parametrize(
    ("category", "is_met"), [("special", True), ("departmental", True), ("enterprise", False)]
)
def test_an_enterprises_plan_is_not_the_zones(store: Store, category: str, is_met: bool) -> None:
    add_plan(
        store,
        "生产安全事故应急预案",
        category=category,
        event_class="accident_disaster",
        hazard="production_safety",
    )
    assert coverage.coverage(store, END).requirements[1].is_met is is_met


def test_law_is_quoted_only_from_a_rule_in_force_that_the_register_holds(store: Store) -> None:
    known = coverage.cited_rule(store, "NO-SUCH-RULE", END)
    assert known is None
    for requirement in coverage.coverage(store, date(2003, 1, 1)).requirements:
        assert (requirement.citation, requirement.text) == ("", "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_holds_the_matrix_and_the_lists(demo_store: Store, language: str) -> None:
    content = coverage_workbook.workbook_bytes(demo_store, END, 3, language, actor=CLERK)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 5
    cells = [cell.value for line in book.worksheets[1].iter_rows() for cell in line]
    assert ("水旱灾害" if language == "zh" else "Flood and drought") in cells
    assert 117 in cells
    with demo_store.write(Actor("test")) as tx:
        (line,) = tx.all("select actor, after_json from audit_event where action = 'export'")
    assert line["actor"] == CLERK
    assert "drillbook-coverage-20231231-3.xlsx" in line["after_json"]


def test_the_zones_unit_is_no_part_of_a_count(store: Store) -> None:
    host = add_unit(store)
    add_session(store, host=host, **FLOOD)
    assert row(store, "flood_drought").held == 1


def test_a_session_under_one_plan_and_an_item_of_another_covers_both(store: Store) -> None:
    first, second = add_plan(store, "甲预案"), add_plan(store, "乙预案")
    item = add_planned_drill(store, add_programme(store), plan_id=second)
    add_session(store, plan_id=first, planned_drill_id=item)
    assert not coverage.coverage(store, END).plans_not_drilled


def test_a_hazard_names_the_class_that_was_left_open(store: Store) -> None:
    add_plan(store, "生产安全事故应急预案", hazard="production_safety")
    classes, zone = coverage.coverage(store, END).requirements
    assert zone.is_met
    assert "accident_disaster" not in classes.missing


def test_an_enterprises_plan_does_not_cover_a_class(store: Store) -> None:
    add_plan(store, "企业预案", category="enterprise", event_class="accident_disaster")
    assert "accident_disaster" in coverage.coverage(store, END).requirements[0].missing
