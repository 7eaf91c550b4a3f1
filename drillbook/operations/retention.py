"""Time limits: what the office keeps only so long is taken out, each time with its audit line.

The clock of a machine may jump, and what was taken out does not come back. So age is counted
twice: by the dates themselves, and by the audit trail, in which a gap between two lines that is
longer than ``LONGEST_GAP`` counts nothing: it may be a jump. What either calls young stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from drillbook.accounts import form_drafts
from drillbook.core import privacy
from drillbook.core.clock import at_office
from drillbook.db import audit_chain
from drillbook.db.audit_chain import PROGRAM
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.tables import LINES
from drillbook.db.transaction import Transaction, as_json
from drillbook.records import office_settings

SOURCE = "maintenance"
LONGEST_GAP = timedelta(days=14)
SESSIONS_KEPT = timedelta(days=30)
FAILURES_KEPT = timedelta(days=30)
BATCH = 5_000
BLANK = ""


@dataclass(frozen=True)
class Applied:
    """What one run took out: lines, rows, and the records whose contacts were blanked."""

    audit_lines: int = 0
    contacts: int = 0
    sessions: int = 0
    links: int = 0
    failures: int = 0
    drafts: int = 0


def apply(store: Store, at: datetime) -> Applied:
    """Take out what is past its time limit at the instant ``at`` (naive UTC)."""
    office = office_settings.load(store)
    contacts = _blank_contacts(store, office_settings.days(office.contacts_kept_days), at)
    lines = _drop_audit_lines(store, office_settings.days(office.audit_kept_days), at)
    return Applied(audit_lines=lines, contacts=contacts, **_drop_traces(store, at))


# --- age ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Age:
    """What is old enough: the last such position of the trail, and the instant it ends at."""

    position: int
    before: datetime


def _age(tx: Reader, days: int, at: datetime) -> _Age | None:
    """Return what is older than ``days``; nothing when the clock cannot be trusted.

    The newest line tells how far the register has come: one that lies after ``at`` was written by
    a clock that ran ahead, or ``at`` comes from one that is behind.
    """
    kept, later, newest = timedelta(days=days), at, None
    age = timedelta()
    for batch in tx.in_batches("audit_ages", BATCH):
        for position, happened_at in (row.values() for row in batch):
            newest = newest or happened_at
            if newest > at:
                return None
            gap, later = later - happened_at, happened_at
            if timedelta() < gap <= LONGEST_GAP:
                age += gap
            if age > kept:
                return _Age(position, newest - kept)
    return None


# --- the audit trail ----------------------------------------------------------------------------


def _drop_audit_lines(store: Store, days: int | None, at: datetime) -> int:
    if days is None:
        return 0
    with store.write(PROGRAM, SOURCE) as tx:
        tx.at = at
        age = _age(tx, max(days, office_settings.AUDIT_KEPT_AT_LEAST), at)
        last = _last_old_line(tx, age) if age else None
        if last is None:
            return 0
        upto = {"position": last["position"]}
        told = tx.all(
            "select count(*) as lines, min(position) as first_position,"
            " min(happened_at) as first_at, max(happened_at) as last_at"
            " from audit_event where position <= $position",
            upto,
        )[0]
        tx.execute("delete from audit_event where position <= $position", upto)
        gone = {"last_position": last["position"], "last_chain_hash": last["chain_hash"]}
        tx.audit("expire", "audit_event", last["id"], after=told | gone)
        return int(told["lines"])


def _last_old_line(tx: Reader, age: _Age) -> Row | None:
    """Return the last line of the front that may go: all before it are old by their own time too.

    A line dated after the newest one was written by a clock that ran ahead: its date says nothing.
    """
    return tx.one(
        "select id, position, chain_hash from audit_event"
        " where position <= $position and happened_at < $before and position < ("
        " select min(position) from audit_event where happened_at >= $before and happened_at <= ("
        " select happened_at from audit_event order by position desc limit 1))"
        " order by position desc limit 1",
        {"position": age.position, "before": age.before},
    )


# --- contacts -----------------------------------------------------------------------------------

ENDED = {
    "unit": "select id from unit where voided_at < $before",
    "team": "select id from team where voided_at < $before or dissolved_on < $day",
    "mechanism": "select id from mechanism where voided_at < $before",
}
"""Kind of record → the records that ended before a moment."""


def _blank_contacts(store: Store, days: int | None, at: datetime) -> int:
    if days is None:
        return 0
    with store.write(PROGRAM, SOURCE) as tx:
        tx.at = at
        age = _age(tx, days, at)
        if age is None:
            return 0
        ended = {"before": age.before, "day": at_office(age.before).date()}
        return sum(
            redact(tx, table, row["id"])
            for table, sql in ENDED.items()
            for row in tx.all(sql, _asked(sql, ended))
            if _last_change(tx, table, row["id"]) <= age.position
        )


def _asked(sql: str, values: Mapping[str, Any]) -> Row:
    return {name: value for name, value in values.items() if f"${name}" in sql}


def _last_change(tx: Reader, table: str, record_id: str) -> int:
    row = tx.one(
        "select max(position) as position from audit_event"
        " where subject_type = $table and subject_id = $id",
        {"table": table, "id": record_id},
    )
    return int(row["position"] or 0) if row else 0


def redact(tx: Transaction, table: str, record_id: str) -> bool:
    """Blank the personal fields of one record and of its audit lines; False if all are blank.

    The lines keep their hashes, so that the chain holds; the new line records the hash of what is
    left of each, so that nothing else can be changed under the name of a redaction.
    """
    names = tuple(privacy.FIELDS.get(table, ()))
    inner = {
        line: tuple(fields)
        for line, fields in privacy.FIELDS.items()
        if LINES.get(line) == f"{table}_id"
    }
    held = tx.record(table, record_id)
    if held is None:
        return False
    said = [held[name] for name in names]
    for line, fields in inner.items():
        said += [row[name] for row in tx.lines(line, record_id) for name in fields]
    lines = _redacted_lines(tx, table, record_id, names, inner)
    if not lines and not any(said):
        return False
    blanks = "".join(f"{name} = '', " for name in names)
    tx.execute(
        f"update {table} set {blanks}row_version = row_version + 1, updated_at = $at"
        " where id = $id",
        {"at": tx.at, "id": record_id},
    )
    for line, fields in inner.items():
        blanks = ", ".join(f"{name} = ''" for name in fields)
        tx.execute(f"update {line} set {blanks} where {LINES[line]} = $id", {"id": record_id})
    after = dict.fromkeys(names, BLANK) | {"redacted_lines": lines}
    label = str(held.get("name") or held.get("title"))
    tx.audit("redact", table, record_id, after=after, label=label)
    return True


def _redacted_lines(
    tx: Transaction,
    table: str,
    record_id: str,
    names: Sequence[str],
    inner: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Blank the fields in the record's audit lines; return position → hash of what is left."""
    found: dict[str, str] = {}
    for line in tx.all(
        "select id, position, before_json, after_json from audit_event"
        " where subject_type = $table and subject_id = $id order by position",
        {"table": table, "id": record_id},
    ):
        before, after = (
            _blanked(line[side], names, inner) for side in ("before_json", "after_json")
        )
        if (before, after) == (line["before_json"], line["after_json"]):
            continue
        tx.execute(
            "update audit_event set before_json = $before, after_json = $after,"
            " redacted_at = $at where id = $id",
            {"before": before, "after": after, "at": tx.at, "id": line["id"]},
        )
        found[str(line["position"])] = audit_chain.content_hash(before, after)
    return found


def _blanked(
    text: str | None, names: Sequence[str], inner: Mapping[str, Sequence[str]]
) -> str | None:
    held = json.loads(text) if text else {}
    blanks: Row = {name: BLANK for name in names if held.get(name)}
    for line, fields in inner.items():
        rows = held.get(line) or []
        if any(row.get(name) for row in rows for name in fields):
            blanks[line] = [row | dict.fromkeys(fields, BLANK) for row in rows]
    return as_json(held | blanks) if blanks else text


# --- traces of visits ---------------------------------------------------------------------------

TRACES = {
    "sessions": (
        "access_session",
        "coalesce(ended_at, expires_at) < $before",
        SESSIONS_KEPT,
    ),
    "links": ("access_link", "used_at is not null or expires_at < $before", timedelta()),
    "failures": (
        "access_failure",
        "failed_at < $before and (locked_until is null or locked_until < $before)",
        FAILURES_KEPT,
    ),
    "drafts": ("draft", "updated_at < $before", form_drafts.KEPT_FOR),
}
"""What is counted → its table, which rows are past, and how long those are kept."""


def _drop_traces(store: Store, at: datetime) -> dict[str, int]:
    dropped: dict[str, int] = {}
    with store.write(PROGRAM, SOURCE, is_record=False) as tx:
        tx.at = at
        newest = tx.one("select happened_at from audit_event order by position desc limit 1")
        # A clock that ran ahead must not take what somebody typed yesterday.
        moment = min(at, newest["happened_at"] + LONGEST_GAP) if newest else at
        for name, (table, is_past, kept) in TRACES.items():
            values = {"before": moment - kept}
            counted = tx.one(f"select count(*) as rows_past from {table} where {is_past}", values)
            dropped[name] = int(counted["rows_past"]) if counted else 0
            if dropped[name]:
                tx.execute(f"delete from {table} where {is_past}", values)
    return dropped
