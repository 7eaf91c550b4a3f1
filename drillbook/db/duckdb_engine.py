"""DuckDB behind the seam of ``drillbook.db.engine``: the only module that imports it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from drillbook.core.errors import DrillbookError, InUseError
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import (
    BESIDE,
    Connection,
    Engine,
    EngineError,
    Parameters,
    Row,
    RuleBrokenError,
    UnusableError,
)

if TYPE_CHECKING:
    import pandas
    import pyarrow

SETTINGS = {
    # 1.5.6 can still read a file written with this version.
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # As in PostgreSQL: 7 / 2 is 3, and empty values sort last.
    "integer_division": "true",
    "default_null_order": "postgres",
}
# The usual blocks of 256 KB make a small register seven times as large.
_COPY = "attach '{path}' as backup_copy (storage_version 'v1.5.0', block_size 16384)"
_THEN = "attach '{path}' as backup_then (read_only)"
_HELD = ("set lock on", "being used by another process")
_NOT_THE_FILES_FAULT = ("Cannot open", "Could not write", "No space", "Read-only", "Permission")
_attaching = threading.RLock()


@cache
def statements(path: Path) -> tuple[str, ...]:
    """Return the SQL statements of one file of ``sql/``."""
    return tuple(s.query for s in duckdb.extract_statements(path.read_text(encoding="utf-8")))


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Raise DuckDB's errors as those of the seam."""
    try:
        yield
    except duckdb.FatalException as error:
        raise UnusableError(str(error), is_of_disk=_is_of_disk(error)) from error
    except duckdb.ConstraintException as error:
        raise RuleBrokenError(str(error)) from error
    except duckdb.Error as error:
        raise EngineError(str(error), is_of_disk=_is_of_disk(error)) from error


def _is_of_disk(error: duckdb.Error) -> bool:
    text = str(error)
    return isinstance(error, duckdb.IOException) or "Could not write" in text or "No space" in text


def _quoted(path: Path) -> str:
    """Return a path as it may stand between single quotes in SQL."""
    return str(path).replace("'", "''")


class DuckDBConnection:
    """One cursor of its own: a shared one would hand over another thread's rows."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run one statement."""
        with _in_our_words():
            self.cursor.execute(sql, dict(parameters or {}))

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """Return what a query finds, as dictionaries."""
        with _in_our_words():
            result = self.cursor.execute(sql, dict(parameters or {}))
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def batches(self, sql: str, parameters: Parameters, size: int) -> Iterator[list[Row]]:
        """Yield the same, ``size`` rows at a time."""
        with _in_our_words():
            result = self.cursor.execute(sql, dict(parameters))
            names = [column[0] for column in result.description]
            batch = result.fetchmany(size)
        while batch:
            yield [dict(zip(names, row, strict=True)) for row in batch]
            with _in_our_words():
                batch = result.fetchmany(size)

    def frame(self, sql: str, parameters: Parameters) -> pandas.DataFrame:
        """Return what a query finds as a DataFrame."""
        with _in_our_words():
            return self.cursor.execute(sql, dict(parameters)).df()

    def arrow(self, sql: str, parameters: Parameters) -> pyarrow.Table:
        """Return what a query finds as an Arrow table."""
        with _in_our_words():
            return self.cursor.sql(sql, params=dict(parameters)).to_arrow_table()

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows, all with the same columns, in one statement."""
        import pyarrow

        names = ", ".join(rows[0])
        with _in_our_words():
            # Typed from the table: a column of empty values would otherwise have no type.
            empty = self.cursor.sql(f"select {names} from {table} limit 0").to_arrow_table()
            self.cursor.register(
                "incoming", pyarrow.Table.from_pylist(list(rows), schema=empty.schema)
            )
            self.cursor.execute(f"insert into {table} ({names}) select {names} from incoming")
            self.cursor.unregister("incoming")

    def begin(self) -> None:
        """Begin a transaction."""
        self.execute("begin transaction")

    def commit(self) -> None:
        """Keep what the transaction wrote."""
        self.execute("commit")

    def roll_back(self) -> None:
        """Drop what the transaction wrote."""
        # A commit that failed has ended the transaction already.
        with suppress(EngineError):
            self.execute("rollback")

    def tables(self) -> list[str]:
        """Return the names of the register's tables."""
        return self._tables("BASE TABLE")

    def views(self) -> list[str]:
        """Return the names of the register's views."""
        return self._tables("VIEW")

    def drop_view(self, name: str) -> None:
        """Drop a view."""
        self.execute(f'drop view if exists "{name}" cascade')

    def _tables(self, kind: str) -> list[str]:
        sql = (
            "select table_name from information_schema.tables where table_type = $kind"
            " and table_catalog = current_database() order by table_name"
        )
        return [str(row["table_name"]) for row in self.rows(sql, {"kind": kind})]

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        return [str(row["column_name"]) for row in self.rows(f"describe {table}")]

    def key(self, table: str) -> list[str]:
        """Return the columns of a table's primary key."""
        sql = (
            "select constraint_column_names as names from duckdb_constraints()"
            " where database_name = current_database() and table_name = $name"
            " and constraint_type = 'PRIMARY KEY'"
        )
        return [name for row in self.rows(sql, {"name": table}) for name in row["names"]]

    def checksums(self) -> dict[str, tuple[int, int]]:
        """Return table → (rows, hash of them all), having read every value."""
        sums = {}
        for table in self.tables():
            sql = (
                f"select count(*) as n, coalesce(bit_xor(hash(line)), 0) as h from {table} as line"
            )
            (row,) = self.rows(sql)
            sums[table] = (int(row["n"]), int(row["h"]))
        return sums

    def look_every_key_up(self) -> None:
        """Read the indexes: reading rows does not, and a torn one fails at the next write."""
        self.begin()
        try:
            for table in self.tables():
                self.execute(f"insert into {table} select * from {table} on conflict do nothing")
        finally:
            self.roll_back()

    def close(self) -> None:
        """End the conversation."""
        self.cursor.close()


class DuckDBEngine:
    """One DuckDB file, held by this process alone."""

    version = duckdb.__version__

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file; raises EngineError when that cannot be done."""
        self.path, self.read_only = path, read_only
        self._database = self._connected()

    def _connected(self) -> duckdb.DuckDBPyConnection:
        with _in_our_words():
            return duckdb.connect(str(self.path), read_only=self.read_only, config=dict(SETTINGS))

    def connection(self) -> DuckDBConnection:
        """Return a cursor of its own."""
        with _in_our_words():
            return DuckDBConnection(self._database.cursor())

    def open_anew(self) -> None:
        """Open the file again after a disk failed inside it: until then DuckDB answers nothing."""
        self._database.close()
        self._database = self._connected()
        # While another thread still reads, DuckDB hands out the broken one again.
        with _in_our_words():
            self._database.execute("select 1")

    @contextmanager
    def beside(self, file: Path) -> Iterator[None]:
        """Attach a backup; the name is the whole program's, so one at a time."""
        with _attaching, self._attached(_THEN.format(path=_quoted(file)), BESIDE.split(".")[0]):
            yield

    @contextmanager
    def _attached(self, statement: str, name: str) -> Iterator[DuckDBConnection]:
        connection = self.connection()
        try:
            connection.execute(statement)
            try:
                yield connection
            finally:
                with suppress(EngineError):
                    connection.execute(f"detach {name}")
        finally:
            connection.close()

    @contextmanager
    def copied_to(self, file: Path) -> Iterator[DuckDBConnection]:
        """Copy everything in one transaction; what the block reads is of the same moment."""
        statement = _COPY.format(path=_quoted(file))
        with self._attached(statement, "backup_copy") as connection:
            connection.begin()
            try:
                (row,) = connection.rows("select current_database() as name")
                name = str(row["name"]).replace('"', '""')
                connection.execute(f'copy from database "{name}" to backup_copy')
                yield connection
                connection.commit()
            except BaseException:
                connection.roll_back()
                raise

    def checkpoint(self) -> None:
        """Write the log beside the file into the file."""
        with _in_our_words():
            self._database.execute("checkpoint")

    def close(self) -> None:
        """Let the file go."""
        self._database.close()


def log_of(file: Path) -> Path:
    """Return where DuckDB keeps what is not yet in the file itself."""
    return file.with_name(file.name + ".wal")


@contextmanager
def opened(file: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """Open a database file that is not the running register; raises EngineError."""
    engine = DuckDBEngine(file, read_only=read_only)
    try:
        connection = engine.connection()
        yield connection
        connection.close()
        if not read_only:
            engine.checkpoint()
    finally:
        engine.close()


def connected(path: Path) -> Engine:
    """Open the register's file, making it if there is none; raises DrillbookError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return DuckDBEngine(path)
    except (EngineError, OSError) as error:
        if any(words in str(error) for words in _HELD):
            raise InUseError(in_use(path)) from error
        raise DrillbookError(why_not_opened(path, error)) from error


def why_not_opened(path: Path, error: Exception) -> str:
    """Return the sentence for a register that cannot be opened."""
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
