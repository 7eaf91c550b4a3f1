"""What the product makes of itself in the register: anew when it changed, else left alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from drillbook.core import vocabulary
from drillbook.core.paths import DATA, SQL
from drillbook.db import backups, journal
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations import derived, recover
from drillbook.operations.opening import migrations, open_store
from drillbook.records import working_days
from tests.people import CLERK, add_unit
from tests.raw import raw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed register with one unit, made from nothing."""
    path = tmp_path / "register.duckdb"
    with_unit = open_store(path)
    add_unit(with_unit, "应急管理局")
    with_unit.close()
    return path


@pytest.fixture
def shipped_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The views' files, free to be changed."""
    changed = tmp_path / "views"
    shutil.copytree(SQL / "views", changed)
    monkeypatch.setattr(derived, "view_files", lambda: sorted(changed.glob("*.sql")))
    return changed


@pytest.fixture
def shipped_terms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The code lists' files, free to be changed before the register is opened."""
    shutil.copytree(DATA / "vocabulary", tmp_path / "data" / "vocabulary")
    monkeypatch.setattr(vocabulary, "DATA", tmp_path / "data")
    vocabulary.terms.cache_clear()
    yield tmp_path / "data" / "vocabulary"
    monkeypatch.undo()
    vocabulary.terms.cache_clear()


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with raw(store) as cursor:
        return cursor.execute(sql).fetchall()


def due_soon(path: Path) -> object:
    opened = open_store(path)
    ((days,),) = rows(opened, "select within_days from due_soon")
    opened.close()
    return days


def made_by_hand(path: Path, *statements: str) -> None:
    opened = open_store(path)
    with opened.write(Actor("test"), is_record=False) as tx:
        for statement in statements:
            tx.execute(statement)
    opened.close()


def test_opening_again_makes_nothing_anew(path: Path) -> None:
    made_by_hand(
        path,
        "create or replace view due_soon as select 99 as within_days",
        "update vocabulary set zh = '旧' where kind = 'form' and code = 'tabletop'",
        "delete from calendar where day > date '2000-01-01'",
        "delete from official_day where day > date '2000-01-01'",
    )
    opened = open_store(path)
    assert rows(opened, "select within_days from due_soon") == [(99,)]
    told = rows(opened, "select zh from vocabulary where kind = 'form' and code = 'tabletop'")
    assert told == [("旧",)]
    assert rows(opened, "select count(*) from calendar") == [(1,)]
    assert rows(opened, "select count(*) from official_day") == [(1,)]
    opened.close()


def test_what_is_made_anew_is_no_record(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(journal.lines(journal.folder(path)))
    monkeypatch.setattr(working_days, "version", lambda _library: "9.99")
    made_by_hand(path, "delete from derived_state")
    open_store(path).close()
    assert list(journal.lines(journal.folder(path))) == before


def test_a_changed_view_is_made_anew_with_those_made_on_it(path: Path, shipped_views: Path) -> None:
    text = (shipped_views / "15_due_soon.sql").read_text(encoding="utf-8")
    assert ", 30)" in text
    (shipped_views / "15_due_soon.sql").write_text(text.replace(", 30)", ", 45)"), encoding="utf-8")
    assert due_soon(path) == 45
    # Another column in front: a view made on it would still expect the old ones.
    moved = text.replace(", 30)", ", 60)").replace("select ", "select 'x' as first, ", 1)
    (shipped_views / "15_due_soon.sql").write_text(moved, encoding="utf-8")
    opened = open_store(path)
    with opened.reading() as reader:
        for name in reader.connection.views():
            reader.all(f"select * from {name} limit 1")
    opened.close()


def test_a_view_whose_file_is_gone_is_gone(path: Path, shipped_views: Path) -> None:
    extra = shipped_views / "99_extra.sql"
    extra.write_text("create or replace view extra as select 1 as one;", encoding="utf-8")
    opened = open_store(path)
    assert rows(opened, "select one from extra") == [(1,)]
    opened.close()
    extra.unlink()
    opened = open_store(path)
    with opened.reading() as reader:
        assert "extra" not in reader.connection.views()
        assert "session_fact" in reader.connection.views()
    opened.close()


def test_a_view_that_is_missing_is_made_again(path: Path) -> None:
    made_by_hand(path, "drop view due_soon")
    assert due_soon(path) == 30


def test_a_new_migration_makes_the_views_anew(path: Path) -> None:
    made_by_hand(
        path,
        "create or replace view due_soon as select 99 as within_days",
        "update schema_migration set name = 'before' where number = 14",
    )
    assert due_soon(path) == 30


def test_changed_code_lists_are_put_right_at_the_next_start(
    tmp_path: Path, shipped_terms: Path
) -> None:
    shipped = (shipped_terms / "form.csv").read_text(encoding="utf-8")
    older = shipped.replace("桌面推演", "旧", 1) + "old,,旧式,old,\n"
    (shipped_terms / "form.csv").write_text(older, encoding="utf-8")
    path = tmp_path / "register.duckdb"
    first = open_store(path)
    asked = "select zh from vocabulary where kind = 'form' order by position"
    assert rows(first, asked) == [("旧",), ("实战演练",), ("旧式",)]
    first.close()
    (shipped_terms / "form.csv").write_text(shipped, encoding="utf-8")
    vocabulary.terms.cache_clear()
    second = open_store(path)
    assert rows(second, asked) == [("桌面推演",), ("实战演练",)]
    second.close()


def test_a_register_from_before_is_brought_up_to_date(path: Path) -> None:
    made_by_hand(
        path,
        "create or replace view due_soon as select 99 as within_days",
        "create view extra as select 1 as one",
        "update vocabulary set zh = '旧'",
        # The first table that only later versions have, and what came after it.
        "drop table derived_state",
        "drop table form_submission",
        f"delete from schema_migration where number >= {_number_of('derived_state')}",
    )
    opened = open_store(path)
    assert rows(opened, "select within_days from due_soon") == [(30,)]
    assert rows(opened, "select count(*) from vocabulary where zh = '旧'") == [(0,)]
    assert {row["name"] for row in opened.query("unit_choices")} == {"应急管理局"}
    with opened.reading() as reader:
        assert "extra" not in reader.connection.views()
        assert derived.outdated(opened, reader) == []
    opened.close()


def _number_of(name: str) -> int:
    return next(number for number, file in migrations().items() if file.stem.endswith(name))


def test_a_backup_that_becomes_the_register_has_its_views(path: Path) -> None:
    opened = open_store(path)
    backup = backups.make(opened, "manual")
    opened.close()
    path.write_bytes(b"torn")
    assert recover.recover(path, CLERK).source == "backup"
    assert due_soon(path) == 30
    assert backup.file.exists()


def test_recovering_makes_everything_anew(path: Path) -> None:
    made_by_hand(path, "update vocabulary set zh = '旧'")
    recover.recover(path, CLERK)
    opened = open_store(path)
    assert rows(opened, "select count(*) from vocabulary where zh = '旧'") == [(0,)]
    opened.close()
