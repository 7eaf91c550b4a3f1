"""The gate: nothing but the way in is answered to somebody who is not signed in.

It stands before Streamlit: no page, no websocket, no upload and no media file passes it without a
session, and nothing that changes something passes it from the page of another site. What a role may
do is not its business; pages and routes ask the policy table.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from drillbook.accounts.permissions import ROUTES, Person
from drillbook.ui.components import session_cookie
from drillbook.ui.shell import origins, single_sign_on
from drillbook.ui.shell.html_shell import PRESENCE_ADDRESS, TEXTS_ADDRESS

# Streamlit's own program, the looks of the sign-in page, and two answers without any content of
# ours; Streamlit's routes for single sign-on check by themselves.
OPEN = (
    "/static/",
    "/app/static/",
    "/_stcore/health",
    "/_stcore/host-config",
    f"/{TEXTS_ADDRESS}",
    f"/{PRESENCE_ADDRESS}",
    "/favicon",
    "/auth/",
    "/oauth2callback",
)
# The last one checks its own secret, and that it is asked from this machine.
_OPEN_ROUTES = frozenset(path for path, asked in ROUTES.items() if asked == "public") | {
    "/control/backup"
}
# Checks the secret in its address: a calendar cannot sign in. Nothing else lies below it.
_FEED = re.compile(r"/calendar/[\w-]+\.ics")
# Closed before it was accepted, a socket is answered with 403, whatever the code.
REFUSED = 1008
FOREIGN = JSONResponse({"error": "not a page of this server"}, status_code=403)


async def person_of_request(connection: HTTPConnection, *, is_seen: bool = True) -> Person | None:
    """Return who sent a request, or nothing."""
    cookie = connection.cookies.get(session_cookie.COOKIE)
    return await run_in_threadpool(session_cookie.person_of_cookie, cookie, is_seen=is_seen)


class Gate:
    """Answers strangers with the way in, and passes everybody else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if not origins.may_speak(connection):
            await _refuse(FOREIGN, connection, receive, send)
        elif _is_open(scope["path"]) or await _may_pass(connection):
            await self.app(scope, receive, send)
        else:
            await _refuse(_way_in(connection), connection, receive, send)


async def _may_pass(connection: HTTPConnection) -> bool:
    return bool(await person_of_request(connection)) or single_sign_on.may_pass(connection)


def _is_open(path: str) -> bool:
    return path in _OPEN_ROUTES or path.startswith(OPEN) or bool(_FEED.fullmatch(path))


async def _refuse(
    answer: Response, connection: HTTPConnection, receive: Receive, send: Send
) -> None:
    if connection.scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": REFUSED})
    else:
        await answer(connection.scope, receive, send)


def _way_in(connection: HTTPConnection) -> Response:
    wants_page = "text/html" in connection.headers.get("accept", "")
    if connection.scope.get("method") == "GET" and wants_page:
        return RedirectResponse(f"/sign-in?next={quote(address_of(connection))}", 303)
    return JSONResponse({"error": "not signed in"}, status_code=401)


def address_of(connection: HTTPConnection) -> str:
    """Return path and query of a request, to come back to after signing in."""
    query = connection.url.query
    return f"{connection.url.path}?{query}" if query else connection.url.path


def local_address(text: str | None) -> str:
    """Return ``text`` if it is an address on this server, else the first page."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return "/"
    return text if text.isprintable() and " " not in text else "/"
