"""Annual programmes 年度演练计划 and their planned drills 项, with hosts and duties.

One planned drill may be held many times: 项 is not 场次.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drillbook.core import validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference


@dataclass(frozen=True)
class Programme:
    """The programme of one year."""

    year: int
    title: str
    document_number: str = ""
    approved_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class PlannedDrillUnit:
    """One unit's role in a planned drill and its duty in words."""

    unit_id: str
    role: str = "host"
    duty: str = ""
    position: int = 0


@dataclass(frozen=True)
class PlannedDrill:
    """One item of a programme. Whether it was held follows from its sessions."""

    programme_id: str
    name: str
    number: int = 1
    event_class: str | None = None
    hazard: str | None = None
    plan_id: str | None = None
    form: str | None = None
    scope: str | None = None
    purpose: str | None = None
    due_text: str = ""
    due_from: date | None = None
    due_to: date | None = None
    place: str = ""
    target_sessions: int = 1
    target_participants: int | None = None
    postponed_on: date | None = None
    cancelled_on: date | None = None
    status_reason: str = ""
    note: str = ""
    units: tuple[PlannedDrillUnit, ...] = ()


def programme_problems(programme: Programme, today: date) -> Problems:
    """Return what is wrong with a programme, field → sentence."""
    found: Problems = {}
    validation.required(found, programme, "title")
    validation.lengths(found, programme, long=("note",))
    validation.dates(found, programme, "approved_on")
    if not validation.FIRST_YEAR <= programme.year <= validation.LAST_YEAR:
        found["year"] = _("The year {year} is outside {first}–{last}.").format(
            year=programme.year, first=validation.FIRST_YEAR, last=validation.LAST_YEAR
        )
    return found


def programme_reference_problems(
    tx: Reader, programme: Programme, record_id: str | None
) -> Problems:
    """Find a year that already has its programme."""
    taken = tx.first("programme_of_year", year=programme.year)
    if taken and taken["id"] != record_id:
        return {"year": _("{year} already has a programme.").format(year=programme.year)}
    return {}


PROGRAMMES = RecordType(
    table="programme",
    record=Programme,
    problems=programme_problems,
    reference_problems=programme_reference_problems,
    label="title",
    with_files=("programme",),
    absent=(
        NOT_LOGGED,
        Absent("list", "the year is chosen above the list of its planned drills"),
        Absent("import", "made with the first planned drill of its year"),
        Absent("workbook, public register", "the file is of one programme"),
    ),
)


def problems(drill: PlannedDrill, today: date) -> Problems:
    """Return what is wrong with a planned drill, field → sentence."""
    found: Problems = {}
    validation.required(found, drill, "name", "programme_id")
    validation.lengths(found, drill, long=("note", "due_text"))
    validation.terms(
        found,
        drill,
        {
            "event_class": "event_class",
            "hazard": "hazard",
            "form": "form",
            "scope": "scope",
            "purpose": "purpose",
        },
    )
    validation.hazard_in_class(found, drill.event_class, drill.hazard)
    validation.dates(found, drill, "due_from", "due_to", "postponed_on", "cancelled_on")
    validation.not_after(
        found, drill, "due_from", "due_to", _("The last day lies before the first.")
    )
    validation.counts(found, drill, "number", "target_sessions", least=1)
    validation.counts(found, drill, "target_participants")
    unit_problems(found, drill.units)
    return found


def unit_problems(found: Problems, units: tuple[PlannedDrillUnit, ...]) -> None:
    """Find roles that are unknown, units named twice in one role, and duties that are too long."""
    if len({(line.unit_id, line.role) for line in units}) != len(units):
        found["units"] = _("A unit is named twice in the same role.")
    for line in units:
        inner: Problems = {}
        validation.terms(inner, line, {"role": "role"})
        validation.lengths(inner, line, long=("duty",))
        if inner:
            found.setdefault("units", next(iter(inner.values())))


def reference_problems(tx: Reader, drill: PlannedDrill, record_id: str | None) -> Problems:
    """Find a number that is taken."""
    found: Problems = {}
    taken = tx.first(
        "planned_drill_of_number",
        programme_id=drill.programme_id,
        number=drill.number,
        id=record_id,
    )
    if taken:
        found["number"] = _("Number {number} is already taken in this programme.").format(
            number=drill.number
        )
    return found


def derived(drill: PlannedDrill) -> Row:
    """Return the key by which names are compared, and the event class its hazard belongs to."""
    event_class = vocabulary.class_of(drill.event_class, drill.hazard)
    return {"name_key": name_key(drill.name), "event_class": event_class}


_ELSEWHERE = "list, workbook, public register"
_AS_STATUS = (_ELSEWHERE, "shown as the status")
_AS_DUE = (_ELSEWHERE, "shown as the day by which it is due")
_BY_YEAR = (_ELSEWHERE, "all drills there are of one programme")
_AS_HOSTS = (_ELSEWHERE, "shown by their names, the hosts first")
_NOT_PUBLIC = "due_text hazard note place plan_id purpose scope target_participants"


RECORD_TYPE = RecordType(
    table="planned_drill",
    record=PlannedDrill,
    problems=problems,
    reference_problems=reference_problems,
    derived=derived,
    lines={"units": ("planned_drill_unit", PlannedDrillUnit)},
    references=(
        Reference("programme_id", "programme"),
        Reference("plan_id", "plan"),
        Reference("unit_id", "unit", table="planned_drill_unit"),
    ),
    is_unit_scoped=True,
    with_files=("planned_drill",),
    absent=(
        Absent("form", "set by an action that asks for a reason", "postponed_on cancelled_on"),
        NOT_LOGGED,
        Absent(
            "list", "filters and the drill's own page", "form hazard place plan_id purpose scope"
        ),
        Absent("list", "read on the drill's own page", "note target_participants"),
        Absent(*_AS_STATUS, "postponed_on cancelled_on status_reason"),
        Absent(*_AS_DUE, "due_from due_to"),
        Absent(*_BY_YEAR, "programme_id"),
        Absent(*_AS_HOSTS, "units"),
        Absent("import word", "read from one column", "due_from due_to due_text"),
        Absent("import word", "read from the status", "postponed_on cancelled_on status_reason"),
        Absent("import", "follows from the year", "programme_id"),
        Absent("import", "each role has a column of its own", "units"),
        Absent("workbook", "the sessions held say it", "place plan_id purpose scope"),
        Absent("workbook", "the sheet counts who came", "target_participants"),
        Absent("workbook", "written for the office itself", "note"),
        Absent("public register", "free text, or more than a reader needs", _NOT_PUBLIC),
    ),
    import_kind="programme",
    sheet="planned_drills",
)


def choices(store: Store, year: int, bound_unit_id: str | None = None) -> dict[str, str]:
    """Return id → "number name" of a year's planned drills, all or one unit's, for selections."""
    rows = store.query("planned_drill_choices", year=year, bound_unit_id=bound_unit_id)
    return {row["id"]: f"{row['number']}. {row['name']}" for row in rows}


def years(store: Store) -> dict[str, int]:
    """Return id → year of all programmes, the latest first."""
    return {row["id"]: row["year"] for row in store.query("programme_choices")}


def next_number(store: Store, programme_id: str) -> int:
    """Return the first number after the programme's last item."""
    row = store.one("planned_drill_next_number", programme_id=programme_id)
    return int(row["number"]) if row else 1


def ensure_programme(tx: Transaction, year: int, title: str, today: date, origin: str) -> str:
    """Return the id of the year's programme, making it when there is none yet."""
    found = tx.first("programme_of_year", year=year)
    if found:
        return str(found["id"])
    return PROGRAMMES.save_in(tx, Programme(year=year, title=title), today=today, origin=origin)


def programme_for(tx: Transaction, year: int, today: date) -> tuple[str, bool]:
    """Return the id of the year's programme and whether it was made, or brought back, just now."""
    found = tx.first("programme_of_year", year=year)
    if found is None:
        with use_language(DEFAULT):
            title = _("Drill programme {year}").format(year=year)
        return ensure_programme(tx, year, title, today, "entered"), True
    if found["voided_at"] is not None:
        # A year has one row, voided or not.
        tx.restore("programme", found["id"], found["row_version"])
        return str(found["id"]), True
    return str(found["id"]), False


def make_for_year(store: Store, year: int, *, actor: Actor, today: date) -> str:
    """Make the programme of a year that has none; return its id."""
    with store.write(actor) as tx:
        return programme_for(tx, year, today)[0]
