"""The store: one DuckDB file, one writer at a time, every write with its audit line.

A write is in the journal before it is committed; opening compares the two (drillbook.db.journal).

It knows tables and transactions, not what a drill is. It refuses to run SQL with text pasted
into it: statements come from ``sql/`` or from column names this module checked itself.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import uuid6

from drillbook.core import disk, json_codec
from drillbook.core.clock import now
from drillbook.core.errors import DrillbookError, StaleError
from drillbook.core.i18n import gettext as _
from drillbook.db import audit_chain
from drillbook.db.duckdb_engine import Row, connected, has_table, is_of_disk, roll_back, rows_of
from drillbook.db.journal import Entry, Journal, Mark, composed
from drillbook.db.queries import named_query
from drillbook.db.register_lock import RegisterLock

if TYPE_CHECKING:
    import pandas
    import pyarrow


# The rows that belong to a record: table → the column that names the record.
LINES = {
    "unit_name": "unit_id",
    "plan_version": "plan_id",
    "plan_revision": "plan_id",
    "plan_assessment": "plan_id",
    "revision_stage": "revision_id",
    "planned_drill_unit": "planned_drill_id",
    "session_unit": "session_id",
    "session_team": "session_id",
    "team_strength": "team_id",
    "team_equipment": "team_id",
    "team_training": "team_id",
    "mechanism_member": "mechanism_id",
}
KEPT_LINE_IDS = {table for table in LINES if table != "unit_name"}
LABEL_COLUMNS = ("name", "title", "file_name", "code", "document", "reason", "text", "evaluator")
KEEP_HEAD = (
    "insert into audit_head (id, position, chain_hash) values (1, $position, $chain_hash)"
    " on conflict (id) do update"
    " set position = excluded.position, chain_hash = excluded.chain_hash"
)
KEEP_MARK = (
    "insert into journal_mark (id, sequence, checksum) values (1, $sequence, $checksum)"
    " on conflict (id) do update"
    " set sequence = excluded.sequence, checksum = excluded.checksum"
)


def new_id() -> str:
    """Return a new UUIDv7 as text: unique across registers, sorted by time of making."""
    return str(uuid6.uuid7())


def as_json(row: Mapping[str, Any]) -> str:
    """Return a row as the audit trail keeps it: readable JSON, dates as ISO text."""
    return json.dumps(row, ensure_ascii=False, default=str, sort_keys=True)


@dataclass(frozen=True)
class Page:
    """One page of a list: ``rows`` (a DataFrame) out of ``total`` rows."""

    rows: pandas.DataFrame
    total: int


@dataclass
class Transaction:
    """One open write: rows and audit lines go in together or not at all."""

    cursor: duckdb.DuckDBPyConnection
    actor: str
    source: str
    at: datetime = field(default_factory=now)
    is_journalled: bool = False
    statements: list[str] = field(default_factory=list)
    _head: tuple[int, str] | None = None

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one statement of this transaction; the journal repeats it with these values.

        So it must do the same at any time: no now(), no random().
        """
        self.cursor.execute(sql, dict(parameters or {}))
        self._note([sql, dict(parameters or {})])

    def _note(self, statement: list[Any]) -> None:
        # Encoded at once: the caller may change the rows afterwards.
        if self.is_journalled:
            self.statements.append(json_codec.encoded(statement))

    def repeat(self, entry: Entry) -> None:
        """Run the statements of a journal's line, and take the line for contained."""
        for statement in entry.statements:
            if len(statement) == 2:
                self.execute(*statement)
            else:
                table, columns, rows = statement
                self.add_rows(table, [dict(zip(columns, row, strict=True)) for row in rows])
        self.keep_mark(entry.mark)

    def keep_mark(self, mark: Mark) -> None:
        """Write down up to which line of the journal the register goes."""
        self.cursor.execute(KEEP_MARK, {"sequence": mark.sequence, "checksum": mark.checksum})

    def all(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the rows of a query as dictionaries, seen from inside the transaction."""
        return rows_of(self.cursor.execute(sql, dict(parameters or {})))

    def one(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Row | None:
        """Return the first row of a query, or nothing."""
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def add_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows (all with the same columns) in one statement, without audit lines."""
        if not rows:
            return
        import pyarrow

        columns = ", ".join(_checked(column) for column in rows[0])
        schema = self._schema(table, list(rows[0]))
        self.cursor.register("incoming", pyarrow.Table.from_pylist(list(rows), schema=schema))
        self.cursor.execute(
            f"insert into {_checked(table)} ({columns}) select {columns} from incoming"
        )
        self.cursor.unregister("incoming")
        if self.is_journalled:
            names = list(rows[0])
            self._note([table, names, [[row[name] for name in names] for row in rows]])

    def insert_many(
        self,
        table: str,
        rows: Sequence[Mapping[str, Any]],
        lines: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]] | None = None,
        action: str = "insert",
    ) -> list[str]:
        """Add records and their lines in bulk; ``lines[table][i]`` belong to ``rows[i]``.

        Each record gets one audit line that holds its lines too. Returns the new ids.
        """
        lines = {name: [_with_ids(g) for g in groups] for name, groups in (lines or {}).items()}
        stamped = [
            {"id": new_id()} | dict(row) | {"created_at": self.at, "updated_at": self.at}
            for row in rows
        ]
        self.add_rows(table, stamped)
        for line_table, groups in lines.items():
            self._add_lines(line_table, [r["id"] for r in stamped], groups)
        self.add_rows(
            "audit_event",
            [
                self._event(
                    action,
                    table,
                    row["id"],
                    after=row | {name: list(groups[i]) for name, groups in lines.items()},
                )
                for i, row in enumerate(stamped)
            ],
        )
        return [row["id"] for row in stamped]

    def insert(
        self,
        table: str,
        row: Mapping[str, Any],
        lines: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> str:
        """Add one record with its lines and audit line; return its id."""
        groups = {name: [list(rows)] for name, rows in (lines or {}).items()}
        return self.insert_many(table, [row], groups)[0]

    def update(
        self,
        table: str,
        record_id: str,
        changes: Mapping[str, Any],
        row_version: int,
        lines: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        action: str = "update",
        label: str = "",
    ) -> None:
        """Change one record, and replace those of its lines that are given.

        What says the same as the record changes nothing: no version, no audit line. Raises
        StaleError when somebody saved after ``row_version`` was read.
        """
        before = self.record(table, record_id)
        if before is None:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        if before["row_version"] != row_version:
            raise StaleError(_("Somebody else saved this record while you were editing."), before)
        lines = {name: _with_ids(rows) for name, rows in (lines or {}).items()}
        held = {name: self.lines(name, record_id) for name in lines}
        if _holds(before, changes) and all(_are(held[name], rows) for name, rows in lines.items()):
            return
        assignments = ", ".join(f"{_checked(c)} = ${_checked(c)}" for c in changes)
        self.execute(
            f"update {_checked(table)} set {assignments}{', ' if changes else ''}"
            "row_version = row_version + 1, updated_at = $now_at where id = $record_id",
            {**changes, "now_at": self.at, "record_id": record_id},
        )
        for name, rows in lines.items():
            self.replace_lines(name, record_id, rows)
        shown = {column: before[column] for column in changes}
        self.audit(
            action,
            table,
            record_id,
            shown | held,
            {**changes, **lines},
            label=label or _label(before | dict(changes)),
        )

    def void(self, table: str, record_id: str, reason: str, row_version: int) -> None:
        """Take one record out of every list and figure, with the reason; it stays restorable."""
        changes = {"voided_at": self.at, "void_reason": reason}
        self.update(table, record_id, changes, row_version, action="void")

    def restore(self, table: str, record_id: str, row_version: int) -> None:
        """Bring a voided record back."""
        changes = {"voided_at": None, "void_reason": ""}
        self.update(table, record_id, changes, row_version, action="restore")

    def replace_lines(self, table: str, record_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make ``rows`` the only lines of the record in ``table``.

        A row with the id of a line that is there changes it: columns it does not name stay.
        """
        has_ids = table in KEPT_LINE_IDS
        held = {line["id"]: line for line in self.lines(table, record_id) if has_ids}
        kept = [_changed(held[row["id"]], row) for row in rows if row.get("id") in held]
        new = [row for row in rows if row.get("id") not in held]
        self.execute(
            f"delete from {_checked(table)} where {LINES[table]} = $record_id",
            {"record_id": record_id},
        )
        self._add_lines(table, [record_id], [kept])
        self._add_lines(table, [record_id], [new])

    def record(self, table: str, record_id: str) -> Row | None:
        """Return one record as stored, voided or not."""
        return self.one(f"select * from {_checked(table)} where id = $id", {"id": record_id})

    def lines(self, table: str, record_id: str) -> list[Row]:
        """Return the record's lines in ``table``."""
        return self.all(
            f"select * from {_checked(table)} where {LINES[table]} = $id", {"id": record_id}
        )

    def audit(
        self,
        action: str,
        subject_type: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> None:
        """Write one audit line."""
        event = self._event(action, subject_type, subject_id, before, after, label)
        self.add_rows("audit_event", [event])

    def _event(
        self,
        action: str,
        subject_type: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> Row:
        event: Row = {
            "id": new_id(),
            "happened_at": self.at,
            "actor": str(self.actor),
            "account_id": getattr(self.actor, "account_id", ""),
            "address": getattr(self.actor, "address", ""),
            "source": self.source,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "subject_label": label or _label(after or {}),
            "before_json": as_json(before) if before else None,
            "after_json": as_json(after) if after else None,
        }
        return self.chained(event)

    def chained(self, event: Row) -> Row:
        """Return an audit line with its place in the chain; the next one follows it."""
        position, previous = self._head or self._stored_head()
        event["position"] = position + 1
        event["content_hash"] = audit_chain.content_hash(event["before_json"], event["after_json"])
        event["chain_hash"] = audit_chain.chain_hash(previous, event)
        self._head = event["position"], event["chain_hash"]
        return event

    def _stored_head(self) -> tuple[int, str]:
        head = self.one("select position, chain_hash from audit_head")
        return (head["position"], head["chain_hash"]) if head else (0, audit_chain.FIRST_HASH)

    def close_chain(self) -> None:
        """Keep the end of the audit chain; the store calls it before the commit."""
        if self._head is not None:
            if not self.is_journalled:
                # Rebuilt from its journal, the trail would have a hole here.
                raise RuntimeError("a write that is no record leaves no line in the audit trail")
            position, chain_hash = self._head
            self.execute(KEEP_HEAD, {"position": position, "chain_hash": chain_hash})

    def _add_lines(
        self,
        table: str,
        record_ids: Sequence[str],
        groups: Sequence[Sequence[Mapping[str, Any]]],
    ) -> None:
        column = LINES[table]
        rows: list[Row] = []
        for record_id, group in zip(record_ids, groups, strict=True):
            for line in group:
                line_id = {"id": line.get("id") or new_id()} if table in KEPT_LINE_IDS else {}
                rows.append(dict(line) | line_id | {column: record_id})
        self.add_rows(table, rows)

    def _schema(self, table: str, columns: list[str]) -> pyarrow.Schema:
        # Typed from the table: a column that holds only empty values would otherwise have no type.
        names = ", ".join(map(_checked, columns))
        empty = self.cursor.sql(f"select {names} from {_checked(table)} limit 0")
        return empty.to_arrow_table().schema


class Store:
    """The open register."""

    def __init__(
        self,
        path: Path,
        connection: duckdb.DuckDBPyConnection,
        lock: RegisterLock | None = None,
    ) -> None:
        """``lock`` is let go when the register is closed; without it, whoever opens holds one."""
        self.path = path
        self._lock = lock
        self.revision = 0
        self.journal = Journal(path)
        self._connection = connection
        self._is_unusable = self._is_closed = False
        self._write_lock = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor of its own; a shared one would hand over another thread's rows."""
        cursor = self._cursor()
        try:
            yield cursor
        except duckdb.FatalException:
            # After a disk failed inside it, DuckDB answers nothing until the file is opened anew.
            self._is_unusable = True
            raise
        finally:
            cursor.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self._is_unusable:
            with self._write_lock:
                if self._is_unusable:
                    self._open_anew()
        return self._connection.cursor()

    def _open_anew(self) -> None:
        self._connection.close()
        self._connection = connected(self.path)
        try:
            self._connection.execute("select 1")
        except duckdb.FatalException as error:
            # While another thread still reads, DuckDB hands out the broken one again.
            raise disk.refusal(error, self.path.parent) from error
        self._is_unusable = False

    @contextmanager
    def write(
        self, actor: str, source: str = "app", *, is_record: bool = True
    ) -> Iterator[Transaction]:
        """Yield the one open transaction; commit at the end, roll back on any error.

        It is in the journal before it is committed. With ``is_record=False`` (drafts, preferences)
        the revision stays and the journal knows nothing of it: no figure changes, so nothing that
        was read before is out of date, and nothing that must survive a broken file.

        Raises DrillbookError when the disk is full or read-only; then nothing was written.
        """
        with self._write_lock, self.read() as cursor:
            cursor.execute("begin transaction")
            transaction = Transaction(cursor, actor, source, is_journalled=is_record)
            try:
                yield transaction
                transaction.close_chain()
                self._commit(transaction)
            except BaseException as error:
                roll_back(cursor)
                if isinstance(error, duckdb.Error) and is_of_disk(error):
                    raise disk.refusal(error, self.path.parent) from error
                raise
            self.revision += is_record

    @contextmanager
    def writers_paused(self) -> Iterator[None]:
        """Keep every other writer waiting; for what needs the journal and the register to agree."""
        with self._write_lock:
            yield

    def _commit(self, tx: Transaction) -> None:
        if not tx.statements:
            tx.cursor.execute("commit")
            return
        mark, line = composed(self.journal.last, tx.at, tx.actor, tx.source, tx.statements)
        tx.keep_mark(mark)
        self.journal.append(mark, line)
        try:
            tx.cursor.execute("commit")
        except BaseException as error:
            # Even an interrupted commit may have happened: the register itself says whether.
            if self._mark_after_failure(tx.cursor) != mark:
                self.journal.take_back()
                raise
            self.journal.confirm(mark)
            if not isinstance(error, duckdb.Error):
                self.revision += 1
                raise
            # What failed was the checkpoint that DuckDB makes after some commits.
        else:
            self.journal.confirm(mark)

    def _mark_after_failure(self, cursor: duckdb.DuckDBPyConnection) -> Mark | None:
        roll_back(cursor)
        try:
            return mark_of(cursor)
        except duckdb.FatalException:
            self._is_unusable = True
        except duckdb.Error:
            return None
        cursor.close()
        try:
            with self.read() as fresh:
                return mark_of(fresh)
        except duckdb.Error:
            return None

    def query(self, query_name: str, /, **parameters: Any) -> list[Row]:
        """Return the rows of a named query as dictionaries."""
        with self.read() as cursor:
            return rows_of(self._run(cursor, query_name, parameters))

    def one(self, query_name: str, /, **parameters: Any) -> Row | None:
        """Return the first row of a named query, or nothing."""
        rows = self.query(query_name, **parameters)
        return rows[0] if rows else None

    def frame(self, query_name: str, /, **parameters: Any) -> pandas.DataFrame:
        """Return the rows of a named query as a DataFrame."""
        with self.read() as cursor:
            return self._run(cursor, query_name, parameters).df()

    def arrow(self, query_name: str, /, **parameters: Any) -> pyarrow.Table:
        """Return the rows of a named query as an Arrow table."""
        code, expected = named_query(query_name)
        with self.read() as cursor:
            relation = cursor.sql(code, params=_bound(query_name, expected, parameters))
            return relation.to_arrow_table()

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
        code, expected = named_query(query_name)
        given = _bound(query_name, expected, parameters)
        direction = "desc" if descending else "asc"
        with self.read() as cursor:
            total = cursor.execute(f"select count(*) from ({code})", given).fetchone()
            rows = cursor.execute(
                f"select * from ({code}) order by {_checked(sort)} {direction} nulls last, id"
                " limit $page_size offset $page_start",
                {**given, "page_size": size, "page_start": (max(number, 1) - 1) * size},
            ).df()
        return Page(rows, total[0] if total else 0)

    def record(self, table: str, record_id: str) -> Row | None:
        """Return one record as stored, voided or not, or nothing."""
        with self.read() as cursor:
            return Transaction(cursor, "", "").record(table, record_id)

    def lines(self, table: str, record_id: str) -> list[Row]:
        """Return the lines of one record in ``table``."""
        with self.read() as cursor:
            return Transaction(cursor, "", "").lines(table, record_id)

    def close(self) -> None:
        """Write everything into the one file and let it go; closing again does nothing."""
        with self._write_lock:
            if self._is_closed:
                return
            self._is_closed = True
            self.journal.close()
            try:
                self._connection.execute("checkpoint")
            except duckdb.Error as error:
                # A full disk: everything is in the file's .wal and in the journal.
                if not is_of_disk(error):
                    raise
            finally:
                self.let_go()

    def let_go(self) -> None:
        """Drop the file without writing anything into it, then let the next process in."""
        self.journal.close()
        self._connection.close()
        if self._lock is not None:
            self._lock.let_go()

    def _run(
        self, cursor: duckdb.DuckDBPyConnection, query_name: str, parameters: Mapping[str, Any]
    ) -> duckdb.DuckDBPyConnection:
        code, expected = named_query(query_name)
        return cursor.execute(code, _bound(query_name, expected, parameters))


def mark_of(cursor: duckdb.DuckDBPyConnection) -> Mark:
    """Return up to which line of the journal a register goes."""
    if not has_table(cursor, "journal_mark"):
        return Mark()
    row = cursor.execute("select sequence, checksum from journal_mark").fetchone()
    return Mark(*row) if row else Mark()


def _bound(name: str, expected: frozenset[str], given: Mapping[str, Any]) -> Row:
    if set(given) != expected:
        wrong = sorted(expected.symmetric_difference(given))
        raise TypeError(f"query {name}: parameters missing or unknown: {', '.join(wrong)}")
    return dict(given)


def _checked(identifier: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", identifier):
        raise ValueError(f"not a name of a table or column: {identifier!r}")
    return identifier


def _with_ids(lines: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return lines whose kind keeps its ids, the new ones with an id of their own."""
    return [
        {**line, "id": line["id"] or new_id()} if "id" in line else dict(line) for line in lines
    ]


def _holds(row: Row, values: Mapping[str, Any]) -> bool:
    """Say whether a row holds these values already."""
    return all(row.get(column) == value for column, value in values.items())


def _are(lines: Sequence[Row], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether ``rows`` say what the lines hold; their order is one of their columns."""
    left = list(lines)
    for row in rows:
        same = next((line for line in left if _holds(line, row)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _changed(before: Row, row: Mapping[str, Any]) -> Row:
    """Return a line with the columns that ``row`` names; one that differs has a new version."""
    after = before | dict(row)
    if "row_version" in before and after != before:
        after["row_version"] = before["row_version"] + 1
    return after


def _label(row: Mapping[str, Any]) -> str:
    return next((str(row[column]) for column in LABEL_COLUMNS if row.get(column)), "")


# --- opening --------------------------------------------------------------------------------
