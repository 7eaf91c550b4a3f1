"""Findings 存在问题 on the screen: the form, the list, and what belongs to one finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from drillbook.accounts.permissions import Person
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import findings, plans
from drillbook.records.findings import Finding
from drillbook.records.record_type import Stored
from drillbook.ui.components import current_user, formatting, list_view
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, RecordView
from drillbook.ui.record_forms import common, finding_actions, finding_chain

FIELDS = (
    Field("session_id", N_("Drill session"), "record"),
    Field("position", N_("No."), "number"),
    Field("text", N_("Finding")),
    Field("kind", N_("Kind of finding"), "code", "finding_kind"),
    Field("severity", N_("Severity"), "code", "finding_severity"),
    Field("plan_id", N_("Contingency plan"), "record", is_minor=True),
    Field("status", N_("Status"), "code", "finding_status"),
    Field("closed_on", N_("Closed on"), "date"),
    Field("note", N_("Note"), is_minor=True),
)


def draw(form: Form, store: Store, finding: Finding | None) -> Finding:
    """Show the form of a finding; return what it says."""
    held: Any = finding or form.value
    if finding is None and held is None:
        held = form.value = Finding(list_view.query_param("session") or "", "")
    session_id = held.session_id if finding else _session(form, store)
    text = form.text("text", _("Finding"), long=True, required=True, height=68)
    values = kind_fields(form, store)
    note = form.text("note", _("Note"))
    basis: Finding = held
    return replace(basis, session_id=session_id, text=text, note=note, **values)


def _session(form: Form, store: Store) -> str:
    rows = store.query("session_choices", bound_unit_id=current_user.person().bound_unit_id)
    options = {row["id"]: f"{formatting.day(row['held_on'])} {row['name']}" for row in rows}
    options = common.with_held(options, form.held("session_id"), store)
    return form.choice("session_id", _("Drill session"), options, required=True) or ""


def kind_fields(form: Form, store: Store) -> dict[str, Any]:
    """Show what kind of finding it is, how severe, and the plan where it is on one."""
    cells = st.columns([2, 2, 5], vertical_alignment="bottom")
    with cells[0]:
        kind = form.code("kind", _("Kind of finding"), "finding_kind", required=True)
    with cells[1]:
        severity = form.code("severity", _("Severity"), "finding_severity", required=True)
    plan_id = None
    if kind == findings.PLAN:
        with cells[2]:
            options = common.with_held(plans.choices(store), form.held("plan_id"), store)
            plan_id = form.choice("plan_id", _("Contingency plan"), options, required=True)
        if not current_user.person().may_write("plan"):
            st.caption(
                _("It joins the plan's open revision; without one, it waits until one is opened.")
            )
        else:
            st.caption(_("It joins the plan's open revision, or opens one."))
    return {"kind": kind or "", "severity": severity or "", "plan_id": plan_id}


RECORD_VIEW: RecordView[Finding] = RecordView(
    record_type=findings.RECORD_TYPE,
    url_path="findings",
    title=N_("Finding"),
    new_title=N_("New finding"),
    name=lambda finding: finding.text,
    fields=FIELDS,
    draw=draw,
)


def view_for(person: Person, *, is_part: bool = False) -> RecordView[Finding]:
    """Return the record type as the person may write it: opening a revision takes the right to."""
    view = (
        RECORD_VIEW
        if person.may_write("plan")
        else replace(RECORD_VIEW, record_type=findings.JOINING)
    )
    return replace(view, parameter="finding", is_part=True) if is_part else view


# --- the list -----------------------------------------------------------------------------------


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    year = common.chosen_year(chosen)
    return {
        "as_of": common.as_of(year),
        "year": year,
        "standing": chosen["state"],
        "kind": chosen["kind"],
        "severity": chosen["severity"],
        "unit": chosen["unit"],
        "session_id": list_view.query_param("session"),
        "plan_id": list_view.query_param("plan"),
        "bound_unit_id": current_user.person().bound_unit_id,
        "search": chosen["search"],
    }


LIST = ListSpec(
    key="findings",
    query="finding_list",
    columns=(
        Column("held_on", N_("Date of the drill"), "date", width=92),
        Column("text", N_("Finding"), width=250),
        Column("kind", N_("Kind of finding"), "code", "finding_kind", width=80),
        Column("severity", N_("Severity"), "code", "finding_severity", width=60),
        Column("status", N_("Status"), "code", "finding_status", width=86),
        Column("standing", N_("Overdue?"), "code", "finding_standing", width=66),
        Column("open_actions", N_("Actions open"), "number", width=66),
        Column("late_actions", N_("Actions overdue"), "number", width=66),
        Column("next_due_on", N_("Next due"), "date", width=88),
        Column("age_days", N_("Days open"), "number", width=60),
        Column("session_name", N_("Drill session"), width=180),
    ),
    filters=(
        Filter("state", N_("State"), list_view.code_options("finding_standing")),
        common.YEAR_FILTER,
        Filter("unit", N_("Unit"), common.unit_options),
        Filter("kind", N_("Kind of finding"), list_view.code_options("finding_kind")),
        Filter("severity", N_("Severity"), list_view.code_options("finding_severity")),
    ),
    sort="held_on",
    descending=True,
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("No finding is recorded yet. Open a drill session and log what it showed."),
        links=("sessions", "log"),
    ),
    void_query="finding_list_void",
    void_columns=(
        Column("text", N_("Finding"), width=320),
        Column("kind", N_("Kind of finding"), "code", "finding_kind", width=110),
        Column("void_reason", N_("Reason"), width=280),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Finding, drill, plan"),
)


# --- one finding --------------------------------------------------------------------------------


def show_sections(store: Store, stored: Stored[Finding]) -> None:
    """Show the whole chain of one finding, and its corrective actions."""
    st.subheader(_("From the drill to the new version"), anchor=False)
    finding_chain.show_chain(store, stored.id)
    st.subheader(_("Corrective actions"), anchor=False)
    finding_actions.show_actions(store, stored.id, stored.value.session_id, with_files=True)
    if not stored.is_void:
        finding_actions.offer_revision(store, stored)
