"""In a real browser: nothing somebody typed runs, opens a dialog or asks another host."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page

from drillbook.accounts import accounts
from drillbook.core.clock import now
from drillbook.db.current import set_current
from drillbook.operations.opening import open_store
from drillbook.ui.components import navigation, session_cookie
from drillbook.ui.shell import security_headers
from tests.browser.conftest import DESKTOP, Server, browser, start_server, stop_server
from tests.browser.helpers import Watcher, open_page, requests_outside, update_status, watch
from tests.hostile.office import ACTOR, fill
from tests.people import TODAY

__all__ = ["browser"]
pytestmark = pytest.mark.browser

RAN = "Object.keys(window).filter((name) => /^zq[a-z]$/.test(name))"
REFUSED_BY_POLICY = """() => {
  window.refused = [];
  document.addEventListener('securitypolicyviolation',
    (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""
# Streamlit tries WebAssembly, is refused, and does without.
WASM = "script-src wasm-eval"
PAGES = [page.url_path for page in navigation.PAGES]
RECORDS = ("sessions", "programme", "plans", "teams", "units")


@dataclass
class Visit:
    """One signed-in browser on the hostile office, and what happened in it."""

    server: Server
    ids: dict[str, str]
    tab: Watcher
    dialogs: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def see(self, address: str) -> Page:
        page = open_page(self.tab, f"{self.server.url}/{address}")
        page.wait_for_timeout(300)
        return page

    def harm(self) -> list[str]:
        """Return everything that must not have happened."""
        page = self.tab.page
        return [
            *page.evaluate(RAN),
            *self.dialogs,
            *self.opened,
            *(line for line in page.evaluate("window.refused") if line != WASM),
            *requests_outside(self.tab),
            *self.tab.errors,
        ]


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, dict[str, str], str]]:
    """The real server on a register full of hostile text, and the cookie of its administrator."""
    folder = tmp_path_factory.mktemp("hostile-browser")
    store = open_store(folder / "drillbook.duckdb")
    set_current(store)
    ids = fill(store)
    account = accounts.Account("wangmin", "王敏", "administrator")
    account_id = accounts.save(store, account, actor=ACTOR, today=TODAY)
    secret = accounts.open_session(store, account_id, address="127.0.0.1", at=now())
    cookie = session_cookie.sealed(secret)
    set_current(None)
    store.close()
    server = start_server(folder / "drillbook.duckdb", folder / "console.log")
    yield server, ids, cookie
    stop_server(server)


@pytest.fixture
def visit(browser: Browser, office: tuple[Server, dict[str, str], str]) -> Iterator[Visit]:
    """Open a tab of the administrator; everything that may go wrong in it is recorded."""
    server, ids, cookie = office
    context: BrowserContext = browser.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": session_cookie.COOKIE, "value": cookie, "url": server.url}])
    context.add_init_script(f"({REFUSED_BY_POLICY})()")
    visit = Visit(server, ids, watch(context.new_page()))

    def closed(dialog: Dialog) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    visit.tab.page.on("dialog", closed)
    visit.tab.page.on("popup", lambda page: visit.opened.append(page.url))
    yield visit
    context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_runs_or_asks_for_anything_of_somebodys_text(visit: Visit, language: str) -> None:
    for url_path in PAGES:
        visit.see(f"{url_path}?lang={language}&year=2023")
        assert visit.harm() == [], url_path


def test_no_record_runs_or_asks_for_anything_of_somebodys_text(visit: Visit) -> None:
    for url_path in RECORDS:
        page = visit.see(f"{url_path}?id={visit.ids[url_path]}")
        assert "zqa" in page.inner_text("body")
        assert page.locator("main a[href*='e.test'], main img[src*='e.test']").count() == 0
        visit.see(f"{url_path}?id={visit.ids[url_path]}&edit=main")
        assert visit.harm() == [], url_path


def test_charts_are_drawn_without_eval_and_say_text_as_text(visit: Visit) -> None:
    page = visit.see("dashboard?year=2023")
    page.locator("svg .mark-rect path").first.wait_for(state="attached")
    bars = page.locator("svg .mark-rect path")
    for bar in bars.all()[:30]:
        box = bar.bounding_box()
        if box and box["width"] > 2 and box["height"] > 2:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(30)
    update_status(page)
    # Later, since what the test itself evaluates is exempt.
    refusals = page.evaluate(
        "() => new Promise((done) => setTimeout(() => {"
        " try { done(String(new Function('return 1')())) } catch (e) { done(e.name) } }))"
    )
    assert refusals == "EvalError"
    # The one refusal is that of the line above.
    assert [line for line in visit.harm() if line != "script-src eval"] == []
    assert page.evaluate("window.refused").count("script-src eval") <= 1


def answer(server: Server, path: str, cookie: str = "", **asked: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    given = {"Accept": "text/html"} | asked
    if cookie:
        given["Cookie"] = f"{session_cookie.COOKIE}={cookie}"
    connection.request("GET", path, headers=given)
    response = connection.getresponse()
    response.read()
    return response


@pytest.mark.parametrize(
    "path",
    ["/", "/sessions", "/healthz", "/sign-in", "/static/none.js", "/media/none.pdf", "/files/none",
     "/drillbook-texts.js", "/_stcore/host-config", "/app/static/emblem.svg", "/component/x/y"],
)  # fmt: skip
def test_every_answer_of_the_real_server_carries_the_headers(
    office: tuple[Server, dict[str, str], str], path: str
) -> None:
    server, _ids, cookie = office
    for answered in (answer(server, path), answer(server, path, cookie)):
        for name, value in security_headers.HEADERS.items():
            assert answered.headers.get_all(name) == [value], (path, name)


def test_the_server_logs_no_address_with_a_ticket(
    office: tuple[Server, dict[str, str], str],
) -> None:
    server, _ids, cookie = office
    answer(server, "/enter?ticket=geheim-ticket&next=/")
    answer(server, "/setup?token=geheim-token")
    answer(server, "/sessions?token=geheim-token", cookie)
    console = Path(server.log).read_text(encoding="utf-8")
    assert "geheim" not in console
    assert cookie not in console
