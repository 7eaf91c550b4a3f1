"""Streamlit's own texts on a Chinese screen: every part that has some, opened and misused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import Server, start_server, stop_server
from tests.browser.helpers import Watcher, act, axe_violations, open_page, visible_english

pytestmark = pytest.mark.browser

GALLERY = Path(__file__).parent / "gallery" / "app.py"
FILE: FilePayload = {"name": "表", "mimeType": "text/csv", "buffer": b"x"}
TALL = {"width": 1366, "height": 1900}


@pytest.fixture(scope="module")
def gallery_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("gallery")
    running = start_server(folder / "drillbook.duckdb", folder / "console.log", GALLERY)
    yield running
    stop_server(running)


@pytest.fixture
def gallery(gallery_server: Server, tab: Watcher) -> Page:
    tab.page.set_viewport_size({"width": TALL["width"], "height": TALL["height"]})
    return open_page(tab, gallery_server.url)


def part(page: Page, test_id: str, position: int = 0) -> Locator:
    return page.locator(f'[data-testid="{test_id}"]').nth(position)


def assert_chinese(page: Page, *allowed: str) -> None:
    page.wait_for_timeout(250)  # what was opened slides in
    assert visible_english(page, allowed) == []


def test_untouched_parts_are_chinese_and_accessible(gallery: Page) -> None:
    assert_chinese(gallery)
    expect(part(gallery, "stFileUploader")).to_contain_text("单个文件不超过 30MB")
    assert axe_violations(gallery) == []


def test_calendar_is_chinese(gallery: Page) -> None:
    part(gallery, "stDateInput").click()
    expect(gallery.get_by_role("button", name="上个月")).to_be_visible()
    assert_chinese(gallery)
    gallery.keyboard.press("Escape")
    part(gallery, "stDateInput", 1).get_by_role("button").first.click()
    gallery.get_by_role("button", name="快速选择日期范围").first.click()
    expect(gallery.get_by_text("最近一周").first).to_be_visible()
    assert_chinese(gallery)
    gallery.keyboard.press("Escape")
    gallery.keyboard.press("Escape")
    part(gallery, "stDateTimeInput").get_by_role("button").first.click()
    assert_chinese(gallery)


def test_wrong_dates_times_and_numbers_are_told_in_chinese(gallery: Page) -> None:
    part(gallery, "stDateInput").get_by_role("spinbutton").first.click()
    gallery.keyboard.type("20991231")
    gallery.keyboard.press("Tab")
    gallery.keyboard.press("Escape")
    number = part(gallery, "stNumberInput").locator("input")
    number.fill("500")
    number.press("Enter")
    expect(gallery.get_by_text("数字超出范围，应在 0 和 100 之间。").first).to_be_attached()
    expect(gallery.get_by_text("日期超出范围").first).to_be_attached()
    assert_chinese(gallery)


@pytest.mark.parametrize("label", ["名称", "概要", "表单内", "表单内概要"])
def test_hints_while_typing_are_chinese(gallery: Page, label: str) -> None:
    gallery.get_by_role("textbox", name=label, exact=True).fill("防汛")
    expect(gallery.get_by_text("回车键").first).to_be_visible()
    assert_chinese(gallery)


def test_lists_are_chinese_and_their_options_untouched(gallery: Page) -> None:
    part(gallery, "stSelectbox").locator("input").click()
    assert_chinese(gallery)
    gallery.keyboard.type("无此单位")
    expect(gallery.get_by_text("没有匹配项").first).to_be_visible()
    assert_chinese(gallery)
    gallery.keyboard.press("Escape")
    part(gallery, "stSelectbox", 1).locator("input").click()
    gallery.keyboard.type("新局")
    expect(gallery.get_by_text("添加：新局").first).to_be_visible()
    assert_chinese(gallery)


def test_full_list_of_several_is_chinese(gallery: Page) -> None:
    several = part(gallery, "stMultiSelect").locator("input")
    for _ in range(2):
        several.click()
        gallery.get_by_role("option", name="全选").wait_for()
        gallery.get_by_role("option").nth(1).click()
        gallery.keyboard.press("Escape")
        gallery.wait_for_timeout(300)
    several.click()
    expect(gallery.get_by_text("最多选择 2 项，请先移除一项。").first).to_be_visible()
    assert_chinese(gallery)


def test_uploads_are_chinese(gallery: Page) -> None:
    upload = part(gallery, "stFileUploader").locator("input[type=file]")
    upload.set_input_files(FILE)
    expect(gallery.get_by_text("不支持").first).to_be_visible()
    many = part(gallery, "stFileUploader", 1).locator("input[type=file]")
    many.set_input_files([{**FILE, "name": f"表{number}"} for number in range(5)])
    expect(gallery.get_by_text("表4").first).to_be_visible()
    assert_chinese(gallery, "text/csv", "text", "csv")


@pytest.mark.parametrize("position", [0, 1])
def test_table_toolbar_is_chinese(gallery: Page, position: int) -> None:
    table = part(gallery, "stDataFrame", position)
    buttons = table.locator('[data-testid="stElementToolbarButton"]')
    assert buttons.count() >= 3
    for number in range(buttons.count()):
        table.hover()
        buttons.nth(number).hover()
        assert_chinese(gallery)


def test_search_in_a_table_is_chinese(gallery: Page) -> None:
    table = part(gallery, "stDataFrame")
    table.hover()
    table.get_by_label("查找").first.click()
    expect(gallery.get_by_text("输入文字查找")).to_be_visible()
    gallery.keyboard.type("防")
    expect(gallery.get_by_text("个结果").first).to_be_visible()
    assert_chinese(gallery)


def test_column_menu_is_chinese(gallery: Page) -> None:
    box = part(gallery, "stDataFrame").bounding_box()
    assert box is not None
    # The menu's button is drawn on a canvas, at the right end of the first column.
    for share in (0.28, 0.3, 0.31, 0.32, 0.34):
        x, y = box["x"] + box["width"] * share, box["y"] + 15
        gallery.mouse.move(x, y)
        gallery.wait_for_timeout(150)
        gallery.mouse.click(x, y)
        if gallery.get_by_role("menuitem", name="升序").is_visible():
            break
    items = gallery.get_by_role("menuitem")
    assert items.count() >= 5
    for number in range(items.count()):
        items.nth(number).hover()
        assert_chinese(gallery)


def test_dialogs_running_scripts_and_toasts_are_chinese(gallery: Page, tab: Watcher) -> None:
    act(tab, lambda: gallery.get_by_role("button", name="对话框").click())
    expect(gallery.get_by_role("button", name="关闭")).to_be_visible()
    assert_chinese(gallery)
    gallery.keyboard.press("Escape")
    gallery.get_by_role("button", name="慢").click()
    gallery.wait_for_timeout(1500)
    assert_chinese(gallery)
    act(tab, lambda: gallery.get_by_role("button", name="提示").click())
    assert_chinese(gallery)


def test_user_content_is_never_translated(gallery: Page) -> None:
    gallery.evaluate("""() => {
      const own = document.querySelector('[data-testid="stMarkdownContainer"]');
      own.append(Object.assign(document.createElement('p'), { textContent: 'Search' }));
    }""")
    gallery.wait_for_timeout(200)
    assert visible_english(gallery) == ["Search"]


def test_lost_server_is_told_in_chinese(tmp_path: Path, tab: Watcher) -> None:
    server = start_server(tmp_path / "drillbook.duckdb", tmp_path / "console.log", GALLERY)
    try:
        page = open_page(tab, server.url)
    finally:
        stop_server(server)
    expect(page.get_by_text("连接").first).to_be_visible(timeout=20_000)
    assert_chinese(page)
