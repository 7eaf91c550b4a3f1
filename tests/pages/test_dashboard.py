"""The dashboard: filters in the address, figures, tabs, rows behind a bar, an empty register."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.db.store import Store
from drillbook.records import sample_data, units
from drillbook.reports import query_cache
from drillbook.reports.charts.catalogue import CHARTS
from drillbook.reports.figures import FIGURES
from tests.people import CLERK, add_session, add_team, add_unit
from tests.ui.app_page import open_page

ENGLISH_WORD = re.compile(r"[A-Za-z]{3,}")


def figures_of(at: AppTest) -> dict[str, str]:
    """Return label → value of the key figures."""
    return {metric.label: metric.value for metric in at.metric}


def pick(at: AppTest, name: str, code: str | None, year: int = 2023) -> AppTest:
    """Choose a bar in the list beside a chart."""
    box = next(b for b in at.selectbox if (b.key or "").startswith(f"pick_{name}_{year}"))
    box.set_value(code).run()
    assert not at.exception
    return at


def rows_behind(at: AppTest, name: str) -> list[int]:
    """Return the lengths of the lists behind the bars of one chart."""
    shown = [d for d in at.dataframe if f"rows_{name}_" in d.proto.id]
    return [len(d.value) for d in shown]


def table_view(at: AppTest, name: str) -> Any:
    """Return the table view of a chart."""
    columns = list(CHARTS[name].columns)
    return next(d.value for d in at.dataframe if list(d.value.columns) == columns)


def address(at: AppTest, name: str) -> str | None:
    """Return one parameter of the address; AppTest keeps those it was given as texts."""
    value = at.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def captions(at: AppTest) -> list[str]:
    """Return all captions as a reader sees them."""
    return [re.sub(r"\\(.)", r"\1", caption.value) for caption in at.caption]


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("zh", "看板", "2023 年共 117 场次，6月最多（24 场次）；2022 年共 90 场次。"),
        ("en", "Dashboard", "2023: 117 drill sessions, most in Jun (24); 2022: 90 sessions."),
    ],
)
def test_the_latest_year_with_data_is_shown_first(
    demo_store: Store, language: str, title: str, sentence: str
) -> None:
    at = open_page("dashboard", language)
    assert not at.exception
    assert at.title[0].value == title
    assert at.selectbox(key="dashboard_year").value == "2023"
    assert list(figures_of(at).values()) == ["27", "23", "3", "117", "3,120", "5", "17"]
    assert sentence in captions(at)


def test_charts_carry_their_sentence_for_screen_readers_and_no_data_in_the_specification(
    demo_store: Store,
) -> None:
    at = open_page("dashboard", "zh")
    drawn = [element.proto for element in at.get("vega_lite_chart")]
    assert len(drawn) == 6
    for proto in drawn:
        assert proto.alt.replace(",", "") in [c.replace(",", "") for c in captions(at)]
        assert "data" not in json.loads(proto.spec)


def test_the_chinese_screen_has_no_english_left(demo_store: Store) -> None:
    for tab in ("drills", "plans", "teams"):
        at = open_page("dashboard", "zh", tab=tab)
        shown = [re.sub(r":[a-z-]+\[", "", m.label + m.delta) for m in at.metric]
        shown += [b.label for b in at.button] + [t.label for t in at.tabs] + captions(at)
        shown += [s.label for s in at.selectbox] + [h.value for h in at.subheader]
        assert [t for t in shown if ENGLISH_WORD.search(t)] == ["English"]


def test_the_address_decides_what_is_shown(demo_store: Store) -> None:
    host = next(k for k, v in units.choices(demo_store).items() if v == "应急管理局")
    asked = {
        "year": "2022",
        "event_class": "natural_disaster",
        "host": host,
        "membership": "outside",
    }
    at = open_page("dashboard", "zh", **asked)
    chosen = {name: at.selectbox(key=f"dashboard_{name}").value for name in asked}
    assert chosen == asked
    expected = FIGURES["sessions"].number(
        demo_store,
        query_cache.Filters(
            2022,
            date(2022, 12, 31),
            event_class="natural_disaster",
            host=host,
            membership="outside",
        ),
    )
    assert figures_of(at)["已开展场次"] == str(expected)


def test_a_changed_filter_goes_into_the_address_together_with_the_year(demo_store: Store) -> None:
    at = open_page("dashboard", "zh")
    at.selectbox(key="dashboard_membership").set_value("inside").run()
    assert address(at, "membership") == "inside"
    assert address(at, "year") == "2023"
    assert at.selectbox(key="dashboard_membership").value == "inside"
    at.button(key="dashboard_clear").click().run()
    assert "membership" not in at.query_params
    assert at.selectbox(key="dashboard_membership").value is None
    assert figures_of(at)["已开展场次"] == "117"


def test_choosing_another_year_shows_it(demo_store: Store) -> None:
    at = open_page("dashboard", "zh")
    at.selectbox(key="dashboard_year").set_value("2022").run()
    assert address(at, "year") == "2022"
    assert figures_of(at)["已开展场次"] == "90"


@pytest.mark.parametrize(
    "asked",
    [
        {"year": "soon"},
        {"year": "99999"},
        {"year": "-203"},
        {"year": "２０２３x"},
        {"event_class": "'; drop table unit; --"},
        {"host": "<script>alert(1)</script>"},
        {"membership": "both"},
        {"tab": "nowhere"},
    ],
)
def test_an_address_that_means_nothing_shows_the_first_view(
    demo_store: Store, asked: dict[str, str]
) -> None:
    at = open_page("dashboard", "zh", **asked)
    assert not at.exception
    assert at.selectbox(key="dashboard_year").value == "2023"
    assert figures_of(at)["已开展场次"] == "117"


def test_choosing_a_bar_lists_its_rows_in_pages(demo_store: Store) -> None:
    at = pick(open_page("dashboard", "zh"), "sessions_by_month", "2023-06")
    assert rows_behind(at, "sessions_by_month") == [10]
    assert "共 24 条" in captions(at)
    link = at.get("page_link")[0].proto
    assert link.label == "在台账中查看"
    assert link.query_string == "year=2023&month=6"


def test_no_bar_chosen_lists_nothing(demo_store: Store) -> None:
    at = pick(open_page("dashboard", "zh"), "sessions_by_form", "tabletop")
    assert rows_behind(at, "sessions_by_form") == [10]
    pick(at, "sessions_by_form", None)
    assert rows_behind(at, "sessions_by_form") == []


def test_a_bar_chosen_in_one_view_is_not_chosen_in_another(demo_store: Store) -> None:
    at = pick(open_page("dashboard", "zh"), "sessions_by_form", "tabletop")
    at.selectbox(key="dashboard_year").set_value("2022").run()
    assert rows_behind(at, "sessions_by_form") == []


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "actions_by_unit"])
def test_every_chart_has_rows_behind_its_bars_and_a_table(demo_store: Store, name: str) -> None:
    tabs = {"plans": "plans", "teams": "teams"}
    at = open_page("dashboard", "zh", tab=tabs.get(CHARTS[name].figure.records, "drills"))
    box = next(b for b in at.selectbox if (b.key or "").startswith(f"pick_{name}_"))
    filters = query_cache.Filters(2023, date(2023, 12, 31))
    table = CHARTS[name].table(demo_store, filters)
    first = next(row for row in table.to_pylist() if row[CHARTS[name].listed_value])
    box.set_value(first["code"])
    at.toggle(key=f"table_{name}").set_value(True).run()
    assert not at.exception
    assert rows_behind(at, name)[0] > 0
    assert len(table_view(at, name)) == table.num_rows


def test_what_is_late_is_listed_with_host_and_days(demo_store: Store) -> None:
    at = open_page("dashboard", "zh")
    late = next(d for d in at.dataframe if d.proto.id.endswith("due_late")).value
    assert list(late["days_late"]) == sorted(late["days_late"], reverse=True)
    assert len(late) == 3
    assert all(late["hosts"])
    assert "超期的计划演练（3）" in [h.value for h in at.subheader]


def test_late_revisions_are_listed_with_the_plans(demo_store: Store) -> None:
    at = open_page("dashboard", "zh", tab="plans")
    late = next(d for d in at.dataframe if d.proto.id.endswith("due_revisions")).value
    assert list(late["days_late"]) == [16]


def test_a_filter_that_a_tab_cannot_apply_is_named(demo_store: Store) -> None:
    at = open_page("dashboard", "zh", tab="teams", event_class="public_health")
    assert "本页不适用的筛选条件：事件类别。" in captions(at)


def test_only_the_open_tab_is_computed(demo_store: Store) -> None:
    for tab, drawn in (("drills", 6), ("plans", 2), ("teams", 2)):
        at = open_page("dashboard", "zh", tab=tab)
        assert len(at.get("vega_lite_chart")) == drawn


def test_an_unfilled_value_is_called_so_and_never_none(store: Store) -> None:
    add_session(store, held_on=date(2023, 6, 15), participants=None)
    at = open_page("dashboard", "zh")
    at.toggle(key="table_sessions_by_form").set_value(True).run()
    assert "未填写" in list(table_view(at, "sessions_by_form")["label"])
    assert not any(word in text for text in captions(at) for word in ("None", "nan", "null"))


def test_a_host_named_in_markdown_is_shown_as_typed(store: Store) -> None:
    host = add_unit(store, "**应急**[管理](http://example.org)局")
    add_session(store, held_on=date(2023, 6, 15), host=host)
    at = open_page("dashboard", "zh")
    sentence = next(c.value for c in at.caption if "主办演练最多" in c.value)
    assert "**" not in sentence
    assert "](" not in sentence


def test_an_empty_register_greets_with_two_choices(store: Store) -> None:
    at = open_page("dashboard", "zh")
    assert not at.exception
    assert at.subheader[0].value == "台账中还没有数据，请选择开始方式"
    assert at.button(key="dashboard_load_sample").label == "载入示例数据"
    assert not at.metric
    at.button(key="dashboard_import").click().run()
    assert not at.exception
    assert at.title[0].value == "导入表格"


def test_the_sample_year_is_loaded_and_removed_with_one_action_each(store: Store) -> None:
    at = open_page("dashboard", "zh")
    at.button(key="dashboard_load_sample").click().run()
    assert not at.exception
    assert figures_of(at)["已开展场次"] == "117"
    assert any("示例数据" in warning.value for warning in at.warning)
    at.button(key="dashboard_remove_sample").click().run()
    assert not at.exception
    assert not sample_data.is_loaded(store)
    assert at.button(key="dashboard_load_sample")


def test_own_records_that_use_the_sample_are_not_pulled_away(store: Store) -> None:
    sample_data.load(store, CLERK, date(2024, 1, 11))
    host = next(iter(units.choices(store)))
    add_session(store, "本局演练", date(2023, 6, 15), host)
    at = open_page("dashboard", "zh")
    at.button(key="dashboard_remove_sample").click().run()
    assert not at.exception
    assert figures_of(at)["已开展场次"] == "1"
    assert [toast.value for toast in at.toast] == [
        "有 1 条示例记录已被本单位的数据引用，予以保留。"
    ]


def test_without_sample_rows_there_is_nothing_to_remove(store: Store) -> None:
    add_session(store, held_on=date(2023, 6, 15))
    at = open_page("dashboard", "zh")
    assert not [b for b in at.button if b.key == "dashboard_remove_sample"]


def test_an_empty_year_says_so_and_offers_those_with_data(demo_store: Store) -> None:
    at = open_page("dashboard", "zh", year="2019")
    assert at.info[0].value == "2019 年既没有年度演练计划，也没有演练记录。"
    at.button(key="dashboard_year_2022").click().run()
    assert address(at, "year") == "2022"
    assert figures_of(at)["已开展场次"] == "90"


def test_a_register_with_teams_alone_is_not_empty(store: Store) -> None:
    add_team(store)
    at = open_page("dashboard", "zh")
    assert not at.exception
    assert figures_of(at)["救援队伍"] == "1"
    assert "既没有年度演练计划" in at.info[0].value


def test_a_language_switch_keeps_the_view(demo_store: Store) -> None:
    at = open_page("dashboard", "zh", year="2022", tab="plans")
    at.button(key="frame_language").click().run()
    assert not at.exception
    assert at.title[0].value == "Dashboard"
    assert at.selectbox(key="dashboard_year").value == "2022"
    assert any(c.startswith("Contingency plans as of 2022-12-31") for c in captions(at))
