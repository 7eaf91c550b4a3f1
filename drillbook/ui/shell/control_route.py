"""The route by which a command on the same machine has the running app make a backup."""

from __future__ import annotations

import hmac
import ipaddress
import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from drillbook.accounts import accounts, permissions
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import DEFAULT, LANGUAGES, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db import backups, current
from drillbook.db.audit_chain import Actor
from drillbook.operations.app_control import HEADER, Control
from drillbook.ui.shell.origins import is_forwarded

LARGEST = 10_000

_control: Control | None = None


def set_control(control: Control | None) -> None:
    """Take commands that bring this secret; none without one."""
    global _control
    _control = control


async def handle_command(request: Request) -> JSONResponse:
    """Answer one command; only to this machine, only with the secret."""
    if not _may(request):
        return JSONResponse({"error": "forbidden"}, status_code=403)
    if request.path_params["command"] != "backup":
        return JSONResponse({"error": "unknown command"}, status_code=404)
    try:
        asked = _asked(await request.body())
    except ValueError:
        return JSONResponse({"error": "bad request"}, status_code=400)
    return await run_in_threadpool(_back_up, asked)


def _may(request: Request) -> bool:
    brought = request.headers.get(HEADER, "")
    return (
        _control is not None
        and hmac.compare_digest(brought.encode(), _control.token.encode())
        and _is_here(request)
    )


def _is_here(request: Request) -> bool:
    if request.client is None or is_forwarded(request):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    # Where the app listens on one outer address, the machine itself comes from that one.
    return address.is_loopback or request.client.host == request.scope["server"][0]


def _asked(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise ValueError("too long")
    asked = json.loads(body or b"{}")
    if not isinstance(asked, dict):
        raise ValueError("not an object")
    return asked


def _actor(asked: dict[str, Any]) -> Actor:
    """Return who asks: the account that was named, if it may, else whoever has the secret."""
    login = asked.get("login")
    if not login:
        return Actor(str(asked.get("actor") or "drillbook")[:100])
    found = accounts.by_login(current.current(), str(login))
    if found is None:
        raise DrillbookError(
            _("There is no account “{login}” in use.").format(login=str(login)[:50])
        )
    found.require(permissions.ROUTES["/control/{command}"])
    return found.actor()


def _back_up(asked: dict[str, Any]) -> JSONResponse:
    language = next((code for code in LANGUAGES if code == asked.get("language")), DEFAULT)
    with use_language(language):
        try:
            made = backups.by_hand(current.current(), _actor(asked), "command")
        except DrillbookError as error:
            return JSONResponse({"error": str(error)}, status_code=409)
    return JSONResponse(json.loads(json.dumps(made.as_json(), default=str)))
