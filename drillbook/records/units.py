"""Units 单位: departments, townships, enterprises, schools — who hosts, takes part, supports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key, split_names
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.records.record_type import NOT_LOGGED, Absent, LineTable, RecordType


@dataclass(frozen=True)
class Unit:
    """One unit; ``aliases`` holds its other names, one a line."""

    name: str
    short_name: str = ""
    aliases: str = ""
    kind: str = "other"
    is_high_risk: bool = False
    is_crowded: bool = False
    is_public_safety: bool = False
    contact_name: str = ""
    contact_phone: str = ""
    note: str = ""

    def names(self) -> list[str]:
        """Return every name the unit is known by, the official one first."""
        return list(filter(None, [self.name, self.short_name, *split_names(self.aliases)]))


def problems(unit: Unit, today: date) -> Problems:
    """Return what is wrong with a unit, field → sentence."""
    found: Problems = {}
    validation.required(found, unit, "name", "kind")
    validation.lengths(found, unit, long=("note", "aliases"))
    validation.terms(found, unit, {"kind": "unit_kind"})
    if unit.name and not name_key(unit.name):
        found["name"] = _("A name needs letters or characters, not only signs.")
    return found


def name_lines(unit: Unit) -> dict[str, list[Row]]:
    """Return the unit's names as the rows that lead to it, each key once."""
    keyed = {name_key(name): name for name in reversed(unit.names())}
    rows = [{"name_key": key, "name": name} for key, name in keyed.items() if key]
    return {"unit_name": rows}


def reference_problems(tx: Reader, unit: Unit, record_id: str | None) -> Problems:
    """Find names that already lead to another unit."""
    found: Problems = {}
    for line in name_lines(unit)["unit_name"]:
        taken = tx.first("unit_named", name_key=line["name_key"])
        if taken and taken["id"] != record_id:
            field = "name" if line["name"] == unit.name else "aliases"
            found[field] = _("“{name}” is already the unit “{other}”.").format(
                name=line["name"], other=taken["name"]
            )
    return found


RECORD_TYPE = RecordType(
    table="unit",
    record=Unit,
    problems=problems,
    reference_problems=reference_problems,
    derived_lines=name_lines,
    further_lines=(LineTable("unit_name", "unit_id", "unit", keeps_ids=False),),
    write_right="edit",
    with_files=("unit",),
    personal={"unit": ("contact_name", "contact_phone")},
    import_kind="units",
    absent=(
        NOT_LOGGED,
        Absent("list", "read on the unit's own page", "aliases is_public_safety note"),
        Absent(
            "import", "a law names these units: the office marks them itself", "is_public_safety"
        ),
        Absent("workbook, public register", "the year's tables name units beside their drills"),
    ),
)


def choices(store: Store) -> dict[str, str]:
    """Return id → name of all units, for selection lists."""
    return {row["id"]: row["name"] for row in store.query("unit_choices")}
