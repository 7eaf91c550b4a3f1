"""From a finding of a drill to the published version of the plan, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from drillbook.operations.opening import open_store
from drillbook.records.plans import PlanVersion
from tests.browser.conftest import Server, set_up, start_server, stop_server
from tests.browser.helpers import Watcher, act, open_page, requests_outside, visible_english
from tests.people import add_plan, add_session, add_unit

pytestmark = pytest.mark.browser

PLAN, DRILL, FINDING = "高区山火应急预案", "山火扑救演练", "预案没有写明水源点"
STAGES = (
    *("立项", "风险评估和资源调查", "起草", "征求意见"),
    *("评审", "合法性审核", "审批", "印发"),
)


@dataclass(frozen=True)
class Drill:
    """A server with one plan of one version, and one drill of it."""

    server: Server
    session: str
    plan: str

    def address(self, url_path: str, query: str) -> str:
        return f"{self.server.url}/{url_path}?{query}"


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("chain")
    store = open_store(folder / "drillbook.duckdb")
    host = add_unit(store, "松岭街道办事处")
    plan = add_plan(store, PLAN, versions=(PlanVersion(1, "高管发〔2019〕3号"),))
    session = add_session(store, DRILL, host=host, plan_id=plan)
    store.close()
    server = set_up(start_server(folder / "drillbook.duckdb", folder / "console.log"))
    yield Drill(server, session, plan)
    stop_server(server)


@pytest.fixture
def used_server(drill: Drill) -> Server:
    return drill.server


def test_a_finding_leads_through_its_revision_to_the_published_version(
    tab: Watcher, drill: Drill
) -> None:
    page = open_page(tab, drill.address("sessions", f"id={drill.session}"))

    def press(name: str | re.Pattern[str]) -> None:
        act(tab, page.get_by_role("button", name=name).first.click)

    press("登记问题")
    page.get_by_role("textbox", name="存在问题").fill(FINDING)
    page.get_by_role("combobox", name="问题类别").click()
    act(tab, page.get_by_role("option", name="预案", exact=True).click)
    page.get_by_role("combobox", name="严重程度").click()
    act(tab, page.get_by_role("option", name="重大", exact=True).click)
    act(tab, lambda: page.keyboard.press("Control+s"))

    # It is due, as a revision and no longer as a finding without one.
    page = open_page(tab, drill.address("due", "kind=plan_revision&state=all"))
    expect(page.get_by_role("heading", level=1)).to_have_text("到期事项")
    expect(page.get_by_text("2项")).to_be_visible()

    page = open_page(tab, drill.address("sessions", f"id={drill.session}"))
    act(tab, page.get_by_role("link", name=f"编修《{PLAN}》").click)
    expect(page.get_by_role("heading", level=1)).to_have_text(PLAN)
    expect(page.get_by_role("link", name=FINDING)).to_be_visible()
    for stage in STAGES:
        press(f"今日完成：{stage}")
    press(re.compile("^完成编修"))
    number = page.get_by_role("textbox", name=re.compile("文号")).first
    number.fill("高管发【2099】 8 号")
    act(tab, lambda: number.press("Tab"))
    press(re.compile("^完成编修"))
    expect(page.get_by_text("编修完成，新版本为高管发〔2099〕8号")).to_be_visible()
    for stage in ("备案", "公布"):
        press(f"今日完成：{stage}")

    # The same chain from the other end: version, revision, finding, drill.
    page = open_page(tab, drill.address("plans", f"id={drill.plan}"))
    expect(page.get_by_role("link", name=re.compile("高管发〔2099〕8号"))).to_be_visible()
    act(tab, page.get_by_role("link", name=FINDING).click)
    expect(page.get_by_text("已闭环").first).to_be_visible()
    act(tab, page.get_by_role("link", name=re.compile(DRILL)).click)
    expect(page.get_by_role("heading", name=DRILL)).to_be_visible()
    assert visible_english(page) == []
    page = open_page(tab, drill.address("due", "kind=plan_revision&state=all"))
    expect(page.get_by_text("没有符合筛选条件的事项")).to_be_visible()
    assert tab.errors == []
    assert requests_outside(tab) == []
