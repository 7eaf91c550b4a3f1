"""Starting and stopping the server: the command line for it, and what happens around its life.

Nothing here serves a page; app.py puts these parts together. The command is made in one place, so
that tests drive exactly what ``drillbook serve`` starts.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import ROOT, register_path
from drillbook.db import current
from drillbook.db.store import Store
from drillbook.operations import opening
from drillbook.operations.app_control import announce, withdraw
from drillbook.operations.scheduler import Maintenance
from drillbook.ui.shell import control_route

APP = ROOT / "app.py"
ADDRESS = "127.0.0.1"
PORT = 8501
COULD_NOT_BE_DONE = 2
LOGGER = logging.getLogger("drillbook")


def serve_command(port: int, address: str = ADDRESS, open_browser: bool = False) -> list[str]:
    """Return the command that starts the server on ``port``."""
    return [
        sys.executable,
        "-m",
        "drillbook.ui.shell",
        "run",
        str(APP),
        f"--server.port={port}",
        f"--server.address={address}",
        f"--server.headless={str(not open_browser).lower()}",
    ]


def serve_environment(db: str | os.PathLike[str] | None = None) -> Mapping[str, str]:
    """Return the server's environment: this one, with the register's file spelled out."""
    return {**os.environ, "DRILLBOOK_DB": str(register_path(db))}


def serve(
    db: str | os.PathLike[str] | None = None,
    port: int = PORT,
    address: str = ADDRESS,
    open_browser: bool = False,
) -> int:
    """Run the server until it is stopped; return its exit code.

    Raises DrillbookError when the port is taken.
    """
    refuse_taken_port(address, port)
    command, environment = serve_command(port, address, open_browser), serve_environment(db)
    if os.name == "posix":
        # The server takes this process over: a service manager's signals reach it directly.
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execve(command[0], command, dict(environment))
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def refuse_taken_port(address: str, port: int) -> None:
    """Raise DrillbookError when another program listens on the port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise DrillbookError(
                _(
                    "Drillbook cannot listen on {address}:{port}; another program probably does"
                    " already. Stop that one, or choose another port."
                ).format(address=address, port=port)
            ) from error


def open_register(path: Path) -> Store:
    """Open the register for the screens, or end the process with one sentence on the console."""
    try:
        store = opening.open_store(path)
    except DrillbookError as error:
        print(error, file=sys.stderr, flush=True)
        # Raised from a server's start, any exception would be printed with its traceback.
        os._exit(COULD_NOT_BE_DONE)
    for notice in store.notices:
        LOGGER.warning("%s", notice)
    current.set_current(store)
    return store


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Open the register before the first visit, close it after the last."""
    from drillbook.ui.shell.error_page import prepare_logging
    from drillbook.ui.shell.warmup import warm_up

    prepare_logging()
    store = open_register(register_path())
    try:
        warm_up()
        with kept(store):
            say_where()
            yield
    finally:
        current.set_current(None)
        store.close()


@contextmanager
def kept(store: Store) -> Iterator[None]:
    """Make backups by itself, and take commands of this machine, while the app runs."""
    upkeep = Maintenance(store)
    try:
        control_route.set_control(announce(store.path, _own_address()))
    except OSError as error:
        # Then commands have to wait for the app to stop; the screens need nothing of it.
        LOGGER.error("Commands cannot reach this app: %s", error)
    upkeep.start()
    try:
        yield
    finally:
        control_route.set_control(None)
        withdraw(store.path)
        upkeep.stop()


def _own_address() -> str:
    """Return the address at which this machine reaches the app."""
    from streamlit import config

    host = str(config.get_option("server.address") or ADDRESS)
    if host in ("0.0.0.0", "::", "localhost"):
        host = ADDRESS
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{config.get_option('server.port')}"


def say_where() -> None:
    """Print the address on the console; Streamlit's own greeting is in English only."""
    from streamlit import config

    from drillbook.ui.shell import sign_in_pages

    address = config.get_option("browser.serverAddress") or "localhost"
    url = f"http://{address}:{config.get_option('server.port')}"
    print(_("Drillbook is open at {url} (stop it with Ctrl+C).").format(url=url), flush=True)
    sign_in_pages.say_setup_link(url)


async def first_page(request: Request) -> RedirectResponse:
    """Lead to the first page: Streamlit serves the default page at the bare address only."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{query}")


async def healthz(_request: Request) -> JSONResponse:
    """Answer 200 while the register answers, else 503."""
    try:
        await run_in_threadpool(_ask_register)
    except Exception:
        # Whatever is wrong, this address reports it instead of failing itself.
        return JSONResponse({"status": "unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})


def _ask_register() -> None:
    current.current().mark()
