"""Connections that nobody finishes: how long they may wait, and how many one address may have.

Uvicorn waits for a request's headers for ever, so a thousand half-sent ones leave no file handle
for anybody else. Here the newest is always let in: where an address has too many, its oldest goes.
Websockets are not counted; the gate opens them to somebody who is signed in.
"""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from collections import defaultdict
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from drillbook.accounts.sign_in_delays import network_of

HEADER_SECONDS = 10.0
# Between two pieces of a body; a slow line sends something all the time.
BODY_SECONDS = 60.0
WAITING_PER_ADDRESS = 100
# A proxy on this computer is one address for everybody.
OPEN_PER_ADDRESS = 500

Connections = dict["LimitedProtocol", None]


class Door:
    """Who is connected from which address, the oldest first."""

    def __init__(self) -> None:
        self.open: dict[str, Connections] = defaultdict(dict)
        self.waiting: dict[str, Connections] = defaultdict(dict)

    def enter(self, one: LimitedProtocol) -> None:
        """Count a new connection; close the oldest of its address beyond the limit."""
        self._add(self.open, one, OPEN_PER_ADDRESS)

    def wait(self, one: LimitedProtocol) -> None:
        """Count a connection as one that has not sent its whole request."""
        self._add(self.waiting, one, WAITING_PER_ADDRESS)

    def has_sent(self, one: LimitedProtocol) -> None:
        """Count a connection as waiting no more."""
        self._drop(self.waiting, one)

    def leave(self, one: LimitedProtocol) -> None:
        """Count a connection no more."""
        self._drop(self.waiting, one)
        self._drop(self.open, one)

    def _add(self, counted: dict[str, Connections], one: LimitedProtocol, most: int) -> None:
        here = counted[one.network]
        here[one] = None
        if len(here) > most:
            oldest = next(iter(here))
            self.leave(oldest)
            oldest.give_up()

    def _drop(self, counted: dict[str, Connections], one: LimitedProtocol) -> None:
        here = counted.get(one.network, {})
        here.pop(one, None)
        if not here:
            counted.pop(one.network, None)


DOOR = Door()


class LimitedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP with an end to waiting; ``python -m drillbook.ui.shell`` puts it in."""

    network = ""
    _timer: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        DOOR.enter(self)
        self._wait(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection that is closed."""
        self._leave()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Forget a connection that another protocol takes over."""
        self._leave()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """Begin to wait for the headers; the first request waits since it was connected."""
        super().on_message_begin()
        if self._timer is None:
            self._wait(HEADER_SECONDS)

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        super().on_headers_complete()
        self._wait(BODY_SECONDS)

    def on_body(self, body: bytes) -> None:
        """Wait for the next piece of it."""
        super().on_body(body)
        self._wait(BODY_SECONDS)

    def on_message_complete(self) -> None:
        """Wait no more: the request is whole."""
        super().on_message_complete()
        self._stop_timer()
        DOOR.has_sent(self)

    def give_up(self) -> None:
        """Close the connection, whatever it still had to send."""
        self._stop_timer()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    def _wait(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self.give_up)
        DOOR.wait(self)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave(self) -> None:
        self._stop_timer()
        DOOR.leave(self)


def install() -> None:
    """Have Uvicorn speak this protocol in this process; before its server is configured."""
    from uvicorn import config

    protocols: dict[str, Any] = config.HTTP_PROTOCOLS
    protocols["auto"] = f"{LimitedProtocol.__module__}:{LimitedProtocol.__name__}"
