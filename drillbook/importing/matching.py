"""Finds the record of the register that a row of a file means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from drillbook.core.name_keys import name_key, similarity
from drillbook.importing.columns import Kind
from drillbook.importing.parsed_rows import Draft
from drillbook.importing.register_snapshot import Snapshot
from drillbook.records import units
from drillbook.records.record_type import Stored

SAME_ITEM = 0.6


class Numbers:
    """The numbers of a programme's items: the file's own where they can be trusted and are free."""

    def __init__(self, state: Snapshot, drafts: Sequence[Draft]) -> None:
        self.taken = {
            year: {item.number for item in items} for year, items in state.planned.items()
        }
        said = [(draft.year, draft.planned_number) for draft in drafts if draft.planned_number]
        # Numbering that starts again under each heading numbers nothing.
        self.trusted = len(set(said)) == len(said)
        self.said = {number for _year, number in said if number} if self.trusted else set()

    def wanted(self, draft: Draft) -> int | None:
        """Return the number the row gives itself, if the file's numbers mean anything."""
        return draft.planned_number if self.trusted else None

    def given(self, draft: Draft, stored: Stored[Any] | None) -> int:
        """Return the number of a row: its own if it is free, else its record's or the next."""
        taken = self.taken.setdefault(draft.year or 0, set())
        wanted = self.wanted(draft)
        if wanted and wanted not in taken:
            number = wanted
        elif stored is not None:
            return int(stored.value.number)
        else:
            number = max([0, *taken, *self.said]) + 1
        taken.add(number)
        return number


class Matcher:
    """Finds the record a row speaks of: first what agrees in everything, then by its key."""

    def __init__(self, kind: Kind, state: Snapshot) -> None:
        self.kind, self.state = kind, state
        self.named: set[str] = set()
        """Names of the file: an item that another row names was not renamed."""
        self.live: dict[Any, list[Stored[Any]]] = {}
        self.void: dict[Any, list[Stored[Any]]] = {}
        for stored in state.stored:
            index = self.void if stored.is_void else self.live
            for key in self._keys(stored.value):
                index.setdefault(key, []).append(stored)
        self.by_id = {stored.id: stored for stored in state.stored}
        self.by_day: dict[date, list[Stored[Any]]] = {}
        for stored in state.stored if kind == "sessions" else ():
            if not stored.is_void:
                self.by_day.setdefault(stored.value.held_on, []).append(stored)

    def match(self, value: Any, claimed: set[str], exact: bool) -> Stored[Any] | None:
        """Return the live record a row speaks of; ``exact`` asks that it agrees in detail too."""
        if self.kind == "units":
            return self._unit(value)
        found = self._candidates(self.live, value)
        found = [stored for stored in found if stored.id not in claimed]
        agreeing = [s for s in found if self._detail(s.value) == self._detail(value)]
        if agreeing:
            return agreeing[0]
        if exact:
            return None
        if self.kind == "programme" and not found:
            found = self._same_number(value, claimed)
        return found[0] if len(found) == 1 else None

    def match_void(self, value: Any) -> Stored[Any] | None:
        """Return a voided record of the same name: it is left voided, not made a second time."""
        found = self._candidates(self.void, value)
        return found[0] if found else None

    def own_keys(self, value: Any) -> list[Any]:
        """Return what no second row of the same file may say again."""
        if self.kind == "units":
            return [key for name in value.names() if (key := name_key(name))]
        return [(self._keys(value)[0], self._detail(value))]

    def _unit(self, value: units.Unit) -> Stored[Any] | None:
        ids = {self.state.unit_ids.get(name_key(name)) for name in value.names()} - {None}
        return self.by_id.get(str(ids.pop())) if len(ids) == 1 else None

    def _candidates(self, index: dict[Any, list[Stored[Any]]], value: Any) -> list[Stored[Any]]:
        found = index.get(self._keys(value)[0], [])
        if self.kind == "sessions" and not found and not host_ids(value):
            found = index.get(self._keys(value)[-1], [])
        return found

    def _same_number(self, value: Any, claimed: set[str]) -> list[Stored[Any]]:
        key = name_key(value.name)
        return [
            stored
            for stored in self.by_id.values()
            if not stored.is_void
            and stored.id not in claimed
            and stored.value.programme_id == value.programme_id
            and stored.value.number == value.number
            and name_key(stored.value.name) not in self.named
            and similarity(key, name_key(stored.value.name)) >= SAME_ITEM
        ]

    def _keys(self, value: Any) -> list[Any]:
        """Return the keys a value is found by, the strictest first."""
        if self.kind == "plans":
            return [name_key(value.title)]
        if self.kind == "programme":
            return [(value.programme_id, name_key(value.name))]
        if self.kind == "sessions":
            day = (value.held_on, value.held_on_precision, name_key(value.name))
            return [(*day, host_ids(value)), day]
        return [name_key(value.name)]

    def _detail(self, value: Any) -> Any:
        """Return what tells two records with the same key apart."""
        if self.kind == "programme":
            return (host_ids(value), name_key(value.due_text))
        if self.kind == "sessions":
            return (name_key(value.place), value.starts_at)
        return None


def host_ids(value: Any) -> frozenset[str]:
    return frozenset(line.unit_id for line in value.units if line.role == "host")
