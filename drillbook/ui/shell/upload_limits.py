"""Uploads: taken only where an uploader is on the page and the role may, and only so many bytes.

Streamlit keeps every uploaded file in memory and asks nothing of what is here. It stands behind the
gate, so somebody is signed in.
"""

from __future__ import annotations

import re
from collections import Counter

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from drillbook.accounts.permissions import Person
from drillbook.ui.components import uploads
from drillbook.ui.shell.auth_gate import person_of_request

ROUTE = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
# Four of the largest files (server.maxUploadSize), kept and on their way together.
BYTES_PER_PERSON = 120 * 1024 * 1024


class UploadLimits:
    """Asks before an upload is read, and counts what its sender has in memory already."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.receiving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = ROUTE.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        person = await person_of_request(connection)
        length = _length(connection)
        if person is None or not uploads.may_upload(found[1], person):
            await _refusal(403, "no uploader here")(scope, receive, send)
        elif length is None:
            await _refusal(411, "length required")(scope, receive, send)
        else:
            await self._take(person, length, scope, receive, send)

    async def _take(
        self, person: Person, length: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        owner = uploads.owner_of(person)
        if _kept(person) + self.receiving[owner] + length > BYTES_PER_PERSON:
            await _refusal(413, "too many files at once")(scope, receive, send)
            return
        self.receiving[owner] += length
        try:
            await self.app(scope, receive, send)
        finally:
            self.receiving[owner] -= length
            if not self.receiving[owner]:
                del self.receiving[owner]


def _length(connection: HTTPConnection) -> int | None:
    # A body in chunks has a length that nobody knows before it is there.
    text = connection.headers.get("content-length", "")
    if "transfer-encoding" in connection.headers or len(text) > 12:
        return None
    return int(text) if text.isascii() and text.isdigit() else None


def _kept(person: Person) -> int:
    from streamlit.runtime import get_instance

    storage = getattr(get_instance().uploaded_file_mgr, "file_storage", {})
    tabs = (storage.get(name, {}) for name in uploads.tabs_of(person))
    return sum(len(file.data) for tab in tabs for file in list(tab.values()))


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status_code=status)
