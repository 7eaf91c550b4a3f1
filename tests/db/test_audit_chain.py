"""The audit trail is a chain: each line holds the hash of the one before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.db import audit_chain, duckdb_engine
from drillbook.db.audit_chain import Actor
from drillbook.db.duckdb_engine import statements
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations.opening import migrations, open_store
from tests.people import add_unit
from tests.raw import rows_of

LINES = "select * from audit_event order by position"


def lines(store: Store) -> list[Row]:
    return rows_of(store, LINES)


def test_every_line_follows_from_the_one_before(store: Store) -> None:
    add_unit(store, "应急管理局")
    add_unit(store, "消防救援大队")
    previous = audit_chain.FIRST_HASH
    written = lines(store)
    assert [line["position"] for line in written] == list(range(1, len(written) + 1))
    for line in written:
        assert (
            audit_chain.content_hash(line["before_json"], line["after_json"])
            == line["content_hash"]
        )
        previous = audit_chain.chain_hash(previous, line)
        assert previous == line["chain_hash"]


def test_a_line_names_account_and_address(store: Store) -> None:
    with store.write(Actor("王敏", "account-1", "10.0.0.7")) as tx:
        tx.audit("export", "register", "2023")
    line = lines(store)[-1]
    assert (line["actor"], line["account_id"], line["address"]) == (
        "王敏",
        "account-1",
        "10.0.0.7",
    )


def test_what_was_rolled_back_leaves_no_hole_in_the_chain(store: Store) -> None:
    add_unit(store, "应急管理局")
    try:
        with store.write(Actor("x")) as tx:
            tx.audit("export", "register", "2023")
            raise RuntimeError("stop")
    except RuntimeError:
        pass
    add_unit(store, "消防救援大队")
    positions = [line["position"] for line in lines(store)]
    assert positions == list(range(1, len(positions) + 1))


def test_lines_written_before_there_was_a_chain_get_their_place_in_it(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "old.duckdb"
    old = duckdb.connect(str(path), config=dict(duckdb_engine.SETTINGS))
    old.execute("create table schema_migration (number integer primary key,"
                " name varchar not null, applied_at timestamp not null)")  # fmt: skip
    for statement in statements(migrations()[1]):
        old.execute(statement)
    old.execute("insert into schema_migration values (1, '0001_register', timestamp '2023-01-01')")
    for number in (2, 1):
        old.execute(
            "insert into audit_event values ($id, $at, 'x', 'app', 'insert', 'unit', 'u', 'u',"
            " null, '{}')",
            {"id": f"event-{number}", "at": f"2023-01-0{number}"},
        )
    old.close()
    opened = open_store(path)
    written = lines(opened)
    opened.close()
    assert [line["id"] for line in written] == ["event-1", "event-2"]
    assert written[1]["chain_hash"] == audit_chain.chain_hash(written[0]["chain_hash"], written[1])


def test_a_write_the_journal_does_not_know_cannot_leave_a_line(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write(Actor("x"), is_record=False) as tx:
        tx.audit("export", "register", "2023")
    assert lines(store) == []
