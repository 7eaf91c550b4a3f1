"""Coming in and going out, in a real browser: first start, links, tabs, restart, roles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    DESKTOP,
    LOGIN,
    OPERATOR,
    PASSWORD,
    Server,
    set_up,
    signed_in,
    start_server,
    stop_server,
)
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    requests_outside,
    update_status,
    visible_english,
    watch,
)

pytestmark = pytest.mark.browser

NAVIGATION = '[data-testid="stSidebarNav"]'
# A tab asks every four seconds.
SOON = 15_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: these tests end sessions and disable accounts."""
    folder = tmp_path_factory.mktemp("sign-in")
    running = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield running
    stop_server(running)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button.primary")


def make_account(tab: Watcher, office: Server, login: str, name: str, role: str) -> str:
    """Make an account on the screen; return the link for its password."""
    page = open_page(tab, f"{office.url}/accounts?id=new")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("姓名").fill(name)
    act(tab, page.get_by_text(role, exact=True).click)
    act(tab, page.get_by_role("button", name=re.compile("^保存")).click)
    return page.locator('[data-testid="stCode"]').inner_text().strip()


def test_signing_in_leads_back_and_is_readable_by_everybody(
    office: Server, browser: Browser
) -> None:
    tab = watch(browser.new_context(viewport=DESKTOP).new_page())
    page = tab.page
    page.goto(f"{office.url}/units?sort=name")
    assert "/sign-in?next=" in page.url
    assert visible_english(page) == []
    assert axe_violations(page) == []
    fill(page, login=LOGIN, password="falsch falsch")
    expect(page.get_by_role("alert")).to_have_text("登录名或密码不正确。")
    assert axe_violations(page) == []
    fill(page, password=PASSWORD)
    page.wait_for_selector(NAVIGATION)
    assert page.url == f"{office.url}/units?sort=name"
    assert requests_outside(tab) == []
    page.context.close()


def test_the_session_survives_a_refresh_and_is_hidden_from_scripts(
    office: Server, tab: Watcher
) -> None:
    page = open_page(tab, office.url)
    act(tab, page.reload)
    expect(page.get_by_role("button", name=OPERATOR)).to_be_visible()
    assert "drillbook_session" not in page.evaluate("document.cookie")


def test_signing_out_in_one_tab_ends_the_others(office: Server, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP)
    here, there = context.new_page(), context.new_page()
    here.goto(f"{office.url}/sign-in")
    fill(here, login=LOGIN, password=PASSWORD)
    here.wait_for_selector(NAVIGATION)
    there.goto(f"{office.url}/teams")
    there.wait_for_selector(NAVIGATION)
    update_status(here)
    here.get_by_role("button", name=OPERATOR).click()
    here.get_by_role("button", name="退出登录").click()
    here.wait_for_url("**/sign-in**", timeout=SOON)
    there.wait_for_url("**/sign-in?next=%2Fteams", timeout=SOON)
    context.close()


def test_a_clerk_chooses_a_password_works_and_is_disabled_within_seconds(
    office: Server, tab: Watcher, browser: Browser
) -> None:
    link = make_account(tab, office, "sunyu", "孙宇", "经办人员")
    assert visible_english(tab.page, {"sunyu", "http", "localhost", "welcome", "link"} | set(
        re.findall("[A-Za-z'-]+", link)
    )) == []  # fmt: skip
    assert axe_violations(tab.page) == []
    context = browser.new_context(viewport=DESKTOP)
    clerk = context.new_page()
    # The link names the host the administrator uses; cookies know no other one.
    clerk.goto(link)
    expect(clerk.locator("main")).to_contain_text("孙宇")
    fill(clerk, password="另一句足够长的话 2025", repeated="另一句足够长的话 2025")
    clerk.wait_for_selector(NAVIGATION)
    expect(clerk.get_by_role("link", name="账号管理")).to_have_count(0)
    clerk.goto(f"{office.url}/accounts")
    expect(clerk.get_by_text("您的账号没有此项权限")).to_be_visible()
    act(tab, tab.page.get_by_role("button", name="停用").click)
    clerk.wait_for_url("**/sign-in**", timeout=SOON)
    fill(clerk, login="sunyu", password="另一句足够长的话 2025")
    expect(clerk.get_by_role("alert")).to_contain_text("已停用")
    context.close()


def test_a_session_survives_a_restart_of_the_server(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    folder = tmp_path_factory.mktemp("restart")
    first = set_up(start_server(folder / "drillbook.duckdb", folder / "first.log"))
    stop_server(first)
    second = start_server(folder / "drillbook.duckdb", folder / "second.log")
    second.cookies.extend({**cookie, "url": second.url} for cookie in first.cookies)
    assert "setup?token" not in second.log.read_text(encoding="utf-8")
    context = signed_in(browser, second, viewport=DESKTOP)
    page = open_page(watch(context.new_page()), f"{second.url}/sessions")
    expect(page.get_by_role("button", name=OPERATOR)).to_be_visible()
    context.close()
    stop_server(second)


def test_the_sample_years_are_entered_without_an_account_and_say_so(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    folder = tmp_path_factory.mktemp("sample")
    server = start_server(folder / "drillbook.duckdb", folder / "console.log")
    tab = watch(browser.new_context(viewport=DESKTOP).new_page())
    page = tab.page
    page.goto(server.url)
    assert axe_violations(page) == []
    link = re.search(r"/setup\?token=\S+", server.log.read_text(encoding="utf-8"))
    assert link
    page.goto(server.url + link.group())
    assert axe_violations(page) == []
    act(tab, page.get_by_role("button", name="进入示例数据").click)
    expect(page.get_by_text("当前未使用账号")).to_be_visible()
    expect(page.get_by_text("117").first).to_be_visible()
    page.context.close()
    stop_server(server)
