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

_TICKET = "single_sign_on_ticket"


def sign_out() -> None:
    """End the session in every tab that uses it (a callback)."""
    person = current_user.holder()
    if person:
        accounts.end_session(current.current(), person)
    if single_sign_on.is_on() and st.user.is_logged_in:
        st.logout()


def show() -> None:
    """Show the way in; the browser's script (presence.js) goes there by itself."""
    if single_sign_on.is_on() and st.user.is_logged_in:
        _enter()
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
    if _TICKET in st.session_state:
        # The page was run again before the browser had left it.
        _show_ticket()
        return
    at = clock.now()
    since = single_sign_on.take(claims, at)
    if since is None:
        _ask_again()
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
    ended = accounts.last_sign_out(current.current(), account_id)
    if ended is not None and since <= ended:
        _ask_again()
        return
    lasts = single_sign_on.SESSION_LASTS
    secret = accounts.open_session(
        current.current(), account_id, address=address, at=at, lasts=lasts
    )
    st.session_state[_TICKET] = sign_in_pages.ticket(secret, at)
    _show_ticket()


def _show_ticket() -> None:
    address = f"enter?ticket={st.session_state[_TICKET]}"
    _show_link(address, "drillbook-enter", _("Signed in."), _("Go on"))


def _ask_again() -> None:
    sentence = _("What your organisation said of you is too old or was used already.")
    address = f"sign-in?{single_sign_on.ASKED}=1"
    _show_link(address, "drillbook-ask-again", sentence, _("Sign in again"))


def _refuse(sentence: str) -> None:
    st.error(sentence)
    st.button(_("Sign in with another account"), key="way_in_again", on_click=st.logout)
