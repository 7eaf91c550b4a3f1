"""The registers in a real browser: find, open, edit by two people, void, undo, hostile text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from drillbook.operations.opening import open_store
from drillbook.records import attachments, sample_data
from drillbook.records.programmes import PlannedDrillUnit
from tests.browser.conftest import DESKTOP, Server, set_up, signed_in, start_server, stop_server
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
from tests.people import (
    CLERK,
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

pytestmark = pytest.mark.browser

# What a text may hold that Markdown, HTML, LaTeX and Streamlit's directives would act upon.
HOSTILE = (
    "<b>粗</b> **重** _斜_ `码` $x^2$ :material/home: :smile: :red[红] [链](http://e.example) "
    "-> -- www.e.example a@e.example ![图](http://e.example/i.png) &amp; # 1. ~~删~~"
)
HOSTILE_WORDS = re.findall("[A-Za-z]+", HOSTILE)
PAGES = ("sessions", "programme", "plans", "teams", "units", "checks", "audit")


@dataclass(frozen=True)
class Office:
    """A server with a few records of each kind, and their ids."""

    server: Server
    ids: dict[str, str]

    def address(self, url_path: str, **query: str) -> str:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.server.url}/{url_path}?{text}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The sample years, and one record of each kind with a hostile name."""
    folder = tmp_path_factory.mktemp("registers")
    store = open_store(folder / "drillbook.duckdb")
    sample_data.load(store, CLERK, TODAY)
    unit, programme = add_unit(store, HOSTILE), add_programme(store, 2021)
    plan = add_plan(store, HOSTILE, lead_unit_id=unit)
    duties = (PlannedDrillUnit(unit, "host", HOSTILE),)
    item = add_planned_drill(store, programme, HOSTILE, units=duties, plan_id=plan)
    session = add_session(
        store, HOSTILE, date(2021, 5, 12), unit, planned_drill_id=item, summary=HOSTILE
    )
    ids = {
        "units": unit,
        "plans": plan,
        "programme": item,
        "sessions": session,
        "teams": add_team(store, HOSTILE, parent_unit_id=unit),
        "shared": add_session(store, "两人同改的演练", date(2021, 6, 1), unit),
        "wrong": add_session(store, "登记有误的演练", date(2021, 6, 2), unit),
    }
    attachments.add(
        store, "drill_session", session, "scheme", HOSTILE + ".pdf", b"%PDF-1.7", actor=CLERK
    )
    store.close()
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield Office(server, ids)
    stop_server(server)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def main(page: Page) -> Locator:
    """Return the page beside the navigation, in which 保存期限 is a page."""
    return page.locator('[data-testid="stMain"]')


def grid(page: Page) -> Locator:
    return page.locator('[data-testid="stDataFrame"]').first


def cells(page: Page, column: int) -> list[str]:
    """Read one column (from 1) of the first table, as it is kept for screen readers."""
    found = grid(page).locator(f'[role="gridcell"][aria-colindex="{column}"]')
    expect(found.first).to_be_attached()
    return [text.strip() for text in found.all_inner_texts()]


def click_grid(page: Page, x: int, y: int) -> None:
    box = grid(page).bounding_box()
    assert box
    page.mouse.click(box["x"] + x, box["y"] + y)


def counted(page: Page) -> str:
    return page.get_by_text(re.compile(r"^共 [\d,]+ 条$")).inner_text()


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("url_path", PAGES)
def test_each_list_is_chinese_accessible_and_fits_the_window(
    office: Office, tab: Watcher, url_path: str
) -> None:
    page = open_page(tab, office.address(url_path))
    expect(title(page)).to_be_visible()
    assert visible_english(page, allowed=HOSTILE_WORDS) == []
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
    assert tab.errors == []


@pytest.mark.parametrize("url_path", ["sessions", "programme", "plans", "teams", "units"])
def test_records_and_forms_fit_the_phone(office: Office, phone: Watcher, url_path: str) -> None:
    for edit in ("", "main"):
        page = open_page(phone, office.address(url_path, id=office.ids[url_path], edit=edit))
        expect(title(page)).to_be_visible()
        assert not scrolls_sideways(page)
        assert axe_violations(page) == []


@pytest.mark.parametrize("url_path", ["sessions", "programme", "plans", "teams", "units"])
def test_hostile_text_is_shown_letter_by_letter(
    office: Office, tab: Watcher, url_path: str
) -> None:
    page = open_page(tab, office.address(url_path, id=office.ids[url_path]))
    shown = title(page).inner_text().replace("\u2060", "")
    assert shown == HOSTILE
    main = page.get_by_test_id("stMain")
    for acted_upon in ("b", "strong:has-text('重')", "em", "del", ".katex", 'a[href*="e.example"]'):
        assert main.locator(acted_upon).count() == 0, acted_upon
    assert main.locator('img, [role="img"]').count() == 0
    assert requests_outside(tab) == []
    assert tab.errors == []


def test_a_list_is_searched_filtered_sorted_and_mailed(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("sessions"))
    box = page.get_by_label("搜索")
    box.fill("森林")
    act(tab, lambda: box.press("Enter"))
    assert "search=" in page.url
    narrowed = counted(page)
    # A click on the heading of the second column (after the boxes) sorts by name.
    act(tab, lambda: click_grid(page, 200, 15))
    assert "sort=name" in page.url
    first = cells(page, 2)[:3]
    assert first == sorted(first)
    act(tab, lambda: page.goto(page.url))
    assert counted(page) == narrowed
    assert page.get_by_label("搜索").input_value() == "森林"
    assert cells(page, 2)[:3] == first


def test_a_row_opens_its_record_and_leads_back(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("sessions", year="2021", search="登记有误"))
    act(tab, lambda: click_grid(page, 16, 46))
    expect(title(page)).to_have_text("登记有误的演练")
    assert office.ids["wrong"] in page.url
    act(tab, button(page, "← 返回列表").click)
    expect(page.get_by_label("搜索")).to_have_value("登记有误")


def opened_form(browser: Browser, office: Office) -> Watcher:
    watched = watch(signed_in(browser, office.server, viewport=DESKTOP).new_page())
    open_page(watched, office.address("sessions", id=office.ids["shared"], edit="main"))
    return watched


def type_name(watched: Watcher, name: str) -> None:
    box = watched.page.get_by_label("名称 *")
    box.fill(name)
    act(watched, lambda: box.press("Tab"))


def test_two_people_edit_one_record_and_the_second_decides(
    office: Office, browser: Browser
) -> None:
    first, second = opened_form(browser, office), opened_form(browser, office)
    type_name(first, "王敏的名称")
    type_name(second, "李强的名称")
    act(first, button(first.page, "保存").or_(main(first.page).get_by_text("保存")).first.click)
    expect(title(first.page)).to_have_text("王敏的名称")
    act(second, main(second.page).get_by_text("保存").first.click)
    expect(second.page.get_by_text("他人已保存了这条记录")).to_be_visible()
    both = second.page.locator(".drillbook-table").first
    expect(both).to_contain_text("王敏的名称")
    expect(both).to_contain_text("李强的名称")
    expect(second.page.get_by_label("名称 *")).to_have_value("李强的名称")
    act(second, button(second.page, "以我的为准").click)
    expect(title(second.page)).to_have_text("李强的名称")
    for watched in (first, second):
        assert watched.errors == []
        watched.page.context.close()


def test_voiding_asks_for_a_reason_and_can_be_undone(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("sessions", id=office.ids["wrong"]))
    act(tab, button(page, "作废…").click)
    dialog = page.get_by_role("dialog")
    act(tab, dialog.get_by_role("button", name="作废", exact=True).click)
    expect(dialog).to_contain_text("请说明作废原因")
    reason = dialog.get_by_label("原因")
    reason.fill("重复登记")
    act(tab, lambda: reason.press("Control+Enter"))
    act(tab, dialog.get_by_role("button", name="作废", exact=True).click)
    expect(page.get_by_text("已作废：登记有误的演练")).to_be_visible()
    expect(dialog).to_have_count(0)
    act(tab, button(page, "撤销").click)
    expect(page.get_by_text("已恢复：登记有误的演练")).to_be_visible()


def test_a_half_edited_form_survives_the_language_switch(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("sessions", id=office.ids["sessions"], edit="main"))
    type_name(tab, "打了一半的名称")
    act(tab, button(page, "English").click)
    update_status(page)
    expect(page.get_by_label("Name *")).to_have_value("打了一半的名称")
    for name, value in (("-main-scope", "Not given"), ("-units-0-role", "Host")):
        expect(page.locator(f'[class*="{name}"]').get_by_role("combobox").first).to_have_value(
            value
        )


def test_a_new_unit_is_typed_into_the_picker(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("programme", id=office.ids["programme"], edit="main"))
    act(tab, button(page, "＋ 添加单位").click)
    picker = page.locator('[class*="units-1-unit_id"]').get_by_role("combobox")
    picker.fill("新成立的专班")
    act(tab, lambda: picker.press("Enter"))
    act(tab, main(page).get_by_text("保存").first.click)
    expect(page.locator(".drillbook-table").first).to_contain_text("新成立的专班")


def test_a_file_comes_down_as_it_went_up(office: Office, tab: Watcher) -> None:
    page = open_page(tab, office.address("sessions", id=office.ids["sessions"]))
    address = page.get_by_role("link", name="下载").get_attribute("href")
    assert address
    answer = page.context.request.get(f"{office.server.url}{address}")
    assert answer.body() == b"%PDF-1.7"
    assert answer.headers["content-disposition"].startswith("attachment")
