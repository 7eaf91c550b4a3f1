"""The lists of a year's records, as the tables of workbook and CSV."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports import due_items
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.drill_down import drill_down
from drillbook.reports.files.due_files import due_columns, due_rows
from drillbook.reports.files.tables import (
    held_on_cell,
    label_of,
    list_table,
    number_column,
    personal_cell,
    record_cell,
    team_fields,
    term_of,
    text_column,
    year_cell,
    year_table,
)
from drillbook.reports.files.xlsx import Column, Table


def planned_drills(store: Store, annual: AnnualStatistics) -> Table:
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


def sessions(store: Store, annual: AnnualStatistics) -> Table:
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


def teams(store: Store, annual: AnnualStatistics, *, with_contacts: bool) -> Table:
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


def plans(store: Store, annual: AnnualStatistics) -> Table:
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


def due(store: Store, annual: AnnualStatistics) -> Table:
    found = due_items.items(store, annual.as_of, states=due_items.OPEN_STATES)
    return year_table("due", annual, due_columns(), due_rows(store, found))


def findings(store: Store, annual: AnnualStatistics, *, with_contacts: bool) -> Table:
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
    findings = drill_down("findings", annual.view)
    taken: dict[str, list[Row]] = defaultdict(list)
    for row in store.query("annual_actions", **_without(findings.parameters, "standing")):
        taken[row["finding_id"]].append(row | {"action": row["text"]})
    rows = []
    for finding in findings.rows(store):
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
