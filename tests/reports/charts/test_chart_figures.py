"""Every figure of the dashboard against a year counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.records.sessions import SessionUnit
from drillbook.reports.query_cache import Filters, figures, key_figures, years
from tests.chart_year import MIDYEAR, YEAR_END, ChartYear, chart_year_store
from tests.people import add_session, add_unit


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, ChartYear]]:
    """The year, filled once: no test of this file writes into it."""
    with chart_year_store(tmp_path_factory.mktemp("year")) as both:
        yield both


@pytest.fixture
def register(filled: tuple[Store, ChartYear], zh: None) -> Store:
    return filled[0]


@pytest.fixture
def year(filled: tuple[Store, ChartYear]) -> ChartYear:
    return filled[1]


def told(store: Store, query: str, filters: Filters, *columns: str) -> dict[str, Any]:
    """Return code → value (or values) of the rows that are not empty."""
    rows = figures(store, query, filters).to_pylist()
    return {
        row["code"]: row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns)
        for row in rows
        if any(row[c] for c in columns)
    }


def test_planned_drills_are_counted_by_status_and_lateness_at_midyear(store: Store) -> None:
    shown = told(store, "chart_planned_status", Filters(2023, MIDYEAR), "value", "total")
    assert shown == {
        "not_started": (2, 3),
        "not_started.late": (1, 1),
        "in_progress": (0, 1),
        "in_progress.late": (1, 1),
        "completed": (1, 1),
        "postponed": (0, 1),
        "postponed.late": (1, 1),
        "cancelled": (1, 1),
    }


def test_what_was_due_in_july_is_late_at_the_end_of_the_year(store: Store) -> None:
    shown = told(store, "chart_planned_status", Filters(2023, YEAR_END), "value")
    assert shown["not_started.late"] == 2
    assert shown["not_started"] == 1


def test_planned_drills_of_one_host_and_class(store: Store, year: ChartYear) -> None:
    filters = Filters(2023, MIDYEAR, event_class="accident_disaster", host=year.construction)
    assert told(store, "chart_planned_status", filters, "value") == {"in_progress.late": 1}


def test_a_year_without_a_programme_still_names_every_status(store: Store, zh: None) -> None:
    rows = figures(store, "chart_planned_status", Filters(2023, MIDYEAR)).to_pylist()
    assert [row["label"] for row in rows] == ["未开展", "进行中", "已完成", "延期", "取消"]
    assert {row["value"] for row in rows} == {0}


def test_months_stand_beside_those_of_the_year_before(store: Store) -> None:
    shown = told(store, "chart_month", Filters(2023, YEAR_END), "sessions", "participants")
    assert shown == {
        "2023-05": (2, 140),
        "2023-06": (1, 0),
        "2023-09": (1, 60),
        "2022-05": (1, 30),
        "2022-08": (1, 20),
    }


def test_months_after_the_day_are_empty_but_the_year_before_is_whole(store: Store) -> None:
    shown = told(store, "chart_month", Filters(2023, MIDYEAR), "sessions")
    assert shown == {"2023-05": 2, "2023-06": 1, "2022-05": 1, "2022-08": 1}


def test_a_session_without_a_head_count_is_counted_as_unknown(store: Store) -> None:
    shown = told(store, "chart_month", Filters(2023, YEAR_END), "participants_unknown")
    assert shown == {"2023-06": 1}


def test_months_can_be_narrowed_to_what_the_programme_planned(store: Store) -> None:
    inside = Filters(2023, YEAR_END, membership="inside")
    outside = Filters(2023, YEAR_END, membership="outside")
    assert told(store, "chart_month", inside, "sessions") == {"2023-05": 2}
    assert told(store, "chart_month", outside, "sessions") == {
        "2023-06": 1,
        "2023-09": 1,
        "2022-05": 1,
        "2022-08": 1,
    }


def test_event_classes_come_from_the_planned_drill_where_the_session_has_none(
    store: Store,
) -> None:
    shown = told(store, "chart_event_class", Filters(2023, YEAR_END), "sessions", "participants")
    assert shown == {
        "natural_disaster": (2, 100),
        "accident_disaster": (1, 40),
        "unfilled": (1, 60),
    }


def test_an_empty_form_is_called_unfilled_in_both_languages(store: Store) -> None:
    filters = Filters(2023, YEAR_END)
    for language, label in (("zh", "未填写"), ("en", "Not given")):
        with use_language(language):
            rows = figures(store, "chart_form", filters).to_pylist()
        assert [row["sessions"] for row in rows if row["label"] == label] == [2]
        assert None not in {row["label"] for row in rows}


def test_a_session_with_two_hosts_counts_for_each_of_them(store: Store, year: ChartYear) -> None:
    shown = told(store, "chart_host", Filters(2023, YEAR_END), "sessions", "participants")
    assert shown == {year.emergency: (2, 100), year.construction: (2, 40), "unfilled": (1, 60)}


def test_hosts_behind_the_first_twelve_become_one_row_that_counts_each_session_once(
    store: Store, zh: None
) -> None:
    hosts = [add_unit(store, f"单位{number:02d}") for number in range(1, 16)]
    for number, host in enumerate(hosts[:12]):
        for day in (1, 2):
            add_session(store, f"演练{number}", date(2023, 1 + number, day), host, 10)
    last = tuple(SessionUnit(host, position=i) for i, host in enumerate(hosts[12:]))
    add_session(store, "三家联合演练", date(2023, 3, 3), None, 7, units=last)
    rows = figures(store, "chart_host", Filters(2023, YEAR_END)).to_pylist()
    assert [row["label"] for row in rows] == [f"单位{n:02d}" for n in range(1, 13)] + ["其余单位"]
    assert (rows[-1]["sessions"], rows[-1]["participants"]) == (1, 7)


def test_plans_are_counted_by_state_as_of_the_day(store: Store) -> None:
    assert told(store, "chart_plan_status", Filters(2023, MIDYEAR), "plans") == {
        "in_force": 2,
        "under_revision": 1,
        "repealed": 1,
    }
    assert told(store, "chart_plan_status", Filters(2023, YEAR_END), "plans") == {
        "in_force": 1,
        "under_revision": 2,
        "repealed": 1,
    }
    assert told(store, "chart_plan_category", Filters(2023, YEAR_END), "plans") == {
        "overall": 1,
        "special": 3,
    }


def test_teams_are_counted_with_the_strength_of_the_day(store: Store) -> None:
    columns = ("teams", "members", "members_unknown")
    assert told(store, "chart_team_kind", Filters(2023, MIDYEAR), *columns) == {
        "professional": (1, 0, 1),
        "social": (1, 30, 0),
    }
    assert told(store, "chart_team_kind", Filters(2023, YEAR_END), *columns) == {
        "professional": (1, 0, 1),
        "social": (2, 35, 1),
    }


def test_key_figures_at_midyear(store: Store) -> None:
    assert key_figures(store, Filters(2023, MIDYEAR)) == {
        "planned_drills": 7,
        "planned_drills_held": 2,
        "planned_drills_late": 3,
        "planned_drills_due_soon": 1,
        "sessions": 3,
        # August 2022 lies behind the same day of the year before.
        "sessions_previous": 1,
        "participants": 140,
        "participants_previous": 30,
        "participants_unknown": 1,
        "plans": 4,
        "plans_under_revision": 1,
        "revisions_late": 1,
        "teams": 2,
        "members": 30,
    }


def test_key_figures_of_an_empty_register_are_all_zero(store: Store) -> None:
    assert set(key_figures(store, Filters(2023, MIDYEAR)).values()) == {0}


def test_the_leap_day_is_compared_with_the_last_of_february(store: Store) -> None:
    add_session(store, held_on=date(2023, 2, 28))
    add_session(store, held_on=date(2023, 3, 1))
    assert key_figures(store, Filters(2024, date(2024, 2, 29)))["sessions_previous"] == 1


def test_late_planned_drills_are_told_with_their_days(store: Store) -> None:
    known = Filters(2023, MIDYEAR).parameters()
    asked = {name: known[name] for name in ("year", "as_of", "event_class", "host")}
    late = store.query("chart_due_drills", due_state="late", **asked)
    assert [(row["number"], row["days_late"], row["hosts"]) for row in late] == [
        (6, 122, "建设局"),
        (3, 91, "应急管理局"),
        (2, 61, "建设局"),
    ]
    soon = store.query("chart_due_drills", due_state="due_soon", **asked)
    assert [(row["number"], row["days_left"]) for row in soon] == [(4, 20)]


def test_late_revisions_are_told_with_their_days(store: Store) -> None:
    rows = store.query("chart_due_revisions", as_of=MIDYEAR, event_class=None)
    assert [(row["title"], row["days_late"], row["lead_unit"]) for row in rows] == [
        ("地震应急预案", 30, "应急管理局")
    ]
    assert not store.query("chart_due_revisions", as_of=date(2023, 5, 31), event_class=None)


def test_years_and_hosts_are_those_that_have_something(store: Store) -> None:
    assert years(store) == [2023, 2022]
    assert [row["name"] for row in store.query("chart_hosts")] == ["应急管理局", "建设局"]
