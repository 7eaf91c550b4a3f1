"""Every figure of the dashboard against a year counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.records.sessions import SessionUnit
from drillbook.reports import figures
from drillbook.reports.charts.catalogue import CHARTS
from drillbook.reports.figures import FIGURES
from drillbook.reports.query_cache import Filters, years
from tests.chart_year import MIDYEAR, YEAR_END, ChartYear, chart_year_store
from tests.people import add_session, add_unit


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


def drawn(store: Store, chart: str, filters: Filters, *columns: str) -> dict[str, Any]:
    """Return code → value (or values) of the rows that are not empty."""
    rows = CHARTS[chart].table(store, filters).to_pylist()
    return {
        row["code"]: row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns)
        for row in rows
        if any(row[c] for c in columns)
    }


def test_planned_drills_are_counted_by_status_and_lateness_at_midyear(filled_store: Store) -> None:
    shown = drawn(filled_store, "planned_status", Filters(2023, MIDYEAR), "value", "total")
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


def test_what_was_due_in_july_is_late_at_the_end_of_the_year(filled_store: Store) -> None:
    shown = drawn(filled_store, "planned_status", Filters(2023, YEAR_END), "value")
    assert shown["not_started.late"] == 2
    assert shown["not_started"] == 1


def test_planned_drills_of_one_host_and_class(filled_store: Store, year: ChartYear) -> None:
    filters = Filters(2023, MIDYEAR, event_class="accident_disaster", host=year.construction)
    assert drawn(filled_store, "planned_status", filters, "value") == {"in_progress.late": 1}


def test_a_year_without_a_programme_still_names_every_status(store: Store, zh: None) -> None:
    rows = CHARTS["planned_status"].table(store, Filters(2023, MIDYEAR)).to_pylist()
    assert [row["label"] for row in rows] == ["未开展", "进行中", "已完成", "延期", "取消"]
    assert {row["value"] for row in rows} == {0}


def test_months_stand_beside_those_of_the_year_before(filled_store: Store) -> None:
    shown = drawn(
        filled_store, "sessions_by_month", Filters(2023, YEAR_END), "sessions", "participants"
    )
    assert shown == {
        "2023-05": (2, 140),
        "2023-06": (1, 0),
        "2023-09": (1, 60),
        "2022-05": (1, 30),
        "2022-08": (1, 20),
    }


def test_both_years_of_the_months_are_counted_over_the_same_days(filled_store: Store) -> None:
    shown = drawn(filled_store, "sessions_by_month", Filters(2023, MIDYEAR), "sessions")
    # August 2022 lies behind the same day of the year before.
    assert shown == {"2023-05": 2, "2023-06": 1, "2022-05": 1}


def test_a_year_before_without_any_session_is_not_drawn_as_zero(filled_store: Store) -> None:
    table = CHARTS["sessions_by_month"].table(filled_store, Filters(2022, date(2022, 12, 31)))
    assert set(table.column("series").to_pylist()) == {"this_year"}


def test_a_session_without_a_head_count_is_counted_as_unknown(filled_store: Store) -> None:
    shown = drawn(
        filled_store, "sessions_by_month", Filters(2023, YEAR_END), "participants_unknown"
    )
    assert shown == {"2023-06": 1}


def test_months_can_be_narrowed_to_what_the_programme_planned(filled_store: Store) -> None:
    inside = Filters(2023, YEAR_END, membership="inside")
    outside = Filters(2023, YEAR_END, membership="outside")
    assert drawn(filled_store, "sessions_by_month", inside, "sessions") == {"2023-05": 2}
    assert drawn(filled_store, "sessions_by_month", outside, "sessions") == {
        "2023-06": 1,
        "2023-09": 1,
        "2022-05": 1,
        "2022-08": 1,
    }


def test_event_classes_come_from_the_planned_drill_where_the_session_has_none(
    filled_store: Store,
) -> None:
    shown = drawn(
        filled_store, "sessions_by_event_class", Filters(2023, YEAR_END), "sessions", "participants"
    )
    assert shown == {
        "natural_disaster": (2, 100),
        "accident_disaster": (1, 40),
        "unfilled": (1, 60),
    }


def test_an_empty_form_is_called_unfilled_in_both_languages(filled_store: Store) -> None:
    filters = Filters(2023, YEAR_END)
    for language, label in (("zh", "未填写"), ("en", "Not given")):
        with use_language(language):
            rows = CHARTS["sessions_by_form"].table(filled_store, filters).to_pylist()
        assert [row["sessions"] for row in rows if row["label"] == label] == [2]
        assert None not in {row["label"] for row in rows}


def test_a_session_with_two_hosts_counts_for_each_of_them(
    filled_store: Store, year: ChartYear
) -> None:
    shown = drawn(
        filled_store, "sessions_by_host", Filters(2023, YEAR_END), "sessions", "participants"
    )
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
    rows = CHARTS["sessions_by_host"].table(store, Filters(2023, YEAR_END)).to_pylist()
    assert [row["label"] for row in rows] == [f"单位{n:02d}" for n in range(1, 13)] + ["其余单位"]
    assert (rows[-1]["sessions"], rows[-1]["participants"]) == (1, 7)


def test_plans_are_counted_by_state_as_of_the_day_without_repealed_ones(
    filled_store: Store,
) -> None:
    assert drawn(filled_store, "plans_by_status", Filters(2023, MIDYEAR), "plans") == {
        "in_force": 2,
        "under_revision": 1,
    }
    assert drawn(filled_store, "plans_by_status", Filters(2023, YEAR_END), "plans") == {
        "in_force": 1,
        "under_revision": 2,
    }
    assert drawn(filled_store, "plans_by_category", Filters(2023, YEAR_END), "plans") == {
        "overall": 1,
        "special": 2,
    }


def test_teams_are_counted_with_the_strength_of_the_day(filled_store: Store) -> None:
    columns = ("teams", "members", "members_unknown")
    assert drawn(filled_store, "teams_by_kind", Filters(2023, MIDYEAR), *columns) == {
        "professional": (1, 0, 1),
        "social": (1, 30, 0),
    }
    assert drawn(filled_store, "teams_by_kind", Filters(2023, YEAR_END), *columns) == {
        "professional": (1, 0, 1),
        "social": (2, 35, 1),
    }


def test_figures_at_midyear(filled_store: Store) -> None:
    view = Filters(2023, MIDYEAR)
    found = figures.numbers(filled_store, view)
    expected = {
        "planned_drills": 7,
        "planned_drills_held": 2,
        "planned_drills_late": 3,
        "planned_drills_due_soon": 1,
        "sessions": 3,
        "participants": 140,
        "participants_unknown": 1,
        # The repealed plan is none that exists.
        "plans": 3,
        "plans_under_revision": 1,
        "revisions_late": 1,
        "teams": 2,
        "members": 30,
    }
    assert {code: found[code] for code in expected} == expected
    # August 2022 lies behind the same day of the year before.
    before = figures.numbers(filled_store, view.year_before(), ("sessions", "participants"))
    assert before == {"sessions": 1, "participants": 30}


def test_figures_of_an_empty_register_are_all_zero(store: Store) -> None:
    assert set(figures.numbers(store, Filters(2023, MIDYEAR)).values()) == {0}


def test_the_leap_day_is_compared_with_the_last_of_february(store: Store) -> None:
    add_session(store, held_on=date(2023, 2, 28))
    add_session(store, held_on=date(2023, 3, 1))
    before = Filters(2024, date(2024, 2, 29)).year_before()
    assert FIGURES["sessions"].number(store, before) == 1


def test_late_planned_drills_are_told_with_their_days(filled_store: Store) -> None:
    view = Filters(2023, MIDYEAR)
    late = FIGURES["planned_drills_late"].rows(view).page(filled_store, 1, 10, sort="due_on").rows
    assert list(zip(late["number"], late["days_late"], late["hosts"], strict=True)) == [
        (6, 122, "建设局"),
        (3, 91, "应急管理局"),
        (2, 61, "建设局"),
    ]
    soon = FIGURES["planned_drills_due_soon"].rows(view).rows(filled_store)
    assert [(row["number"], row["days_left"]) for row in soon] == [(4, 20)]


def test_late_revisions_are_told_with_their_days(filled_store: Store) -> None:
    late = FIGURES["revisions_late"]
    assert [
        (row["title"], row["days_late"], row["lead_unit"])
        for row in late.rows(Filters(2023, MIDYEAR)).rows(filled_store)
    ] == [("地震应急预案", 30, "应急管理局")]
    assert not late.rows(Filters(2023, date(2023, 5, 31))).rows(filled_store)


def test_years_and_hosts_are_those_that_have_something(filled_store: Store) -> None:
    assert list(years(filled_store).items()) == [(2023, 4), (2022, 2)]
    assert [row["name"] for row in filled_store.query("chart_hosts")] == ["应急管理局", "建设局"]
