"""The shell around every screen, in a real browser against the real server."""

from __future__ import annotations

import json
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from drillbook.ui.components import current_user, navigation
from tests.browser.conftest import OPERATOR, PHONE, Server, signed_in
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    requests_outside,
    scrolls_sideways,
    update_status,
    visible_english,
    watch,
)

pytestmark = pytest.mark.browser

# The official sentence stands on the statistics screen in both languages, to be copied.
TO_COPY = '[data-testid="stCode"]'
LANGUAGES = "[document.documentElement.lang, navigator.language]"


def language_of(tab: Watcher) -> list[str]:
    said: list[str] = tab.page.evaluate(LANGUAGES)
    return said


def switch(tab: Watcher, label: str) -> None:
    act(tab, lambda: tab.page.get_by_role("button", name=label, exact=True).click())


def test_server_answers_for_its_health(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:
        assert json.load(answer) == {"status": "ok"}


@pytest.mark.parametrize("file", ["emblem.svg", "entry.css"])
def test_what_every_page_looks_like_is_served(server: Server, file: str) -> None:
    with urllib.request.urlopen(f"{server.url}/app/static/{file}") as answer:
        assert answer.status == 200


def test_the_first_page_is_found_at_its_own_address_too(server: Server, tab: Watcher) -> None:
    tab.page.goto(f"{server.url}/dashboard?year=2023")
    update_status(tab.page)
    assert tab.page.url == f"{server.url}/?year=2023"
    assert tab.page.get_by_role("dialog").count() == 0


def test_console_says_in_chinese_where_the_app_is(server: Server) -> None:
    console = server.log.read_text(encoding="utf-8")
    assert server.url.rpartition(":")[2] in console
    assert "Traceback" not in console


def test_visitor_gets_a_cookie_that_scripts_cannot_read(server: Server, tab: Watcher) -> None:
    open_page(tab, server.url)
    cookies = {cookie["name"]: cookie for cookie in tab.page.context.cookies()}
    cookie = cookies[current_user.COOKIE]
    assert current_user.valid_mark(cookie["value"])
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert current_user.COOKIE not in tab.page.evaluate("document.cookie")


def test_language_is_switched_without_a_reload_and_survives_one(
    server: Server, tab: Watcher
) -> None:
    page = open_page(tab, server.url)
    assert language_of(tab) == ["zh-CN", "zh-CN"]
    page.evaluate("window.notReloaded = true")
    switch(tab, "English")
    expect(page.get_by_role("link", name="Log a drill", exact=True)).to_be_visible()
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert page.evaluate("window.notReloaded")
    assert language_of(tab) == ["en", "en"]
    expect(page.get_by_role("navigation", name="App pages")).to_be_attached()

    act(tab, page.reload)
    assert language_of(tab) == ["en", "en"]
    assert "Emergency drill register" in page.title()
    switch(tab, "中文")
    page.wait_for_function("document.documentElement.lang === 'zh-CN'")
    expect(page.get_by_role("navigation", name="页面")).to_be_attached()


def test_address_chooses_the_language(server: Server, tab: Watcher) -> None:
    open_page(tab, f"{server.url}/?lang=en")
    assert language_of(tab) == ["en", "en"]


@pytest.mark.parametrize("url_path", [page.url_path for page in navigation.PAGES])
def test_chinese_screen_of_an_empty_register_shows_no_english(
    server: Server, tab: Watcher, url_path: str
) -> None:
    page = open_page(tab, f"{server.url}/{url_path}")
    assert visible_english(page) == []
    assert requests_outside(tab) == []


@pytest.mark.parametrize("url_path", [page.url_path for page in navigation.PAGES])
def test_chinese_screen_with_records_shows_no_english(
    sample_server: Server, tab: Watcher, url_path: str
) -> None:
    page = open_page(tab, f"{sample_server.url}/{url_path}")
    expect(page.get_by_text("示例数据").first).to_be_visible()
    assert visible_english(page, skipped=TO_COPY) == []
    assert requests_outside(tab) == []


@pytest.mark.parametrize("url_path", [page.url_path for page in navigation.PAGES])
def test_screen_with_records_is_accessible_and_fails_nowhere(
    sample_server: Server, tab: Watcher, url_path: str
) -> None:
    written = len(sample_server.log.read_text(encoding="utf-8"))
    page = open_page(tab, f"{sample_server.url}/{url_path}")
    assert axe_violations(page) == []
    assert "Traceback" not in sample_server.log.read_text(encoding="utf-8")[written:]


@pytest.mark.parametrize("url_path", [page.url_path for page in navigation.PAGES])
def test_screen_with_records_fits_a_phone(
    sample_server: Server, phone: Watcher, url_path: str
) -> None:
    page = open_page(phone, f"{sample_server.url}/{url_path}")
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_frame_is_accessible(server: Server, browser: Browser, scheme: str) -> None:
    context = signed_in(browser, server, color_scheme=scheme)  # type: ignore[arg-type]
    tab = watch(context.new_page())
    page = open_page(tab, server.url)
    page.get_by_role("button", name=OPERATOR).click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    assert axe_violations(page) == []
    context.close()


def test_phone_shows_the_page_and_opens_the_navigation(server: Server, phone: Watcher) -> None:
    page = open_page(phone, server.url)
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="展开侧边栏").click()
    link = page.get_by_role("link", name="应急预案", exact=True)
    expect(link).to_be_visible()
    page.wait_for_timeout(500)  # the sidebar slides in
    box = link.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]
    act(phone, link.click)
    update_status(page)
    assert page.url.endswith("/plans")
    assert not scrolls_sideways(page)
