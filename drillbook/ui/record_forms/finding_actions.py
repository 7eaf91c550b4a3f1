"""The corrective actions of a finding: shown, marked as done, verified, reopened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import WRITES
from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_, ngettext
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import corrective_actions, findings
from drillbook.records.findings import Finding
from drillbook.records.record_type import Stored
from drillbook.reports import due_items
from drillbook.ui.components import attachments, current_user, formatting, list_view, record_page
from drillbook.ui.record_forms import corrective_actions as action_form

STATE_COLOURS = {"late": "red", "due_soon": "orange", "normal": "gray", "done": "green"}


def action_badge(label: str, colour: str) -> str:
    return f":{colour}-badge[{formatting.plain(label)}]"


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
    view = action_form.RECORD_VIEW
    for row in store.query("action_list", **asked_of):
        if may_change and list_view.query_param(view.parameter) == row["id"]:
            record_page.show_part(store, view, None, finding_id)
        else:
            _show_action(store, row, may_change)
        if with_files:
            with st.container(gap="xsmall"):
                attachments.show_files(
                    store, "corrective_action", row["id"], may_change=may_change, of_part=True
                )
    if not may_change:
        return
    if (
        list_view.query_param(view.parameter) == record_page.NEW
        and list_view.query_param("of") == finding_id
    ):
        record_page.show_part(
            store, view, action_form.new(store, finding_id, session_id), finding_id
        )
    else:
        st.button(
            formatting.plain(f"＋ {_(view.new_title)}"),
            key=f"{view.table}_new_{finding_id}",
            type="tertiary",
            on_click=list_view.ask,
            kwargs={view.parameter: record_page.NEW, "of": finding_id},
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
            record_page.part_buttons(store, action_form.RECORD_VIEW, row["id"])


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
        step(current.current(), action_id, row_version, actor=_writer(action_id))
    except DrillbookError as error:
        record_page.say_error(error)
    else:
        record_page.say(N_("Saved: {name}"), name=text)


def _writer(action_id: str) -> Actor:
    actor = current_user.actor(WRITES["corrective_action"])
    unit_access.require(current.current(), current_user.person(), "corrective_action", action_id)
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
    store = current.current()
    try:
        actor = current_user.actor(WRITES["plan"])
        findings.open_revision_for(
            store, stored.id, stored.row_version, actor=actor, today=clock.today()
        )
    except DrillbookError as error:
        record_page.say_error(error)
    else:
        record_page.say(N_("Saved: {name}"), name=stored.value.text)
