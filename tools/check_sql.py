"""Every file of ``sql/`` runs on DuckDB, parses for PostgreSQL and keeps to what both understand.

It proves no figures: that is what the tests on real rows are for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import sqlglot
from sqlglot.errors import ParseError, TokenError

from drillbook.db.duckdb_engine import SETTINGS
from tools.report import ROOT, Finding, report
from tools.sql_words import code_only, forbidden_words, upper_case_words

# Where there are several steps, a reader finds the answer under this name.
LAST_STEP = "final"
# Makes the one table that is there before the first migration.
FIRST_TABLE = "make_schema_migration"


def sql_files(root: Path, folder: str) -> list[Path]:
    """Return the files of one folder of ``sql/`` in the order the store runs them."""
    return sorted((root / "sql" / folder).rglob("*.sql"))


def check_names(root: Path) -> Iterator[Finding]:
    """Yield queries that lie in no area, and names that are taken: a query is found by its name."""
    taken: dict[str, str] = {}
    for path in sql_files(root, "queries"):
        place = path.relative_to(root).as_posix()
        if path.parent == root / "sql" / "queries":
            yield Finding(place, "lies in no area: move it into a folder of sql/queries")
        if path.stem in taken:
            yield Finding(place, f"has the name of {taken[path.stem]}")
        taken[path.stem] = place


def check_text(path: Path, root: Path) -> Iterator[Finding]:
    """Yield what is wrong with the words of one file: comment, case, subset, grammar."""
    place = path.relative_to(root).as_posix()
    sql = path.read_text(encoding="utf-8")
    if not sql.startswith("-- "):
        yield Finding(place, "begins with a comment that says what it makes or returns", 1)
    for word in [*forbidden_words(sql), *upper_case_words(sql)]:
        yield Finding(place, f"{word.text!r}: {word.reason}", word.line)
    try:
        sqlglot.parse(sql, read="postgres")
    except (ParseError, TokenError) as error:
        yield Finding(place, f"PostgreSQL cannot read it: {_first_line(error)}")


def check_question(path: Path, root: Path) -> Iterator[Finding]:
    """Yield what is wrong with the form of one query or check: one statement, ``final`` last."""
    place = path.relative_to(root).as_posix()
    code = code_only(path.read_text(encoding="utf-8"))
    statements = [statement for statement in code.split(";") if statement.strip()]
    if len(statements) != 1:
        yield Finding(place, f"holds {len(statements)} statements instead of one")
    steps = re.findall(r"^(?:with\s+)?(\w+)\s+as\s+\(", code, re.MULTILINE)
    if len(steps) > 1 and steps[-1] != LAST_STEP:
        yield Finding(place, f"its last step is called {steps[-1]!r} instead of {LAST_STEP!r}")


def build(root: Path) -> tuple[duckdb.DuckDBPyConnection, list[Finding]]:
    """Return an empty register in memory, migrated and with its views, and what did not run."""
    connection = duckdb.connect(":memory:", config=dict(SETTINGS))
    found = []
    first = [path for path in sql_files(root, "queries") if path.stem == FIRST_TABLE]
    for path in [*first, *sql_files(root, "migrations"), *sql_files(root, "views")]:
        try:
            connection.execute(path.read_text(encoding="utf-8"))
        except duckdb.Error as error:
            place = path.relative_to(root).as_posix()
            found.append(Finding(place, f"DuckDB cannot run it: {_first_line(error)}"))
    return connection, found


def check_runs(path: Path, root: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield why DuckDB cannot answer one query, asked with every parameter empty."""
    sql = path.read_text(encoding="utf-8")
    empty = dict.fromkeys(re.findall(r"\$([a-z_]+)", code_only(sql)))
    try:
        connection.execute(f"explain {sql}", empty)
    except duckdb.Error as error:
        place = path.relative_to(root).as_posix()
        yield Finding(place, f"DuckDB cannot run it: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def findings(root: Path) -> list[Finding]:
    """Return everything that is wrong with the SQL of the product at ``root``."""
    questions = [*sql_files(root, "queries"), *sql_files(root, "checks")]
    connection, found = build(root)
    found += check_names(root)
    for path in [*sql_files(root, "migrations"), *sql_files(root, "views"), *questions]:
        found += check_text(path, root)
    for path in questions:
        found += [*check_question(path, root), *check_runs(path, root, connection)]
    return found


if __name__ == "__main__":
    sys.exit(report("sql", findings(ROOT)))
