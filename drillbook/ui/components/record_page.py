"""How a record is opened, created, changed, voided and brought back: one flow for every noun.

Nobody's text is lost: a failed save keeps the form as it is, and a record that somebody else saved
in between is shown in both versions, to be decided by the visitor. Nothing here deletes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import WRITES, AccessError
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, StaleError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.idempotency import once
from drillbook.core.validation import cleaned
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store, Transaction
from drillbook.records import history, unit_creation
from drillbook.records.record_type import Stored
from drillbook.records.sessions import Session
from drillbook.ui.components import attachments, current_user, formatting, forms, list_view
from drillbook.ui.components.forms import Form
from drillbook.ui.components.history import show_history
from drillbook.ui.components.record_view import Action, Names, Noun, differences, facts_of

T = TypeVar("T")

NEW = "new"
EDIT = "edit"
FLASH = "records_flash"
MAIN = "main"


# --- what just happened -------------------------------------------------------------------------


def say(
    message: str, *, good: bool = True, undo: tuple[Noun[Any], str] | None = None, **parts: str
) -> None:
    """Leave a message (an English msgid) for the next run; ``undo`` offers to bring back."""
    st.session_state[FLASH] = (message, parts, good, undo)


def show_flash() -> None:
    """Show the message left by the last action, once."""
    held = st.session_state.pop(FLASH, None)
    if held is None:
        return
    message, parts, good, undo = held
    text = _(message).format(**{name: formatting.plain(part) for name, part in parts.items()})
    (st.success if good else st.error)(text)
    if undo:
        noun, record_id = undo
        st.button(_("Undo"), key="records_undo", on_click=restore, args=(noun, record_id))


def say_error(error: DrillbookError) -> None:
    """Leave what went wrong for the next run."""
    if isinstance(error, ValidationError):
        say("{reason}", good=False, reason=" ".join(error.problems.values()))
    else:
        say("{reason}", good=False, reason=error.message)


# --- the page of a noun -------------------------------------------------------------------------


def show_register(
    store: Store,
    noun: Noun[Any],
    spec: list_view.ListSpec,
    sections: Callable[[Store, Stored[Any]], None],
    *,
    title: str,
    above: Callable[[Store], None] | None = None,
) -> None:
    """Show a noun's page: its list, a form for a new record, or one record.

    ``sections(store, stored)`` shows what belongs to a record; ``above(store)`` what stands
    between the page's title (an English msgid) and the list.
    """
    if list_view.asked(noun.parameter):
        show_one(store, noun, sections)
    else:
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
        ):
            st.title(_(title), anchor=False, width="content")
            if current_user.person().may_write(noun.table):
                new_button(noun)
        show_flash()
        if above:
            above(store)
        list_view.show_list(store, spec)


def show_one(store: Store, noun: Noun[Any], sections: Callable[[Store, Stored[Any]], None]) -> None:
    """Show the record the address names, or the form for a new one."""
    asked_for = list_view.asked(noun.parameter)
    if asked_for == NEW:
        show_new(store, noun)
    elif asked_for is not None:
        show_record(store, noun, asked_for, sections)


def new_button(noun: Noun[Any], *, key: str = "list") -> None:
    """Show the button that opens the form for a new record."""
    st.button(
        _(noun.new_title),
        key=f"{noun.table}_new_{key}",
        type="primary",
        on_click=_open,
        args=(noun, NEW),
    )


def _open(noun: Noun[Any], record_id: str | None, action: str | None = None) -> None:
    if noun.is_part:
        list_view.ask(**{noun.parameter: record_id if action or record_id == NEW else None})
    else:
        list_view.ask(**{noun.parameter: record_id, EDIT: action})


def _back_button(noun: Noun[Any]) -> None:
    st.button(
        "← " + _("Back to the list"),
        key=f"{noun.table}_back",
        type="tertiary",
        on_click=_open,
        args=(noun, None),
    )


def show_new(store: Store, noun: Noun[Any]) -> None:
    """Show the form for a new record."""
    current_user.person().require(WRITES[noun.table])
    form, action = Form(f"{noun.table}:new"), _main_action(noun)
    st.title(_(noun.new_title), anchor=False)
    show_flash()
    value = noun.draw(form, store, None)
    if _save_bar(noun, form, None):
        _save(store, noun, action, form, value)
    _show_problems(store, noun, action, form, value, None)


def _main_action(noun: Noun[Any]) -> Action[Any]:
    return Action(MAIN, N_("Edit"), noun.draw)


def show_record(
    store: Store,
    noun: Noun[Any],
    record_id: str,
    sections: Callable[[Store, Stored[Any]], None],
) -> None:
    """Show one record with what belongs to it, or one of its forms."""
    person = current_user.person()
    stored = noun.register.load(store, record_id)
    if stored is None or not unit_access.sees(store, person, noun.table, record_id):
        st.error(_("There is no such record. It may have been removed with the sample year."))
        _back_button(noun)
        return
    may_change = person.may_write(noun.table)
    action = _asked_action(noun, stored) if may_change else None
    if action is not None:
        _show_form(store, noun, action, stored)
        return
    with st.container(gap=None):
        _back_button(noun)
        st.title(formatting.plain(current_user.seen(noun.name(stored.value))), anchor=False)
    _show_head(noun, stored, may_change)
    show_flash()
    formatting.facts(facts_of(noun, stored.value, Names(store)))
    sections(store, stored)
    attachments.show_files(
        store, noun.table, record_id, may_change=may_change and not stored.is_void
    )
    show_history(store, noun, stored, put_back)


def _asked_action(noun: Noun[Any], stored: Stored[Any]) -> Action[Any] | None:
    asked_for = list_view.asked(EDIT)
    offered = [a for a in (_main_action(noun), *noun.actions) if a.offered(stored.value)]
    return next((a for a in offered if a.name == asked_for and not stored.is_void), None)


def _show_head(noun: Noun[Any], stored: Stored[Any], may_change: bool) -> None:
    if stored.is_void:
        st.warning(
            _("Voided, in no list and no figure. Reason: {reason}").format(
                reason=formatting.plain(current_user.seen(stored.void_reason))
            )
        )
        if may_change:
            st.button(
                _("Restore"), key=f"{noun.table}_restore", on_click=restore, args=(noun, stored.id)
            )
        return
    if not may_change:
        return
    with st.container(horizontal=True, gap="small"):
        _action_button(noun, stored.id, MAIN, _("Edit"), primary=True)
        for action in noun.actions:
            if action.offered(stored.value):
                _action_button(noun, stored.id, action.name, _(action.title))
        st.button(
            _("Void…"),
            key=f"{noun.table}_void",
            on_click=_ask_to_void,
            args=(stored.id,),
        )
    if st.session_state.get("records_voiding") == stored.id:
        _void_dialog(noun, stored)


def _action_button(
    noun: Noun[Any], record_id: str, name: str, title: str, primary: bool = False
) -> None:
    st.button(
        title,
        key=f"{noun.table}_{name}",
        type="primary" if primary else "secondary",
        on_click=_open,
        args=(noun, record_id, name),
    )


# --- parts of a record ---------------------------------------------------------------------------


def show_part(store: Store, noun: Noun[Any], seed: Any, owner_id: str) -> bool:
    """Show a part's form in its place when the address asks for it, and say whether it does.

    ``seed`` is what a new part of the record ``owner_id`` holds at first.
    """
    asked_for = list_view.asked(noun.parameter)
    person = current_user.person()
    if asked_for is None or not person.may_write(noun.table):
        return False
    if asked_for == NEW:
        form, action = Form(f"{noun.table}:new:{owner_id}", seed), _main_action(noun)
        with form.section(_(noun.new_title)):
            value = noun.draw(form, store, None)
            if _save_bar(noun, form, None):
                _save(store, noun, action, form, value)
            _show_problems(store, noun, action, form, value, None)
        return True
    stored = noun.register.load(store, asked_for)
    if (
        stored is None
        or stored.is_void
        or not unit_access.sees(store, person, noun.table, asked_for)
    ):
        return False
    with st.container(border=True):
        _show_form(store, noun, _main_action(noun), stored)
    return True


def new_part_button(noun: Noun[Any], *, key: str) -> None:
    """Show the button that opens the form for a new part."""
    title = formatting.plain(f"＋ {_(noun.new_title)}")
    st.button(title, key=f"{noun.table}_new_{key}", on_click=_open, args=(noun, NEW))


def part_buttons(store: Store, noun: Noun[Any], record_id: str) -> None:
    """Show the buttons that change a part or take it out, with the dialog that asks why."""
    for title, key, click, given in (
        (_("Edit"), "edit", _open, (noun, record_id, MAIN)),
        (_("Void…"), "void", _ask_to_void, (record_id,)),
    ):
        st.button(
            title,
            key=f"{noun.table}_{key}_{record_id}",
            type="tertiary",
            on_click=click,
            args=given,
        )
    if st.session_state.get("records_voiding") == record_id:
        stored = noun.register.load(store, record_id)
        if stored is not None:
            _void_dialog(noun, stored)


# --- forms --------------------------------------------------------------------------------------


def _show_form(store: Store, noun: Noun[Any], action: Action[Any], stored: Stored[Any]) -> None:
    form = Form(f"{noun.table}:{stored.id}:{action.name}", stored.value)
    if form.held("#opened") is None:
        # What was typed belongs to this version, and to this one only.
        form.discard()
        form.set("#opened", stored)
    opened: Stored[Any] = form.held("#opened")
    form.value = opened.value
    heading = f"{_(action.title)}: {formatting.plain(noun.name(stored.value))}"
    if noun.is_part:
        st.markdown(f"**{heading}**")
    else:
        st.title(heading, anchor=False)
        show_flash()
    if action.explanation:
        st.caption(_(action.explanation))
    conflict = st.container()
    value = action.draw(form, store, opened.value)
    if stored.row_version != opened.row_version:
        with conflict:
            _show_both(store, noun, action, form, stored, value)
    elif _save_bar(noun, form, stored.id):
        _save(store, noun, action, form, value, opened)
    _show_problems(store, noun, action, form, value, stored.id)


def _save_bar(noun: Noun[Any], form: Form, record_id: str | None) -> bool:
    with st.container(horizontal=True, gap="small"):
        form.token()
        saving = st.button(_("Save"), key=f"{form.key}#save", type="primary", shortcut="Ctrl+S")
        st.button(
            _("Cancel"), key=f"{form.key}#cancel", on_click=_leave, args=(noun, form, record_id)
        )
    return saving


def _leave(noun: Noun[Any], form: Form, record_id: str | None) -> None:
    form.discard()
    _open(noun, record_id)


def _save(
    store: Store,
    noun: Noun[Any],
    action: Action[Any],
    form: Form,
    value: Any,
    opened: Stored[Any] | None = None,
) -> None:
    try:
        if problems := action.problems(value) | _scope_problems(store, value):
            raise ValidationError(problems)
        actor = _writer(store, noun, opened.id if opened else None)
        write = partial(
            unit_creation.save, store, noun.register, value, actor=actor, today=clock.today()
        )
        if opened:
            record_id = write(record_id=opened.id, row_version=opened.row_version)
        else:
            record_id = once(form.token(), write)
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
    say(N_("Saved: {name}"), name=noun.name(value))
    _open(noun, record_id)
    st.rerun()


def _writer(store: Store, noun: Noun[Any], record_id: str | None) -> Actor:
    """Return who writes, if the policy and the unit he is bound to allow this record."""
    actor = current_user.actor(WRITES[noun.table])
    if record_id:
        unit_access.require(store, current_user.person(), noun.table, record_id)
    return actor


def put_back(noun: Noun[Any], stored: Stored[Any], event_id: str) -> None:
    """Put a record back to how it stood after one line of its history; raises DrillbookError."""
    from drillbook.db import current

    store = current.current()
    actor = _writer(store, noun, stored.id)
    earlier = history.state_at(store, noun.table, stored.id, event_id)
    if problems := _scope_problems(store, earlier):
        raise ValidationError(problems)
    history.put_back(
        store,
        noun.register,
        stored.id,
        event_id,
        stored.row_version,
        actor=actor,
        today=clock.today(),
    )
    say(N_("Put back: {name}"), name=noun.name(earlier))


def _scope_problems(store: Store, value: Any) -> Problems:
    if not isinstance(value, Session):
        return unit_access.part_problems(store, current_user.person(), value)
    return unit_access.problems(store, current_user.person(), value)


def _show_problems(
    store: Store,
    noun: Noun[Any],
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
        current_problems(store, noun, value, record_id)
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


def current_problems(store: Store, noun: Noun[Any], value: Any, record_id: str | None) -> Problems:
    """Return everything wrong with a typed value as the register stands now; saves nothing."""
    today, value = clock.today(), cleaned(value)
    with store.read() as cursor:
        asked_of_register = noun.register.check(
            Transaction(cursor, "", ""), unit_creation.without(value), today, record_id
        )
    return (
        asked_of_register | noun.register.problems(value, today) | unit_creation.row_problems(value)
    )


# --- two people, one record ---------------------------------------------------------------------


def _show_both(
    store: Store,
    noun: Noun[Any],
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
    lines = differences(noun, stored.value, value, names)
    if stored.is_void:
        lines.insert(0, (_("Voided"), stored.void_reason, formatting.EMPTY))
    formatting.table([_("Field"), _("Stored now"), _("Yours")], lines)
    if not lines:
        st.caption(_("Both versions say the same."))
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Keep mine"), key=f"{form.key}#keep", disabled=stored.is_void):
            _save(store, noun, action, form, value, stored)
        st.button(
            _("Take the stored one"),
            key=f"{form.key}#take",
            on_click=_leave,
            args=(noun, form, stored.id),
        )


# --- voiding and bringing back ------------------------------------------------------------------


def _ask_to_void(record_id: str | None) -> None:
    st.session_state["records_voiding"] = record_id


def _void_dialog(noun: Noun[Any], stored: Stored[Any]) -> None:
    @st.dialog(_("Void this record"), on_dismiss=lambda: _ask_to_void(None))
    def dialog() -> None:
        if st.session_state.get("records_voiding") != stored.id:
            st.rerun()
        st.text(noun.name(stored.value))
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
            key=f"{noun.table}_void_now",
            type="primary",
            on_click=_void,
            args=(noun, stored, key),
        )

    dialog()


def _void(noun: Noun[Any], stored: Stored[Any], key: str) -> None:
    from drillbook.db import current

    reason = str(st.session_state.get(key) or "")
    try:
        noun.register.void(
            current.current(),
            stored.id,
            reason,
            stored.row_version,
            actor=_writer(current.current(), noun, stored.id),
        )
    except ValidationError as error:
        st.session_state["records_void_problem"] = error.problems["void_reason"]
        return
    except DrillbookError as error:
        say_error(error)
    else:
        say(N_("Voided: {name}"), name=noun.name(stored.value), undo=(noun, stored.id))
        _open(noun, None)
    _ask_to_void(None)


def restore(noun: Noun[Any], record_id: str) -> None:
    """Bring a voided record back (a callback), or leave a message that says why not."""
    from drillbook.db import current

    store = current.current()
    row = store.record(noun.table, record_id)
    try:
        if row is None:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        noun.register.restore(
            store,
            record_id,
            row["row_version"],
            actor=_writer(store, noun, record_id),
            today=clock.today(),
        )
    except DrillbookError as error:
        say_error(error)
    else:
        stored = noun.register.load(store, record_id)
        say(N_("Restored: {name}"), name=noun.name(stored.value) if stored else "")
