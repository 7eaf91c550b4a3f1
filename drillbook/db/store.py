"""The store: one database, one writer at a time, every write with its audit line.

A write is in the journal before it is committed; opening compares the two (drillbook.db.journal).
It knows the database only through ``drillbook.db.engine``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drillbook.core import disk
from drillbook.db import composed
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Connection, Engine, EngineError, Row, UnusableError
from drillbook.db.journal import Journal, Mark, next_line
from drillbook.db.queries import bound, check_text
from drillbook.db.reader import Reader
from drillbook.db.register_lock import RegisterLock
from drillbook.db.transaction import Transaction

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True)
class Page:
    """One page of a list: ``rows`` (a DataFrame) out of ``total`` rows."""

    rows: pandas.DataFrame
    total: int


class Store:
    """The open register."""

    def __init__(self, path: Path, engine: Engine, lock: RegisterLock | None = None) -> None:
        """``lock`` is let go when the register is closed; without it, whoever opens holds one."""
        self.path = path
        self._lock = lock
        self.notices: list[str] = []
        self.revision = 0
        self.journal = Journal(path)
        self.engine = engine
        self._is_unusable = self._is_closed = False
        self._token = ""
        self._write_lock = threading.RLock()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Yield a connection of its own; a shared one would hand over another thread's rows."""
        if self._is_unusable:
            with self._write_lock:
                if self._is_unusable:
                    self._open_anew()
        connection = self.engine.connection()
        try:
            yield connection
        except UnusableError:
            # After a disk failed inside it, nothing is answered until the file is opened anew.
            self._is_unusable = True
            raise
        finally:
            connection.close()

    def _open_anew(self) -> None:
        try:
            self.engine.open_anew()
        except UnusableError as error:
            raise disk.refusal(error, self.path.parent) from error
        self._is_unusable = False

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Yield a reader: everything it returns is of one moment of the register."""
        with self._connection() as connection:
            connection.begin()
            try:
                yield Reader(connection)
            finally:
                connection.roll_back()

    @contextmanager
    def write(
        self, actor: Actor, source: str = "app", *, is_record: bool = True
    ) -> Iterator[Transaction]:
        """Yield the one open transaction; commit at the end, roll back on any error.

        It is in the journal before it is committed. With ``is_record=False`` (drafts, preferences)
        the revision stays and the journal knows nothing of it: no figure changes, so nothing that
        was read before is out of date, and nothing that must survive a broken file.

        Raises DrillbookError when the disk is full or read-only; then nothing was written.
        """
        with self._write_lock, self._connection() as connection:
            connection.begin()
            transaction = Transaction(connection, actor, source, is_journalled=is_record)
            try:
                yield transaction
                if self._token and is_record:
                    transaction.keep_submission(self._token)
                transaction.close_chain()
                self._commit(transaction)
            except BaseException as error:
                connection.roll_back()
                if isinstance(error, EngineError) and error.is_of_disk:
                    raise disk.refusal(error, self.path.parent) from error
                raise
            self.revision += is_record

    @contextmanager
    def writers_paused(self) -> Iterator[None]:
        """Keep every other writer waiting; for what needs the journal and the register to agree."""
        with self._write_lock:
            yield

    @contextmanager
    def submitting(self, token: str) -> Iterator[None]:
        """Let what is written in the block be the answer to a form; others wait meanwhile."""
        with self._write_lock:
            self._token = token
            try:
                yield
            finally:
                self._token = ""

    def _commit(self, tx: Transaction) -> None:
        if not tx.statements:
            tx.connection.commit()
            return
        mark, line = next_line(self.journal.last, tx.at, tx.actor, tx.source, tx.statements)
        tx.keep_mark(mark)
        self.journal.append(mark, line)
        try:
            tx.connection.commit()
        except BaseException as error:
            # Even an interrupted commit may have happened: the register itself says whether.
            if self._mark_after_failure(tx.connection) != mark:
                self.journal.take_back()
                raise
            self.journal.confirm(mark)
            if not isinstance(error, EngineError):
                self.revision += 1
                raise
            # What failed was the checkpoint that DuckDB makes after some commits.
        else:
            self.journal.confirm(mark)

    def _mark_after_failure(self, connection: Connection) -> Mark | None:
        connection.roll_back()
        try:
            return Reader(connection).mark()
        except UnusableError:
            self._is_unusable = True
        except EngineError:
            return None
        connection.close()
        try:
            return self.mark()
        except EngineError:
            return None

    def mark(self) -> Mark:
        """Return up to which line of the journal the register goes."""
        with self._connection() as connection:
            return Reader(connection).mark()

    def query(self, query_name: str, /, **parameters: Any) -> list[Row]:
        """Return the rows of a named query as dictionaries."""
        with self._connection() as connection:
            return Reader(connection).query(query_name, **parameters)

    def one(self, query_name: str, /, **parameters: Any) -> Row | None:
        """Return the first row of a named query, or nothing."""
        rows = self.query(query_name, **parameters)
        return rows[0] if rows else None

    def frame(self, query_name: str, /, **parameters: Any) -> pandas.DataFrame:
        """Return the rows of a named query as a DataFrame."""
        with self._connection() as connection:
            return connection.frame(*bound(query_name, parameters))

    def arrow(self, query_name: str, /, **parameters: Any) -> pyarrow.Table:
        """Return the rows of a named query as an Arrow table."""
        with self._connection() as connection:
            return connection.arrow(*bound(query_name, parameters))

    def page(
        self,
        query_name: str,
        /,
        *,
        sort: str,
        descending: bool = False,
        number: int = 1,
        size: int = 50,
        **parameters: Any,
    ) -> Page:
        """Return page ``number`` (from 1) of a named query, sorted by one of its columns."""
        code, given = bound(query_name, parameters)
        window = {"page_size": size, "page_start": (max(number, 1) - 1) * size}
        with self._connection() as connection:
            (counted,) = connection.rows(composed.count_rows(code), given)
            rows = connection.frame(
                composed.page_of(code, sort, descending=descending), given | window
            )
        return Page(rows, counted["number"])

    def record(self, table: str, record_id: str) -> Row | None:
        """Return one record as stored, voided or not, or nothing."""
        with self._connection() as connection:
            return Reader(connection).record(table, record_id)

    def lines(self, table: str, record_id: str) -> list[Row]:
        """Return the lines of one record in ``table``."""
        with self._connection() as connection:
            return Reader(connection).lines(table, record_id)

    def check(self, check_name: str) -> list[Row]:
        """Return the bad rows that a file of ``sql/checks`` finds."""
        with self._connection() as connection:
            return connection.rows(check_text(check_name))

    def close(self) -> None:
        """Write everything into the one file and let it go; closing again does nothing."""
        with self._write_lock:
            if self._is_closed:
                return
            self._is_closed = True
            try:
                self.engine.checkpoint()
            except EngineError as error:
                # A full disk: everything is in the file's .wal and in the journal.
                if not error.is_of_disk:
                    raise
            finally:
                self.let_go()

    def let_go(self) -> None:
        """Drop the file without writing anything into it, then let the next process in."""
        self.journal.close()
        self.engine.close()
        if self._lock is not None:
            self._lock.let_go()
