"""What the frame shows to somebody without a session: the way to the sign-in page, or through it.

With single sign-on it asks the identity provider, and trades its answer for a session of ours.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from drillbook.accounts import accounts
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.components import current_user
from drillbook.ui.shell import sign_in_pages, single_sign_on


def sign_out() -> None:
    """End the session in every tab that uses it (a callback)."""
    person = current_user.holder()
    if person:
        accounts.end_session(current.current(), person)
    if single_sign_on.is_on() and st.user.is_logged_in:
        st.logout()


def show() -> None:
    """Show the way in; the browser's script (presence.js) goes there by itself."""
    if single_sign_on.is_on():
        if st.user.is_logged_in:
            _enter()
            return
        if st.query_params.get(single_sign_on.ASKED):
            st.login()
            return
    _show_link("sign-in", "drillbook-signed-out", _("You are not signed in."), _("Sign in"))


def _show_link(address: str, mark: str, sentence: str, label: str) -> None:
    st.html(
        f'<p>{escape(sentence)} <a class="{mark}" href="/{escape(address)}" target="_self">'
        f"{escape(label)}</a></p>"
    )


def _enter() -> None:
    """Begin a session for whom the provider vouches, or say why not."""
    claims = st.user.to_dict()
    configured = single_sign_on.settings()
    role = single_sign_on.role_of(claims, configured)
    name = single_sign_on.name_of(claims, configured)
    if role is None:
        _refuse(_("Your organisation's sign-in gives you no role here. Ask your administrator."))
        return
    address = st.context.ip_address or ""
    try:
        account_id = accounts.account_of_identity(
            current.current(),
            str(claims.get("iss", "")),
            str(claims.get("sub", "")),
            name,
            role,
            today=clock.today(),
            address=address,
        )
    except DrillbookError as error:
        _refuse(error.message)
        return
    at = clock.now()
    secret = accounts.open_session(current.current(), account_id, address=address, at=at)
    ticket = sign_in_pages.ticket(secret, at)
    _show_link(f"enter?ticket={ticket}", "drillbook-enter", _("Signed in."), _("Go on"))


def _refuse(sentence: str) -> None:
    st.error(sentence)
    st.button(_("Sign in with another account"), key="way_in_again", on_click=st.logout)
