"""Figures for charts: named queries answered once per state of the register, as Arrow tables.

It refuses to compute: every figure comes out of SQL. What it keeps is bounded, and a committed
write makes all of it out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from drillbook.core.clock import default_as_of
from drillbook.core.i18n import language
from drillbook.db.duckdb_engine import Row
from drillbook.db.queries import named_query
from drillbook.db.store import Store

if TYPE_CHECKING:
    import pyarrow

ENTRIES = 512
TOP_HOSTS = 12


@dataclass(frozen=True)
class Filters:
    """What a view of the figures is narrowed to; nothing given means everything.

    ``host`` is a unit's id, ``membership`` is inside or outside (of the programme).
    """

    year: int
    as_of: date
    event_class: str | None = None
    host: str | None = None
    membership: str | None = None

    @property
    def first_day(self) -> date:
        """The first day of the year."""
        return date(self.year, 1, 1)

    def parameters(self) -> Row:
        """Return every parameter that a query of the charts may ask for."""
        return {
            "year": self.year,
            "as_of": self.as_of,
            "event_class": self.event_class,
            "host": self.host,
            "membership": self.membership,
            "language": language(),
            "top": TOP_HOSTS,
        }


class QueryCache:
    """The latest answers of one register: at most ``entries``, the longest unused go first."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self.entries = entries
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Any, ...], pyarrow.Table] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: tuple[Any, ...]) -> pyarrow.Table | None:
        """Return the answer held under ``key``, or nothing."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[Any, ...], table: pyarrow.Table) -> None:
        """Hold an answer; the oldest goes when there are too many."""
        with self._lock:
            self._held[key] = table
            self._held.move_to_end(key)
            while len(self._held) > self.entries:
                self._held.popitem(last=False)


_answers: WeakKeyDictionary[Store, QueryCache] = WeakKeyDictionary()
_answers_lock = threading.Lock()


def answers(store: Store) -> QueryCache:
    """Return what is held for one register; it goes with the register."""
    with _answers_lock:
        return _answers.setdefault(store, QueryCache())


def arrow(store: Store, query_name: str, /, **parameters: Any) -> pyarrow.Table:
    """Return a named query's answer as Arrow, from memory when nothing was written since.

    The table is shared: do not change it.
    """
    # The revision is read first: a write during the query can only make the answer too new.
    key = (query_name, store.revision, *sorted(parameters.items()))
    held = answers(store)
    table = held.get(key)
    if table is None:
        table = store.arrow(query_name, **parameters)
        held.put(key, table)
    return table


def figures(store: Store, query_name: str, filters: Filters) -> pyarrow.Table:
    """Return the answer of one of the charts' queries for a view, as Arrow."""
    return arrow(store, query_name, **asked(query_name, filters.parameters()))


def asked(query_name: str, known: Mapping[str, Any]) -> Row:
    """Return those of the ``known`` parameters that a named query asks for."""
    return {name: known[name] for name in named_query(query_name)[1]}


def key_figures(store: Store, filters: Filters) -> Row:
    """Return the figures at the head of the dashboard, name → number."""
    return dict(figures(store, "chart_key_figures", filters).to_pylist()[0])


def years(store: Store) -> list[int]:
    """Return the years that have a programme or sessions, the latest first."""
    return list(arrow(store, "chart_years").column("year").to_pylist())


def default_year(held: list[int], today: date) -> int:
    """Return the latest of the years that has begun; this year when none has."""
    return max((year for year in held if year <= today.year), default=today.year)


def view_of(year: int, today: date, **narrowed: str | None) -> Filters:
    """Return the view of a year as of its last day, or of today while it runs."""
    return Filters(year, default_as_of(year, today), **narrowed)


def month_range(code: str, last_day: date) -> tuple[date, date]:
    """Return the first and last day of a month given as ``2023-05``, at most ``last_day``."""
    first = date(int(code[:4]), int(code[5:]), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, min(following - timedelta(days=1), last_day)
