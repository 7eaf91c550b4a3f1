"""Every record type is declared once: what other places list of it agrees with the declaration.

The queries that speak of every record type are composed from the declarations; the lists of rooms
that cannot ask the registry are compared with it; a column that looks like a reference is one, or
is named with the reason why it is none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from drillbook.accounts import permissions, unit_access
from drillbook.core import privacy
from drillbook.db import backups, tables
from drillbook.operations import restore
from drillbook.records import attachments, registry
from drillbook.records.record_type import LineTable
from tools import record_queries
from tools.check_sql import build
from tools.record_queries import Known
from tools.report import ROOT, Finding, report

REGISTRY = "drillbook/records/registry.py"


def differences(
    place: str, what: str, listed: Iterable[object], declared: Iterable[object]
) -> Iterator[Finding]:
    """Yield what one list has and the declarations have not, and the other way round."""
    there, wanted = set(listed), set(declared)
    for name in sorted(map(str, wanted - there)):
        yield Finding(place, f"{what} lacks {name!r}, which the record types declare")
    for name in sorted(map(str, there - wanted)):
        yield Finding(place, f"{what} names {name!r}, which no record type declares")


def lines_of(held: Known) -> list[LineTable]:
    """Return all declared tables of lines."""
    return [line for one in held.types.values() for line in one.line_tables]


def check_lists(held: Known) -> Iterator[Finding]:
    """Yield where a list of a room that cannot ask the registry differs from it."""
    types, lines = held.types.values(), lines_of(held)
    place = "drillbook/db/tables.py"
    declared = {(line.table, line.owner_column) for line in lines}
    yield from differences(place, "LINES", tables.LINES.items(), declared)
    kept = {line.table for line in lines if line.keeps_ids}
    yield from differences(place, "KEPT_LINE_IDS", tables.KEPT_LINE_IDS, kept)
    counted = {one.table for one in held.counted} | {"attachment"}
    yield from differences("drillbook/db/backups.py", "RECORDS", backups.RECORDS, counted)
    subjects = {table for one in types for table in one.with_files}
    place = "drillbook/records/attachments.py"
    yield from differences(place, "SUBJECTS", attachments.SUBJECTS, subjects)
    personal = {
        (table, name) for one in types for table, names in one.personal.items() for name in names
    }
    masked = {(table, name) for table, names in privacy.FIELDS.items() for name in names}
    yield from differences("drillbook/core/privacy.py", "FIELDS", masked, personal)
    scoped = {one.table for one in types if one.is_unit_scoped}
    place = "drillbook/accounts/unit_access.py"
    yield from differences(place, "MEMBERSHIP", unit_access.MEMBERSHIP, scoped)


def check_rights(held: Known) -> Iterator[Finding]:
    """Yield rights to write that differ from what the record types, and their files, ask for."""
    declared = {
        (table, one.write_right)
        for one in held.types.values()
        for table in (one.table, *one.with_files)
    }
    tables = {table for table, _right in declared}
    given = {(table, right) for table, right in permissions.WRITES.items() if table in tables}
    yield from differences("drillbook/accounts/permissions.py", "WRITES", given, declared)


def check_restore(held: Known) -> Iterator[Finding]:
    """Yield record types and lines that a restore leaves out, or cannot name."""
    place = "drillbook/operations/restore.py"
    with_lines = {line.table for line in lines_of(held)}
    records = {one.table for one in held.types.values() if one.table != "account"}
    for table in sorted((records | with_lines) & restore.KEPT_AS_THEY_ARE):
        yield Finding(place, f"KEPT_AS_THEY_ARE names {table!r}, so that no backup brings it back")
    for table in sorted(with_lines - set(restore.TABLE_NAMES)):
        yield Finding(place, f"TABLE_NAMES does not say what {table!r} is called")
    for table in sorted(records):
        if restore.table_label(table) == table:
            place = "data/vocabulary/subject_type.csv"
            yield Finding(place, f"does not say what {table!r} is called")


def check_references(held: Known, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield columns that look like a reference and are not declared, and the other way round."""
    columns = {
        (str(table), str(column))
        for table, column in connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_name in (select table_name from information_schema.tables"
            " where table_type = 'BASE TABLE') and column_name like '%_id'"
        ).fetchall()
        if column.endswith("_id")
    }
    declared = set(registry.NO_REFERENCES) | {
        (line.table, line.owner_column) for line in lines_of(held)
    }
    for one, reference in held.references():
        declared.add((reference.table or one.table, reference.column))
    for table, column in sorted(columns - declared):
        yield Finding(REGISTRY, f"{table}.{column} is no reference of a record type; is it none?")
    for table, column in sorted(declared - columns):
        yield Finding(REGISTRY, f"{table}.{column} is declared, and no table has it")


def findings(root: Path, held: Known | None = None) -> list[Finding]:
    """Return everything in which a place differs from the record types' declarations."""
    known = held or record_queries.known()
    connection, _ = build(root)
    return [
        *record_queries.findings(root, known),
        *check_lists(known),
        *check_rights(known),
        *check_restore(known),
        *check_references(known, connection),
    ]


if __name__ == "__main__":
    sys.exit(report("records", findings(ROOT)))
