"""A figure is the same number wherever it stands: for every year and a spread of days.

Each place is asked as its page or file asks it; the pages themselves are rendered for one day.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.reports import figures, query_cache
from drillbook.reports.annual_figures import AnnualStatistics, annual
from drillbook.reports.charts.catalogue import CHARTS
from drillbook.reports.charts.tables import YEAR_BEFORE
from drillbook.reports.counting import ALL, counts, groups
from drillbook.reports.figures import FIGURES, HEADLINES
from drillbook.reports.files import annual_workbook
from drillbook.reports.files.xlsx import csv_bytes
from drillbook.reports.official_sentence import official
from drillbook.reports.query_cache import Filters
from tests import awkward_year
from tests.people import CLERK, TODAY
from tests.raw import raw
from tests.ui.app_page import open_page

SPREAD = ((1, 1), (2, 29), (6, 30), (12, 31))
"""The first day, the leap day (28 February in other years), mid-year, and the year's end."""
PEOPLE = {"participants": "participants", "observers": "observers", "support": "support"}
"""Figures that are a sum over their rows: figure → the column that is summed."""
SUMMED = PEOPLE | {"members": "members"}


def days(store: Store) -> Iterator[Filters]:
    """Yield every year with records, the one before and the one after, on each day."""
    recorded = query_cache.years(store)
    for year in range(min(recorded) - 1, max(recorded) + 2):
        for month, day in SPREAD:
            is_leap_day = (month, day) == (2, 29)
            yield Filters(year, date(year, month, 28 if is_leap_day and year % 4 else day))
        # Counted later: the year is over, but what was recorded since is not part of it.
        yield Filters(year, date(year + 1, 7, 1))


def some_days(store: Store) -> Iterator[Filters]:
    """Yield few views, for lists of rows: before the first row, in each year, and afterwards."""
    recorded = sorted(query_cache.years(store))
    yield Filters(recorded[0], date(recorded[0] - 1, 12, 31))
    for year in recorded:
        yield Filters(year, date(year, 9, 30))
    yield Filters(recorded[-1], date(recorded[-1] + 1, 7, 1))


@pytest.fixture(scope="module", params=["sample", "awkward"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample years, and the awkward year: no test of this file writes into them."""
    store = open_store(tmp_path_factory.mktemp("agree") / "register.duckdb")
    if request.param == "sample":
        sample_data.load(store, CLERK, TODAY)
    else:
        awkward_year.fill(store)
    # Every test asks for the same views: none is forgotten before the last one.
    query_cache.answers(store).entries = 10_000
    with use_language("zh"):
        yield store
    store.close()


def counted(row_count: int, rows: list[dict[str, Any]], code: str) -> int:
    """Return what the rows behind a figure add up to."""
    return sum(row[SUMMED[code]] or 0 for row in rows) if code in SUMMED else row_count


def test_the_rows_behind_every_figure_are_as_many_as_it_says(filled: Store) -> None:
    for view in some_days(filled):
        for code, number in figures.numbers(filled, view).items():
            rows = FIGURES[code].rows(view).rows(filled)
            assert counted(len(rows), rows, code) == number, (view, code)


def test_every_breakdown_adds_up_to_its_figure(filled: Store) -> None:
    for view in days(filled):
        for code, figure in FIGURES.items():
            for dimension in figure.by:
                if dimension == "host":
                    continue  # A session with two hosts counts for each of them.
                found = groups(filled, view, dimension)
                total = sum(group.number(figure.column) for group in found)
                assert total == figure.number(filled, view), (view, code, dimension)


def test_the_rows_behind_a_group_are_as_many_as_it_counts(filled: Store) -> None:
    recorded = query_cache.years(filled)
    year = max(recorded, key=lambda each: recorded[each])
    view = Filters(year, date(year, 9, 30))
    for code, figure in FIGURES.items():
        for dimension in figure.by:
            for group in groups(filled, view, dimension):
                rows = figure.rows(view, dimension, group.code).rows(filled)
                number = group.number(figure.column)
                assert counted(len(rows), rows, code) == number, (code, group.code)


def test_statistics_say_what_the_entries_say(filled: Store) -> None:
    for view in days(filled):
        found = annual(filled, view.year, view.as_of)
        numbers = figures.numbers(filled, view)
        said = found.as_json("")
        assert dict(found.numbers) == numbers
        assert {code: said[code] for code in numbers if code in said} == {
            code: number for code, number in numbers.items() if code in said
        }
        assert sum(month.sessions for month in found.by_month) == numbers["sessions"]
        assert sum(m.previous_sessions for m in found.by_month) == found.previous_sessions
        assert sum(m.previous_participants for m in found.by_month) == found.previous_participants
        assert sum(found.plans_by_status.values()) == numbers["plans"]
        assert sum(kind.teams for kind in found.teams_by_kind) == numbers["teams"]
        assert sum(kind.members for kind in found.teams_by_kind) == numbers["members"]
        assert sum(found.planned_drills_by_status.values()) == numbers["planned_drills"]


def test_a_year_before_is_the_same_days_of_that_year(filled: Store) -> None:
    for view in days(filled):
        found = annual(filled, view.year, view.as_of)
        before = figures.numbers(filled, view.year_before())
        assert found.previous_sessions == before["sessions"], view
        assert found.previous_participants == before["participants"], view
        # Asked of the rows themselves, by the days: 28 February stands for the leap day.
        last = view.last_day
        is_leap_day = (last.month, last.day) == (2, 29)
        end = last.replace(year=last.year - 1, day=28 if is_leap_day else last.day)
        with raw(filled) as cursor:
            row = cursor.execute(
                "select count(*) from session_fact where held_on between $first and $last",
                {"first": date(view.year - 1, 1, 1), "last": end},
            ).fetchone()
        assert row == (found.previous_sessions,), view


def test_charts_draw_what_the_entries_say(filled: Store) -> None:
    for view in days(filled):
        for chart in CHARTS.values():
            table = chart.table(filled, view).to_pylist()
            drawn = sum(r[chart.value] for r in table if r.get("series") != YEAR_BEFORE)
            if chart.by in ("host", "owner"):
                continue
            assert drawn == chart.figure.number(filled, view), (view, chart.name)
            before = [row for row in table if row.get("series") == YEAR_BEFORE]
            if chart.by == "month" and before:
                number = chart.figure.number(filled, view.year_before())
                assert sum(row[chart.value] for row in before) == number, (view, chart.name)
            assert bool(before) == (
                chart.by == "month" and query_cache.years(filled).get(view.year - 1, 0) > 0
            )


def test_the_chart_of_hosts_draws_each_session_of_one_host_once(filled: Store) -> None:
    for view in days(filled):
        table = CHARTS["sessions_by_host"].table(filled, view)
        drawn = dict(zip(table["code"].to_pylist(), table["sessions"].to_pylist(), strict=True))
        every = {group.code: group.number("sessions") for group in groups(filled, view, "host")}
        named = {code: number for code, number in drawn.items() if code != "rest"}
        assert named == {code: every[code] for code in named}, view


def test_a_caption_says_the_figure_of_its_chart(filled: Store) -> None:
    for view in days(filled):
        said = {
            name: CHARTS[name].sentence(CHARTS[name].table(filled, view), view) for name in CHARTS
        }
        for name, code in (
            ("sessions_by_month", "sessions"),
            ("sessions_by_form", "sessions"),
            ("participants_by_month", "participants"),
            ("planned_status", "planned_drills"),
            ("plans_by_status", "plans"),
            ("plans_by_category", "plans"),
            ("teams_by_kind", "teams"),
            ("members_by_kind", "members"),
        ):
            number = FIGURES[code].number(filled, view)
            assert not number or number in numbers_of(said[name]), (view, name, said[name])
        if not query_cache.years(filled).get(view.year - 1) and FIGURES["sessions"].number(
            filled, view
        ):
            assert "上年无数据" in said["sessions_by_month"]


def numbers_of(text: str) -> set[int]:
    """Return every whole number of a text; a thousands mark belongs to its number."""
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


def test_workbook_and_csv_say_what_the_entries_say(filled: Store) -> None:
    for view in days(filled):
        found = annual(filled, view.year, view.as_of)
        tables = {
            key: annual_workbook.table(filled, found, key)
            for key in ("summary", "months", "event_classes", "forms", "hosts", "statuses")
        }
        summary = {row[0]: row[1] for row in tables["summary"].rows}
        for figure in HEADLINES:
            assert summary[figure.label_shown()] == figure.number(filled, view), (view, figure.code)
        assert tables["months"].total == months_total(filled, found), view
        for key in ("event_classes", "forms", "hosts"):
            people = ("sessions", "participants", "participants_unknown")
            expected = tuple(found.numbers[code] for code in people)
            assert tables[key].total[1:] == expected, (view, key)
        assert tables["statuses"].total[1] == found.numbers["planned_drills"]
        read = csv.reader(io.StringIO(csv_bytes(tables["summary"]).decode("utf-8-sig")))
        assert {row[0]: row[1] for row in list(read)[1:]} == {
            name: str(number) for name, number in summary.items()
        }


def months_total(store: Store, found: AnnualStatistics) -> tuple[Any, ...]:
    """Return the total of the months: both years over the same days, or that there is no other."""
    now = found.numbers["sessions"], found.numbers["participants"]
    before: tuple[Any, Any] = ("上年无数据", "上年无数据")
    if query_cache.years(store).get(found.year - 1):
        numbers = figures.numbers(store, found.view.year_before())
        before = numbers["sessions"], numbers["participants"]
    return ("合计", now[0], before[0], now[1], before[1])


def test_every_number_of_the_sentence_is_its_figure(filled: Store) -> None:
    for view in days(filled):
        found = annual(filled, view.year, view.as_of)
        for part in official(found).numbers:
            if part.text.isdigit():
                assert int(part.text) == found.numbers[str(part.figure)], (view, part)
        said = [part.text for part in official(found).numbers if part.figure == "participants"]
        assert all(found.participants_rounded in numbers_of(text) for text in said), view


def test_lists_of_records_in_files_have_the_figures_lengths(filled: Store) -> None:
    for view in some_days(filled):
        found = annual(filled, view.year, view.as_of)
        for key in ("planned_drills", "sessions", "plans", "teams"):
            table = annual_workbook.table(filled, found, key)
            assert len(table.rows) == found.numbers[key], (view, key)


def test_findings_and_revisions_are_counted_alike_on_their_own_pages(filled: Store) -> None:
    for view in days(filled):
        number = figures.numbers(filled, view)
        one_year = counts(filled, "count_findings", view)[ALL, ALL]
        every = counts(filled, "count_findings", view, year=None)[ALL, ALL]
        assert one_year["findings"] == number["findings"]
        assert (every["open_actions"], every["late_actions"]) == (
            number["actions_open"],
            number["actions_late"],
        )
        board = filled.one("revision_figures", as_of=view.as_of, first_day=view.first_day)
        assert board
        assert board["late"] == number["revisions_late"], view


def shown(metrics: Any) -> Mapping[str, tuple[str, str]]:
    return {metric.label: (metric.value.replace(",", ""), metric.delta) for metric in metrics}


def test_the_pages_of_the_sample_show_the_figures_of_the_entries(demo_store: Store) -> None:
    for year in (2022, 2023):
        view = Filters(year, date(year, 12, 31))
        number = figures.numbers(demo_store, view)
        tiles = shown(open_page("dashboard", "zh", year=str(year)).metric)
        values = {value for value, _note in tiles.values()}
        head = ("planned_drills", "planned_drills_held", "sessions", "participants", "teams")
        assert {str(number[code]) for code in head} <= values
        assert tiles["已开展场次"][1] == ("上年无数据" if year == 2022 else "较上年同期 +27")
        page = open_page("statistics", "zh", year=str(year), as_of=f"{year}-12-31")
        tiles = shown(page.metric)
        with use_language("zh"):
            for figure in HEADLINES:
                if figure.label_shown() in tiles:
                    assert tiles[figure.label_shown()][0] == str(number[figure.code])


def test_a_repealed_plan_counts_nowhere(demo_store: Store) -> None:
    view = Filters(2023, date(2023, 12, 31))
    with raw(demo_store) as cursor:
        row = cursor.execute(
            "select count(*), sum(case when status = 'repealed' then 1 else 0 end) from plan_fact"
            " where as_of = $as_of",
            {"as_of": view.as_of},
        ).fetchone()
    assert row == (43, 2)
    assert FIGURES["plans"].number(demo_store, view) == 41
    for name in ("plans_by_status", "plans_by_category"):
        assert sum(CHARTS[name].table(demo_store, view)["plans"].to_pylist()) == 41
    at = open_page("dashboard", "zh", year="2023")
    notes = [note for _value, note in shown(at.metric).values()]
    assert any("43" in note for note in notes) is False
    at = open_page("plans", "zh", year="2023", status="existing")
    assert not at.exception
    assert any("41" in caption.value for caption in at.caption)


def test_a_team_founded_after_the_year_is_not_set_up_in_it(tmp_path: Path) -> None:
    from tests.people import add_team

    store = open_store(tmp_path / "teams.duckdb")
    add_team(store, "去年成立", kind="professional", founded_on=date(2023, 9, 1))
    add_team(store, "今年成立", kind="professional", founded_on=date(2024, 2, 1))
    later = Filters(2023, date(2023, 12, 31) + timedelta(days=100))
    founded = FIGURES["professional_teams_founded"]
    assert founded.number(store, later) == 1
    assert [row["name"] for row in founded.rows(later).rows(store)] == ["去年成立"]
    assert annual(store, 2023, later.as_of).named.professional_teams == ("去年成立",)
    store.close()
