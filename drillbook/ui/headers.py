"""What every answer of the server tells the browser to refuse, whoever made the answer.

It adds and takes away headers and reads nothing else; the page shell has its own, finer policy.
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
# Files somebody attached, and what is not a page: nothing in them may run or load anything.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
MEDIA = "/media/"
TELLING = ("server", "x-powered-by")


class SafeHeaders:
    """Puts the headers on every HTTP answer, files and errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), str(scope["path"]))
            await send(message)

        await self.app(scope, receive, send_safely)


def _add(headers: MutableHeaders, path: str) -> None:
    for name in TELLING:
        del headers[name]
    for name, value in HEADERS.items():
        headers[name] = value
    if MEDIA in path:
        headers["Content-Security-Policy"] = SANDBOX
        # A file that is looked at would run in the app's own name.
        if not headers.get("content-disposition", "").startswith("attachment"):
            headers["Content-Disposition"] = "attachment"
    elif "content-security-policy" not in headers:
        headers["Content-Security-Policy"] = SANDBOX
