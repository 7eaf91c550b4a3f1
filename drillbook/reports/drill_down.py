"""The rows behind a number: which list to ask, narrowed to what, and where the register shows them.

A number and its rows come from the same views, so that there are as many rows as it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drillbook.db.engine import Row
from drillbook.db.store import Page, Store
from drillbook.reports.query_cache import Filters, asked, remembered

NOT_GIVEN, REST = "unfilled", "rest"
GROUPINGS = (REST, NOT_GIVEN)
"""What is no code of a classification: not given, and the units behind the busiest ones."""


@dataclass(frozen=True)
class RecordList:
    """The records a figure counts: their query, its order, and what it can be narrowed by.

    ``page`` is the address of the register's own page. ``words`` says what a narrowing is called
    there; the page cannot show one that has no word. ``narrowed_there`` is what of the view it
    understands, ``always`` what it must be asked besides.
    """

    query: str
    sort: str
    page: str
    narrowings: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    narrowed_there: tuple[str, ...] = ()
    always: Mapping[str, str] = field(default_factory=dict)
    is_latest_first: bool = False

    def parameters(self, view: Filters) -> Row:
        """Return the parameters of the whole list of a view, narrowed by nothing else."""
        return asked(self.query, dict.fromkeys(self.narrowings) | view.parameters())


RECORD_LISTS = {
    "sessions": RecordList(
        "annual_sessions",
        sort="held_on",
        page="sessions",
        narrowings=(
            *("of_event_class", "of_form", "of_host", "of_membership", "named_hosts"),
            *("head_count", "programme_year", "other_than_year"),
        ),
        words={
            "of_event_class": "event_class",
            "of_form": "form",
            "of_host": "host",
            "of_membership": "membership",
            "month": "month",
        },
        narrowed_there=("year", "event_class", "host", "membership"),
        is_latest_first=True,
    ),
    "planned_drills": RecordList(
        "annual_planned_drills",
        sort="number",
        page="programme",
        narrowings=("status", "due_state", "is_held", "hosts"),
        words={"status": "status", "due_state": "due_state"},
        narrowed_there=("year", "event_class", "host"),
    ),
    "plans": RecordList(
        "annual_plans",
        sort="title",
        page="plans",
        narrowings=("status", "categories", "is_revision_late"),
        words={"status": "status", "categories": "category"},
        narrowed_there=("year", "event_class"),
        always={"status": "existing"},
    ),
    "teams": RecordList(
        "annual_teams",
        sort="name",
        page="teams",
        narrowings=("kind", "founded_from", "founded_to", "has_no_strength"),
        words={"kind": "kind"},
        narrowed_there=("year",),
    ),
    "findings": RecordList(
        "annual_findings",
        sort="held_on",
        page="findings",
        narrowings=("standing",),
        is_latest_first=True,
    ),
    "actions": RecordList(
        "action_list",
        sort="due_on",
        page="findings",
        narrowings=("finding_id", "session_id", "owner_unit_id", "is_open", "is_late"),
        words={"owner_unit_id": "unit", "state": "state"},
    ),
}


@dataclass(frozen=True)
class DrillDown:
    """The list of records a number counts: ``records`` names it among ``RECORD_LISTS``.

    ``link`` holds the query parameters under which the register's own page shows the same rows;
    nothing when it has no words for them.
    """

    records: str
    parameters: Row
    link: dict[str, str] | None = None

    @property
    def record_list(self) -> RecordList:
        """The list these rows are of."""
        return RECORD_LISTS[self.records]

    def rows(self, store: Store) -> list[Row]:
        """Return all the rows."""
        return store.query(self.record_list.query, **self.parameters)

    def page(self, store: Store, number: int, size: int, sort: str = "") -> Page:
        """Return one page of the rows, in the list's own order or ascending by ``sort``.

        It comes from memory when nothing was written since: do not change it.
        """
        asked_for: Row = {
            "sort": sort or self.record_list.sort,
            "descending": self.record_list.is_latest_first and not sort,
            "number": number,
            "size": size,
        }
        query = self.record_list.query
        question = (query, *asked_for.values(), *sorted(self.parameters.items()))
        return remembered(
            store, question, lambda: store.page(query, **asked_for, **self.parameters)
        )


def drill_down(
    records: str, view: Filters, words: Mapping[str, str] | None = None, **narrowed: Any
) -> DrillDown:
    """Return the rows of a view, narrowed to what a number counts.

    ``words`` are narrowings that only the register's page is asked for (the month, whose days
    are parameters of the query). Raises TypeError for a narrowing the list does not have.
    """
    record_list = RECORD_LISTS[records]
    parameters = record_list.parameters(view)
    unknown = set(narrowed) - set(parameters)
    if unknown:
        raise TypeError(f"{records} cannot be narrowed by {', '.join(sorted(unknown))}")
    shown = {name: value for name, value in narrowed.items() if name not in _WITHOUT_WORD}
    link = _link(record_list, view, shown | dict(words or {}))
    return DrillDown(records, parameters | narrowed, link)


# Said by another narrowing already: the days by the month, the named hosts by the host, whether an
# action is open or late by the word for its state.
_WITHOUT_WORD = {"first_day", "last_day", "named_hosts", "is_open", "is_late"}


def _link(record_list: RecordList, view: Filters, narrowed: Row) -> dict[str, str] | None:
    given = {name: value for name, value in narrowed.items() if value is not None}
    if set(given) - set(record_list.words) or set(given.values()) & set(GROUPINGS):
        return None
    # The page filters by one value: it cannot show what is common to two hosts.
    if "of_host" in given and view.host not in (None, given["of_host"]):
        return None
    there = {name: getattr(view, name) for name in record_list.narrowed_there}
    said = {record_list.words[name]: value for name, value in given.items()}
    words = {**there, **record_list.always, **said}
    return {name: str(value) for name, value in words.items() if value}
