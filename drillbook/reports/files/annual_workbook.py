"""Files for the office and for the public: the year's workbook, and a CSV for each of its tables.

Each file leaves an audit line before it is handed out. The rows are read here, in the process that
holds the register; the file is laid out by a process of its own, because it would otherwise hold up
every screen for as long as it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from drillbook.core import head_counts
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Store
from drillbook.reports import annual_figures, due_items, official_sentence
from drillbook.reports.annual_figures import AnnualStatistics, Group
from drillbook.reports.figure_catalogue import HEADLINES, list_parameters
from drillbook.reports.files.delivery import (
    audit_export,
    export_details,
    in_child,
    without_telephones,
)
from drillbook.reports.files.due_files import due_columns, due_rows
from drillbook.reports.files.tables import (
    TABLES,
    counting_notes,
    held_on_cell,
    label_of,
    list_table,
    number_column,
    personal_cell,
    record_cell,
    table_title,
    team_fields,
    term_of,
    text_column,
    year_cell,
    year_format,
    year_table,
)
from drillbook.reports.files.xlsx import Cell, Chart, Column, Table, Workbook, csv_bytes
from drillbook.reports.official_sentence import day_shown

CHARTED_HOSTS = 15


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
        "summary": _summary,
        "months": _months,
        "event_classes": _event_classes,
        "hosts": _hosts,
        "forms": _forms,
        "statuses": _statuses,
        "planned_drills": _planned_drills,
        "sessions": _sessions,
        "teams": partial(_teams, with_contacts=with_contacts),
        "plans": _plans,
        "findings": partial(_findings, with_contacts=with_contacts),
        "due": _due,
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
    actor: str,
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
    actor: str,
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


# --- summary and breakdowns ------------------------------------------------------------------


def _summary(store: Store, annual: AnnualStatistics) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for figure in HEADLINES:
        rows.append((figure.label_shown(), figure.value(annual), figure.how_shown()))
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


def _months(store: Store, annual: AnnualStatistics) -> Table:
    before = annual.year - 1
    columns = (
        text_column(_("Month"), 10),
        number_column(_("Sessions {year}").format(year=annual.year), 13),
        number_column(_("Sessions {year}").format(year=before), 13),
        number_column(_("Participants {year}").format(year=annual.year), 15),
        number_column(_("Participants {year}").format(year=before), 15),
    )
    rows = [
        (m.label, m.sessions, m.previous_sessions, m.participants, m.previous_participants)
        for m in annual.by_month
    ]
    total = (
        _("Total"),
        annual.sessions,
        sum(month.previous_sessions for month in annual.by_month),
        annual.participants,
        sum(month.previous_participants for month in annual.by_month),
    )
    charts = (
        Chart("column", _("Sessions by month"), (1, 2), 12),
        Chart("column", _("Participants by month"), (3, 4), 12),
    )
    return year_table("months", annual, columns, rows, total=total, charts=charts)


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


def _event_classes(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_event_class
    chart = Chart("bar", _("Sessions by event class"), (1,), len(groups))
    first = text_column(_("Event class"), 22)
    return _groups(
        "event_classes", annual, first, groups, total=_all_sessions(annual), charts=(chart,)
    )


def _forms(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_form
    chart = Chart("pie", _("Sessions by form"), (1,), len(groups))
    first = text_column(_("Form"), 22)
    return _groups("forms", annual, first, groups, total=_all_sessions(annual), charts=(chart,))


def _hosts(store: Store, annual: AnnualStatistics) -> Table:
    groups = annual.by_host
    chart = Chart("bar", _("Sessions by host unit"), (1,), min(len(groups), CHARTED_HOSTS))
    total = (_("Total, each session once"), *_all_sessions(annual)[1:])
    note = _("A session with two hosts counts for each of them.")
    first = text_column(_("Host unit"), 32)
    return _groups("hosts", annual, first, groups, total=total, notes=(note,), charts=(chart,))


def _statuses(store: Store, annual: AnnualStatistics) -> Table:
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


# --- lists -----------------------------------------------------------------------------------


def _planned_drills(store: Store, annual: AnnualStatistics) -> Table:
    duties = _duties(store, annual.year)
    columns: list[tuple[Column, Any]] = [
        (number_column(_("No."), 5), "number"),
        (text_column(_("Drill"), 22), "name"),
        (text_column(_("Host"), 14), "hosts"),
        (text_column(_("Division of responsibilities"), 34), lambda row: duties.get(row["id"], "")),
        (text_column(_("Event class"), 9), term_of("event_class")),
        (text_column(_("Hazard"), 10), term_of("hazard")),
        (text_column(_("Form"), 8), term_of("form")),
        (text_column(_("Due, as written"), 11), "due_text"),
        (text_column(_("Due"), 11), "due_on"),
        (number_column(_("Sessions planned"), 6), "target_sessions"),
        (number_column(_("Sessions held"), 6), "sessions_held"),
        (number_column(_("Participants (person-times)"), 8), "participants_held"),
        (text_column(_("First held"), 11), "first_held_on"),
        (text_column(_("Last held"), 11), "last_held_on"),
        (text_column(_("Status"), 8), term_of("planned_status", "status")),
        (text_column(_("Due state"), 8), term_of("due_state")),
    ]
    return list_table(store, annual, "planned_drills", columns)


def _duties(store: Store, year: int) -> dict[str, str]:
    """Return planned drill → its units, roles and duties in words, one a line."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in store.query("annual_duties", year=year):
        who = _("{unit} ({role})").format(unit=row["unit_name"], role=label_of("role", row["role"]))
        duty = _("{who}: {duty}").format(who=who, duty=row["duty"]) if row["duty"] else who
        lines[row["planned_drill_id"]].append(duty)
    return {drill: "\n".join(texts) for drill, texts in lines.items()}


def _sessions(store: Store, annual: AnnualStatistics) -> Table:
    columns: list[tuple[Column, Any]] = [
        (text_column(_("Date"), 11), held_on_cell),
        (text_column(_("Drill"), 22), "name"),
        (text_column(_("In the programme"), 8), term_of("membership")),
        (text_column(_("Programme"), 7), year_cell),
        (number_column(_("No."), 5), "planned_drill_number"),
        (text_column(_("Planned drill"), 15), "planned_drill_name"),
        (text_column(_("Host"), 16), "hosts"),
        (text_column(_("Place"), 14), "place"),
        (text_column(_("Event class"), 9), term_of("event_class")),
        (text_column(_("Hazard"), 10), term_of("hazard")),
        (text_column(_("Form"), 8), term_of("form")),
        (text_column(_("Scope"), 6), term_of("scope")),
        (text_column(_("No notice"), 6), lambda row: _("Yes") if row["is_no_notice"] else ""),
        (number_column(_("Participants"), 8), "participants"),
        (text_column(_("Counted"), 7), term_of("count_kind", "participants_kind")),
        (number_column(_("Observers"), 7), "observers"),
        (number_column(_("Support staff"), 7), "support"),
        (text_column(_("Plan"), 15), "plan_title"),
        (text_column(_("Summary"), 28), "summary"),
    ]
    return list_table(store, annual, "sessions", columns)


def _teams(store: Store, annual: AnnualStatistics, *, with_contacts: bool) -> Table:
    columns: list[tuple[Column, Any]] = [
        (text_column(_("Team"), 20), "name"),
        (text_column(_("Kind"), 9), term_of("team_kind", "kind")),
        (text_column(_("Fields"), 16), lambda row: team_fields(row["fields"])),
        (text_column(_("Parent unit"), 16), "parent_unit"),
        (number_column(_("Members"), 7), "members"),
        (text_column(_("Counted on"), 11), "counted_on"),
        (text_column(_("Founded on"), 11), "founded_on"),
        (text_column(_("Naming document"), 17), "naming_document"),
        (text_column(_("Leader"), 8), personal_cell("leader", with_contacts)),
        (text_column(_("Base"), 18), "base"),
        (number_column(_("Kinds of equipment"), 7), "equipment_items"),
        (text_column(_("Insured until"), 11), "insured_until"),
    ]
    return list_table(store, annual, "teams", columns)


def _plans(store: Store, annual: AnnualStatistics) -> Table:
    columns: list[tuple[Column, Any]] = [
        (text_column(_("Plan"), 28), "title"),
        (text_column(_("Category"), 10), term_of("plan_category", "category")),
        (text_column(_("Kind of document"), 10), term_of("document_kind")),
        (text_column(_("Event class"), 10), term_of("event_class")),
        (text_column(_("Hazard"), 11), term_of("hazard")),
        (text_column(_("Lead unit"), 16), "lead_unit"),
        (text_column(_("Document number"), 18), "document_number"),
        (text_column(_("Issued on"), 11), "issued_on"),
        (text_column(_("Status"), 9), term_of("plan_status", "status")),
        (text_column(_("Revision started"), 11), "revision_started_on"),
        (text_column(_("Revision due"), 11), "revision_target_on"),
    ]
    return list_table(store, annual, "plans", columns)


def _due(store: Store, annual: AnnualStatistics) -> Table:
    found = due_items.items(store, annual.as_of, states=due_items.OPEN_STATES)
    return year_table("due", annual, due_columns(), due_rows(store, found))


def _findings(store: Store, annual: AnnualStatistics, *, with_contacts: bool) -> Table:
    """Make the list of findings, a line for each corrective action."""
    columns: list[tuple[Column, Any]] = [
        (text_column(_("Date"), 11), held_on_cell),
        (text_column(_("Drill"), 20), "session_name"),
        (text_column(_("Host"), 14), "hosts"),
        (text_column(_("Finding"), 28), "text"),
        (text_column(_("Kind"), 9), term_of("finding_kind", "kind")),
        (text_column(_("Severity"), 7), term_of("finding_severity", "severity")),
        (text_column(_("Plan"), 16), "plan_title"),
        (text_column(_("Corrective action"), 26), "action"),
        (text_column(_("Owner unit"), 14), "owner_unit"),
        (text_column(_("Due"), 11), "due_on"),
        (text_column(_("Done on"), 11), "done_on"),
        (text_column(_("Verified by"), 10), personal_cell("verified_by", with_contacts)),
        (text_column(_("State of the action"), 9), lambda row: _state(row["state"])),
        (text_column(_("Status"), 10), term_of("finding_status", "status")),
        (text_column(_("Closed on"), 11), "closed_on"),
    ]
    parameters = list_parameters("findings", annual.year, annual.as_of)
    taken: dict[str, list[Row]] = defaultdict(list)
    for row in store.query("annual_actions", **_without(parameters, "standing")):
        taken[row["finding_id"]].append(row | {"action": row["text"]})
    rows = []
    for finding in store.query("annual_findings", **parameters):
        for action in taken[finding["id"]] or [_NO_ACTION]:
            record = action | finding
            rows.append(tuple(record_cell(record, value) for _title, value in columns))
    return year_table("findings", annual, [column for column, _value in columns], rows)


_NO_ACTION: Row = dict.fromkeys(("action", "owner_unit", "due_on", "done_on", "state")) | {
    "verified_by": ""
}


def _state(code: str | None) -> str:
    return label_of("action_state", code) if code else ""


def _without(parameters: Row, name: str) -> Row:
    return {key: value for key, value in parameters.items() if key != name}


# --- the public register ---------------------------------------------------------------------
