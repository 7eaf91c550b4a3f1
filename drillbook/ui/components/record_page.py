"""How a record is opened, created, changed, voided and brought back: one flow for all.

Nobody's text is lost: a failed save keeps the form as it is, and a record that somebody else saved
in between is shown in both versions, to be decided by the visitor. Nothing here deletes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import WRITES, AccessError
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, StaleError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import cleaned
from drillbook.db import current
from drillbook.db.audit_chain import Actor
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.records import history, unit_creation
from drillbook.records.record_type import Stored
from drillbook.records.sessions import Session
from drillbook.ui.components import (
    attachments,
    current_user,
    form_drafts,
    formatting,
    forms,
    list_view,
    notices,
)
from drillbook.ui.components.forms import Form
from drillbook.ui.components.history import show_history
from drillbook.ui.components.record_view import Action, Names, RecordView, differences, facts_of

T = TypeVar("T")

NEW = "new"
EDIT = "edit"
MAIN = "main"


# --- what just happened -------------------------------------------------------------------------


def say(
    message: str,
    *,
    good: bool = True,
    undo: tuple[RecordView[Any], str] | None = None,
    **parts: str,
) -> None:
    """Leave a message (an English msgid) for the next run; ``undo`` offers to bring back."""
    again = (restore, undo) if undo else None
    notices.say(message, good=good, undo=again, **parts)


def show_flash() -> None:
    """Show the message left by the last action, once."""
    notices.show()


def say_error(error: DrillbookError) -> None:
    """Leave what went wrong for the next run."""
    if isinstance(error, ValidationError):
        say("{reason}", good=False, reason=" ".join(error.problems.values()))
    else:
        say("{reason}", good=False, reason=error.message)


# --- the page of a record type ------------------------------------------------------------------


def show_register(
    store: Store,
    view: RecordView[Any],
    spec: list_view.ListSpec,
    sections: Callable[[Store, Stored[Any]], None],
    *,
    title: str,
    above: Callable[[Store], None] | None = None,
) -> None:
    """Show a record type's page: its list, a form for a new record, or one record.

    ``sections(store, stored)`` shows what belongs to a record; ``above(store)`` what stands
    between the page's title (an English msgid) and the list.
    """
    if list_view.query_param(view.parameter):
        show_one(store, view, sections)
    else:
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
        ):
            st.title(_(title), anchor=False, width="content")
            if current_user.person().may_write(view.table):
                new_button(view)
        show_flash()
        if above:
            above(store)
        list_view.show_list(store, spec)


def show_one(
    store: Store, view: RecordView[Any], sections: Callable[[Store, Stored[Any]], None]
) -> None:
    """Show the record the address names, or the form for a new one."""
    asked_for = list_view.query_param(view.parameter)
    if asked_for == NEW:
        show_new(store, view)
    elif asked_for is not None:
        show_record(store, view, asked_for, sections)


def new_button(view: RecordView[Any], *, key: str = "list") -> None:
    """Show the button that opens the form for a new record."""
    st.button(
        _(view.new_title),
        key=f"{view.table}_new_{key}",
        type="primary",
        on_click=_open,
        args=(view, NEW),
    )


def _open(view: RecordView[Any], record_id: str | None, action: str | None = None) -> None:
    if view.is_part:
        list_view.ask(**{view.parameter: record_id if action or record_id == NEW else None})
    else:
        list_view.ask(**{view.parameter: record_id, EDIT: action})


def _back_button(view: RecordView[Any]) -> None:
    st.button(
        "← " + _("Back to the list"),
        key=f"{view.table}_back",
        type="tertiary",
        on_click=_open,
        args=(view, None),
    )


def show_new(store: Store, view: RecordView[Any]) -> None:
    """Show the form for a new record."""
    current_user.person().require(WRITES[view.table])
    form, action = Form(f"{view.table}:new"), _main_action(view)
    st.title(_(view.new_title), anchor=False)
    show_flash()
    _fill_new(store, view, action, form)


def _fill_new(store: Store, view: RecordView[Any], action: Action[Any], form: Form) -> None:
    form_drafts.begin(form)
    value = view.draw(form, store, None)
    form_drafts.remember(form)
    if _save_bar(view, form, None):
        _save(store, view, action, form, value)
    _show_problems(store, view, action, form, value, None)


def _main_action(view: RecordView[Any]) -> Action[Any]:
    return Action(MAIN, N_("Edit"), view.draw)


def show_record(
    store: Store,
    view: RecordView[Any],
    record_id: str,
    sections: Callable[[Store, Stored[Any]], None],
) -> None:
    """Show one record with what belongs to it, or one of its forms."""
    person = current_user.person()
    stored = view.record_type.load(store, record_id)
    if stored is None or not unit_access.sees(store, person, view.table, record_id):
        st.error(_("There is no such record. It may have been removed with the sample year."))
        _back_button(view)
        return
    may_change = person.may_write(view.table)
    action = _asked_action(view, stored) if may_change else None
    if action is not None:
        _show_form(store, view, action, stored)
        return
    with st.container(gap=None):
        _back_button(view)
        st.title(formatting.plain(current_user.seen(view.name(stored.value))), anchor=False)
    _show_head(view, stored, may_change)
    show_flash()
    formatting.facts(facts_of(view, stored.value, Names(store)))
    sections(store, stored)
    attachments.show_files(
        store, view.table, record_id, may_change=may_change and not stored.is_void
    )
    show_history(store, view, stored, put_back)


def _asked_action(view: RecordView[Any], stored: Stored[Any]) -> Action[Any] | None:
    asked_for = list_view.query_param(EDIT)
    offered = [a for a in (_main_action(view), *view.actions) if a.offered(stored.value)]
    return next((a for a in offered if a.name == asked_for and not stored.is_void), None)


def _show_head(view: RecordView[Any], stored: Stored[Any], may_change: bool) -> None:
    if stored.is_void:
        st.warning(
            _("Voided, in no list and no figure. Reason: {reason}").format(
                reason=formatting.plain(current_user.seen(stored.void_reason))
            )
        )
        if may_change:
            st.button(
                _("Restore"),
                key=f"{view.table}_restore",
                on_click=restore,
                args=(view, stored.id),
            )
        return
    if not may_change:
        return
    with st.container(horizontal=True, gap="small"):
        _action_button(view, stored.id, MAIN, _("Edit"), primary=True)
        for action in view.actions:
            if action.offered(stored.value):
                _action_button(view, stored.id, action.name, _(action.title))
        st.button(
            _("Void…"),
            key=f"{view.table}_void",
            on_click=_ask_to_void,
            args=(stored.id,),
        )
    if st.session_state.get("records_voiding") == stored.id:
        _void_dialog(view, stored)


def _action_button(
    view: RecordView[Any], record_id: str, name: str, title: str, primary: bool = False
) -> None:
    st.button(
        title,
        key=f"{view.table}_{name}",
        type="primary" if primary else "secondary",
        on_click=_open,
        args=(view, record_id, name),
    )


# --- parts of a record ---------------------------------------------------------------------------


def show_part(store: Store, view: RecordView[Any], seed: Any, owner_id: str) -> bool:
    """Show a part's form in its place when the address asks for it, and say whether it does.

    ``seed`` is what a new part of the record ``owner_id`` holds at first.
    """
    asked_for = list_view.query_param(view.parameter)
    person = current_user.person()
    if asked_for is None or not person.may_write(view.table):
        return False
    if asked_for == NEW:
        form, action = Form(f"{view.table}:new:{owner_id}", seed), _main_action(view)
        with form.section(_(view.new_title)):
            _fill_new(store, view, action, form)
        return True
    stored = view.record_type.load(store, asked_for)
    if (
        stored is None
        or stored.is_void
        or not unit_access.sees(store, person, view.table, asked_for)
    ):
        return False
    with st.container(border=True):
        _show_form(store, view, _main_action(view), stored)
    return True


def new_part_button(view: RecordView[Any], *, key: str) -> None:
    """Show the button that opens the form for a new part."""
    title = formatting.plain(f"＋ {_(view.new_title)}")
    st.button(title, key=f"{view.table}_new_{key}", on_click=_open, args=(view, NEW))


def part_buttons(store: Store, view: RecordView[Any], record_id: str) -> None:
    """Show the buttons that change a part or take it out, with the dialog that asks why."""
    for title, key, click, given in (
        (_("Edit"), "edit", _open, (view, record_id, MAIN)),
        (_("Void…"), "void", _ask_to_void, (record_id,)),
    ):
        st.button(
            title,
            key=f"{view.table}_{key}_{record_id}",
            type="tertiary",
            on_click=click,
            args=given,
        )
    if st.session_state.get("records_voiding") == record_id:
        stored = view.record_type.load(store, record_id)
        if stored is not None:
            _void_dialog(view, stored)


# --- forms --------------------------------------------------------------------------------------


def _show_form(
    store: Store, view: RecordView[Any], action: Action[Any], stored: Stored[Any]
) -> None:
    form = Form(f"{view.table}:{stored.id}:{action.name}", stored.value)
    if form.held("#opened") is None:
        # What was typed belongs to this version, and to this one only.
        form.discard()
        version = form_drafts.resume(form)
        # A draft of an older version is shown beside what is stored now.
        form.set("#opened", replace(stored, row_version=version or stored.row_version))
    opened: Stored[Any] = form.held("#opened")
    form.value = opened.value
    heading = f"{_(action.title)}: {formatting.plain(view.name(stored.value))}"
    if view.is_part:
        st.markdown(f"**{heading}**")
    else:
        st.title(heading, anchor=False)
        show_flash()
    if action.explanation:
        st.caption(_(action.explanation))
    form_drafts.show_restored(form)
    conflict = st.container()
    value = action.draw(form, store, opened.value)
    form_drafts.remember(form, opened.row_version)
    if stored.row_version != opened.row_version:
        with conflict:
            _show_both(store, view, action, form, stored, value)
    elif _save_bar(view, form, stored.id):
        _save(store, view, action, form, value, opened)
    _show_problems(store, view, action, form, value, stored.id)


def _save_bar(view: RecordView[Any], form: Form, record_id: str | None) -> bool:
    with st.container(horizontal=True, gap="small"):
        form.token()
        saving = forms.save_button(_("Save"), f"{form.key}#save")
        st.button(
            _("Cancel"),
            key=f"{form.key}#cancel",
            on_click=_leave,
            args=(view, form, record_id),
        )
    return saving


def _leave(view: RecordView[Any], form: Form, record_id: str | None) -> None:
    form.discard()
    _open(view, record_id)


def _save(
    store: Store,
    view: RecordView[Any],
    action: Action[Any],
    form: Form,
    value: Any,
    opened: Stored[Any] | None = None,
) -> None:
    try:
        if problems := action.problems(value) | _scope_problems(store, value):
            raise ValidationError(problems)
        actor = _writer(store, view, opened.id if opened else None)
        write = partial(
            unit_creation.save,
            store,
            view.record_type,
            value,
            actor=actor,
            today=clock.today(),
        )
        if opened:
            record_id = write(record_id=opened.id, row_version=opened.row_version)
        else:
            record_id = once(store, form.token(), write)
    except ValidationError as error:
        form.set("#refused", error.problems)
        return
    except AccessError as error:
        st.error(formatting.plain(error.message))
        return
    except StaleError:
        # The next run compares what is stored now with what was typed.
        st.rerun()
    form.discard()
    after = view.record_type.load(store, record_id) if opened else None
    is_same = after is not None and opened is not None and after.row_version == opened.row_version
    say(
        N_("Nothing was changed: {name}") if is_same else N_("Saved: {name}"), name=view.name(value)
    )
    _open(view, record_id)
    st.rerun()


def _writer(store: Store, view: RecordView[Any], record_id: str | None) -> Actor:
    """Return who writes, if the policy and the unit he is bound to allow this record."""
    actor = current_user.actor(WRITES[view.table])
    if record_id:
        unit_access.require(store, current_user.person(), view.table, record_id)
    return actor


def put_back(view: RecordView[Any], stored: Stored[Any], event_id: str) -> None:
    """Put a record back to how it stood after one line of its history; raises DrillbookError."""
    store = current.current()
    actor = _writer(store, view, stored.id)
    earlier = history.state_at(store, view.table, stored.id, event_id)
    if problems := _scope_problems(store, earlier):
        raise ValidationError(problems)
    history.put_back(
        store,
        view.record_type,
        stored.id,
        event_id,
        stored.row_version,
        actor=actor,
        today=clock.today(),
    )
    say(N_("Put back: {name}"), name=view.name(earlier))


def _scope_problems(store: Store, value: Any) -> Problems:
    if not isinstance(value, Session):
        return unit_access.part_problems(store, current_user.person(), value)
    return unit_access.problems(store, current_user.person(), value)


def _show_problems(
    store: Store,
    view: RecordView[Any],
    action: Action[Any],
    form: Form,
    value: Any,
    record_id: str | None,
) -> None:
    """After a refused save, show what is wrong now: in this language, and less as it is mended."""
    refused: Problems | None = form.held("#refused")
    if not refused:
        return
    problems = (
        current_problems(store, view, value, record_id)
        | action.problems(value)
        | _scope_problems(store, value)
    )
    if "units" in refused and "units" not in problems and _names_new_units(value):
        problems["units"] = refused["units"]
    form.show_problems(problems)
    if problems:
        st.error(_("Not saved yet: please see to the fields marked in red."))


def _names_new_units(value: Any) -> bool:
    return bool(unit_creation.without(value) != value)


def current_problems(
    store: Store, view: RecordView[Any], value: Any, record_id: str | None
) -> Problems:
    """Return everything wrong with a typed value as the register stands now; saves nothing."""
    today, value = clock.today(), cleaned(value)
    with store.reading() as reader:
        asked_in_store = view.record_type.check(
            reader, unit_creation.without(value), today, record_id
        )
    return (
        asked_in_store | view.record_type.problems(value, today) | unit_creation.row_problems(value)
    )


# --- two people, one record ---------------------------------------------------------------------


def _show_both(
    store: Store,
    view: RecordView[Any],
    action: Action[Any],
    form: Form,
    stored: Stored[Any],
    value: Any,
) -> None:
    st.warning(
        _(
            "Somebody else saved this record while you were editing. Nothing is lost: compare the"
            " two versions, then decide."
        )
    )
    names = Names(store)
    lines = differences(view, stored.value, value, names)
    if stored.is_void:
        lines.insert(0, (_("Voided"), stored.void_reason, formatting.EMPTY))
    formatting.table([_("Field"), _("Stored now"), _("Yours")], lines)
    if not lines:
        st.caption(_("Both versions say the same."))
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Keep mine"), key=f"{form.key}#keep", disabled=stored.is_void):
            _save(store, view, action, form, value, stored)
        st.button(
            _("Take the stored one"),
            key=f"{form.key}#take",
            on_click=_leave,
            args=(view, form, stored.id),
        )


# --- voiding and bringing back ------------------------------------------------------------------


def _ask_to_void(record_id: str | None) -> None:
    st.session_state["records_voiding"] = record_id


def _void_dialog(view: RecordView[Any], stored: Stored[Any]) -> None:
    @st.dialog(_("Void this record"), on_dismiss=lambda: _ask_to_void(None))
    def dialog() -> None:
        if st.session_state.get("records_voiding") != stored.id:
            st.rerun()
        st.text(view.name(stored.value))
        st.caption(
            _("A voided record is in no list and no figure. It is kept, and can be restored.")
        )
        key = f"void:{stored.id}:reason"
        st.text_area(_("Reason"), key=key, max_chars=500)
        problem = st.session_state.pop("records_void_problem", None)
        if problem:
            st.markdown(forms.problem_text(problem))
        st.button(
            _("Void"),
            key=f"{view.table}_void_now",
            type="primary",
            on_click=_void,
            args=(view, stored, key),
        )

    dialog()


def _void(view: RecordView[Any], stored: Stored[Any], key: str) -> None:
    reason = str(st.session_state.get(key) or "")
    try:
        view.record_type.void(
            current.current(),
            stored.id,
            reason,
            stored.row_version,
            actor=_writer(current.current(), view, stored.id),
        )
    except ValidationError as error:
        st.session_state["records_void_problem"] = error.problems["void_reason"]
        return
    except DrillbookError as error:
        say_error(error)
    else:
        say(N_("Voided: {name}"), name=view.name(stored.value), undo=(view, stored.id))
        _open(view, None)
    _ask_to_void(None)


def restore(view: RecordView[Any], record_id: str) -> None:
    """Bring a voided record back (a callback), or leave a message that says why not."""
    store = current.current()
    row = store.record(view.table, record_id)
    try:
        if row is None:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        view.record_type.restore(
            store,
            record_id,
            row["row_version"],
            actor=_writer(store, view, record_id),
            today=clock.today(),
        )
    except DrillbookError as error:
        say_error(error)
    else:
        stored = view.record_type.load(store, record_id)
        say(N_("Restored: {name}"), name=view.name(stored.value) if stored else "")
