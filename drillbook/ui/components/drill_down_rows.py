"""The rows behind a number on the screen: one catalogue of columns for all of them."""

from __future__ import annotations

import pandas as pd

from drillbook.core.i18n import N_
from drillbook.reports.drill_down import DrillDown
from drillbook.ui.components import list_view
from drillbook.ui.components.list_view import Column

COLUMNS: dict[str, tuple[Column, ...]] = {
    "sessions": (
        Column("held_on", N_("Date"), "date", width=95),
        Column("name", N_("Drill"), width=230),
        Column("membership", N_("In the programme"), "code", "membership", width=70),
        Column("hosts", N_("Host units")),
        Column("participants", N_("Participants"), "count", width=75),
        Column("place", N_("Place")),
    ),
    "planned_drills": (
        Column("number", N_("No."), "number", width=50),
        Column("name", N_("Planned drill")),
        Column("hosts", N_("Host units")),
        Column("due_on", N_("Due on"), "date", width=95),
        Column("sessions_held", N_("Sessions held"), "number", width=70),
        Column("status", N_("Status"), "code", "planned_status", width=70),
        Column("due_state", N_("Due state"), "code", "due_state", width=70),
    ),
    "plans": (
        Column("title", N_("Plan")),
        Column("category", N_("Category"), "code", "plan_category", width=100),
        Column("status", N_("Status"), "code", "plan_status", width=80),
        Column("lead_unit", N_("Lead unit")),
        Column("revision_target_on", N_("Revision due"), "date", width=95),
    ),
    "teams": (
        Column("name", N_("Team")),
        Column("kind", N_("Kind of team"), "code", "team_kind", width=90),
        Column("fields", N_("Fields"), "codes", "team_field"),
        Column("parent_unit", N_("Parent unit")),
        Column("members", N_("Members"), "number", width=70),
        Column("founded_on", N_("Founded on"), "date", width=95),
    ),
    "findings": (
        Column("held_on", N_("Date"), "date", width=95),
        Column("text", N_("Finding")),
        Column("kind", N_("Kind"), "code", "finding_kind"),
        Column("severity", N_("Severity"), "code", "finding_severity"),
        Column("status", N_("Status"), "code", "finding_status"),
        Column("open_actions", N_("Actions open"), "number"),
        Column("next_due_on", N_("Next due"), "date", width=95),
    ),
    "actions": (
        Column("text", N_("Corrective action")),
        Column("due_on", N_("Due on"), "date", width=95),
        Column("state", N_("Due state"), "code", "action_state", width=70),
        Column("finding_text", N_("Finding")),
        Column("session_name", N_("Drill")),
    ),
}
"""Kind of records → what is shown of them; every column is one of the list's query."""


def show(drill_down: DrillDown, rows: pd.DataFrame, key: str) -> None:
    """Show one page of rows; choosing one opens the record on its own page."""
    page = drill_down.record_list.page
    list_view.show_rows(rows, COLUMNS[drill_down.records], key, url_path=page)
