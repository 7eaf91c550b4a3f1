"""The year's figures, worked out by hand, as of a day."""

from __future__ import annotations

from datetime import date

import pytest

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.records import finding_with_actions, programmes, sessions, teams
from drillbook.records.findings import Finding
from drillbook.records.plans import PlanRevision, PlanVersion
from drillbook.reports import annual_figures, drill_down, figures
from drillbook.reports.annual_figures import AnnualStatistics, annual
from drillbook.reports.official_sentence import official
from drillbook.reports.query_cache import Filters
from tests import awkward_year
from tests.people import (
    CLERK,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

YEAR_END = date(2023, 12, 31)
KEYS = {
    "year",
    "as_of",
    "planned_drills",
    "planned_drills_held",
    "sessions",
    "sessions_in_programme",
    "sessions_outside_programme",
    "participants",
    "participants_rounded",
    "observers",
    "plans",
    "plans_under_revision",
    "teams",
    "teams_by_kind",
    "by_month",
    "by_event_class",
    "by_host",
    "by_form",
    "sentence",
}


@pytest.fixture
def awkward(store: Store) -> AnnualStatistics:
    awkward_year.fill(store)
    return annual(store, 2023, awkward_year.AS_OF)


def test_an_empty_register_counts_nothing(store: Store) -> None:
    found = annual(store, 2023, YEAR_END)
    assert found.is_empty
    assert (found.planned_drills, found.sessions, found.participants, found.teams) == (0, 0, 0, 0)
    assert len(found.by_month) == 12
    assert found.by_host == ()


def test_the_awkward_year_counts_as_worked_out_by_hand(awkward: AnnualStatistics) -> None:
    found = awkward
    assert (found.planned_drills, found.numbers["planned_drills_held"]) == (3, 1)
    assert found.planned_drills_late == 1
    assert found.numbers["planned_drills_without_host"] == 2
    assert found.planned_drills_by_status == {
        "not_started": 1, "in_progress": 0, "completed": 1, "postponed": 0, "cancelled": 1,
    }  # fmt: skip
    assert found.sessions == 14
    assert found.numbers["sessions_in_programme"] == 2
    assert found.numbers["sessions_outside_programme"] == 12
    assert found.sessions_in_other_years == 1
    assert found.participants == 40 + 12 + 5 * 30 + 100 + 50 + 0 + 30 + 7 + 1 == 390
    assert found.participants_rounded == 300
    assert (found.participants_unknown, found.participants_inexact) == (1, 2)
    assert (found.observers, found.support) == (5, 3)
    assert (
        found.plans,
        found.numbers["plans_under_revision"],
        found.numbers["plans_drafting"],
    ) == (4, 3, 0)
    assert found.revised_by_category == {"overall": 1, "special": 2}
    assert (found.teams, found.team_kind("social").teams) == (4, 3)
    assert found.team_kind("social").members == 60
    assert not found.is_sample


def test_every_breakdown_adds_up_to_the_sessions(awkward: AnnualStatistics) -> None:
    for groups in (awkward.by_event_class, awkward.by_form):
        assert sum(group.sessions for group in groups) == awkward.sessions
        assert sum(group.participants for group in groups) == awkward.participants
    assert sum(month.sessions for month in awkward.by_month) == awkward.sessions
    assert sum(month.previous_sessions for month in awkward.by_month) == 2
    assert sum(month.previous_participants for month in awkward.by_month) == 511


def test_a_session_with_two_hosts_counts_for_each(awkward: AnnualStatistics) -> None:
    hosts = {group.label: group.sessions for group in awkward.by_host}
    assert hosts == {"应急管理局": 7, "=1+1": 6, "未填写": 2}
    assert sum(hosts.values()) == awkward.sessions + 1


def test_a_session_takes_its_event_class_from_its_item_and_plan(awkward: AnnualStatistics) -> None:
    classes = {group.code: group.sessions for group in awkward.by_event_class}
    assert classes["natural_disaster"] == 1
    assert classes["accident_disaster"] == 1
    assert classes["unfilled"] == 12
    assert classes["public_health"] == 0


@pytest.mark.parametrize(
    ("as_of", "number"),
    [
        (date(2022, 12, 31), 0),
        (date(2023, 6, 14), 0),
        (date(2023, 6, 15), 1),
        (date(2023, 12, 30), 1),
        (date(2023, 12, 31), 2),
        (date(2024, 7, 1), 2),
    ],
)
def test_sessions_count_from_their_day_and_never_beyond_the_year(
    store: Store, as_of: date, number: int
) -> None:
    add_session(store, held_on=date(2023, 6, 15))
    add_session(store, held_on=date(2023, 12, 31))
    add_session(store, held_on=date(2024, 1, 1))
    add_session(store, held_on=date(2022, 12, 31))
    found = annual(store, 2023, as_of)
    assert (found.sessions, found.participants) == (number, 30 * number)


@pytest.mark.parametrize(
    ("held_on", "counted"),
    [
        (date(2022, 12, 31), 0),
        (date(2023, 1, 1), 1),
        (date(2023, 12, 31), 1),
        (date(2024, 1, 1), 0),
    ],
)
def test_the_first_and_the_last_day_of_the_year_belong_to_it(
    store: Store, held_on: date, counted: int
) -> None:
    session = add_session(store, held_on=held_on)
    finding_with_actions.add(
        store, Finding(session, "通信中断"), actor=CLERK, today=held_on, opens_revision=False
    )
    found = annual(store, 2023, date(2024, 6, 30))
    assert (found.sessions, found.findings) == (counted, counted)
    assert sum(month.sessions for month in found.by_month) == counted
    assert sum(group.sessions for group in found.by_host) == counted
    for code in ("sessions", "findings"):
        rows = figures.FIGURES[code].rows(Filters(2023, date(2024, 6, 30))).rows(store)
        assert len(rows) == counted


@pytest.mark.parametrize(
    ("as_of", "social"), [(date(2023, 4, 30), 1), (date(2023, 5, 1), 2), (date(2023, 8, 1), 1)]
)
def test_teams_count_from_founding_until_dissolved(store: Store, as_of: date, social: int) -> None:
    add_team(store, "老队")
    add_team(store, "新队", founded_on=date(2023, 5, 1), dissolved_on=date(2023, 8, 1))
    assert annual(store, 2023, as_of).team_kind("social").teams == social


def test_a_team_whose_strength_is_not_known_is_told_apart(store: Store) -> None:
    add_team(store, "甲队", strength=(teams.TeamStrength(date(2023, 1, 1), 12),))
    add_team(store, "乙队")
    kind = annual(store, 2023, YEAR_END).team_kind("social")
    assert (kind.teams, kind.members, kind.members_unknown) == (2, 12, 1)


@pytest.mark.parametrize(
    ("as_of", "revised", "drafting"),
    [
        (date(2023, 2, 28), 0, 1),
        (date(2023, 3, 1), 1, 1),
        (date(2023, 9, 30), 1, 1),
        (date(2023, 10, 1), 0, 0),
    ],
)
def test_plans_are_under_revision_from_start_until_completed(
    store: Store, as_of: date, revised: int, drafting: int
) -> None:
    revision = PlanRevision(started_on=date(2023, 3, 1), completed_on=date(2023, 10, 1))
    add_plan(store, "地震应急预案", revisions=(revision,))
    drafted = PlanRevision(started_on=date(2023, 1, 5), completed_on=date(2023, 10, 1))
    add_plan(
        store,
        "新预案",
        versions=(PlanVersion(issued_on=date(2023, 10, 1)),),
        revisions=(drafted,),
    )
    found = annual(store, 2023, as_of)
    assert (found.numbers["plans_under_revision"], found.numbers["plans_drafting"]) == (
        revised,
        drafting,
    )


def test_an_item_held_before_its_year_is_held_but_adds_no_session(store: Store) -> None:
    drill = add_planned_drill(store, add_programme(store))
    add_session(store, held_on=date(2022, 12, 20), planned_drill_id=drill)
    found = annual(store, 2023, YEAR_END)
    assert (
        found.numbers["planned_drills_held"],
        found.sessions,
        found.sessions_in_other_years,
    ) == (1, 0, 1)


def test_voiding_and_restoring_changes_the_figures(store: Store) -> None:
    session = add_session(store)
    sessions.RECORD_TYPE.void(store, session, "误录", 1, actor=CLERK)
    assert annual(store, 2023, YEAR_END).sessions == 0
    sessions.RECORD_TYPE.restore(store, session, 2, actor=CLERK, today=awkward_year.TODAY)
    assert annual(store, 2023, YEAR_END).sessions == 1


@pytest.mark.parametrize(
    ("total", "rounded"), [(0, 0), (99, 99), (100, 100), (199, 100), (3117, 3100), (3100, 3100)]
)
def test_totals_from_a_hundred_on_are_rounded_down(store: Store, total: int, rounded: int) -> None:
    add_session(store, participants=total)
    assert annual(store, 2023, YEAR_END).participants_rounded == rounded


def test_the_json_has_the_promised_keys_and_codes(awkward: AnnualStatistics) -> None:
    with use_language("zh"):
        value = awkward.as_json(official(awkward).text)
    assert set(value) >= KEYS
    assert value["as_of"] == "2023-12-31"
    assert [month["month"] for month in value["by_month"]] == list(range(1, 13))
    assert value["by_form"][0] == {
        "code": "tabletop", "label": "桌面推演",
        "sessions": 1, "participants": 0, "participants_unknown": 1,
    }  # fmt: skip
    assert value["by_form"][-1]["code"] is None
    social = next(kind for kind in value["teams_by_kind"] if kind["code"] == "social")
    assert (social["teams"], social["members"], social["label"]) == (3, 60, "社会")
    assert value["sentence"] == official(awkward).text


def test_rows_cannot_be_narrowed_by_what_the_list_does_not_know() -> None:
    with pytest.raises(TypeError, match="teams cannot be narrowed by of_host"):
        drill_down.drill_down("teams", Filters(2023, YEAR_END), of_host="x")


def test_the_years_to_choose_are_those_with_records_and_the_last_two(store: Store) -> None:
    add_programme(store, 2019)
    add_session(store, held_on=date(2021, 5, 1))
    assert annual_figures.years(store, date(2024, 1, 11)) == [2024, 2023, 2021, 2019]


def test_a_voided_programme_leaves_its_sessions_outside(store: Store) -> None:
    programme = add_programme(store)
    unit = add_unit(store)
    add_session(store, host=unit)
    programmes.PROGRAMMES.void(store, programme, "作废", 1, actor=CLERK)
    found = annual(store, 2023, YEAR_END)
    assert (found.programme, found.numbers["sessions_outside_programme"]) == ("", 1)
