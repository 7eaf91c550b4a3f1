"""Contingency plans 应急预案 on the screen: versions, revisions, and what used the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from drillbook import clock, plans, vocabulary
from drillbook.errors import Problems
from drillbook.i18n import N_
from drillbook.i18n import gettext as _
from drillbook.importing.document_numbers import parse_document_number
from drillbook.plans import Plan, PlanRevision, PlanVersion
from drillbook.records import Stored
from drillbook.store import Store
from drillbook.ui import chains, lists, show
from drillbook.ui.forms import Form
from drillbook.ui.lists import Column, Filter, ListSpec
from drillbook.ui.nouns import Action, Field, Names, Noun, show_lines
from drillbook.ui.register_forms import common, planned_drills

VERSION_FIELDS = (
    Field("version_number", N_("Version"), "number"),
    Field("document_number", N_("Document number")),
    Field("issuing_unit", N_("Issued by")),
    Field("documented_on", N_("Date of the document"), "date"),
    Field("issued_on", N_("Issued on"), "date"),
    Field("effective_on", N_("In effect from"), "date"),
    Field("filed_on", N_("Filed on"), "date"),
    Field("published_on", N_("Published on"), "date"),
    Field("supersedes", N_("Supersedes")),
    Field("note", N_("Note")),
)
REVISION_FIELDS = (
    Field("kind", N_("Kind"), "code", "revision_kind"),
    Field("reason", N_("Reason"), "code", "revision_reason"),
    Field("owner_unit_id", N_("Done by"), "record"),
    Field("started_on", N_("Started on"), "date"),
    Field("target_on", N_("To be finished by"), "date"),
    Field("completed_on", N_("Finished on"), "date"),
    Field("note", N_("Note")),
)
FIELDS = (
    Field("title", N_("Title")),
    Field("category", N_("Category"), "code", "plan_category"),
    Field("document_kind", N_("Kind of document"), "code", "document_kind"),
    common.EVENT_CLASS,
    common.HAZARD,
    Field("lead_unit_id", N_("Lead unit"), "record"),
    Field("lifecycle", N_("Standing"), "code", "plan_status"),
    Field("repealed_on", N_("Repealed on"), "date", is_minor=True),
    Field("note", N_("Note"), is_minor=True),
    Field("versions", N_("Versions"), "lines", fields=VERSION_FIELDS),
    Field("revisions", N_("Revisions"), "lines", fields=REVISION_FIELDS),
)


def draw(form: Form, store: Store, plan: Plan | None) -> Plan:
    """Show the form of a plan with its versions and revisions; return what it says."""
    if plan is None and form.value is None:
        form.value = Plan(title="")
    with form.section(_("The plan")):
        basics = _basics(form, store)
    with form.section(_("Versions")):
        versions = form.rows(
            "versions",
            lambda row, _first: _version(row),
            add_label=_("Add a version"),
            start_with=0 if plan else 1,
            boxed=True,
            new_row=lambda: _next_version(plan),
        )
    with form.section(_("Revisions")):
        revisions = form.rows(
            "revisions",
            lambda row, _first: _revision(row),
            add_label=_("Add a revision"),
            boxed=True,
            new_row=lambda: PlanRevision(started_on=clock.today()),
        )
    return Plan(**basics, versions=tuple(versions), revisions=tuple(revisions))


def _basics(form: Form, store: Store) -> dict[str, Any]:
    title = form.text("title", _("Title"), required=True)
    first = st.columns(3)
    with first[0]:
        category = form.code("category", _("Category"), "plan_category", required=True)
    with first[1]:
        document_kind = form.code(
            "document_kind", _("Kind of document"), "document_kind", required=True
        )
    with first[2]:
        lead_unit_id = form.unit("lead_unit_id", _("Lead unit"), common.unit_options())
    second = st.columns(4)
    with second[0]:
        event_class = form.code("event_class", _("Event class"), "event_class")
    with second[1]:
        hazard = form.hazard("hazard", _("Hazard"), event_class)
    with second[2]:
        lifecycle = form.code(
            "lifecycle", _("Standing"), "plan_status", codes=plans.LIFECYCLES, required=True
        )
    with second[3]:
        repealed_on = form.day("repealed_on", _("Repealed on"))
    return {
        "title": title,
        "category": category or "",
        "document_kind": document_kind or "plan",
        "event_class": event_class,
        "hazard": hazard,
        "lead_unit_id": lead_unit_id,
        "lifecycle": lifecycle or "in_force",
        "repealed_on": repealed_on,
        "note": form.text("note", _("Note"), long=True),
    }


def _next_version(plan: Plan | None) -> PlanVersion:
    numbers = [version.version_number for version in plan.versions] if plan else []
    latest = max(plan.versions, key=lambda v: v.version_number) if plan and numbers else None
    return PlanVersion(
        version_number=max(numbers, default=0) + 1,
        supersedes=latest.document_number if latest else "",
    )


def filed_number(typed: str) -> str:
    """Return a document number the one way the office files it, e.g. 〔2023〕 around the year."""
    return parse_document_number(typed.strip()).text if typed.strip() else ""


def _version(form: Form) -> PlanVersion:
    first = st.columns([1, 3, 3, 3])
    with first[0]:
        number = form.number("version_number", _("Version"), required=True)
    with first[1]:
        typed = form.text("document_number", _("Document number"))
    with first[2]:
        issuing_unit = form.text("issuing_unit", _("Issued by"))
    with first[3]:
        supersedes = form.text("supersedes", _("Supersedes"))
    days: dict[str, Any] = {}
    titles = (spec for spec in VERSION_FIELDS if spec.kind == "date")
    for cell, spec in zip(st.columns(5), titles, strict=True):
        with cell:
            days[spec.name] = form.day(spec.name, _(spec.title))
    note = form.text("note", _("Note"))
    document_number = filed_number(typed)
    held = form.value if isinstance(form.value, PlanVersion) else PlanVersion()
    unchanged = document_number == held.document_number
    return replace(
        held,
        version_number=int(number or 0),
        document_number=document_number,
        document_number_raw=held.document_number_raw if unchanged else typed,
        issuing_unit=issuing_unit,
        supersedes=supersedes,
        note=note,
        **days,
    )


def _revision(form: Form) -> PlanRevision:
    first = st.columns([2, 3, 3])
    with first[0]:
        kind = form.code("kind", _("Kind"), "revision_kind", required=True)
    with first[1]:
        reason = form.code("reason", _("Reason"), "revision_reason", required=True)
    with first[2]:
        owner_unit_id = form.unit("owner_unit_id", _("Done by"), common.unit_options())
    second = st.columns(3)
    with second[0]:
        started_on = form.day("started_on", _("Started on"))
    with second[1]:
        target_on = form.day("target_on", _("To be finished by"))
    with second[2]:
        completed_on = form.day("completed_on", _("Finished on"))
    return PlanRevision(
        kind=kind or "full",
        reason=reason or "other",
        owner_unit_id=owner_unit_id,
        started_on=started_on,
        target_on=target_on,
        completed_on=completed_on,
        note=form.text("note", _("Note")),
    )


# --- one step at a time -------------------------------------------------------------------------


def _open_revision(plan: Plan) -> PlanRevision | None:
    return next((one for one in plan.revisions if one.completed_on is None), None)


def _add_version(form: Form, store: Store, plan: Plan) -> Plan:
    form.value = _next_version(plan)
    return replace(plan, versions=(*plan.versions, _version(form)))


def _start_revision(form: Form, store: Store, plan: Plan) -> Plan:
    form.value = PlanRevision(started_on=clock.today())
    return replace(plan, revisions=(*plan.revisions, _revision(form)))


def _finish_revision(form: Form, store: Store, plan: Plan) -> Plan:
    running = _open_revision(plan)
    assert running is not None
    form.value = replace(running, completed_on=clock.today())
    with form.section(vocabulary.label("revision_kind", running.kind)):
        completed_on = form.day("completed_on", _("Finished on"), required=True)
        note = form.text("note", _("Note"))
    done = replace(running, completed_on=completed_on, note=note)
    return replace(plan, revisions=tuple(done if one is running else one for one in plan.revisions))


def _end_needed(plan: Plan) -> Problems:
    running = _open_revision(plan)
    return {"completed_on": _("Please fill this in.")} if running else {}


NOUN: Noun[Plan] = Noun(
    register=plans.REGISTER,
    url_path="plans",
    title=N_("Contingency plan"),
    new_title=N_("New plan"),
    name=lambda plan: plan.title,
    fields=FIELDS,
    draw=draw,
    actions=(
        Action("version", N_("Add a version"), _add_version),
        Action(
            "start",
            N_("Start a revision"),
            _start_revision,
            lambda plan: _open_revision(plan) is None,
        ),
        Action(
            "finish",
            N_("Finish the revision"),
            _finish_revision,
            lambda plan: _open_revision(plan) is not None,
            N_("If a new text was issued, add it as a version afterwards."),
            _end_needed,
        ),
    ),
)


# --- the list -----------------------------------------------------------------------------------


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {
        "as_of": common.as_of(common.chosen_year({"year": lists.asked("year")})),
        "category": chosen["category"],
        "status": chosen["status"],
        "event_class": chosen["event_class"],
        "search": chosen["search"],
    }


LIST = ListSpec(
    key="plans",
    query="plan_list",
    columns=(
        Column("title", N_("Title"), width=240),
        Column("category", N_("Category"), "code", "plan_category", width=80),
        Column("status", N_("Status"), "code", "plan_status", width=72),
        Column("document_number", N_("Document number"), width=146),
        Column("issued_on", N_("Issued on"), "date", width=88),
        Column("lead_unit", N_("Lead unit"), width=110),
        Column("event_class", N_("Event class"), "code", "event_class", width=88),
        Column("revision_started_on", N_("Revision since"), "date", width=88),
        Column("revision_target_on", N_("Revision due"), "date", width=88),
    ),
    filters=(
        Filter("category", N_("Category"), lists.code_options("plan_category")),
        Filter("status", N_("Status"), lists.code_options("plan_status")),
        common.EVENT_CLASS_FILTER,
    ),
    sort="title",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("No contingency plan is recorded yet. Add the first one, or import a workbook.")
    ),
    void_query="plan_list_void",
    void_columns=(
        Column("title", N_("Title"), width=320),
        Column("category", N_("Category"), "code", "plan_category", width=110),
        Column("void_reason", N_("Reason"), width=280),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Title, lead unit, document number"),
)


# --- one plan -----------------------------------------------------------------------------------


def show_sections(store: Store, stored: Stored[Plan]) -> None:
    """Show a plan's standing today, its versions and revisions, and what used it."""
    plan, names = stored.value, Names(store)
    standing = store.one("plan_standing", id=stored.id, as_of=clock.today())
    if standing:
        label = show.plain(vocabulary.label("plan_status", standing["status"]))
        st.caption(_("Today: {status}.").format(status=label))
    st.subheader(_("Versions"), anchor=False)
    versions = sorted(plan.versions, key=lambda version: -version.version_number)
    show_lines(VERSION_FIELDS, versions, names)
    st.subheader(_("Revisions"), anchor=False)
    show_lines(REVISION_FIELDS, plan.revisions, names)
    chains.show_plan_chains(store, stored.id)
    planned_drills.show_items(
        store, _("Planned drills of this plan"), "plan_items", plan_id=stored.id
    )
    common.show_sessions(store, "plan_sessions", plan_id=stored.id)
    common.show_link("units", plan.lead_unit_id, _("Lead unit"), store)
