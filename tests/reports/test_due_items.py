"""What falls due: every measure, with days on both sides of every boundary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from drillbook.core import clock
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.operations.opening import open_store
from drillbook.records import (
    attachments,
    office_events,
    office_settings,
    plans,
    programmes,
    rules,
    sessions,
)
from drillbook.records.plans import PlanAssessment, PlanVersion
from drillbook.records.rules import Rule
from drillbook.records.sessions import SessionTeam, SessionUnit
from drillbook.records.teams import TeamTraining
from drillbook.reports import due_items
from tests.examples import examples
from tests.people import (
    CLERK,
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.raw import raw

PARTS = ("rule_due", "planned_drill_due", "revision_due", "action_due", "decision_due")
SAFETY = {"event_class": "accident_disaster", "hazard": "production_safety"}


def one(store: Store, day: date, rule: str) -> Row:
    (item,) = due_items.items(store, day, rule=rule)
    return item


def stands(store: Store, day: date, rule: str) -> tuple[str, str | None, int | None]:
    item = one(store, day, rule)
    return item["state"], str(item["due_on"]) if item["due_on"] else None, item["days"]


def add_rule(store: Store, code: str, **fields: object) -> None:
    rule = Rule(code, date(2000, 1, 1), citation="通知", text="要求。")
    rules.RECORD_TYPE.save(store, replace(rule, **fields), actor=CLERK, today=TODAY)  # type: ignore[arg-type]


# --- intervals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "unit", "held", "expected"),
    [
        (3, "year", date(2024, 2, 29), date(2027, 2, 28)),
        (4, "year", date(2020, 2, 29), date(2024, 2, 29)),
        (1, "year", date(2023, 2, 28), date(2024, 2, 28)),
        (6, "month", date(2023, 8, 31), date(2024, 2, 29)),
        (6, "month", date(2022, 8, 31), date(2023, 2, 28)),
        (1, "month", date(2023, 1, 31), date(2023, 2, 28)),
        (6, "month", date(2023, 2, 28), date(2023, 8, 28)),
        (90, "day", date(2023, 12, 31), date(2024, 3, 30)),
        (20, "working_day", date(2024, 2, 2), date(2024, 3, 6)),
        (1, "working_day", date(2024, 2, 3), date(2024, 2, 4)),
    ],
)
def test_an_interval_ends_on_the_day_the_calendar_says(
    tmp_path: Path, count: int, unit: str, held: date, expected: date
) -> None:
    store = open_store(tmp_path / "register.duckdb")
    plan = add_plan(store)
    add_rule(store, "X", interval_count=count, interval_unit=unit)
    held_on = {"plan_id": plan, "held_on": held}
    sessions.RECORD_TYPE.save(
        store,
        sessions.Session("演练", participants=1, **held_on),  # type: ignore[arg-type]
        actor=CLERK,
        today=date(2030, 1, 1),
    )
    assert stands(store, expected, "X") == ("due_soon", expected.isoformat(), 0)
    assert stands(store, expected + timedelta(days=1), "X")[::2] == ("late", -1)
    store.close()


def test_a_plan_drilled_exactly_on_the_day_was_never_late(store: Store) -> None:
    plan = add_plan(store)
    add_session(store, held_on=date(2020, 5, 10), plan_id=plan)
    add_session(store, "再次演练", held_on=date(2023, 5, 10), plan_id=plan)
    rule = "DRILL-3Y-2013"
    assert stands(store, date(2023, 4, 9), rule) == ("normal", "2023-05-10", 31)
    assert stands(store, date(2023, 4, 10), rule) == ("due_soon", "2023-05-10", 30)
    assert stands(store, date(2023, 5, 9), rule) == ("due_soon", "2023-05-10", 1)
    assert stands(store, date(2023, 5, 10), rule) == ("normal", "2026-05-10", 1096)


def test_how_soon_is_soon_is_the_offices_decision(store: Store) -> None:
    plan = add_plan(store)
    drill = add_planned_drill(store, add_programme(store), due_to=date(2023, 5, 10))
    add_session(store, held_on=date(2020, 5, 10), plan_id=plan)
    decided = replace(office_settings.load(store), due_soon_days="7")
    office_settings.save(store, decided, actor=CLERK)
    for day, state in ((date(2023, 5, 2), "normal"), (date(2023, 5, 3), "due_soon")):
        assert one(store, day, "DRILL-3Y-2013")["state"] == state
        (item,) = due_items.items(store, day, source="planned_drill")
        assert (item["subject_id"], item["state"]) == (drill, state)


# --- plans --------------------------------------------------------------------------------------


def test_a_plan_never_drilled_is_due_from_the_later_of_rule_and_plan(store: Store) -> None:
    old = PlanVersion(issued_on=date(2010, 1, 1))
    add_plan(store, "旧预案", versions=(old,))
    new = PlanVersion(issued_on=date(2020, 6, 1))
    add_plan(store, "新预案", versions=(new,))
    found = due_items.items(store, date(2023, 1, 1), rule="DRILL-3Y-2013")
    assert {item["subject"]: (item["state"], str(item["due_on"])) for item in found} == {
        "旧预案": ("never", "2016-10-25"),
        "新预案": ("never", "2023-06-01"),
    }


def test_a_drill_of_2022_is_judged_by_the_rule_of_2022(store: Store) -> None:
    plan = add_plan(store)
    add_session(store, held_on=date(2022, 6, 1), plan_id=plan)
    codes = {item["rule"] for item in due_items.items(store, date(2022, 12, 31), source="rule")}
    assert "DRILL-3Y-2013" in codes
    assert not codes & {"DRILL-3Y-2024", "ASSESS-3Y-2024", "FILE-20WD-2024"}
    codes = {item["rule"] for item in due_items.items(store, date(2024, 1, 31), source="rule")}
    assert "DRILL-3Y-2024" in codes
    assert "DRILL-3Y-2013" not in codes


def test_a_session_of_an_item_of_the_plan_is_a_drill_of_the_plan(store: Store) -> None:
    plan = add_plan(store)
    item = add_planned_drill(store, add_programme(store), plan_id=plan)
    add_session(store, held_on=date(2023, 6, 15), planned_drill_id=item)
    assert stands(store, date(2023, 6, 14), "DRILL-3Y-2013")[0] == "never"
    assert stands(store, date(2023, 6, 15), "DRILL-3Y-2013")[:2] == ("normal", "2026-06-15")


def test_the_two_years_ask_for_the_governments_plans_of_production_safety_only(
    store: Store,
) -> None:
    add_plan(store, "专项", **SAFETY)
    add_plan(store, "企业", category="enterprise", **SAFETY)
    add_plan(store, "危化品", event_class="accident_disaster", hazard="hazardous_chemicals")
    assert one(store, date(2023, 1, 1), "DRILL-2Y-SAFETY")["subject"] == "专项"


def test_a_plan_still_being_drafted_is_not_applicable_and_a_repealed_one_gone(
    store: Store,
) -> None:
    add_plan(store, "编制中", lifecycle="drafting")
    add_plan(store, "已废止", lifecycle="repealed", repealed_on=date(2022, 1, 1))
    item = one(store, date(2023, 1, 1), "DRILL-3Y-2013")
    assert (item["subject"], item["state"], item["due_on"]) == ("编制中", "not_applicable", None)
    detail = due_items.detail(store, date(2023, 1, 1), item)
    assert detail
    assert detail["reason"] == "plan_drafted"


def test_an_assessment_counts_from_its_day(store: Store) -> None:
    add_rule(store, "A", measure="assessed", interval_count=3, interval_unit="year")
    assessed = PlanAssessment(date(2023, 3, 1), "应急管理局", "适用")
    add_plan(store, assessments=(assessed,))
    assert stands(store, date(2023, 2, 28), "A")[0] == "never"
    assert stands(store, date(2023, 3, 1), "A")[:2] == ("normal", "2026-03-01")


def file(store: Store, *versions: PlanVersion) -> None:
    plan = plans.Plan("防汛预案", versions=versions)
    plans.RECORD_TYPE.save(store, plan, actor=CLERK, today=date(2025, 1, 1))


@pytest.mark.parametrize(
    ("day", "state", "days"),
    [
        (date(2024, 2, 2), "normal", 33),
        (date(2024, 2, 5), "due_soon", 30),
        (date(2024, 3, 6), "due_soon", 0),
        (date(2024, 3, 7), "late", -1),
    ],
)
def test_a_plan_is_filed_within_twenty_working_days_across_the_spring_festival(
    store: Store, day: date, state: str, days: int
) -> None:
    file(store, PlanVersion(issued_on=date(2024, 2, 2)))
    assert stands(store, day, "FILE-20WD-2024") == (state, "2024-03-06", days)


def test_a_plan_once_filed_falls_due_no_more(store: Store) -> None:
    file(store, PlanVersion(issued_on=date(2024, 2, 2), filed_on=date(2024, 3, 7)))
    assert stands(store, date(2024, 3, 7), "FILE-20WD-2024") == ("normal", None, None)
    assert stands(store, date(2024, 3, 6), "FILE-20WD-2024")[0] == "due_soon"


def test_a_plan_issued_before_the_rule_is_not_asked(store: Store) -> None:
    file(store, PlanVersion(issued_on=date(2024, 1, 30)))
    assert due_items.items(store, date(2024, 6, 1), rule="FILE-20WD-2024") == []


def test_without_a_day_of_issue_filing_cannot_be_judged(store: Store) -> None:
    file(store, PlanVersion(documented_on=date(2024, 2, 2)))
    item = one(store, date(2024, 6, 1), "FILE-20WD-2024")
    assert item["state"] == "not_applicable"
    detail = due_items.detail(store, date(2024, 6, 1), item)
    assert detail
    assert detail["reason"] == "issue_unknown"


def test_a_deadline_nobody_announced_the_holidays_of_says_so(store: Store) -> None:
    version = PlanVersion(issued_on=date(2095, 3, 1))
    plans.RECORD_TYPE.save(
        store, plans.Plan("远期", versions=(version,)), actor=CLERK, today=date(2095, 3, 1)
    )
    item = one(store, date(2095, 3, 2), "FILE-20WD-2024")
    detail = due_items.detail(store, date(2095, 3, 2), item)
    assert detail
    assert not detail["is_announced"]


def test_only_a_revised_plan_is_filed_again(store: Store) -> None:
    first = PlanVersion(1, issued_on=date(2020, 1, 1), filed_on=date(2020, 1, 10))
    file(store, first, PlanVersion(2, issued_on=date(2023, 5, 1)))
    add_plan(store, "只有一版", versions=(PlanVersion(issued_on=date(2020, 1, 1)),))
    assert due_items.items(store, date(2023, 4, 30), rule="REFILE-SD") == []
    # No time is set by the rule, so none is invented.
    assert stands(store, date(2023, 5, 1), "REFILE-SD") == ("never", None, None)


def test_publishing_has_no_deadline_but_is_never_done_until_it_is(store: Store) -> None:
    file(store, PlanVersion(issued_on=date(2023, 5, 1), published_on=date(2023, 6, 1)))
    assert stands(store, date(2023, 5, 31), "PUBLISH-SD") == ("never", None, None)
    assert stands(store, date(2023, 6, 1), "PUBLISH-SD") == ("normal", None, None)


# --- the day itself -----------------------------------------------------------------------------


def test_a_rule_asks_from_its_first_day_to_its_last(store: Store) -> None:
    add_plan(store)
    first, last = date(2023, 5, 1), date(2023, 5, 31)
    add_rule(
        store, "X", effective_from=first, effective_to=last, interval_count=3, interval_unit="year"
    )
    day = timedelta(days=1)
    asked = [
        len(due_items.items(store, on, rule="X")) for on in (first - day, first, last, last + day)
    ]
    assert asked == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("issued", "number"),
    [(date(2024, 1, 30), 0), (date(2024, 1, 31), 1)],
)
def test_a_plan_issued_on_the_rules_first_day_is_asked(
    store: Store, issued: date, number: int
) -> None:
    file(store, PlanVersion(issued_on=issued))
    assert len(due_items.items(store, date(2024, 6, 1), rule="FILE-20WD-2024")) == number


@pytest.mark.parametrize(
    ("held_on", "number"),
    [
        (date(2023, 4, 30), 0),
        (date(2023, 5, 1), 1),
        (date(2023, 5, 31), 1),
        (date(2023, 6, 1), 0),
    ],
)
def test_a_drill_is_asked_by_the_rule_in_force_on_its_day(
    store: Store, held_on: date, number: int
) -> None:
    add_rule(
        store,
        "X",
        subject="session",
        measure="archive_complete",
        interval_count=10,
        interval_unit="day",
        effective_from=date(2023, 5, 1),
        effective_to=date(2023, 5, 31),
    )
    # The rule that is in force when one looks decides that the question is asked at all.
    later = date(2023, 6, 1)
    add_rule(
        store,
        "X",
        subject="session",
        measure="archive_complete",
        interval_count=20,
        interval_unit="day",
        effective_from=later,
    )
    add_session(store, held_on=held_on)
    found = due_items.items(store, date(2023, 12, 1), rule="X")
    within = [item for item in found if item["due_on"] == held_on + timedelta(days=10)]
    assert len(within) == number


@pytest.mark.parametrize(
    ("days", "standing"), [(-1, ["coming", "in_force", "ended"]), (0, ["in_force"] * 3)]
)
def test_a_rule_is_in_force_on_its_first_and_on_its_last_day(
    store: Store, days: int, standing: list[str]
) -> None:
    first, last = date(2023, 5, 1), date(2023, 5, 31)
    fields = {"interval_count": 3, "interval_unit": "year"}
    add_rule(store, "X", effective_from=first, effective_to=last, **fields)
    asked = (first + timedelta(days=days), date(2023, 5, 15), last - timedelta(days=days))
    nothing = dict.fromkeys(("standing", "subject"))
    found = [store.query("rule_list", as_of=day, search="X", **nothing) for day in asked]
    assert [row["standing"] for (row,) in ([r for r in f if r["code"] == "X"] for f in found)] == (
        standing
    )


def test_a_plan_filed_on_the_day_of_its_issue_is_filed(store: Store) -> None:
    file(store, PlanVersion(issued_on=date(2024, 2, 2), filed_on=date(2024, 2, 2)))
    assert stands(store, date(2024, 2, 2), "FILE-20WD-2024") == ("normal", None, None)


def test_a_plan_is_asked_from_the_day_of_its_issue(store: Store) -> None:
    file(store, PlanVersion(issued_on=date(2024, 2, 2)))
    assert due_items.items(store, date(2024, 2, 1), rule="FILE-20WD-2024") == []
    assert stands(store, date(2024, 2, 2), "FILE-20WD-2024")[0] == "normal"


def test_a_drill_on_the_day_of_issue_is_a_drill_of_the_plan(store: Store) -> None:
    day = date(2023, 5, 10)
    plan = add_plan(store, versions=(PlanVersion(issued_on=day),))
    assert stands(store, day, "DRILL-3Y-2013")[:2] == ("never", "2026-05-10")
    add_session(store, held_on=day, plan_id=plan)
    assert stands(store, day, "DRILL-3Y-2013")[:2] == ("normal", "2026-05-10")


def test_a_plan_is_asked_nothing_from_the_day_it_is_repealed(store: Store) -> None:
    add_plan(store, lifecycle="repealed", repealed_on=date(2023, 6, 1))
    assert one(store, date(2023, 5, 31), "DRILL-3Y-2013")
    assert due_items.items(store, date(2023, 6, 1), rule="DRILL-3Y-2013") == []


def test_the_zones_plan_is_there_from_its_issue_until_the_day_it_is_repealed(store: Store) -> None:
    issued = PlanVersion(issued_on=date(2023, 3, 1))
    add_plan(
        store, versions=(issued,), lifecycle="repealed", repealed_on=date(2023, 6, 1), **SAFETY
    )
    days = (date(2023, 2, 28), date(2023, 3, 1), date(2023, 5, 31), date(2023, 6, 1))
    found = [stands(store, day, "PLAN-ZONE-SAFETY")[0] for day in days]
    assert found == ["never", "normal", "normal", "never"]


def test_a_planned_drill_is_late_from_the_day_after_its_last(store: Store) -> None:
    add_planned_drill(store, add_programme(store), due_to=date(2023, 5, 10))
    days = (date(2023, 4, 9), date(2023, 4, 10), date(2023, 5, 10), date(2023, 5, 11))
    found = [due_items.items(store, day, source="planned_drill")[0] for day in days]
    assert [item["state"] for item in found] == ["normal", "due_soon", "due_soon", "late"]
    assert [item["days"] for item in found] == [31, 30, 0, -1]


# --- units --------------------------------------------------------------------------------------


def test_high_risk_units_drill_accidents_and_report_them_every_half_year(store: Store) -> None:
    unit = add_unit(store, "碧涛燃气", is_high_risk=True)
    add_unit(store, "普通单位")
    quake = {"event_class": "natural_disaster", "reported_on": date(2023, 9, 1)}
    add_session(store, "地震演练", date(2023, 8, 30), unit, **quake)
    rule = "DRILL-6M-HIGHRISK"
    assert stands(store, date(2023, 9, 1), rule) == ("never", "2019-10-01", -1431)
    accident = {"event_class": "accident_disaster", "reported_on": date(2023, 9, 5)}
    add_session(store, "燃气演练", date(2023, 8, 31), unit, **accident)
    assert stands(store, date(2023, 9, 4), rule)[0] == "never"
    assert stands(store, date(2023, 9, 5), rule)[:2] == ("normal", "2024-02-29")
    assert one(store, date(2023, 9, 5), rule)["unit_id"] == unit


def test_a_unit_that_only_took_part_did_not_hold_the_drill(store: Store) -> None:
    unit = add_unit(store, "供水公司", is_public_safety=True)
    add_session(store, units=(SessionUnit(unit, "participant"),))
    rule = "DRILL-1Y-SD-PUBLIC"
    assert stands(store, date(2023, 12, 1), rule)[0] == "never"
    add_session(store, "承办的演练", date(2023, 7, 1), units=(SessionUnit(unit, "organiser"),))
    assert stands(store, date(2023, 12, 1), rule)[:2] == ("normal", "2024-07-01")


# --- teams --------------------------------------------------------------------------------------


def test_a_joint_drill_takes_two_teams(store: Store) -> None:
    first = add_team(store, "甲队", kind="professional", founded_on=date(2020, 1, 1))
    second = add_team(store, "乙队", kind="volunteer")
    add_session(store, "单独", date(2023, 5, 1), teams=(SessionTeam(first),))
    rule, day = "TEAM-JOINT", date(2024, 12, 1)
    assert stands(store, day, rule)[:2] == ("never", "2025-11-01")
    both = (SessionTeam(first), SessionTeam(second))
    add_session(store, "联合", date(2023, 11, 30), teams=both)
    assert stands(store, day, rule)[:2] == ("late", "2024-11-30")
    assert one(store, day, rule)["subject"] == "甲队"


def test_insurance_lasts_until_the_day_it_says(store: Store) -> None:
    add_team(store, kind="social", insured_until=date(2024, 12, 31))
    assert stands(store, date(2024, 12, 31), "TEAM-INSURED") == ("due_soon", "2024-12-31", 0)
    assert stands(store, date(2025, 1, 1), "TEAM-INSURED") == ("late", "2024-12-31", -1)
    assert due_items.items(store, date(2024, 10, 31), rule="TEAM-INSURED") == []


def test_a_team_is_trained_again_within_a_year_and_a_dissolved_one_is_not_asked(
    store: Store,
) -> None:
    training = (TeamTraining(date(2023, 3, 1), "水域救援"), TeamTraining(date(2022, 3, 1)))
    add_team(store, trainings=training, dissolved_on=date(2023, 12, 1))
    assert stands(store, date(2023, 3, 1), "TEAM-TRAINED")[:2] == ("normal", "2024-03-01")
    assert stands(store, date(2023, 2, 28), "TEAM-TRAINED") == ("due_soon", "2023-03-01", 1)
    assert due_items.items(store, date(2023, 12, 1), rule="TEAM-TRAINED") == []


# --- sessions -----------------------------------------------------------------------------------


def test_the_papers_of_a_drill_are_archived_within_thirty_days(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = add_session(store, held_on=date(2023, 6, 15))
    rule = "ARCHIVE-9007"
    assert due_items.items(store, date(2023, 6, 14), rule=rule) == []
    assert stands(store, date(2023, 7, 15), rule) == ("due_soon", "2023-07-15", 0)
    assert stands(store, date(2023, 7, 16), rule) == ("late", "2023-07-15", -1)
    papers = ("scheme", "evaluation_report", "summary_report", "media")
    with store.write(CLERK) as tx:
        for kind in papers[:3]:
            add_file(tx, session, kind)
    day = clock.today()
    assert stands(store, day, rule)[0] == "late"
    with store.write(CLERK) as tx:
        add_file(tx, session, "media")
    assert stands(store, day, rule) == ("normal", None, None)
    assert stands(store, day - timedelta(days=1), rule)[0] == "late"


def test_a_voided_file_completes_no_archive(store: Store) -> None:
    session = add_session(store, held_on=date(2023, 6, 15))
    with store.write(CLERK) as tx:
        for kind in ("scheme", "evaluation_report", "summary_report"):
            add_file(tx, session, kind)
        media = add_file(tx, session, "media")
    day = clock.today()
    assert stands(store, day, "ARCHIVE-9007")[0] == "normal"
    attachments.void(store, media, "传错了", 1, actor=CLERK)
    assert stands(store, day, "ARCHIVE-9007")[0] == "late"
    attachments.restore(store, media, 2, actor=CLERK)
    assert stands(store, day, "ARCHIVE-9007")[0] == "normal"


def test_four_files_of_three_kinds_complete_no_archive(store: Store) -> None:
    session = add_session(store, held_on=date(2023, 6, 15))
    with store.write(CLERK) as tx:
        for kind in ("scheme", "evaluation_report", "media", "media", "sign_in_sheet"):
            add_file(tx, session, kind)
    assert stands(store, clock.today(), "ARCHIVE-9007")[0] == "late"


def test_papers_are_asked_for_from_the_day_of_the_drill_itself(store: Store) -> None:
    add_session(store, held_on=date(2023, 6, 15))
    assert stands(store, date(2023, 6, 15), "ARCHIVE-9007") == ("due_soon", "2023-07-15", 30)


def add_file(tx: Transaction, session: str, kind: str) -> str:
    row = {
        "subject_type": "drill_session",
        "subject_id": session,
        "kind": kind,
        "file_name": f"{kind}.pdf",
        "media_type": "application/pdf",
        "size_bytes": 1,
        "sha256": kind,
    }
    return tx.insert("attachment", row)


def test_what_the_office_marked_archived_is_archived(store: Store) -> None:
    add_session(store, status="archived")
    assert stands(store, date(2024, 1, 11), "ARCHIVE-9007")[0] == "normal"


def test_a_drill_of_which_only_the_month_is_known_counts_from_the_months_end(
    store: Store,
) -> None:
    add_session(store, held_on=date(2023, 6, 1), held_on_precision="month")
    assert stands(store, date(2023, 7, 1), "ARCHIVE-9007")[1] == "2023-07-30"


# --- the office ---------------------------------------------------------------------------------


def test_a_programme_is_made_every_year(store: Store) -> None:
    made = programmes.Programme(2023, "2023年计划", approved_on=date(2023, 3, 3))
    programmes.PROGRAMMES.save(store, made, actor=CLERK, today=TODAY)
    assert stands(store, date(2023, 3, 2), "PROGRAMME-SD")[:2] == ("never", "2013-09-01")
    assert stands(store, date(2023, 3, 3), "PROGRAMME-SD")[:2] == ("normal", "2024-03-03")


def test_the_list_of_teams_is_published_every_year(store: Store) -> None:
    event = office_events.OfficeEvent("team_list_published", date(2023, 12, 20), "一览表")
    office_events.RECORD_TYPE.save(store, event, actor=CLERK, today=TODAY)
    assert stands(store, date(2023, 12, 19), "TEAM-PUBLISHED")[0] == "never"
    assert stands(store, date(2024, 12, 21), "TEAM-PUBLISHED") == ("late", "2024-12-20", -1)


def test_the_zone_needs_a_plan_of_production_safety_and_of_all_four_classes(store: Store) -> None:
    day = date(2023, 1, 1)
    assert stands(store, day, "PLAN-ZONE-SAFETY") == ("never", None, None)
    add_plan(store, "生产安全", **SAFETY)
    assert stands(store, day, "PLAN-ZONE-SAFETY") == ("normal", None, None)
    for event_class in ("natural_disaster", "public_health"):
        add_plan(store, event_class, event_class=event_class)
    add_plan(store, "企业", category="enterprise", event_class="social_security")
    assert stands(store, day, "COVER-4-CLASSES")[0] == "never"
    add_plan(store, "social_security", event_class="social_security")
    assert stands(store, day, "COVER-4-CLASSES")[0] == "normal"


# --- the list -----------------------------------------------------------------------------------


def test_the_most_urgent_comes_first(demo_store: Store) -> None:
    found = due_items.items(demo_store, date(2024, 1, 11))
    urgencies = [item["urgency"] for item in found]
    assert urgencies == sorted(urgencies)
    over = [item["days"] for item in found if item["urgency"] == 0]
    assert over == sorted(over)
    assert {item["state"] for item in found if item["urgency"] == 0} == {"late", "never"}


def test_the_sample_years_show_every_state_and_the_counts_agree(demo_store: Store) -> None:
    day = date(2024, 1, 11)
    numbers = due_items.counts(demo_store, day)
    assert set(numbers) == set(due_items.STATES)
    assert all(numbers.values())
    for state, number in numbers.items():
        assert len(due_items.items(demo_store, day, states=[state])) == number


def test_every_shipped_rule_in_force_asks_somebody_in_the_sample_years(demo_store: Store) -> None:
    day = date(2025, 1, 11)
    asking = {item["rule"] for item in due_items.items(demo_store, day, source="rule")}
    # Nobody is asked of findings while none is recorded.
    assert set(due_items.rules_in_force(demo_store, day)) - asking <= {"REVISE-AFTER-DRILL"}


def test_filters_narrow_to_unit_rule_and_kind(demo_store: Store) -> None:
    day = date(2024, 1, 11)
    item = next(item for item in due_items.items(demo_store, day) if item["unit_id"])
    found = due_items.items(demo_store, day, unit_id=item["unit_id"])
    assert {one["unit_id"] for one in found} == {item["unit_id"]}
    assert {
        one["subject_type"] for one in due_items.items(demo_store, day, subject_type="team")
    } == {"team"}


def test_every_part_has_the_columns_of_the_whole(store: Store) -> None:
    with raw(store) as cursor:
        shapes = [
            [
                (row[0], row[1])
                for row in cursor.execute(f"describe select * from {view}").fetchall()
            ]
            for view in ("due_item", *PARTS)
        ]
    assert shapes == [shapes[0]] * len(shapes)
    assert [name for name, _type in shapes[0]] == [
        "as_of", "source", "subject_type", "subject_id", "subject", "rule", "state", "due_on",
        "days", "unit_id", "unit", "citation", "text", "is_verified",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (None, "", ""),
        (0, "今天", "today"),
        (1, "1天后", "in 1 day"),
        (1200, "1,200天后", "in 1,200 days"),
        (-1, "已超1天", "1 day over"),
        (-33, "已超33天", "33 days over"),
    ],
)
def test_days_in_words(number: int | None, zh: str, en: str) -> None:
    from drillbook.core.i18n import use_language

    with use_language("zh"):
        assert due_items.days(number) == zh
    with use_language("en"):
        assert due_items.days(number) == en


# --- properties ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A register in which something of each measure happened, then nothing more."""
    store = open_store(tmp_path_factory.mktemp("due") / "register.duckdb")
    unit = add_unit(store, "碧涛燃气", is_high_risk=True, is_public_safety=True)
    versions = (PlanVersion(issued_on=date(2020, 3, 1)),)
    assessed = (PlanAssessment(date(2021, 8, 31)),)
    plan = add_plan(store, versions=versions, assessments=assessed, **SAFETY)
    add_plan(store, "从未演练", versions=versions)
    team = add_team(
        store, kind="social", insured_until=date(2024, 12, 31),
        trainings=(TeamTraining(date(2022, 5, 1)),),
    )  # fmt: skip
    add_session(
        store, held_on=date(2020, 2, 29), host=unit, plan_id=plan, teams=(SessionTeam(team),),
        reported_on=date(2020, 3, 1), event_class="accident_disaster",
    )  # fmt: skip
    add_rule(store, "W", interval_count=30, interval_unit="working_day")
    yield store
    store.close()


ORDER = {"normal": 0, "due_soon": 1, "late": 2}
DAYS = st.dates(date(2022, 6, 1), date(2030, 12, 31))


@hypothesis_settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=DAYS, later=DAYS)
def test_while_nothing_happens_a_state_only_gets_worse(
    year_store: Store, first: date, later: date
) -> None:
    first, later = sorted((first, later))
    before = {
        (item["rule"], item["subject_id"]): item
        for item in due_items.items(year_store, first, source="rule")
    }
    for item in due_items.items(year_store, later, source="rule"):
        earlier = before.get((item["rule"], item["subject_id"]))
        if earlier is None:
            continue
        assert item["due_on"] == earlier["due_on"]
        assert (item["state"] == "never") == (earlier["state"] == "never")
        if item["state"] in ORDER:
            assert ORDER[earlier["state"]] <= ORDER[item["state"]]


@hypothesis_settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(day=DAYS, today=DAYS)
def test_what_is_due_as_of_a_day_never_depends_on_the_clock(
    year_store: Store, monkeypatch: pytest.MonkeyPatch, day: date, today: date
) -> None:
    before = due_items.items(year_store, day)
    monkeypatch.setattr(clock, "today", lambda: today)
    assert due_items.items(year_store, day) == before
    for item in before:
        if item["due_on"] is not None:
            due_on = date.fromisoformat(str(item["due_on"]))
            assert item["days"] == (due_on - day).days


def test_a_host_beside_another_finds_the_drill_too(store: Store) -> None:
    first, second, other = (add_unit(store, name) for name in ("甲局", "乙局", "丙局"))
    hosts = (programmes.PlannedDrillUnit(first), programmes.PlannedDrillUnit(second, position=1))
    item = add_planned_drill(
        store, add_programme(store), due_to=date(2023, 5, 10), units=hosts
    )  # fmt: skip

    def found(unit: str) -> list[str]:
        items = due_items.items(store, date(2023, 5, 1), unit_id=unit, source="planned_drill")
        return [row["subject_id"] for row in items]

    assert (found(first), found(second), found(other)) == ([item], [item], [])
    assert due_items.counts(store, date(2023, 5, 1), unit_id=second)["due_soon"] == 1
