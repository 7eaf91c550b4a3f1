"""Logging drills below the screen: from what was typed to saved sessions, and back again.

A unit may be typed by a name the register does not know: it is added together with the session,
in the same transaction. This module reads no files and asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from drillbook import programmes, sessions, units, validation
from drillbook.errors import DrillbookError, Problems
from drillbook.i18n import gettext as _
from drillbook.importing.counts import Count, parse_count
from drillbook.importing.unit_names import guessed_kind
from drillbook.names import name_key
from drillbook.sessions import HEAD_COUNTS, Session, SessionTeam, SessionUnit
from drillbook.store import Store, Transaction

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


def prefill(store: Store, planned_drill_id: str | None) -> dict[str, Any]:
    """Return what a planned drill says about its sessions; empty values without one."""
    stored = programmes.REGISTER.load(store, planned_drill_id) if planned_drill_id else None
    if stored is None:
        empty = blank(date.min)
        return {name: empty[name] for name in PREFILLED}
    drill = stored.value
    hosts = [line.unit_id for line in drill.units if line.role == "host"]
    return {name: hosts if name == "hosts" else getattr(drill, name) for name in PREFILLED}


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

    def find(self, typed: str) -> str | None:
        """Return the id that ``typed``, an id or any name of a unit, stands for."""
        return typed if typed in self.names else self.by_key.get(name_key(typed))


def read(raw: Raw, known: UnitNames, today: date) -> Typed:
    """Turn a form into a session; a unit that is not known keeps its typed name as ``unit_id``."""
    found: Problems = {}
    held_on = raw["held_on"]
    if held_on is None:
        found["held_on"] = _("Please fill this in.")
    lines = tuple(_unit_lines(raw, known))
    session = Session(
        **{name: raw[name] for name in PLAIN},
        **_head_counts(raw, found),
        held_on=held_on or today,
        held_on_precision="month" if raw["is_month_only"] else "day",
        is_no_notice=raw["is_no_notice"],
        units=lines,
        teams=tuple(SessionTeam(line["team"], line["members"]) for line in raw["teams"]),
    )
    session = validation.cleaned(session)
    new = unknown_units([session], known)
    return Typed(session, sessions.problems(session, today) | _unit_problems(new, today) | found, new)


def unknown_units(logged: Iterable[Session], known: UnitNames) -> tuple[str, ...]:
    """Return the unit names that no unit is known by, each once."""
    typed = (line.unit_id for session in logged for line in session.units)
    found: dict[str, str] = {}
    for name in typed:
        if known.find(name) is None:
            found.setdefault(name_key(name), name)
    return tuple(found.values())


def _unit_lines(raw: Raw, known: UnitNames) -> Iterable[SessionUnit]:
    for position, typed in enumerate(filter(str.strip, raw["hosts"])):
        yield SessionUnit(_unit(typed, known), "host", position=position)
    for position, line in enumerate(raw["units"], start=len(raw["hosts"])):
        yield SessionUnit(
            _unit(line["unit"], known), line["role"], line["duty"], line["participants"], position
        )


def _unit(typed: str, known: UnitNames) -> str:
    return known.find(typed) or " ".join(typed.split())


def _unit_problems(names: Sequence[str], today: date) -> Problems:
    for name in names:
        for sentence in units.problems(new_unit(name), today).values():
            return {"units": _("Unit “{name}”: {reason}").format(name=name[:50], reason=sentence)}
    return {}


def new_unit(name: str) -> units.Unit:
    """Return a unit that is known by its name only."""
    return units.Unit(name=name, kind=guessed_kind(name))


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


def save(
    store: Store, logged: Sequence[Session], *, actor: str, today: date, source: str = "app"
) -> Saved:
    """Save sessions and the units they name for the first time, all or none.

    Raises ValidationError with the problems of the first session that cannot be saved.
    """
    with store.write(actor, source) as tx:
        return save_in(tx, logged, UnitNames(store), today)


def save_in(
    tx: Transaction, logged: Sequence[Session], known: UnitNames, today: date
) -> Saved:
    """Do the same inside an open transaction; ``known`` was read under its lock."""
    made = {
        name_key(name): units.REGISTER.save_in(tx, new_unit(name), today=today)
        for name in unknown_units(logged, known)
    }
    ids = tuple(
        sessions.REGISTER.save_in(tx, _with_ids(session, known, made), today=today)
        for session in logged
    )
    return Saved(ids, len(made))


def _with_ids(session: Session, known: UnitNames, made: Mapping[str, str]) -> Session:
    lines = tuple(
        replace(line, unit_id=known.find(line.unit_id) or made[name_key(line.unit_id)])
        for line in session.units
    )
    return replace(session, units=lines)


def undo(store: Store, session_ids: Sequence[str], *, actor: str) -> None:
    """Void what was logged by mistake, all or none.

    Raises StaleError when somebody has changed one of the sessions since.
    """
    reason = _("Logged by mistake")
    with store.write(actor) as tx:
        for session_id in session_ids:
            stored = sessions.REGISTER.load_in(tx, session_id)
            if stored is None:
                raise DrillbookError(_("This record is no longer in the register."))
            if not stored.is_void:
                tx.void("drill_session", session_id, reason, 1)
