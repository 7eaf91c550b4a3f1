"""What a chart draws: the groups of a figure as an Arrow table, one row for each bar.

It lays out what ``counting`` gives and refuses to count. The tables are kept until somebody writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from drillbook.core import vocabulary
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.counting import Group, groups, has_year_before
from drillbook.reports.query_cache import TOP_HOSTS, Filters

if TYPE_CHECKING:
    import pyarrow

LATE = ".late"
THIS_YEAR, YEAR_BEFORE = "this_year", "previous_year"


def bars(store: Store, view: Filters, dimension: str, numbers: Sequence[str]) -> pyarrow.Table:
    """Return a row for each code of a dimension: code, label, position and its numbers."""
    found = groups(store, view, dimension, top=TOP_HOSTS)
    rows = (
        {"code": group.code, "label": group.label, "position": position}
        | {number: group.number(number) for number in numbers}
        for position, group in enumerate(found, 1)
    )
    return _table(rows, ("code", "label"), ("position", *numbers))


def status_bars(
    store: Store, view: Filters, dimension: str, numbers: Sequence[str]
) -> pyarrow.Table:
    """Return two rows for each code, on time and late; the late ones only where there are any.

    The code of the late row ends in LATE. ``value`` counts the row, ``total`` what is behind it:
    for the row on time everything of the code. ``numbers`` names the column of that total.
    """
    (total,) = numbers
    late = vocabulary.label("due_state", "late")
    rows: list[Row] = []
    for place, group in enumerate(groups(store, view, dimension, top=TOP_HOSTS), 1):
        common = {"status": group.code, "status_label": group.label}
        rows.append(
            common
            | {"code": group.code, "label": group.label, "position": place * 2}
            | {"lateness": "on_time", "value": group.number("on_time")}
            | {"total": group.number(total)}
        )
        if group.number("late"):
            rows.append(
                common
                | {"code": group.code + LATE, "label": f"{group.label} · {late}"}
                | {"position": place * 2 + 1, "lateness": "late"}
                | {"value": group.number("late"), "total": group.number("late")}
            )
    texts = ("code", "label", "status", "status_label", "lateness")
    return _table(rows, texts, ("position", "value", "total"))


def month_bars(
    store: Store, view: Filters, dimension: str, numbers: Sequence[str]
) -> pyarrow.Table:
    """Return twelve rows of the year and, where it has any session, of the year before.

    Both years are counted over the same days. The code is the month, e.g. 2023-05.
    """
    series = [(THIS_YEAR, view)]
    if has_year_before(store, view):
        series.append((YEAR_BEFORE, view.year_before()))
    rows = (
        _month(name, shown.year, position * 12, group)
        | {number: group.number(number) for number in numbers}
        for position, (name, shown) in enumerate(series)
        for group in groups(store, shown, dimension)
    )
    return _table(rows, ("code", "label", "series"), ("year", "month", "position", *numbers))


def _month(series: str, year: int, before: int, group: Group) -> Row:
    month = int(group.code)
    return {
        "code": f"{year}-{month:02}",
        "label": group.label,
        "year": year,
        "month": month,
        "series": series,
        "position": before + month,
    }


def _table(rows: Iterable[Row], texts: Sequence[str], numbers: Sequence[str]) -> pyarrow.Table:
    # Named and typed: a chart without a row has its columns all the same.
    import pyarrow

    fields = [(name, pyarrow.string()) for name in texts]
    fields += [(name, pyarrow.int64()) for name in numbers]
    return pyarrow.Table.from_pylist(list(rows), schema=pyarrow.schema(fields))
