"""The charts' specifications: valid, made once, legible on both pages, true to their queries."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import altair
import jsonschema
import pytest

from drillbook.core.i18n import LANGUAGES, Language, use_language
from drillbook.core.paths import ROOT
from drillbook.db.store import Store
from drillbook.reports.charts import catalogue, specifications
from drillbook.reports.charts.catalogue import CHARTS
from drillbook.reports.query_cache import Filters
from tests.chart_year import MIDYEAR, YEAR_END, ChartYear, chart_year_store
from tests.people import add_session, add_unit

SCHEMA = Path(altair.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
BACKGROUNDS = {"light": "#ffffff", "dark": "#10181f"}
EVERY = [(name, language) for name in CHARTS for language in LANGUAGES]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, ChartYear]]:
    """The year, filled once: no test of this file writes into it."""
    with chart_year_store(tmp_path_factory.mktemp("year")) as both:
        yield both


@pytest.fixture
def filled_store(filled: tuple[Store, ChartYear], zh: None) -> Store:
    return filled[0]


@pytest.fixture
def year(filled: tuple[Store, ChartYear]) -> ChartYear:
    return filled[1]


def parts(spec: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a specification."""
    if isinstance(spec, dict):
        yield spec
        for part in spec.values():
            yield from parts(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from parts(part)


def test_every_specification_is_valid_vega_lite() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for name, language in EVERY:
        # The data comes with each run; the schema asks for some.
        validator.validate(catalogue.spec(name, language) | {"data": {"values": []}})


def test_every_field_of_a_chart_is_a_column_of_its_query(filled_store: Store) -> None:
    for name, chart in CHARTS.items():
        columns = set(chart.table(filled_store, Filters(2023, MIDYEAR)).column_names)
        fields = {part["field"] for part in parts(catalogue.spec(name, "zh")) if "field" in part}
        assert fields | set(chart.columns) <= columns
        assert {"code", chart.value, chart.listed_value} <= columns


@pytest.mark.parametrize("name", CHARTS)
def test_specifications_bring_no_data_and_no_english_descriptions(name: str) -> None:
    spec = catalogue.spec(name, "zh")
    assert not any({"data", "datasets"} & set(part) for part in parts(spec))
    assert {spec["config"][part]["aria"] for part in ("axis", "legend", "mark")} == {False}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_worded_in_its_language(name: str) -> None:
    chinese, english = (json.dumps(catalogue.spec(name, code)) for code in LANGUAGES)
    assert chinese != english
    titles = {part["title"] for part in parts(catalogue.spec(name, "zh")) if part.get("title")}
    assert titles
    assert all(not title.isascii() for title in titles)


def test_a_specification_is_made_once_and_kept() -> None:
    catalogue.prepare()
    before = catalogue.spec.cache_info()
    assert catalogue.spec("planned_status", "zh") is catalogue.spec("planned_status", "zh")
    assert catalogue.spec.cache_info().misses == before.misses
    assert before.currsize == len(CHARTS) * len(LANGUAGES)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("background", BACKGROUNDS.values(), ids=BACKGROUNDS)
@pytest.mark.parametrize(
    "colour", [specifications.BLUE, specifications.GREY, specifications.VERMILION]
)
def test_bars_stand_out_from_the_light_and_the_dark_page(colour: str, background: str) -> None:
    assert contrast(colour, background) >= 3


def test_the_tested_pages_are_those_of_the_theme() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert {name: theme[name]["backgroundColor"] for name in BACKGROUNDS} == BACKGROUNDS


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("planned_status", "截至 2023-06-30，2023 年计划演练 7 项，已完成 1 项，超期 3 项。"),
        ("sessions_by_month", "2023 年共 3 场次，5月最多（2 场次）；2022 年同期共 1 场次。"),
        (
            "participants_by_month",
            "2023 年参演共 140 人次，5月最多（140 人次）；2022 年同期共 30 人次。"
            "另有 1 场次人数不详。",
        ),
        ("sessions_by_event_class", "2023 年共 3 场次，其中自然灾害最多（2 场次）。"),
        ("sessions_by_form", "2023 年共 3 场次，其中桌面推演最多（1 场次）。"),
        ("sessions_by_host", "2023 年主办演练最多的单位是应急管理局（2 场次）。"),
        (
            "plans_by_status",
            "截至 2023-06-30，共有应急预案 3 件，其中现行有效 2 件、修订中 1 件。",
        ),
        ("plans_by_category", "截至 2023-06-30，共有应急预案 3 件，其中专项预案最多（2 件）。"),
        ("teams_by_kind", "截至 2023-06-30，共有救援队伍 2 支，其中专业队伍最多（1 支）。"),
        (
            "members_by_kind",
            "截至 2023-06-30，救援队伍共 30 人，其中社会队伍最多（30 人）。另有 1 支队伍人数不详。",
        ),
    ],
)
def test_a_chart_says_what_it_shows(name: str, sentence: str, filled_store: Store) -> None:
    filters = Filters(2023, MIDYEAR)
    assert catalogue.text(name, CHARTS[name].table(filled_store, filters), filters) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_without_rows_say_so_without_empty_words(language: Language, store: Store) -> None:
    filters = Filters(2023, MIDYEAR)
    with use_language(language):
        for name, chart in CHARTS.items():
            said = catalogue.text(name, chart.table(store, filters), filters)
            assert "2023" in said
            assert not any(word in said for word in ("None", "nan", "null", "{"))


def test_the_month_most_people_came_is_told_in_english_too(filled_store: Store) -> None:
    filters = Filters(2023, YEAR_END)
    with use_language("en"):
        table = CHARTS["sessions_by_month"].table(filled_store, filters)
        said = catalogue.text("sessions_by_month", table, filters)
    assert said == "2023: 4 drill sessions, most in May (2); 2022: 2 sessions."


VIEWS: dict[str, Callable[[ChartYear], Filters]] = {
    "midyear": lambda year: Filters(2023, MIDYEAR),
    "whole year": lambda year: Filters(2023, YEAR_END),
    "one host": lambda year: Filters(2023, YEAR_END, host=year.emergency),
    "inside": lambda year: Filters(2023, YEAR_END, membership="inside"),
    "one class": lambda year: Filters(2023, YEAR_END, event_class="natural_disaster"),
}
# A bar of people has the rows of its sessions or teams behind it.
ROWS_OF = {"participants": "sessions", "members": "teams"}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_behind_every_bar_stand_as_many_rows_as_it_says(
    view: Callable[[ChartYear], Filters], filled_store: Store, year: ChartYear
) -> None:
    filters = view(year)
    for chart in CHARTS.values():
        counted = ROWS_OF.get(chart.listed_value, chart.listed_value)
        table = chart.table(filled_store, filters)
        for row in table.to_pylist():
            page = chart.rows(row["code"], table, filters).page(filled_store, 1, 10)
            assert page.total == row[counted], (chart.name, row["code"])


def test_sessions_of_the_other_hosts_are_found_behind_their_common_bar(
    store: Store, zh: None
) -> None:
    for number in range(1, 15):
        host = add_unit(store, f"单位{number:02d}")
        for day in range(1, 3 if number <= 12 else 2):
            add_session(store, f"第{number}次演练", date(2023, 4, day + number), host, 10)
    filters = Filters(2023, YEAR_END)
    table = CHARTS["sessions_by_host"].table(store, filters)
    rows = CHARTS["sessions_by_host"].rows("rest", table, filters)
    assert rows.link is None
    assert set(rows.page(store, 1, 10).rows["hosts"]) == {"单位13", "单位14"}


@pytest.mark.parametrize(
    ("name", "code", "link"),
    [
        (
            "planned_status",
            "not_started.late",
            {"year": "2023", "host": "u", "status": "not_started", "due_state": "late"},
        ),
        (
            "sessions_by_month",
            "2022-05",
            {"year": "2022", "host": "u", "membership": "inside", "month": "5"},
        ),
        (
            "sessions_by_event_class",
            "public_health",
            {"year": "2023", "host": "u", "membership": "inside", "event_class": "public_health"},
        ),
        ("sessions_by_event_class", "unfilled", None),
        (
            "sessions_by_form",
            "tabletop",
            {"year": "2023", "host": "u", "membership": "inside", "form": "tabletop"},
        ),
        ("sessions_by_host", "u", {"year": "2023", "host": "u", "membership": "inside"}),
        ("sessions_by_host", "another", None),
        ("plans_by_status", "in_force", {"year": "2023", "status": "in_force"}),
        (
            "plans_by_category",
            "special",
            {"year": "2023", "category": "special", "status": "existing"},
        ),
        ("teams_by_kind", "social", {"year": "2023", "kind": "social"}),
    ],
)
def test_a_bar_leads_to_the_register_with_the_same_filters(
    name: str, code: str, link: dict[str, str] | None, store: Store
) -> None:
    filters = Filters(2023, YEAR_END, host="u", membership="inside")
    table = CHARTS[name].table(store, filters)
    assert CHARTS[name].rows(code, table, filters).link == link
