"""One browser tab without a browser: it speaks Streamlit's own protocol over the websocket.

It keeps what a tab keeps: which widgets there are, their values, and messages the server may refer
to again. It knows no page.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
# A widget's id ends with the key its page gave it.
WITH_KEY = re.compile(r"^\$\$(?:ID|WIDGET_ID)-[0-9a-f]+-(.+)$")
PATIENCE = 60.0


class Tab:
    """A tab that is open at ``address``; ``cookie`` is what its browser would send."""

    def __init__(self, address: str, cookie: str) -> None:
        self.address, self.cookie = address, cookie
        self.widgets: dict[str, str] = {}
        self.alerts: list[str] = []
        self._values: dict[str, WidgetState] = {}
        self._kept: dict[str, bytes] = {}
        self._page = ""
        self.session_id = ""
        self._socket: websockets.ClientConnection

    async def open(self, page: str) -> None:
        """Open the page with this address and wait until it is drawn."""
        self._socket = await websockets.connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.address),
            additional_headers={"Cookie": self.cookie},
            max_size=None,
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        await self._run(page)

    async def close(self) -> None:
        """Close the tab."""
        await self._socket.close()

    async def press(self, key: str, typed: Mapping[str, WidgetState]) -> list[str]:
        """Fill in widgets and press a button; return the messages the page shows then."""
        self._values |= typed
        await self._run(None, WidgetState(id=self.widgets[key], trigger_value=True))
        return self.alerts

    def text(self, key: str, text: str) -> dict[str, WidgetState]:
        """Return a text typed into the widget with this key."""
        return {key: WidgetState(id=self.widgets[key], string_value=text)}

    def day(self, key: str, day: str) -> dict[str, WidgetState]:
        """Return a day picked in the widget with this key."""
        state = WidgetState(id=self.widgets[key])
        state.string_array_value.data.append(day)
        return {key: state}

    async def _run(self, page: str | None, pressed: WidgetState | None = None) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name = page or ""
        if page is None:
            rerun.page_script_hash = self._page
        rerun.widget_states.widgets.extend(self._values.values())
        if pressed is not None:
            rerun.widget_states.widgets.append(pressed)
        rerun.cached_message_hashes.extend(self._kept)
        rerun.context_info.timezone, rerun.context_info.url = "Asia/Shanghai", self.address
        self.alerts = []
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._is_last(await self._received()):
                pass

    async def _received(self) -> ForwardMsg:
        raw = await self._socket.recv(decode=False)
        message = ForwardMsg()
        message.ParseFromString(raw)
        if message.WhichOneof("type") == "ref_hash":
            message.ParseFromString(self._kept[message.ref_hash])
        elif message.metadata.cacheable and message.hash:
            self._kept[message.hash] = raw
        return message

    def _is_last(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._see(message)
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            self.session_id = message.new_session.initialize.session_id
            # A run that begins anew takes back what the one before had begun to show.
            self.alerts = []
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        return kind == "script_finished" and message.script_finished in DONE

    def _see(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "alert":
            self.alerts.append(element.alert.body)
        widget = getattr(getattr(element, kind), "id", "") if kind else ""
        if found := WITH_KEY.match(widget):
            self.widgets[found[1]] = widget
