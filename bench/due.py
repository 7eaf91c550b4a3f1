"""What everything that falls due costs, beside one page of the list of sessions; prints the ratio.

python -m bench.due [--sessions 10000]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import sample_data, sessions
from drillbook.reports import due_items

TODAY = date(2024, 1, 11)
TIMES = 15
FILTERS = "first_day last_day event_class form membership planned_drill_id bound_unit_id host"
NO_FILTER = dict.fromkeys([*FILTERS.split(), "search"])


def fill(store: Store, number: int) -> None:
    """Add as many sessions as are wanted to the sample years."""
    sample_data.load(store, Actor("bench"), TODAY)
    rows = [
        sessions.RECORD_TYPE.row(
            sessions.Session(f"第{n}次演练", date(2023, 1, 1) + timedelta(days=n % 365))
        )
        | {"origin": "imported"}
        for n in range(number)
    ]
    with store.write(Actor("bench"), "import") as tx:
        tx.insert_many("drill_session", rows)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median of how long a piece of work takes."""
    taken = []
    for _time in range(TIMES):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def compare(store: Store) -> None:
    """Print how long the list takes, and what is due with it."""
    listed = milliseconds(lambda: store.page("session_list", sort="held_on", **NO_FILTER))
    chosen = due_items.Chosen(states=due_items.OPEN_STATES).parameters()
    questions: dict[str, Callable[[], object]] = {
        "everything, as Arrow": lambda: store.arrow(
            "due_list", as_of=TODAY, **due_items.Chosen().parameters()
        ),
        "what is open, as rows": lambda: store.query("due_list", as_of=TODAY, **chosen),
        "counts": lambda: store.query("due_counts", as_of=TODAY, unit_id=None),
    }
    print(f"list of sessions: {listed:.1f} ms")
    for name, ask in questions.items():
        taken = milliseconds(ask)
        print(f"{name}: {taken:.1f} ms, {taken / listed:.2f} times the list")


def main() -> None:
    """Fill a register and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "register.duckdb")
        fill(store, asked.sessions)
        compare(store)
        store.close()


if __name__ == "__main__":
    main()
