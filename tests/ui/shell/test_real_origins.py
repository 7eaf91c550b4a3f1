"""The real server and pages of other sites: they are refused, and nobody outside is asked."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import websockets

from bench.browser_tab import Tab
from tests.browser.conftest import Server, stop_server
from tests.ui.shell.test_real_server import opened, status

# Runs at the start of the server's process: writes down every name and address it asks for beyond
# this machine, and lets none of them be reached.
WATCH = """
import ipaddress, os, sys

def is_here(host):
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def watch(event, given):
    if event == "socket.getaddrinfo" or event == "socket.gethostbyname":
        host = given[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        host = given[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if not is_here(host):
        with open(os.environ["WATCHED"], "a", encoding="utf-8") as file:
            file.write(f"{event} {host}\\n")
        raise OSError("no way out of this test")

sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Site:
    """A server whose every way out is watched, and the cookie of somebody who is signed in."""

    server: Server
    cookie: str
    watched: Path

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server.url.rpartition(":")[2])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server at which a clerk is signed in; one visit first, to know that the watch works."""
    folder = tmp_path_factory.mktemp("origins")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    watched = folder / "watched.txt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=":")
        patch.setenv("WATCHED", str(watched))
        site = opened(folder, "clerk")
    yield Site(site.server, site.cookie, watched)
    stop_server(site.server)


def foreign(port: int) -> list[str]:
    """Return origins that are not the server's, near misses first."""
    return [
        f"http://127.0.0.1:{port + 1}",
        "http://127.0.0.1",
        f"http://localhost:{port}",
        f"http://0.0.0.0:{port}",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://evil.example@127.0.0.1:{port}/x",
        "https://evil.example",
        "http://192.0.2.7:8501",
        "null",
        "",
        "file://",
        "chrome-extension://abcdef",
    ]


async def knock(site: Site, origin: str, cookie: str) -> int:
    """Ask for a websocket as a page of ``origin`` would; return the status of the answer."""
    headers = {"Origin": origin, **({"Cookie": cookie} if cookie else {})}
    address = site.server.url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with websockets.connect(address, additional_headers=headers, proxy=None):
            return 101
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_page_of_another_origin_gets_no_websocket(site: Site, is_signed_in: bool) -> None:
    for origin in foreign(site.port):
        got = asyncio.run(knock(site, origin, site.cookie if is_signed_in else ""))
        assert got == 403, origin
    assert asyncio.run(knock(site, site.server.url, site.cookie)) == 101


def test_no_origin_makes_the_server_ask_anybody_outside(site: Site) -> None:
    async def everything() -> None:
        await asyncio.gather(*(knock(site, origin, site.cookie) for origin in foreign(site.port)))
        tab = Tab(site.server.url, site.cookie)
        for page in ("sessions", "import", "statistics"):
            await tab.open(page)
        await tab.close()

    asyncio.run(everything())
    for path in ("/healthz", "/_stcore/health", "/_stcore/host-config", "/", "/sign-in"):
        status(site.server.url + path, Origin="https://evil.example", Cookie=site.cookie)
    asked = site.watched.read_text(encoding="utf-8") if site.watched.exists() else ""
    assert asked == ""


def test_the_watch_sees_who_is_asked(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    watched = tmp_path / "watched.txt"
    code = "from streamlit import net_util; net_util.get_external_ip(), net_util.get_internal_ip()"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "WATCHED": str(watched)},
        check=True,
        capture_output=True,
    )
    asked = watched.read_text(encoding="utf-8")
    assert "checkip.amazonaws.com" in asked
    assert "8.8.8.8" in asked


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_no_other_page_may_change_anything(site: Site, method: str) -> None:
    paths = ("/_stcore/upload_file/a/b", "/sign-in", "/setup", "/sample", "/control/backup")
    for path in paths:
        for origin in foreign(site.port):
            found = status(site.server.url + path, method, Origin=origin, Cookie=site.cookie)
            assert found == 403, (path, origin)
