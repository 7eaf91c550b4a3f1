"""What each chart shows, said in one sentence: beside the chart and for screen readers.

The figures are read off the chart's own table, so that the two cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as compute

from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.engine import Row
from drillbook.reports.comparison import no_year_before
from drillbook.reports.drill_down import GROUPINGS
from drillbook.reports.figures import FIGURES
from drillbook.reports.query_cache import Filters

if TYPE_CHECKING:
    import pyarrow


def total(table: pyarrow.Table, column: str) -> int:
    """Return the sum of a column of a small table; 0 for no rows."""
    return int(compute.sum(table.column(column)).as_py() or 0)


def where(table: pyarrow.Table, column: str, code: str) -> pyarrow.Table:
    """Return the rows whose column holds ``code``."""
    return table.filter(compute.equal(table.column(column), code))


def largest(table: pyarrow.Table, column: str) -> Row:
    """Return the row with the greatest number, the first of several."""
    order = [(column, "descending"), ("position", "ascending")]
    return dict(table.sort_by(order).slice(0, 1).to_pylist()[0])


def _joined(first: str, second: str) -> str:
    return first + second if language() == "zh" else f"{first} {second}"


def planned_status(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many planned drills there are, completed and late."""
    if not total(table, "value"):
        return FIGURES["planned_drills"].none_shown(filters)
    return _(
        "Planned drills of {year}, as of {as_of}: {total}; completed {completed}, overdue {late}."
    ).format(
        year=filters.year,
        as_of=filters.as_of,
        total=total(table, "value"),
        completed=total(where(table, "status", "completed"), "value"),
        late=total(where(table, "lateness", "late"), "value"),
    )


def sessions_by_month(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many sessions the year had, in which month most, and how many the year before."""
    this_year = where(table, "series", "this_year")
    if total(this_year, "sessions"):
        busiest = largest(this_year, "sessions")
        now = _("{year}: {total:,} drill sessions, most in {month} ({most:,})").format(
            year=filters.year,
            total=total(this_year, "sessions"),
            month=busiest["label"],
            most=busiest["sessions"],
        )
    else:
        now = _("{year}: no drill sessions").format(year=filters.year)
    whole, same_days = (
        _("{year}: {number:,} sessions"),
        _("same days of {year}: {number:,} sessions"),
    )
    return _compared(now, table, filters, "sessions", whole, same_days)


def _compared(
    now: str, table: pyarrow.Table, filters: Filters, column: str, whole: str, same_days: str
) -> str:
    """Put what the year before had beside what the year has, over the same days."""
    previous = where(table, "series", "previous_year")
    told = whole if filters.is_whole_year else same_days
    before = told.format(year=filters.year - 1, number=total(previous, column))
    return _("{now}; {before}.").format(
        now=now, before=before if previous.num_rows else no_year_before()
    )


def participants_by_month(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many person-times the year had and how many sessions have no head count."""
    this_year = where(table, "series", "this_year")
    busiest = largest(this_year, "participants")
    unknown = total(this_year, "participants_unknown")
    if not busiest["participants"]:
        told = FIGURES["participants"].none_shown(filters)
    else:
        now = _("{year}: {total:,} person-times, most in {month} ({most:,})").format(
            year=filters.year,
            total=total(this_year, "participants"),
            month=busiest["label"],
            most=busiest["participants"],
        )
        whole = _("{year}: {number:,} person-times")
        same_days = _("same days of {year}: {number:,} person-times")
        told = _compared(now, table, filters, "participants", whole, same_days)
    if not unknown:
        return told
    return _joined(told, _("Sessions without a head count: {count:,}.").format(count=unknown))


def sessions_by_group(table: pyarrow.Table, filters: Filters) -> str:
    """Say which group most of the sessions belong to."""
    if not total(table, "sessions"):
        return FIGURES["sessions"].none_shown(filters)
    most = largest(table, "sessions")
    return _("{year}: {total:,} drill sessions, most of them: {label} ({most:,}).").format(
        year=filters.year,
        total=total(table, "sessions"),
        label=most["label"],
        most=most["sessions"],
    )


def sessions_by_host(table: pyarrow.Table, filters: Filters) -> str:
    """Say who hosted most sessions; the rest and the empty ones are no host."""
    hosts = table.filter(compute.invert(compute.is_in(table.column("code"), _groupings())))
    if not hosts.num_rows:
        return FIGURES["sessions"].none_shown(filters)
    most = largest(hosts, "sessions")
    return _("{year}: {label} hosted the most drill sessions ({most:,}).").format(
        year=filters.year, label=most["label"], most=most["sessions"]
    )


def _groupings() -> pyarrow.Array:
    import pyarrow

    return pyarrow.array(GROUPINGS)


def plans_by_status(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many plans there are, in force and under revision."""
    if not total(table, "plans"):
        return FIGURES["plans"].none_shown(filters)
    return _(
        "Contingency plans as of {as_of}: {total:,}; in force {in_force:,}, under revision"
        " {under_revision:,}."
    ).format(
        as_of=filters.as_of,
        total=total(table, "plans"),
        in_force=total(where(table, "code", "in_force"), "plans"),
        under_revision=total(where(table, "code", "under_revision"), "plans"),
    )


def plans_by_category(table: pyarrow.Table, filters: Filters) -> str:
    """Say which category most plans belong to."""
    if not total(table, "plans"):
        return FIGURES["plans"].none_shown(filters)
    most = largest(table, "plans")
    return _(
        "Contingency plans as of {as_of}: {total:,}, most of them: {label} ({most:,})."
    ).format(
        as_of=filters.as_of, total=total(table, "plans"), label=most["label"], most=most["plans"]
    )


def teams_by_kind(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many teams there are and of which kind most."""
    if not total(table, "teams"):
        return FIGURES["teams"].none_shown(filters)
    most = largest(table, "teams")
    return _("Rescue teams as of {as_of}: {total:,}, most of them: {label} ({most:,}).").format(
        as_of=filters.as_of, total=total(table, "teams"), label=most["label"], most=most["teams"]
    )


def members_by_kind(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many members the teams have, and how many teams were never counted."""
    if not total(table, "teams"):
        return FIGURES["teams"].none_shown(filters)
    most = largest(table, "members")
    told = _("Members of rescue teams as of {as_of}: {total:,}, most in: {label} ({most:,}).")
    shown = told.format(
        as_of=filters.as_of,
        total=total(table, "members"),
        label=most["label"],
        most=most["members"],
    )
    unknown = total(table, "members_unknown")
    if not unknown:
        return shown
    return _joined(shown, _("Teams without a head count: {count:,}.").format(count=unknown))


def actions_by_unit(table: pyarrow.Table, filters: Filters) -> str:
    """Say how many corrective actions are not done, how many are late, and who has most late."""
    open_actions = total(table, "value")
    if not open_actions:
        return FIGURES["actions_open"].none_shown(filters)
    late = where(table, "lateness", "late")
    told = _("As of {as_of}: {total:,} corrective actions not done, overdue {late:,}.").format(
        as_of=filters.as_of, total=open_actions, late=total(late, "value")
    )
    most = largest(late, "value") if late.num_rows else {"value": 0}
    if most["value"] < 2:
        return told
    return _joined(
        told,
        _("Most overdue: {unit} ({most:,}).").format(unit=most["status_label"], most=most["value"]),
    )
