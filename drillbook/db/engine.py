"""What the store asks of a database: the seam behind which one engine may replace another.

``duckdb_engine`` is the one there is. Another is one more file that keeps these promises: the store
and everything above it know no other way to the database. All SQL an engine is handed lies in
``sql/`` or was composed by ``drillbook.db`` and keeps to what DuckDB and PostgreSQL share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas
    import pyarrow

Row = dict[str, Any]
Parameters = Mapping[str, Any]

BESIDE = "backup_then.main"
"""Where the tables of a backup stand while it is attached (``Engine.beside``)."""


class EngineError(Exception):
    """The database did not do what it was asked; ``is_of_disk`` when the disk refused it."""

    def __init__(self, message: str, *, is_of_disk: bool = False) -> None:
        super().__init__(message)
        self.is_of_disk = is_of_disk


class RuleBrokenError(EngineError):
    """A key or a check of a table forbids the row."""


class UnusableError(EngineError):
    """The database answers nothing more until it is opened anew."""


class Connection(Protocol):
    """One conversation with the database, used by one thread at a time.

    Every method raises EngineError when the database refuses.
    """

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run one statement."""

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """Return what a query finds, as dictionaries."""

    def batches(self, sql: str, parameters: Parameters, size: int) -> Iterator[list[Row]]:
        """Yield the same, ``size`` rows at a time."""

    def frame(self, sql: str, parameters: Parameters) -> pandas.DataFrame:
        """Return what a query finds as a DataFrame."""

    def arrow(self, sql: str, parameters: Parameters) -> pyarrow.Table:
        """Return what a query finds as an Arrow table."""

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows, all with the same columns, in one statement; names are checked already."""

    def begin(self) -> None:
        """Begin a transaction: until it ends, every answer is of this moment."""

    def commit(self) -> None:
        """Keep what the transaction wrote."""

    def roll_back(self) -> None:
        """Drop what the transaction wrote; nothing when a failed commit has ended it."""

    def tables(self) -> list[str]:
        """Return the names of the register's tables."""

    def views(self) -> list[str]:
        """Return the names of the register's views."""

    def drop_view(self, name: str) -> None:
        """Drop a view and, in a database that minds, those made on it."""

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""

    def key(self, table: str) -> list[str]:
        """Return the columns of a table's primary key."""

    def checksums(self) -> dict[str, tuple[int, int]]:
        """Return table → (rows, hash of them all), having read every value."""

    def look_every_key_up(self) -> None:
        """Read the indexes whole; raises EngineError where one is torn. Changes nothing."""

    def close(self) -> None:
        """End the conversation."""


class Engine(Protocol):
    """An open database. Each ``connection()`` sees only what others have committed."""

    version: str
    """Name and version of the database: another one may read a view's text in another way."""

    def connection(self) -> Connection:
        """Return a new conversation."""

    def open_anew(self) -> None:
        """Close the database and open it again; raises UnusableError when it still is."""

    def beside(self, file: Path) -> AbstractContextManager[None]:
        """Show the tables of a backup under ``BESIDE`` while the block runs, to be read only.

        One at a time in the whole program; begin transactions inside the block.
        """

    def copied_to(self, file: Path) -> AbstractContextManager[Connection]:
        """Copy the database into a new file; yield a connection that sees the same moment."""

    def checkpoint(self) -> None:
        """Write everything into the database's own file."""

    def close(self) -> None:
        """Let the database go."""
