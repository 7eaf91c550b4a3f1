"""Reading inside one snapshot: what several questions see is one moment of the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drillbook.db import composed
from drillbook.db.engine import Connection, Row
from drillbook.db.journal import Mark
from drillbook.db.queries import bound
from drillbook.db.tables import LINES


class Reader:
    """Asks in one snapshot; the open write of the store is a reader too, and sees its own rows."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def query(self, query_name: str, /, **parameters: Any) -> list[Row]:
        """Return the rows of a named query as dictionaries."""
        return self.connection.rows(*bound(query_name, parameters))

    def first(self, query_name: str, /, **parameters: Any) -> Row | None:
        """Return the first row of a named query, or nothing."""
        rows = self.query(query_name, **parameters)
        return rows[0] if rows else None

    def in_batches(self, query_name: str, size: int, /, **parameters: Any) -> Iterator[list[Row]]:
        """Yield the rows of a named query ``size`` at a time, where they may be very many."""
        code, given = bound(query_name, parameters)
        yield from self.connection.batches(code, given, size)

    def all(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the rows of a composed query (``drillbook.db.composed``) as dictionaries."""
        return self.connection.rows(sql, parameters)

    def one(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Row | None:
        """Return the first row of a composed query, or nothing."""
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def record(self, table: str, record_id: str) -> Row | None:
        """Return one record as stored, voided or not."""
        return self.one(composed.record_of(table), {"id": record_id})

    def lines(self, table: str, record_id: str) -> list[Row]:
        """Return the record's lines in ``table``."""
        return self.all(composed.lines_of(table, LINES[table]), {"id": record_id})

    def tables(self) -> list[str]:
        """Return the names of the register's tables."""
        return self.connection.tables()

    def mark(self) -> Mark:
        """Return up to which line of the journal the register goes."""
        row = self.first("journal_mark") if "journal_mark" in self.tables() else None
        return Mark(row["sequence"], row["checksum"]) if row else Mark()

    def schema(self) -> list[int]:
        """Return the numbers of the migrations the register has been through."""
        if "schema_migration" not in self.tables():
            return []
        return [int(row["number"]) for row in self.query("schema_numbers")]
