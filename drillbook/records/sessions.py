"""Drill sessions 场次: what was really held, when, by whom, with how many people.

Participants are person-times 人次: summed over sessions, the same person counts each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from drillbook.core import validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key, similarity
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records.record_type import Absent, RecordType, Reference


@dataclass(frozen=True)
class SessionUnit:
    """One unit's role in a session, with its own head count where it is known."""

    unit_id: str
    role: str = "host"
    duty: str = ""
    participants: int | None = None
    position: int = 0


@dataclass(frozen=True)
class SessionTeam:
    """One rescue team that took part."""

    team_id: str
    members: int | None = None


@dataclass(frozen=True)
class Session:
    """One held drill. ``planned_drill_id`` is empty for a session outside the programme."""

    name: str
    held_on: date
    planned_drill_id: str | None = None
    plan_id: str | None = None
    event_class: str | None = None
    hazard: str | None = None
    held_on_precision: str = "day"
    held_on_raw: str = ""
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    form: str | None = None
    scope: str | None = None
    purpose: str | None = None
    is_no_notice: bool = False
    participants: int | None = None
    participants_kind: str = "exact"
    participants_raw: str = ""
    observers: int | None = None
    observers_kind: str = "unknown"
    support: int | None = None
    support_kind: str = "unknown"
    summary: str = ""
    weather: str = ""
    status: str = "logged"
    reported_on: date | None = None
    units: tuple[SessionUnit, ...] = ()
    teams: tuple[SessionTeam, ...] = ()


ALIKE = 0.6
HEAD_COUNTS = ("participants", "observers", "support")


def problems(session: Session, today: date) -> Problems:
    """Return what is wrong with a session, field → sentence."""
    found: Problems = {}
    validation.required(found, session, "name", "held_on")
    validation.lengths(found, session, long=("summary",))
    validation.terms(
        found,
        session,
        {
            "event_class": "event_class",
            "hazard": "hazard",
            "form": "form",
            "scope": "scope",
            "purpose": "purpose",
            "held_on_precision": "date_precision",
            "status": "session_status",
        },
    )
    validation.hazard_in_class(found, session.event_class, session.hazard)
    validation.dates(found, session, "held_on", "reported_on")
    validation.not_in_future(found, "held_on", session.held_on, today)
    validation.not_in_future(found, "reported_on", session.reported_on, today)
    if session.held_on_precision == "day":
        validation.not_after(
            found, session, "held_on", "reported_on", _("Reported before it was held.")
        )
    validation.not_after(
        found, session, "starts_at", "ends_at", _("The end lies before the beginning.")
    )
    validation.counts(found, session, *HEAD_COUNTS)
    _head_count_problems(found, session)
    _line_problems(found, session)
    if session.name and not name_key(session.name):
        found["name"] = _("A name needs letters or characters, not only signs.")
    return found


def _head_count_problems(found: Problems, session: Session) -> None:
    for name in HEAD_COUNTS:
        number, kind = getattr(session, name), getattr(session, f"{name}_kind")
        if kind not in ("exact", "approximate", "over", "unknown"):
            found.setdefault(name, _("“{code}” is not in the list.").format(code=str(kind)[:50]))
        elif kind == "unknown" and number is not None:
            found.setdefault(
                name, _("A number is given although it is marked unknown; change one of the two.")
            )
        elif kind != "unknown" and number is None:
            found.setdefault(name, _("Give a number, or mark it as unknown."))


def _line_problems(found: Problems, session: Session) -> None:
    if len({(line.unit_id, line.role) for line in session.units}) != len(session.units):
        found["units"] = _("A unit is named twice in the same role.")
    for line in session.units:
        inner: Problems = {}
        validation.terms(inner, line, {"role": "role"})
        validation.lengths(inner, line, long=("duty",))
        validation.counts(inner, line, "participants")
        if inner:
            found.setdefault("units", next(iter(inner.values())))
    if len({line.team_id for line in session.teams}) != len(session.teams):
        found["teams"] = _("A team is named twice.")
    for team in session.teams:
        inner = {}
        validation.counts(inner, team, "members")
        if inner:
            found.setdefault("teams", next(iter(inner.values())))


def derived(session: Session) -> Row:
    """Return the key by which names are compared, and the event class its hazard belongs to."""
    event_class = vocabulary.class_of(session.event_class, session.hazard)
    return {"name_key": name_key(session.name), "event_class": event_class}


_NOT_LISTED = ("list", "read on the session's own page")
_AS_HOSTS = ("list, workbook, public register", "shown by their names, the hosts first")
_AS_READ = ("list, workbook, public register", "the number or day read from it is shown")
_DETAILS = "ends_at purpose reported_on starts_at teams weather"
_NOT_PUBLIC = (
    "hazard is_no_notice observers observers_kind place plan_id planned_drill_id scope summary"
    " support support_kind"
)


RECORD_TYPE = RecordType(
    table="drill_session",
    record=Session,
    problems=problems,
    derived=derived,
    lines={"units": ("session_unit", SessionUnit), "teams": ("session_team", SessionTeam)},
    owner_column="session_id",
    references=(
        Reference("planned_drill_id", "planned_drill"),
        Reference("plan_id", "plan"),
        Reference("unit_id", "unit", table="session_unit"),
        Reference("team_id", "team", table="session_team"),
    ),
    write_right="log",
    is_unit_scoped=True,
    with_files=("drill_session",),
    absent=(
        Absent("form", "the importer keeps what the workbook said", "held_on_raw"),
        Absent("form", "importer and quick form keep what was written", "participants_raw"),
        Absent("quick form, paste grid", "a log is of what was held", "status"),
        Absent("quick form, paste grid, import", "comes after the drill", "reported_on"),
        Absent("quick form, paste grid", "the importer keeps what stood there", "held_on_raw"),
        Absent("quick form widget", "kept as it was typed", "participants_raw"),
        Absent("paste grid", "kept as it was typed", "participants_raw"),
        Absent(
            "paste grid", "the planned drill says it", "event_class hazard scope purpose plan_id"
        ),
        Absent("paste grid", "read from the column of the day", "starts_at ends_at"),
        Absent("paste grid", "read from the column of the form", "is_no_notice"),
        Absent("paste grid", "read from the column of the hosts", "units"),
        Absent("paste grid", "read from the column of participants", "support support_kind"),
        Absent("paste grid", "added on the session's own page", "teams weather"),
        Absent(*_NOT_LISTED, "hazard scope purpose is_no_notice plan_id starts_at ends_at"),
        Absent(*_NOT_LISTED, "observers observers_kind support support_kind"),
        Absent(*_NOT_LISTED, "reported_on summary weather teams"),
        Absent("list", "shown by number and name", "planned_drill_id"),
        Absent(*_AS_HOSTS, "units"),
        Absent(*_AS_READ, "held_on_raw participants_raw"),
        Absent("import", "each role has a column of its own", "units"),
        Absent("import", "what a workbook lists was held", "status"),
        Absent("import word", "the column's own words are kept", "held_on_raw participants_raw"),
        Absent("workbook, public register", "only what was held stands there", "status"),
        Absent("workbook, public register", "more than the year is read for", _DETAILS),
        Absent("workbook", "shown by number and title", "planned_drill_id plan_id"),
        Absent("public register", "free text, or more than a reader needs", _NOT_PUBLIC),
    ),
    import_kind="sessions",
    sheet="sessions",
)


def likely_duplicates(store: Store, session: Session, record_id: str | None = None) -> list[Row]:
    """Return sessions of the same day with a host in common and a similar name.

    Rows: id, name, held_on, hosts.
    """
    hosts = [line.unit_id for line in session.units if line.role == "host"]
    same_day = store.query(
        "session_same_day", held_on=session.held_on, host_ids=",".join(hosts), record_id=record_id
    )
    key = name_key(session.name)
    return [row for row in same_day if similarity(key, row["name_key"]) >= ALIKE]
