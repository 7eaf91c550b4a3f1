"""What every answer of the server tells the browser to refuse, whoever made the answer.

It adds and takes away headers and reads nothing else; the page shell has a policy of its own.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
POLICY = "Content-Security-Policy"
# Pages that are not Streamlit's shell: their own styles and forms, and nothing from elsewhere.
PAGE = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
# Files somebody attached: nothing in them may run or load anything.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
FILES = ("/media/", "/files/")
TELLING = ("server", "x-powered-by")


class SafeHeaders:
    """Puts the headers on every HTTP answer, files, redirects and errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), str(scope["path"]))
            await send(message)

        await self.app(scope, receive, send_safely)


def add_headers(headers: MutableHeaders, path: str) -> None:
    """Complete the headers of one answer to ``path``."""
    for name in TELLING:
        del headers[name]
    for name, value in HEADERS.items():
        headers[name] = value
    if path.startswith(FILES):
        headers[POLICY] = SANDBOX
        # Looked at instead of kept, a file would speak in the app's name.
        if not headers.get("content-disposition", "").startswith("attachment"):
            headers["Content-Disposition"] = "attachment"
    elif POLICY not in headers and headers.get("content-type", "").startswith("text/html"):
        headers[POLICY] = PAGE
