"""How a figure is counted: the queries ``count_…``, their dimensions, and what a figure asks them.

Nothing is computed here. Each query gives one row for each code of a dimension, and one for all;
the answers are kept until somebody writes. The figures themselves are in ``figures``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from drillbook.core import vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports import query_cache
from drillbook.reports.drill_down import NOT_GIVEN, DrillDown, drill_down
from drillbook.reports.query_cache import Filters, month_range

ALL = "all"
Counts = Mapping[tuple[str, str], Row]
"""What a query counted: (dimension, code) → the row with its numbers."""


@dataclass(frozen=True)
class Dimension:
    """What a figure can be counted by: the query, whose codes, and what the rows are narrowed by.

    Without a ``vocabulary`` the codes are ids of units, and the query gives their names.
    """

    query: str
    narrowing: str
    vocabulary: str = ""


DIMENSIONS = {
    "month": Dimension("count_sessions", "month", "month"),
    "event_class": Dimension("count_sessions", "of_event_class", "event_class"),
    "form": Dimension("count_sessions", "of_form", "form"),
    "membership": Dimension("count_sessions", "of_membership", "membership"),
    "host": Dimension("count_hosts", "of_host"),
    "planned_status": Dimension("count_planned_drills", "status", "planned_status"),
    "plan_status": Dimension("count_plans", "status", "plan_status"),
    "plan_category": Dimension("count_plans", "categories", "plan_category"),
    "team_kind": Dimension("count_teams", "kind", "team_kind"),
    "owner": Dimension("count_actions", "owner_unit_id"),
}
NEVER_COUNTED = {"plan_status": frozenset({"repealed"})}
"""Codes of a classification that no figure has: a repealed plan is none that exists."""


@dataclass(frozen=True)
class Group:
    """What was counted for one code; ``name`` is set where the code is a unit's id."""

    dimension: str
    code: str
    numbers: Row
    name: str = ""

    @property
    def label(self) -> str:
        """What the code is called in the language of this run."""
        if vocabulary.is_code("grouping", self.code):
            return vocabulary.label("grouping", self.code)
        kind = DIMENSIONS[self.dimension].vocabulary
        return vocabulary.label(kind, self.code) if kind else self.name

    def number(self, column: str) -> int:
        """Return one of the numbers; 0 where nothing was counted."""
        return int(self.numbers.get(column, 0))


def counts(store: Store, query: str, view: Filters, **more: Any) -> Counts:
    """Return everything a query counts in a view.

    ``top`` leaves only the first of many units, ``bound_unit_id`` what one unit takes part in.
    """
    known = view.parameters() | {"top": None, "bound_unit_id": None} | more
    parameters = query_cache.asked(query, known)

    def counted() -> Counts:
        rows = store.query(query, **parameters)
        return {(row["dimension"], row["code"]): row for row in rows}

    return query_cache.remembered(store, ("counts", query, *sorted(parameters.items())), counted)


def groups(
    store: Store, view: Filters, dimension: str, *, top: int | None = None
) -> tuple[Group, ...]:
    """Return what was counted for each code of a dimension, in the official order.

    Every code of a classification is there, what is not given only where there is any; units are
    there where they have something.
    """
    counted = counts(store, DIMENSIONS[dimension].query, view, top=top)
    found = {code: row for (by, code), row in counted.items() if by == dimension}
    kind = DIMENSIONS[dimension].vocabulary
    official = (
        [code for code in vocabulary.codes(kind) if code not in _never(dimension)] if kind else []
    )
    others = [code for code in found if code not in official]
    # A code of an older vocabulary still counts; what is not given comes last.
    others.sort(key=lambda code: code == NOT_GIVEN)
    return tuple(
        Group(dimension, code, found.get(code, {}), found.get(code, {}).get("name") or "")
        for code in (*official, *others)
    )


def _never(dimension: str) -> frozenset[str]:
    return NEVER_COUNTED.get(dimension, frozenset())


def has_year_before(store: Store, view: Filters) -> bool:
    """Say whether the year before has any session: otherwise there is nothing to compare with."""
    return query_cache.years(store).get(view.year - 1, 0) > 0


@dataclass(frozen=True)
class Figure:
    """One figure. ``label``, ``how``, ``unit`` and ``none`` are English msgids.

    It is the ``column`` of its query, for ``codes`` of a ``dimension`` or for all; ``by`` are the
    dimensions it can be broken down by, ``filters`` narrow the list ``records`` to its rows.
    """

    code: str
    label: str
    how: str
    unit: str
    query: str
    column: str
    records: str
    filters: Row = field(default_factory=dict)
    dimension: str = ALL
    codes: tuple[str, ...] = (ALL,)
    by: tuple[str, ...] = ()
    none: str = N_("Nothing was recorded for {year} with these filters.")

    def label_shown(self) -> str:
        """Return what the figure is called in the language of this run."""
        return _(self.label)

    def how_shown(self) -> str:
        """Return how the figure is counted in the language of this run."""
        return _(self.how)

    def none_shown(self, view: Filters) -> str:
        """Return what is said when there is none, in the language of this run."""
        return _(self.none).format(year=view.year, as_of=view.as_of)

    def number(self, store: Store, view: Filters) -> int:
        """Return the figure of a view."""
        counted = counts(store, self.query, view)
        rows = (counted.get((self.dimension, code), {}) for code in self.codes)
        return sum(int(row.get(self.column, 0)) for row in rows)

    def rows(
        self, view: Filters, dimension: str = "", code: str = "", **narrowed: Any
    ) -> DrillDown:
        """Return the rows it counts in a view, or those of one code of a dimension.

        ``narrowed`` narrows them further. Raises TypeError for what the list cannot be narrowed
        by, KeyError for a dimension that does not exist.
        """
        given = self.filters | narrowed | _ROWS_OF.get(self.code, _nothing_more)(view)
        if dimension == "month":
            return self._rows_of_month(view, code, given)
        if dimension:
            given[DIMENSIONS[dimension].narrowing] = code
        words = {"state": _state_of(given)} if self.records == "actions" else {}
        return drill_down(self.records, view, words, **given)

    def _rows_of_month(self, view: Filters, code: str, given: Row) -> DrillDown:
        """Return the rows of a month, given as ``2023-05`` or as its number in the view's year."""
        month = int(code.rpartition("-")[2])
        before = view.year_before()
        of = before if code.startswith(f"{before.year}-") else view
        first, last = month_range(f"{of.year}-{month:02}", of.last_day)
        is_cut = of is before and last < month_range(f"{of.year}-{month:02}", date.max)[1]
        # The register's page shows whole months: it has no word for the first days of one.
        words = {"days": str(last)} if is_cut else {"month": str(month)}
        return drill_down(self.records, of, words, **given, first_day=first, last_day=last)


def _nothing_more(view: Filters) -> Row:
    return {}


def _held_in_other_years(view: Filters) -> Row:
    days = {"first_day": date.min, "last_day": view.as_of}
    return days | {"programme_year": view.year, "other_than_year": view.year}


def _founded_in_the_year(view: Filters) -> Row:
    return {"founded_from": view.first_day, "founded_to": view.last_day}


_ROWS_OF = {
    "sessions_in_other_years": _held_in_other_years,
    "professional_teams_founded": _founded_in_the_year,
}
"""Figure → the narrowing of its rows that depends on the view."""


def _state_of(given: Row) -> str:
    return "late" if given.get("is_late") else "open"
