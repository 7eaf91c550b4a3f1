"""The annual statistics in a real browser: the files from the buttons, the rows behind a number."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from drillbook.core.i18n import use_language
from drillbook.db.store import Store
from drillbook.reports.annual_figures import AnnualStatistics, annual
from drillbook.reports.official_sentence import official
from tests.browser.conftest import Server
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    requests_outside,
    scrolls_sideways,
    visible_english,
)

pytestmark = pytest.mark.browser

AS_OF = date(2023, 12, 31)
ADDRESS = "statistics?year=2023&as_of=2023-12-31"
HEADING = 3
FIRST = HEADING + 1


@pytest.fixture
def expected(demo_store: Store) -> AnnualStatistics:
    """The figures of the same sample year, counted in this process's own register."""
    return annual(demo_store, 2023, AS_OF)


def opened(tab: Watcher, server: Server, address: str = ADDRESS) -> Page:
    page = open_page(tab, f"{server.url}/{address}")
    expect(page.locator(".st-key-annual_headlines")).to_be_visible()
    return page


def download(page: Page, key: str, folder: Path) -> Path:
    """Press a download button and keep what comes."""
    with page.expect_download(timeout=60_000) as coming:
        page.locator(f".st-key-{key} button").click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def cells(book: openpyxl.Workbook, sheet: str) -> list[tuple[object, ...]]:
    """Return the rows of a table with something in the first cell."""
    rows = book[sheet].iter_rows(min_row=FIRST, values_only=True)
    return [row for row in rows if row[0] is not None and row[1] is not None]


def test_every_total_of_the_downloaded_workbook_is_the_registers(
    tab: Watcher, sample_server: Server, expected: AnnualStatistics, tmp_path: Path
) -> None:
    page = opened(tab, sample_server)
    path = download(page, "annual_workbook", tmp_path)
    assert path.name == "drillbook-2023-20231231.xlsx"
    book = openpyxl.load_workbook(path)
    figures = {row[0]: row[1] for row in cells(book, "主要指标")}
    assert figures["计划项目"] == expected.planned_drills == 27
    assert figures["已开展的计划项目"] == expected.numbers["planned_drills_held"]
    assert figures["演练场次"] == expected.sessions == 117
    assert figures["计划内场次"] == expected.numbers["sessions_in_programme"]
    assert figures["计划外场次"] == expected.numbers["sessions_outside_programme"]
    assert expected.participants in figures.values()
    assert figures["参演人次（取整）"] == 3100
    assert figures["救援队伍"] == expected.teams
    assert len(cells(book, "演练场次")) == expected.sessions
    assert len(cells(book, "计划项目")) == expected.planned_drills
    assert len(cells(book, "救援队伍")) == expected.teams
    assert len(cells(book, "应急预案")) == expected.plans
    for sheet, groups in (
        ("按月份", expected.by_month),
        ("按事件类别", expected.by_event_class),
        ("按主办单位", expected.by_host),
        ("按演练形式", expected.by_form),
    ):
        *rows, total = cells(book, sheet)
        assert [row[1] for row in rows] == [group.sessions for group in groups]
        assert total[1] == expected.sessions
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    with use_language("zh"):
        sentence = official(expected).text
    assert sentence in {cell.value for row in book["封面"].iter_rows() for cell in row}
    assert tab.errors == []


def test_a_table_comes_as_csv(
    tab: Watcher, sample_server: Server, expected: AnnualStatistics, tmp_path: Path
) -> None:
    page = opened(tab, sample_server)
    page.locator(".st-key-annual_tables button").first.click()
    path = download(page, "annual_csv_sessions", tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == expected.sessions


def test_a_number_leads_to_its_rows_and_a_row_to_its_record(
    tab: Watcher, sample_server: Server
) -> None:
    page = opened(tab, sample_server)
    act(tab, lambda: page.locator(".st-key-annual_rows_planned_drills button").click())
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("共 27 条")).to_be_visible()
    expect(dialog.get_by_text("计划项目").first).to_be_visible()
    grid = dialog.get_by_test_id("stDataFrame")
    act(tab, lambda: grid.click(position={"x": 15, "y": 50}))
    page.wait_for_url("**/programme?*id=*")


def test_the_next_page_of_rows_opens_in_the_dialog(tab: Watcher, sample_server: Server) -> None:
    page = opened(tab, sample_server)
    act(tab, lambda: page.locator(".st-key-annual_part_sessions button").click())
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("共 117 条")).to_be_visible()
    act(tab, lambda: dialog.get_by_role("button", name="第 2 页").click())
    expect(dialog.get_by_text("共 117 条")).to_be_visible()
    assert tab.errors == []


def test_the_address_shows_the_same_day_to_whom_it_is_mailed(
    tab: Watcher, sample_server: Server
) -> None:
    page = opened(tab, sample_server, "statistics?year=2023&as_of=2023-08-15")
    expect(page.get_by_text("等5支社会专业救援队伍").first).to_be_visible()


def test_the_screen_is_chinese_accessible_and_asks_no_other_host(
    tab: Watcher, sample_server: Server
) -> None:
    page = opened(tab, sample_server)
    # The sentence is offered in English on purpose, to be copied.
    assert [text for text in visible_english(page) if not text.startswith("Coordinated")] == []
    assert axe_violations(page) == []
    assert requests_outside(tab) == []


def test_the_screen_fits_a_phone(phone: Watcher, sample_server: Server) -> None:
    assert not scrolls_sideways(opened(phone, sample_server))
