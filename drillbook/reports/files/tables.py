"""What the tables of every file are made of: columns, cells, lists of records, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from drillbook.core import privacy, vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.drill_down import drill_down
from drillbook.reports.files.delivery import format_sheet
from drillbook.reports.files.xlsx import Cell, Column, Month, Table

TABLES: dict[str, str] = {
    "summary": N_("Key figures"),
    "months": N_("By month"),
    "event_classes": N_("By event class"),
    "hosts": N_("By host unit"),
    "forms": N_("By form"),
    "statuses": N_("By status"),
    "planned_drills": N_("Planned drills (items)"),
    "sessions": N_("Drill sessions held"),
    "teams": N_("Rescue teams"),
    "plans": N_("Contingency plans"),
    "findings": N_("Findings and actions"),
    "due": N_("What is due"),
}
"""Table → the name of its sheet; the key is also the name of its CSV file."""


def year_format(annual: AnnualStatistics) -> dict[str, Any]:
    return format_sheet(annual.as_of, is_sample=annual.is_sample)


def counting_notes(annual: AnnualStatistics) -> Iterable[str]:
    yield _("A planned drill is an item of the programme; a session is one drill that was held.")
    yield _(
        "Participants are person-times: who took part in several sessions counts each time."
        " The rounded number leaves out what exceeds the full hundreds."
    )
    yield _(
        "A session with two hosts counts for each of them, so the hosts' numbers exceed the total."
    )
    yield _("A session of which only the month is known counts from the month's first day.")
    if annual.sessions_in_other_years:
        yield _(
            "Sessions of this programme held in another year: {number}. They make their planned"
            " drill held, but are not sessions of this year."
        ).format(number=annual.sessions_in_other_years)
    if annual.is_sample:
        yield _("The register holds sample data: invented rows that describe no real drill.")


def label_of(kind: str, code: str | None) -> str:
    return vocabulary.label(kind, code)


def text_column(title: str, width: int) -> Column:
    return Column(title, width)


def number_column(title: str, width: int = 11) -> Column:
    return Column(title, width)


def year_table(
    key: str,
    annual: AnnualStatistics,
    columns: Sequence[Column],
    rows: Iterable[tuple[Cell, ...]],
    **more: Any,
) -> Table:
    return Table(
        key, _(TABLES[key]), table_title(annual.year, key), tuple(columns), tuple(rows), **more
    )


def table_title(year: int, key: str) -> str:
    return _("{year}: {table}").format(year=year, table=_(TABLES[key]))


def list_table(
    store: Store, annual: AnnualStatistics, key: str, columns: Sequence[tuple[Column, Any]]
) -> Table:
    """Make a list of all records; each column comes with a field name or a function of the row."""
    records = drill_down(key, annual.view).rows(store)
    rows = [tuple(record_cell(record, value) for _title, value in columns) for record in records]
    return year_table(key, annual, [column for column, _value in columns], rows)


def record_cell(record: Row, value: str | Callable[[Row], Cell]) -> Cell:
    found: Cell = record[value] if isinstance(value, str) else value(record)
    return found


def personal_cell(field: str, with_contacts: bool) -> Callable[[Row], Cell]:
    return lambda row: row[field] if with_contacts else privacy.masked(field, row[field])


def term_of(kind: str, field: str | None = None) -> Callable[[Row], Cell]:
    return lambda row: label_of(kind, row[field or kind])


def held_on_cell(row: Row) -> Cell:
    return Month(row["held_on"]) if row["held_on_precision"] == "month" else row["held_on"]


def year_cell(row: Row) -> Cell:
    # A year is a name, not an amount: as text it gets no thousands mark.
    return str(row["programme_year"] or "")


def team_fields(codes: str) -> str:
    words = [label_of("team_field", code) for code in codes.split(",") if code]
    return _(", ").join(words)
