"""Which fields of a record type stand in lists, quick form, import, workbook and public register.

Each place is read from its own source or query, so that what it has is what it does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import duckdb

from drillbook.db.queries import named_query
from drillbook.entry import drill_log
from drillbook.importing import columns, parsed_rows
from drillbook.records.record_type import RecordType
from drillbook.reports.drill_down import RECORD_LISTS
from drillbook.reports.files.public_register import PUBLIC_TABLES
from drillbook.ui.components.list_view import ListSpec

SHEETS = "drillbook/reports/files/annual_lists.py"
PUBLIC = "drillbook/reports/files/public_register.py"
CELLS = "drillbook/reports/files/tables.py"
LOG_PAGE = "pages/log/log_drill.py"
LOG_ENTRY = "drillbook/entry/drill_log.py"
GRID = "drillbook/entry/paste_grid.py"
IMPORT_WORDS = "data/import/headers.csv"
PARSED_ROWS = "drillbook/importing/parsed_rows.py"
LOGGED = "drill_session"

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "quick form": ("quick form widget", "quick form entry"),
        "paste grid": ("paste grid column",),
        "list": ("list view", "list query", "list column"),
        "import": ("import word", "import field"),
        "workbook": ("workbook query", "workbook column"),
        "public register": ("public register column",),
    }
)
"""What not every record type has → the places in which a field of it stands, the last shown."""


@dataclass(frozen=True)
class Place:
    """The names that one place of one record type has, and the file that gives them."""

    file: str
    names: frozenset[str]


def spelt(names: Iterable[str]) -> frozenset[str]:
    """Return names with the fields that they also stand for: a unit's name for its id."""
    held = set(names)
    return frozenset(held | {f"{name}{end}" for name in held for end in ("_id", "_kind")}
                     | {f"{name}_precision" for name in held})  # fmt: skip


def query_columns(name: str, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the columns of the answer to a named query."""
    code, _names = named_query(name)
    empty = dict.fromkeys(re.findall(r"\$([a-z_]+)", code))
    return {str(row[0]) for row in connection.execute(f"describe {code}", empty).fetchall()}


def view_columns(name: str, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the columns of the tables and views that a named query reads first hand."""
    code, _names = named_query(name)
    steps = set(re.findall(r"(\w+) as \(", code))
    read = set(re.findall(r"\b(?:from|join) ([a-z_]+)", code)) - steps
    return {
        str(row[0]) for table in read for row in connection.execute(f"describe {table}").fetchall()
    }


def query_file(root: Path, name: str) -> str:
    """Return where a named query lies."""
    (path,) = (root / "sql" / "queries").rglob(f"{name}.sql")
    return path.relative_to(root).as_posix()


# --- sources ------------------------------------------------------------------------------------


def functions(source: str) -> dict[str, ast.AST]:
    """Return what a source defines at its top: functions, and the values of constants."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    return found


def texts(node: ast.AST) -> Iterator[str]:
    """Yield the words in a node that may be the name of a field."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from re.findall(r"^[a-z][a-z_]*$", part.value)


def reached(source: str, start: str) -> set[str]:
    """Return the words in a function and in what it uses of its own module."""
    known = functions(source)
    seen: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        left += _names(known[name])
    return {text for name in seen for text in texts(known[name])}


def cells(source: str, function: str, shared: str) -> set[str]:
    """Return the fields that a table's columns show: ``(column, field or function of the row)``."""
    helpers = functions(shared)
    found: set[str] = set()
    for pair in ast.walk(functions(source)[function]):
        match pair:
            case ast.Tuple(elts=[ast.Call(), ast.Constant(value=str(name))]):
                found.add(name)
            case ast.Tuple(elts=[ast.Call(), ast.Call(func=ast.Name(id="term_of"), args=words)]):
                found |= set(texts(words[-1]))
            case ast.Tuple(elts=[ast.Call(), ast.Name(id=helper)]) if helper in helpers:
                found |= subscripts(helpers[helper])
            case ast.Tuple(elts=[ast.Call(), ast.Call(args=[ast.Constant(value=str(name)), *_])]):
                found.add(name)
            case ast.Tuple(elts=[ast.Call(), ast.Lambda() as value]):
                found |= subscripts(value)
    return found


def subscripts(node: ast.AST, of: str = "row") -> set[str]:
    """Return the names by which a node takes values out of ``of``, or puts them in."""
    return {
        str(part.slice.value)
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant)
        if isinstance(part.value, ast.Name) and part.value.id == of
    }


def given(source: str, kind: str, module: Mapping[str, object]) -> set[str]:
    """Return the fields that a source gives to a new value: keywords, and names of ``**{}``.

    ``module`` is what the source made: it resolves the tuples of names that ``**{}`` goes through.
    """
    known = functions(source)
    found: set[str] = set()
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == kind:
            for keyword in call.keywords:
                if keyword.arg:
                    found.add(keyword.arg)
                    continue
                for name in _names(keyword.value):
                    found |= set(texts(known[name])) if name in known else set()
                    for used in {name} | (_names(known[name]) if name in known else set()):
                        listed = module.get(used)
                        found |= set(listed) if isinstance(listed, tuple) else set()
    return found


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


# --- places -------------------------------------------------------------------------------------


def places(
    root: Path,
    one: RecordType[Any],
    shown: tuple[str, ListSpec] | None,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Place]:
    """Return the places of ``GROUPS`` that a record type has; ``shown`` is its list's file."""
    found: dict[str, Place] = {}
    if one.table == LOGGED:
        found |= _quick(root)
    if shown:
        file, spec = shown
        query = query_file(root, spec.query)
        found["list view"] = Place("sql/views", spelt(view_columns(spec.query, connection)))
        found["list query"] = Place(query, spelt(query_columns(spec.query, connection)))
        found["list column"] = Place(file, spelt(column.name for column in spec.columns))
    if one.import_kind:
        kind = cast(columns.Kind, one.import_kind)
        start = parsed_rows.READERS[kind].__name__
        read = reached(_text(root, PARSED_ROWS), start)
        found["import word"] = Place(IMPORT_WORDS, spelt(columns.fields(kind)))
        found["import field"] = Place(PARSED_ROWS, spelt(read))
    if one.sheet:
        query_name = RECORD_LISTS[one.sheet].query
        answer = query_columns(query_name, connection)
        sheet = cells(_text(root, SHEETS), one.sheet, _text(root, CELLS))
        found["workbook query"] = Place(query_file(root, query_name), spelt(answer))
        found["workbook column"] = Place(SHEETS, spelt(sheet))
    if one.sheet in PUBLIC_TABLES:
        public = cells(_text(root, PUBLIC), f"_public_{one.sheet}", _text(root, CELLS))
        found["public register column"] = Place(PUBLIC, spelt(public))
    return found


def _quick(root: Path) -> dict[str, Place]:
    page, entry, grid = (_text(root, file) for file in (LOG_PAGE, LOG_ENTRY, GRID))
    headings = set(texts(functions(grid)["COLUMNS"]))
    return {
        "quick form widget": Place(LOG_PAGE, spelt(subscripts(ast.parse(page), "raw"))),
        "quick form entry": Place(LOG_ENTRY, spelt(given(entry, "Session", vars(drill_log)))),
        "paste grid column": Place(GRID, spelt(headings)),
    }


def _text(root: Path, file: str) -> str:
    return (root / file).read_text(encoding="utf-8")
