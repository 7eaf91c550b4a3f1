"""The store: opening, migrating, writing with audit, and what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from threading import Thread

import pytest

from drillbook.accounts import form_drafts, preferences
from drillbook.core.errors import DrillbookError, StaleError
from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.db.duckdb_engine import statements
from drillbook.db.queries import named_query
from drillbook.db.store import Store
from drillbook.db.transaction import new_id
from drillbook.operations.opening import migrations, open_store
from drillbook.records import units
from tests.people import TODAY, add_plan, add_planned_drill, add_programme, add_session, add_unit
from tests.raw import raw


def test_a_new_register_is_made_with_all_its_migrations(store: Store) -> None:
    with raw(store) as cursor:
        applied = cursor.execute("select number from schema_migration order by number").fetchall()
    assert [row[0] for row in applied] == list(migrations())


def test_opening_again_changes_nothing_and_keeps_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    first = open_store(path)
    unit_id = add_unit(first)
    first.close()
    second = open_store(path)
    assert second.record("unit", unit_id)["name"] == "应急管理局"
    second.close()


def test_the_settings_are_those_of_postgresql(store: Store) -> None:
    with raw(store) as cursor:
        assert cursor.execute("select 7 / 2").fetchone() == (3,)
        values = cursor.execute(
            "select n from (values (2), (null), (1)) as t(n) order by n"
        ).fetchall()
    assert values == [(1,), (2,), (None,)]


def test_an_error_in_a_write_leaves_neither_row_nor_audit_line(store: Store) -> None:
    revision = store.revision

    def fail_half_way() -> None:
        with store.write(Actor("王敏")) as tx:
            tx.insert("unit", {"name": "建设局"})
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_half_way()
    assert store.query("unit_choices") == []
    assert store.page("audit_list", sort="position", **ALL_AUDIT).total == 0
    assert store.revision == revision


ALL_AUDIT = dict.fromkeys(
    ("subject_type", "subject_id", "action", "actor", "source", "first_at", "end_at", "search")
)


def test_every_write_leaves_one_audit_line_with_before_and_after(store: Store) -> None:
    unit_id = add_unit(store)
    with store.write(Actor("李强")) as tx:
        tx.update("unit", unit_id, {"note": "新备注"}, 1)
    trail = store.page("audit_list", sort="position", **ALL_AUDIT).rows
    assert list(trail["action"]) == ["insert", "update"]
    assert list(trail["actor"]) == ["王敏", "李强"]
    assert '"note": "新备注"' in trail["after_json"][1]
    assert '"note": ""' in trail["before_json"][1]
    assert set(trail["subject_label"]) == {"应急管理局"}


def test_a_save_that_changes_nothing_leaves_no_line_and_no_version(store: Store) -> None:
    unit_id = add_unit(store, aliases="应急局")
    stored = units.RECORD_TYPE.load(store, unit_id)
    assert stored
    units.RECORD_TYPE.save(
        store, stored.value, actor=Actor("李强"), today=TODAY, record_id=unit_id, row_version=1
    )
    assert store.record("unit", unit_id)["row_version"] == 1
    assert list(store.page("audit_list", sort="position", **ALL_AUDIT).rows["action"]) == ["insert"]


def test_a_stale_save_is_refused_and_shows_what_is_stored(store: Store) -> None:
    unit_id = add_unit(store)
    with store.write(Actor("王敏")) as tx:
        tx.update("unit", unit_id, {"note": "王敏写的"}, 1)
    with store.write(Actor("李强")) as tx, pytest.raises(StaleError) as refused:
        tx.update("unit", unit_id, {"note": "李强写的"}, 1)
    assert refused.value.stored["note"] == "王敏写的"
    assert store.record("unit", unit_id)["note"] == "王敏写的"


def test_eight_threads_write_at_once_and_nothing_is_lost(store: Store) -> None:
    def write_many() -> None:
        for _ in range(20):
            with store.write(Actor("王敏")) as tx:
                tx.execute(
                    "insert into office_setting values ('n', '1') on conflict (name) do update"
                    " set value = cast(cast(office_setting.value as integer) + 1 as varchar)"
                )

    threads = [Thread(target=write_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with raw(store) as cursor:
        assert cursor.execute("select value from office_setting").fetchone() == ("160",)


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    acknowledged = [writer.stdout.readline().strip() for _ in range(25)]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    reopened = open_store(path)
    kept = {row["name"] for row in reopened.query("unit_choices")}
    reopened.close()
    assert set(acknowledged) <= kept
    assert len(acknowledged) == 25


WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from drillbook.db.audit_chain import Actor
    from drillbook.operations.opening import open_store
    store = open_store(Path(sys.argv[1]))
    for number in range(100000):
        with store.write(Actor("王敏")) as tx:
            tx.insert("unit", {"name": f"unit {number}"})
        print(f"unit {number}", flush=True)
    """
)


def test_a_second_process_is_told_that_the_register_is_in_use(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from drillbook.operations.opening import open_store\n"
        "from drillbook.core.errors import DrillbookError\n"
        "try: open_store(Path(sys.argv[1]))\n"
        "except DrillbookError as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(store.path)], capture_output=True, text=True, check=True
    )
    assert "正在" in told.stdout
    assert str(store.path) in told.stdout


def test_a_file_that_is_no_register_is_refused_untouched(tmp_path: Path, en: None) -> None:
    path = tmp_path / "register.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(DrillbookError, match="not a Drillbook register"):
        open_store(path)
    assert path.read_bytes() == b"not a database" * 1000


def test_a_register_of_a_newer_version_is_refused_untouched(tmp_path: Path, en: None) -> None:
    path = tmp_path / "register.duckdb"
    newer = open_store(path)
    with newer.write(Actor("x")) as tx:
        tx.execute("insert into schema_migration values (9999, 'future', timestamp '2030-01-01')")
    newer.close()
    with pytest.raises(DrillbookError, match="newer version"):
        open_store(path)


def test_a_folder_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with use_language("en"), pytest.raises(DrillbookError, match="cannot be opened"):
        open_store(tmp_path / "file" / "register.duckdb")


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 100


def test_a_page_is_sorted_and_cut_in_sql(store: Store) -> None:
    for name in ("丙局", "甲局", "乙局"):
        add_unit(store, name)
    page = store.page(
        "unit_list", sort="name", number=2, size=2, kind=None, search=None, with_contacts=False
    )
    assert page.total == 3
    assert len(page.rows) == 1


def test_a_sort_column_that_is_no_name_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not a name"):
        store.page(
            "unit_list", sort="name; drop table unit", kind=None, search=None, with_contacts=False
        )


def test_a_query_asks_for_exactly_its_parameters(store: Store) -> None:
    assert named_query("unit_list")[1] == {"kind", "search", "with_contacts"}
    with pytest.raises(TypeError, match="search"):
        store.query("unit_list", kind=None)


def test_a_draft_or_a_preference_leaves_what_was_read_up_to_date(store: Store) -> None:
    revision = store.revision
    preferences.put(store, "visitor", "visitor_language", "en")
    form_drafts.put(store, "visitor", "log", {"name": "防汛"})
    assert store.revision == revision
    add_unit(store)
    assert store.revision == revision + 1


def test_a_register_from_before_gets_the_class_of_each_hazard(store: Store) -> None:
    plan, session = add_plan(store, hazard="earthquake"), add_session(store, hazard="earthquake")
    drill = add_planned_drill(store, add_programme(store), hazard="earthquake")
    other = add_plan(store, "总体应急预案")
    with store.write(Actor("test")) as tx:
        for table in ("plan", "planned_drill", "drill_session"):
            tx.execute(f"update {table} set event_class = null")
        for statement in statements(migrations()[14]):
            tx.execute(statement)
    told = [
        (store.record(table, record) or {})["event_class"]
        for table, record in (
            ("plan", plan),
            ("drill_session", session),
            ("planned_drill", drill),
            ("plan", other),
        )
    ]
    assert told == ["natural_disaster"] * 3 + [None]
