"""The summary of a year and its breakdowns, as the tables of workbook and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drillbook.core import head_counts
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.reports.annual_figures import AnnualStatistics, Group
from drillbook.reports.comparison import compared_days, no_year_before
from drillbook.reports.figures import HEADLINES
from drillbook.reports.files.tables import label_of, number_column, text_column, year_table
from drillbook.reports.files.xlsx import Cell, Chart, Column, Table

CHARTED_HOSTS = 15


def summary(store: Store, annual: AnnualStatistics) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for figure in HEADLINES:
        rows.append((figure.label_shown(), annual.numbers[figure.code], figure.how_shown()))
        if figure.code == "participants":
            rounded = _("Rounded down to the hundred; in the report: {text}").format(
                text=head_counts.total_shown(annual.participants, annual.is_inexact)
            )
            rows.append((_("Participants, rounded"), annual.participants_rounded, rounded))
    for kind in annual.teams_by_kind:
        how = _("Members: {members}; teams without a recorded strength: {unknown}").format(
            members=kind.members, unknown=kind.members_unknown
        )
        rows.append((_("Teams: {kind}").format(kind=kind.label), kind.teams, how))
    columns = (
        text_column(_("Figure"), 36),
        number_column(_("Number"), 12),
        text_column(_("How counted"), 62),
    )
    return year_table("summary", annual, columns, rows)


def months(store: Store, annual: AnnualStatistics) -> Table:
    before = annual.year - 1
    columns = (
        text_column(_("Month"), 10),
        number_column(_("Sessions {year}").format(year=annual.year), 13),
        number_column(_("Sessions {year}").format(year=before), 13),
        number_column(_("Participants {year}").format(year=annual.year), 15),
        number_column(_("Participants {year}").format(year=before), 15),
    )
    rows = [
        (
            month.label,
            month.sessions,
            _compared(annual, month.previous_sessions),
            month.participants,
            _compared(annual, month.previous_participants),
        )
        for month in annual.by_month
    ]
    nothing = no_year_before()
    total = (
        _("Total"),
        annual.sessions,
        annual.previous_sessions if annual.has_year_before else nothing,
        annual.participants,
        annual.previous_participants if annual.has_year_before else nothing,
    )
    charts = (
        Chart("column", _("Sessions by month"), (1, 2), 12),
        Chart("column", _("Participants by month"), (3, 4), 12),
    )
    notes = (compared_days(annual.view, annual.has_year_before),)
    return year_table("months", annual, columns, rows, total=total, notes=notes, charts=charts)


def _compared(annual: AnnualStatistics, number: int) -> int | None:
    """Return a number of the year before; nothing where none was recorded."""
    return number if annual.has_year_before else None


def _groups(
    key: str, annual: AnnualStatistics, first: Column, groups: Sequence[Group], **more: Any
) -> Table:
    columns = (
        first,
        number_column(_("Sessions")),
        number_column(_("Participants (person-times)"), 13),
        number_column(_("Sessions with unknown head count"), 15),
    )
    rows = [(g.label, g.sessions, g.participants, g.participants_unknown) for g in groups]
    return year_table(key, annual, columns, rows, **more)


def _all_sessions(annual: AnnualStatistics) -> tuple[Cell, ...]:
    return (_("Total"), annual.sessions, annual.participants, annual.participants_unknown)


def event_classes(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_event_class
    chart = Chart("bar", _("Sessions by event class"), (1,), len(groups))
    first = text_column(_("Event class"), 22)
    return _groups(
        "event_classes", annual, first, groups, total=_all_sessions(annual), charts=(chart,)
    )


def forms(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_form
    chart = Chart("pie", _("Sessions by form"), (1,), len(groups))
    first = text_column(_("Form"), 22)
    return _groups("forms", annual, first, groups, total=_all_sessions(annual), charts=(chart,))


def hosts(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_host
    chart = Chart("bar", _("Sessions by host unit"), (1,), min(len(groups), CHARTED_HOSTS))
    total = (_("Total, each session once"), *_all_sessions(annual)[1:])
    note = _("A session with two hosts counts for each of them.")
    first = text_column(_("Host unit"), 32)
    return _groups("hosts", annual, first, groups, total=total, notes=(note,), charts=(chart,))


def statuses(store: Store, annual: AnnualStatistics) -> Table:
    numbers = annual.planned_drills_by_status
    rows = [(label_of("planned_status", code), number) for code, number in numbers.items()]
    note = _("Overdue among them: {number}").format(number=annual.planned_drills_late)
    return year_table(
        "statuses",
        annual,
        (text_column(_("Status"), 22), number_column(_("Planned drills (items)"), 14)),
        rows,
        total=(_("Total"), annual.planned_drills),
        notes=(note,),
        charts=(Chart("column", _("Planned drills (items) by status"), (1,), len(rows)),),
    )
