"""Kill the real server during writes, tear its files, fill its disk; count what was acknowledged.

    python -m bench.faults [--kills 200] [--tears 40] [--seed 1]

Drills are logged through the real app as a browser does it, from several tabs. One counts as
acknowledged only when the app showed that it is saved. Exit code 1 when one of those is missing
afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import websockets

from bench.browser_tab import Tab
from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.paths import ROOT
from drillbook.db import backups, current, journal
from drillbook.operations import app_control, opening
from drillbook.ui.components import session_cookie
from drillbook.ui.shell import server
from tests.raw import raw

TABS = 3
START = 90.0
PASSWORD = "用于故障试验的长口令 faults"
SAVED = "已登记"
REFUSED = (OSError, websockets.WebSocketException, TimeoutError, asyncio.TimeoutError)


# --- the way in ---------------------------------------------------------------------------------


def enter(path: Path) -> str:
    """Return the cookie of somebody who is signed in; the register must be closed."""
    opened = opening.open_store(path)
    current.set_current(opened)
    try:
        row = accounts.row_of(opened, "faults")
        account_id = (
            row["id"]
            if row
            else accounts.create_first(
                opened, Account("faults", "故障试验"), PASSWORD, PASSWORD,
                today=clock.today(), address="",
            )
        )  # fmt: skip
        secret = accounts.open_session(opened, account_id, address="", at=clock.now())
        return f"{session_cookie.COOKIE}={session_cookie.sealed(secret)}"
    finally:
        current.set_current(None)
        opened.close()


# --- the server ---------------------------------------------------------------------------------


@dataclass
class Server:
    """The real server on a free port."""

    register: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until the register answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            server.serve_command(self.port),
            env=dict(server.serve_environment(self.register)),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start ({self.process.poll()})")
            time.sleep(0.1)

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with suppress(OSError), opener.open(f"{self.address}/healthz", timeout=5) as reply:
            return bool(reply.status == 200)
        return False

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


# --- logging drills -----------------------------------------------------------------------------


@dataclass
class Log:
    """What was sent and what the app said is saved."""

    sent: set[str] = field(default_factory=set)
    saved: set[str] = field(default_factory=set)
    refused: int = 0


async def log_drills(address: str, cookie: str, log: Log, most: int) -> None:
    """Log drills in one tab until the server is gone or ``most`` are logged."""
    tab = Tab(address, cookie)
    with suppress(*REFUSED, KeyError):
        await tab.open("log")
        for _number in range(most):
            name = f"故障试验 {uuid4().hex}"
            log.sent.add(name)
            typed = tab.text("log:name", name) | tab.text("log:participants", "30")
            typed |= tab.day("log:held_on", "2023-05-12")
            told = await tab.press("log_save", typed)
            if any(SAVED in text and name in text for text in told):
                log.saved.add(name)
            else:
                log.refused += 1


async def _many(server: Server, cookie: str, log: Log, most: int) -> None:
    await asyncio.gather(*(log_drills(server.address, cookie, log, most) for _tab in range(TABS)))


async def write_and_kill(server: Server, cookie: str, log: Log, dice: random.Random) -> None:
    """Log drills from all tabs and kill the server at a random moment of it."""
    before = len(log.saved)
    writing = asyncio.create_task(_many(server, cookie, log, 10_000))
    until = time.monotonic() + START
    while len(log.saved) == before and time.monotonic() < until:
        await asyncio.sleep(0.01)
    backing = None
    if dice.random() < 0.25:
        backing = asyncio.create_task(asyncio.to_thread(_back_up, server.register))
    await asyncio.sleep(dice.uniform(0, 1.5))
    await asyncio.to_thread(server.kill)
    await writing
    if backing:
        await backing


def _back_up(path: Path) -> None:
    """Have a backup made while the kill comes."""
    if found := app_control.running(path):
        with suppress(DrillbookError):
            app_control.ask(found, "backup")


def kept(path: Path) -> set[str]:
    """Return the names of the drills in the register, opened as the next start would."""
    opened = opening.open_store(path)
    with raw(opened) as cursor:
        rows = cursor.execute("select name from drill_session where voided_at is null").fetchall()
    opened.close()
    return {row[0] for row in rows}


# --- tearing files ------------------------------------------------------------------------------

TORN = ("file", "wal", "journal", "file and newest backup", "file and wal", "file gone")


def tear(path: Path, what: str, dice: random.Random) -> None:
    """Damage the closed register: cut, zero or overwrite at random places."""
    log = path.with_name(path.name + ".wal")
    segments = journal.segments(journal.folder(path))
    newest = backups.listed(path)[:1]
    if what == "file gone":
        path.unlink()
        log.unlink(missing_ok=True)
    if what.startswith("file") and path.exists():
        _tear(path, dice)
    if "wal" in what and log.exists():
        _tear(log, dice)
    if what == "journal" and segments:
        _tear(dice.choice(segments), dice)
    if "backup" in what and newest:
        _tear(newest[0].file, dice)


def _tear(path: Path, dice: random.Random) -> None:
    size = path.stat().st_size
    if not size:
        return
    with path.open("rb+") as file:
        match dice.choice(("cut", "zero", "noise")):
            case "cut":
                file.truncate(dice.randrange(size))
            case "zero":
                file.seek(dice.randrange(size))
                file.write(bytes(dice.randrange(1, 5000)))
            case _:
                for _place in range(dice.randrange(1, 30)):
                    file.seek(dice.randrange(size))
                    file.write(dice.randbytes(dice.randrange(1, 300)))


def recovered(path: Path) -> str:
    """Run ``drillbook recover``; return what went wrong with it, or nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "drillbook", "recover", "--db", str(path), "--json"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    return "" if done.returncode in (0, 1) else done.stdout.decode() + done.stderr.decode()


# --- the rounds ---------------------------------------------------------------------------------


@dataclass
class Count:
    """One line of the table at the end."""

    name: str
    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    remarks: list[str] = field(default_factory=list)

    def add(self, log: Log, found: set[str], remark: str) -> None:
        """Count one round."""
        missing = log.saved - found
        self.rounds += 1
        self.acknowledged = len(log.saved)
        self.lost += len(missing)
        if missing:
            self.remarks.append(f"{remark}: {len(missing)} lost")


def kill_rounds(place: Path, kills: int, tears: int, dice: random.Random) -> list[Count]:
    """Kill the server again and again; after some kills tear a copy of its files, and rebuild."""
    register = place / "register.duckdb"
    cookie, log, server = enter(register), Log(), Server(register)
    killed, torn = Count("killed"), {what: Count(f"torn: {what}") for what in TORN}
    order = [TORN[number % len(TORN)] for number in range(tears)]
    for number in range(kills):
        server.start()
        try:
            asyncio.run(write_and_kill(server, cookie, log, dice))
        finally:
            server.kill()
        share = order[number * tears // kills : (number + 1) * tears // kills]
        for what in share:
            tear_round(place, what, log, torn[what], dice)
        killed.add(log, kept(register), f"kill {number + 1}")
        lost = f"{killed.lost} lost, {sum(count.lost for count in torn.values())} after tearing"
        print(f"kill {number + 1}: {len(log.saved)} acknowledged, {lost}", flush=True)
    return [killed, *(count for count in torn.values() if count.rounds)]


def tear_round(place: Path, what: str, log: Log, count: Count, dice: random.Random) -> None:
    """Tear a copy of what the kill left behind, rebuild it, count."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(place, copy)
        register = copy / "register.duckdb"
        tear(register, what, dice)
        if fault := recovered(register):
            count.remarks.append(fault[-300:])
            count.lost += 1
            return
        count.add(log, kept(register), what)


def full_disk_round(place: Path) -> Count | None:
    """Fill a small disk by logging drills, make room, log again, count."""
    disk = place / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)],
        capture_output=True, check=False,
    ).returncode:  # fmt: skip
        print("full disk: left out, no small disk can be mounted here")
        return None
    server, log = Server(disk / "register.duckdb"), Log()
    try:
        cookie = enter(server.register)
        server.start()
        asyncio.run(_many(server, cookie, log, 5))
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        asyncio.run(_many(server, cookie, log, 5))
        was_refused, filler_size = log.refused, filler.stat().st_size
        filler.unlink()
        saved = len(log.saved)
        asyncio.run(_many(server, cookie, log, 5))
        server.kill()
        count = Count("full disk")
        count.add(log, kept(server.register), f"filler of {filler_size} bytes")
        if not was_refused:
            count.remarks.append("the disk was never full")
        if len(log.saved) == saved:
            count.lost += 1
            count.remarks.append("nothing could be saved after there was room again")
        return count
    finally:
        server.kill()
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def report(counts: list[Count]) -> int:
    """Print the table; return the exit code."""
    print(f"\n{'what':<28}{'rounds':>8}{'acknowledged':>14}{'lost':>6}")
    for count in counts:
        print(f"{count.name:<28}{count.rounds:>8}{count.acknowledged:>14}{count.lost:>6}")
        for remark in count.remarks:
            print(f"    {remark}")
    return int(any(count.lost for count in counts))


def run(kills: int, tears: int, seed: int, *, full_disk: bool = True) -> list[Count]:
    """Run all rounds in a folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "kills").mkdir()
        counts = kill_rounds(place / "kills", kills, tears, random.Random(seed))
        filled = full_disk_round(place) if full_disk else None
    return [*counts, *([filled] if filled else [])]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--tears", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    return report(run(asked.kills, asked.tears, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
