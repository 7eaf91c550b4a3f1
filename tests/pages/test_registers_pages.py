"""Every register page opens in both languages, empty and full, and shows a sign of life."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.db.store import Store
from tests.pages.log_screen import texts
from tests.raw import raw
from tests.ui.app_page import open_page

PAGES = {
    "sessions": ("演练台账", "Drill sessions"),
    "programme": ("年度演练计划", "Annual programme"),
    "plans": ("应急预案", "Contingency plans"),
    "teams": ("救援队伍", "Rescue teams"),
    "units": ("单位", "Units"),
}


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, [error.value for error in app.exception]
    return app


def shown_html(app: AppTest) -> str:
    return "".join(html.value for html in app.get("html"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url_path", PAGES)
def test_a_full_register_shows_its_rows_and_their_number(
    demo_store: Store, url_path: str, language: str
) -> None:
    app = healthy(open_page(url_path, language))
    assert app.title[0].value == PAGES[url_path][language == "en"]
    assert len(app.dataframe[0].value) > 5
    counted = [caption.value for caption in app.caption]
    assert any(("条" if language == "zh" else "record") in caption for caption in counted)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url_path", PAGES)
def test_an_empty_register_says_where_to_begin(store: Store, url_path: str, language: str) -> None:
    app = healthy(open_page(url_path, language))
    assert len(app.info) == 1
    assert not app.dataframe
    assert texts(app)


TABLES = {
    "sessions": "drill_session",
    "programme": "planned_drill",
    "plans": "plan",
    "teams": "team",
    "units": "unit",
}


def some_id(store: Store, table: str) -> str:
    with raw(store) as cursor:
        row = cursor.execute(f"select id from {table} order by id limit 1").fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url_path", PAGES)
def test_one_record_shows_itself_its_files_and_its_history(
    demo_store: Store, url_path: str, language: str
) -> None:
    record_id = some_id(demo_store, TABLES[url_path])
    row = demo_store.one("record_name", id=record_id)
    assert row
    app = healthy(open_page(url_path, language, id=record_id))
    assert app.title[0].value.replace("\\", "") == row["name"]
    assert ("附件" if language == "zh" else "Files") in [s.value for s in app.subheader]
    assert "drillbook-facts" in shown_html(app)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url_path", PAGES)
def test_the_forms_open_for_a_new_and_for_a_stored_record(
    demo_store: Store, url_path: str, language: str
) -> None:
    app = healthy(open_page(url_path, language, id="new"))
    assert app.text_input
    record_id = some_id(demo_store, TABLES[url_path])
    app = healthy(open_page(url_path, language, id=record_id, edit="main"))
    assert any(field.value for field in app.text_input)


@pytest.mark.parametrize("url_path", PAGES)
def test_a_record_that_is_gone_is_told_and_leads_back(demo_store: Store, url_path: str) -> None:
    app = healthy(open_page(url_path, id="no-such-id"))
    assert len(app.error) == 1
    app.button(key=f"{TABLES[url_path]}_back").click().run()
    assert healthy(app).dataframe
