"""What only DuckDB knows: connecting, its settings, its errors in words, its results as rows."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from drillbook.core.errors import DrillbookError, InUseError
from drillbook.core.i18n import gettext as _

Row = dict[str, Any]
VERSION = duckdb.__version__


SETTINGS = {
    # 1.5.6 can still read a file written with this version.
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # As in PostgreSQL: 7 / 2 is 3, and empty values sort last.
    "integer_division": "true",
    "default_null_order": "postgres",
}


@cache
def statements(path: Path) -> tuple[str, ...]:
    """Return the SQL statements of one file of ``sql/``."""
    return tuple(s.query for s in duckdb.extract_statements(path.read_text(encoding="utf-8")))


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    # A commit that failed has ended the transaction already.
    with suppress(duckdb.Error):
        cursor.execute("rollback")


def is_of_disk(error: duckdb.Error) -> bool:
    text = str(error)
    return isinstance(error, duckdb.IOException) or "Could not write" in text or "No space" in text


def has_table(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Say whether the register has a table of this name."""
    sql = (
        "select 1 from information_schema.tables"
        " where table_catalog = current_database() and table_name = $name"
    )
    return bool(cursor.execute(sql, {"name": table}).fetchone())


def views_of(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the register's views."""
    sql = (
        "select table_name from information_schema.tables where table_type = 'VIEW'"
        " and table_catalog = current_database() order by table_name"
    )
    return [str(row[0]) for row in cursor.execute(sql).fetchall()]


def drop_view(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop a view and, in a database that minds, those made on it."""
    cursor.execute(f'drop view if exists "{name}" cascade')


def rows_of(result: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return a result's rows as dictionaries."""
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def connected(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path), config=dict(SETTINGS))
    except (duckdb.Error, OSError) as error:
        if any(words in str(error) for words in _HELD):
            raise InUseError(in_use(path)) from error
        raise DrillbookError(why_not_opened(path, error)) from error


def why_not_opened(path: Path, error: Exception) -> str:
    reason = str(error)
    if isinstance(error, OSError) or any(word in reason for word in _NOT_THE_FILES_FAULT):
        return _(
            "The register {path} cannot be opened: check that the folder exists, that there is room"
            " on the disk and that you may write there. ({reason})"
        ).format(path=path, reason=reason)
    return _(
        "{path} is not a Drillbook register, or it is damaged. Name another file, or make it"
        " anew from its backups and its journal: drillbook recover --db {path}"
    ).format(path=path)


def in_use(path: Path) -> str:
    """Return the sentence for a register that another process holds."""
    return _(
        "The register {path} is in use by another program, most likely the running Drillbook."
        " Stop it, or do this on its screen."
    ).format(path=path)


_HELD = ("set lock on", "being used by another process")


_NOT_THE_FILES_FAULT = ("Cannot open", "Could not write", "No space", "Read-only", "Permission")
