"""The real server under floods: whoever finishes nothing keeps nobody else out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drillbook.ui.shell.__main__ import raise_file_limit
from drillbook.ui.shell.connection_limits import WAITING_PER_ADDRESS
from tests.browser.conftest import Server, stop_server
from tests.ui.shell.test_real_server import Site, opened, status

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
