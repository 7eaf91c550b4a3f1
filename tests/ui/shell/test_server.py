"""Starting, serving the page shell and stopping: what happens around the screens."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.types import Message, Receive, Scope, Send

from drillbook.accounts import preferences
from drillbook.core.errors import DrillbookError
from drillbook.core.paths import ROOT
from drillbook.db import current
from drillbook.db.store import Store
from drillbook.operations import opening
from drillbook.ui.components import current_user
from drillbook.ui.shell import html_shell, server

SHELL = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
MARK = "0123456789abcdef0123456789abcdef"


# --- the command ------------------------------------------------------------------------------


def test_command_starts_the_launcher_on_the_port() -> None:
    command = server.serve_command(8600, "0.0.0.0")
    assert command[:4] == [sys.executable, "-m", "drillbook.ui.shell", "run"]
    assert Path(command[4]) == ROOT / "app.py"
    assert {"--server.port=8600", "--server.address=0.0.0.0", "--server.headless=true"} <= set(
        command
    )


def test_environment_names_the_register_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert server.serve_environment("local.duckdb")["DRILLBOOK_DB"] == str(
        tmp_path / "local.duckdb"
    )


def test_taken_port_is_refused_with_what_to_do(zh: None) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(DrillbookError, match="换一个端口"):
            server.refuse_taken_port("127.0.0.1", other.getsockname()[1])


def start(db: Path) -> subprocess.CompletedProcess[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return subprocess.run(
        server.serve_command(port),
        env=dict(server.serve_environment(db)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_register_in_use_elsewhere_is_one_sentence_on_the_console(store: Store) -> None:
    done = start(store.path)
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert str(store.path) in lines[0]
    assert "Traceback" not in done.stdout + done.stderr


def test_file_that_is_no_register_is_one_sentence_on_the_console(tmp_path: Path) -> None:
    file = tmp_path / "notes.duckdb"
    file.write_text("not a database, and long enough to be taken for one" * 100, encoding="utf-8")
    done = start(file)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


# --- the life of the server -------------------------------------------------------------------


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_server_opens_a_new_register_warms_up_and_lets_it_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "not" / "yet" / "there" / "drillbook.duckdb"
    monkeypatch.setenv("DRILLBOOK_DB", str(path))

    async def live() -> None:
        async with server.lifespan(None):
            assert current.current().path == path
            assert {"pandas", "pyarrow", "altair", "drillbook.records.sessions"} <= set(sys.modules)
            assert gc.get_freeze_count() > 100_000
            assert (await server.healthz(None)).status_code == 200

    asyncio.run(live())
    assert str(server.PORT) in capsys.readouterr().out
    with pytest.raises(RuntimeError):
        current.current()
    opening.open_store(path).close()


def test_health_says_when_no_register_answers() -> None:
    assert asyncio.run(server.healthz(None)).status_code == 503


# --- the page shell ---------------------------------------------------------------------------


def answer(
    path: str = "/",
    query: str = "",
    cookie: str = "",
    body: bytes = SHELL,
    content_type: str = "text/html; charset=utf-8",
    scheme: str = "http",
) -> tuple[dict[str, str], str, dict[str, str]]:
    """Ask the middleware for an address; return headers, body and the headers it passed on."""
    asked: dict[str, str] = {}

    async def inner(scope: Scope, _receive: Receive, send: Send) -> None:
        asked.update({k.decode(): v.decode() for k, v in scope["headers"]})
        headers = [(b"content-type", content_type.encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:100], "more_body": True})
        await send({"type": "http.response.body", "body": body[100:]})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing to receive")

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"cookie", cookie.encode()), (b"accept-encoding", b"gzip")],
    }
    asyncio.run(html_shell.PageShell(inner)(scope, receive, send))
    headers = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
    return headers, b"".join(m.get("body", b"") for m in sent[1:]).decode(), asked


@pytest.mark.usefixtures("store")
def test_shell_speaks_chinese_by_itself() -> None:
    headers, body, asked = answer("/log")
    assert '<html lang="zh-CN"' in body
    assert "<title>应急演练与预案台账</title>" in body
    assert f"./{html_shell.TEXTS_ADDRESS}?" in body
    assert "Streamlit app" not in body
    assert "service-desc" not in body
    assert headers["content-length"] == str(len(body.encode()))
    assert "etag" not in headers
    assert "accept-encoding" not in asked


@pytest.mark.usefixtures("store")
def test_script_comes_before_streamlits() -> None:
    _, body, _ = answer()
    assert body.index(html_shell.TEXTS_ADDRESS) < body.index("static/js/index")


@pytest.mark.usefixtures("store")
def test_address_chooses_the_language() -> None:
    _, body, _ = answer("/log", query="year=2023&lang=en")
    assert '<html lang="en"' in body
    assert "<title>Emergency drill register</title>" in body


def test_shell_remembers_what_the_visitor_chose(store: Store) -> None:
    preferences.put(store, MARK, current_user.LANGUAGE, "en")
    _, body, _ = answer(cookie=f"other=1; {current_user.COOKIE}={MARK}")
    assert '<html lang="en"' in body


@pytest.mark.usefixtures("store")
def test_new_visitor_gets_a_cookie_that_scripts_cannot_read() -> None:
    cookie = answer()[0]["set-cookie"]
    assert current_user.valid_mark(cookie.partition("=")[2].partition(";")[0])
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "; Secure" in answer(scheme="https")[0]["set-cookie"]


@pytest.mark.usefixtures("store")
def test_known_visitor_keeps_his_mark_and_a_forged_one_is_replaced() -> None:
    assert MARK in answer(cookie=f"{current_user.COOKIE}={MARK}")[0]["set-cookie"]
    assert "<x>" not in answer(cookie=f"{current_user.COOKIE}=<x>")[0]["set-cookie"]


@pytest.mark.usefixtures("store")
def test_policy_allows_no_other_host() -> None:
    headers, _, _ = answer()
    rules = headers["content-security-policy"]
    assert "default-src 'self'" in rules
    assert "unsafe-eval" not in rules
    assert "script-src 'self' 'sha256-" in rules
    assert "http" not in rules


@pytest.mark.usefixtures("store")
def test_anything_but_a_page_passes_untouched() -> None:
    headers, body, asked = answer(
        "/static/js/index.js", body=b"x" * 200, content_type="text/javascript"
    )
    assert body == "x" * 200
    assert "set-cookie" not in headers
    assert asked["accept-encoding"] == "gzip"
    headers, body, _ = answer("/other", body=b"{}" * 60, content_type="application/json")
    assert body == "{}" * 60
    assert "set-cookie" not in headers


def test_no_secret_of_the_machine_is_passed_to_the_server_but_its_own_environment() -> None:
    assert set(server.serve_environment()) == set(os.environ) | {"DRILLBOOK_DB"}
