"""What a clerk bound to one unit sees and logs: the drills that unit takes part in, nothing else.

For anybody else there is no limit here; what a role may do is decided in ``access``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from drillbook.accounts.permissions import AccessError, Person
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import unit_creation
from drillbook.records.sessions import Session

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MEMBERSHIP = {
    "drill_session": "unit_of_session",
    "planned_drill": "unit_of_planned_drill",
    "session_evaluation": "unit_of_evaluation",
    "finding": "unit_of_finding",
    "corrective_action": "unit_of_corrective_action",
}
"""Record type → the query that finds the unit among those that take part."""


def sees(store: Store, person: Person, table: str, record_id: str) -> bool:
    """Say whether the person may see one record of ``table``."""
    if person.bound_unit_id is None:
        return True
    if table not in MEMBERSHIP:
        return table == "programme"
    return bool(store.query(MEMBERSHIP[table], id=record_id, unit_id=person.bound_unit_id))


def visible(store: Store, person: Person, table: str, rows: Iterable[Row]) -> list[Row]:
    """Return those of the rows (each with the ``id`` of a record of ``table``) he may see."""
    return [row for row in rows if sees(store, person, table, row["id"])]


NAMED_TO_ALL = frozenset({"unit", "plan", "team"})
"""Kinds of records that every form offers by name."""


def may_name(store: Store, person: Person, table: str, record_id: str) -> bool:
    """Say whether the person may be told what a record is called."""
    return table in NAMED_TO_ALL or sees(store, person, table, record_id)


def require(store: Store, person: Person, table: str, record_id: str) -> None:
    """Raise AccessError unless the person may see the record."""
    if not sees(store, person, table, record_id):
        raise AccessError(_("This record does not belong to your unit."))


OWNERS = {"session_id": "drill_session", "finding_id": "finding"}
"""Field → the kind of record it names, to which a part belongs."""


def new_unit_problems(store: Store, person: Person, value: DataclassInstance) -> Problems:
    """Return why the person may not save a value: it would add a unit, which his role may not."""
    typed = {} if person.may_write("unit") else unit_creation.typed_names(value)
    if not typed:
        return {}
    known = {row["name_key"] for row in store.query("unit_name_keys")}
    for field, names in typed.items():
        for name in names:
            if name_key(name) not in known:
                sentence = _(
                    "There is no unit “{name}”, and your account may not add one. Choose a unit"
                    " of the list, or ask the office to add it."
                )
                return {field: sentence.format(name=name[:50])}
    return {}


def part_problems(store: Store, person: Person, value: DataclassInstance) -> Problems:
    """Return why the person may not record a part of a drill, or any other record.

    The drill is none of his unit's, or a unit would be added.
    """
    if found := new_unit_problems(store, person, value):
        return found
    for name, table in OWNERS.items():
        owner = getattr(value, name, None)
        if owner and not sees(store, person, table, owner):
            return {name: _("This record does not belong to your unit.")}
    return {}


def problems(store: Store, person: Person, session: Session) -> Problems:
    """Return why the person may not log a session: it is none of his unit's."""
    found = new_unit_problems(store, person, session)
    unit_id = person.bound_unit_id
    if unit_id is None:
        return found
    if all(line.unit_id != unit_id for line in session.units):
        unit = store.record("unit", unit_id)
        found["units"] = _("Your unit {name} must be among the units of the drill.").format(
            name=unit["name"] if unit else ""
        )
    item = session.planned_drill_id
    if item and not sees(store, person, "planned_drill", item):
        found["planned_drill_id"] = _("This item of the programme does not name your unit.")
    return found
