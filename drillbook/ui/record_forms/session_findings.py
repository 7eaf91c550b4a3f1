"""Evaluation and correction 评估与整改: what a drill showed, logged and followed where it stands.

On a session's record one form takes a finding with its first action; done, verified and taken back
are one click each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import WRITES, AccessError
from drillbook.core import clock, vocabulary
from drillbook.core.errors import (
    DrillbookError,
    Problems,
    ValidationError,
)
from drillbook.core.i18n import N_, ngettext
from drillbook.core.i18n import gettext as _
from drillbook.core.idempotency import once
from drillbook.db import store as stores
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Row, Store
from drillbook.records import corrective_actions, findings
from drillbook.records.corrective_actions import Action
from drillbook.records.evaluations import Evaluation
from drillbook.records.findings import Finding
from drillbook.records.record_type import Stored
from drillbook.records.sessions import Session
from drillbook.reports import due_items
from drillbook.ui.components import (
    attachments,
    current_user,
    formatting,
    list_view,
    record_page,
)
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Names, tell
from drillbook.ui.record_forms import common, finding_chain
from drillbook.ui.record_forms import corrective_actions as action_form
from drillbook.ui.record_forms import evaluations as evaluation_form
from drillbook.ui.record_forms import findings as finding_form

LOGGING = "finding"
STATE_COLOURS = {"late": "red", "due_soon": "orange", "normal": "gray", "done": "green"}
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


def action_badge(label: str, colour: str) -> str:
    return f":{colour}-badge[{formatting.plain(label)}]"


# --- evaluations --------------------------------------------------------------------------------


def _show_evaluations(store: Store, stored: Stored[Session], may_change: bool) -> None:
    noun, names = evaluation_form.NOUN, Names(store)
    asked_for = list_view.asked(noun.parameter)
    held = store.query("evaluations_of_session", session_id=stored.id)
    if not held and not may_change:
        st.caption(_("Not evaluated yet."))
    for row in held:
        if asked_for == row["id"] and may_change:
            record_page.show_part(store, noun, None, stored.id)
            continue
        evaluation = noun.register.load(store, row["id"])
        if evaluation is not None:
            _show_evaluation(store, row["id"], evaluation.value, names, may_change)
    if not may_change:
        return
    seed = Evaluation(stored.id, evaluated_on=clock.today())
    if asked_for != record_page.NEW or not record_page.show_part(store, noun, seed, stored.id):
        record_page.new_part_button(noun, key=stored.id)


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
                record_page.part_buttons(store, evaluation_form.NOUN, evaluation_id)
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
    noun = finding_form.noun_for(current_user.person(), is_part=True)
    if may_change and list_view.asked(noun.parameter) == row["id"]:
        record_page.show_part(store, noun, None, row["session_id"])
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        text = formatting.plain(current_user.seen(row["text"]))
        st.markdown(
            f"**{row['position']}.** **{text}** {badges(row)}",
            width="stretch",
        )
        if may_change:
            record_page.part_buttons(store, noun, row["id"])
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


def show_actions(
    store: Store, finding_id: str, session_id: str, *, with_files: bool = False
) -> None:
    """Show a finding's actions; each is done, verified or taken back with one click."""
    finding = store.record("finding", finding_id)
    may_change = current_user.person().may_write("corrective_action") and not (
        finding is None or finding["voided_at"]
    )
    nothing = dict.fromkeys(("session_id", "owner_unit_id", "is_open", "is_late"))
    asked_of: Row = nothing | {"finding_id": finding_id, "as_of": clock.today()}
    noun = action_form.NOUN
    for row in store.query("action_list", **asked_of):
        if may_change and list_view.asked(noun.parameter) == row["id"]:
            record_page.show_part(store, noun, None, finding_id)
        else:
            _show_action(store, row, may_change)
        if with_files:
            with st.container(gap="xsmall"):
                attachments.show_files(
                    store, "corrective_action", row["id"], may_change=may_change, of_part=True
                )
    if not may_change:
        return
    if list_view.asked(noun.parameter) == record_page.NEW and list_view.asked("of") == finding_id:
        record_page.show_part(
            store, noun, action_form.new(store, finding_id, session_id), finding_id
        )
    else:
        st.button(
            formatting.plain(f"＋ {_(noun.new_title)}"),
            key=f"{noun.table}_new_{finding_id}",
            type="tertiary",
            on_click=list_view.ask,
            kwargs={noun.parameter: record_page.NEW, "of": finding_id},
        )


def _show_action(store: Store, row: Row, may_change: bool) -> None:
    state = action_badge(_state(row), STATE_COLOURS[row["state"]])
    who, text = current_user.seen(row["verified_by"], "verified_by"), current_user.seen(row["text"])
    parts = [row["owner_unit"], _("due {day}").format(day=formatting.day(row["due_on"]))]
    if row["done_on"]:
        parts.append(_("done {day}").format(day=formatting.day(row["done_on"])))
    if row["verified_on"]:
        day = formatting.day(row["verified_on"])
        parts.append(_("verified {day} by {who}").format(day=day, who=who))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        told = formatting.plain(" · ".join(parts))
        st.markdown(f"▸ {formatting.plain(text)} {state}  \n:small[{told}]", width="stretch")
        if may_change:
            _show_steps(row)
            record_page.part_buttons(store, action_form.NOUN, row["id"])


def _state(row: Row) -> str:
    label = vocabulary.label("action_state", row["state"])
    if row["state"] == "late":
        late = ngettext("{state}, {days} day", "{state}, {days} days", -row["days"])
        return late.format(state=label, days=-row["days"])
    if row["verified_on"]:
        return _("Verified")
    return label


def _show_steps(row: Row) -> None:
    steps: list[tuple[str, str, Callable[..., None]]] = []
    if not row["done_on"]:
        steps.append(("done", _("Mark done"), _mark_done))
    elif not row["verified_on"]:
        steps.append(("verify", _("Verify"), _verify))
    if row["done_on"]:
        steps.append(("reopen", _("Take back"), _reopen))
    for name, title, step in steps:
        st.button(
            title,
            key=f"action_{name}_{row['id']}",
            type="secondary" if name != "reopen" else "tertiary",
            on_click=_step,
            args=(step, row["id"], row["row_version"], row["text"]),
        )


def _step(step: Callable[..., None], action_id: str, row_version: int, text: str) -> None:
    try:
        step(stores.current(), action_id, row_version, actor=_writer(action_id))
    except DrillbookError as error:
        record_page.say_error(error)
    else:
        record_page.say(N_("Saved: {name}"), name=text)


def _writer(action_id: str) -> Actor:
    actor = current_user.actor(WRITES["corrective_action"])
    unit_access.require(stores.current(), current_user.person(), "corrective_action", action_id)
    return actor


def _mark_done(store: Store, action_id: str, row_version: int, *, actor: Actor) -> None:
    corrective_actions.mark_done(store, action_id, row_version, actor=actor, today=clock.today())


def _verify(store: Store, action_id: str, row_version: int, *, actor: Actor) -> None:
    # Whoever clicks has seen it; the form takes another name.
    name = current_user.person().name
    corrective_actions.verify(
        store, action_id, row_version, by=name, actor=actor, today=clock.today()
    )


def _reopen(store: Store, action_id: str, row_version: int, *, actor: Actor) -> None:
    corrective_actions.reopen(store, action_id, row_version, actor=actor, today=clock.today())


def offer_revision(store: Store, stored: Stored[Finding]) -> None:
    """Say by when a finding on a plan that waits wants a revision, and offer to open one."""
    if stored.value.kind != findings.PLAN or stored.value.status != "open":
        return
    _show_awaited(store, stored.id)
    if not current_user.person().may_write("plan"):
        return
    st.button(
        _("Open a revision of the plan"),
        key=f"finding_revision_{stored.id}",
        on_click=_open_revision,
        args=(stored,),
    )


def _show_awaited(store: Store, finding_id: str) -> None:
    today = clock.today()
    asked = store.one("finding_awaits", id=finding_id, as_of=today)
    if asked is None:
        return
    if asked["revise_by"] < today:
        told = _("No revision of the plan has begun; it was due by {day}, by {article}.")
    else:
        told = _("A revision of the plan has to begin by {day}, by {article}.")
    shown = told.format(
        day=formatting.day(asked["revise_by"]), article=formatting.plain(due_items.cited(asked))
    )
    (st.error if asked["revise_by"] < today else st.warning)(shown)
    st.caption(formatting.plain(asked["text"]))


def _open_revision(stored: Stored[Finding]) -> None:
    store = stores.current()
    try:
        actor = current_user.actor(WRITES["plan"])
        findings.open_revision_for(
            store, stored.id, stored.row_version, actor=actor, today=clock.today()
        )
    except DrillbookError as error:
        record_page.say_error(error)
    else:
        record_page.say(N_("Saved: {name}"), name=stored.value.text)


# --- one form for a finding and its first action ------------------------------------------------


def _show_logging(store: Store, stored: Stored[Session]) -> None:
    parameter = LOGGING
    if list_view.asked(parameter) != record_page.NEW:
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
        finding, taken = _draw_logging(form, store, stored.id)
        with st.container(horizontal=True, gap="small"):
            saving = st.button(_("Save"), key=f"{form.key}#save", type="primary", shortcut="Ctrl+S")
            st.button(_("Cancel"), key=f"{form.key}#cancel", on_click=_leave, args=(form,))
        if saving:
            _save_logging(store, form, finding, taken)
        if form.held("#refused"):
            form.show_problems(
                findings.check(finding, taken, clock.today()) or form.held("#refused")
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
        if problems:
            raise ValidationError(problems)
        once(
            form.token(),
            partial(
                findings.add,
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
