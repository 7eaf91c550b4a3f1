"""Every record type stands where it belongs: each field in each place, from table to restore.

A list column whose query lacks it is named, and a record type that no screen shows. What a place
deliberately lacks is declared beside the record type (``Absent``), with the reason; so is a place
that a record type does not have at all.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from drillbook.importing.columns import KINDS
from drillbook.operations import restore
from drillbook.records import registry
from drillbook.records.record_type import RecordType
from drillbook.reports.files import tables
from drillbook.ui.components import history
from drillbook.ui.components.list_view import ListSpec
from drillbook.ui.components.record_view import RecordView
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from tools import record_places
from tools.check_sql import build
from tools.record_places import GROUPS, Place, query_columns
from tools.report import ROOT, Finding, report

DECLARED = "drillbook/records"
# What a field of some kinds says besides its value: 约100, 2023年5月.
BESIDE = {"count": "_kind", "date": "_precision"}
SHARED_FORM = "drillbook.ui.record_forms.common"
BASE = ("table", "form", "record", "history", "restore")
"""The places that every record type has; ``record_places.GROUPS`` are the others."""


@dataclass(frozen=True)
class Standing:
    """Where one record type stands: its fields, the places it has, and what they lack by intent.

    ``absent`` maps (place or group of places, field) → reason; without a field, the whole group.
    """

    table: str
    fields: frozenset[str]
    places: Mapping[str, Place]
    absent: Mapping[tuple[str, str], str]


def asked(source: str) -> Iterator[str]:
    """Yield the names of fields that a form's source asks for, by a method of the form."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Name) and call.func.id == "units_editor":
            yield "units"
        match call:
            case ast.Call(func=ast.Attribute(attr=kind), args=[ast.Constant(value=str(name)), *_]):
                yield name
                if kind in BESIDE:
                    yield f"{name}{BESIDE[kind]}"


def standings(root: Path) -> list[Standing]:
    """Return where each record type of the product stands."""
    connection, _ = build(root)
    return [
        Standing(
            table,
            frozenset(spec.name for spec in dataclasses.fields(one.record)),
            base_places(one, RECORD_VIEWS.get(table), connection)
            | record_places.places(root, one, list_of(RECORD_VIEWS.get(table)), connection),
            declared(one),
        )
        for table, one in registry.RECORD_TYPES.items()
    ]


def declared(one: RecordType[Any]) -> dict[tuple[str, str], str]:
    """Return what a record type says that its places lack: (place, field) → reason."""
    return {
        (place, name): absent.reason
        for absent in one.absent
        for place in absent.place.split(", ")
        for name in absent.fields.split() or [""]
    }


def base_places(
    one: RecordType[Any], view: RecordView[Any] | None, connection: duckdb.DuckDBPyConnection
) -> dict[str, Place]:
    """Return the places that every record type has."""
    form = view.draw.__module__ if view else ""
    asks = set(asked(_source(SHARED_FORM))) | set(asked(_source(form))) if form else set()
    specs = view.fields if view else ()
    shown = {spec.name for spec in specs}
    shown |= {f"{spec.name}{BESIDE[spec.kind]}" for spec in specs if spec.kind in BESIDE}
    described = connection.execute(f"describe {one.table}").fetchall()
    columns = {str(row[0]) for row in described}
    lines = {name: table for name, (table, _type) in one.lines.items()}
    # What a line of the audit log tells: columns, and lines under the name of their table.
    line = json.dumps(dict.fromkeys((*columns, *lines.values()), ""))
    said = set(history.of_fields(view, line)) if view else set()
    kept = restore.KEPT_AS_THEY_ARE
    back = set() if one.table in kept else columns
    back |= {name for name, table in lines.items() if table not in kept}
    return {
        "table": Place("sql/migrations", frozenset(columns | set(lines))),
        "form": Place(_file(form), frozenset(asks)),
        "record": Place(_file(form), frozenset(shown)),
        "history": Place("drillbook/ui/components/history.py", frozenset(said & shown)),
        "restore": Place("drillbook/operations/restore.py", frozenset(back)),
    }


def list_of(view: RecordView[Any] | None) -> tuple[str, ListSpec] | None:
    """Return the list of a record type's page and its file; nothing where another's page has it."""
    module = view.draw.__module__ if view else ""
    spec = lists().get(module)
    is_own = spec and getattr(sys.modules[module], "RECORD_VIEW", None) is view
    return (_file(module), spec) if spec and is_own else None


def _source(module: str) -> str:
    return Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py" if module else "drillbook/ui/record_forms/registry.py"


def group_of(place: str) -> str:
    """Return the name under which places are absent together; a place of its own has its own."""
    return next((group for group, names in GROUPS.items() if place in names), place)


def check_fields(one: Standing) -> Iterator[Finding]:
    """Yield the places that lack a field without a reason."""
    for place, held in one.places.items():
        for name in sorted(one.fields - held.names):
            if not {(place, name), (group_of(place), name)} & set(one.absent):
                sentence = f"the {place} of {one.table} lacks the field {name!r}"
                yield Finding(held.file, sentence)
    for group, names in GROUPS.items():
        if not set(names) & set(one.places) and (group, "") not in one.absent:
            sentence = f"{one.table} has no {group} and does not say why (Absent)"
            yield Finding(DECLARED, sentence)


def check_reasons(one: Standing) -> Iterator[Finding]:
    """Yield reasons for what is there after all, or for what there is not."""
    for place, name in sorted(one.absent):
        last = GROUPS.get(place, (place,))[-1]
        held = one.places.get(last)
        is_needed = held is None if not name else bool(held and name in one.fields - held.names)
        if not is_needed or last not in (*BASE, *(p for names in GROUPS.values() for p in names)):
            what = repr(name) if name else "everything"
            sentence = f"{what} of {one.table} is declared absent from the {place} without need"
            yield Finding(held.file if held else DECLARED, sentence)


def check_types() -> Iterator[Finding]:
    """Yield record types without a screen, and sheets and imports that do not exist."""
    place = "drillbook/ui/record_forms/registry.py"
    for table in sorted(set(registry.RECORD_TYPES) ^ set(RECORD_VIEWS)):
        yield Finding(place, f"RECORD_VIEWS and the record types differ in {table!r}")
    types = registry.RECORD_TYPES.values()
    for one in types:
        if one.sheet and one.sheet not in tables.TABLES:
            yield Finding("drillbook/reports/files/tables.py", f"TABLES lacks {one.sheet!r}")
    for kind in sorted(set(KINDS) ^ {one.import_kind for one in types if one.import_kind}):
        yield Finding("drillbook/importing/columns.py", f"KINDS and the record types: {kind!r}")


def lists() -> Mapping[str, ListSpec]:
    """Return the lists of the record types' forms, module → list."""
    return {
        name: spec
        for name, module in sorted(sys.modules.items())
        if name.startswith("drillbook.ui.record_forms.")
        for spec in vars(module).values()
        if isinstance(spec, ListSpec)
    }


def check_list(module: str, spec: Any, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield the columns of a list that its query, or that of its voided records, lacks."""
    for query, columns in ((spec.query, spec.columns), (spec.void_query, spec.void_columns)):
        if not query:
            continue
        there = query_columns(query, connection)
        for column in columns:
            if column.name not in there:
                sentence = f"the column {column.name!r} is not in the query {query!r}"
                yield Finding(_file(module), sentence)


def findings(root: Path) -> list[Finding]:
    """Return every place that lacks what belongs there."""
    connection, _ = build(root)
    found = [
        finding
        for one in standings(root)
        for check in (check_fields, check_reasons)
        for finding in check(one)
    ]
    found += check_types()
    for module, spec in lists().items():
        found += check_list(module, spec, connection)
    return found


if __name__ == "__main__":
    sys.exit(report("places", findings(ROOT)))
