"""The register for publication: no contacts, no free texts, telephone numbers masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.reports import annual_figures
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.files.delivery import (
    audit_export,
    export_details,
    in_child,
    without_telephones,
)
from drillbook.reports.files.tables import (
    counting_notes,
    held_on_cell,
    list_table,
    number_column,
    team_fields,
    term_of,
    text_column,
    year_format,
)
from drillbook.reports.files.xlsx import Column, Table, Workbook
from drillbook.reports.official_sentence import day_shown

PUBLIC_TABLES = ("planned_drills", "sessions", "teams", "plans")


def public_workbook(
    store: Store, year: int, as_of: date, language: Language, *, actor: Actor, source: str = "app"
) -> bytes:
    """Return the year's register for publication (.xlsx); leaves an audit line.

    It has no contacts, and no field in which people write names and numbers.
    """
    content = in_child(collect_public(store, year, as_of, language))
    said = export_details(public_file_name(year, as_of), year, as_of, PUBLIC_TABLES, public=True)
    audit_export(store, partial(_public_title, year), said, actor=actor, source=source)
    return content


def public_file_name(year: int, as_of: date) -> str:
    """Return the name of the public register's workbook."""
    return f"drillbook-public-{year}-{as_of:%Y%m%d}.xlsx"


def collect_public(store: Store, year: int, as_of: date, language: Language) -> Workbook:
    """Return what the published workbook says: programme, sessions, teams and plans of the year.

    Left out are contacts and the fields in which people write names and numbers: summary, duties,
    notes, reasons, bases and places. What looks like a telephone number is masked in the rest.
    """
    with use_language(language):
        annual = annual_figures.annual(store, year, as_of)
        return Workbook(
            title=_public_title(year),
            facts=_public_facts(annual),
            notes_title=_("What this file is"),
            notes=tuple(_public_notes(annual)),
            tables=tuple(without_telephones(made) for made in _public_tables(store, annual)),
            **year_format(annual),
        )


def _public_title(year: int) -> str:
    return _("Emergency drills of {year}: public register").format(year=year)


def _public_facts(annual: AnnualStatistics) -> tuple[tuple[str, str], ...]:
    office = annual.settings.office_name
    named = ((_("Published by"), office),) if office else ()
    return (*named, (_("Year"), str(annual.year)), (_("As of"), day_shown(annual.as_of)))


def _public_notes(annual: AnnualStatistics) -> Iterable[str]:
    yield _("The register of emergency drills and contingency plans, made for publication.")
    yield _("It names no contact and no telephone number; free texts are left out.")
    yield from counting_notes(annual)


def _public_tables(store: Store, annual: AnnualStatistics) -> Iterable[Table]:
    columns: dict[str, list[tuple[Column, Any]]] = {
        "planned_drills": _public_planned_drills(),
        "sessions": _public_sessions(),
        "teams": _public_teams(),
        "plans": _public_plans(),
    }
    return (list_table(store, annual, key, columns[key]) for key in PUBLIC_TABLES)


def _public_planned_drills() -> list[tuple[Column, Any]]:
    return [
        (number_column(_("No."), 5), "number"),
        (text_column(_("Drill"), 30), "name"),
        (text_column(_("Host"), 22), "hosts"),
        (text_column(_("Event class"), 12), term_of("event_class")),
        (text_column(_("Form"), 12), term_of("form")),
        (text_column(_("Due"), 11), "due_on"),
        (number_column(_("Sessions planned"), 9), "target_sessions"),
        (number_column(_("Sessions held"), 9), "sessions_held"),
        (text_column(_("Status"), 10), term_of("planned_status", "status")),
    ]


def _public_sessions() -> list[tuple[Column, Any]]:
    return [
        (text_column(_("Date"), 11), held_on_cell),
        (text_column(_("Drill"), 30), "name"),
        (text_column(_("In the programme"), 10), term_of("membership")),
        (text_column(_("Host"), 22), "hosts"),
        (text_column(_("Event class"), 12), term_of("event_class")),
        (text_column(_("Form"), 12), term_of("form")),
        (number_column(_("Participants"), 10), "participants"),
        (text_column(_("Counted"), 8), term_of("count_kind", "participants_kind")),
    ]


def _public_teams() -> list[tuple[Column, Any]]:
    return [
        (text_column(_("Team"), 28), "name"),
        (text_column(_("Kind"), 12), term_of("team_kind", "kind")),
        (text_column(_("Fields"), 22), lambda row: team_fields(row["fields"])),
        (text_column(_("Parent unit"), 22), "parent_unit"),
        (number_column(_("Members"), 9), "members"),
        (text_column(_("Founded on"), 11), "founded_on"),
    ]


def _public_plans() -> list[tuple[Column, Any]]:
    return [
        (text_column(_("Plan"), 34), "title"),
        (text_column(_("Category"), 12), term_of("plan_category", "category")),
        (text_column(_("Event class"), 12), term_of("event_class")),
        (text_column(_("Lead unit"), 22), "lead_unit"),
        (text_column(_("Document number"), 22), "document_number"),
        (text_column(_("Issued on"), 11), "issued_on"),
        (text_column(_("Status"), 10), term_of("plan_status", "status")),
    ]
