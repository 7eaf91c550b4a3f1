"""The accounts on the screen: the administrator's list and forms, and everybody's own page.

A password is typed by its holder only: the administrator hands over a one-time link.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.accounts.permissions import ACCOUNT_ROLES, WRITES
from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import units
from drillbook.ui.components import current_user, formatting, forms, list_view
from drillbook.ui.components.list_view import Column

NEW = "new"
COLUMNS = (
    Column("login", N_("Login"), width=140),
    Column("name", N_("Name"), width=140),
    Column("role", N_("Role"), "code", "account_role", width=120),
    Column("unit", N_("Bound to unit"), width=180),
    Column("standing", N_("Standing"), width=120),
    Column("seen_at", N_("Last seen"), "instant", width=150),
    Column("note", N_("Note"), width=220),
)
ROLES_EXPLAINED = {
    "viewer": N_("reads lists, charts and files of the year; telephone numbers are masked"),
    "clerk": N_(
        "logs and changes drills, units and teams; bound to a unit: that unit's drills only"
    ),
    "lead": N_(
        "also changes plans, the programme and what the office decides; reads the audit log"
    ),
    "administrator": N_("also makes accounts and sees to the backups"),
}


# --- the administrator's page -------------------------------------------------------------------


def show_accounts(store: Store) -> None:
    """Show all accounts, or the form of the one the address names."""
    asked = list_view.query_param("id")
    rows = store.query("account_list")
    if asked == NEW:
        _show_form(None)
        return
    row = next((row for row in rows if row["id"] == asked), None)
    if row is not None:
        _show_form(row)
        _show_ways(row)
        return
    if not rows:
        st.info(
            _("Nobody has an account. Use the setup link that the terminal shows at the start.")
        )
        return
    st.button(_("New account"), type="primary", key="account_new", on_click=_open, args=(NEW,))
    table = pd.DataFrame([{**row, "standing": _standing(row)} for row in rows])
    chosen = list_view.choose_row(table, COLUMNS, "account_rows")
    if chosen is not None:
        _open(str(rows[chosen]["id"]))
        st.rerun()


def _standing(row: Row) -> str:
    if row["is_disabled"]:
        return _("Disabled")
    if row["password_changed_at"] is None:
        return _("Password not chosen yet")
    return _("Active")


def _open(account_id: str | None) -> None:
    for key in [key for key in st.session_state if str(key).startswith("account:")]:
        del st.session_state[key]
    list_view.ask(id=account_id)


def _show_form(row: Row | None) -> None:
    st.button("← " + _("Back to the list"), key="account_back", on_click=_open, args=(None,))
    held = Account(**{name: row[name] for name in _FIELDS}) if row else Account("", "")
    account = _draw(held)
    problems: dict[str, str] = st.session_state.get("account:problems", {})
    for sentence in problems.values():
        st.markdown(forms.problem_text(sentence))
    forms.save_button(_("Save"), "account_save", on_click=_save, args=(row, account))


_FIELDS = ("login", "name", "role", "unit_id", "is_disabled", "note")


def _seeded(name: str, value: Any) -> str:
    key = f"account:{name}"
    st.session_state.setdefault(key, value)
    return key


def _draw(held: Account) -> Account:
    first, second = st.columns(2)
    with first:
        login = st.text_input(
            _("Login"), key=_seeded("login", held.login), max_chars=40, live="400ms"
        )
    with second:
        name = st.text_input(
            _("Name in the audit log"), key=_seeded("name", held.name), max_chars=100, live="400ms"
        )
    role = st.radio(
        _("Role"),
        ACCOUNT_ROLES,
        format_func=lambda code: vocabulary.label("account_role", code),
        captions=[_(ROLES_EXPLAINED[code]) for code in ACCOUNT_ROLES],
        key=_seeded("role", held.role),
    )
    unit_id = None
    if role == "clerk":
        names = units.choices(current())
        unit_id = st.selectbox(
            _("Bound to unit"),
            ["", *names],
            format_func=lambda one: names.get(one, _("Not bound: all drills")),
            key=_seeded("unit_id", held.unit_id or ""),
        )
    note = st.text_input(_("Note"), key=_seeded("note", held.note), max_chars=200, live="400ms")
    return replace(
        held,
        login=login or "",
        name=name or "",
        role=role,
        unit_id=unit_id or None,
        note=note or "",
    )


def _save(row: Row | None, account: Account) -> None:
    try:
        saved = accounts.save(
            current(),
            account,
            actor=current_user.actor(WRITES["account"]),
            today=clock.today(),
            account_id=row["id"] if row else None,
            row_version=row["row_version"] if row else None,
        )
    except ValidationError as error:
        st.session_state["account:problems"] = error.problems
        return
    except StaleError as error:
        st.session_state["account:problems"] = {"login": error.message}
        return
    _open(saved)
    if row is None:
        _make_link(saved)


def _show_ways(row: Row) -> None:
    st.subheader(_("Way in"), anchor=False)
    secret = st.session_state.get("account:link")
    if secret:
        st.success(_("Hand this link over; it works once, for 7 days. It is not shown again."))
        origin = st.context.url.split("/accounts")[0].rstrip("/") if st.context.url else ""
        st.code(f"{origin}/welcome?link={secret}", language=None, wrap_lines=True)
    with st.container(horizontal=True, gap="small"):
        if row["is_disabled"]:
            label = _("Enable")
        else:
            st.button(
                _("Make a link for a new password"),
                key="account_link",
                on_click=_make_link,
                args=(row["id"],),
            )
            st.button(_("Sign out everywhere"), key="account_end", on_click=_end, args=(row["id"],))
            label = _("Disable")
        st.button(label, key="account_switch", on_click=_switch, args=(row,))
    for sentence in st.session_state.pop("account:failed", []):
        st.error(formatting.plain(sentence))
    if done := st.session_state.pop("account:done", ""):
        st.success(_(done))


def _make_link(account_id: str) -> None:
    try:
        st.session_state["account:link"] = accounts.make_link(
            current(), account_id, actor=current_user.actor(WRITES["account"]), at=clock.now()
        )
    except DrillbookError as error:
        st.session_state["account:failed"] = [error.message]


def _end(account_id: str) -> None:
    accounts.end_sessions(current(), account_id, actor=current_user.actor(WRITES["account"]))
    st.session_state["account:done"] = N_("Signed out everywhere.")


def _switch(row: Row) -> None:
    st.session_state.pop("account:link", None)
    try:
        accounts.switch(
            current(),
            row["id"],
            not row["is_disabled"],
            actor=current_user.actor(WRITES["account"]),
            today=clock.today(),
        )
    except ValidationError as error:
        st.session_state["account:failed"] = list(error.problems.values())
    except DrillbookError as error:
        st.session_state["account:failed"] = [error.message]


# --- everybody's own page -----------------------------------------------------------------------


def show_own(store: Store) -> None:
    """Show who one is, and the form for a new password."""
    person = current_user.person()
    formatting.facts(
        [
            (_("Name"), formatting.text(person.name)),
            (_("Login"), formatting.text(person.login)),
            (_("Role"), vocabulary.label("account_role", person.role)),
            (_("Bound to unit"), formatting.text(_unit_name(store, person.unit_id))),
        ]
    )
    if not person.login:
        st.caption(_("You entered without an account; there is no password to change."))
        return
    st.subheader(_("Change the password"), anchor=False)
    problems: dict[str, str] = st.session_state.get("own:problems", {})
    with st.form("own_password", clear_on_submit=False, enter_to_submit=True, border=False):
        for name, label in _PASSWORDS.items():
            st.text_input(_(label), key=f"own:{name}", type="password", max_chars=200)
            if name in problems:
                st.markdown(forms.problem_text(problems[name]))
        st.form_submit_button(_("Change the password"), type="primary", on_click=_change)
    if st.session_state.pop("own:done", False):
        st.success(_("The password is changed. Other browsers were signed out."))


_PASSWORDS = {
    "old": N_("Present password"),
    "password": N_("New password"),
    "repeated": N_("New password again"),
}


def _unit_name(store: Store, unit_id: str | None) -> str:
    unit = store.record("unit", unit_id) if unit_id else None
    return str(unit["name"]) if unit else ""


def _change() -> None:
    typed = [str(st.session_state.get(f"own:{name}") or "") for name in _PASSWORDS]
    st.session_state["own:problems"] = {}
    try:
        accounts.change_password(current(), current_user.person(), *typed, at=clock.now())
    except ValidationError as error:
        st.session_state["own:problems"] = error.problems
        return
    for name in _PASSWORDS:
        st.session_state[f"own:{name}"] = ""
    st.session_state["own:done"] = True
