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

from drillbook.accounts import form_drafts
from drillbook.core import privacy
from drillbook.core.clock import at_office
from drillbook.db import audit_chain, composed
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
        last = (
            tx.first("audit_front_end", position=age.position, before=age.before) if age else None
        )
        if last is None:
            return 0
        told = tx.query("audit_front", position=last["position"])[0]
        tx.run("delete_audit_front", position=last["position"])
        gone = {"last_position": last["position"], "last_chain_hash": last["chain_hash"]}
        tx.audit("expire", "audit_event", last["id"], after=told | gone)
        return int(told["lines"])


# --- contacts -----------------------------------------------------------------------------------


def _blank_contacts(store: Store, days: int | None, at: datetime) -> int:
    if days is None:
        return 0
    with store.write(PROGRAM, SOURCE) as tx:
        tx.at = at
        age = _age(tx, days, at)
        if age is None:
            return 0
        ended = tx.query(
            "ended_records", before=age.before, before_day=at_office(age.before).date()
        )
        return sum(
            redact(tx, row["subject_type"], row["id"])
            for row in ended
            if _last_change(tx, row["subject_type"], row["id"]) <= age.position
        )


def _last_change(tx: Reader, table: str, record_id: str) -> int:
    row = tx.first("record_last_change", subject_type=table, subject_id=record_id)
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
    tx.execute(
        composed.update_record(table, names),
        {**dict.fromkeys(names, BLANK), "now_at": tx.at, "record_id": record_id},
    )
    for line, fields in inner.items():
        tx.execute(composed.blank_lines(line, fields, LINES[line]), {"id": record_id})
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
    for line in tx.query("audit_lines_of_record", subject_type=table, subject_id=record_id):
        before, after = (
            _blanked(line[side], names, inner) for side in ("before_json", "after_json")
        )
        if (before, after) == (line["before_json"], line["after_json"]):
            continue
        tx.run(
            "redact_audit_line",
            before_json=before,
            after_json=after,
            redacted_at=tx.at,
            id=line["id"],
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

KEPT_FOR = {
    "sessions": SESSIONS_KEPT,
    "links": timedelta(),
    "failures": FAILURES_KEPT,
    "drafts": form_drafts.KEPT_FOR,
}
"""Kind of trace → how long it is kept once it is past."""


def _drop_traces(store: Store, at: datetime) -> dict[str, int]:
    with store.write(PROGRAM, SOURCE, is_record=False) as tx:
        tx.at = at
        newest = tx.first("audit_newest")
        # A clock that ran ahead must not take what somebody typed yesterday.
        moment = min(at, newest["happened_at"] + LONGEST_GAP) if newest else at
        before = {name: moment - kept for name, kept in KEPT_FOR.items()}
        past = tx.query("past_traces", **before)[0]
        for name in KEPT_FOR:
            if past[name]:
                tx.run(f"delete_past_{name}", before=before[name])
    return {name: int(past[name]) for name in KEPT_FOR}
