"""A finding in a real browser: logged with its action, done, verified, its chain followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from tests.browser.conftest import Server, set_up, start_server, stop_server
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    requests_outside,
    scrolls_sideways,
    visible_english,
)
from tests.people import CLERK, TODAY, add_plan, add_session, add_unit
from tests.raw import raw

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Office:
    """A server with the sample years, a session with a plan, and a finding that is closed."""

    server: Server
    session: str
    closed: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("findings")
    store = open_store(folder / "drillbook.duckdb")
    sample_data.load(store, CLERK, TODAY)
    host = add_unit(store, "松岭街道办事处")
    session = add_session(store, "山火扑救演练", host=host, plan_id=add_plan(store, "山火应急预案"))
    with raw(store) as cursor:
        sql = "select id from finding where kind = 'plan' and status = 'closed'"
        row = cursor.execute(sql).fetchone()
    store.close()
    assert row
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield Office(server, session, row[0])
    stop_server(server)


def address(office: Office, url_path: str, query: str = "") -> str:
    return f"{office.server.url}/{url_path}?{query}"


def test_a_finding_is_logged_done_verified_and_its_chain_followed(
    tab: Watcher, office: Office
) -> None:
    page = open_page(tab, address(office, "sessions", f"id={office.session}"))
    act(tab, lambda: page.get_by_role("button", name="登记问题").click())
    box = page.get_by_role("combobox", name="责任单位")
    expect(box).to_have_value("松岭街道办事处")
    page.get_by_role("textbox", name="存在问题").fill("预案没有写明水源点")
    page.get_by_role("textbox", name="整改措施").fill("逐点踏勘水源")
    page.get_by_role("combobox", name="问题类别").click()
    act(tab, lambda: page.get_by_role("option", name="预案", exact=True).click())
    expect(page.get_by_text("没有编修的，同时启动编修")).to_be_visible()
    act(tab, lambda: page.keyboard.press("Control+s"))
    chain = page.get_by_role("link", name="编修《山火应急预案》")
    expect(chain).to_be_visible()
    act(tab, lambda: page.get_by_role("button", name="完成", exact=True).click())
    act(tab, lambda: page.get_by_role("button", name="核验", exact=True).click())
    expect(page.get_by_text("已核验", exact=True)).to_be_visible()
    act(tab, lambda: chain.click())
    expect(page.get_by_role("heading", name="山火应急预案", exact=True)).to_be_visible()
    act(tab, lambda: page.get_by_role("link", name="预案没有写明水源点").click())
    expect(page.get_by_role("heading", name="预案没有写明水源点")).to_be_visible()
    act(tab, lambda: page.get_by_role("link", name="山火扑救演练").click())
    expect(page.get_by_role("heading", name="山火扑救演练")).to_be_visible()
    assert tab.errors == []
    assert requests_outside(tab) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_and_a_record_are_readable_by_everybody(
    tab: Watcher, office: Office, language: str
) -> None:
    for query in ("year=2023", f"id={office.closed}"):
        page = open_page(tab, address(office, "findings", f"{query}&lang={language}"))
        assert axe_violations(page) == []
        assert not scrolls_sideways(page)
        if language == "zh":
            assert visible_english(page) == []
    assert tab.errors == []
    assert tab.console == []


def test_a_phone_shows_the_list_and_the_chain(phone: Watcher, office: Office) -> None:
    for query in ("year=2023", f"id={office.closed}"):
        page = open_page(phone, address(office, "findings", query))
        assert not scrolls_sideways(page)
