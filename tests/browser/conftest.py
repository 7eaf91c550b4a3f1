"""The real server, one for all browser tests, and a real browser for each module."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from drillbook.core.clock import today
from drillbook.core.paths import ROOT
from drillbook.db.audit_chain import Actor
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.ui.components.session_cookie import COOKIE
from drillbook.ui.shell.server import APP, serve_command, serve_environment
from tests.browser.helpers import Watcher, watch
from tools.install_browser import find_browser

START_SECONDS = 60
LOGIN, OPERATOR, PASSWORD = "管理员", "王敏", "海上搜救 2024 演练"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Server:
    """A running Drillbook: its address, its register and what it wrote to the console."""

    url: str
    db: Path
    log: Path
    process: subprocess.Popen[bytes]
    cookies: list[dict[str, Any]] = field(default_factory=list)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(
    db: Path, log: Path, app: Path = APP, port: int | None = None, options: Sequence[str] = ()
) -> Server:
    """Start Drillbook as ``drillbook serve`` does, or another app, and wait until it answers."""
    port = port or free_port()
    command = [str(app) if part == str(APP) else part for part in serve_command(port)]
    command += options
    with log.open("wb") as console:
        process = subprocess.Popen(
            command,
            env=dict(serve_environment(db)),
            cwd=ROOT,
            stdout=console,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", db, log, process)
    try:
        wait_until_healthy(server)
    except BaseException:
        stop_server(server)
        raise
    return server


def set_up(server: Server) -> Server:
    """Make the administrator with the link on the console, as a person would; keep the cookie."""
    link = re.search(r"http://\S+/setup\?token=\S+", server.log.read_text(encoding="utf-8"))
    assert link, "the console shows no setup link"
    token = link.group().partition("token=")[2]
    form = {"token": token, "login": LOGIN, "name": OPERATOR, "password": PASSWORD}
    body = urllib.parse.urlencode({**form, "repeated": PASSWORD}).encode()
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    request = urllib.request.Request(f"{server.url}/setup", body, {"Origin": server.url})
    with opener.open(request) as answer:
        assert answer.status == 200
    # Only this one: with the visitor's mark, each tab would have the language of the one before.
    for cookie in (one for one in jar if one.name == COOKIE):
        kept = {"name": cookie.name, "value": cookie.value or "", "url": server.url}
        server.cookies.append({**kept, "httpOnly": cookie.has_nonstandard_attr("HttpOnly")})
    return server


def signed_in(browser: Browser, server: Server, **settings: Any) -> BrowserContext:
    """Return a browser context of the administrator."""
    context = browser.new_context(**settings)
    context.add_cookies(server.cookies)  # type: ignore[arg-type]
    return context


def wait_until_healthy(server: Server) -> None:
    """Return when /healthz answers; fail with the console's text when it never does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{server.log.read_text(encoding='utf-8')}")


def stop_server(server: Server) -> None:
    """Stop the server as a service manager does, by its own process id."""
    server.process.terminate()
    try:
        server.process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server on an empty register for the whole run; its folder does not exist before."""
    folder = tmp_path_factory.mktemp("server")
    running = set_up(start_server(folder / "new" / "drillbook.duckdb", folder / "console.log"))
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def sample_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server on a register that holds the sample years."""
    folder = tmp_path_factory.mktemp("sample-server")
    register = open_store(folder / "drillbook.duckdb")
    sample_data.load(register, Actor("王敏"), today())
    register.close()
    running = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield running
    stop_server(running)


# Of a module, not of the run: Playwright's event loop would stop every asyncio.run after it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium or Playwright's own."""
    executable = find_browser()
    if executable is None:
        reason = "no Chromium here: apt-get install chromium, or playwright install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def used_server(request: pytest.FixtureRequest) -> Server | None:
    """The server that the test asks for; cookies know no ports, so a tab has those of one."""
    for name in {"server", "sample_server", "office"}.intersection(request.fixturenames):
        found = request.getfixturevalue(name)
        return found if isinstance(found, Server) else found.server  # type: ignore[no-any-return]
    return None


@pytest.fixture
def tab(browser: Browser, used_server: Server | None) -> Iterator[Watcher]:
    """Open a tab of the administrator on a small office screen."""
    context = browser.new_context(viewport=DESKTOP)
    context.add_cookies(used_server.cookies if used_server else [])  # type: ignore[arg-type]
    yield watch(context.new_page())
    context.close()


@pytest.fixture
def phone(browser: Browser, used_server: Server | None) -> Iterator[Watcher]:
    """Open a tab of the administrator on a phone."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    context.add_cookies(used_server.cookies if used_server else [])  # type: ignore[arg-type]
    yield watch(context.new_page())
    context.close()
