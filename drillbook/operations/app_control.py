"""How a command reaches the running app: it alone holds the register, so it does the work.

The app leaves its address and a secret beside the register, readable by its own account only.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from drillbook.core import disk
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language

HEADER = "X-Drillbook-Token"
SECONDS = 600


@dataclass(frozen=True)
class Control:
    """Where the running app listens, and what proves that a request may command it."""

    url: str
    token: str
    pid: int


def path_of(path: Path) -> Path:
    """Return where the running app leaves its address."""
    return path.with_name(path.name + ".control.json")


def announce(path: Path, url: str) -> Control:
    """Leave the address of this process beside the register."""
    control = Control(url, token_urlsafe(32), os.getpid())
    disk.write_whole(path_of(path), json.dumps(asdict(control)).encode(), mode=0o600)
    return control


def withdraw(path: Path) -> None:
    """Take the address away; the app is ending."""
    path_of(path).unlink(missing_ok=True)


def running(path: Path) -> Control | None:
    """Return what the running app left; nothing when there is none, or it may not be read."""
    try:
        return Control(**json.loads(path_of(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def ask(control: Control, command: str, **values: Any) -> Any:
    """Have the running app do something; return its answer.

    Raises DrillbookError with the app's sentence, or when it does not answer.
    """
    request = urllib.request.Request(
        f"{control.url}/control/{command}",
        data=json.dumps({"language": language()} | values).encode(),
        headers={HEADER: control.token, "Content-Type": "application/json"},
        method="POST",
    )
    # Never through a proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise DrillbookError(_sentence(error)) from error
    except (OSError, ValueError) as error:
        raise DrillbookError(_silent(control)) from error


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (OSError, ValueError, KeyError, TypeError):
        return _("The running Drillbook refused ({code}). Do this on its screen.").format(
            code=error.code
        )


def _silent(control: Control) -> str:
    return _(
        "The running Drillbook does not answer at {url}. Do this on its screen, or stop it first."
    ).format(url=control.url)
