"""How a row of a file joins what the register holds of the same record: nothing is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from drillbook.core.name_keys import name_key, split_names
from drillbook.records import plans, units

MAX_NOTE = 4900


# Text as written and notes do not make a known record different.
NOT_COMPARED = {"held_on_raw", "participants_raw", "documented_on_raw", "document_number_raw"}


def with_kept(text: str, kept: Sequence[str]) -> str:
    """Add each kept text once; what is there already is not added again."""
    missing = [part for part in kept if part.strip() and part.strip() not in text]
    return "\n".join(part for part in (text, *missing) if part)[:MAX_NOTE]


def comparable(value: Any) -> Any:
    """Return lines without order and without the texts as written."""
    if not isinstance(value, tuple):
        return value
    return sorted(
        repr(
            [
                (s.name, getattr(line, s.name))
                for s in dataclasses.fields(line)
                if s.name not in NOT_COMPARED | {"position"}
            ]
        )
        for line in value
    )


def all_names(stored: units.Unit, said: units.Unit) -> str:
    """Return the aliases by which a renamed unit is still found under every name it had."""
    new = {name_key(said.name), name_key(said.short_name)}
    names = [*split_names(stored.aliases), *split_names(said.aliases), *stored.names()]
    unique = {name_key(name): name for name in reversed(names) if name_key(name) not in new}
    aliases = "\n".join(reversed(unique.values()))
    known = {name_key(name) for name in split_names(stored.aliases)}
    return aliases if set(unique) - known else stored.aliases


def merged_units(
    roles: set[str], said: tuple[Any, ...], stored: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Replace the lines of the roles the table has columns for; a duty once known stays."""
    known = {(line.unit_id, line.role): line for line in stored}
    kept = [line for line in stored if line.role not in roles | {new.role for new in said}]
    lines = []
    for line in said:
        before = known.get((line.unit_id, line.role))
        if before is None:
            lines.append(line)
        else:
            lines.append(replace(before, duty=line.duty or before.duty))
    merged = tuple(replace(line, position=place) for place, line in enumerate([*lines, *kept]))
    return stored if comparable(merged) == comparable(stored) else merged


def merged_versions(said: Mapping[str, Any], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    """Complete the version with this 文号; another 文号 is a newer version."""
    if not said:
        return stored
    number = name_key(str(said.get("document_number", "")))
    ordered = sorted(stored, key=lambda version: version.version_number)
    same = [v for v in ordered if not number or name_key(v.document_number) in ("", number)]
    exact = [v for v in same if number and name_key(v.document_number) == number]
    target = (exact or same)[-1] if same else None
    if target is None:
        latest = ordered[-1].version_number if ordered else 0
        return (*stored, plans.PlanVersion(version_number=latest + 1, **said))
    changed = {k: v for k, v in said.items() if k not in NOT_COMPARED and getattr(target, k) != v}
    if not changed:
        return stored
    return tuple(replace(v, **said) if v is target else v for v in stored)


def merged_revisions(said: Mapping[str, Any] | None, stored: tuple[Any, ...]) -> tuple[Any, ...]:
    if said is None:
        return stored
    is_open = [revision for revision in stored if revision.completed_on is None]
    if not is_open:
        return (*stored, plans.PlanRevision(**said))
    return tuple(replace(r, **said) if r is is_open[0] else r for r in stored)


def merged_strength(said: tuple[Any, ...], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add a count that differs from the latest one; a count of the same day is replaced."""
    if not said:
        return stored
    latest = max(stored, key=lambda line: line.counted_on, default=None)
    if any(line == said[0] for line in stored) or (latest and latest.members == said[0].members):
        return stored
    return (*(line for line in stored if line.counted_on != said[0].counted_on), said[0])


def merged_equipment(said: tuple[Any, ...], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    known = {line.item: line for line in stored}
    for line in said:
        before = known.get(line.item)
        known[line.item] = (
            replace(
                before,
                quantity=line.quantity,
                unit_of_count=line.unit_of_count or before.unit_of_count,
            )
            if before
            else line
        )
    merged = tuple(known.values())
    return stored if comparable(merged) == comparable(stored) else merged
