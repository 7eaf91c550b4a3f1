"""Record type by table name: how each is shown, edited and reached."""

from __future__ import annotations

from typing import Any

from drillbook.ui.components import current_user, navigation
from drillbook.ui.components.record_view import Noun
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

NOUNS: dict[str, Noun[Any]] = {
    noun.table: noun
    for noun in (
        units.NOUN,
        plans.NOUN,
        programmes.NOUN,
        planned_drills.NOUN,
        sessions.NOUN,
        teams.NOUN,
        rules.NOUN,
        rules.EVENTS,
        rules.DAYS,
        evaluations.NOUN,
        findings.NOUN,
        corrective_actions.NOUN,
        mechanisms.NOUN,
        meetings.MEETING,
        meetings.DECISION,
    )
}
"""Table → how its records are shown."""


def go_to(subject_type: str, record_id: str) -> None:
    """Leave for a record's own page, if its kind has one."""
    noun = NOUNS.get(subject_type)
    if noun:
        navigation.go(noun.url_path, {noun.link_parameter: record_id})
    elif subject_type == "audit_event" and record_id and current_user.person().may("audit"):
        navigation.go("audit", {"id": record_id})
