"""The page of coverage, and the form of a planned drill that it leads to."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import programmes
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.pages.test_roles import be
from tests.people import add_plan, add_planned_drill, add_programme, add_session
from tests.ui.app_page import open_page

END = "2023-12-31"
QUAKE = {"event_class": "natural_disaster", "hazard": "earthquake"}


def links(app: AppTest) -> list[str]:
    return [unescape(found) for found in re.findall(r"href='([^']*)'", shown_html(app))]


def items(store: Store) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(
            "select planned_drill.*, programme.year from planned_drill inner join programme"
            " on planned_drill.programme_id = programme.id order by number"
        )


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("zh", "覆盖情况", ("水旱灾害", "2023年场次", "2024年计划项", "未演练的预案")),
        ("en", "Coverage", ("Flood and drought", "Sessions 2023", "Items 2024", "not drilled")),
    ],
)
def test_the_matrix_and_the_lists_are_shown(
    demo_store: Store, language: str, title: str, words: tuple[str, ...]
) -> None:
    app = healthy(open_page("coverage", language, as_of=END))
    assert app.title[0].value == title
    said = shown_html(app) + texts(app) + "".join(s.value for s in app.subheader)
    for word in words:
        assert word in said
    assert len(app.dataframe) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_register_is_all_empty_cells(store: Store, language: str) -> None:
    app = healthy(open_page("coverage", language, as_of=END))
    assert shown_html(app).count("class='empty'") == 30 * 5
    assert not app.dataframe


@pytest.mark.parametrize(
    ("asked", "years"),
    [("1", ["2023"]), ("5", ["2019", "2020", "2021", "2022", "2023"]), ("4", None), ("x", None)],
)
def test_the_address_says_how_many_years(
    demo_store: Store, asked: str, years: list[str] | None
) -> None:
    app = healthy(open_page("coverage", as_of=END, years=asked))
    found = re.findall(r"<th scope='col'>(\d{4})年场次</th>", shown_html(app))
    assert found == (years or ["2021", "2022", "2023"])


@pytest.mark.parametrize("as_of", ["2023-02-30", "0001-01-01", "9999-12-31", "x"])
def test_a_day_that_cannot_be_is_left_out(demo_store: Store, as_of: str) -> None:
    app = healthy(open_page("coverage", as_of=as_of))
    assert app.date_input(key="coverage_as_of").value == date(2023, 12, 31)


def test_a_choice_goes_into_the_address(demo_store: Store) -> None:
    app = healthy(open_page("coverage", as_of=END))
    app.selectbox(key="coverage_span").select(2).run()
    assert app.query_params["years"] == "2"
    app.date_input(key="coverage_as_of").set_value(date(2022, 12, 31)).run()
    assert app.query_params["as_of"] == "2022-12-31"
    assert "2023年计划项" in shown_html(healthy(app))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("sessions.natural_disaster.earthquake.2023.2023", 12),
        ("sessions.natural_disaster.earthquake.2021.2023", 22),
        ("plans.natural_disaster.earthquake.0.0", 1),
    ],
)
def test_each_number_leads_to_its_rows(demo_store: Store, cell: str, number: int) -> None:
    app = healthy(open_page("coverage", as_of=END))
    assert any(f"cell={cell}" in link for link in links(app))
    app = healthy(open_page("coverage", as_of=END, cell=cell))
    assert len(app.dataframe[0].value) == number
    app.button(key="coverage_close").click().run()
    assert "cell" not in app.query_params


@pytest.mark.parametrize(
    "cell", ["x", "sessions.a.b.1.2", "plans.natural_disaster.earthquake.0", "sessions...９.9"]
)
def test_a_cell_that_is_none_shows_no_rows(demo_store: Store, cell: str) -> None:
    app = healthy(open_page("coverage", as_of=END, cell=cell))
    assert "coverage_close" not in {button.key for button in app.button}


def test_next_years_items_lead_to_their_rows(store: Store) -> None:
    add_planned_drill(store, add_programme(store, 2024), "地震演练", **QUAKE)
    cell = "items.natural_disaster.earthquake.2024.2024"
    app = healthy(open_page("coverage", as_of=END, cell=cell))
    assert app.dataframe[0].value["name"].tolist() == ["地震演练"]


def test_a_viewer_reads_but_plans_nothing(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "viewer")
    app = healthy(open_page("coverage", as_of=END))
    assert not [link for link in links(app) if link.startswith("programme")]
    assert [link for link in links(app) if link.startswith("coverage")]
    assert "class='empty'" in shown_html(app)


def test_an_empty_cell_leads_to_a_prefilled_planned_drill(store: Store) -> None:
    plan = add_plan(store, "高区地震应急预案", **QUAKE)
    add_session(store, **QUAKE)
    programme = add_programme(store, 2024)
    app = healthy(open_page("coverage", as_of=END))
    wanted = [link for link in links(app) if "hazard=earthquake" in link]
    assert len(set(wanted)) == 1
    query = dict(part.split("=") for part in wanted[0].partition("?")[2].split("&"))
    assert query["plan"] == plan
    app = healthy(open_page("programme", **query))
    key = "planned_drill:new"
    assert app.text_input(key=f"{key}:name").value == "高区地震应急演练"
    held = {name: app.selectbox(key=f"{key}:{name}").value for name in ("hazard", "plan_id")}
    assert held == {"hazard": "earthquake", "plan_id": plan}
    assert app.selectbox(key=f"{key}:event_class").value == "natural_disaster"
    assert app.selectbox(key=f"{key}:programme_id").value == programme
    app.button(key=f"{key}#save").click().run()
    (item,) = items(store)
    assert (item["year"], item["hazard"], item["plan_id"]) == (2024, "earthquake", plan)
    app = healthy(open_page("coverage", as_of=END))
    assert any("items.natural_disaster.earthquake.2024" in link for link in links(app))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_year_without_a_programme_gets_one_on_the_form(store: Store, language: str) -> None:
    add_programme(store, 2023)
    query = {"id": "new", "year": "2024", **QUAKE}
    app = healthy(open_page("programme", language, **query))
    key = "planned_drill:new"
    # Never another year's programme unasked.
    assert app.selectbox(key=f"{key}:programme_id").value == ""
    app.button(key=f"{key}#save").click().run()
    assert items(store) == []
    app.button(key="planned_drill_programme").click().run()
    made = next(k for k, year in programmes.years(store).items() if year == 2024)
    assert app.selectbox(key=f"{key}:programme_id").value == made
    app.button(key=f"{key}#save").click().run()
    assert [(item["year"], item["number"]) for item in items(store)] == [(2024, 1)]


def test_another_empty_cell_begins_the_form_anew(store: Store) -> None:
    add_programme(store, 2024)
    app = healthy(open_page("programme", id="new", year="2024", **QUAKE))
    app.text_input(key="planned_drill:new:name").set_value("打了一半").run()
    assert app.text_input(key="planned_drill:new:name").value == "打了一半"
    app.query_params["hazard"] = "flood_drought"
    app.run()
    assert app.text_input(key="planned_drill:new:name").value == "水旱灾害应急演练"


@pytest.mark.parametrize(
    "query", [{"hazard": "x", "event_class": "y", "plan": "z"}, {"plan": "<b>"}, {"hazard": "'"}]
)
def test_an_address_that_names_nothing_prefills_nothing(
    store: Store, query: dict[str, str]
) -> None:
    add_programme(store, 2024)
    app = healthy(open_page("programme", id="new", year="2024", **query))
    assert app.text_input(key="planned_drill:new:name").value == ""
    assert app.selectbox(key="planned_drill:new:hazard").value == ""
