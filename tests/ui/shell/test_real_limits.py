"""The real server under floods: whoever finishes nothing keeps nobody else out."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bench.browser_tab import Tab
from drillbook.core.paths import ROOT
from drillbook.ui.shell.__main__ import raise_file_limit
from drillbook.ui.shell.connection_limits import WAITING_PER_ADDRESS
from drillbook.ui.shell.upload_limits import BYTES_PER_PERSON
from tests.browser.conftest import Server, stop_server
from tests.ui.shell.test_real_server import Site, opened, status

MEGABYTE = 1024 * 1024
MANY = 1_200
HALVES = (b"", b"GET /sign-in HTTP/1.1\r\nHost: x\r\n", b"POST /sign-in HTTP/1.1\r\nContent-Len")
BODY = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: 900\r\n\r\nlogin="


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server at which a viewer is signed in."""
    made = opened(tmp_path_factory.mktemp("limits"), "viewer")
    yield made
    stop_server(made.server)


def connected(server: Server) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def is_closed(one: socket.socket) -> bool:
    """Say whether the server has closed a connection; waits until it does."""
    try:
        return one.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("half", [*HALVES, BODY], ids=["nothing", "headers", "name", "body"])
def test_half_sent_requests_close_the_door_to_nobody(site: Site, half: bytes) -> None:
    raise_file_limit()
    with ExitStack() as stack:
        for _number in range(MANY):
            one = stack.enter_context(connected(site.server))
            # What the server has closed already takes nothing more.
            try:
                one.sendall(half)
            except ConnectionError:
                continue
        for _number in range(5):
            assert status(f"{site.server.url}/healthz") == 200
        assert status(f"{site.server.url}/sign-in") == 200


def test_the_oldest_of_an_address_goes_and_the_newest_is_served(site: Site) -> None:
    with ExitStack() as stack:
        ones = [
            stack.enter_context(connected(site.server)) for _number in range(WAITING_PER_ADDRESS)
        ]
        for one in ones:
            one.sendall(HALVES[1])
        newest = stack.enter_context(connected(site.server))
        newest.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert newest.recv(12) == b"HTTP/1.1 200"
        assert is_closed(ones[0])


def test_a_request_that_is_not_finished_is_given_up(site: Site) -> None:
    with connected(site.server) as one:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert one.recv(12) == b"HTTP/1.1 200"
        # On a connection that was of use before, too.
        one.sendall(HALVES[1])
        while not is_closed(one):
            pass


# --- uploads ----------------------------------------------------------------------------------


def put(site: Site, session: str, name: str, content: bytes) -> int:
    """Upload a file as Streamlit's page does, without its page; return the answer's status."""
    with urllib.request.urlopen(
        urllib.request.Request(f"{site.server.url}/_stcore/health", headers={"Cookie": site.cookie})
    ) as page:
        cookies = " ".join(page.headers.get_all("Set-Cookie"))
    token = re.search(r"_streamlit_xsrf=([^;]+)", cookies)
    assert token
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
    request = urllib.request.Request(
        f"{site.server.url}/_stcore/upload_file/{session}/{name}",
        head + content + b"\r\n--x--\r\n",
        {
            "Content-Type": "multipart/form-data; boundary=x",
            "Cookie": f"{site.cookie}; _streamlit_xsrf={token[1]}",
            "X-Xsrftoken": token[1],
        },
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ConnectionError):
        # Refused before the body was read, and the connection closed meanwhile.
        return 413


def on_page(site: Site, page: str, sizes: list[int], before: str = "") -> list[int]:
    """Open a page and upload files of these sizes from its tab; return the answers."""

    async def visit() -> list[int]:
        tab = Tab(site.server.url, site.cookie)
        await tab.open(before or page)
        if before:
            await tab._run(page)
        done = [
            await asyncio.to_thread(put, site, tab.session_id, str(number), bytes(size))
            for number, size in enumerate(sizes)
        ]
        await tab.close()
        return done

    return asyncio.run(visit())


def test_a_viewer_uploads_nothing_from_any_page(site: Site) -> None:
    for page in ("sessions", "dashboard", "import", "log"):
        assert on_page(site, page, [10]) == [403], page


def test_uploads_need_an_uploader_on_the_page_and_end_at_a_limit(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = opened(tmp_path_factory.mktemp("uploads"), "clerk")
    try:
        assert on_page(made, "units", [10]) == [403]
        assert on_page(made, "units", [10], before="import") == [403]
        assert on_page(made, "log", [10]) == [204]
        # Somebody who knows the tab of another, or none at all.
        assert put(made, "another", "1", b"x") == 403
        size = 29 * MEGABYTE
        fitting = BYTES_PER_PERSON // size
        found = on_page(made, "import", [size] * (fitting + 1))
        assert found == [204] * fitting + [413]
    finally:
        stop_server(made.server)


def test_every_uploader_of_the_product_says_whom_it_is_for() -> None:
    shown = [
        path.relative_to(ROOT).as_posix()
        for folder in ("drillbook", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bst\.file_uploader\(", path.read_text(encoding="utf-8"))
    ]
    assert shown == ["drillbook/ui/components/uploads.py"]
