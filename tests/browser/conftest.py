"""The real server, one for all browser tests, and a real browser for each module."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from drillbook import sample
from drillbook.clock import today
from drillbook.paths import ROOT
from drillbook.store import open_store
from drillbook.ui.launcher import APP, serve_command, serve_environment
from tests.browser.helpers import Watcher, watch
from tools.install_browser import find_browser

START_SECONDS = 60
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


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(db: Path, log: Path, app: Path = APP) -> Server:
    """Start Drillbook as ``drillbook serve`` does, or another app, and wait until it answers."""
    port = free_port()
    command = [str(app) if part == str(APP) else part for part in serve_command(port)]
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
    running = start_server(folder / "new" / "drillbook.duckdb", folder / "console.log")
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def sample_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server on a register that holds the sample years."""
    folder = tmp_path_factory.mktemp("sample-server")
    register = open_store(folder / "drillbook.duckdb")
    sample.load(register, "王敏", today())
    register.close()
    running = start_server(folder / "drillbook.duckdb", folder / "console.log")
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
def tab(browser: Browser) -> Iterator[Watcher]:
    """Open a tab of a new visitor on a small office screen."""
    context = browser.new_context(viewport=DESKTOP)
    yield watch(context.new_page())
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Watcher]:
    """Open a tab of a new visitor on a phone."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    yield watch(context.new_page())
    context.close()
