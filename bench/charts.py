"""What prepared charts save: ratios measured side by side in one run, on generated sessions.

Three questions: a prepared specification with a remembered Arrow table against an Altair chart
made anew for each run; SQL sums against rows grouped in pandas; and a remembered answer against
asking again. It refuses to name milliseconds as promises: only the ratios travel.

    python -m bench.charts [--sessions 200000] [--rounds 15]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.reports import query_cache
from drillbook.reports.charts import catalogue
from drillbook.reports.query_cache import Filters
from tests.raw import raw

VIEW = Filters(2023, date(2023, 12, 31))
NAMES = (
    "planned_status",
    "sessions_by_month",
    "participants_by_month",
    "sessions_by_event_class",
    "sessions_by_form",
    "sessions_by_host",
)
UNITS = """
insert into unit (id, name, created_at, updated_at)
select 'unit-' || number, '单位' || number, timestamp '2023-01-01', timestamp '2023-01-01'
from range(200) as numbers(number)
"""
SESSIONS = """
insert into drill_session
    (id, name, name_key, held_on, form, event_class, participants, created_at, updated_at)
select
    'session-' || number, '演练', '演练',
    date '2018-01-01' + cast((number * 7919) % 2900 as integer),
    case number % 3 when 0 then 'tabletop' when 1 then 'operational' end,
    case number % 3 when 0 then 'natural_disaster' when 1 then 'public_health' end,
    case when number % 10 <> 0 then number % 60 end,
    timestamp '2023-01-01', timestamp '2023-01-01'
from range($sessions) as numbers(number)
"""
HOSTS = """
insert into session_unit (id, session_id, unit_id, role)
select 'line-' || number, 'session-' || number, 'unit-' || (number % 200), 'host'
from range($sessions) as numbers(number)
"""
TWO_YEARS = """
select * from session_fact where held_on between date '2022-01-01' and date '2023-12-31'
"""


def fill(store: Store, sessions: int) -> None:
    """Generate units, sessions over eight years and their hosts, in SQL."""
    with store.write(Actor("bench")) as tx:
        tx.execute(UNITS)
        tx.execute(SESSIONS, {"sessions": sessions})
        tx.execute(HOSTS, {"sessions": sessions})


def prepared(store: Store) -> None:
    """What one run of the dashboard does: remembered tables, prepared specifications."""
    for name in NAMES:
        catalogue.CHARTS[name].table(store, VIEW)
        catalogue.spec(name, "zh")


def made_anew(store: Store) -> None:
    """The same with the answers asked again and every chart built by Altair in the run."""
    asked_again(store)
    built_only(store)


def built_only(_store: Store) -> None:
    """Only the making of the specifications."""
    for name in NAMES:
        catalogue.CHARTS[name].build(catalogue.CHARTS[name].value, "场次", "名称")


def asked_again(store: Store) -> None:
    """Only the six answers, asked from the register."""
    # As after a write: nothing that was answered before is valid.
    store.revision += 1
    for name in NAMES:
        catalogue.CHARTS[name].table(store, VIEW)


def summed_in_sql(store: Store) -> None:
    """Months, event classes, forms and hosts, counted by the database."""
    for query, view in (
        ("count_sessions", VIEW),
        ("count_sessions", VIEW.year_before()),
        ("count_hosts", VIEW),
    ):
        known = view.parameters() | {"top": query_cache.TOP_HOSTS}
        store.arrow(query, **query_cache.asked(query, known))


def grouped_in_pandas(store: Store) -> None:
    """The same figures from the two years' rows, pulled out and grouped."""
    with raw(store) as cursor:
        rows = cursor.execute(TWO_YEARS).df()
        hosts = cursor.execute("select session_id, unit_name from session_host").df()
    rows.groupby(["held_year", "held_month"])["participants_counted"].agg(["count", "sum"])
    year = rows[rows["held_year"] == VIEW.year]
    hosted = year.merge(hosts, left_on="id", right_on="session_id", how="left")
    for table, column in ((year, "event_class"), (year, "form"), (hosted, "unit_name")):
        filled = table.assign(group=table[column].fillna("-"))
        filled.groupby("group")["participants_counted"].agg(["count", "sum"])


def medians(store: Store, rounds: int, *works: Callable[[Store], None]) -> list[float]:
    """Return the median seconds of each work; they take turns, so that a busy machine is fair."""
    times: list[list[float]] = [[] for _work in works]
    for _round in range(rounds + 1):
        for work, held in zip(works, times, strict=True):
            started = time.perf_counter()
            work(store)
            held.append(time.perf_counter() - started)
    # The first round fills caches and does not count.
    return [statistics.median(held[1:]) for held in times]


def compare(store: Store, rounds: int) -> Iterator[str]:
    """Yield each question with both times and how many times longer the first takes."""
    for question, works in PAIRS.items():
        slow, fast = medians(store, rounds, *works)
        yield f"{question}: {slow * 1000:.2f} / {fast * 1000:.2f} ms = {slow / fast:,.1f}"


PAIRS = {
    "six charts: made anew / prepared": (made_anew, prepared),
    "six charts: Altair objects alone / prepared": (built_only, prepared),
    "six charts: answers asked again / prepared": (asked_again, prepared),
    "four charts: grouped in pandas / summed in SQL": (grouped_in_pandas, summed_in_sql),
}


def main() -> None:
    """Measure and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "bench.duckdb")
        fill(store, given.sessions)
        catalogue.prepare()
        for line in compare(store, given.rounds):
            print(line)
        store.close()


if __name__ == "__main__":
    main()
