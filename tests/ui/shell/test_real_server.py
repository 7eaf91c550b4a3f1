"""The real server: every page as a deep link with every role, and every route without a session."""

from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import websockets

from bench.browser_tab import Tab
from drillbook.accounts import accounts, permissions
from drillbook.accounts.accounts import Account
from drillbook.accounts.permissions import Permission, Role
from drillbook.core import clock
from drillbook.db.current import set_current
from drillbook.operations.opening import open_store
from drillbook.ui.components import navigation
from drillbook.ui.components.session_cookie import COOKIE, sealed
from tests.browser.conftest import Server, start_server, stop_server
from tests.people import CLERK, TODAY, add_unit

REFUSED = "您的账号没有此项权限"
ROLES: tuple[Role, ...] = ("viewer", "unit_clerk", "clerk", "lead", "administrator")
HARMLESS = re.compile(
    r"/(sign-in|setup|welcome|sample|enter|healthz|static/|app/static/|_stcore/(health|host-config)"
    r"|drillbook-texts\.js|presence\.js|favicon|auth/|oauth2callback|control/|calendar/)"
)


@dataclass(frozen=True)
class Site:
    """A server that nobody has visited yet, and what the browser of one role would send."""

    server: Server
    cookie: str


def opened(folder: Path, role: Role) -> Site:
    """Start a server on a register with one account beside the administrator's."""
    register = open_store(folder / "drillbook.duckdb")
    set_current(register)
    accounts.save(register, Account("first", "赵", "administrator"), actor=CLERK, today=TODAY)
    unit = add_unit(register) if role == "unit_clerk" else None
    kind = "clerk" if role == "unit_clerk" else role
    made = Account("second", "孙宇", kind, unit)
    account = accounts.save(register, made, actor=CLERK, today=TODAY)
    secret = accounts.open_session(register, account, address="", at=clock.now())
    cookie = f"{COOKIE}={sealed(secret)}"
    register.close()
    set_current(None)
    return Site(start_server(folder / "drillbook.duckdb", folder / "console.log"), cookie)


def said(site: Site, page: str) -> list[str]:
    """Open a page as a new tab whose first request is this address; return its messages."""

    async def visit() -> list[str]:
        tab = Tab(site.server.url, site.cookie)
        await tab.open(page)
        await tab.close()
        return tab.alerts

    return asyncio.run(visit())


@pytest.mark.parametrize("role", ROLES)
def test_a_deep_link_on_a_fresh_server_shows_a_role_its_own_pages_only(
    tmp_path: Path, role: Role
) -> None:
    site = opened(tmp_path, role)
    urls = [page.url_path for page in navigation.PAGES if page is not navigation.DEFAULT]
    # The very first request this server gets is for a page the role may not see, if there is one.
    urls.sort(key=lambda url: permissions.PAGES[url] in permissions.PERMISSIONS[role])
    try:
        for url in urls:
            refused = any(REFUSED in alert for alert in said(site, url))
            allowed: set[Permission] = set(permissions.PERMISSIONS[role])
            assert refused == (permissions.PAGES[url] not in allowed), url
        assert "Traceback" not in site.server.log.read_text(encoding="utf-8")
    finally:
        stop_server(site.server)


# --- without a session ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server nobody has signed in at."""
    site = opened(tmp_path_factory.mktemp("stranger"), "viewer")
    yield site.server
    stop_server(site.server)


def status(url: str, method: str = "GET", **headers: str) -> int:
    request = urllib.request.Request(url, method=method, headers=headers)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_parts: object) -> None:
        """Follow no redirect: where it leads is another request."""


def every_path() -> list[str]:
    """Return an address for each route of the server, ours and Streamlit's own."""
    from streamlit.web.server.starlette import starlette_routes as theirs

    from app import app

    ours = [getattr(route, "path", "") for route in app._user_routes]
    names = [name for name in vars(theirs) if name.startswith(("BASE_ROUTE_", "_ROUTE_"))]
    streamlits = [f"/{getattr(theirs, name)}".replace("//", "/") for name in names]
    pages = [f"/{page.url_path}" for page in navigation.PAGES]
    filled = [re.sub(r"\{[^}]*\}", "x", path) for path in [*ours, *streamlits, *pages]]
    deeper = [f"{path.rstrip('/')}/x/y" for path in filled]
    return sorted({*filled, *deeper, "/", "/media/x.xlsx", "/_stcore/upload_file/a/b"})


def test_without_a_session_no_route_answers_anything_of_ours(server: Server) -> None:
    paths = [path for path in every_path() if not HARMLESS.match(path)]
    assert len(paths) > 30
    for path in paths:
        for method in ("GET", "POST", "PUT", "DELETE"):
            assert status(server.url + path, method) == 401, (method, path)
        assert status(server.url + path, Accept="text/html") == 303, path


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=x", f"{COOKIE}=InNlY3JldCI.forged"])
def test_without_a_session_no_websocket_opens(server: Server, cookie: str) -> None:
    async def knock() -> None:
        address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": cookie} if cookie else {}
        async with websockets.connect(address, additional_headers=headers, proxy=None):
            pass

    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(knock())
    assert refused.value.response.status_code == 403
