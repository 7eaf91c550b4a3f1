"""What the charts remember: one answer a question, until somebody writes."""

from __future__ import annotations

import gc
import weakref
from datetime import date
from pathlib import Path

import pytest

from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.reports import query_cache
from drillbook.reports.charts.catalogue import CHARTS
from drillbook.reports.figures import FIGURES
from drillbook.reports.query_cache import Filters, QueryCache
from tests.people import add_session, add_unit

VIEW = Filters(2023, date(2023, 12, 31))


def test_the_same_question_is_answered_from_memory(store: Store) -> None:
    first = CHARTS["sessions_by_month"].table(store, VIEW)
    assert CHARTS["sessions_by_month"].table(store, VIEW) is first


def test_after_a_write_the_register_is_asked_again(store: Store, zh: None) -> None:
    assert FIGURES["sessions"].number(store, VIEW) == 0
    add_session(store, held_on=date(2023, 6, 15))
    assert FIGURES["sessions"].number(store, VIEW) == 1


def test_a_write_that_fails_leaves_the_answers_valid(store: Store) -> None:
    first = CHARTS["sessions_by_month"].table(store, VIEW)
    with pytest.raises(ValueError, match="not a name"), store.write(Actor("王敏")) as tx:
        tx.add_rows("unit; drop table unit", [{"id": "1"}])
    assert CHARTS["sessions_by_month"].table(store, VIEW) is first


def test_languages_and_views_have_their_own_answers(store: Store) -> None:
    labels = []
    for language in ("zh", "en"):
        with use_language(language):
            table = CHARTS["plans_by_status"].table(store, VIEW)
        labels.append(table.column("label").to_pylist()[0])
    assert labels == ["编制中", "Being drafted"]
    chart, other = CHARTS["sessions_by_month"], Filters(2022, date(2022, 12, 31))
    assert chart.table(store, other) is not chart.table(store, VIEW)


def test_two_registers_never_share_an_answer(store: Store, tmp_path: Path, zh: None) -> None:
    add_session(store, held_on=date(2023, 6, 15))
    other = open_store(tmp_path / "other.duckdb")
    try:
        other.revision = store.revision
        assert FIGURES["sessions"].number(store, VIEW) == 1
        assert FIGURES["sessions"].number(other, VIEW) == 0
    finally:
        other.close()


def test_answers_go_with_their_register(tmp_path: Path) -> None:
    opened = open_store(tmp_path / "short.duckdb")
    CHARTS["sessions_by_month"].table(opened, VIEW)
    held = weakref.ref(query_cache.answers(opened))
    opened.close()
    del opened
    gc.collect()
    assert held() is None


def test_no_more_is_kept_than_there_is_room_for(store: Store) -> None:
    kept = QueryCache(entries=2)
    table = CHARTS["sessions_by_month"].table(store, VIEW)
    kept.put(("a",), table)
    kept.put(("b",), table)
    assert kept.get(("a",)) is table
    kept.put(("c",), table)
    # "b" was unused for the longest time.
    assert (kept.get(("a",)), kept.get(("b",)), len(kept)) == (table, None, 2)


@pytest.mark.parametrize(
    ("held", "default"),
    [([2024, 2023, 2022], 2024), ([2025, 2023], 2023), ([2030], 2024), ([], 2024)],
)
def test_the_first_view_is_the_latest_year_that_has_begun(held: list[int], default: int) -> None:
    assert query_cache.default_year(held, date(2024, 1, 11)) == default


@pytest.mark.parametrize(
    ("year", "as_of"),
    [(2023, date(2023, 12, 31)), (2024, date(2024, 1, 11)), (2025, date(2025, 12, 31))],
)
def test_a_past_year_is_counted_to_its_end_and_the_running_one_to_today(
    year: int, as_of: date
) -> None:
    assert query_cache.view_of(year, date(2024, 1, 11)).as_of == as_of


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("2023-05", (date(2023, 5, 1), date(2023, 5, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2023-12", (date(2023, 12, 1), date(2023, 12, 31))),
        ("2024-06", (date(2024, 6, 1), date(2024, 6, 10))),
    ],
)
def test_a_month_ends_with_its_last_day_or_with_the_view(
    code: str, days: tuple[date, date]
) -> None:
    assert query_cache.month_range(code, date(2024, 6, 10)) == days


def test_hosts_are_remembered_until_a_new_one_comes(store: Store, zh: None) -> None:
    assert query_cache.arrow(store, "chart_hosts").num_rows == 0
    add_session(store, held_on=date(2023, 6, 15), host=add_unit(store))
    assert query_cache.arrow(store, "chart_hosts").column("name").to_pylist() == ["应急管理局"]
