"""Every record type stands where it belongs: each field in table, form, record and history.

A list column whose query lacks it is named, and a record type that no screen shows. What a place
deliberately lacks is declared beside the record type (``Absent``), with the reason.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from drillbook.db.queries import named_query
from drillbook.importing.columns import KINDS
from drillbook.records import registry
from drillbook.reports.files import tables
from drillbook.ui.components.list_view import ListSpec
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from tools.check_sql import build
from tools.report import ROOT, Finding, report

# What a field of some kinds says besides its value: 约100, 2023年5月.
BESIDE = {"count": "_kind", "date": "_precision"}
SHARED_FORM = "drillbook.ui.record_forms.common"
PLACES = ("table", "form", "record")


@dataclass
class Standing:
    """Where one record type stands: its fields, and those that each place has."""

    table: str
    fields: set[str]
    places: dict[str, set[str]]
    files: dict[str, str]
    absent: dict[tuple[str, str], str] = field(default_factory=dict)


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
    shared = set(asked(_source(SHARED_FORM)))
    found = []
    for table, one in registry.RECORD_TYPES.items():
        view = RECORD_VIEWS.get(table)
        form = view.draw.__module__ if view else ""
        columns = {str(row[0]) for row in connection.execute(f"describe {table}").fetchall()}
        shown = view.fields if view else ()
        found.append(
            Standing(
                table,
                {spec.name for spec in dataclasses.fields(one.record)},
                {
                    "table": columns | set(one.lines),
                    "form": shared | set(asked(_source(form))) if form else set(),
                    "record": {spec.name for spec in shown}
                    | {f"{s.name}{BESIDE[s.kind]}" for s in shown if s.kind in BESIDE},
                },
                {"table": "sql/migrations", "form": _file(form), "record": _file(form)},
                {
                    (absent.place, name): absent.reason
                    for absent in one.absent
                    for name in absent.fields.split()
                },
            )
        )
    return found


def _source(module: str) -> str:
    return Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py" if module else "drillbook/ui/record_forms/registry.py"


def check_fields(one: Standing) -> Iterator[Finding]:
    """Yield the places that lack a field, and reasons for what is there after all."""
    for place in PLACES:
        for name in sorted(one.fields - one.places[place]):
            if (place, name) not in one.absent:
                sentence = f"the {place} of {one.table} lacks the field {name!r}"
                yield Finding(one.files[place], sentence)
    for place, name in sorted(one.absent):
        if name not in one.fields or name in one.places.get(place, ()):
            yield Finding(one.files.get(place, "drillbook/records"), f"{name!r} of {one.table} is"
                          f" declared absent from the {place} without need")  # fmt: skip


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
        code, _names = named_query(query)
        empty = dict.fromkeys(re.findall(r"\$([a-z_]+)", code))
        there = {str(row[0]) for row in connection.execute(f"describe {code}", empty).fetchall()}
        for column in columns:
            if column.name not in there:
                sentence = f"the column {column.name!r} is not in the query {query!r}"
                yield Finding(_file(module), sentence)


def findings(root: Path) -> list[Finding]:
    """Return every place that lacks what belongs there."""
    connection, _ = build(root)
    found = [finding for one in standings(root) for finding in check_fields(one)]
    found += check_types()
    for module, spec in lists().items():
        found += check_list(module, spec, connection)
    return found


if __name__ == "__main__":
    sys.exit(report("places", findings(ROOT)))
