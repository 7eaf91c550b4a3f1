"""Short ways to put real records into a register, for tests that need some."""

from __future__ import annotations

from datetime import date
from typing import Any

from drillbook.accounts.permissions import Person
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import plans, programmes, sessions, teams, units

TODAY = date(2024, 1, 11)
CLERK = Actor("王敏")
LEAD = Person(CLERK, "lead")


def add_unit(store: Store, name: str = "应急管理局", **fields: Any) -> str:
    """Add a unit; return its id."""
    return units.RECORD_TYPE.save(store, units.Unit(name, **fields), actor=CLERK, today=TODAY)


def add_plan(store: Store, title: str = "地震应急预案", **fields: Any) -> str:
    """Add a plan; return its id."""
    return plans.RECORD_TYPE.save(store, plans.Plan(title, **fields), actor=CLERK, today=TODAY)


def add_programme(store: Store, year: int = 2023) -> str:
    """Add a year's programme; return its id."""
    programme = programmes.Programme(year, f"{year}年度应急演练计划")
    return programmes.PROGRAMMES.save(store, programme, actor=CLERK, today=TODAY)


def add_planned_drill(
    store: Store,
    programme_id: str,
    name: str = "防汛应急演练",
    host: str | None = None,
    **fields: Any,
) -> str:
    """Add a planned drill; return its id."""
    hosts = (programmes.PlannedDrillUnit(host),) if host else ()
    drill = programmes.PlannedDrill(programme_id, name, **({"units": hosts} | fields))
    return programmes.RECORD_TYPE.save(store, drill, actor=CLERK, today=TODAY)


def add_session(
    store: Store,
    name: str = "防汛应急演练",
    held_on: date = date(2023, 6, 15),
    host: str | None = None,
    participants: int | None = 30,
    **fields: Any,
) -> str:
    """Add a held session; return its id."""
    hosts = (sessions.SessionUnit(host),) if host else ()
    kind = "unknown" if participants is None else "exact"
    session = sessions.Session(
        name,
        held_on,
        participants=participants,
        **({"units": hosts, "participants_kind": kind} | fields),
    )
    return sessions.RECORD_TYPE.save(store, session, actor=CLERK, today=TODAY)


def add_team(store: Store, name: str = "海上搜救队", **fields: Any) -> str:
    """Add a team; return its id."""
    return teams.RECORD_TYPE.save(store, teams.Team(name, **fields), actor=CLERK, today=TODAY)
