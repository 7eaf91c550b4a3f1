"""The measures, each defined once in a view, against figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import plans, sessions, teams
from tests.people import (
    CLERK,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.raw import raw


def planned(store: Store, as_of: date) -> Row:
    with raw(store) as cursor:
        found = cursor.execute(
            "select status, due_state, sessions_held, participants_held from planned_drill_fact"
            " where as_of = $as_of",
            {"as_of": as_of},
        ).fetchone()
    assert found
    return dict(zip(("status", "due_state", "held", "participants"), found, strict=True))


def plan_states(store: Store, as_of: date) -> list[str]:
    with raw(store) as cursor:
        rows = cursor.execute(
            "select status from plan_fact where as_of = $as_of order by title", {"as_of": as_of}
        ).fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("as_of", "status", "due_state"),
    [
        (date(2023, 4, 11), "not_started", "normal"),
        (date(2023, 4, 12), "not_started", "due_soon"),
        (date(2023, 5, 12), "not_started", "due_soon"),
        (date(2023, 5, 13), "not_started", "late"),
        (date(2023, 6, 1), "in_progress", "late"),
        (date(2023, 6, 15), "completed", "not_applicable"),
    ],
)
def test_a_planned_drills_status_follows_from_its_sessions_as_of_the_day(
    store: Store, as_of: date, status: str, due_state: str
) -> None:
    drill = add_planned_drill(
        store, add_programme(store), due_to=date(2023, 5, 12), target_sessions=2
    )
    add_session(store, held_on=date(2023, 6, 1), planned_drill_id=drill)
    add_session(store, held_on=date(2023, 6, 15), planned_drill_id=drill)
    found = planned(store, as_of)
    assert (found["status"], found["due_state"]) == (status, due_state)


def test_an_item_without_a_due_date_is_late_after_its_year(store: Store) -> None:
    add_planned_drill(store, add_programme(store))
    assert planned(store, date(2023, 12, 31))["due_state"] == "due_soon"
    assert planned(store, date(2024, 1, 1))["due_state"] == "late"


def test_postponing_and_cancelling_count_from_their_day(store: Store) -> None:
    add_planned_drill(
        store,
        add_programme(store),
        postponed_on=date(2023, 7, 1),
        cancelled_on=date(2023, 9, 1),
    )
    assert planned(store, date(2023, 6, 30))["status"] == "not_started"
    assert planned(store, date(2023, 7, 1))["status"] == "postponed"
    assert planned(store, date(2023, 9, 1)) == {
        "status": "cancelled",
        "due_state": "not_applicable",
        "held": 0,
        "participants": 0,
    }


def test_a_voided_session_counts_nowhere(store: Store) -> None:
    drill = add_planned_drill(store, add_programme(store))
    session = add_session(store, planned_drill_id=drill)
    assert planned(store, date(2023, 12, 31))["held"] == 1
    sessions.RECORD_TYPE.void(store, session, "重复登记", 1, actor=CLERK)
    assert planned(store, date(2023, 12, 31))["held"] == 0
    with raw(store) as cursor:
        assert cursor.execute("select count(*) from session_fact").fetchone() == (0,)


def test_a_session_with_two_hosts_is_one_row_that_names_both(store: Store) -> None:
    first, second = add_unit(store, "应急管理局"), add_unit(store, "建设局")
    units = (sessions.SessionUnit(first), sessions.SessionUnit(second, position=1))
    add_session(store, units=units)
    with raw(store) as cursor:
        rows = cursor.execute("select hosts, participants_counted from session_listed").fetchall()
    assert rows == [("应急管理局、建设局", 30)]


def test_a_sessions_class_comes_from_its_planned_drill_or_plan_when_it_has_none(
    store: Store,
) -> None:
    plan = add_plan(store, event_class="natural_disaster", hazard="earthquake")
    drill = add_planned_drill(store, add_programme(store), plan_id=plan)
    add_session(store, planned_drill_id=drill)
    with raw(store) as cursor:
        row = cursor.execute(
            "select event_class, hazard, membership, plan_title from session_fact"
        ).fetchone()
    assert row == ("natural_disaster", "earthquake", "inside", "地震应急预案")


def test_an_unknown_head_count_adds_nothing_and_is_counted_as_unknown(store: Store) -> None:
    add_session(store, participants=None)
    add_session(store, "消防演练", participants=12)
    with raw(store) as cursor:
        row = cursor.execute(
            "select sum(participants_counted), sum(participants_unknown) from session_fact"
        ).fetchone()
    assert row == (12, 1)


def test_a_plan_is_under_revision_from_the_start_to_the_day_before_it_is_done(
    store: Store,
) -> None:
    add_plan(
        store,
        versions=(plans.PlanVersion(1, documented_on=date(2020, 1, 1)),),
        revisions=(
            plans.PlanRevision(started_on=date(2023, 3, 1), completed_on=date(2023, 11, 1)),
        ),
    )
    assert plan_states(store, date(2023, 2, 28)) == ["in_force"]
    assert plan_states(store, date(2023, 3, 1)) == ["under_revision"]
    assert plan_states(store, date(2023, 10, 31)) == ["under_revision"]
    assert plan_states(store, date(2023, 11, 1)) == ["in_force"]


def test_a_plan_counts_from_its_drafting_or_its_first_version_on(store: Store) -> None:
    add_plan(store, versions=(plans.PlanVersion(1, issued_on=date(2023, 6, 1)),))
    assert plan_states(store, date(2023, 5, 31)) == []
    assert plan_states(store, date(2023, 6, 1)) == ["in_force"]


def test_a_repealed_plan_is_in_force_until_its_last_day(store: Store) -> None:
    add_plan(store, lifecycle="repealed", repealed_on=date(2023, 8, 1))
    assert plan_states(store, date(2023, 7, 31)) == ["in_force"]
    assert plan_states(store, date(2023, 8, 1)) == ["repealed"]


def test_a_team_counts_between_founding_and_end_with_the_strength_of_the_day(
    store: Store,
) -> None:
    add_team(
        store,
        founded_on=date(2022, 1, 1),
        dissolved_on=date(2023, 12, 1),
        strength=(
            teams.TeamStrength(date(2022, 6, 1), 20),
            teams.TeamStrength(date(2023, 6, 1), 26),
        ),
    )

    def members(as_of: date) -> list[tuple[int]]:
        with raw(store) as cursor:
            return cursor.execute(
                "select members from team_fact where as_of = $as_of", {"as_of": as_of}
            ).fetchall()

    assert members(date(2021, 12, 31)) == []
    assert members(date(2022, 1, 1)) == [(20,)]
    assert members(date(2023, 6, 1)) == [(26,)]
    assert members(date(2023, 12, 1)) == []
