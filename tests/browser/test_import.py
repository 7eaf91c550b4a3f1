"""An office's workbook goes through the import page into the list, in a real browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Server, set_up, start_server, stop_server
from tests.browser.helpers import Watcher, act, axe_violations, open_page, visible_english
from tests.pages.office_workbook import sessions_workbook

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an empty register."""
    folder = tmp_path_factory.mktemp("import")
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield server
    stop_server(server)


def choose(tab: Watcher, name: str, content: bytes) -> Page:
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    uploader = tab.page.locator("input[type=file]").first
    act(tab, lambda: uploader.set_input_files(file))
    return tab.page


def test_a_workbook_is_previewed_imported_and_seen_in_the_list(
    office: Server, tab: Watcher, tmp_path: Path
) -> None:
    open_page(tab, f"{office.url}/import")
    page = choose(tab, "2023年台账.xlsx", sessions_workbook())
    confirm = page.locator(".st-key-import_confirm button")
    expect(confirm).to_have_text("导入 3 行")
    assert visible_english(page, {"KB", "xlsx", "B"}) == []
    assert axe_violations(page) == []
    act(tab, lambda: page.locator(".st-key-frame_language button").click())
    expect(confirm).to_have_text("Import 3 rows")
    act(tab, lambda: page.locator(".st-key-frame_language button").click())
    act(tab, confirm.click)
    expect(page.get_by_text("新增 3，变更 0，不变 0，未导入 2")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".st-key-import_corrections_sessions button").click()
    path = tmp_path / "mend.xlsx"
    download.value.save_as(path)
    (sheet,) = load_workbook(io.BytesIO(path.read_bytes())).worksheets
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert {"危化品泄漏演练", "森林防火演练"} <= set(texts)
    assert "防汛应急演练" not in texts
    act(tab, lambda: page.locator(".st-key-import_list_sessions a").click())
    expect(page.get_by_role("heading", name="演练台账")).to_be_visible()
    expect(page.get_by_text("3 条")).to_be_visible()
    assert tab.errors == []


def test_the_same_file_again_changes_nothing(office: Server, tab: Watcher) -> None:
    open_page(tab, f"{office.url}/import")
    page = choose(tab, "2023年台账.xlsx", sessions_workbook())
    expect(page.get_by_text("没有需要导入的内容")).to_be_visible()


def test_a_hostile_file_gets_a_sentence_and_the_page_stays_usable(
    office: Server, tab: Watcher
) -> None:
    open_page(tab, f"{office.url}/import")
    page = choose(tab, "plan.xlsx", b"%PDF-1.7 not a workbook")
    expect(page.get_by_test_id("stAlert")).to_have_count(1)
    choose(tab, "good.xlsx", sessions_workbook())
    expect(page.get_by_text("没有需要导入的内容")).to_be_visible()
    assert tab.errors == []
