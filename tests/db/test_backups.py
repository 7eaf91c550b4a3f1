"""Backups: each a whole register, made while others write; which are kept; what a failure says."""

from __future__ import annotations

import dataclasses
import json
import shutil
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook import importing
from drillbook.core.errors import DrillbookError
from drillbook.core.paths import SQL
from drillbook.db import attached_files, backup_folder, backups, journal
from drillbook.db.backups import Backup
from drillbook.db.duckdb_engine import SETTINGS, DuckDBConnection, opened, statements
from drillbook.db.engine import RuleBrokenError
from drillbook.db.journal import Mark
from drillbook.db.store import Store
from drillbook.operations import scheduler
from drillbook.operations.opening import open_store
from drillbook.records import attachments, sample_data
from tests.people import CLERK, TODAY, add_session, add_unit
from tests.raw import raw
from tests.small_disk import fill, small_disk

MORNING = datetime(2024, 1, 11, 1, 30)


def unit_names(file: Path) -> set[str]:
    with opened(file, read_only=True) as connection:
        return {row["name"] for row in connection.rows("select name from unit")}


def test_a_backup_is_a_whole_register_with_its_views_and_keys(store: Store) -> None:
    sample_data.load(store, CLERK, TODAY)
    backup = backups.make(store, "manual")
    assert backup.tables["drill_session"] == 207
    assert backups.fault(backup) == ""
    with opened(backup.file, read_only=True) as connection:
        assert connection.rows("select count(*) as n from session_fact") == [{"n": 207}]
    copy = backup.file.with_name("opened.duckdb")
    shutil.copyfile(backup.file, copy)
    again = open_store(copy)
    add_unit(again, "新成立的单位")
    with pytest.raises(RuleBrokenError), again.write(CLERK) as tx:
        tx.execute("insert into office_setting values ('a', '1'), ('a', '2')")
    again.close()


def test_the_list_says_when_why_and_how_much(store: Store) -> None:
    add_unit(store)
    made = backups.make(store, "manual", MORNING)
    assert backups.listed(store.path) == [made]
    (found,) = backups.listed(store.path)
    assert (found.made_at, found.reason, found.records) == (MORNING, "manual", 1)
    assert found.bytes == found.file.stat().st_size
    assert found.audit_position == 1


def test_a_backup_by_hand_leaves_an_audit_line(store: Store) -> None:
    backup = backups.by_hand(store, CLERK)
    with raw(store) as cursor:
        line = cursor.execute("select actor, action, subject_id from audit_event").fetchone()
    assert line == (CLERK, "backup", backup.id)


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(store: Store) -> None:
    add_unit(store)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            add_unit(store, f"单位{time.monotonic_ns()}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backups.make(store, "manual") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    for backup in made:
        with opened(backup.file) as connection:
            (units,) = connection.rows("select count(*) as number from unit")
            (lines,) = connection.rows(
                "select count(*) as number, max(position) as last from audit_event"
            )
        assert units["number"] == lines["number"] == lines["last"] == backup.audit_position
        assert backup.mark.sequence == units["number"] + 1


def test_a_damaged_backup_is_found(store: Store) -> None:
    add_unit(store)
    backup = backups.make(store, "manual")
    content = bytearray(backup.file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.file.write_bytes(content)
    assert backups.fault(backup)
    backup.file.unlink()
    assert backups.fault(backup)


def test_a_copy_that_does_not_hold_what_it_should_is_not_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch, en: None
) -> None:
    add_unit(store)
    sums = iter([{"unit": (1, 5)}, {"unit": (1, 6)}])
    monkeypatch.setattr(DuckDBConnection, "checksums", lambda _connection: next(sums))
    with pytest.raises(DrillbookError, match="was not kept"):
        backups.make(store, "manual")
    assert backups.listed(store.path) == []
    assert list(backup_folder.folder(store.path).iterdir()) == []


def test_attached_files_are_copied_once_and_those_missing_are_named(store: Store) -> None:
    session_id = add_session(store)
    for content in (b"%PDF-1.4 one", b"%PDF-1.4 two"):
        attachments.add(
            store, "drill_session", session_id, "scheme", "方案.pdf", content, actor=CLERK
        )
    digests = [path.name for path in attachments.folder(store).rglob("*") if path.is_file()]
    assert backups.make(store, "manual").missing_files == []
    copies = sorted(path.name for path in attached_files.files_folder(store.path).rglob("??*/*"))
    assert copies == sorted(digests)
    attachments.path_of(store, digests[0]).write_bytes(b"damaged")
    shutil.rmtree(attached_files.files_folder(store.path))
    assert backups.make(store, "manual").missing_files == [digests[0]]


def test_a_missing_or_damaged_file_comes_back_from_the_backup(store: Store) -> None:
    session_id = add_session(store)
    attachments.add(
        store, "drill_session", session_id, "scheme", "方案.pdf", b"%PDF-1.4", actor=CLERK
    )
    backups.make(store, "manual")
    (path,) = [path for path in attachments.folder(store).rglob("*") if path.is_file()]
    path.write_bytes(b"damaged")
    assert attached_files.bring_back_files(store.path, [path.name]) == [path.name]
    assert path.read_bytes() == b"%PDF-1.4"
    path.unlink()
    assert attached_files.bring_back_files(store.path, [path.name]) == [path.name]
    assert attached_files.bring_back_files(store.path, [path.name]) == []


# --- when one is made ---------------------------------------------------------------------------


def test_a_new_register_gets_no_backup(store: Store) -> None:
    scheduler.Maintenance(store).run_backup("start")
    scheduler.Maintenance(store).run_backup("hourly")
    assert backups.listed(store.path) == []


def test_an_hour_without_a_write_gets_no_backup(store: Store) -> None:
    add_unit(store)
    upkeep = scheduler.Maintenance(store)
    for _ in range(3):
        upkeep.run_backup("hourly")
    assert len(backups.listed(store.path)) == 1
    add_unit(store, "教育分局")
    upkeep.run_backup("hourly")
    assert unit_names(backups.listed(store.path)[0].file) == {"应急管理局", "教育分局"}


def test_the_thread_makes_backups_by_itself_and_ends(store: Store) -> None:
    add_unit(store)
    upkeep = scheduler.Maintenance(store, every=0, round=0.01)
    upkeep.start()
    deadline = time.monotonic() + 20
    while not backups.listed(store.path) and time.monotonic() < deadline:
        time.sleep(0.01)
    upkeep.stop()
    assert backups.listed(store.path)


def test_a_file_moved_alone_gets_its_first_backup_at_once(store: Store, tmp_path: Path) -> None:
    add_unit(store)
    store.close()
    moved = tmp_path / "moved" / "register.duckdb"
    moved.parent.mkdir()
    shutil.copyfile(store.path, moved)
    alone = open_store(moved)
    assert [b.reason for b in backups.listed(moved)] == ["journal"]
    add_unit(alone, "教育分局")
    scheduler.Maintenance(alone).run_backup("start")
    assert len(backups.listed(moved)) == 1
    alone.close()


def test_a_file_moved_without_journal_beside_newer_backups_counts_on_above_them(
    store: Store,
) -> None:
    add_unit(store, "从前")
    store.close()
    old = store.path.read_bytes()
    later = open_store(store.path)
    for number in range(5):
        add_unit(later, f"{number}号")
    newest = backups.make(later, "manual")
    later.close()
    store.path.write_bytes(old)
    shutil.rmtree(journal.folder(store.path))
    again = open_store(store.path)
    add_unit(again, "另一条路")
    latest = backups.make(again, "manual")
    assert latest.mark.sequence > newest.mark.sequence
    assert backups.listed(store.path)[0] == latest
    again.close()


def test_an_import_is_preceded_by_a_backup(store: Store) -> None:
    add_unit(store, "应急管理局")
    sheets = importing.read_sheets("演练名称,演练时间\n防汛演练,2023-05-12\n".encode(), "场次.csv")
    plan = importing.prepare(store, "sessions", sheets, today=TODAY, filename="场次.csv", year=2023)
    importing.apply(store, plan, CLERK)
    (backup,) = backups.listed(store.path)
    assert (backup.reason, backup.tables["drill_session"]) == ("import", 0)


def test_an_import_whose_backup_cannot_be_made_writes_nothing(store: Store, en: None) -> None:
    add_unit(store, "应急管理局")
    backup_folder.folder(store.path).write_text("in the way")
    sheets = importing.read_sheets("演练名称,演练时间\n防汛演练,2023-05-12\n".encode(), "场次.csv")
    plan = importing.prepare(store, "sessions", sheets, today=TODAY, filename="场次.csv", year=2023)
    with pytest.raises(DrillbookError, match="backup could not be made"):
        importing.apply(store, plan, CLERK)
    with raw(store) as cursor:
        assert cursor.execute("select count(*) from drill_session").fetchone() == (0,)


def old_register(path: Path) -> None:
    """Make a register as the version before the journal left it."""
    with duckdb.connect(str(path), config=dict(SETTINGS)) as old:
        old.execute(
            "create table schema_migration"
            " (number integer primary key, name varchar not null, applied_at timestamp not null)"
        )
        for number, name in ((1, "0001_register"), (2, "0002_accounts")):
            for statement in statements(SQL / "migrations" / f"{name}.sql"):
                old.execute(statement)
            old.execute(
                "insert into schema_migration values ($number, $name, $at)",
                {"number": number, "name": name, "at": MORNING},
            )
        old.execute(
            "insert into audit_event (id, happened_at, actor, source, action, subject_type,"
            " subject_id) values ('1', $at, '王敏', 'app', 'insert', 'unit', '1')",
            {"at": MORNING},
        )


def test_a_register_is_backed_up_before_it_is_brought_up_to_date(tmp_path: Path) -> None:
    old_register(tmp_path / "register.duckdb")
    store = open_store(tmp_path / "register.duckdb")
    (backup,) = backups.listed(store.path)
    assert backup.reason == "migration"
    assert backup.schema == [1, 2]
    assert "journal_mark" not in backup.tables
    store.close()
    open_store(store.path).close()
    assert backups.listed(store.path) == [backup]


# --- which are kept -----------------------------------------------------------------------------


def imagined(sequence: int, made_at: datetime, reason: str = "hourly") -> Backup:
    return Backup(
        id=f"{sequence:012d}-{reason}", file=Path("x"), made_at=made_at, reason=reason,
        mark=Mark(sequence, ""), tables={}, schema=[], sha256="", bytes=0, audit_position=0,
        audit_hash="", product="", missing_files=[],
    )  # fmt: skip


def test_24_hours_30_days_and_12_months_are_kept() -> None:
    hours = 24 * 500
    all_of_them = [imagined(n, MORNING + timedelta(hours=n)) for n in range(hours)][::-1]
    kept = backups.kept(all_of_them)
    times = [b.made_at for b in all_of_them if b.id in kept]
    assert times[:24] == [b.made_at for b in all_of_them[:24]]
    assert len({made_at.date() for made_at in times[:60]}) >= 30
    assert len({(made_at.year, made_at.month) for made_at in times}) == 12
    assert len(kept) <= 24 + 30 + 12


def test_what_somebody_made_by_hand_outlives_the_hour() -> None:
    made = [imagined(n, MORNING, "manual" if n < 5 else "hourly") for n in range(50)][::-1]
    kept = backups.kept(made)
    assert {f"{n:012d}-manual" for n in (2, 3, 4)} <= kept
    assert f"{1:012d}-manual" not in kept


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), min_size=1))
def test_a_jumping_clock_never_drops_what_holds_the_most(times: list[datetime]) -> None:
    made = [imagined(n, at) for n, at in enumerate(times)][::-1]
    assert made[0].id in backups.kept(made)
    assert len(backups.kept(made)) <= 24 + 30 + 12


@pytest.mark.parametrize("jump", [timedelta(days=-366), timedelta(days=366)])
def test_backups_go_on_when_the_clock_jumps(store: Store, jump: timedelta) -> None:
    add_unit(store, "甲局")
    backups.make(store, "hourly", MORNING)
    add_unit(store, "乙局")
    newest = backups.make(store, "hourly", MORNING + jump)
    assert backups.listed(store.path)[0] == newest
    assert unit_names(newest.file) == {"甲局", "乙局"}


def test_old_backups_are_removed_with_their_manifest(store: Store) -> None:
    for number in range(4):
        add_unit(store, f"{number}号")
        backups.make(store, "hourly", MORNING + timedelta(minutes=number))
    place = backup_folder.folder(store.path)
    assert len(list(place.glob("*.duckdb"))) == len(list(place.glob("*.json"))) == 1


def test_journal_lines_older_than_thirty_daily_backups_are_removed(store: Store) -> None:
    for number in range(33):
        add_unit(store, f"{number}号")
        backups.make(store, "hourly", MORNING + timedelta(days=number))
    first = journal.segments(journal.folder(store.path))[0]
    oldest = backups.daily(backups.listed(store.path))[-1]
    assert journal.first_sequence(first) == oldest.mark.sequence + 1


# --- failures -----------------------------------------------------------------------------------


def test_a_failure_is_kept_for_the_screens_until_a_backup_succeeds(store: Store, en: None) -> None:
    add_unit(store)
    place = backup_folder.folder(store.path)
    place.write_text("in the way")
    scheduler.Maintenance(store).run_backup("hourly")
    failure = backups.last_failure(store.path)
    assert failure
    assert str(place) in failure.message
    place.unlink()
    scheduler.Maintenance(store).run_backup("hourly")
    assert backups.last_failure(store.path) is None


def test_a_full_disk_leaves_no_half_backup_and_the_register_works(tmp_path: Path, en: None) -> None:
    with small_disk(tmp_path / "disk", 40) as place:
        store = open_store(place / "register.duckdb")
        sample_data.load(store, CLERK, TODAY)
        filler = fill(place)
        with pytest.raises(DrillbookError, match="disk is full"):
            backups.make(store, "manual")
        assert list(backup_folder.folder(store.path).glob("*")) == []
        filler.unlink()
        add_unit(store, "又有地方了")
        assert backups.fault(backups.make(store, "manual")) == ""
        store.close()


def test_backups_may_lie_elsewhere(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(backup_folder.VARIABLE, str(tmp_path / "elsewhere"))
    add_unit(store)
    backup = backups.make(store, "manual")
    assert backup.file.parent == tmp_path / "elsewhere" / "register.duckdb"
    assert backups.listed(store.path) == [backup]


def test_a_manifest_that_cannot_be_read_hides_only_its_backup(store: Store) -> None:
    add_unit(store)
    first = backups.make(store, "manual")
    add_unit(store, "教育分局")
    second = backups.make(store, "manual")
    first.file.with_suffix(".json").write_text("{")
    assert backups.listed(store.path) == [second]
    facts = json.loads(second.file.with_suffix(".json").read_text())
    assert facts["tables"]["unit"] == 2
    assert dataclasses.asdict(second)["reason"] == "manual"
