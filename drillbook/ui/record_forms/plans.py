"""Contingency plans 应急预案 on the screen: versions, revisions, and what used the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import plans, revision_finish, revisions
from drillbook.records.plans import Plan, PlanAssessment, PlanRevision, PlanVersion
from drillbook.records.record_type import Stored
from drillbook.ui.components import attachments, current_user, formatting, list_view, navigation
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Action, Field, Names, RecordView, show_lines
from drillbook.ui.record_forms import common, finding_chain, planned_drills

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
    Field("superseded_on", N_("Superseded on"), "date"),
    Field("note", N_("Note")),
)
REVISION_FIELDS = (
    Field("kind", N_("Kind"), "code", "revision_kind"),
    Field("reason", N_("Reason"), "code", "revision_reason"),
    Field("owner_unit_id", N_("Done by"), "record"),
    Field("started_on", N_("Started on"), "date"),
    Field("target_on", N_("To be finished by"), "date"),
    Field("completed_on", N_("Finished on"), "date"),
    Field("end_reason", N_("Why abandoned")),
    Field("note", N_("Note")),
)
ASSESSMENT_FIELDS = (
    Field("assessed_on", N_("Assessed on"), "date"),
    Field("assessed_by", N_("Assessed by")),
    Field("conclusion", N_("Conclusion")),
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
    Field("assessments", N_("Assessments"), "lines", fields=ASSESSMENT_FIELDS),
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
    with form.section(_("Assessments")):
        assessments = form.rows("assessments", _assessment, add_label=_("Add an assessment"))
    return Plan(
        **basics,
        versions=tuple(versions),
        revisions=tuple(revisions),
        assessments=tuple(line for line in assessments if line is not None),
    )


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
    for cell, spec in zip(st.columns(6), titles, strict=True):
        with cell:
            days[spec.name] = form.day(spec.name, _(spec.title))
    note = form.text("note", _("Note"))
    document_number = revision_finish.filed_number(typed)
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
    held = form.value if isinstance(form.value, PlanRevision) else PlanRevision()
    return replace(
        held,
        kind=kind or "full",
        reason=reason or "other",
        owner_unit_id=owner_unit_id,
        started_on=started_on,
        target_on=target_on,
        completed_on=completed_on,
        is_abandoned=held.is_abandoned and completed_on is not None,
        end_reason=held.end_reason if completed_on else "",
        finished_version_id=held.finished_version_id if completed_on else None,
        note=form.text("note", _("Note")),
    )


def _assessment(row: Form, is_first: bool) -> PlanAssessment | None:
    cells = st.columns([2, 3, 5])
    with cells[0]:
        assessed_on = row.day("assessed_on", _("Assessed on"), labelled=is_first)
    with cells[1]:
        assessed_by = row.text("assessed_by", _("Assessed by"), labelled=is_first)
    with cells[2]:
        conclusion = row.text("conclusion", _("Conclusion"), labelled=is_first)
    if assessed_on is None and not assessed_by.strip() and not conclusion.strip():
        return None
    return PlanAssessment(assessed_on, assessed_by, conclusion)  # type: ignore[arg-type]


# --- one step at a time -------------------------------------------------------------------------


def _add_version(form: Form, store: Store, plan: Plan) -> Plan:
    form.value = _next_version(plan)
    return replace(plan, versions=(*plan.versions, _version(form)))


RECORD_VIEW: RecordView[Plan] = RecordView(
    record_type=plans.RECORD_TYPE,
    url_path="plans",
    title=N_("Contingency plan"),
    new_title=N_("New plan"),
    name=lambda plan: plan.title,
    fields=FIELDS,
    draw=draw,
    actions=(Action("version", N_("Add a version"), _add_version),),
)


# --- the list -----------------------------------------------------------------------------------


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {
        "as_of": common.as_of(common.chosen_year({"year": list_view.query_param("year")})),
        "category": chosen["category"],
        "status": chosen["status"],
        "event_class": chosen["event_class"],
        "search": chosen["search"],
    }


def _status_options() -> dict[str, str]:
    """Return the statuses, and one word for every plan that exists: all but the repealed ones."""
    statuses = list_view.code_options("plan_status")()
    return {"existing": vocabulary.label("grouping", "existing"), **statuses}


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
        Filter("category", N_("Category"), list_view.code_options("plan_category")),
        Filter("status", N_("Status"), _status_options),
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
        label = formatting.plain(vocabulary.label("plan_status", standing["status"]))
        st.caption(_("Today: {status}.").format(status=label))
    _show_versions(store, stored, names)
    _show_revisions(stored, names)
    st.subheader(_("Assessments"), anchor=False)
    assessments = sorted(plan.assessments, key=lambda line: line.assessed_on, reverse=True)
    show_lines(ASSESSMENT_FIELDS, assessments, names)
    finding_chain.show_plan_chains(store, stored.id)
    planned_drills.show_items(
        store, _("Planned drills of this plan"), "plan_items", plan_id=stored.id
    )
    common.show_sessions(store, "plan_sessions", plan_id=stored.id)
    common.show_link("units", plan.lead_unit_id, _("Lead unit"), store)


def _show_versions(store: Store, stored: Stored[Plan], names: Names) -> None:
    """Show the current version with its files, and those it superseded folded."""
    st.subheader(_("Versions"), anchor=False)
    versions = sorted(stored.value.versions, key=lambda version: -version.version_number)
    if not versions:
        st.caption(_("None."))
        return
    current = versions[0]
    if stored.value.lifecycle != "repealed":
        number = formatting.plain(current.document_number or str(current.version_number))
        label = _("Current")
        st.markdown(f":green-badge[{label}] {number}")
    show_lines(VERSION_FIELDS, [current], names)
    may_change = current_user.person().may_write("plan_version") and not stored.is_void
    attachments.show_files(
        store,
        "plan_version",
        current.id,
        may_change=may_change,
        title=_("Files of the current version"),
    )
    if len(versions) > 1:
        label = _("Superseded versions ({count})").format(count=len(versions) - 1)
        with st.expander(label, key="plan_superseded"):
            show_lines(VERSION_FIELDS, versions[1:], names)


def _show_revisions(stored: Stored[Plan], names: Names) -> None:
    """Show the plan's revisions, each with the way to its stages, and the way to open one."""
    st.subheader(_("Revisions"), anchor=False)
    show_lines(REVISION_FIELDS, stored.value.revisions, names)
    with st.container(horizontal=True, gap="small"):
        for revision in stored.value.revisions:
            label = _("Stages of the revision of {day}").format(
                day=formatting.day(revision.started_on)
            )
            if revision.completed_on is None:
                label = _("Stages of the open revision")
            navigation.link("revisions", label, {"id": revision.id})
        is_open = any(one.completed_on is None for one in stored.value.revisions)
        is_kept = not stored.is_void and stored.value.lifecycle != "repealed"
        offered = is_kept and not is_open and current_user.person().may_write(revisions.TABLE)
        if offered and st.button(_("Open a revision"), key="plan_open_revision"):
            navigation.go("revisions", {"id": "new", "plan": stored.id})
