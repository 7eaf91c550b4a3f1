"""A register in which every text field of every record type says what a browser would act upon."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from drillbook.accounts import accounts
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import attachments, plans, programmes, sessions, teams, units
from tests.people import TODAY

# Each piece carries a word of its own, by which it is found again.
PIECES = (
    "<b>zqa</b>",
    "<script>zqb=1</script>",
    "<img src=//e.test/zqc onerror=zqc=1>",
    "[zqd](javascript:zqd=1)",
    "![zqe](//e.test/zqe)",
    ":material/zqf:",
    ":red[zqg]",
    "$zqh$",
    "**zqi**",
    "`zqj`",
    "http://e.test/zqk",
    "&lt;zql",
)
HOSTILE = " ".join(PIECES[:6])
MORE = " ".join(PIECES[6:])
BOTH = f"{HOSTILE} {MORE}"
SMILE = ":smile:"
ACTOR = Actor(f"{BOTH} {SMILE}")
DAY = date(2023, 6, 15)
_CODED = (
    "kind category document_kind event_class hazard lifecycle form scope purpose status role reason"
    " held_on_precision participants_kind observers_kind support_kind fields"
)
CODED = frozenset(_CODED.split())


def texts(record: type[Any], **given: Any) -> dict[str, Any]:
    """Return a record type's fields with hostile text in each one that takes free text."""
    free = {
        spec.name: MORE if spec.name.endswith(("_raw", "phone")) else BOTH
        for spec in fields(record)
        if spec.type == "str" and spec.name not in CODED and not spec.name.endswith("id")
    }
    return free | given


def fill(store: Store) -> dict[str, str]:
    """Fill the register; return the address of a record type's page → the id of its record."""

    def save(register: Any, value: Any) -> str:
        return str(register.save(store, value, actor=ACTOR, today=TODAY))

    unit = save(units.RECORD_TYPE, units.Unit(**texts(units.Unit)))
    versions = (plans.PlanVersion(**texts(plans.PlanVersion, documented_on=DAY)),)
    revisions = (
        plans.PlanRevision(
            **texts(plans.PlanRevision, started_on=DAY, target_on=DAY, owner_unit_id=unit)
        ),
    )
    plan = save(
        plans.RECORD_TYPE,
        plans.Plan(**texts(plans.Plan, lead_unit_id=unit, versions=versions, revisions=revisions)),
    )
    programme = save(
        programmes.PROGRAMMES, programmes.Programme(**texts(programmes.Programme, year=2023))
    )
    hosts = (programmes.PlannedDrillUnit(**texts(programmes.PlannedDrillUnit, unit_id=unit)),)
    item = save(
        programmes.RECORD_TYPE,
        programmes.PlannedDrill(
            **texts(
                programmes.PlannedDrill,
                programme_id=programme,
                plan_id=plan,
                units=hosts,
                due_from=date(2023, 11, 1),
                due_to=date(2023, 11, 30),
            )
        ),
    )
    team = save(
        teams.RECORD_TYPE,
        teams.Team(
            **texts(
                teams.Team,
                parent_unit_id=unit,
                strength=(teams.TeamStrength(DAY, 10),),
                equipment=(teams.TeamEquipment(**texts(teams.TeamEquipment)),),
            )
        ),
    )
    held = sessions.Session(
        **texts(
            sessions.Session,
            held_on=DAY,
            planned_drill_id=item,
            plan_id=plan,
            participants=30,
            units=(sessions.SessionUnit(**texts(sessions.SessionUnit, unit_id=unit)),),
            teams=(sessions.SessionTeam(team, 5),),
        )
    )
    session = save(sessions.RECORD_TYPE, held)
    for subject, record in (("drill_session", session), ("unit", unit), ("plan", plan)):
        attachments.add(store, subject, record, "other", f"{BOTH}.txt", b"text", actor=ACTOR)
    _void_one_of_each(store, unit, programme)
    account = accounts.Account("hostile", BOTH[:80], note=BOTH)
    accounts.save(store, account, actor=ACTOR, today=TODAY)
    return {
        "sessions": session,
        "programme": item,
        "plans": plan,
        "teams": team,
        "units": unit,
    }


def _void_one_of_each(store: Store, unit: str, programme: str) -> None:
    values = (
        (units.RECORD_TYPE, units.Unit(f"{BOTH}2")),
        (plans.RECORD_TYPE, plans.Plan(f"{BOTH}2")),
        (programmes.RECORD_TYPE, programmes.PlannedDrill(programme, f"{BOTH}2", number=2)),
        (teams.RECORD_TYPE, teams.Team(f"{BOTH}2")),
        (sessions.RECORD_TYPE, sessions.Session(f"{BOTH}2", DAY, participants_kind="unknown",
                                             units=(sessions.SessionUnit(unit),))),
    )  # fmt: skip
    register: Any
    value: Any
    for register, value in values:
        record = register.save(store, value, actor=ACTOR, today=TODAY)
        register.void(store, record, BOTH, 1, actor=ACTOR)
