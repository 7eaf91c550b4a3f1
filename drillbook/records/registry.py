"""Every record type of the register, declared once; what other places list is derived from here.

Where a lower layer cannot ask (the store's lines) or a higher one says more (screens, files), its
list is compared with this one by ``make check``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from drillbook.records import (
    corrective_actions,
    evaluations,
    findings,
    mechanisms,
    meetings,
    office_events,
    plans,
    programmes,
    record_type,
    rules,
    sessions,
    teams,
    units,
    working_days,
)
from drillbook.records.record_type import Follower, RecordType

RECORD_TYPES: Mapping[str, RecordType[Any]] = MappingProxyType(
    {
        one.table: one
        for one in (
            units.RECORD_TYPE,
            plans.RECORD_TYPE,
            programmes.PROGRAMMES,
            programmes.RECORD_TYPE,
            sessions.RECORD_TYPE,
            teams.RECORD_TYPE,
            rules.RECORD_TYPE,
            office_events.RECORD_TYPE,
            working_days.RECORD_TYPE,
            evaluations.RECORD_TYPE,
            findings.RECORD_TYPE,
            corrective_actions.RECORD_TYPE,
            mechanisms.RECORD_TYPE,
            meetings.MEETINGS,
            meetings.DECISIONS,
        )
    }
)
"""Table → how its records are kept."""

FOLLOWERS: Mapping[str, tuple[Follower, ...]] = MappingProxyType(
    {"plan": (findings.update_plan_findings,)}
)
"""Table → what follows from a write to one of its records in records of other types."""

NO_REFERENCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("attachment", "subject_id"): "names a row of the table in subject_type",
        ("audit_event", "subject_id"): "tells of what may be gone since",
        ("audit_event", "account_id"): "tells of an account that may be gone since",
        ("account_password", "account_id"): "a row of the account's own, kept by accounts",
        ("account_identity", "account_id"): "a row of the account's own, kept by accounts",
        ("access_session", "account_id"): "a visit, dropped when its time limit is over",
        ("access_link", "account_id"): "a link, dropped when it was used or is too old",
        ("calendar_feed", "account_id"): "ends with its account",
    }
)
"""Columns whose name ends like a reference's and that are none, each with the reason."""


def connect() -> None:
    """Connect what follows from a write across record types; opening a register does it."""
    record_type.connect(FOLLOWERS)


def in_order_of_removal() -> list[RecordType[Any]]:
    """Return the counted record types, those that point before those they point at."""
    left = {table: one for table, one in RECORD_TYPES.items() if one.is_counted}
    ordered: list[RecordType[Any]] = []
    while left:
        named = {ref.to for one in left.values() for ref in one.references if ref.to != one.table}
        free = [table for table in left if table not in named]
        if not free:
            raise ValueError(f"record types point at each other: {', '.join(left)}")
        ordered += [left.pop(table) for table in free]
    return ordered
