"""The gate and the way in: what a stranger gets, and what it takes to become somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.core import clock
from drillbook.db.store import Store
from drillbook.records import attachments
from drillbook.ui.components import current_user
from drillbook.ui.components.session_cookie import COOKIE, opened, sealed
from drillbook.ui.shell import sign_in_pages
from drillbook.ui.shell.auth_gate import Gate, local_address
from drillbook.ui.shell.downloads import serve_file
from tests.people import CLERK, TODAY, add_session, add_unit
from tests.raw import raw

PASSWORD = "海上搜救 2024 演练"
PAGE = {"accept": "text/html"}


async def inside(_request: Request) -> PlainTextResponse:
    """Stand for everything that lies behind the gate."""
    return PlainTextResponse("inside")


async def talk(socket: WebSocket) -> None:
    """Stand for Streamlit's websocket."""
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


def serving() -> Starlette:
    form = ["GET", "POST"]
    return Starlette(
        routes=[
            Route(
                "/sign-in",
                sign_in_pages.route(sign_in_pages.show_sign_in, sign_in_pages.take_sign_in),
                methods=form,
            ),
            Route(
                "/setup",
                sign_in_pages.route(sign_in_pages.show_setup, sign_in_pages.take_setup),
                methods=form,
            ),
            Route(
                "/welcome",
                sign_in_pages.route(sign_in_pages.show_welcome, sign_in_pages.take_welcome),
                methods=form,
            ),
            Route(
                "/sample",
                sign_in_pages.route(sign_in_pages.show_sign_in, sign_in_pages.take_sample),
                methods=form,
            ),
            Route("/enter", sign_in_pages.route(sign_in_pages.take_ticket)),
            Route("/presence", sign_in_pages.presence),
            Route("/files/{id}", serve_file),
            WebSocketRoute("/_stcore/stream", talk),
            Route("/{path:path}", inside, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
        ],
        middleware=[Middleware(Gate)],
    )


def visitor_at(host: str = "localhost", address: str = "127.0.0.1") -> TestClient:
    return TestClient(
        serving(),
        base_url=f"http://{host}",
        headers={"origin": f"http://{host}"},
        client=(address, 5000),
        follow_redirects=False,
    )


@pytest.fixture
def browser(store: Store) -> Iterator[TestClient]:
    """A new browser at this computer."""
    with visitor_at() as client:
        yield client


@pytest.fixture
def admin(store: Store) -> str:
    return accounts.create_first(
        store, Account("admin", "赵管理"), PASSWORD, PASSWORD, today=TODAY, address=""
    )


def sign_in(browser: TestClient, password: str = PASSWORD, **more: str) -> int:
    form = {"login": "admin", "password": password, **more}
    return browser.post("/sign-in", data=form).status_code


# --- a stranger -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/accounts", "/sessions?id=1", "/media/abc.xlsx"])
def test_a_strangers_page_leads_to_the_sign_in_and_back(browser: TestClient, path: str) -> None:
    answer = browser.get(path, headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path",
    ["/media/abc.xlsx", "/_stcore/upload_file/1/2", "/component/x/y", "/files/1", "/presence"],
)
def test_whatever_else_a_stranger_asks_is_refused(
    browser: TestClient, method: str, path: str
) -> None:
    answer = browser.request(method, path)
    assert answer.status_code == 401
    assert "inside" not in answer.text


def test_a_strangers_websocket_is_closed_before_it_says_anything(browser: TestClient) -> None:
    own = {"origin": "http://testserver"}
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("/_stcore/stream", headers=own) as socket,
    ):
        socket.receive_text()


@pytest.mark.parametrize(
    "path", ["/static/js/index.js", "/app/static/entry.css", "/_stcore/health"]
)
def test_what_holds_nothing_of_ours_is_open(browser: TestClient, path: str) -> None:
    assert browser.get(path).text == "inside"


@pytest.mark.parametrize("path", ["/static/../media/x", "//media/x", "/STATIC/x", "/static"])
def test_no_spelling_of_a_path_gets_round_the_gate(browser: TestClient, path: str) -> None:
    assert browser.get(path).text != "inside"


# --- signing in -------------------------------------------------------------------------------


def test_login_and_password_open_everything_until_signing_out(
    browser: TestClient, admin: str, store: Store
) -> None:
    assert sign_in(browser, next="/sessions?year=2023") == 303
    assert browser.get("/media/abc.xlsx").text == "inside"
    # The test client takes its websockets to another host, and its cookies stay here.
    cookie = {"cookie": f"{COOKIE}={browser.cookies[COOKIE]}", "origin": "http://testserver"}
    with browser.websocket_connect("/_stcore/stream", headers=cookie) as socket:
        assert socket.receive_text() == "inside"
    person = accounts.person_of(store, opened(browser.cookies[COOKIE]) or "", at=clock.now())
    assert person
    accounts.end_session(store, person)
    assert browser.get("/media/abc.xlsx").status_code == 401
    assert browser.get("/presence").status_code == 401


def test_the_cookie_is_signed_and_hidden_from_scripts_and_other_sites(
    browser: TestClient, admin: str
) -> None:
    answer = browser.post("/sign-in", data={"login": "admin", "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert re.search(r"Max-Age=1209600\b", cookie)


def test_behind_https_the_cookie_is_for_https_only(store: Store, admin: str) -> None:
    origin = "https://drill.example"
    with TestClient(
        serving(), base_url=origin, headers={"origin": origin}, follow_redirects=False
    ) as browser:
        answer = browser.post("/sign-in", data={"login": "admin", "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE))
    assert cookie.endswith("Secure")


def test_a_forged_cookie_is_no_cookie(browser: TestClient, admin: str, store: Store) -> None:
    secret = accounts.open_session(store, admin, address="", at=clock.now())
    good = sealed(secret)
    forged = ("", secret, good[:-1] + ("A" if good[-1] != "A" else "B"), "x" * 5000)
    for cookie in forged:
        browser.cookies.set(COOKIE, cookie)
        assert browser.get("/media/x").status_code == 401
    browser.cookies.set(COOKIE, good)
    assert browser.get("/media/x").status_code == 200


@given(st.text(max_size=100))
def test_no_text_is_taken_for_a_cookie(text: str) -> None:
    from drillbook.db import current

    if current._current is None:
        return
    assert opened(text) is None


def test_a_wrong_password_says_so_and_keeps_the_login(browser: TestClient, admin: str) -> None:
    answer = browser.post("/sign-in", data={"login": "adm<b>in", "password": "wrong wrong"})
    assert answer.status_code == 403
    assert "登录名或密码不正确" in answer.text
    assert "adm&lt;b&gt;in" in answer.text
    assert "wrong wrong" not in answer.text


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "null",
        "",
        "http://localhost:8502",
        "https://localhost:8501",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "file://",
        "http://localhost:99999999",
        "http://[",
    ],
)
def test_a_form_of_another_site_signs_nobody_in(
    browser: TestClient, admin: str, origin: str
) -> None:
    form = {"login": "admin", "password": PASSWORD}
    for more in ({}, {"sec-fetch-site": "same-origin"}):
        answer = browser.post("/sign-in", data=form, headers={"origin": origin, **more})
        assert answer.status_code == 403, origin
    assert COOKIE not in browser.cookies


def test_a_form_that_names_no_origin_signs_nobody_in(browser: TestClient, admin: str) -> None:
    del browser.headers["origin"]
    form = {"login": "admin", "password": PASSWORD}
    for more in ({}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-origin"}):
        assert browser.post("/sign-in", data=form, headers=more).status_code == 403
    assert COOKIE not in browser.cookies


def test_behind_a_proxy_the_configured_address_is_our_own(
    store: Store, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"login": "admin", "password": PASSWORD}
    with visitor_at("127.0.0.1:8501") as browser:
        outside = {"origin": "https://drill.example"}
        assert browser.post("/sign-in", data=form, headers=outside).status_code == 403
        monkeypatch.setenv("DRILLBOOK_ADDRESS", "https://drill.example/")
        assert browser.post("/sign-in", data=form, headers=outside).status_code == 303
        for near in ("http://drill.example", "https://drill.example:8443"):
            answer = browser.post("/sign-in", data=form, headers={"origin": near})
            assert answer.status_code == 403, near


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", "", "/ x"],
)
def test_signing_in_leads_to_no_other_place(browser: TestClient, admin: str, target: str) -> None:
    answer = browser.post("/sign-in", data={"login": "admin", "password": PASSWORD, "next": target})
    assert answer.headers["location"] == "/"


@given(st.text(max_size=60))
def test_an_address_to_come_back_to_is_always_on_this_server(text: str) -> None:
    found = local_address(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_the_pages_before_sign_in_speak_both_languages_and_run_no_script(
    browser: TestClient, admin: str
) -> None:
    chinese = browser.get("/sign-in")
    english = browser.get("/sign-in?lang=en&next=/units")
    assert "登录" in chinese.text
    assert "Sign in" in english.text
    assert 'value="/units"' in english.text
    assert "<script" not in chinese.text + english.text
    assert "default-src 'none'" in chinese.headers["content-security-policy"]


def written(store: Store) -> list[int]:
    with raw(store) as cursor:
        tables = ("preference", "access_session", "access_failure", "audit_event")
        return [cursor.execute(f"select count(*) from {name}").fetchall()[0][0] for name in tables]


def test_nothing_is_written_for_somebody_who_only_looks_at_the_sign_in(
    browser: TestClient, admin: str, store: Store
) -> None:
    before = written(store)
    for number in range(20):
        cookie = {"cookie": f"{current_user.COOKIE}={number:032x}"}
        for path in ("/sign-in?lang=en", "/setup?lang=en&token=x", "/welcome?lang=zh&link=x", "/"):
            browser.get(path, headers=cookie)
    assert written(store) == before


def test_the_language_chosen_before_signing_in_is_remembered_then(
    browser: TestClient, admin: str, store: Store
) -> None:
    browser.get("/sign-in?lang=en")
    assert "Sign in" in browser.get("/sign-in").text
    assert sign_in(browser) == 303
    mark = browser.cookies[current_user.COOKIE]
    assert current_user.preferred_language(mark) == "en"
    assert current_user.LANGUAGE_COOKIE not in browser.cookies


# --- the first start --------------------------------------------------------------------------


@pytest.fixture
def setup_link(store: Store) -> Iterator[str]:
    secret = sign_in_pages.SETUP.begin(store)
    assert secret
    yield secret
    sign_in_pages.SETUP.secret = None


def test_the_setup_link_makes_the_administrator_once(
    browser: TestClient, setup_link: str, store: Store
) -> None:
    form = {"token": setup_link, "login": "admin", "name": "赵管理"}
    short = browser.post("/setup", data={**form, "password": "kurz", "repeated": "kurz"})
    assert short.status_code == 422
    assert "赵管理" in short.text
    made = browser.post("/setup", data={**form, "password": PASSWORD, "repeated": PASSWORD})
    assert made.status_code == 303
    assert browser.get("/media/x").text == "inside"
    assert browser.get(f"/setup?token={setup_link}").status_code == 404
    assert sign_in_pages.SETUP.begin(store) is None


def test_without_the_setup_link_nobody_becomes_administrator(
    browser: TestClient, setup_link: str, store: Store
) -> None:
    for token in ("", "x", setup_link[:-1]):
        form = {"token": token, "login": "evil", "name": "e", "password": PASSWORD}
        assert browser.post("/setup", data={**form, "repeated": PASSWORD}).status_code == 404
        assert browser.get(f"/setup?token={token}").status_code == 404
    assert not accounts.any_exists(store)


def test_the_first_page_tells_where_the_setup_link_is(browser: TestClient) -> None:
    page = browser.get("/sign-in").text
    assert "初始化链接" in page
    assert 'name="password"' not in page


# --- sample mode ------------------------------------------------------------------------------


def test_the_sample_years_are_entered_from_this_computer_without_an_account(
    browser: TestClient, setup_link: str, store: Store
) -> None:
    assert "同一链接" in browser.get("/sign-in").text
    assert "进入示例数据" in browser.get(f"/setup?token={setup_link}").text
    assert browser.post("/sample", data={"token": setup_link}).status_code == 303
    assert browser.get("/media/x").text == "inside"
    assert store.query("register_size")[0]["sample_records"] > 0


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "10.0.0.7"), ("drill.example", "127.0.0.1")]
)
def test_the_sample_years_are_not_entered_from_elsewhere(
    store: Store, setup_link: str, host: str, address: str
) -> None:
    with visitor_at(host, address) as browser:
        assert "示例" not in browser.get("/sign-in").text
        assert "示例" not in browser.get(f"/setup?token={setup_link}").text
        assert browser.post("/sample", data={"token": setup_link}).status_code == 403
        assert browser.get("/media/x").status_code == 401


@pytest.mark.parametrize("token", ["", "x"])
def test_behind_a_proxy_that_looks_like_this_computer_nobody_enters_the_sample_years(
    browser: TestClient, setup_link: str, token: str
) -> None:
    # Such a proxy keeps neither the browser's address nor the host it asked.
    assert "<form" not in browser.get("/sign-in").text
    assert browser.post("/sample", data={"token": token}).status_code == 403
    assert browser.get("/media/x").status_code == 401


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_what_a_proxy_passed_on_is_not_from_this_computer(
    browser: TestClient, setup_link: str, header: str
) -> None:
    passed_on = {header: "127.0.0.1"}
    answer = browser.post("/sample", data={"token": setup_link}, headers=passed_on)
    assert answer.status_code == 403


def test_a_register_with_records_of_its_own_has_no_sample_mode(
    browser: TestClient, setup_link: str, store: Store
) -> None:
    add_unit(store)
    assert browser.post("/sample", data={"token": setup_link}).status_code == 403


def test_there_is_no_sample_mode_beside_an_administrator(browser: TestClient, admin: str) -> None:
    browser.post("/sample")
    assert browser.get("/media/x").status_code == 401


# --- links and tickets ------------------------------------------------------------------------


def test_a_one_time_link_lets_its_holder_choose_a_password(
    browser: TestClient, admin: str, store: Store
) -> None:
    clerk = accounts.save(store, Account("wangmin", "王敏", "clerk"), actor=CLERK, today=TODAY)
    link = accounts.make_link(store, clerk, actor=CLERK, at=clock.now())
    assert "wangmin" in browser.get(f"/welcome?link={link}").text
    form = {"link": link, "password": PASSWORD, "repeated": PASSWORD}
    assert browser.post("/welcome", data={**form, "repeated": "x"}).status_code == 422
    assert browser.post("/welcome", data=form).status_code == 303
    assert browser.get("/media/x").text == "inside"
    assert browser.get(f"/welcome?link={link}").status_code == 404


def test_a_ticket_is_traded_once_and_soon(browser: TestClient, admin: str, store: Store) -> None:
    at = clock.now()
    secret = accounts.open_session(store, admin, address="", at=at)
    late = sign_in_pages.ticket(secret, at - timedelta(seconds=31))
    assert browser.get(f"/enter?ticket={late}").headers["location"] == "/sign-in"
    good = sign_in_pages.ticket(secret, at)
    assert browser.get(f"/enter?ticket={good}").headers["location"] == "/"
    assert browser.get("/media/x").text == "inside"
    browser.cookies.clear()
    assert browser.get(f"/enter?ticket={good}").headers["location"] == "/sign-in"


# --- attached files ---------------------------------------------------------------------------


def as_role(store: Store, role: str, unit_id: str | None = None) -> TestClient:
    login = f"{role}-{(unit_id or '')[-6:]}"
    account = Account(login, login, role, unit_id)
    account_id = accounts.save(store, account, actor=CLERK, today=TODAY)
    browser = visitor_at()
    secret = accounts.open_session(store, account_id, address="", at=clock.now())
    browser.cookies.set(COOKIE, sealed(secret))
    return browser


def test_attached_files_are_handed_out_to_those_who_may_see_them(store: Store, admin: str) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    session_id = add_session(store, host=own)
    file = attachments.add(
        store,
        "drill_session",
        session_id,
        "sign_in_sheet",
        "签到表.csv",
        b"name,phone\n",
        actor=CLERK,
    )
    address = f"/files/{file}"
    assert as_role(store, "clerk", own).get(address).status_code == 200
    answer = as_role(store, "clerk").get(address)
    assert answer.content == b"name,phone\n"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert as_role(store, "viewer").get(address).status_code == 403
    assert as_role(store, "lead", None).get(address).status_code == 200
    assert as_role(store, "clerk", other).get(address).status_code == 404
    assert visitor_at().get(address).status_code == 401
    assert as_role(store, "administrator").get("/files/nothing").status_code == 404


def test_a_file_taken_out_of_its_record_is_handed_out_to_nobody(store: Store, admin: str) -> None:
    file = attachments.add(
        store, "drill_session", add_session(store), "scheme", "方案.csv", b"a,b\n", actor=CLERK
    )
    browser = as_role(store, "administrator")
    assert browser.get(f"/files/{file}").status_code == 200
    attachments.void(store, file, "传错了", 1, actor=CLERK)
    assert browser.get(f"/files/{file}").status_code == 404
    attachments.restore(store, file, 2, actor=CLERK)
    assert browser.get(f"/files/{file}").status_code == 200


def test_a_file_handed_out_leaves_a_line_in_the_trail(store: Store, admin: str) -> None:
    session_id = add_session(store)
    file = attachments.add(
        store, "drill_session", session_id, "scheme", "方案.csv", b"a,b\n", actor=CLERK
    )
    as_role(store, "clerk").get(f"/files/{file}")
    with raw(store) as cursor:
        found = cursor.execute(
            "select actor, subject_id from audit_event where action = 'download'"
        ).fetchall()
    assert found == [("clerk-", file)]
