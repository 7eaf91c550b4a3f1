"""The calendar feed: its route, and the form with which its holder makes or revokes an address."""

from __future__ import annotations

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import DEFAULT
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.store import Store
from drillbook.reports.files import calendar_feeds
from drillbook.ui.components import current_user, formatting

LONGEST_SECRET = 100
SHOWN = "calendar_feed_secret"
REFUSED = "calendar_feed_refused"


async def serve_feed(request: Request) -> Response:
    """Answer with the calendar of an address; 404 for one that is none, or no more."""
    secret = request.path_params["secret"]
    language = current_user.as_language(request.query_params.get("lang")) or DEFAULT
    content = None
    if len(secret) <= LONGEST_SECRET:
        content = await run_in_threadpool(
            calendar_feeds.content, current(), secret, clock.today(), language
        )
    if content is None:
        return JSONResponse({"error": "no such calendar"}, status_code=404)
    headers = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="drillbook.ics"',
    }
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def show_feed(store: Store) -> None:
    """Show whether one's own calendar address exists, and the buttons to make or revoke it."""
    person = current_user.person()
    if not person.account_id:
        return
    with st.expander(_("Calendar feed"), expanded=bool(st.session_state.get(SHOWN))):
        st.caption(
            _(
                "An address with which a calendar reads what is due, without a sign-in: keep it to"
                " yourself. It names no person. A clerk of a unit gets that unit's items only. It"
                " ends with a new password, or when you are signed out everywhere."
            )
        )
        made_at = calendar_feeds.made_at(store, person.account_id)
        _show_secret()
        for sentence in st.session_state.pop(REFUSED, []):
            st.error(formatting.plain(sentence))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            label = _("Make a new address") if made_at else _("Make an address")
            st.button(label, key="calendar_feed_make", on_click=_make)
            if made_at:
                st.button(_("Revoke the address"), key="calendar_feed_revoke", on_click=_revoke)
                told = _("Made on {day}; a new one ends it.")
                st.caption(told.format(day=formatting.instant(made_at)), width="content")


def _show_secret() -> None:
    secret = st.session_state.pop(SHOWN, None)
    if not secret:
        return
    st.success(_("Copy this address into your calendar. It is not shown again."))
    parts = (st.context.url or "").split("/")
    origin = "/".join(parts[:3]) if len(parts) > 2 else ""
    st.code(f"{origin}/calendar/{secret}.ics", language=None, wrap_lines=True)


def _make() -> None:
    try:
        current_user.actor("enter")
        st.session_state[SHOWN] = calendar_feeds.make(current(), current_user.person())
    except DrillbookError as error:
        st.session_state[REFUSED] = [error.message]


def _revoke() -> None:
    current_user.actor("enter")
    calendar_feeds.revoke(current(), current_user.person())
    st.session_state.pop(SHOWN, None)
