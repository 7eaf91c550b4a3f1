"""The dashboard in a real browser: a click on a bar, a mailed address, both themes, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, Server, signed_in
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

TABS = ("drills", "plans", "teams")


def card(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-card_{name}")


def bar(page: Page, name: str, position: int) -> Locator:
    return card(page, name).locator("svg .mark-rect path").nth(position)


def drawn(page: Page) -> None:
    """Wait until a chart is there; a bar of nothing has no width and is never visible."""
    page.locator("svg .mark-rect path").first.wait_for(state="attached")


def choose(tab: Watcher, place: Locator, option: str) -> None:
    box = place.get_by_role("combobox").first
    box.click()
    box.fill(option[:4])
    act(tab, lambda: tab.page.get_by_role("option", name=option).first.click())


def texts_of_charts(page: Page) -> list[str]:
    update_status(page)
    drawn(page)
    return page.locator("svg .mark-text text").all_inner_texts()


def test_a_click_on_a_bar_lists_its_rows_and_leads_to_the_register(
    sample_server: Server, tab: Watcher
) -> None:
    page = open_page(tab, sample_server.url)
    forms = card(page, "sessions_by_form")
    act(tab, lambda: bar(page, "sessions_by_form", 0).click())
    expect(forms.get_by_text("共 20 条")).to_be_visible()
    expect(forms.get_by_role("combobox")).to_have_value("桌面推演（20）")
    act(tab, lambda: forms.get_by_role("link", name="在台账中查看").click())
    assert "form=tabletop" in page.url
    assert "year=2023" in page.url
    assert tab.errors == []
    expect(page.get_by_text("共 20 条")).to_be_visible()


def test_a_click_beside_the_bars_takes_the_choice_back(sample_server: Server, tab: Watcher) -> None:
    page = open_page(tab, sample_server.url)
    act(tab, lambda: bar(page, "sessions_by_form", 1).click())
    expect(card(page, "sessions_by_form").get_by_text("共 97 条")).to_be_visible()
    short = bar(page, "sessions_by_form", 0).bounding_box()
    assert short
    act(tab, lambda: page.mouse.click(short["x"] + short["width"] + 80, short["y"] + 5))
    expect(card(page, "sessions_by_form").get_by_text("共 97 条")).to_be_hidden()


def test_the_keyboard_reaches_the_same_rows(sample_server: Server, tab: Watcher) -> None:
    page = open_page(tab, sample_server.url)
    box = card(page, "sessions_by_event_class").get_by_role("combobox")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    act(tab, lambda: page.keyboard.press("Enter"))
    expect(card(page, "sessions_by_event_class").get_by_text("条", exact=False)).to_be_visible()
    assert tab.errors == []


def test_the_rows_behind_a_bar_have_pages(sample_server: Server, tab: Watcher) -> None:
    page = open_page(tab, sample_server.url)
    forms = card(page, "sessions_by_form")
    act(tab, lambda: bar(page, "sessions_by_form", 0).click())
    act(tab, lambda: forms.get_by_role("button", name="下一页").click())
    expect(forms.get_by_role("button", name="第 2 页")).to_have_attribute("aria-current", "page")
    assert tab.errors == []


def test_a_mailed_address_opens_the_same_view(
    sample_server: Server, tab: Watcher, browser: Browser
) -> None:
    page = open_page(tab, sample_server.url)
    choose(tab, page.locator(".st-key-dashboard_year"), "2022")
    choose(tab, page.locator(".st-key-dashboard_membership"), "计划外")
    act(tab, lambda: page.get_by_role("tab", name="队伍").click())
    act(tab, lambda: page.get_by_role("tab", name="演练").click())
    sent = texts_of_charts(page)
    context = signed_in(browser, sample_server, viewport=DESKTOP)
    received = open_page(watch(context.new_page()), page.url)
    assert texts_of_charts(received) == sent
    expect(received.locator(".st-key-dashboard_membership input")).to_have_value("计划外")
    context.close()


def test_an_open_tab_is_part_of_the_address(sample_server: Server, tab: Watcher) -> None:
    page = open_page(tab, sample_server.url)
    act(tab, lambda: page.get_by_role("tab", name="预案").click())
    assert "tab=plans" in page.url
    page = open_page(tab, page.url)
    expect(card(page, "plans_by_status")).to_be_visible()


def test_charts_have_a_name_for_screen_readers(sample_server: Server, tab: Watcher) -> None:
    page = open_page(tab, sample_server.url)
    chart = card(page, "sessions_by_month").locator("svg.marks, [role='graphics-document']").first
    expect(chart).to_have_attribute(
        "aria-label", "2023 年共 117 场次，6月最多（24 场次）；2022 年共 90 场次。"
    )


@pytest.mark.parametrize("name", TABS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_tab_is_chinese_and_accessible_in_both_themes(
    sample_server: Server, browser: Browser, name: str, scheme: str
) -> None:
    context = signed_in(
        browser, sample_server, viewport={"width": 1366, "height": 1900}, color_scheme=scheme
    )
    tab = watch(context.new_page())
    page = open_page(tab, f"{sample_server.url}/?tab={name}")
    drawn(page)
    assert visible_english(page) == []
    assert axe_violations(page) == []
    assert requests_outside(tab) == []
    assert not scrolls_sideways(page)
    context.close()


def test_numbers_in_charts_are_legible_on_the_dark_page(
    sample_server: Server, browser: Browser
) -> None:
    context = signed_in(browser, sample_server, viewport=DESKTOP, color_scheme="dark")
    page = open_page(watch(context.new_page()), sample_server.url)
    number = card(page, "planned_status").locator("svg .mark-text text").first
    number.wait_for()
    assert number.evaluate("e => getComputedStyle(e).fill") == "rgb(230, 236, 242)"
    context.close()


def test_the_dashboard_fits_a_phone(sample_server: Server, phone: Watcher) -> None:
    page = open_page(phone, sample_server.url)
    drawn(page)
    assert not scrolls_sideways(page)
    widths = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')]"
        ".map(e => e.getBoundingClientRect().right)"
    )
    assert max(widths) <= 390
