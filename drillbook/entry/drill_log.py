"""Logging drills below the screen: from what was typed to saved sessions, and back again.

A unit may be typed by a name the register does not know: it is added together with the session,
in the same transaction. This module reads no files and asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import Person
from drillbook.core import validation
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.importing.head_counts import Count, parse_count
from drillbook.records import attachments, programmes, sessions, unit_creation, units
from drillbook.records.sessions import HEAD_COUNTS, Session, SessionTeam, SessionUnit

Raw = Mapping[str, Any]
"""What a form holds: field → what was typed or chosen; counts are text, units ids or names."""

PREFILLED = (
    "name", "hosts", "form", "scope", "purpose", "place", "event_class", "hazard", "plan_id"
)  # fmt: skip
PLAIN = (
    "name", "place", "summary", "weather", "starts_at", "ends_at", "plan_id", "planned_drill_id",
    "event_class", "hazard", "form", "scope", "purpose",
)  # fmt: skip
TEXTS = ("name", "place", "summary", "weather")


def blank(today: date) -> dict[str, Any]:
    """Return an empty form: today, and counts unknown but for the participants."""
    return {
        **{name: "" if name in TEXTS else None for name in PLAIN},
        **dict.fromkeys(HEAD_COUNTS, ""),
        "participants_kind": "exact",
        "observers_kind": "unknown",
        "support_kind": "unknown",
        "held_on": today,
        "is_month_only": False,
        "is_no_notice": False,
        "hosts": [],
        "units": [],
        "teams": [],
    }


def prefill(store: Store, person: Person, planned_drill_id: str | None) -> dict[str, Any]:
    """Return what a planned drill says about its sessions.

    Empty values without one, and for one that the person may not see.
    """
    stored = None
    if planned_drill_id and unit_access.sees(store, person, "planned_drill", planned_drill_id):
        stored = programmes.RECORD_TYPE.load(store, planned_drill_id)
    if stored is None:
        empty = blank(date.min)
        return {name: empty[name] for name in PREFILLED}
    drill = stored.value
    hosts = [line.unit_id for line in drill.units if line.role == "host"]
    return {name: hosts if name == "hosts" else getattr(drill, name) for name in PREFILLED}


def likely_duplicates(store: Store, person: Person, session: Session) -> list[Row]:
    """Return the sessions that a new one may repeat, as far as the person may know of them."""
    found = sessions.likely_duplicates(store, session)
    return unit_access.visible(store, person, "drill_session", found)


def kind_as_typed(text: str, kind: str, default: str) -> str:
    """Return the kind of count a text asks for; a bare number leaves the chosen ``kind``."""
    if not text.strip():
        return default
    found = parse_count(text)
    if found.problem:
        return kind
    if found.kind == "exact":
        return "exact" if kind == "unknown" else kind
    return found.kind


@dataclass(frozen=True)
class Typed:
    """What a form comes to: the session, the problems, and the units that would be new."""

    session: Session
    problems: Problems
    new_units: tuple[str, ...] = ()


class UnitNames:
    """The names units are known by, for finding typed ones."""

    def __init__(self, store: Store) -> None:
        rows = store.query("unit_name_keys")
        self.by_key = {row["name_key"]: row["id"] for row in rows}
        self.names = {row["id"]: row["name"] for row in rows}

    def find(self, typed: str) -> str:
        """Return the id that ``typed`` (an id, any name of a unit, or a new one) stands for."""
        name = " ".join((unit_creation.typed_name(typed) or typed).split())
        if name in self.names:
            return name
        return self.by_key.get(name_key(name)) or unit_creation.marked(name)


def read(raw: Raw, known: UnitNames, today: date) -> Typed:
    """Turn a form into a session; a unit nobody knows yet is marked as new in it."""
    found: Problems = {}
    held_on = raw["held_on"]
    if held_on is None:
        found["held_on"] = _("Please fill this in.")
    session = validation.cleaned(
        Session(
            **{name: raw[name] for name in PLAIN},
            **_head_counts(raw, found),
            held_on=held_on or today,
            held_on_precision="month" if raw["is_month_only"] else "day",
            is_no_notice=raw["is_no_notice"],
            units=tuple(_unit_lines(raw, known)),
            teams=tuple(SessionTeam(**line) for line in raw["teams"] if line["team_id"]),
        )
    )
    new = unknown_units([session])
    found = sessions.problems(session, today) | _unit_problems(new, today) | found
    return Typed(session, found, new)


def unknown_units(logged: Iterable[Session]) -> tuple[str, ...]:
    """Return the unit names that no unit is known by, each once."""
    found: dict[str, str] = {}
    for session in logged:
        for line in session.units:
            if name := unit_creation.typed_name(line.unit_id):
                found.setdefault(name_key(name), name)
    return tuple(found.values())


def _unit_lines(raw: Raw, known: UnitNames) -> Iterable[SessionUnit]:
    for position, typed in enumerate(filter(str.strip, raw["hosts"])):
        yield SessionUnit(known.find(typed), "host", position=position)
    others = (line for line in raw["units"] if line["unit_id"])
    for position, line in enumerate(others, start=len(raw["hosts"])):
        yield SessionUnit(
            known.find(line["unit_id"]), line["role"], line["duty"], line["participants"], position
        )


def _unit_problems(names: Sequence[str], today: date) -> Problems:
    for name in names:
        for sentence in units.problems(units.Unit(name), today).values():
            return {"units": _("Unit “{name}”: {reason}").format(name=name[:50], reason=sentence)}
    return {}


def _head_counts(raw: Raw, found: Problems) -> dict[str, Any]:
    values: dict[str, Any] = {"participants_raw": str(raw["participants"]).strip()}
    for name in HEAD_COUNTS:
        count = head_count(raw[name])
        values[name], values[f"{name}_kind"] = count.value, raw[f"{name}_kind"]
        if count.problem:
            found[name] = count.problem
    return values


def head_count(text: str) -> Count:
    """Read a head count; a text too long to be one is cut where it is quoted."""
    return parse_count(text.strip())


@dataclass(frozen=True)
class Saved:
    """What one save made: session ids in the order given, and how many new units."""

    session_ids: tuple[str, ...]
    new_units: int = 0


@dataclass(frozen=True)
class ChosenFile:
    """A file to be attached: what it is (``attachment_kind``), its name and content."""

    kind: str
    name: str
    content: bytes


def file_problems(files: Iterable[ChosenFile]) -> Problems:
    """Find files that cannot be kept (``attachments.checked``)."""
    found: Problems = {}
    for file in files:
        try:
            attachments.checked(file.kind, file.name, file.content)
        except ValidationError as error:
            found.setdefault("files", error.message)
    return found


def save(
    store: Store,
    logged: Sequence[Session],
    files: Sequence[ChosenFile] = (),
    *,
    actor: Actor,
    today: date,
) -> Saved:
    """Save sessions and the units they name for the first time, all or none.

    ``files`` belong to the first session. Raises ValidationError with the problems of the first
    session that cannot be saved.
    """
    accepted = [attachments.checked(file.kind, file.name, file.content) for file in files]
    digests = [attachments.keep(store, file.content) for file in files]
    with store.write(actor) as tx:
        ids = [unit_creation.save_in(tx, sessions.RECORD_TYPE, one, today=today) for one in logged]
        for file, one, digest in zip(files, accepted, digests, strict=True):
            attachments.add_in(tx, "drill_session", ids[0], file.kind, one, digest)
        saved = Saved(tuple(ids), len(unknown_units(logged)))
        tx.answer = {"session_ids": ids, "new_units": saved.new_units}
    return saved


def save_once(
    store: Store,
    token: str,
    logged: Sequence[Session],
    files: Sequence[ChosenFile] = (),
    *,
    actor: Actor,
    today: date,
) -> Saved:
    """Save as ``save`` does, but only once for each ``token``: a second click changes nothing."""
    return once(
        store,
        token,
        lambda: save(store, logged, files, actor=actor, today=today),
        lambda answer: Saved(**answer | {"session_ids": tuple(answer["session_ids"])}),
    )


def undo(store: Store, session_ids: Sequence[str], *, actor: Actor) -> None:
    """Void what was logged by mistake, all or none.

    Raises StaleError when somebody has changed one of the sessions since.
    """
    reason = _("Logged by mistake")
    with store.write(actor) as tx:
        for session_id in session_ids:
            stored = sessions.RECORD_TYPE.load_in(tx, session_id)
            if stored is None:
                raise DrillbookError(_("This record is no longer in the register."))
            if not stored.is_void:
                tx.void("drill_session", session_id, reason, 1)
