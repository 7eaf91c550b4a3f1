"""Earlier states of a record, rebuilt from the audit trail, and the way back to one of them.

Going back is a new change with every check of the record type; the trail is only read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date, time
from typing import Any, get_type_hints

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records.record_type import RecordType
from drillbook.records.registry import RECORD_TYPES


def state_at(store: Store, table: str, record_id: str, event_id: str) -> Any:
    """Return the record's value as it stood after one line of its trail.

    A field comes from the latest line up to that one that speaks of it; else from the first later
    line, which tells what it was before; else it never changed and is what it is now. Raises
    DrillbookError when the line, or the record, is gone.
    """
    record_type = RECORD_TYPES[table]
    events = store.query("record_history", subject_type=table, subject_id=record_id)
    row = store.record(table, record_id)
    places = [place for place, event in enumerate(events) if event["id"] == event_id]
    if row is None or not places:
        raise DrillbookError(
            _("This state of the record is no longer in the audit log. Reload the page.")
        )
    lines: Row = {name: store.lines(name, record_id) for name, _t in record_type.lines.values()}
    known = row | lines
    for event in reversed(events[places[0] + 1 :]):
        known |= _said(event["before_json"])
    for event in events[: places[0] + 1]:
        known |= _said(event["after_json"])
    return _value(record_type, known)


def _said(text: str | None) -> Row:
    said: Row = json.loads(text) if text else {}
    return said


def _value(record_type: RecordType[Any], known: Row) -> Any:
    held = {
        name: tuple(_typed(line_type, line) for line in _in_order(known[table]))
        for name, (table, line_type) in record_type.lines.items()
    }
    return _typed(record_type.record, known | held)


def _in_order(lines: list[Row]) -> list[Row]:
    # Lines that were replaced are told in any order; those that were given, in the user's.
    return sorted(lines, key=lambda line: (line.get("position") or 0, str(line.get("id") or "")))


def _typed(kind: type[Any], row: Row) -> Any:
    """Make a dataclass of a row of JSON; columns it does not have are left out."""
    return kind(**dict(_fields(kind, row)))


def _fields(kind: type[Any], row: Row) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind)
    for spec in dataclasses.fields(kind):
        if spec.name in row:
            value = row[spec.name]
            yield spec.name, _as(hints[spec.name], value) if isinstance(value, str) else value


def _as(hint: Any, text: str) -> Any:
    kinds = getattr(hint, "__args__", (hint,))
    if date in kinds:
        return date.fromisoformat(text[:10])
    return time.fromisoformat(text) if time in kinds else text


def put_back(
    store: Store,
    record_type: RecordType[Any],
    record_id: str,
    event_id: str,
    row_version: int,
    actor: Actor,
    today: date,
) -> Any:
    """Save the record as it stood after one line of its trail, as a new change; return the value.

    Raises ValidationError when it no longer fits into the register, StaleError when somebody saved
    first, DrillbookError when it is voided or its state is no longer known.
    """
    stored = record_type.load(store, record_id)
    if stored is not None and stored.is_void:
        raise DrillbookError(_("This record is voided. Restore it first, then put it back."))
    value = state_at(store, record_type.table, record_id, event_id)
    record_type.save(
        store,
        value,
        actor=actor,
        today=today,
        record_id=record_id,
        row_version=row_version,
        action="put_back",
    )
    return value
