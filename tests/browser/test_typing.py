"""What stands in a field when somebody saves is what is saved, as fast as people press keys.

Every answer of this server comes 200 ms late: what works by luck on a fast line fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from drillbook.operations.opening import open_store
from drillbook.records import revision_planning
from tests.browser.conftest import Server, set_up, start_server, stop_server
from tests.browser.helpers import Watcher, open_page
from tests.browser.slow_server import slowed
from tests.people import CLERK, add_plan, add_session, add_unit

pytestmark = pytest.mark.browser

HOSTS = ("应急管理局", "消防救援大队", "海事处", "气象局", "教育分局", "水务局", "林业站")


@dataclass(frozen=True)
class Office:
    """A slow server, and the records on which people type."""

    server: Server
    session: str
    revision: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("typing")
    store = open_store(folder / "drillbook.duckdb")
    unit, *_others = [add_unit(store, name) for name in HOSTS]
    plan = add_plan(store, "高区防汛应急预案", lead_unit_id=unit)
    session = add_session(store, "防汛演练", date(2023, 5, 12), unit)
    with store.write(CLERK) as tx:
        revision = revision_planning.open_revision(
            tx,
            plan,
            kind="minor",
            reason="other",
            owner_unit_id=unit,
            started_on=date(2023, 3, 1),
            target_on=date(2023, 9, 1),
        )
    store.close()
    running = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    with slowed(running) as server:
        yield Office(server, session, revision)
    stop_server(running)


def opened(tab: Watcher, office: Office, address: str) -> Page:
    """Open a page and wait until everything on it is there."""
    page = open_page(tab, f"{office.server.url}/{address}")
    page.add_style_tag(content="* { scroll-behavior: auto !important; }")
    return page


def edited(tab: Watcher, office: Office) -> Page:
    page = opened(tab, office, f"sessions?id={office.session}&edit=main")
    expect(save(page)).to_be_visible()
    return page


def save(page: Page) -> Locator:
    """Return the button that saves the form on the page."""
    return page.locator('[class*="st-key-save-"] button')


def type_into_cell(page: Page, text: str) -> None:
    page.keyboard.press("Enter")
    expect(page.locator(".gdg-input")).to_be_focused()
    page.keyboard.type(text)


def by_key(page: Page) -> None:
    page.keyboard.press("Control+s")


def by_mouse(page: Page) -> None:
    save(page).scroll_into_view_if_needed()
    box = save(page).bounding_box()
    assert box
    page.mouse.click(box["x"] + 20, box["y"] + 12)


def by_enter(page: Page) -> None:
    save(page).focus()
    page.keyboard.press("Enter")


WAYS = {"Ctrl+S": by_key, "mouse": by_mouse, "Enter on the button": by_enter}


@pytest.mark.parametrize(
    ("label", "typed", "way"),
    [
        ("名称", "夜间防汛", "Ctrl+S"),
        ("概要", "堤上集结", "Ctrl+S"),
        ("参演人数", "461", "Ctrl+S"),
        ("地点", "北海", "mouse"),
        ("参演人数", "462", "Enter on the button"),
    ],
)
def test_what_was_typed_last_is_saved(
    office: Office, tab: Watcher, label: str, typed: str, way: str
) -> None:
    page = edited(tab, office)
    page.get_by_label(label, exact=False).first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)
    WAYS[way](page)
    expect(page.get_by_text("已保存：")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text(typed)
    assert tab.errors == []


def test_a_save_that_changed_nothing_says_so_and_leaves_no_line(
    office: Office, tab: Watcher
) -> None:
    page = edited(tab, office)
    page.get_by_label("名称", exact=False).first.click()
    by_key(page)
    expect(page.get_by_text("没有改动：")).to_be_visible()
    expect(page.get_by_text("已保存：")).not_to_be_visible()


def test_enter_pressed_once_too_often_chooses_no_second_host(office: Office, tab: Watcher) -> None:
    page = opened(tab, office, "log")
    box = page.locator(".st-key-log-hosts").get_by_role("combobox")
    box.click()
    page.keyboard.type("消防")
    expect(page.get_by_role("option", name="消防救援大队")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-log-hosts [data-tag]")).to_have_text(["消防救援大队"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-log-hosts [data-tag]")).to_have_count(2)
    page.get_by_label("演练名称", exact=False).first.click()
    page.keyboard.type("夜间疏散")
    page.get_by_label("参演人数", exact=False).first.click()
    page.keyboard.type("30余")
    by_key(page)
    expect(page.get_by_text("已登记：夜间疏散")).to_be_visible()
    assert tab.errors == []


def test_a_cell_being_typed_in_is_part_of_the_check(office: Office, tab: Watcher) -> None:
    page = opened(tab, office, "log-many")
    page.get_by_test_id("stDataFrame").click(position={"x": 220, "y": 50})
    type_into_cell(page, "地震疏散")
    by_key(page)
    expect(page.get_by_text("需要修改")).to_be_visible()
    expect(page.get_by_text("表格是空的")).not_to_be_visible()


def test_a_stage_being_typed_in_is_saved(office: Office, tab: Watcher) -> None:
    page = opened(tab, office, f"revisions?id={office.revision}")
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    assert box
    table.click(position={"x": box["width"] - 60, "y": 54})
    type_into_cell(page, "已请专家")
    by_key(page)
    expect(page.get_by_text("已保存：")).to_be_visible()


def test_a_refused_save_leads_to_the_first_wrong_field_and_drops_the_old_confirmation(
    office: Office, phone: Watcher
) -> None:
    page = opened(phone, office, "log")
    page.get_by_label("演练名称", exact=False).first.fill("夜间巡查")
    page.get_by_label("参演人数", exact=False).first.fill("12")
    by_mouse(page)
    told = page.locator(".st-key-log_saved")
    expect(told).to_contain_text("已登记：夜间巡查")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    expect(told).to_have_attribute("role", "status")
    page.get_by_label("参演人数", exact=False).first.fill("-5")
    by_mouse(page)
    expect(page.get_by_text("处需要修改")).to_be_visible()
    expect(told).to_have_count(0)
    expect(page.get_by_label("演练名称", exact=False).first).to_be_focused()
    expect(page.get_by_label("演练名称", exact=False).first).to_be_in_viewport()
    expect(page.get_by_label("参演人数", exact=False).first).to_have_value("-5")


def test_no_key_is_named_where_there_are_no_keys(office: Office, phone: Watcher) -> None:
    page = opened(phone, office, "log")
    shown = "(button) => getComputedStyle(button, '::after').content"
    assert save(page).evaluate(shown) == "none"


def test_a_file_chosen_on_a_record_is_kept_at_once(
    office: Office, tab: Watcher, tmp_path: Path
) -> None:
    sheet = tmp_path / "签到表.pdf"
    sheet.write_bytes(b"%PDF-1.7 sign-in")
    page = opened(tab, office, f"sessions?id={office.session}")
    page.get_by_text("上传附件", exact=True).click()
    page.locator("input[type=file]").set_input_files(sheet)
    expect(page.get_by_text("已上传：签到表.pdf")).to_be_visible()
    page.reload()
    expect(page.get_by_text("签到表", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="下载")).to_be_visible()


def test_a_record_half_changed_is_there_after_leaving_without_saving(
    office: Office, tab: Watcher
) -> None:
    page = edited(tab, office)
    page.get_by_label("概要", exact=False).first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("（待补充）")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.get_by_text("尚未保存")).to_be_visible()
    box = page.get_by_label("概要", exact=False).first
    expect(box).to_have_value(re.compile("（待补充）$"))


def test_a_row_opens_by_a_click_on_its_name(office: Office, tab: Watcher) -> None:
    page = opened(tab, office, "units")
    table = page.get_by_test_id("stDataFrame")
    cells = table.locator('[role="gridcell"][aria-colindex="1"]')
    expect(cells.first).to_be_attached()
    names = [text.strip() for text in cells.all_text_contents()]
    table.click(position={"x": 150, "y": 45 + 30 * names.index("海事处")})
    expect(page.get_by_role("heading", level=1)).to_have_text("海事处")


def test_a_list_is_walked_through_and_opened_by_keys_alone(office: Office, tab: Watcher) -> None:
    page = opened(tab, office, "units")
    table = page.get_by_test_id("stDataFrame")
    cells = table.locator('[role="gridcell"][aria-colindex="1"]')
    expect(cells.first).to_be_attached()
    names = [text.strip() for text in cells.all_text_contents()]
    page.get_by_label("搜索").focus()
    for _key in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('canvas')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    marked = table.locator('[role="gridcell"][aria-selected="true"]')
    expect(marked).to_have_count(1)
    row = int((marked.get_attribute("id") or "").rpartition("-")[2])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[row])
