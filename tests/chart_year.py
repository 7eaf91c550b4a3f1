"""A small year with every awkward case, whose figures can be counted by hand.

Two hosts (应急管理局, 建设局), the year before for comparison, voided rows, unknown head counts,
a session with two hosts, one with none, and items that are late in the middle of 2023.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import programmes, sessions
from drillbook.records.plans import PlanRevision, PlanVersion
from drillbook.records.record_type import RecordType
from drillbook.records.teams import TeamStrength
from tests.people import (
    CLERK,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

# The middle of the year, and its end.
MIDYEAR = date(2023, 6, 30)
YEAR_END = date(2023, 12, 31)


@dataclass(frozen=True)
class ChartYear:
    """The ids the tests ask for."""

    emergency: str
    construction: str
    flood: str
    flood_session: str


@contextmanager
def chart_year_store(folder: Path) -> Iterator[tuple[Store, ChartYear]]:
    """Open a register with the year, for tests that only read it."""
    store = open_store(folder / "chart_year.duckdb")
    try:
        yield store, add_chart_year(store)
    finally:
        store.close()


def void(store: Store, record_type: RecordType, record_id: str) -> None:
    """Void a record that was saved once."""
    record_type.void(store, record_id, "登记有误", 1, actor=CLERK)


def add_chart_year(store: Store) -> ChartYear:
    """Fill an empty register with the year."""
    emergency = add_unit(store, "应急管理局")
    construction = add_unit(store, "建设局")
    add_unit(store, "从未主办的单位")
    flood = _add_programme(store, emergency, construction)
    flood_session = _add_sessions(store, emergency, construction, flood)
    _add_plans(store, emergency)
    _add_teams(store)
    return ChartYear(emergency, construction, flood, flood_session)


def _add_programme(store: Store, emergency: str, construction: str) -> str:
    programme = add_programme(store, 2023)
    nature, accident = {"event_class": "natural_disaster"}, {"event_class": "accident_disaster"}

    def item(number: int, name: str, host: str, due_to: date | None, **fields: object) -> str:
        return add_planned_drill(
            store, programme, name, host, number=number, due_to=due_to, **fields
        )

    # Held on 15 May: completed.
    flood = item(1, "防汛应急演练", emergency, date(2023, 5, 31), **nature)
    # One of two sessions held by midyear, due in April: in progress and late.
    item(2, "危化品泄漏演练", construction, date(2023, 4, 30), target_sessions=2, **accident)
    # Never held, due in March: not started and late.
    item(3, "地震疏散演练", emergency, date(2023, 3, 31), **nature)
    # Due in July: due soon at midyear, late at the year's end.
    item(4, "森林防火演练", emergency, date(2023, 7, 20), **nature)
    # No date: due at the year's end.
    item(5, "食品安全演练", construction, None)
    # Postponed in May, due in February: postponed and late.
    item(6, "桥梁抢修演练", construction, date(2023, 2, 28), postponed_on=date(2023, 5, 1))
    # Cancelled in June.
    item(7, "地铁演练", construction, date(2023, 2, 28), cancelled_on=date(2023, 6, 1))
    voided = item(8, "重复的演练", emergency, date(2023, 1, 31), **nature)
    void(store, programmes.RECORD_TYPE, voided)
    return flood


def _add_sessions(store: Store, emergency: str, construction: str, flood: str) -> str:
    chemical = _item_called(store, "危化品泄漏演练")
    both = (
        sessions.SessionUnit(emergency, position=0),
        sessions.SessionUnit(construction, position=1),
    )
    first = add_session(
        store,
        "防汛应急演练",
        date(2023, 5, 15),
        emergency,
        100,
        planned_drill_id=flood,
        form="operational",
    )
    # Its class comes from the planned drill.
    add_session(
        store, "危化品泄漏演练", date(2023, 5, 20), construction, 40, planned_drill_id=chemical
    )
    # Two hosts, and nobody counted heads.
    add_session(
        store,
        "联合桌面推演",
        date(2023, 6, 1),
        None,
        None,
        units=both,
        form="tabletop",
        event_class="natural_disaster",
    )
    # Nothing known but the date.
    add_session(store, "校园疏散演练", date(2023, 9, 9), None, 60)
    voided = add_session(store, "登记错误的演练", date(2023, 5, 16), emergency, 999)
    void(store, sessions.RECORD_TYPE, voided)
    before = {"event_class": "natural_disaster", "form": "operational"}
    add_session(store, "防汛演练", date(2022, 5, 10), emergency, 30, **before)
    add_session(store, "防台风演练", date(2022, 8, 10), emergency, 20, **before)
    return first


def _item_called(store: Store, name: str) -> str:
    choices = programmes.choices(store, 2023)
    return next(record_id for record_id, label in choices.items() if label.endswith(name))


def _add_plans(store: Store, emergency: str) -> None:
    issued = (PlanVersion(issued_on=date(2020, 1, 1)),)
    late = PlanRevision(started_on=date(2023, 1, 10), target_on=date(2023, 5, 31))
    later = PlanRevision(started_on=date(2023, 9, 1), target_on=date(2024, 3, 31))
    add_plan(store, "总体应急预案", category="overall", versions=issued)
    add_plan(
        store,
        "地震应急预案",
        event_class="natural_disaster",
        lead_unit_id=emergency,
        versions=issued,
        revisions=(late,),
    )
    # Its revision begins after midyear.
    add_plan(store, "森林防火应急预案", versions=issued, revisions=(later,))
    add_plan(store, "旧预案", versions=issued, lifecycle="repealed", repealed_on=date(2022, 1, 1))


def _add_teams(store: Store) -> None:
    add_team(
        store,
        "海上搜救队",
        founded_on=date(2020, 1, 1),
        strength=(TeamStrength(date(2023, 1, 1), 30), TeamStrength(date(2023, 8, 1), 35)),
    )
    add_team(store, "防汛救援队", founded_on=date(2023, 8, 15))
    add_team(store, "森林消防中队", kind="professional", founded_on=date(2023, 3, 1))
