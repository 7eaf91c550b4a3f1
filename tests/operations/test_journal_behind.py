"""A journal that lacks what its register holds: seen at opening, said, and made good at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from drillbook.cli.main import command_line
from drillbook.db import backups, journal
from drillbook.db.store import Store
from drillbook.operations import recover
from drillbook.operations.opening import open_store
from tests.people import CLERK, add_unit

UNITS = {f"单位{number}" for number in range(6)}


def torn(place: Path) -> None:
    last = journal.segments(place)[-1]
    last.write_bytes(last.read_bytes()[:-40])


def old_copy(place: Path) -> None:
    last = journal.segments(place)[-1]
    last.write_bytes(b"".join(last.read_bytes().splitlines(keepends=True)[:-2]))


def last_missing(place: Path) -> None:
    journal.segments(place)[-1].unlink()


def middle_missing(place: Path) -> None:
    journal.segments(place)[-2].unlink()


def all_missing(place: Path) -> None:
    shutil.rmtree(place)


WAYS = (torn, old_copy, last_missing, middle_missing, all_missing)


@pytest.fixture
def path(store: Store) -> Path:
    """A closed register with six units: two in the backup, the others in segments after it."""
    for number, name in enumerate(sorted(UNITS)):
        add_unit(store, name)
        if number == 1:
            backups.make(store, "hourly")
        if number == 3:
            with store.writers_paused():
                store.journal.begin_segment()
    store.close()
    return store.path


def units(store: Store) -> set[str]:
    return {str(row["name"]) for row in store.query("unit_choices")}


@pytest.mark.parametrize("damage", WAYS)
def test_what_the_journal_lacks_is_in_a_backup_as_soon_as_it_is_opened(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(journal.folder(path))
    opened = open_store(path)
    assert len(opened.notices) == 1
    assert backups.listed(path)[0].reason == "journal"
    add_unit(opened, "后来的单位")
    opened.close()
    path.write_bytes(b"\0" * 9000)
    report = recover.recover(path, CLERK)
    assert report.lost_writes == 0
    again = open_store(path)
    assert units(again) == UNITS | {"后来的单位"}
    again.close()


def test_a_whole_journal_gets_no_backup_and_no_word(path: Path) -> None:
    opened = open_store(path)
    assert opened.notices == []
    assert len(backups.listed(path)) == 1
    opened.close()


@pytest.mark.parametrize("damage", [torn, old_copy, last_missing, all_missing])
def test_rebuilding_says_that_the_journal_is_behind_and_makes_a_backup(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(journal.folder(path))
    told = recover.recover(path, CLERK, dry_run=True)
    assert told.journal_behind
    report = recover.recover(path, CLERK)
    assert report.journal_behind
    assert "日志" in "".join(recover.sentences(report))
    assert backups.listed(path)[0].reason == "journal"
    assert not recover.recover(path, CLERK).backup_faults


def test_verify_compares_the_journal_with_the_register(path: Path) -> None:
    torn(journal.folder(path))
    told = CliRunner().invoke(command_line, ["verify", "--db", str(path), "--json"])
    assert told.exit_code == 1
    assert "日志" in told.stdout
    told = CliRunner().invoke(command_line, ["verify", "--db", str(path)])
    assert told.exit_code == 0
