"""Revisions in a real browser: open one, mark its stages, finish it, see the new version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from drillbook.core.clock import today
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.records.plans import PlanVersion
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
from tests.people import CLERK, TODAY, add_plan

pytestmark = pytest.mark.browser

# Of the sample's invented document number.
WORDS = ("YL", "YJ")


@dataclass(frozen=True)
class Board:
    """A server with the sample years, and a plan with one version."""

    server: Server
    plan: str
    late: str

    def address(self, url_path: str, **query: str) -> str:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.server.url}/{url_path}?{text}"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp("revisions")
    store = open_store(folder / "drillbook.duckdb")
    sample_data.load(store, CLERK, TODAY)
    version = PlanVersion(1, "高管发〔2019〕3号", issued_on=date(2019, 3, 1))
    plan = add_plan(store, "高区隧道事故应急预案", versions=(version,))
    late = store.query("revision_list", as_of=date(2023, 12, 31), status="open", ended_from=None)
    store.close()
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield Board(server, plan, late[0]["id"])
    stop_server(server)


@pytest.fixture
def used_server(board: Board) -> Server:
    return board.server


def press(tab: Watcher, name: str | re.Pattern[str]) -> None:
    button = tab.page.get_by_role("button", name=name)
    act(tab, button.first.click)


def type_day(page: Page, key: str, day: date) -> None:
    """Type a day into the three parts of a date field."""
    parts = page.locator(f".st-key-{key} [role='spinbutton']")
    for part, text in zip(parts.all(), (f"{day:%Y}", f"{day:%m}", f"{day:%d}"), strict=True):
        part.click()
        page.keyboard.type(text)
    page.keyboard.press("Tab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_is_chinese_accessible_and_stays_at_home(
    board: Board, tab: Watcher, scheme: str
) -> None:
    tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = open_page(tab, board.address("revisions", year="2023"))
    expect(page.get_by_role("heading", level=1)).to_have_text("编修进度")
    expect(page.locator('[data-testid="stVegaLiteChart"] :is(canvas, svg)').first).to_be_visible()
    assert visible_english(page, allowed=WORDS) == []
    assert axe_violations(page) == []
    assert requests_outside(tab) == []
    assert tab.errors == []


@pytest.mark.parametrize("edit", ["", "finish"])
def test_a_revision_is_chinese_and_accessible(board: Board, tab: Watcher, edit: str) -> None:
    page = open_page(tab, board.address("revisions", id=board.late, edit=edit))
    assert visible_english(page) == []
    assert axe_violations(page) == []
    assert tab.errors == []


def test_board_and_revision_fit_the_phone(board: Board, phone: Watcher) -> None:
    for query in ({"year": "2023"}, {"id": board.late}, {"id": "new"}):
        page = open_page(phone, board.address("revisions", **query))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not scrolls_sideways(page)
        assert axe_violations(page) == []


def test_a_card_opens_by_keyboard(board: Board, tab: Watcher) -> None:
    page = open_page(tab, board.address("revisions", year="2023"))
    page.get_by_role("button", name="高区自然灾害救助应急预案").focus()
    act(tab, lambda: page.keyboard.press("Enter"))
    expect(page.get_by_role("heading", level=1)).to_have_text("高区自然灾害救助应急预案")


def test_a_revision_is_opened_marked_finished_and_its_version_is_the_current_one(
    board: Board, tab: Watcher
) -> None:
    page = open_page(tab, board.address("plans", id=board.plan))
    press(tab, "启动编修")
    expect(page.get_by_role("heading", level=1)).to_have_text("启动编修")
    type_day(page, f"revision-{board.plan}-target_on", date(2099, 6, 30))
    reason = page.locator(f".st-key-revision-{board.plan}-reason input")
    reason.click()
    act(tab, page.get_by_role("option", name="面临的风险变化").click)
    press(tab, re.compile("^保存"))
    expect(page.get_by_role("heading", level=1)).to_have_text("高区隧道事故应急预案")
    for stage in (
        "立项",
        "风险评估和资源调查",
        "起草",
        "征求意见",
        "评审",
        "合法性审核",
        "审批",
        "印发",
    ):
        press(tab, f"今日完成：{stage}")
    press(tab, re.compile("^完成编修"))
    number = page.locator(".st-key-revision_finish input, input[aria-label*='文号']").first
    number.fill("高管发【2099】 8 号")
    act(tab, lambda: number.press("Tab"))
    expect(page.get_by_text("将登记为 高管发〔2099〕8号")).to_be_visible()
    press(tab, re.compile("^完成编修"))
    expect(page.get_by_text("编修完成，新版本为高管发〔2099〕8号")).to_be_visible()
    page = open_page(tab, board.address("plans", id=board.plan))
    current = page.locator("[data-testid='stMarkdownContainer']", has_text="现行")
    expect(current.filter(has_text="高管发〔2099〕8号").first).to_be_visible()
    expect(page.get_by_text(str(today())).first).to_be_visible()
    expect(page.get_by_text("已被替代的版本（1）")).to_be_visible()
    assert tab.errors == []
