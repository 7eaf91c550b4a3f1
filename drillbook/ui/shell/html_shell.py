"""The page shell as the browser gets it: its language, the visitor's cookie, a strict policy.

Streamlit's own texts cannot be translated where they are made; the shell brings a script that does
it in the browser (browser_texts.js). Anything but HTML passes through untouched.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drillbook.accounts.permissions import ROUTES
from drillbook.core.i18n import DEFAULT, Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.ui.components import current_user
from drillbook.ui.components.theme import STATIC

TEXTS_ADDRESS = "drillbook-texts.js"
PRESENCE_ADDRESS = "presence.js"
# What the keys do: in forms, and in lists.
SCRIPTS = ("form_input.js", "list_rows.js")
COOKIE_SECONDS = 400 * 24 * 3600
# Answers under these never are the page shell.
NOT_THE_SHELL = (
    "/static/",
    "/_stcore/",
    "/media/",
    "/component/",
    "/app/static/",
    "/healthz",
    "/control/",
    f"/{TEXTS_ADDRESS}",
    *(path.partition("{")[0] for path in ROUTES),
)

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FONT_PRELOAD = re.compile(r"<link\s+rel=\"preload\"[^>]*?as=\"font\"[^>]*?/>")
_AGENT_LINK = re.compile(
    r"<!--(?:(?!-->).)*?agent API.*?-->\s*<link rel=\"service-desc\"[^>]*>", re.DOTALL
)
_NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


@cache
def browser_texts() -> tuple[str, str]:
    """Return the script with its dictionary, and a short mark of its content for the address."""
    folder = Path(__file__).parent
    script = (folder / "browser_texts.js").read_text(encoding="utf-8")
    dictionary = json.loads((folder / "browser_texts_zh.json").read_text(encoding="utf-8"))
    text = script.replace("__DICTIONARY__", json.dumps(dictionary, ensure_ascii=False))
    return text, sha256(text.encode()).hexdigest()[:12]


async def serve_browser_texts(_request: Request) -> Response:
    """Serve the script; its address changes with its content, so it may be kept for a year."""
    text, _mark = browser_texts()
    return Response(
        text,
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@cache
def _content_mark(file: Path) -> str:
    """Return a short mark of a file's content: an address that changes with it."""
    return sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=4)
def dressed(shell: str, language: Language) -> str:
    """Return Streamlit's page shell in ``language``, with our title, icon and script."""
    with use_language(language):
        title = _("Emergency drill register")
        no_script = _("This page needs JavaScript. Switch it on in the browser's settings.")
    script = (
        f'<script src="./{TEXTS_ADDRESS}?{browser_texts()[1]}"></script>'
        f'<script src="./{PRESENCE_ADDRESS}" defer></script>'
    )
    for name in SCRIPTS:
        mark = _content_mark(STATIC / name)
        script += f'<script src="./app/static/{name}?{mark}" defer></script>'
    shell = _FONT_PRELOAD.sub("", _AGENT_LINK.sub("", shell))
    shell = _NO_SCRIPT.sub(f"<noscript><p>{no_script}</p></noscript>", shell)
    shell = re.sub(
        r'<html lang="[^"]*">', f'<html lang="{current_user.HTML_LANGUAGES[language]}">', shell
    )
    shell = re.sub(r"<title>.*?</title>", f"<title>{title}</title>", shell)
    shell = shell.replace("./favicon.png", "./app/static/emblem.svg")
    return shell.replace('<meta charset="UTF-8" />', f'<meta charset="UTF-8" />\n    {script}')


@lru_cache(maxsize=4)
def policy(shell: str) -> str:
    """Return the content policy: nothing is fetched from, or sent to, any other host."""
    digests = (sha256(code.encode()).digest() for code in _INLINE_SCRIPT.findall(shell))
    hashes = " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'none'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class PageShell:
    """Gives every HTML answer its language, the visitor's cookie and the policy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not _may_be_shell(scope):
            await self.app(scope, receive, send)
            return
        mark = current_user.valid_mark(Request(scope).cookies.get(current_user.COOKIE))
        language = await run_in_threadpool(_language, scope, mark)
        plain = [
            (name, value)
            for name, value in scope["headers"]
            # Compressed or "not modified", the shell could not be dressed.
            if name not in (b"accept-encoding", b"if-none-match", b"if-modified-since")
        ]
        cookie = set_cookie(
            current_user.COOKIE, mark or current_user.new_mark(), scope["scheme"] == "https"
        )
        answer = _Dressing(send, language, cookie)
        await self.app({**scope, "headers": plain}, receive, answer)


class _Dressing:
    """Holds an HTML answer back until it is complete, then sends it dressed."""

    def __init__(self, send: Send, language: Language, cookie: str) -> None:
        self.send, self.language, self.cookie = send, language, cookie
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_dressed(self.start)

    async def _send_dressed(self, start: Message) -> None:
        shell = self.body.decode()
        body = dressed(shell, self.language).encode()
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified"):
            del headers[name]
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        headers["Content-Security-Policy"] = policy(shell)
        headers.append("Set-Cookie", self.cookie)
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _may_be_shell(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and not scope["path"].startswith(NOT_THE_SHELL)
    )


def _is_html(start: Message) -> bool:
    content_type: str = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and content_type.startswith("text/html")


def _language(scope: Scope, mark: str | None) -> Language:
    asked = parse_qs(scope["query_string"].decode("latin-1")).get(current_user.LANGUAGE_PARAMETER)
    return (
        current_user.as_language(asked[-1] if asked else None)
        or current_user.preferred_language(mark)
        or DEFAULT
    )


def set_cookie(name: str, value: str, secure: bool, seconds: int = COOKIE_SECONDS) -> str:
    """Return a Set-Cookie header for a cookie that scripts and other sites do not get."""
    cookie = f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return f"{cookie}; Secure" if secure else cookie
