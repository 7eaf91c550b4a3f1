"""The rows behind a bar: the list to ask, and where the register shows the same.

A bar and its rows come from the same views, so that the number of rows is the bar's number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Page, Store
from drillbook.reports.charts.captions import GROUPINGS
from drillbook.reports.charts.catalogue import Chart
from drillbook.reports.query_cache import Filters, month_range

if TYPE_CHECKING:
    import pyarrow

LATE = ".late"


@dataclass(frozen=True)
class Behind:
    """A list of rows: the query, how it is sorted, and its parameters.

    ``link`` holds the query parameters under which the register's own page shows the same rows;
    nothing when it has no words for this bar.
    """

    query: str
    sort: str
    parameters: Row
    link: dict[str, str] | None
    descending: bool = False

    def page(self, store: Store, number: int, size: int) -> Page:
        """Return one page of the rows."""
        return store.page(
            self.query,
            sort=self.sort,
            descending=self.descending,
            number=number,
            size=size,
            **self.parameters,
        )


def behind(chart: Chart, code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    """Return the rows behind the bar ``code`` of a chart that shows ``table``."""
    return _MAKERS[chart.query](code, table, filters)


def _link(filters: Filters, **more: str | None) -> dict[str, str]:
    given = {
        "year": str(filters.year),
        "event_class": filters.event_class,
        "host": filters.host,
        "membership": filters.membership,
        **more,
    }
    return {name: value for name, value in given.items() if value}


def _planned_drills(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    status, is_late = code.removesuffix(LATE), code.endswith(LATE)
    return Behind(
        "planned_drill_list",
        "number",
        {
            "as_of": filters.as_of,
            "year": filters.year,
            "status": status,
            "due_state": "late" if is_late else None,
            "event_class": filters.event_class,
            "host": filters.host,
            "bound_unit_id": None,
            "search": None,
        },
        _link(filters, membership=None, status=status, due_state="late" if is_late else None),
    )


def _sessions(filters: Filters, link: dict[str, str] | None, **bar: object) -> Behind:
    asked: Row = {
        "first_day": filters.first_day,
        "last_day": filters.as_of,
        "event_class": filters.event_class,
        "host": filters.host,
        "membership": filters.membership,
        "bar_event_class": None,
        "bar_form": None,
        "bar_host": None,
        "top_hosts": "",
    }
    return Behind("chart_session_rows", "held_on", asked | bar, link, descending=True)


def _month(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    first_day, last_day = month_range(code, filters.as_of)
    link = _link(filters, year=code[:4], month=str(int(code[5:])))
    return _sessions(filters, link, first_day=first_day, last_day=last_day)


def _event_class(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    link = None if code in GROUPINGS else _link(filters, event_class=code)
    return _sessions(filters, link, bar_event_class=code)


def _form(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    link = None if code in GROUPINGS else _link(filters, form=code)
    return _sessions(filters, link, bar_form=code)


def _host(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    # The register filters by one host: two at once it cannot show.
    can_link = code not in GROUPINGS and filters.host in (None, code)
    codes = ",".join(table.column("code").to_pylist())
    link = _link(filters, host=code) if can_link else None
    return _sessions(filters, link, bar_host=code, top_hosts=codes)


def _plans(filters: Filters, **bar: str) -> Behind:
    asked = {
        "as_of": filters.as_of,
        "category": None,
        "status": None,
        "event_class": filters.event_class,
        "search": None,
    }
    link = _link(filters, host=None, membership=None, **bar)
    return Behind("plan_list", "title", asked | bar, link)


def _plan_status(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    return _plans(filters, status=code)


def _plan_category(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    return _plans(filters, category=code)


def _team_kind(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    asked = {"as_of": filters.as_of, "kind": code, "field": None, "search": None}
    asked["with_contacts"] = False
    return Behind("team_list", "name", asked, {"year": str(filters.year), "kind": code})


def _actions(code: str, table: pyarrow.Table, filters: Filters) -> Behind:
    unit, is_late = code.removesuffix(LATE), code.endswith(LATE)
    asked: Row = {
        "as_of": filters.as_of,
        "finding_id": None,
        "session_id": None,
        "owner_unit_id": unit,
        "is_open": 1,
        "is_late": 1 if is_late else None,
    }
    link = {"unit": unit, "state": "late" if is_late else "open"}
    return Behind("action_list", "due_on", asked, link)


_MAKERS: dict[str, Callable[[str, pyarrow.Table, Filters], Behind]] = {
    "chart_planned_status": _planned_drills,
    "chart_month": _month,
    "chart_event_class": _event_class,
    "chart_form": _form,
    "chart_host": _host,
    "chart_plan_status": _plan_status,
    "chart_plan_category": _plan_category,
    "chart_team_kind": _team_kind,
    "chart_actions": _actions,
}
