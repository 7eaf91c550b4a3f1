"""The words for a comparison with the year before: which days, and that there are none."""

from __future__ import annotations

from drillbook.core.i18n import gettext as _
from drillbook.reports.query_cache import Filters


def no_year_before() -> str:
    """Say that the year before has no data, in a cell or beside a number."""
    return _("no data for the year before")


def difference(now: int, before: int, has_year_before: bool) -> str:
    """Say by how much a number differs from the same days of the year before."""
    if not has_year_before:
        return no_year_before()
    return _("year before: {difference:+,}").format(difference=now - before)


def compared_days(view: Filters, has_year_before: bool) -> str:
    """Say which days of the year before a year stands beside."""
    if not has_year_before:
        return _("No data for the year before: {year} has no drill session on record.").format(
            year=view.year - 1
        )
    return _("{year} is counted over the same days: up to {day}.").format(
        year=view.year - 1, day=view.year_before().last_day
    )
