"""The grid on its screen: pasting, per-cell problems, saving what is good, taking it back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import form_drafts
from drillbook.db.store import Store
from drillbook.records import units
from tests.conftest import ADMINISTRATOR
from tests.pages.log_screen import healthy, screen, texts
from tests.people import add_session, add_unit
from tests.raw import raw

HEADER = "日期\t演练名称\t主办单位\t参演人数\n"
GOOD = "2023-05-12\t防汛应急演练\t应急管理局\t30余人\n2023年6月15日\t地震疏散演练\t第一小学\t900\n"
BAD = "2023-02-30\t消防演练\t应急管理局\t-5\n"


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="grid_paste").set_value(text)
    return press(app, "put")


def press(app: AppTest, name: str) -> AppTest:
    return healthy(app.button(key=f"grid_{name}").click().run())


def rows(app: AppTest) -> list[dict[str, Any]]:
    held = app.session_state["draft#log_many"]
    return list(held["rows"]) if held else []


def names(store: Store) -> set[str]:
    with raw(store) as cursor:
        found = cursor.execute("select name from drill_session where voided_at is null").fetchall()
    return {row[0] for row in found}


@pytest.mark.parametrize(("language", "title"), [("zh", "批量登记"), ("en", "Log many drills")])
def test_the_screen_speaks_both_languages(language: str, title: str, store: Store) -> None:
    assert screen("log-many", language).title[0].value == title


def test_pasted_rows_are_checked_and_the_good_ones_saved(store: Store) -> None:
    add_unit(store)
    app = press(paste(screen("log-many"), HEADER + GOOD + BAD), "check")
    assert "2 处需要修改" in texts(app)
    problems = next(frame.value for frame in app.dataframe if "原因" in frame.value.columns)
    assert list(problems["行"]) == [3, 3]
    assert list(problems["列"]) == ["日期", "参演人数"]
    app = press(app, "save")
    assert "已登记 2 场演练" in texts(app)
    assert names(store) == {"防汛应急演练", "地震疏散演练"}
    assert [row["name"] for row in rows(app)] == ["消防演练"]


@pytest.mark.usefixtures("en")
def test_problems_are_told_in_english_too(store: Store) -> None:
    app = press(paste(screen("log-many", "en"), HEADER + BAD), "check")
    assert "2 cells need another look" in texts(app)
    assert "grid_save" not in {button.key for button in app.button}


def test_a_whole_batch_is_taken_back(store: Store) -> None:
    app = press(press(paste(screen("log-many"), HEADER + GOOD), "check"), "save")
    app = press(app, "undo")
    assert "已全部撤销登记" in texts(app)
    assert names(store) == set()


def test_a_unit_that_shall_not_be_added_holds_its_rows_back(store: Store) -> None:
    add_unit(store)
    app = press(paste(screen("log-many"), HEADER + GOOD), "check")
    box = next(box for box in app.checkbox if str(box.key).startswith("grid_answer_unit"))
    assert box.label == "第一小学"
    app = press(healthy(box.uncheck().run()), "save")
    assert names(store) == {"防汛应急演练"}
    assert list(units.choices(store).values()) == ["应急管理局"]
    assert [row["name"] for row in rows(app)] == ["地震疏散演练"]


def test_a_likely_duplicate_waits_until_it_is_confirmed(store: Store) -> None:
    add_session(store, "防汛演练", date(2023, 5, 12), add_unit(store))
    app = press(paste(screen("log-many"), HEADER + GOOD), "check")
    assert "保存 1 行" in {button.label for button in app.button}
    box = next(box for box in app.checkbox if str(box.key).startswith("grid_answer_again"))
    assert "防汛演练" in box.label
    app = press(healthy(box.check().run()), "save")
    assert names(store) == {"防汛演练", "防汛应急演练", "地震疏散演练"}


def test_the_table_survives_refresh_and_language_switch(store: Store) -> None:
    app = paste(screen("log-many"), HEADER + GOOD)
    app = healthy(app.button(key="frame_language").click().run())
    assert len(rows(app)) == 2
    app = screen("log-many")
    assert [row["name"] for row in rows(app)] == ["防汛应急演练", "地震疏散演练"]
    assert "尚未保存" in texts(app)
    app = healthy(app.button(key="draft_log_many_afresh").click().run())
    assert rows(app) == []
    assert form_drafts.get(store, ADMINISTRATOR.account_id, "log_many") is None


def test_an_empty_table_says_what_to_do(store: Store) -> None:
    assert "表格为空" in texts(press(screen("log-many"), "check"))


def test_pasting_adds_to_what_is_there(store: Store) -> None:
    app = paste(paste(screen("log-many"), HEADER + GOOD), HEADER + BAD)
    assert [row["name"] for row in rows(app)] == ["防汛应急演练", "地震疏散演练", "消防演练"]


def test_more_rows_than_fit_are_told(store: Store) -> None:
    app = paste(screen("log-many"), HEADER + GOOD * 300)
    assert len(rows(app)) == 500
    assert "最多 500 行" in texts(app)
