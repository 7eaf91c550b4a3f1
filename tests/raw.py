"""The database itself, for tests that look past the store at what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb

from drillbook.db.duckdb_engine import DuckDBConnection
from drillbook.db.engine import Connection, Row
from drillbook.db.store import Store


@contextmanager
def raw(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield one of DuckDB's own cursors on the open register."""
    connection = store.engine.connection()
    yield cursor_of(connection)
    connection.close()


def cursor_of(connection: Connection) -> duckdb.DuckDBPyConnection:
    """Return the cursor that lies behind a connection."""
    assert isinstance(connection, DuckDBConnection)
    return connection.cursor


def rows_of(store: Store, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """Return what a query finds, as dictionaries."""
    with store.reading() as reader:
        return reader.all(sql, parameters)
