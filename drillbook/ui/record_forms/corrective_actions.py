"""Corrective actions 整改措施 on the screen: fields in words, and the form within a finding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import corrective_actions, office_settings
from drillbook.records.corrective_actions import Action
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Field, RecordView
from drillbook.ui.record_forms import common

FIELDS = (
    Field("finding_id", N_("Finding"), "record"),
    Field("text", N_("Corrective action")),
    Field("owner_unit_id", N_("Owner unit"), "record"),
    Field("due_on", N_("Due on"), "date"),
    Field("done_on", N_("Done on"), "date"),
    Field("evidence", N_("Evidence"), is_minor=True),
    Field("verified_by", N_("Verified by"), is_minor=True),
    Field("verified_on", N_("Verified on"), "date"),
    Field("note", N_("Note"), is_minor=True),
)


def new(store: Store, finding_id: str, session_id: str) -> Action:
    """Return what a new action holds at first: the drill's host owns it, and it has some days."""
    host = store.one("session_first_host", session_id=session_id)
    days = office_settings.load(store).number("action_days")
    return Action(
        finding_id,
        "",
        owner_unit_id=host["unit_id"] if host else None,
        due_on=clock.today() + timedelta(days=days),
    )


def draw(form: Form, store: Store, action: Action | None) -> Action:
    """Show the form of an action; return what it says."""
    held: Any = action or form.value
    text = form.text("text", _("Corrective action"), long=True, required=True, height=68)
    first = st.columns([3, 2, 2], vertical_alignment="bottom")
    with first[0]:
        owner = form.unit("owner_unit_id", _("Owner unit"), common.unit_options(), required=True)
    with first[1]:
        due_on = form.day("due_on", _("Due on"), required=True)
    with first[2]:
        done_on = form.day("done_on", _("Done on"))
    evidence = form.text("evidence", _("Evidence"))
    second = st.columns([3, 2, 4], vertical_alignment="bottom")
    with second[0]:
        verified_by = form.text("verified_by", _("Verified by"))
    with second[1]:
        verified_on = form.day("verified_on", _("Verified on"))
    with second[2]:
        note = form.text("note", _("Note"))
    return Action(
        held.finding_id,
        text,
        owner,
        due_on,
        done_on,
        evidence,
        verified_by,
        verified_on,
        note,
    )


RECORD_VIEW: RecordView[Action] = RecordView(
    record_type=corrective_actions.RECORD_TYPE,
    url_path="findings",
    title=N_("Corrective action"),
    new_title=N_("Add an action"),
    name=lambda action: action.text,
    fields=FIELDS,
    draw=draw,
    parameter="action",
    is_part=True,
)
