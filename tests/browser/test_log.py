"""The daily job in a real browser: a few clicks, a refresh and a language switch in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from drillbook.core import clock
from drillbook.operations.opening import open_store
from drillbook.records.programmes import PlannedDrillUnit
from tests.browser.conftest import Server, set_up, start_server, stop_server
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    scrolls_sideways,
    update_status,
    visible_english,
)
from tests.people import add_planned_drill, add_programme, add_unit

pytestmark = pytest.mark.browser

HOST, ITEM = "应急管理局", "防汛应急演练"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a register with two units and this year's programme."""
    folder = tmp_path_factory.mktemp("office")
    store = open_store(folder / "drillbook.duckdb")
    host, brigade = add_unit(store, HOST), add_unit(store, "消防救援大队")
    programme = add_programme(store, clock.today().year)
    units = (PlannedDrillUnit(host), PlannedDrillUnit(brigade, "support"))
    add_planned_drill(store, programme, ITEM, units=units, form="operational", place="文化路")
    add_planned_drill(store, programme, "高层建筑火灾演练", number=2, host=brigade)
    store.close()
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield server
    stop_server(server)


@pytest.fixture
def form(office: Server, tab: Watcher) -> Watcher:
    """The empty form in a new tab; drafts belong to the account, not to the tab."""
    open_page(tab, f"{office.url}/log")
    press(tab, "log_afresh")
    return tab


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=False).first


def choose(tab: Watcher, item: str) -> None:
    box = tab.page.locator(".st-key-log-planned_drill_id").get_by_role("combobox")
    box.click()
    box.fill(item[:2])
    act(tab, lambda: tab.page.get_by_role("option", name=item).click())


def wait_for_draft(tab: Watcher) -> None:
    """Wait until what was typed last has reached the server."""
    tab.page.wait_for_timeout(700)
    update_status(tab.page)


def press(tab: Watcher, key: str) -> None:
    act(tab, lambda: tab.page.locator(f".st-key-{key} button").click())


def test_a_drill_is_logged_with_three_clicks_in_half_a_minute(form: Watcher) -> None:
    page = form.page
    choose(form, ITEM)
    expect(field(page, "演练名称")).to_have_value(ITEM)
    expect(field(page, "地点")).to_have_value("文化路")
    field(page, "参演人数").fill("30余")
    wait_for_draft(form)
    expect(page.get_by_role("combobox", name="参演人数的口径")).to_have_value("余")
    act(form, lambda: page.keyboard.press("Control+s"))
    expect(page.get_by_text(f"已登记：{ITEM}")).to_be_visible()
    expect(field(page, "演练名称")).to_have_value("")
    press(form, "log_undo")
    expect(page.get_by_text("已撤销登记")).to_be_visible()
    assert form.errors == []


def test_a_half_typed_form_survives_a_refresh(form: Watcher, office: Server) -> None:
    page = form.page
    choose(form, ITEM)
    field(page, "地点").fill("第二中学")
    field(page, "参演人数").fill("约4")
    field(page, "概要").click()
    # The field is never left: what stands in it is sent all the same.
    page.keyboard.type("上午九时，<b>发出</b>警报")
    page.wait_for_timeout(1000)
    wait_for_draft(form)
    act(form, page.reload)
    expect(field(page, "地点")).to_have_value("第二中学")
    expect(field(page, "概要")).to_have_value("上午九时，<b>发出</b>警报")
    expect(field(page, "参演人数")).to_have_value("约4")
    expect(page.get_by_text("尚未保存")).to_be_visible()
    press(form, "draft_log_afresh")
    expect(field(page, "地点")).to_have_value("")
    assert form.errors == []


def test_a_half_typed_form_survives_a_language_switch(form: Watcher) -> None:
    page = form.page
    choose(form, ITEM)
    field(page, "地点").fill("第二中学")
    press(form, "frame_language")
    expect(page.get_by_role("heading", name="Log a drill")).to_be_visible()
    expect(field(page, "Name of the drill")).to_have_value(ITEM)
    expect(field(page, "Place")).to_have_value("第二中学")
    expect(page.locator(".st-key-log-form").get_by_role("radio", checked=True)).to_contain_text(
        "Operational"
    )
    press(form, "frame_language")
    expect(field(page, "地点")).to_have_value("第二中学")
    assert form.errors == []


def test_a_likely_duplicate_is_pointed_out_and_the_next_keeps_what_repeats(form: Watcher) -> None:
    page = form.page
    choose(form, "高层建筑火灾演练")
    field(page, "地点").fill("金融大厦")
    field(page, "参演人数").fill("40")
    press(form, "log_save_next")
    expect(page.get_by_text("已登记：高层建筑火灾演练")).to_be_visible()
    expect(field(page, "地点")).to_have_value("金融大厦")
    expect(field(page, "参演人数")).to_have_value("")
    field(page, "参演人数").fill("60")
    press(form, "log_save_next")
    expect(page.get_by_text("名称相近的演练")).to_be_visible()
    press(form, "log_another")
    expect(page.get_by_text("名称相近的演练")).not_to_be_visible()
    expect(field(page, "参演人数")).to_have_value("")
    assert form.errors == []


def test_problems_stand_at_their_fields_and_nothing_is_lost(form: Watcher) -> None:
    page = form.page
    field(page, "参演人数").fill("-5")
    field(page, "地点").fill("文化路")
    press(form, "log_save")
    expect(page.get_by_text("2 处需要修改")).to_be_visible()
    expect(page.get_by_text("请填写此项")).to_be_visible()
    expect(field(page, "地点")).to_have_value("文化路")


def test_a_new_host_is_typed_and_added(form: Watcher) -> None:
    page = form.page
    field(page, "演练名称").fill("地震疏散演练")
    field(page, "参演人数").fill("900")
    box = page.locator(".st-key-log-hosts").get_by_role("combobox")
    box.click()
    box.fill("第一小学")
    act(form, lambda: page.keyboard.press("Enter"))
    page.keyboard.press("Escape")
    expect(page.get_by_text("新单位，保存时一并登记：第一小学")).to_be_visible()
    press(form, "log_save")
    expect(page.get_by_text("已登记：地震疏散演练")).to_be_visible()


def test_files_are_attached_by_kind(form: Watcher, tmp_path: Path) -> None:
    page = form.page
    sheet = tmp_path / "签到表.pdf"
    sheet.write_bytes(b"%PDF-1.7 sign-in")
    field(page, "演练名称").fill("防化演练")
    field(page, "参演人数").fill("12")
    page.get_by_text("附件", exact=True).click()
    act(form, lambda: page.locator("input[type=file]").set_input_files(sheet))
    expect(page.locator(".st-key-log_files")).to_contain_text("签到表")
    press(form, "log_save")
    expect(page.get_by_text("已登记：防化演练")).to_be_visible()


ROWS = "2023-05-12\t防汛应急演练\t应急管理局\t\t实战\t30余人\n2023-02-30\t消防演练\t\t\t\t5\n"


def test_rows_copied_from_a_spreadsheet_are_pasted_into_the_table(
    office: Server, tab: Watcher
) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(tab, f"{office.url}/log-many")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    # The second column from the left: row numbers and the marks for choosing rows come first.
    table.click(position={"x": 130, "y": 50})
    page.evaluate("(text) => navigator.clipboard.writeText(text)", ROWS)
    act(tab, lambda: page.keyboard.press("Control+v"))
    press(tab, "grid_check")
    expect(page.get_by_text("1 处需要修改")).to_be_visible()
    act(tab, page.reload)
    expect(page.get_by_text("尚未保存")).to_be_visible()
    press(tab, "grid_check")
    press(tab, "grid_save")
    expect(page.get_by_text("已登记 1 场演练")).to_be_visible()
    press(tab, "grid_undo")
    expect(page.get_by_text("已全部撤销登记")).to_be_visible()
    assert tab.errors == []


@pytest.mark.parametrize("address", ["log", "log-many", "import"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_can_be_read_by_everybody(
    language: str, address: str, office: Server, tab: Watcher
) -> None:
    page = open_page(tab, f"{office.url}/{address}?lang={language}")
    for closed in page.get_by_test_id("stExpander").all():
        closed.locator("summary").click()
    page.wait_for_timeout(500)
    if language == "zh":
        assert visible_english(page, {"Ctrl"}) == []
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("address", ["log", "log-many", "import"])
def test_the_screens_fit_a_phone(address: str, office: Server, phone: Watcher) -> None:
    page = open_page(phone, f"{office.url}/{address}")
    assert not scrolls_sideways(page)
    assert phone.errors == []
