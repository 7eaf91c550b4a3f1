"""Every answer carries the headers that keep a browser from being talked into something."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from drillbook.ui.shell import security_headers

OWN = b"default-src 'self'"


def answered(path: str, *given: tuple[bytes, bytes], status: int = 200) -> dict[str, list[str]]:
    """Return what is sent for an answer with these headers: name → values."""

    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(given)})
        await send({"type": "http.response.body", "body": b"x"})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing to receive")

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    asyncio.run(security_headers.SafeHeaders(inner)(scope, receive, send))
    found: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name.decode().lower(), []).append(value.decode())
    return found


@pytest.mark.parametrize("status", [200, 303, 404, 500])
@pytest.mark.parametrize("path", ["/", "/healthz", "/static/js/a.js", "/media/a.pdf", "/nowhere"])
def test_every_answer_has_them_once(path: str, status: int) -> None:
    found = answered(path, (b"x-frame-options", b"ALLOW"), (b"server", b"x/1.2"), status=status)
    for name, value in security_headers.HEADERS.items():
        assert found[name.lower()] == [value]
    assert "server" not in found


@pytest.mark.parametrize("path", ["/media/0123.html", "/files/0190"])
def test_attached_files_are_kept_and_never_shown(path: str) -> None:
    found = answered(path, (b"content-type", b"text/html"), (b"content-security-policy", OWN))
    assert found["content-security-policy"] == [security_headers.SANDBOX]
    assert found["content-disposition"] == ["attachment"]
    named = answered(path, (b"content-disposition", b"attachment; filename=a.pdf"))
    assert named["content-disposition"] == ["attachment; filename=a.pdf"]


def test_a_page_without_a_policy_gets_one_and_keeps_its_own() -> None:
    html = (b"content-type", b"text/html; charset=utf-8")
    assert answered("/sign-in", html)["content-security-policy"] == [security_headers.PAGE]
    own = answered("/", html, (b"content-security-policy", OWN))
    assert own["content-security-policy"] == [OWN.decode()]
    script = answered("/static/js/a.js", (b"content-type", b"text/javascript"))
    assert "content-security-policy" not in script


def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    async def nothing(*_arguments: object) -> None:
        raise AssertionError

    asyncio.run(security_headers.SafeHeaders(inner)({"type": "websocket"}, nothing, nothing))  # type: ignore[arg-type]
    assert passed == ["websocket"]
