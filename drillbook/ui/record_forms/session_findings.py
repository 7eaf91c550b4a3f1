"""Evaluation and correction 评估与整改: what a drill showed, logged and followed where it stands.

On a session's record one form takes a finding with its first action; done, verified and taken back
are one click each.
"""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import WRITES, AccessError
from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.records import finding_with_actions
from drillbook.records.corrective_actions import Action
from drillbook.records.evaluations import Evaluation
from drillbook.records.findings import Finding
from drillbook.records.record_type import Stored
from drillbook.records.sessions import Session
from drillbook.ui.components import (
    current_user,
    form_drafts,
    formatting,
    forms,
    list_view,
    record_page,
)
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Names, tell
from drillbook.ui.record_forms import common, finding_chain
from drillbook.ui.record_forms import corrective_actions as action_form
from drillbook.ui.record_forms import evaluations as evaluation_form
from drillbook.ui.record_forms import findings as finding_form
from drillbook.ui.record_forms.finding_actions import action_badge, show_actions

LOGGING = "finding"
SEVERITY_COLOURS = {"major": "red", "moderate": "orange", "minor": "gray"}
STANDING_COLOURS = {"late": "red", "open": "orange", "closed": "green"}


def show_section(store: Store, stored: Stored[Session]) -> None:
    """Show a session's evaluations, and its findings with their actions; each can be changed."""
    st.subheader(_("Evaluation and correction"), anchor=False)
    may_change = current_user.person().may_write("finding") and not stored.is_void
    _show_evaluations(store, stored, may_change)
    rows = _findings_of(store, stored.id)
    if not rows and not may_change:
        st.caption(_("No findings."))
    for row in rows:
        with st.container(border=True, gap="small"):
            _show_finding(store, row, may_change)
    if may_change:
        _show_logging(store, stored)


def _findings_of(store: Store, session_id: str) -> list[Row]:
    nothing = dict.fromkeys(("year", "standing", "kind", "severity", "unit", "plan_id", "search"))
    rows = store.query(
        "finding_list",
        as_of=clock.today(),
        session_id=session_id,
        bound_unit_id=current_user.person().bound_unit_id,
        **nothing,
    )
    return sorted(rows, key=lambda row: (row["position"], row["id"]))


# --- evaluations --------------------------------------------------------------------------------


def _show_evaluations(store: Store, stored: Stored[Session], may_change: bool) -> None:
    view, names = evaluation_form.RECORD_VIEW, Names(store)
    asked_for = list_view.query_param(view.parameter)
    held = store.query("evaluations_of_session", session_id=stored.id)
    if not held and not may_change:
        st.caption(_("Not evaluated yet."))
    for row in held:
        if asked_for == row["id"] and may_change:
            record_page.show_part(store, view, None, stored.id)
            continue
        evaluation = view.record_type.load(store, row["id"])
        if evaluation is not None:
            _show_evaluation(store, row["id"], evaluation.value, names, may_change)
    if not may_change:
        return
    seed = Evaluation(stored.id, evaluated_on=clock.today())
    if asked_for != record_page.NEW or not record_page.show_part(store, view, seed, stored.id):
        record_page.new_part_button(view, key=stored.id)


def _show_evaluation(
    store: Store, evaluation_id: str, evaluation: Evaluation, names: Names, may_change: bool
) -> None:
    told = {
        spec.name: tell(spec, vars(evaluation), names)
        for spec in evaluation_form.FIELDS
        if spec.name != "session_id"
    }
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            head = [told["kind"], told["evaluated_on"], told["evaluator"]]
            if evaluation.score is not None:
                head.append(_("score {score}").format(score=told["score"]))
            line = " · ".join(formatting.plain(part) for part in head if part != formatting.EMPTY)
            colour = "red" if evaluation.grade == "fail" else "blue"
            grade = action_badge(told["grade"], colour) if evaluation.grade else ""
            st.markdown(f"**{line}** {grade}", width="stretch")
            if may_change:
                record_page.part_buttons(store, evaluation_form.RECORD_VIEW, evaluation_id)
        if evaluation.conclusion:
            st.text(told["conclusion"])
        criteria = [
            (_(spec.title), told[spec.name])
            for spec in evaluation_form.CRITERION_FIELDS
            if told[spec.name] != formatting.EMPTY
        ]
        if criteria:
            with st.expander(_("The six criteria"), key=f"criteria_{evaluation_id}"):
                formatting.facts(criteria)


# --- findings -----------------------------------------------------------------------------------


def _show_finding(store: Store, row: Row, may_change: bool) -> None:
    view = finding_form.view_for(current_user.person(), is_part=True)
    if may_change and list_view.query_param(view.parameter) == row["id"]:
        record_page.show_part(store, view, None, row["session_id"])
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        text = formatting.plain(current_user.seen(row["text"]))
        st.markdown(
            f"**{row['position']}.** **{text}** {badges(row)}",
            width="stretch",
        )
        if may_change:
            record_page.part_buttons(store, view, row["id"])
    finding_chain.show_chain(store, row["id"])
    show_actions(store, row["id"], row["session_id"])


def badges(row: Row) -> str:
    """Return the Markdown of a finding's kind, severity and standing."""
    kind = action_badge(vocabulary.label("finding_kind", row["kind"]), "blue")
    severity = vocabulary.label("finding_severity", row["severity"])
    status = vocabulary.label("finding_status", row["status"])
    if row["standing"] == "late":
        status = f"{status} · {vocabulary.label('finding_standing', 'late')}"
    return " ".join(
        (
            kind,
            action_badge(severity, SEVERITY_COLOURS[row["severity"]]),
            action_badge(status, STANDING_COLOURS[row["standing"]]),
        )
    )


# --- one form for a finding and its first action ------------------------------------------------


def _show_logging(store: Store, stored: Stored[Session]) -> None:
    parameter = LOGGING
    if list_view.query_param(parameter) != record_page.NEW:
        st.button(
            formatting.plain("＋ " + _("Log a finding")),
            key=f"finding_new_{stored.id}",
            type="primary",
            on_click=list_view.ask,
            kwargs={parameter: record_page.NEW},
        )
        return
    form = Form(f"finding:new:{stored.id}", _first_values(store, stored))
    with form.section(_("Log a finding")):
        form_drafts.begin(form)
        finding, taken = _draw_logging(form, store, stored.id)
        form_drafts.remember(form)
        with st.container(horizontal=True, gap="small"):
            saving = forms.save_button(_("Save"), f"{form.key}#save")
            st.button(_("Cancel"), key=f"{form.key}#cancel", on_click=_leave, args=(form,))
        if saving:
            _save_logging(store, form, finding, taken)
        if form.held("#refused"):
            form.show_problems(
                finding_with_actions.check(finding, taken, clock.today()) or form.held("#refused")
            )


def _first_values(store: Store, stored: Stored[Session]) -> SimpleNamespace:
    action = action_form.new(store, "", stored.id)
    return SimpleNamespace(
        kind="other",
        severity="minor",
        plan_id=stored.value.plan_id,
        **{"action.owner_unit_id": action.owner_unit_id, "action.due_on": action.due_on},
    )


def _draw_logging(form: Form, store: Store, session_id: str) -> tuple[Finding, tuple[Action, ...]]:
    text = form.text("text", _("Finding"), long=True, required=True, height=68)
    values = finding_form.kind_fields(form, store)
    action_text = form.text("action.text", _("Corrective action"), long=True, height=68)
    cells = st.columns([3, 2, 4], vertical_alignment="bottom")
    with cells[0]:
        owner = form.unit("action.owner_unit_id", _("Owner unit"), common.unit_options())
    with cells[1]:
        due_on = form.day("action.due_on", _("Due on"))
    finding = Finding(session_id, text, **values)
    if not action_text.strip():
        return finding, ()
    return finding, (Action("", action_text, owner, due_on),)


def _save_logging(store: Store, form: Form, finding: Finding, taken: tuple[Action, ...]) -> None:
    person = current_user.person()
    try:
        actor = current_user.actor(WRITES["finding"])
        problems: Problems = unit_access.part_problems(store, person, finding)
        for action in taken:
            problems |= {
                f"action.{name}": reason
                for name, reason in unit_access.new_unit_problems(store, person, action).items()
            }
        if problems:
            raise ValidationError(problems)
        once(
            store,
            form.token(),
            partial(
                finding_with_actions.add,
                store,
                finding,
                taken,
                actor=actor,
                today=clock.today(),
                opens_revision=person.may_write("plan"),
            ),
        )
    except ValidationError as error:
        form.set("#refused", error.problems)
        return
    except (AccessError, DrillbookError) as error:
        st.error(formatting.plain(error.message))
        return
    record_page.say(N_("Saved: {name}"), name=finding.text)
    _leave(form)
    st.rerun()


def _leave(form: Form) -> None:
    form.discard()
    list_view.ask(**{LOGGING: None})
