"""Backup and restore on the screen, as the administrator uses it."""

from __future__ import annotations

import pytest

from drillbook.db import backup_folder, backups
from drillbook.db.store import Store
from drillbook.records import units
from tests.pages.log_screen import healthy, texts
from tests.pages.test_registers_pages import shown_html
from tests.people import add_unit
from tests.ui.app_page import open_page


def names(store: Store) -> list[str]:
    return sorted(units.choices(store).values())


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "还没有备份"), ("en", "There is no backup yet")]
)
def test_without_a_backup_it_says_when_one_is_made(
    store: Store, language: str, sentence: str
) -> None:
    app = healthy(open_page("backups", language))
    assert sentence in texts(app)
    assert [button.key for button in app.button if str(button.key).startswith("backups")] == [
        "backups_now"
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_click_makes_a_backup_and_lists_it(store: Store, language: str) -> None:
    add_unit(store)
    app = healthy(open_page("backups", language))
    app = healthy(app.button(key="backups_now").click().run())
    (made,) = backups.listed(store.path)
    assert made.reason == "manual"
    assert ("手动" if language == "zh" else "By hand") in shown_html(app)
    assert len(app.success) == 1


def test_comparing_shows_what_is_different_and_changes_nothing(store: Store) -> None:
    add_unit(store, "应急管理局")
    backups.make(store, "manual")
    add_unit(store, "后来的单位")
    app = healthy(open_page("backups"))
    app = healthy(app.button(key="backups_compare").click().run())
    assert "后来的单位" in shown_html(app)
    assert names(store) == ["后来的单位", "应急管理局"]


def test_going_back_takes_a_second_click(store: Store) -> None:
    add_unit(store, "应急管理局")
    backups.make(store, "manual")
    add_unit(store, "后来的单位")
    app = healthy(open_page("backups", "en"))
    app = healthy(app.button(key="backups_restore").click().run())
    assert names(store) == ["后来的单位", "应急管理局"]
    app = healthy(app.button(key="backups_confirm").click().run())
    assert names(store) == ["应急管理局"]
    assert "are those of" in texts(app)
    assert [one.reason for one in backups.listed(store.path)] == ["restore", "manual"]


def test_leaving_the_dialog_changes_nothing(store: Store) -> None:
    add_unit(store, "应急管理局")
    backups.make(store, "manual")
    add_unit(store, "后来的单位")
    app = healthy(open_page("backups"))
    app = healthy(app.button(key="backups_restore").click().run())
    app = healthy(app.button(key="backups_leave").click().run())
    assert len(names(store)) == 2
    assert "backups_confirm" not in [button.key for button in app.button]


def test_a_failure_is_shown_in_red_until_a_backup_succeeds(store: Store) -> None:
    add_unit(store)
    place = backup_folder.folder(store.path)
    place.write_text("in the way")
    app = healthy(open_page("backups", "en"))
    app = healthy(app.button(key="backups_now").click().run())
    assert len(app.error) == 2
    place.unlink()
    app = healthy(app.button(key="backups_now").click().run())
    assert len(app.error) == 0


def test_a_damaged_backup_is_refused_in_one_sentence(store: Store) -> None:
    add_unit(store)
    made = backups.make(store, "manual")
    made.file.write_bytes(b"torn")
    app = healthy(open_page("backups", "en"))
    app = healthy(app.button(key="backups_compare").click().run())
    assert "damaged" in texts(app)
