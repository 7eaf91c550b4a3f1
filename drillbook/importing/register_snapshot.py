"""What the register holds, read once for a whole import, and how names lead to its records.

Only reads. The same text is never asked twice of the database: an import of thousands of rows
runs a handful of queries.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from drillbook.core.name_keys import name_key, similarity
from drillbook.db import composed
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.tables import LINES
from drillbook.importing.columns import KINDS, Kind
from drillbook.records import registry
from drillbook.records.record_type import RecordType, Stored

RECORD_TYPES: Mapping[Kind, RecordType[Any]] = {
    kind: one for one in registry.RECORD_TYPES.values() for kind in KINDS if kind == one.import_kind
}
NEAR = 0.6
# Words most drills share: with them 防汛应急演练 and 消防应急演练 would look alike.
_COMMON = re.compile(r"应急|演练|演习|突发|事件|事故|处置|综合|年度|桌面|推演|实战|20\d\d年?")
CLOSE = 0.75


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One planned drill as sessions are linked to it."""

    id: str
    year: int
    number: int
    name: str
    name_key: str
    hosts: frozenset[str]


@dataclass
class Snapshot:
    """Names and records as they were when the import was planned."""

    unit_ids: dict[str, str] = field(default_factory=dict)
    unit_names: dict[str, str] = field(default_factory=dict)
    plan_ids: dict[str, str] = field(default_factory=dict)
    team_ids: dict[str, str] = field(default_factory=dict)
    programmes: dict[int, str] = field(default_factory=dict)
    void_years: set[int] = field(default_factory=set)
    planned: dict[int, list[PlannedItem]] = field(default_factory=dict)
    stored: list[Stored[Any]] = field(default_factory=list)
    _letters: list[tuple[str, set[str], str]] | None = None
    _near: dict[tuple[str, int], list[PlannedItem]] = field(default_factory=dict)

    def similar_units(self, name: str, at_most: int = 3) -> list[tuple[str, str]]:
        """Return (id, name) of known units whose name is close to this one, the closest first."""
        key = name_key(name)
        letters = set(key)
        if self._letters is None:
            self._letters = [(known, set(known), i) for known, i in self.unit_ids.items()]
        scores = [
            (similarity(key, known), unit_id)
            for known, known_letters, unit_id in self._letters
            # Comparing letter by letter is dear; most names share too few letters to be close.
            if 2 * len(letters & known_letters) >= CLOSE * (len(letters) + len(known_letters))
            or (min(len(key), len(known)) > 2 and (key in known or known in key))
        ]
        best = dict.fromkeys(i for score, i in sorted(scores, reverse=True) if score >= CLOSE)
        return [(unit_id, self.unit_names[unit_id]) for unit_id in list(best)[:at_most]]

    def similar_planned(self, name: str, year: int, at_most: int = 3) -> list[PlannedItem]:
        """Return planned drills of a year with a name close to this one, the closest first."""
        key = _core(name_key(name))
        if (key, year) not in self._near:
            scores = [
                (similarity(key, core), item)
                for item in self.planned.get(year, [])
                if set(core := _core(item.name_key)) & set(key)
            ]
            near = [(score, item) for score, item in scores if score >= NEAR]
            near.sort(key=lambda pair: (-pair[0], abs(len(pair[1].name_key) - len(key))))
            self._near[key, year] = [item for _score, item in near[:at_most]]
        return self._near[key, year]


def _core(key: str) -> str:
    return _COMMON.sub("", key) or key


def unit_ids(tx: Reader) -> dict[str, str]:
    """Return name key → id for every name a unit is known by."""
    return _ids(tx, "known_units")


def _ids(tx: Reader, query_name: str) -> dict[str, str]:
    return {row["name_key"]: row["id"] for row in tx.query(query_name)}


def take(tx: Reader, kind: Kind, days: Iterable[date] = ()) -> Snapshot:
    """Read what an import of this kind needs; of sessions only those of the named days."""
    snapshot = Snapshot(
        unit_ids=unit_ids(tx),
        unit_names={r["id"]: r["name"] for r in tx.query("unit_choices")},
        plan_ids=_ids(tx, "known_plans"),
        team_ids=_ids(tx, "known_teams"),
    )
    _take_programmes(tx, snapshot)
    if kind == "sessions":
        asked = sorted(set(days))
        if asked:
            snapshot.stored = stored_all(tx, RECORD_TYPES[kind], (asked[0], asked[-1]))
    else:
        snapshot.stored = stored_all(tx, RECORD_TYPES[kind])
    return snapshot


def _take_programmes(tx: Reader, snapshot: Snapshot) -> None:
    for row in tx.query("programme_years"):
        snapshot.programmes[row["year"]] = row["id"]
        if row["voided_at"] is not None:
            snapshot.void_years.add(row["year"])
    hosts: dict[str, set[str]] = {}
    for row in tx.query("planned_drill_hosts"):
        hosts.setdefault(row["planned_drill_id"], set()).add(row["unit_id"])
    for row in tx.query("known_planned_drills"):
        item = PlannedItem(**row, hosts=frozenset(hosts.get(row["id"], ())))
        snapshot.planned.setdefault(item.year, []).append(item)


def stored_all(
    tx: Reader, record_type: RecordType[Any], days: tuple[date, date] | None = None
) -> list[Stored[Any]]:
    """Return the records of a register with their lines, voided ones too, in few queries.

    ``days`` are the first and the last that records held on a day are wanted of.
    """
    table = record_type.table
    given = {"first": days[0], "last": days[1]} if days else None
    lines: dict[str, dict[str, list[Row]]] = {}
    for name, (line_table, _type) in record_type.lines.items():
        owner = LINES[line_table]
        of_record: dict[str, list[Row]] = lines.setdefault(name, {})
        for row in tx.all(
            composed.lines_held_between(line_table, owner, table)
            if days
            else composed.lines_of_all(line_table, owner),
            given,
        ):
            of_record.setdefault(row[owner], []).append(row)
    return [
        Stored(
            id=row["id"],
            value=_from_row(
                record_type.record,
                row | {n: _lines(record_type, n, of.get(row["id"], [])) for n, of in lines.items()},
            ),
            row_version=row["row_version"],
            origin=row["origin"],
            is_void=row["voided_at"] is not None,
            void_reason=row["void_reason"],
        )
        for row in tx.all(composed.held_between(table) if days else composed.all_of(table), given)
    ]


def _lines(record_type: RecordType[Any], name: str, rows: list[Row]) -> tuple[Any, ...]:
    kind = record_type.lines[name][1]
    ordered = sorted(rows, key=lambda row: (row.get("position") or 0, str(row.get("id", ""))))
    return tuple(_from_row(kind, row) for row in ordered)


def _from_row(kind: type[Any], row: Row) -> Any:
    return kind(**{spec.name: row[spec.name] for spec in dataclasses.fields(kind)})
