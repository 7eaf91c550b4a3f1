"""Units that a form names for the first time: made in the same transaction as the record.

A value holds a typed name where a unit's id belongs; it is marked so that the two cannot be
confused. A name that already leads to a unit, its aliases included, makes no second one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from drillbook.core.errors import Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import units
from drillbook.records.record_type import RecordType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

_MARK = "new unit: "


def marked(name: str) -> str:
    """Return what stands for the id of a unit that is to be made."""
    return _MARK + name


def typed_name(unit_id: str | None) -> str | None:
    """Return the typed name of a unit to be made, or nothing for an id."""
    return unit_id.removeprefix(_MARK) if unit_id and unit_id.startswith(_MARK) else None


def typed_names(value: DataclassInstance) -> dict[str, list[str]]:
    """Return field → the typed names in it, or in its lines, of units to be made."""
    found: dict[str, list[str]] = {}
    for spec in dataclasses.fields(value):

        def note(unit_id: str, field: str = spec.name) -> str:
            if (name := typed_name(unit_id)) is not None:
                found.setdefault(field, []).append(name)
            return unit_id

        held = getattr(value, spec.name)
        if spec.name.endswith("unit_id") and held:
            note(held)
        elif isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]):
            for line in held:
                replace_unit_ids(line, note)
    return found


def replace_unit_ids(value: T, change: Callable[[str], str]) -> T:
    """Return the value with ``change`` applied to every unit id in it and in its lines."""
    changes: dict[str, Any] = {}
    for spec in dataclasses.fields(value):
        held = getattr(value, spec.name)
        if spec.name.endswith("unit_id") and held:
            changes[spec.name] = change(held)
        elif isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]):
            changes[spec.name] = tuple(replace_unit_ids(line, change) for line in held)
    return dataclasses.replace(value, **changes)


def save_in(
    tx: Transaction,
    record_type: RecordType[T],
    value: T,
    *,
    today: date,
    record_id: str | None = None,
    row_version: int | None = None,
) -> str:
    """Make the units the value names for the first time, then save it; return its id.

    Raises ValidationError and StaleError as ``Register.save_in`` does; the transaction must then
    be given up, the new units with it.
    """

    def made(unit_id: str) -> str:
        name = typed_name(unit_id)
        return unit_id if name is None else _unit_named(tx, name, today)

    problems = row_problems(value)
    if problems:
        raise ValidationError(record_type.problems(value, today) | problems)
    return record_type.save_in(
        tx,
        replace_unit_ids(value, made),
        today=today,
        record_id=record_id,
        row_version=row_version,
    )


def save(
    store: Store,
    record_type: RecordType[T],
    value: T,
    *,
    actor: Actor,
    today: date,
    record_id: str | None = None,
    row_version: int | None = None,
) -> str:
    """Do the same in one transaction of its own."""
    with store.write(actor) as tx:
        tx.answer = saved_id = save_in(
            tx, record_type, value, today=today, record_id=record_id, row_version=row_version
        )
    return saved_id


def _unit_named(tx: Transaction, name: str, today: date) -> str:
    known = tx.first("unit_of_name_key", name_key=name_key(name))
    if known:
        return str(known["unit_id"])
    try:
        return units.RECORD_TYPE.save_in(tx, units.Unit(name=name), today=today)
    except ValidationError as error:
        raise ValidationError({"units": f"{name[:50]}: {error.message}"}) from error


def row_problems(value: DataclassInstance) -> Problems:
    """Find rows that hold something but name no unit."""
    for spec in dataclasses.fields(value):
        held = getattr(value, spec.name)
        for line in held if isinstance(held, tuple) else ():
            if getattr(line, "unit_id", None) == "":
                return {spec.name: _("Choose a unit for every row, or remove the row.")}
    return {}


def without(value: T) -> T:
    """Return the value without units still to be made: what the register can check already."""
    changes: dict[str, Any] = {}
    for spec in dataclasses.fields(value):
        held = getattr(value, spec.name)
        if spec.name.endswith("unit_id") and typed_name(held) is not None:
            changes[spec.name] = None
        elif isinstance(held, tuple) and held and hasattr(held[0], "unit_id"):
            changes[spec.name] = tuple(
                line for line in held if line.unit_id and typed_name(line.unit_id) is None
            )
        elif isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]):
            changes[spec.name] = tuple(without(line) for line in held)
    return dataclasses.replace(value, **changes)
