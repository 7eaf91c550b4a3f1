"""The form of a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.records import plans, revision_planning, revisions
from drillbook.ui.components import current_user, form_drafts, forms, list_view, record_page
from drillbook.ui.components.forms import Form
from drillbook.ui.record_forms import common
from drillbook.ui.screens.revision_status import (
    PLAN,
    acting_user,
    back_to_board,
    leave_page,
    open_revision,
)


def show_new(store: Store) -> None:
    """Show the form that opens a revision; ``?plan=`` names the plan."""
    current_user.person().require(WRITES[revisions.TABLE])
    back_to_board(None, _("Back to the board"))
    st.title(_("Open a revision"), anchor=False)
    record_page.show_flash()
    # A form of its own for each plan: a half-filled one of another plan stays with that plan.
    form = Form(f"revision:{list_view.query_param(PLAN) or 'new'}")
    if not form.is_open() and form_drafts.resume(form) is None:
        form.set("plan_id", list_view.query_param(PLAN))
        form.set("started_on", clock.today())
        form.set("kind", "full")
    form_drafts.show_restored(form)
    values = _draw_new(form, store)
    form_drafts.remember(form)
    with st.container(horizontal=True, gap="small"):
        form.token()
        saving = forms.save_button(_("Save"), "revision_new_save")
        st.button(_("Cancel"), key="revision_new_cancel", on_click=leave_page, args=(form, None))
    problems: Problems = form.held("#refused") or {}
    if saving:
        problems = _open(store, form, values)
    if problems:
        form.show_problems(problems)
        st.error(_("Not saved yet: please see to the fields marked in red."))


def _draw_new(form: Form, store: Store) -> dict[str, Any]:
    plan_id = form.choice("plan_id", _("Contingency plan"), plans.choices(store), required=True)
    first = st.columns(3)
    with first[0]:
        kind = form.code(
            "kind",
            _("Kind"),
            "revision_kind",
            required=True,
            hint=_(
                "A minor revision may skip stages, each with its reason; a full one skips none."
            ),
        )
    with first[1]:
        reason = form.code("reason", _("Reason"), "revision_reason", required=True)
    with first[2]:
        owner = form.choice("owner_unit_id", _("Done by"), common.unit_options())
    second = st.columns(3)
    with second[0]:
        started_on = form.day("started_on", _("Started on"), required=True)
    with second[1]:
        target_on = form.day("target_on", _("To be finished by"), required=True)
    return {
        "plan_id": plan_id,
        "kind": kind,
        "reason": reason,
        "owner_unit_id": owner,
        "started_on": started_on,
        "target_on": target_on,
        "note": form.text("note", _("Note"), long=True),
    }


def _open(store: Store, form: Form, values: Mapping[str, Any]) -> Problems:
    needed = ("plan_id", "kind", "reason", "started_on", "target_on")
    problems = {name: _("Please fill this in.") for name in needed if not values[name]}
    given = dict(values)
    if not problems:
        try:
            revision_id = once(
                store, form.token(), partial(_write_new, store, given, acting_user())
            )
        except ValidationError as error:
            problems = error.problems
        except DrillbookError as error:
            problems = {"": error.message}
    form.set("#refused", problems)
    if not problems:
        form.discard()
        record_page.say(N_("The revision is open; its stages are planned up to the target date."))
        open_revision(revision_id)
        st.rerun()
    return problems


def _write_new(store: Store, given: Mapping[str, Any], actor: Actor) -> str:
    rest = {name: value for name, value in given.items() if name != "plan_id"}
    with store.write(actor) as tx:
        tx.answer = revision_id = revision_planning.open_revision(tx, given["plan_id"], **rest)
    return revision_id
