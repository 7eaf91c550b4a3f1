"""The journal: what stands in it, what a kill leaves behind, and what an old file is told."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time as time_module
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.accounts import form_drafts, preferences
from drillbook.core import disk, json_codec
from drillbook.core.errors import DrillbookError
from drillbook.db import journal
from drillbook.db.audit_chain import Actor
from drillbook.db.duckdb_engine import opened
from drillbook.db.engine import UnusableError
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from tests.people import CLERK, TODAY, add_session, add_unit
from tests.raw import cursor_of, raw
from tests.small_disk import fill, remount, small_disk


def entries(store: Store) -> list[journal.Entry]:
    found = [line.entry for line in journal.lines(journal.folder(store.path))]
    assert None not in found
    return [entry for entry in found if entry]


def names(store: Store) -> set[str]:
    return {row["name"] for row in store.query("unit_choices")}


def content(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Return every row of every table but those the product makes anew at each start."""
    tables = connection.execute(
        "select table_name from information_schema.tables where table_type = 'BASE TABLE'"
    ).fetchall()
    left_out = {"calendar", "vocabulary", "official_day", "derived_state", "draft", "preference"}
    return {
        table: sorted(map(repr, connection.execute(f"select * from {table}").fetchall()))
        for (table,) in tables
        if table not in left_out
    }


# --- what stands in it ------------------------------------------------------------------------


def test_every_write_is_one_line_and_says_who_and_what(store: Store) -> None:
    before = len(entries(store))
    add_unit(store, "应急管理局")
    (entry,) = entries(store)[before:]
    assert (entry.actor, entry.source) == (CLERK, "app")
    assert any(statement[0] == "unit" for statement in entry.statements)
    assert any(statement[0] == "audit_event" for statement in entry.statements)
    assert store.mark() == entry.mark


def test_lines_are_chained(store: Store) -> None:
    add_unit(store, "甲局")
    add_unit(store, "乙局")
    found = entries(store)
    assert [entry.sequence for entry in found] == list(range(1, len(found) + 1))
    assert [entry.previous for entry in found[1:]] == [entry.checksum for entry in found[:-1]]


def test_drafts_preferences_and_what_changes_nothing_leave_no_line(store: Store) -> None:
    before = entries(store)
    form_drafts.put(store, "visitor", "log", {"name": "防汛"})
    preferences.put(store, "visitor", "visitor_language", "en")
    with store.write(CLERK) as tx:
        tx.all("select 1 as one")
    assert entries(store) == before


def test_a_write_that_fails_leaves_no_line(store: Store) -> None:
    before = entries(store)

    def fail_half_way() -> None:
        with store.write(CLERK) as tx:
            tx.insert("unit", {"name": "建设局"})
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_half_way()
    assert entries(store) == before


def test_opening_again_writes_no_line(store: Store) -> None:
    before = entries(store)
    store.close()
    again = open_store(store.path)
    assert entries(again) == before
    again.close()


def test_the_lines_alone_make_the_register_anew(store: Store, tmp_path: Path) -> None:
    sample_data.load(store, CLERK, TODAY)
    unit_id = add_unit(store, "新成立的单位", is_high_risk=True)
    session_id = add_session(store, "夜间演练", host=unit_id, starts_at=time(19, 30))
    with store.write(CLERK) as tx:
        tx.void("drill_session", session_id, "重复", 1)
    sample_data.remove(store, CLERK)
    with opened(tmp_path / "anew.duckdb") as anew:
        for entry in entries(store):
            anew.begin()
            Transaction(anew, Actor(entry.actor), entry.source, entry.at).repeat(entry)
            anew.commit()
        with raw(store) as cursor:
            assert content(cursor_of(anew)) == content(cursor)


plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.dates()
    | st.times().map(lambda value: value.replace(fold=0))
    | st.datetimes().map(lambda value: value.replace(fold=0))
)


@given(st.lists(plain | st.lists(plain) | st.dictionaries(st.sampled_from("ab"), plain)))
def test_values_come_back_as_they_were(values: list[Any]) -> None:
    found = json_codec.decoded(json_codec.encoded(values))
    assert repr(found) == repr(values)


def test_an_instant_is_no_day() -> None:
    values = [datetime(2024, 1, 11, 8, 30, 0, 125), date(2024, 1, 11)]
    assert json_codec.decoded(json_codec.encoded(values)) == values


# --- what a kill leaves behind ------------------------------------------------------------------

KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from drillbook.db import journal
    from drillbook.db.audit_chain import Actor
    from drillbook.operations.opening import open_store
    store = open_store(Path(sys.argv[1]))
    append = journal.Journal.append
    def die(self, mark, line):
        append(self, mark, line)
        os.kill(os.getpid(), signal.SIGKILL)
    journal.Journal.append = die
    with store.write(Actor("王敏")) as tx:
        tx.insert("unit", {"name": "写到一半"})
    """
)


def test_a_kill_between_journal_and_commit_leaves_the_write_whole(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = open_store(path)
    assert names(store) == {"写到一半"}
    last = entries(store)[-1]
    assert store.mark() == last.mark
    add_unit(store, "下一个")
    assert entries(store)[-1].previous == last.checksum
    store.close()


@pytest.mark.parametrize("torn", [b"abc", b"0" * 64 + b' {"sequence": 99}\n', b"\n", b"\x00" * 70])
def test_a_torn_end_is_cut_off_and_kept(store: Store, torn: bytes) -> None:
    add_unit(store, "应急管理局")
    before = entries(store)
    store.close()
    (segment,) = journal.segments(journal.folder(store.path))
    with segment.open("ab") as file:
        file.write(torn)
    again = open_store(store.path)
    add_unit(again, "教育分局")
    assert names(again) == {"应急管理局", "教育分局"}
    assert entries(again)[:-1] == before
    kept = [path.read_bytes() for path in journal.folder(store.path).glob("*.torn")]
    assert kept == [torn]
    again.close()


def test_a_line_torn_in_itself_is_cut_off_and_the_register_goes_on(store: Store) -> None:
    add_unit(store, "应急管理局")
    store.close()
    (segment,) = journal.segments(journal.folder(store.path))
    with segment.open("rb+") as file:
        file.truncate(segment.stat().st_size - 40)
    again = open_store(store.path)
    add_unit(again, "教育分局")
    assert names(again) == {"应急管理局", "教育分局"}
    assert len(journal.segments(journal.folder(store.path))) == 2
    again.close()


# --- a file and a journal that do not agree -----------------------------------------------------


def test_an_old_copy_put_back_is_refused_untouched_with_both_ways_out(
    store: Store, tmp_path: Path, en: None
) -> None:
    store.close()
    old = tmp_path / "old"
    shutil.copyfile(store.path, old)
    later = open_store(store.path)
    for name in ("甲局", "乙局"):
        add_unit(later, name)
    later.close()
    shutil.copyfile(old, store.path)
    with pytest.raises(DrillbookError, match="recover --keep-file"):
        open_store(store.path)
    assert store.path.read_bytes() == old.read_bytes()


def test_a_file_that_is_gone_while_its_journal_is_there_is_not_made_anew(
    store: Store, en: None
) -> None:
    add_unit(store)
    store.close()
    store.path.unlink()
    with pytest.raises(DrillbookError, match="drillbook recover"):
        open_store(store.path)
    assert not store.path.exists()


def test_the_journal_of_another_register_is_refused(store: Store, tmp_path: Path, en: None) -> None:
    store.close()
    other = open_store(tmp_path / "other.duckdb")
    other.close()
    shutil.copyfile(other.path, store.path)
    with pytest.raises(DrillbookError, match="older than its journal"):
        open_store(store.path)


def test_a_file_moved_alone_goes_on_with_a_journal_of_its_own(store: Store, tmp_path: Path) -> None:
    add_unit(store, "应急管理局")
    store.close()
    moved = tmp_path / "moved" / "register.duckdb"
    moved.parent.mkdir()
    shutil.copyfile(store.path, moved)
    alone = open_store(moved)
    add_unit(alone, "教育分局")
    (entry,) = entries(alone)
    assert entry.sequence == 3
    alone.close()
    again = open_store(moved)
    assert names(again) == {"应急管理局", "教育分局"}
    again.close()


# --- disks that refuse --------------------------------------------------------------------------

# A small line may still fit into the last page of the journal, which the disk has given already.
MORE_THAN_A_PAGE = "长" * 4000


def test_a_full_disk_is_said_and_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, en: None
) -> None:
    before = entries(store)

    def refuse(handle: int, line: bytes) -> None:
        os.write(handle, line[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(disk, "write_all", refuse)
        with pytest.raises(DrillbookError, match="disk is full"):
            add_unit(store, "应急管理局")
    assert names(store) == set()
    assert entries(store) == before
    add_unit(store, "教育分局")
    assert names(store) == {"教育分局"}


def test_a_journal_that_cannot_be_put_right_takes_no_more_lines(
    store: Store, monkeypatch: pytest.MonkeyPatch, en: None
) -> None:
    def refuse(*_given: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(DrillbookError, match="cannot be written"):
            add_unit(store, "应急管理局")
    with pytest.raises(DrillbookError, match="in doubt"):
        add_unit(store, "教育分局")
    assert names(store) == set()


def test_a_disk_that_fills_up_loses_nothing_and_goes_on_with_room(tmp_path: Path, en: None) -> None:
    with small_disk(tmp_path / "disk") as place:
        store = open_store(place / "register.duckdb")
        add_unit(store, "从前")
        filler = fill(place)
        with pytest.raises(DrillbookError, match="disk is full"):
            add_unit(store, "没有地方了", note=MORE_THAN_A_PAGE)
        assert names(store) == {"从前"}
        filler.unlink()
        add_unit(store, "又有地方了")
        store.close()
        again = open_store(store.path)
        assert names(again) == {"从前", "又有地方了"}
        assert len(entries(again)) == 3
        again.close()


def test_every_write_into_a_disk_that_fills_up_is_there_or_refused(
    tmp_path: Path, en: None
) -> None:
    with small_disk(tmp_path / "disk", 24) as place:
        store = open_store(place / "register.duckdb")
        acknowledged: set[str] = set()
        note = "很长的备注" * 4000
        for number in range(600):
            try:
                add_unit(store, f"{number}号单位", note=f"{number}{note}"[:2000])
                with store.write(CLERK) as tx:
                    tx.execute(
                        "insert into office_setting values ($name, $value)",
                        {"name": str(number), "value": os.urandom(20_000).hex()},
                    )
            except DrillbookError as error:
                assert "disk is full" in str(error)  # noqa: PT017
                break
            acknowledged.add(f"{number}号单位")
        else:
            pytest.fail("the disk never filled up")
        assert acknowledged <= names(store)
        remount(place, "size=64m")
        add_unit(store, "又有地方了")
        store.close()
        again = open_store(store.path)
        assert acknowledged | {"又有地方了"} <= names(again)
        again.close()


def test_a_checkpoint_into_a_full_disk_stops_nobody(tmp_path: Path, en: None) -> None:
    with small_disk(tmp_path / "disk", 16) as place:
        store = open_store(place / "register.duckdb")
        add_unit(store, "从前")
        filler = fill(place)

        def checkpoint() -> None:
            with store._connection() as connection:
                connection.execute("force checkpoint")

        with pytest.raises(UnusableError):
            checkpoint()
        assert names(store) == {"从前"}
        with pytest.raises(DrillbookError, match="disk is full"):
            add_unit(store, "没有地方了", note=MORE_THAN_A_PAGE)
        filler.unlink()
        add_unit(store, "又有地方了")
        assert names(store) == {"从前", "又有地方了"}
        store.close()
        again = open_store(store.path)
        assert names(again) == {"从前", "又有地方了"}
        again.close()


@pytest.mark.parametrize("room", [20_000, 60_000, 300_000, 600_000, 900_000])
def test_a_checkpoint_that_fails_in_a_commit_leaves_what_was_answered(
    tmp_path: Path, room: int
) -> None:
    with small_disk(tmp_path / "disk", 16) as place:
        store = open_store(place / "register.duckdb")
        before = entries(store)
        filler = fill(place)
        with filler.open("rb+") as file:
            file.truncate(filler.stat().st_size - room)
        with raw(store) as cursor:
            # A checkpoint with every commit is more than the disk has room for.
            cursor.execute("set checkpoint_threshold = '1 byte'")
        answered = set()
        for name in ("甲局", "乙局", "丙局"):
            with suppress(DrillbookError):
                add_unit(store, name)
                answered.add(name)
        filler.unlink()
        assert names(store) == answered
        assert len(entries(store)) == len(before) + len(answered)
        add_unit(store, "后来")
        store.close()
        again = open_store(store.path)
        assert names(again) == answered | {"后来"}
        again.close()


@pytest.mark.parametrize("days", [-366, 366])
def test_a_clock_that_jumps_changes_no_order(
    store: Store, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_unit(store, "从前")
    nanoseconds = time_module.time_ns
    jump = days * 86_400 * 10**9
    with monkeypatch.context() as patched:
        patched.setattr(time_module, "time_ns", lambda: nanoseconds() + jump)
        with store.write(CLERK) as tx:
            tx.at += timedelta(days=days)
            tx.insert("unit", {"name": "跳到那时"})
    add_unit(store, "后来")
    found = entries(store)
    assert [entry.sequence for entry in found] == list(range(1, len(found) + 1))
    store.close()
    again = open_store(store.path)
    with raw(again) as cursor:
        trail = cursor.execute("select subject_label from audit_event order by position").fetchall()
    assert trail == [("从前",), ("跳到那时",), ("后来",)]
    again.close()


def test_a_disk_that_turns_read_only_is_said_and_nothing_is_lost(tmp_path: Path, en: None) -> None:
    with small_disk(tmp_path / "disk") as place:
        open_store(place / "register.duckdb").close()
        remount(place, "ro")
        with pytest.raises(DrillbookError, match="may write there"):
            open_store(place / "register.duckdb")
        remount(place, "rw")
        store = open_store(place / "register.duckdb")
        add_unit(store, "又可以写了")
        assert names(store) == {"又可以写了"}
        store.close()
