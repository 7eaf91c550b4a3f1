"""What the journal costs: the same writes with and without it, alternating; prints the ratio.

python -m bench.journal [--writes 300]
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

TODAY = date(2024, 1, 11)
BULK = 2000


def log_one(store: Store, number: int) -> None:
    """Log one drill as the form does."""
    held_on = date(2023, 1, 1) + timedelta(days=number % 365)
    session = sessions.Session(f"第{number}次演练", held_on, participants=number)
    sessions.RECORD_TYPE.save(store, session, actor=Actor("bench"), today=TODAY)


def write_many(store: Store, number: int) -> None:
    """Add 2,000 sessions in one transaction, as an import does."""
    rows = [
        sessions.RECORD_TYPE.row(sessions.Session(f"第{number}-{n}次演练", date(2023, 5, 1)))
        for n in range(BULK)
    ]
    with store.write(Actor("bench"), "import") as tx:
        tx.insert_many("drill_session", [row | {"origin": "imported"} for row in rows])


def without_journal(store: Store) -> None:
    """Let a store write as it would if there were no journal."""
    store._commit = lambda tx: tx.connection.commit()  # type: ignore[method-assign]


def milliseconds(work: Callable[[int], None], number: int) -> float:
    """Return how long one piece of work takes."""
    started = time.perf_counter()
    work(number)
    return (time.perf_counter() - started) * 1000


def compare(name: str, work: Callable[[Store, int], None], stores: list[Store], times: int) -> None:
    """Print the medians of both stores and their ratio."""
    taken: list[list[float]] = [[], []]
    for number in range(times):
        for store, found in zip(stores, taken, strict=True):
            found.append(milliseconds(lambda n, s=store: work(s, n), number))  # type: ignore[misc]
    plain, journalled = (statistics.median(found) for found in taken)
    print(
        f"{name}: {plain:.1f} ms without, {journalled:.1f} ms with, {journalled / plain:.2f} times"
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=300)
    writes = parser.parse_args().writes
    with tempfile.TemporaryDirectory() as place:
        stores = [open_store(Path(place) / f"{n}.duckdb") for n in range(2)]
        for store in stores:
            sample_data.load(store, Actor("bench"), TODAY)
        without_journal(stores[0])
        compare("one drill", log_one, stores, writes)
        compare(f"{BULK} rows", write_many, stores, max(writes // 30, 3))
        for store in stores:
            store.close()


if __name__ == "__main__":
    main()
