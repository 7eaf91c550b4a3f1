"""A register of an older version opens, verifies, restores and is rebuilt with what it held.

``register_before_layers.zip`` was written by the product before its modules moved into layers:
a handful of records, an edit, a void, an attached file, two backups, and writes after the newest
of them. ``expected.json`` in it holds the rows as that version read them.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from drillbook.db import backup_folder, backups, journal
from drillbook.db.store import Store
from drillbook.operations import audit_verification, data_checks, file_integrity, recover, restore
from drillbook.operations.opening import open_store
from drillbook.records import sessions
from tests.people import CLERK, add_session
from tests.raw import raw

FIXTURE = Path(__file__).parent.parent / "fixtures" / "register_before_layers.zip"
AT = datetime(2024, 1, 11, 8, 0)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The old register's file, its journal, backups and attached files beside it."""
    with zipfile.ZipFile(FIXTURE) as packed:
        packed.extractall(tmp_path)
    return tmp_path / "register.duckdb"


@pytest.fixture
def expected(old: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(old.with_name("expected.json").read_text(encoding="utf-8"))
    return facts


@pytest.fixture
def opened(old: Path) -> Iterator[Store]:
    store = open_store(old)
    yield store
    store.close()


def rows(store: Store, table: str, columns: list[str]) -> list[list[str | None]]:
    """Return the rows of a table as texts, in the columns the old version had."""
    with raw(store) as cursor:
        found = cursor.execute(f"select {', '.join(columns)} from {table}").fetchall()
    return sorted([[None if v is None else str(v) for v in row] for row in found], key=str)


def must_hold_everything(store: Store, expected: dict[str, Any]) -> None:
    for table, held in expected["tables"].items():
        found = rows(store, table, held["columns"])
        if table == "audit_event":
            # A newer version adds lines of its own after those it found.
            assert [line for line in held["rows"] if line not in found] == []
        elif table != "audit_head":
            assert found == held["rows"], table
    assert audit_verification.verify(store).is_whole


def test_it_opens_with_every_row_and_its_audit_trail(
    opened: Store, expected: dict[str, Any]
) -> None:
    must_hold_everything(opened, expected)
    assert [result.code for result in data_checks.run(opened) if result.rows] == [
        "session_count_unknown"
    ]
    assert file_integrity.file_faults(opened) == []
    assert file_integrity.newest_backup_fault(opened) == ""


def test_it_is_written_on_where_the_old_version_stopped(
    opened: Store, expected: dict[str, Any]
) -> None:
    first = next(
        line.entry
        for line in journal.lines(journal.folder(opened.path))
        if line.entry and line.entry.sequence == expected["sequence"]
    )
    add_session(opened, "搬家后的演练")
    entries = [line.entry for line in journal.lines(journal.folder(opened.path))]
    assert all(entries)
    following = next(e for e in entries if e and e.sequence == first.sequence + 1)
    assert following.previous == first.checksum


def test_it_goes_back_to_a_backup_made_after_opening(
    opened: Store, expected: dict[str, Any]
) -> None:
    backup = backups.make(opened, "manual", AT)
    session_id = add_session(opened, "搬家后的演练")
    assert sessions.RECORD_TYPE.load(opened, session_id)
    restore.restore(opened, backup, CLERK)
    assert sessions.RECORD_TYPE.load(opened, session_id) is None
    must_hold_everything(opened, expected)


def test_its_own_backups_are_sound_and_one_is_put_in_place(old: Path, opened: Store) -> None:
    found = backups.listed(old)
    assert {backups.fault(backup) for backup in found} == {""}
    # Opening added one more, before its own migrations.
    assert [backup.reason for backup in found if backup.reason != "migration"] == ["manual"] * 2
    oldest = found[-1]
    opened.close()
    shutil.copyfile(oldest.file, old)
    report = recover.recover(old, CLERK, keep_file=True, at=AT)
    assert report.is_complete
    reopened = open_store(old)
    names = {row[0] for row in rows(reopened, "drill_session", ["name"])}
    reopened.close()
    assert names == {"防汛应急演练", "地震应急演练", "误录的演练"}


@pytest.mark.parametrize("left", ["backup and journal", "journal", "file"])
def test_it_is_rebuilt_from_what_is_left(left: str, old: Path, expected: dict[str, Any]) -> None:
    if left == "journal":
        shutil.rmtree(backup_folder.folder(old))
    if left != "file":
        old.write_bytes(b"torn" * 1000)
    report = recover.recover(old, CLERK, at=AT)
    assert report.source == left.split()[0]
    assert (
        report.replayed == {"backup": 2, "journal": expected["sequence"], "file": 0}[report.source]
    )
    assert report.is_complete
    store = open_store(old)
    must_hold_everything(store, expected)
    store.close()
