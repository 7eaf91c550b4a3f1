"""Rebuilding the register: from the file, from backups, from the journal; what is told as lost."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drillbook.core.errors import DrillbookError, InUseError
from drillbook.db import attached_files, backup_folder, backups, journal
from drillbook.db.store import Store
from drillbook.operations import recover, restore
from drillbook.operations.opening import open_store, work_folder_prefix
from drillbook.records import attachments, sample_data
from tests.db.test_journal import content
from tests.db.test_register_lock import is_free
from tests.people import CLERK, TODAY, add_session, add_unit
from tests.raw import raw

AT = datetime(2024, 1, 11, 8, 0)
OURS = {"audit_event", "audit_head", "journal_mark"}


def rows(path: Path) -> dict[str, list[str]]:
    """Return the register's rows, without the trail that the rebuilding itself adds to."""
    store = open_store(path)
    with raw(store) as cursor:
        found = {table: rows for table, rows in content(cursor).items() if table not in OURS}
    store.close()
    return found


def trail(path: Path) -> set[str]:
    store = open_store(path)
    with raw(store) as cursor:
        found = content(cursor)["audit_event"]
    store.close()
    return set(found)


@pytest.fixture
def path(store: Store) -> Path:
    """A closed register: sample years, a backup, and a day of work after it."""
    sample_data.load(store, CLERK, TODAY)
    backups.make(store, "hourly", AT)
    unit_id = add_unit(store, "后来的单位")
    session_id = add_session(store, "后来的演练", host=unit_id)
    attachments.add(
        store, "drill_session", session_id, "scheme", "方案.pdf", b"%PDF-1", actor=CLERK
    )
    backups.make(store, "hourly", AT + timedelta(hours=1))
    for number in range(5):
        add_session(store, f"{number}号演练", host=unit_id)
    store.close()
    return store.path


def tear(path: Path, seed: int = 1, times: int = 40) -> None:
    """Overwrite bytes at random places."""
    dice = random.Random(seed)
    size = path.stat().st_size
    with path.open("rb+") as file:
        for _ in range(times):
            file.seek(dice.randrange(size))
            file.write(dice.randbytes(200))


def test_a_sound_register_is_left_alone(path: Path) -> None:
    before, told = rows(path), trail(path)
    report = recover.recover(path, CLERK)
    assert not report.changed
    assert report.is_complete
    assert report.source == "file"
    assert report.records["drill_session"] == 213
    assert report.set_aside == []
    # Not by its bytes: opening a file may give its free blocks back.
    assert (rows(path), trail(path)) == (before, told)


@pytest.mark.parametrize("seed", range(3))
def test_a_torn_file_is_rebuilt_from_the_newest_backup_and_the_journal(
    path: Path, seed: int
) -> None:
    before, told = rows(path), trail(path)
    tear(path, seed)
    torn = path.read_bytes()
    report = recover.recover(path, CLERK, at=AT)
    assert rows(path) == before
    assert told <= trail(path)
    assert (report.source, report.replayed, report.lost_writes) == ("backup", 5, 0)
    assert report.is_complete
    (aside,) = report.set_aside
    assert Path(aside).name == "register.duckdb.damaged-20240111T080000Z"
    assert Path(aside).read_bytes() == torn
    assert backups.listed(path)[0].reason == "recover"


def test_a_file_that_cannot_even_be_opened_is_said_with_the_way_out(path: Path, en: None) -> None:
    path.write_bytes(b"\0" * 5000)
    with pytest.raises(DrillbookError, match="drillbook recover"):
        open_store(path)


def test_a_torn_file_and_torn_backups_are_rebuilt_from_the_journal_alone(path: Path) -> None:
    before = rows(path)
    tear(path)
    for backup in backups.listed(path):
        tear(backup.file)
    report = recover.recover(path, CLERK)
    assert rows(path) == before
    assert report.source == "journal"
    assert len(report.backup_faults) == 2
    assert report.is_complete


def test_an_older_backup_serves_when_the_newest_is_damaged(path: Path) -> None:
    before = rows(path)
    newest, older, *_rest = backups.listed(path)
    tear(path)
    tear(newest.file)
    report = recover.recover(path, CLERK)
    assert rows(path) == before
    assert report.backup == older.id
    assert [fault["id"] for fault in report.backup_faults] == [newest.id]


def test_a_file_that_is_gone_is_rebuilt(path: Path) -> None:
    before = rows(path)
    path.unlink()
    report = recover.recover(path, CLERK)
    assert rows(path) == before
    assert report.is_complete


def test_an_old_copy_put_back_gets_the_missing_writes(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copyfile(path, old)
    store = open_store(path)
    for name in ("甲局", "乙局", "丙局"):
        add_unit(store, name)
    store.close()
    before = rows(path)
    shutil.copyfile(old, path)
    report = recover.recover(path, CLERK, at=AT)
    assert rows(path) == before
    assert (report.source, report.replayed) == ("file", 3)
    assert report.set_aside == [f"{path}.older-20240111T080000Z"]


def test_an_old_copy_is_taken_as_it_is_when_asked_and_the_journal_is_set_aside(
    path: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    shutil.copyfile(path, old)
    before = rows(path)
    store = open_store(path)
    for name in ("甲局", "乙局", "丙局"):
        add_unit(store, name)
    newest = backups.make(store, "manual")
    store.close()
    shutil.copyfile(old, path)
    report = recover.recover(path, CLERK, keep_file=True, at=AT)
    assert rows(path) == before
    assert f"{path}.journal.aside-20240111T080000Z" in report.set_aside
    store = open_store(path)
    add_unit(store, "新的一页")
    assert backups.make(store, "manual").mark.sequence > newest.mark.sequence
    store.close()
    before = rows(path)
    tear(path)
    assert recover.recover(path, CLERK).is_complete
    assert rows(path) == before


def test_a_torn_wal_loses_nothing(tmp_path: Path) -> None:
    register = killed(tmp_path / "register.duckdb", 30)
    log = register.with_name("register.duckdb.wal")
    whole, file = log.read_bytes(), register.read_bytes()
    for place in (len(whole) // 3, len(whole) // 2, len(whole) - 5):
        for torn in (whole[:place], whole[:place] + b"\0" * 50 + whole[place + 50 :]):
            for left in tmp_path.glob("register.duckdb*"):
                if left.is_file():
                    left.unlink()
            register.write_bytes(file)
            log.write_bytes(torn)
            report = recover.recover(register, CLERK)
            assert report.is_complete
            store = open_store(register)
            assert len(store.query("unit_choices")) == 30
            store.close()


WRITER = """
import os, sys
from pathlib import Path
from drillbook.db.audit_chain import Actor
from drillbook.operations.opening import open_store
store = open_store(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    with store.write(Actor("王敏")) as tx:
        tx.insert("unit", {"name": f"unit {number}"})
os._exit(9)
"""


def killed(path: Path, writes: int) -> Path:
    """Leave a register behind as a kill does: with everything in its .wal."""
    subprocess.run([sys.executable, "-c", WRITER, str(path), str(writes)], check=False)
    return path


# --- a journal that is damaged itself -------------------------------------------------------------


def test_a_damaged_line_in_the_middle_is_told_and_the_others_are_repeated(path: Path) -> None:
    (segment,) = journal.segments(journal.folder(path))[-1:]
    lines = segment.read_bytes().splitlines(keepends=True)
    assert len(lines) == 5
    lines[2] = lines[2][:100] + b"###" + lines[2][103:]
    segment.write_bytes(b"".join(lines))
    tear(path)
    report = recover.recover(path, CLERK)
    assert (report.replayed, report.lost_writes) == (4, 1)
    assert [line["line"] for line in report.damaged_lines] == [3]
    assert not report.is_complete
    names = {row for row in rows(path)["drill_session"] if "号演练" in row}
    assert len(names) == 4


def test_lines_that_are_missing_altogether_are_counted(path: Path) -> None:
    (segment,) = journal.segments(journal.folder(path))[-1:]
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(lines[:1] + lines[3:]))
    tear(path)
    report = recover.recover(path, CLERK)
    assert (report.replayed, report.lost_writes) == (3, 2)
    assert report.damaged_lines == []


def test_a_sound_file_with_a_torn_journal_has_lost_nothing(path: Path) -> None:
    before = rows(path)
    for segment in journal.segments(journal.folder(path)):
        tear(segment)
    report = recover.recover(path, CLERK)
    assert report.is_complete
    assert report.damaged_lines
    assert rows(path) == before
    store = open_store(path)
    add_unit(store, "继续")
    store.close()


def test_the_journal_of_another_register_is_not_repeated(path: Path, tmp_path: Path) -> None:
    other = open_store(tmp_path / "other.duckdb")
    add_unit(other, "别处的单位")
    other.close()
    shutil.copyfile(other.path, path)
    shutil.rmtree(backup_folder.folder(path))
    report = recover.recover(path, CLERK)
    assert report.replayed == 0
    assert report.not_applied
    assert "别处的单位" in str(rows(path)["unit"])
    assert "后来的单位" not in str(rows(path)["unit"])


# --- attached files, restores, other processes ----------------------------------------------------


def test_attached_files_come_back_and_those_that_cannot_are_named(path: Path) -> None:
    place = path.with_name(path.name + ".files")
    (file,) = [file for file in place.rglob("*") if file.is_file()]
    file.write_bytes(b"damaged")
    report = recover.recover(path, CLERK)
    assert report.attachments_restored == [file.name]
    assert file.read_bytes() == b"%PDF-1"
    shutil.rmtree(place)
    shutil.rmtree(attached_files.files_folder(path))
    report = recover.recover(path, CLERK)
    assert report.attachments_missing == [file.name]
    assert not report.is_complete


def test_a_restore_is_repeated_like_any_other_write(path: Path) -> None:
    store = open_store(path)
    oldest = backups.listed(path)[-1]
    restore.restore(store, oldest, CLERK)
    store.close()
    before = rows(path)
    for backup in backups.listed(path):
        backup.file.unlink()
    tear(path)
    assert recover.recover(path, CLERK).is_complete
    assert rows(path) == before


def test_a_dry_run_says_the_same_and_changes_nothing(path: Path) -> None:
    tear(path)
    before = {p: p.stat().st_mtime_ns for p in path.parent.rglob("*")}
    told = recover.recover(path, CLERK, dry_run=True)
    assert {p: p.stat().st_mtime_ns for p in path.parent.rglob("*")} == before
    done = recover.recover(path, CLERK)
    assert (told.source, told.replayed, told.records) == (done.source, done.replayed, done.records)


def test_it_waits_for_nobody_who_holds_the_register(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from drillbook.operations import recover\n"
        "from drillbook.core.errors import InUseError\n"
        "try: recover.recover(Path(sys.argv[1]), 'x')\n"
        "except InUseError: print('held')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store.path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "held"
    add_unit(store, "照常工作")


def test_nothing_left_is_said(tmp_path: Path, en: None) -> None:
    with pytest.raises(DrillbookError, match="nothing to rebuild"):
        recover.recover(tmp_path / "register.duckdb", CLERK)
    (tmp_path / "register.duckdb").write_bytes(b"\0" * 10000)
    with pytest.raises(DrillbookError, match="nothing to rebuild"):
        recover.recover(tmp_path / "register.duckdb", CLERK)
    with pytest.raises(DrillbookError, match="cannot be kept"):
        recover.recover(tmp_path / "register.duckdb", CLERK, keep_file=True)
    assert (tmp_path / "register.duckdb").read_bytes() == b"\0" * 10000


def test_a_file_of_a_newer_version_is_refused_untouched(path: Path, en: None) -> None:
    store = open_store(path)
    with store.write(CLERK) as tx:
        tx.execute("insert into schema_migration values (9999, 'future', timestamp '2030-01-01')")
    store.close()
    before = path.read_bytes()
    for keep_file in (False, True):
        with pytest.raises(DrillbookError, match="newer version"):
            recover.recover(path, CLERK, keep_file=keep_file)
    assert path.read_bytes() == before


STEPS = ("choose", "rebuild", "put_in_place")


@pytest.mark.parametrize("is_torn", [False, True])
def test_nothing_can_be_opened_beside_a_rebuilding_at_any_step(
    path: Path, monkeypatch: pytest.MonkeyPatch, is_torn: bool
) -> None:
    if is_torn:
        tear(path)
    seen: dict[str, tuple[bool, bool]] = {}

    def watched(holder: object, name: str) -> None:
        function = getattr(holder, name)

        def then(*given: object) -> object:
            before = is_free(path)
            answer = function(*given)
            seen[name] = before, is_free(path)
            return answer

        monkeypatch.setattr(holder, name, then)

    for name in STEPS:
        watched(recover._Work, name)
    watched(recover, "_finish")
    recover.recover(path, CLERK)
    assert seen == dict.fromkeys((*STEPS, "_finish"), (False, False))
    assert is_free(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_another_programs_lock_on_the_database_is_respected_and_kept(path: Path) -> None:
    holds = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", holds, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(InUseError):
        recover.recover(path, CLERK)
    other.communicate(b"\n")
    assert not recover.recover(path, CLERK).changed


def test_what_a_killed_rebuilding_left_is_removed_by_the_next_start_and_the_next_rebuilding(
    path: Path,
) -> None:
    def leave() -> Path:
        left = path.with_name(f"{work_folder_prefix(path)}abc")
        left.mkdir()
        shutil.copyfile(path, left / "file-True.duckdb")
        return left

    left = leave()
    open_store(path).close()
    assert not left.exists()
    left = leave()
    recover.recover(path, CLERK, dry_run=True)
    assert not left.exists()
    assert [other.name for other in path.parent.iterdir() if other.name.startswith(".")] == []
