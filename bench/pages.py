"""How long the server takes for each screen, as a multiple of an empty page in the same run.

Milliseconds differ between machines; the ratios hold. It starts the real server on a register of
its own with the sample years, and speaks Streamlit's protocol as browsers do. It refuses to run
long: rounds and visitors are bounded.

    python -m bench.pages [--rounds 15] [--visitors 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from drillbook.core import clock
from drillbook.core.paths import ROOT
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.ui.components.navigation import PAGES
from drillbook.ui.shell.server import APP, serve_command, serve_environment

SERVER = ROOT / "bench" / "server.py"
EMPTY = "empty"
START_SECONDS = 60
RUN_SECONDS = 60
Times = dict[str, list[float]]


class Visitor:
    """One browser tab: asks for a page, reads messages until the run is finished."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.cache: dict[str, bytes] = {}

    async def visit(self, url_path: str) -> float:
        """Open a page; return the seconds until its run was finished and read."""
        request = BackMsg()
        request.rerun_script.page_name = url_path
        request.rerun_script.cached_message_hashes.extend(self.cache)
        started = time.perf_counter()
        await self.socket.send(request.SerializeToString())
        async with asyncio.timeout(RUN_SECONDS):
            while not self._is_finished(await self.socket.recv()):
                pass
        return time.perf_counter() - started

    def _is_finished(self, raw: str | bytes) -> bool:
        if isinstance(raw, str):
            return False
        message = ForwardMsg.FromString(raw)
        if message.metadata.cacheable and message.hash:
            self.cache[message.hash] = raw
        if message.HasField("delta") and message.delta.new_element.HasField("exception"):
            raise RuntimeError(message.delta.new_element.exception.message)
        return bool(
            message.HasField("script_finished")
            and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        )


async def measure(url: str, pages: list[str], rounds: int) -> Times:
    """Return page → seconds of every visit after the first one of one visitor."""
    times: Times = {page: [] for page in pages}
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(
        address,
        subprotocols=[Subprotocol("streamlit")],
        origin=Origin(url),
        max_size=None,
        compression=None,
    ) as connection:
        visitor = Visitor(connection)
        for number in range(rounds + 1):
            for page in pages:
                seconds = await visitor.visit(page)
                if number:
                    times[page].append(seconds)
    return times


async def measure_together(url: str, pages: list[str], rounds: int, visitors: int) -> Times:
    """Measure with several visitors at once; return all their times together."""
    runs = await asyncio.gather(*(measure(url, pages, rounds) for _ in range(visitors)))
    return {page: [second for run in runs for second in run[page]] for page in pages}


def figures(times: Times) -> list[dict[str, object]]:
    """Return a line for each page: milliseconds (median, 95th of a hundred) and the ratio."""
    empty = statistics.median(times[EMPTY])
    return [
        {
            "page": page,
            "median_ms": round(statistics.median(seconds) * 1000, 1),
            "p95_ms": round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1),
            "times_empty": round(statistics.median(seconds) / empty, 2),
        }
        for page, seconds in times.items()
    ]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server on a register with the sample years; yield its address."""
    db = folder / "drillbook.duckdb"
    store = open_store(db)
    sample_data.load(store, "bench", clock.today())
    store.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(SERVER) if part == str(APP) else part for part in serve_command(port)]
    process = subprocess.Popen(
        command, env=dict(serve_environment(db)), cwd=ROOT, stdout=sys.stderr
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the address answers; RuntimeError when the server does not start."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def main() -> None:
    """Measure every screen and print one line for each, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15, choices=range(2, 101), metavar="2-100")
    parser.add_argument("--visitors", type=int, default=1, choices=range(1, 51), metavar="1-50")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    pages = [EMPTY, *(page.url_path for page in PAGES)]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as url:
        times = asyncio.run(measure_together(url, pages, given.rounds, given.visitors))
    lines = figures(times)
    if given.json:
        print(json.dumps(lines, indent=1))
        return
    print(f"{'page':<12} {'median ms':>10} {'p95 ms':>8} {'× empty':>8}")
    for line in lines:
        print(
            f"{line['page']:<12} {line['median_ms']:>10} {line['p95_ms']:>8}"
            f" {line['times_empty']:>8}"
        )


if __name__ == "__main__":
    main()
