"""Files for the office and for the public: the year's workbook, and a CSV for each of its tables.

Each file leaves an audit line before it is handed out. The rows are read here, in the process that
holds the register; the file is laid out by a process of its own, because it would otherwise hold up
every screen for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.reports import annual_figures, official_sentence
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.files import annual_breakdowns, annual_lists
from drillbook.reports.files.delivery import (
    audit_export,
    export_details,
    in_child,
    without_telephones,
)
from drillbook.reports.files.tables import (
    TABLES,
    counting_notes,
    table_title,
    year_format,
)
from drillbook.reports.files.xlsx import Table, Workbook, csv_bytes
from drillbook.reports.official_sentence import day_shown


def collect(
    store: Store, year: int, as_of: date, language: Language, *, with_contacts: bool = False
) -> Workbook:
    """Return everything the workbook says, worded in ``language``; plain data that can be sent.

    Without contacts, names of contacts and telephone numbers are masked.
    """
    with use_language(language):
        annual = annual_figures.annual(store, year, as_of)
        return Workbook(
            title=_workbook_title(year),
            facts=_facts(annual),
            notes_title=_("How it was counted"),
            notes=tuple(counting_notes(annual)),
            tables=tuple(table(store, annual, key, with_contacts=with_contacts) for key in TABLES),
            **year_format(annual),
        )


def _workbook_title(year: int) -> str:
    return _("Emergency drills of {year}: annual statistics").format(year=year)


def table(
    store: Store, annual: AnnualStatistics, key: str, *, with_contacts: bool = False
) -> Table:
    """Return one table of the year, worded in the language of this run.

    Without contacts, names of contacts and telephone numbers are masked. Raises DrillbookError
    when there is no table of that name.
    """
    makers: Mapping[str, Callable[[Store, AnnualStatistics], Table]] = {
        "summary": annual_breakdowns.summary,
        "months": annual_breakdowns.months,
        "event_classes": annual_breakdowns.event_classes,
        "hosts": annual_breakdowns.hosts,
        "forms": annual_breakdowns.forms,
        "statuses": annual_breakdowns.statuses,
        "planned_drills": annual_lists.planned_drills,
        "sessions": annual_lists.sessions,
        "teams": partial(annual_lists.teams, with_contacts=with_contacts),
        "plans": annual_lists.plans,
        "findings": partial(annual_lists.findings, with_contacts=with_contacts),
        "due": annual_lists.due,
    }
    if key not in makers:
        raise DrillbookError(
            _("There is no table “{name}”. Choose one of: {names}.").format(
                name=key[:50], names=", ".join(makers)
            )
        )
    made = makers[key](store, annual)
    return made if with_contacts else without_telephones(made)


def workbook_bytes(
    store: Store,
    year: int,
    as_of: date,
    language: Language,
    *,
    actor: Actor,
    with_contacts: bool = False,
    source: str = "app",
) -> bytes:
    """Return the year's workbook (.xlsx), made by a spawned process; leaves an audit line."""
    content = in_child(collect(store, year, as_of, language, with_contacts=with_contacts))
    said = export_details(file_name(year, as_of), year, as_of, TABLES, with_contacts=with_contacts)
    audit_export(store, partial(_workbook_title, year), said, actor=actor, source=source)
    return content


def csv_table(
    store: Store,
    year: int,
    as_of: date,
    language: Language,
    key: str,
    *,
    actor: Actor,
    with_contacts: bool = False,
    source: str = "app",
) -> bytes:
    """Return one table as CSV (UTF-8 with BOM); leaves an audit line.

    Raises DrillbookError for an unknown table.
    """
    with use_language(language):
        annual = annual_figures.annual(store, year, as_of)
        content = csv_bytes(table(store, annual, key, with_contacts=with_contacts))
    said = export_details(
        file_name(year, as_of, key), year, as_of, [key], with_contacts=with_contacts
    )
    audit_export(store, partial(table_title, year, key), said, actor=actor, source=source)
    return content


def file_name(year: int, as_of: date, key: str = "") -> str:
    """Return the name of the workbook, or of a table's CSV; without blanks, the same each time."""
    name = f"drillbook-{year}-{as_of:%Y%m%d}"
    return f"{name}-{key}.csv" if key else f"{name}.xlsx"


# --- words around the tables -----------------------------------------------------------------


def _facts(annual: AnnualStatistics) -> tuple[tuple[str, str], ...]:
    return (
        (_("Year"), str(annual.year)),
        (_("As of"), day_shown(annual.as_of)),
        (_("Programme"), annual.programme or _("None on record")),
        (_("Official sentence"), official_sentence.official(annual).text),
    )
