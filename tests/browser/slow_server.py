"""A line to the server that holds every answer back a little, as a far or busy server does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from tests.browser.conftest import Server

DELAY = 0.2


@contextmanager
def slowed(server: Server, delay: float = DELAY) -> Iterator[Server]:
    """Give the server another address, at which its answers come ``delay`` seconds later."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    line = asyncio.run_coroutine_threadsafe(_listen(server, delay), loop).result(10)
    url = f"http://127.0.0.1:{line.sockets[0].getsockname()[1]}"
    try:
        cookies = [cookie | {"url": url} for cookie in server.cookies]
        yield replace(server, url=url, cookies=cookies)
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(line), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _hang_up(line: asyncio.Server) -> None:
    line.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def _listen(server: Server, delay: float) -> asyncio.Server:
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection(host, port)
        await asyncio.gather(_pass_on(reader, ours, 0), _pass_on(theirs, writer, delay))

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
) -> None:
    """Send on what comes, in order, each piece ``delay`` seconds after it came."""
    loop, pieces = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def read() -> None:
        piece = b"-"
        while piece:
            piece = b""
            with suppress(ConnectionError):
                piece = await reader.read(65536)
            await pieces.put((loop.time() + delay, piece))

    reading = asyncio.create_task(read())
    with suppress(ConnectionError):
        while piece := (await _due(loop, pieces)):
            writer.write(piece)
            await writer.drain()
    reading.cancel()
    writer.close()


async def _due(
    loop: asyncio.AbstractEventLoop, pieces: asyncio.Queue[tuple[float, bytes]]
) -> bytes:
    at, piece = await pieces.get()
    await asyncio.sleep(max(0.0, at - loop.time()))
    return piece
