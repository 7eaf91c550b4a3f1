"""Single sign-on against a real OpenID Connect server: the provider's claim decides the role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from drillbook.ui.components.session_cookie import COOKIE
from tests.browser.conftest import DESKTOP, Server, free_port, set_up, start_server, stop_server

pytestmark = pytest.mark.browser

NAVIGATION = '[data-testid="stSidebarNav"]'
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a secret of this test only, made up here"
client_id = "drillbook"
client_secret = "secret"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"

[single_sign_on]
label = "政务统一认证"
claim = "groups"

[single_sign_on.roles]
lead = ["应急办"]
viewer = ["管委会"]
"""
PEOPLE = (
    User(sub="lead-1", claims={"name": "孙宇", "groups": ["管委会", "应急办"]}),
    User(sub="viewer-1", claims={"name": "李强", "groups": ["管委会"]}),
    User(sub="nobody-1", claims={"name": "路人", "groups": ["别处"]}),
)


@dataclass(frozen=True)
class Site:
    """Drillbook at the address that the provider knows."""

    server: Server
    url: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Drillbook beside a provider that knows three people."""
    folder, port = tmp_path_factory.mktemp("sso"), free_port()
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        secrets = folder / "secrets.toml"
        text = SECRETS.format(port=port, provider=provider.server_port)
        secrets.write_text(text, encoding="utf-8")
        option = f"--secrets.files={secrets}"
        db, log = folder / "drillbook.duckdb", folder / "console.log"
        server = set_up(start_server(db, log, port=port, options=[option]))
        yield Site(server, f"http://localhost:{port}")
        stop_server(server)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new browser of somebody unknown."""
    context = browser.new_context(viewport=DESKTOP)
    yield context.new_page()
    context.close()


def ask_provider(page: Page, site: Site, person: str) -> None:
    """Go from the sign-in page to the provider and authenticate there as ``person``."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_role("link", name="政务统一认证").click()
    page.get_by_role("button", name=person, exact=True).click()


def test_the_provider_vouches_and_its_claim_decides_the_role(page: Page, site: Site) -> None:
    ask_provider(page, site, "lead-1")
    page.wait_for_selector(NAVIGATION)
    page.get_by_role("button", name="孙宇").click()
    expect(page.get_by_text("负责人", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="账号管理")).to_have_count(0)


def test_a_viewer_by_claim_may_not_log(page: Page, site: Site) -> None:
    ask_provider(page, site, "viewer-1")
    page.wait_for_selector(NAVIGATION)
    page.goto(f"{site.url}/log")
    expect(page.get_by_text("您的账号没有此项权限")).to_be_visible()


def test_whom_no_claim_gives_a_role_stays_outside(page: Page, site: Site) -> None:
    ask_provider(page, site, "nobody-1")
    expect(page.get_by_text("没有为您分配本系统的角色")).to_be_visible()
    assert page.locator(NAVIGATION).count() == 0
    page.goto(f"{site.url}/units")
    page.wait_for_url("**/sign-in**")


def test_signing_out_leads_to_the_sign_in_and_not_back_in(page: Page, site: Site) -> None:
    ask_provider(page, site, "lead-1")
    page.wait_for_selector(NAVIGATION)
    page.get_by_role("button", name="孙宇").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_function("() => !document.querySelector('[data-testid=stSidebarNav]')")
    page.goto(f"{site.url}/units")
    page.wait_for_url("**/sign-in**")


def test_the_providers_cookie_alone_opens_no_session(page: Page, site: Site) -> None:
    ask_provider(page, site, "lead-1")
    page.wait_for_selector(NAVIGATION)
    # As after an hour, or after signing out everywhere: Streamlit's cookie of 30 days is left.
    page.context.clear_cookies(name=COOKIE)
    left = {cookie["name"] for cookie in page.context.cookies()}
    assert "_streamlit_user" in left
    page.goto(site.url)
    expect(page.get_by_text("已过期或已使用过")).to_be_visible()
    assert page.locator(NAVIGATION).count() == 0
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies()}
    page.get_by_role("link", name="重新登录").click()
    page.get_by_role("button", name="lead-1", exact=True).click()
    page.wait_for_selector(NAVIGATION)


@pytest.mark.parametrize("cookie", ["", "_streamlit_user=x", "_streamlit_user=InNvbWUi.forged"])
def test_with_single_sign_on_a_stranger_gets_no_websocket_either(site: Site, cookie: str) -> None:
    address = site.url.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"Origin": site.url, **({"Cookie": cookie} if cookie else {})}
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == 403
