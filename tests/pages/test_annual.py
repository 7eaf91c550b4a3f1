"""The annual statistics screen: every number leads to its rows, in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.reports import annual_figures
from tests.people import add_session
from tests.ui.app_page import open_page


def button(at: AppTest, key: str) -> AppTest:
    """Press a button and return the screen after the run."""
    at.button(key=key).click().run()
    assert not at.exception
    return at


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("zh", "年度统计", "组织开展各类应急演练117场次，参与人数3100余人。"),
        ("en", "Annual statistics", "Held 117 emergency drill sessions of all kinds with over"),
    ],
)
def test_the_sample_years_figures_and_sentence_are_shown(
    demo_store: Store, language: str, title: str, sentence: str
) -> None:
    at = open_page("statistics", language, year="2023", as_of="2023-12-31")
    assert not at.exception
    assert at.title[0].value == title
    assert sentence in at.code[0].value
    assert len(at.code) == 2
    numbers = {metric.label: metric.value for metric in at.metric}
    assert {"27", "117", "3,120"} <= set(numbers.values())


def test_the_chinese_screen_has_no_english_left(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023")
    shown = (
        [m.label for m in at.metric] + [b.label for b in at.button] + [c.value for c in at.caption]
    )
    english = [text for text in shown if re.search(r"[A-Za-z]{3,}", text)]
    assert english == ["English"]


def test_the_day_in_the_address_decides_what_counts(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023", as_of="2023-08-15")
    assert "等5支社会专业救援队伍" in at.code[0].value
    assert at.date_input(key="annual_as_of").value == date(2023, 8, 15)


@pytest.mark.parametrize("day", ["2023-02-30", "soon", "2019-01-01", "2999-01-01"])
def test_a_day_that_cannot_be_meant_is_the_years_end(demo_store: Store, day: str) -> None:
    at = open_page("statistics", "zh", year="2023", as_of=day)
    assert not at.exception
    assert at.date_input(key="annual_as_of").value == date(2023, 12, 31)


@pytest.mark.parametrize("year", ["0", "abcd", "1066", "２０２３"])
def test_a_year_that_cannot_be_meant_is_the_latest_recorded(demo_store: Store, year: str) -> None:
    at = open_page("statistics", "zh", year=year)
    assert not at.exception
    assert (
        at.selectbox(key="annual_year").value
        == annual_figures.years(demo_store, date(2024, 1, 1))[1]
    )


def test_choosing_another_year_goes_into_the_address_and_forgets_the_day(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023", as_of="2023-08-15")
    at.selectbox(key="annual_year").select(2022).run()
    assert not at.exception
    assert at.query_params["year"] == "2022"
    assert "as_of" not in at.query_params
    assert at.date_input(key="annual_as_of").value == date(2022, 12, 31)


def test_choosing_another_day_goes_into_the_address(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023")
    at.date_input(key="annual_as_of").set_value(date(2023, 6, 30)).run()
    assert at.query_params["as_of"] == "2023-06-30"
    assert at.query_params["year"] == "2023"


@pytest.mark.parametrize(
    ("key", "number", "heading"),
    [
        ("annual_rows_planned_drills", 27, "计划项目"),
        ("annual_rows_sessions", 117, "演练场次"),
        ("annual_part_social_teams", 7, "社会救援队伍"),
        ("annual_part_special_plans_under_revision", 4, "修订中的专项预案"),
    ],
)
def test_a_number_leads_to_the_rows_it_counts(
    demo_store: Store, key: str, number: int, heading: str
) -> None:
    at = button(open_page("statistics", "zh", year="2023", as_of="2023-12-31"), key)
    assert any(f"共 {number} 条" in caption.value for caption in at.caption)
    rows = at.dataframe[-1].value
    assert len(rows) == min(number, 15)


def test_closing_the_rows_does_not_open_them_again(demo_store: Store) -> None:
    at = button(open_page("statistics", "zh", year="2023"), "annual_rows_sessions")
    at.run()
    assert not any("共 117 条" in caption.value for caption in at.caption)


def test_a_row_of_a_breakdown_leads_to_its_sessions(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023", as_of="2023-12-31")
    annual = annual_figures.annual(demo_store, 2023, date(2023, 12, 31))
    june = annual.by_month[5].sessions
    at.session_state["annual_asked_rows"] = (
        "sessions",
        "month",
        "6",
        "6月",
    )
    at.run()
    assert not at.exception
    assert june > 0
    assert any(f"共 {june} 条" in caption.value for caption in at.caption)


def test_what_waits_for_a_decision_is_named_until_it_is_decided(demo_store: Store) -> None:
    at = open_page("statistics", "zh", year="2023", as_of="2023-12-31")
    assert any("编修预案的计数方法" in info.value for info in at.info)
    at.radio(key="annual_revision_reading").set_value("apart")
    at.radio(key="annual_person_word").set_value("person_times")
    at.text_input(key="annual_district_zh").set_value("全市")
    button(at, "annual_save")
    assert office_settings.load(demo_store).revision_reading == "apart"
    assert "统筹推进总体应急预案和" in at.code[0].value
    assert "等4个专项应急预案编修工作" in at.code[0].value
    assert "制定全市应急演练计划" in at.code[0].value
    assert "参与3100余人次" in at.code[0].value
    assert not any("编修预案的计数方法" in info.value for info in at.info)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "尚无记录"), ("en", "nothing is on record")]
)
def test_an_empty_register_says_where_to_begin(store: Store, language: str, words: str) -> None:
    at = open_page("statistics", language)
    assert not at.exception
    assert any(words in info.value for info in at.info)
    assert not at.code


def test_text_that_looks_like_code_is_shown_as_text(store: Store) -> None:
    add_session(store, "<script>alert(1)</script> **x** $a$", date(2023, 5, 1))
    at = button(open_page("statistics", "zh", year="2023"), "annual_rows_sessions")
    assert at.dataframe[-1].value["name"].tolist() == ["<script>alert(1)</script> **x** $a$"]
