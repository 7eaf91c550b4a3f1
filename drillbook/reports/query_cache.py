"""Answers of named queries, kept once per state of the register, and the view they are asked for.

It refuses to compute: every figure comes out of SQL. What it keeps is bounded, and a committed
write makes all of it out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from drillbook.core.clock import default_as_of
from drillbook.core.i18n import language
from drillbook.db.engine import Row
from drillbook.db.queries import named_query
from drillbook.db.store import Store

if TYPE_CHECKING:
    import pyarrow

ENTRIES = 512
TOP_HOSTS = 12

Answer = TypeVar("Answer")


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

    @property
    def last_day(self) -> date:
        """The last day that counts: the year's end, or ``as_of`` when that is earlier."""
        return min(date(self.year, 12, 31), self.as_of)

    @property
    def is_whole_year(self) -> bool:
        """Whether every day of the year counts."""
        return self.last_day == date(self.year, 12, 31)

    def year_before(self) -> Filters:
        """Return the same days of the year before: 28 February stands for the leap day."""
        return replace(self, year=self.year - 1, as_of=same_day_before(self.last_day))

    def parameters(self) -> Row:
        """Return every parameter that a query of figures or rows may ask of a view."""
        return {
            "year": self.year,
            "as_of": self.as_of,
            "first_day": self.first_day,
            "last_day": self.last_day,
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
        self._held: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: tuple[Any, ...]) -> Any:
        """Return the answer held under ``key``, or nothing."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[Any, ...], answer: Any) -> None:
        """Hold an answer; the oldest goes when there are too many."""
        with self._lock:
            self._held[key] = answer
            self._held.move_to_end(key)
            while len(self._held) > self.entries:
                self._held.popitem(last=False)


_answers: WeakKeyDictionary[Store, QueryCache] = WeakKeyDictionary()
_answers_lock = threading.Lock()


def answers(store: Store) -> QueryCache:
    """Return what is held for one register; it goes with the register."""
    with _answers_lock:
        return _answers.setdefault(store, QueryCache())


def remembered(store: Store, question: tuple[Any, ...], make: Callable[[], Answer]) -> Answer:
    """Return what ``make`` gives, from memory when nothing was written since.

    ``question`` tells it from every other one; the answer (not None) is shared: do not change it.
    """
    # The revision is read first: a write while it is made can only make the answer too new.
    key = (store.revision, *question)
    held = answers(store)
    answer: Answer | None = held.get(key)
    if answer is None:
        answer = make()
        held.put(key, answer)
    return answer


def arrow(store: Store, query_name: str, /, **parameters: Any) -> pyarrow.Table:
    """Return a named query's answer as Arrow, from memory when nothing was written since.

    The table is shared: do not change it.
    """
    question = (query_name, *sorted(parameters.items()))
    return remembered(store, question, lambda: store.arrow(query_name, **parameters))


def asked(query_name: str, known: Mapping[str, Any]) -> Row:
    """Return those of the ``known`` parameters that a named query asks for."""
    return {name: known[name] for name in named_query(query_name)[1]}


def years(store: Store) -> dict[int, int]:
    """Return the years that have a programme or sessions, the latest first, with their sessions."""
    table = arrow(store, "figure_years")
    return dict(zip(table["year"].to_pylist(), table["sessions"].to_pylist(), strict=True))


def default_year(held: Iterable[int], today: date) -> int:
    """Return the latest of the years that has begun; this year when none has."""
    return max((year for year in held if year <= today.year), default=today.year)


def view_of(year: int, today: date, **narrowed: str | None) -> Filters:
    """Return the view of a year as of its last day, or of today while it runs."""
    return Filters(year, default_as_of(year, today), **narrowed)


def same_day_before(day: date) -> date:
    """Return the same day of the year before; 28 February for the leap day."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)


def month_range(code: str, last_day: date) -> tuple[date, date]:
    """Return the first and last day of a month given as ``2023-05``, at most ``last_day``."""
    first = date(int(code[:4]), int(code[5:]), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, min(following - timedelta(days=1), last_day)
