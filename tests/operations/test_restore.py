"""Going back to a backup: what it would change, what it changes, and what it leaves alone."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from drillbook.accounts import preferences
from drillbook.core.errors import DrillbookError, StaleError
from drillbook.db import backups
from drillbook.db.store import Store
from drillbook.operations import data_checks, restore
from drillbook.operations.opening import open_store
from drillbook.records import attachments, sample_data, sessions
from tests.conftest import COLLEAGUE
from tests.db.test_journal import content, entries
from tests.people import CLERK, TODAY, add_planned_drill, add_programme, add_session, add_unit
from tests.raw import raw


def kept_content(store: Store) -> dict[str, object]:
    with raw(store) as cursor:
        found = content(cursor)
    return {t: rows for t, rows in found.items() if t not in restore.KEPT_AS_THEY_ARE}


@pytest.fixture
def busy(demo_store: Store) -> tuple[Store, backups.Backup, dict[str, object]]:
    """The sample years, a backup of them, and a day of changes since."""
    store = demo_store
    session_id = add_session(store, "早先的演练", host=add_unit(store, "早先的单位"))
    backup = backups.make(store, "manual")
    before = kept_content(store)
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored
    sessions.RECORD_TYPE.save(
        store,
        dataclasses.replace(stored.value, name="改了名的演练", units=()),
        actor=COLLEAGUE, today=TODAY, record_id=session_id, row_version=1,
    )  # fmt: skip
    sample_data.remove(store, COLLEAGUE)
    programme = add_programme(store, 2022)
    add_planned_drill(store, programme, "后来的项目", host=add_unit(store, "后来的单位"))
    with store.write(COLLEAGUE) as tx:
        tx.execute("insert into office_setting values ('person_word', 'people')")
    return store, backup, before


Busy = tuple[Store, backups.Backup, dict[str, object]]


def test_the_dry_run_counts_and_names_what_is_different_and_changes_nothing(busy: Busy) -> None:
    store, backup, _before = busy
    now, trail = kept_content(store), len(entries(store))
    found = {difference.table: difference for difference in restore.compare(store, backup)}
    session = found["drill_session"]
    assert (session.added, session.changed, session.removed) == (0, 1, 207)
    assert ("changed", "改了名的演练") in session.examples
    assert ("added", "后来的单位") in found["unit"].examples
    assert found["office_setting"].added == 1
    assert "audit_event" not in found
    assert kept_content(store) == now
    assert len(entries(store)) == trail


def test_the_records_are_those_of_the_backup_again(busy: Busy) -> None:
    store, backup, before = busy
    restore.restore(store, backup, COLLEAGUE)
    assert kept_content(store) == before
    assert restore.compare(store, backup) == []
    assert [r.code for r in data_checks.run(store) if r.rows and r.severity == "error"] == []


def test_it_leaves_one_audit_line_and_a_backup_of_what_was(busy: Busy) -> None:
    store, backup, _before = busy
    was = kept_content(store)
    with raw(store) as cursor:
        (lines,) = cursor.execute("select count(*) from audit_event").fetchone() or (0,)
    restore.restore(store, backup, COLLEAGUE)
    with raw(store) as cursor:
        trail = cursor.execute(
            "select actor, action, subject_id from audit_event order by position desc"
        ).fetchall()
    assert len(trail) == lines + 1
    assert trail[0] == (COLLEAGUE, "restore_backup", backup.id)
    (safety,) = [b for b in backups.listed(store.path) if b.reason == "restore"]
    restore.restore(store, safety, COLLEAGUE)
    assert kept_content(store) == was


def test_the_journal_tells_it_row_by_row(busy: Busy) -> None:
    store, backup, before = busy
    restore.restore(store, backup, COLLEAGUE)
    entry = entries(store)[-1]
    assert entry.actor == COLLEAGUE
    assert any(
        statement[0].startswith("delete from drill_session") for statement in entry.statements
    )
    assert any(statement[0] == "unit" for statement in entry.statements)
    store.close()
    again = open_store(store.path)
    assert kept_content(again) == before
    again.close()


def test_accounts_and_what_visitors_chose_stay(store: Store) -> None:
    add_unit(store)
    backup = backups.make(store, "manual")
    preferences.put(store, "visitor", "visitor_language", "en")
    with store.write(CLERK) as tx:
        tx.insert("account", {"login": "wang", "name": "王敏", "role": "clerk"})
    restore.restore(store, backup, CLERK)
    assert preferences.get(store, "visitor", "visitor_language") == "en"
    with raw(store) as cursor:
        assert cursor.execute("select login from account").fetchall() == [("wang",)]


def test_the_backup_to_go_back_to_is_not_tidied_away_by_the_one_made_before(store: Store) -> None:
    add_unit(store, "甲局")
    first = backups.make(store, "hourly")
    add_unit(store, "乙局")
    restore.restore(store, first, CLERK)
    assert [row["name"] for row in store.query("unit_choices")] == ["甲局"]


def test_whoever_edits_meanwhile_is_told(store: Store) -> None:
    session_id = add_session(store)
    backup = backups.make(store, "manual")
    with store.write(CLERK) as tx:
        tx.update("drill_session", session_id, {"place": "码头"}, 1)
    restore.restore(store, backup, CLERK)
    with store.write(CLERK) as tx, pytest.raises(StaleError):
        tx.update("drill_session", session_id, {"place": "车站"}, 2)


def test_attached_files_come_back_with_their_records(store: Store) -> None:
    session_id = add_session(store)
    attachment_id = attachments.add(
        store, "drill_session", session_id, "scheme", "方案.pdf", b"%PDF-1.4", actor=CLERK
    )
    backup = backups.make(store, "manual")
    for path in attachments.folder(store).rglob("*"):
        if path.is_file():
            path.unlink()
    restore.restore(store, backup, CLERK)
    assert attachments.read(store, attachment_id).content == b"%PDF-1.4"


def test_a_damaged_backup_is_refused_and_nothing_is_changed(busy: Busy, en: None) -> None:
    store, backup, _before = busy
    now = kept_content(store)
    with backup.file.open("rb+") as file:
        file.seek(20_000)
        file.write(b"torn")
    for act in (restore.compare, lambda s, b: restore.restore(s, b, CLERK)):
        with pytest.raises(DrillbookError, match="damaged"):
            act(store, backup)
    assert kept_content(store) == now


def test_a_backup_of_another_version_is_refused(store: Store, en: None) -> None:
    add_unit(store)
    backup = dataclasses.replace(backups.make(store, "manual"), schema=[1, 2])
    with pytest.raises(DrillbookError, match="another version"):
        restore.compare(store, backup)


def test_several_people_compare_at_once(busy: Busy) -> None:
    store, backup, _before = busy
    expected, found = restore.compare(store, backup), []
    people = [
        threading.Thread(target=lambda: found.append(restore.compare(store, backup)))
        for _ in range(4)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert found == [expected] * 4


def test_backups_and_a_restore_at_once_do_not_wait_for_each_other(store: Store) -> None:
    add_unit(store)
    backup = backups.make(store, "manual")
    others = [threading.Thread(target=backups.make, args=(store, "hourly")) for _ in range(3)]
    for other in others:
        other.start()
    restore.restore(store, backup, CLERK)
    for other in others:
        other.join(timeout=60)
    assert not any(other.is_alive() for other in others)


def test_every_table_is_a_record_or_left_alone_on_purpose(store: Store) -> None:
    """A new table goes into this list when a restore shall bring it back, else into the other."""
    records = {
        *("unit", "unit_name", "plan", "plan_version", "plan_revision", "revision_stage"),
        *("programme", "planned_drill", "planned_drill_unit"),
        *("drill_session", "session_unit", "session_team"),
        *("team", "team_strength", "team_equipment", "team_training", "attachment"),
        *("session_evaluation", "finding", "corrective_action", "plan_assessment"),
        *("rule", "office_event", "working_day_correction"),
        *("mechanism", "mechanism_member", "meeting", "decision"),
        *("import_mapping", "office_setting"),
    }
    with store.reading() as reader:
        assert set(reader.tables()) == records | restore.KEPT_AS_THEY_ARE
