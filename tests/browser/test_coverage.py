"""From an empty cell of the matrix to a planned drill, from proposals to a programme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

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
from tests.people import CLERK, TODAY

pytestmark = pytest.mark.browser

PAGES = ("coverage?as_of=2023-12-31", "propose?year=2024", "mechanisms")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the sample years, to be changed by the tests of this file."""
    folder = tmp_path_factory.mktemp("coverage")
    store = open_store(folder / "drillbook.duckdb")
    sample_data.load(store, CLERK, TODAY)
    store.close()
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield server
    stop_server(server)


def row(page: Page, hazard: str) -> list[str]:
    """Return what stands in one row of the matrix."""
    found = page.locator(".drillbook-coverage tr").filter(
        has=page.get_by_role("rowheader", name=hazard, exact=True)
    )
    expect(found).to_have_count(1)
    return found.locator("td").all_inner_texts()


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_chinese_and_keep_to_the_window(
    office: Server, tab: Watcher, phone: Watcher, address: str
) -> None:
    page = open_page(tab, f"{office.url}/{address}")
    assert axe_violations(page) == []
    assert visible_english(page) == []
    assert requests_outside(tab) == []
    assert not scrolls_sideways(page)
    assert tab.errors == []
    assert not scrolls_sideways(open_page(phone, f"{office.url}/{address}"))


def test_on_a_phone_the_matrix_scrolls_in_its_own_box(office: Server, phone: Watcher) -> None:
    page = open_page(phone, f"{office.url}/{PAGES[0]}&years=5")
    box = page.locator(".drillbook-coverage")
    expect(box).to_be_visible()
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert not scrolls_sideways(page)


def test_an_empty_cell_becomes_a_planned_drill(office: Server, tab: Watcher) -> None:
    page = open_page(tab, f"{office.url}/{PAGES[0]}")
    assert row(page, "动物疫情")[-1] == "＋"
    cell = page.get_by_role("link", name=re.compile("^动物疫情：2024年计划项"))
    act(tab, cell.click)
    expect(page.get_by_label("名称 *")).to_have_value("高区重大动物疫情应急演练")
    hazard = page.locator('[class*="new-hazard"]').get_by_role("combobox")
    expect(hazard).to_have_value("动物疫情")
    act(tab, page.get_by_role("button", name="建立2024年度计划").click)
    act(tab, page.get_by_text("保存", exact=True).first.click)
    expect(page.get_by_role("heading", level=1)).to_have_text("高区重大动物疫情应急演练")
    page = open_page(tab, f"{office.url}/{PAGES[0]}")
    assert row(page, "动物疫情")[-1] == "1"
    act(tab, page.get_by_role("link", name=re.compile("^动物疫情：2024年计划项: 1")).click)
    expect(page.get_by_role("heading", name="动物疫情：2024年计划项 (1)")).to_be_visible()
    assert tab.errors == []


def test_proposals_are_kept_over_a_refresh_and_become_the_programme(
    office: Server, tab: Watcher
) -> None:
    page = open_page(tab, f"{office.url}/propose?year=2024")
    carried = page.get_by_role("checkbox", name="粮食应急保供演练")
    expect(carried).to_be_checked()
    other = page.locator('[data-testid="stCheckbox"]').filter(has_text="重污染天气应急响应桌面推演")
    act(tab, other.locator("label").first.click)
    act(tab, lambda: page.goto(page.url))
    expect(page.get_by_role("checkbox", name="重污染天气应急响应桌面推演")).not_to_be_checked()
    told = page.get_by_text(re.compile(r"将有 \d+ 项编入 2024 年度计划")).inner_text()
    number = re.sub(r"\D", "", told.split("项")[0])
    assert int(number) == page.locator("[data-testid='stCheckbox'] input:checked").count() > 1
    act(tab, page.get_by_role("button", name="生成年度计划").click)
    expect(page.get_by_text(f"已向 2024 年度计划编入 {number} 项")).to_be_visible()
    act(tab, page.get_by_role("link", name="打开2024年度计划").click)
    expect(page.get_by_role("heading", level=1)).to_have_text("年度演练计划")
    names = page.locator('[role="gridcell"][aria-colindex="2"]')
    expect(names.first).to_be_attached()
    assert "粮食应急保供演练" in names.all_inner_texts()
    assert "重污染天气应急响应桌面推演" not in names.all_inner_texts()
    assert tab.errors == []
