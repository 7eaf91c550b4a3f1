"""A list shows what its address says, found, sorted and cut by the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.ui.components import formatting, list_view
from drillbook.ui.components.list_view import Column
from drillbook.ui.record_forms import sessions
from tests.people import add_planned_drill, add_programme, add_session, add_team, add_unit
from tests.ui.app_page import open_page

HOSTILE = "<img src=x onerror=alert(1)> **b** $x$ :material/home: =1+1"


def listed(url_path: str = "sessions", column: str = "name", **query: str) -> list[Any]:
    app = open_page(url_path, **query)
    assert not app.exception
    return app.dataframe[0].value[column].tolist() if app.dataframe else []


@pytest.fixture
def year(store: Store) -> dict[str, str]:
    """Three sessions of two hosts in two years, one of them in the programme."""
    office, school = add_unit(store, "应急管理局"), add_unit(store, "教育分局")
    item = add_planned_drill(store, add_programme(store, 2023), "防汛演练", host=office)
    add_session(
        store, "防汛演练", date(2023, 6, 15), office, 30, planned_drill_id=item, form="operational"
    )
    add_session(
        store, "地震疏散", date(2023, 5, 12), school, 300,
        participants_kind="over", event_class="natural_disaster", form="tabletop", place="操场",
    )  # fmt: skip
    add_session(store, "消防疏散", date(2022, 11, 9), school, None)
    return {"office": office, "school": school, "item": item}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["防汛演练", "地震疏散", "消防疏散"]),
        ({"year": "2023"}, ["防汛演练", "地震疏散"]),
        ({"year": "2023", "month": "5"}, ["地震疏散"]),
        ({"membership": "inside"}, ["防汛演练"]),
        ({"membership": "outside"}, ["地震疏散", "消防疏散"]),
        ({"form": "tabletop"}, ["地震疏散"]),
        ({"event_class": "natural_disaster"}, ["地震疏散"]),
        ({"search": "操场"}, ["地震疏散"]),
        ({"search": "教育分局"}, ["地震疏散", "消防疏散"]),
        ({"search": "疏散", "year": "2022"}, ["消防疏散"]),
        ({"search": "100%'; drop table unit"}, []),
        ({"form": "no such code"}, ["防汛演练", "地震疏散", "消防疏散"]),
        ({"sort": "name"}, ["地震疏散", "消防疏散", "防汛演练"]),
        ({"sort": "-participants"}, ["地震疏散", "防汛演练", "消防疏散"]),
        ({"sort": "void_reason; drop table unit"}, ["防汛演练", "地震疏散", "消防疏散"]),
        ({"page": "99"}, ["防汛演练", "地震疏散", "消防疏散"]),
        ({"page": "-1"}, ["防汛演练", "地震疏散", "消防疏散"]),
    ],
)
def test_the_address_decides_which_rows_are_shown_in_which_order(
    year: dict[str, str], query: dict[str, str], names: list[str]
) -> None:
    assert listed(**query) == names


def test_a_host_narrows_the_list(year: dict[str, str]) -> None:
    assert listed(host=year["school"]) == ["地震疏散", "消防疏散"]


@pytest.mark.parametrize(
    ("query", "names"),
    [({"kind": "social"}, ["海上搜救队"]), ({"field": "flood_rescue"}, ["防汛队"])],
)
def test_teams_are_narrowed_by_kind_and_field(
    store: Store, query: dict[str, str], names: list[str]
) -> None:
    add_team(store, "海上搜救队", kind="social", fields="maritime_rescue")
    add_team(store, "防汛队", kind="professional", fields="engineering_rescue,flood_rescue")
    assert listed("teams", **query) == names


def test_the_programme_opens_at_its_latest_year(store: Store) -> None:
    for year in (2022, 2024, 2023):
        add_planned_drill(store, add_programme(store, year), f"{year}年的演练")
    app = open_page("programme")
    assert app.query_params["year"] == "2024"
    assert app.dataframe[0].value["name"].tolist() == ["2024年的演练"]
    assert len(listed("programme", year="all")) == 3


def test_planned_drills_are_narrowed_by_status(store: Store) -> None:
    programme = add_programme(store, 2023)
    held = add_planned_drill(store, programme, "已开展的演练")
    add_planned_drill(store, programme, "没开展的演练", number=2)
    add_session(store, "已开展的演练", date(2023, 5, 1), planned_drill_id=held)
    assert listed("programme", year="2023", status="completed") == ["已开展的演练"]
    assert listed("programme", year="2023", status="not_started") == ["没开展的演练"]


def test_a_filter_goes_into_the_address_and_begins_at_the_first_page(
    year: dict[str, str],
) -> None:
    app = open_page("sessions", page="3")
    app.selectbox(key="sessions_filter_form").select("tabletop").run()
    assert app.query_params["form"] == "tabletop"
    assert "page" not in app.query_params
    assert app.dataframe[0].value["name"].tolist() == ["地震疏散"]
    app.selectbox(key="sessions_filter_form").select("").run()
    assert "form" not in app.query_params


def test_nothing_found_offers_to_clear_search_and_filters(year: dict[str, str]) -> None:
    app = open_page("sessions", search="无此演练", form="tabletop")
    assert not app.dataframe
    app.button(key="sessions_clear").click().run()
    assert len(app.dataframe[0].value) == 3
    assert app.text_input(key="sessions_search").value == ""


def test_long_lists_are_cut_into_pages(store: Store) -> None:
    for number in range(list_view.PAGE_SIZE + 3):
        add_unit(store, f"单位{number:03d}")
    app = open_page("units")
    assert len(app.dataframe[0].value) == list_view.PAGE_SIZE
    assert f"共 {list_view.PAGE_SIZE + 3} 条" in [caption.value for caption in app.caption]
    app.pagination[0].set_value(2).run()
    assert app.query_params["page"] == "2"
    assert app.dataframe[0].value["name"].tolist() == ["单位050", "单位051", "单位052"]


def test_labels_stand_for_codes_and_counts_tell_their_kind(year: dict[str, str]) -> None:
    assert listed(column="participants") == ["30", "300余", "未知"]
    assert listed(column="form") == ["实战演练", "桌面推演", ""]
    app = open_page("sessions", "en")
    assert app.dataframe[0].value["participants"].tolist() == ["30", "over 300", "Unknown"]


def test_no_cell_says_none_or_nan(store: Store) -> None:
    add_session(store, "只有名称和日期", participants=None)
    row = open_page("sessions").dataframe[0].value.iloc[0]
    shown = [str(value) for name, value in row.items() if name != "planned_drill_number"]
    assert not {"None", "nan", "NaT", "<NA>"} & set(shown)
    # Empty numbers stay empty: the browser shows its placeholder, which is an empty text.
    assert pd.isna(row["planned_drill_number"])


def test_hostile_text_reaches_the_table_as_it_was_typed(store: Store) -> None:
    add_unit(store, HOSTILE)
    assert listed("units") == [HOSTILE]


def test_a_day_that_is_not_known_shows_its_month(zh: None) -> None:
    rows = pd.DataFrame(
        {
            "held_on": [date(2023, 5, 1), date(2023, 6, 1)],
            "held_on_precision": ["month", "day"],
        }
    )
    columns = [Column("held_on", "Date", "date")]
    told = list_view.shown_frame(rows, columns)["held_on"].tolist()
    assert told == ["2023年5月（日期不详）", "2023-06-01"]


def opening_script() -> None:
    """Choose a row, then headings, as the table's callback does."""
    import streamlit as st

    from drillbook.ui.components import list_view

    state = st.session_state["choice"]
    list_view.follow_choice({"selection": state}, ["first", "second"], ["name", "held_on"])


@pytest.mark.parametrize(
    ("choices", "address"),
    [
        ([{"rows": [1], "columns": []}], {"id": "second"}),
        ([{"rows": [], "columns": ["name"]}], {"sort": "name"}),
        ([{"rows": [], "columns": ["name"]}] * 2, {"sort": "-name"}),
        ([{"rows": [], "columns": ["name"]}] * 3, {"sort": "name"}),
        ([{"rows": [], "columns": ["nonsense"]}], {}),
    ],
)
def test_a_row_opens_its_record_and_a_heading_sorts(
    choices: list[dict[str, Any]], address: dict[str, str]
) -> None:
    app = AppTest.from_function(opening_script)
    for choice in choices:
        app.session_state["choice"] = choice
        app.run()
    assert not app.exception
    assert dict(app.query_params) == address


@pytest.mark.parametrize(
    ("year", "month", "first", "last"),
    [
        (None, None, None, None),
        (None, "5", None, None),
        ("2023", None, date(2023, 1, 1), date(2023, 12, 31)),
        ("2024", "2", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_year_and_month_name_the_days(
    year: str | None, month: str | None, first: date | None, last: date | None
) -> None:
    days = sessions.days_of({"year": year, "month": month})
    assert (days.first, days.last) == (first, last)


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (3100, "over", "3,100余", "over 3,100"),
        (100, "approximate", "约100", "about 100"),
        (46, "exact", "46", "46"),
        (None, "exact", "未知", "Unknown"),
        (float("nan"), "over", "未知", "Unknown"),
    ],
)
def test_a_head_count_is_told_with_its_kind(
    value: float | None, kind: str, zh: str, en: str
) -> None:
    with use_language("zh"):
        assert formatting.count(value, kind) == zh
    with use_language("en"):
        assert formatting.count(value, kind) == en


@pytest.mark.parametrize("value", [None, float("nan"), pd.NaT, pd.NA, ""])
def test_an_empty_value_is_a_dash(value: object) -> None:
    assert not formatting.given(value)
    assert formatting.text(value) == "—"
    assert formatting.plain(value) == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**b**", r"\*\*b\*\*"),
        ("a\nb", "a b"),
        ("&amp;", r"\&amp;"),
        (":smile:", "\\:\u2060smile\\:"),
        ("09:30", r"09\:30"),
    ],
)
def test_typed_text_is_parted_from_markdown(typed: str, shown: str) -> None:
    assert formatting.plain(typed) == shown
