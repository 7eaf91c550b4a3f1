"""Record type by table name: how each is shown, edited and reached."""

from __future__ import annotations

from typing import Any

from drillbook.ui.components import current_user, navigation
from drillbook.ui.components.record_view import RecordView
from drillbook.ui.record_forms import (
    corrective_actions,
    evaluations,
    findings,
    mechanisms,
    meetings,
    planned_drills,
    plans,
    programmes,
    rules,
    sessions,
    teams,
    units,
)

RECORD_VIEWS: dict[str, RecordView[Any]] = {
    view.table: view
    for view in (
        units.RECORD_VIEW,
        plans.RECORD_VIEW,
        programmes.RECORD_VIEW,
        planned_drills.RECORD_VIEW,
        sessions.RECORD_VIEW,
        teams.RECORD_VIEW,
        rules.RECORD_VIEW,
        rules.EVENTS,
        rules.DAYS,
        evaluations.RECORD_VIEW,
        findings.RECORD_VIEW,
        corrective_actions.RECORD_VIEW,
        mechanisms.RECORD_VIEW,
        meetings.MEETING,
        meetings.DECISION,
    )
}
"""Table → how its records are shown."""


def go_to(subject_type: str, record_id: str) -> None:
    """Leave for a record's own page, if its kind has one."""
    view = RECORD_VIEWS.get(subject_type)
    if view:
        navigation.go(view.url_path, {view.link_parameter: record_id})
    elif subject_type == "audit_event" and record_id and current_user.person().may("audit"):
        navigation.go("audit", {"id": record_id})
