"""The calendar: what it says, and that its address is a secret that can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.accounts.permissions import Person
from drillbook.core import clock, log_redaction
from drillbook.core.errors import DrillbookError
from drillbook.db.store import Store
from drillbook.reports import due_items
from drillbook.reports.due_items import Chosen
from drillbook.reports.files import calendar_feeds, due_files
from drillbook.ui.screens.calendar_feed import serve_feed
from drillbook.ui.shell.auth_gate import Gate
from tests.people import CLERK, TODAY, add_planned_drill, add_programme, add_unit
from tests.raw import raw


def account(store: Store, login: str = "wangmin", **fields: object) -> Person:
    made = Account(login, "王敏", **({"role": "clerk"} | fields))
    account_id = accounts.save(store, made, actor=CLERK, today=TODAY)
    return Person("王敏", "clerk", account_id, login)


def events(content: bytes | None) -> list[icalendar.Event]:
    assert content
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


async def inside(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("inside")


@pytest.fixture
def browser(store: Store) -> TestClient:
    return TestClient(
        Starlette(
            routes=[Route("/calendar/{secret}.ics", serve_feed), Route("/{path:path}", inside)],
            middleware=[Middleware(Gate)],
        ),
        follow_redirects=False,
    )


# --- the file -----------------------------------------------------------------------------------


def test_each_thing_with_a_day_is_one_whole_day_event(demo_store: Store) -> None:
    found = due_items.items(demo_store, TODAY, states=due_items.OPEN_STATES)
    made = events(due_files.calendar(demo_store, found, TODAY, "zh"))
    dated = [item for item in found if item["due_on"]]
    assert len(made) == len(dated) > 100
    assert [event.decoded("dtstart").isoformat() for event in made] == [
        str(item["due_on"]) for item in dated
    ]
    assert all(
        event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1) for event in made
    )
    assert len({str(event["uid"]) for event in made}) == len(made)
    summary = str(made[0]["summary"])
    assert summary.startswith("[从未]") or summary.startswith("[超期]")


def test_the_same_question_gives_the_same_file(demo_store: Store) -> None:
    chosen = Chosen(states=("late",))
    first = due_files.calendar_file(demo_store, TODAY, chosen, "zh", actor=CLERK)
    assert due_files.calendar_file(demo_store, TODAY, chosen, "zh", actor=CLERK) == first


def test_the_article_and_its_mark_are_told_in_both_languages(demo_store: Store) -> None:
    found = due_items.items(demo_store, date(2025, 1, 1), rule="ARCHIVE-9007", states=["late"])
    for language, mark in (("zh", "待核"), ("en", "not yet verified")):
        event = events(due_files.calendar(demo_store, found, TODAY, language))[0]  # type: ignore[arg-type]
        assert "AQ/T 9007-2019" in str(event["description"])
        assert mark in str(event["description"])


def test_a_calendar_names_no_telephone_number(store: Store) -> None:
    host = add_unit(store, "值班室 0631-5551234")
    add_planned_drill(store, add_programme(store), "联系 13812345678 的演练", host)
    found = due_items.items(store, TODAY, source="planned_drill")
    content = due_files.calendar(store, found, TODAY, "zh")
    text = content.replace(b"\r\n ", b"").decode()
    assert "13812345678" not in text
    assert "5551234" not in text
    assert "演练" in text


def test_taking_a_file_leaves_a_line_in_the_trail(demo_store: Store) -> None:
    due_files.calendar_file(demo_store, TODAY, Chosen(), "en", actor=CLERK)
    (line,) = demo_store.page(
        "audit_list", sort="position", descending=True, size=1,
        **dict.fromkeys(
            ("subject_type", "subject_id", "action", "actor", "source", "first_at", "end_at",
             "search")
        ),
    ).rows.to_dict("records")  # fmt: skip
    assert (line["action"], line["subject_label"]) == ("export", "截至2024年1月11日的到期事项")


# --- the feed -----------------------------------------------------------------------------------


def test_the_address_answers_with_the_calendar_without_a_sign_in(
    store: Store, browser: TestClient
) -> None:
    add_planned_drill(store, add_programme(store))
    secret = calendar_feeds.make(store, account(store))
    answer = browser.get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "no-store" in answer.headers["cache-control"]
    assert any("防汛应急演练" in str(event["summary"]) for event in events(answer.content))
    english = browser.get(f"/calendar/{secret}.ics?lang=en").content
    assert b"Annual programme" in english


@pytest.mark.parametrize("secret", ["x", "a" * 43, "a" * 5000, "..%2f..%2fapp", "%00"])
def test_a_wrong_secret_gets_nothing(store: Store, browser: TestClient, secret: str) -> None:
    calendar_feeds.make(store, account(store))
    assert browser.get(f"/calendar/{secret}.ics").status_code in (401, 404)


@pytest.mark.parametrize(
    "path", ["/calendar/", "/calendar/x", "/calendar/a/b.ics", "/calendar/_stcore/stream"]
)
def test_nothing_else_below_the_address_is_open(browser: TestClient, path: str) -> None:
    assert browser.get(path).status_code == 401


def test_a_revoked_and_a_replaced_address_get_nothing(store: Store, browser: TestClient) -> None:
    person = account(store)
    first = calendar_feeds.make(store, person)
    second = calendar_feeds.make(store, person)
    assert browser.get(f"/calendar/{first}.ics").status_code == 404
    assert browser.get(f"/calendar/{second}.ics").status_code == 200
    calendar_feeds.revoke(store, person)
    assert browser.get(f"/calendar/{second}.ics").status_code == 404
    assert calendar_feeds.made_at(store, person.account_id) is None


def test_a_disabled_account_has_no_calendar(store: Store) -> None:
    accounts.create_first(
        store, Account("boss", "赵管理"), "海上搜救 2024 演练", "海上搜救 2024 演练",
        today=TODAY, address="",
    )  # fmt: skip
    person = account(store)
    secret = calendar_feeds.make(store, person)
    accounts.switch(store, person.account_id, True, actor=CLERK, today=TODAY)
    assert calendar_feeds.content(store, secret, TODAY, "zh") is None
    accounts.switch(store, person.account_id, False, actor=CLERK, today=TODAY)
    assert calendar_feeds.content(store, secret, TODAY, "zh") is None


def test_a_units_clerk_gets_his_units_items_only(store: Store) -> None:
    own, other = add_unit(store, "建设局"), add_unit(store, "教育分局")
    programme = add_programme(store)
    add_planned_drill(store, programme, "坍塌演练", own, number=1)
    add_planned_drill(store, programme, "校园演练", other, number=2)
    secret = calendar_feeds.make(store, account(store, unit_id=own))
    told = [
        str(event["summary"])
        for event in events(calendar_feeds.content(store, secret, TODAY, "zh"))
    ]
    assert len(told) == 1
    assert "坍塌演练" in told[0]


def test_without_an_account_there_is_no_address(store: Store) -> None:
    with pytest.raises(DrillbookError):
        calendar_feeds.make(store, Person("示例", "viewer"))


def test_the_secret_is_neither_stored_nor_logged(store: Store) -> None:
    secret = calendar_feeds.make(store, account(store))
    with raw(store) as cursor:
        held = str(cursor.execute("select * from calendar_feed").fetchall())
        trail = str(cursor.execute("select after_json from audit_event").fetchall())
    assert secret not in held + trail
    assert not any(secret in path.read_text() for path in store.path.parent.rglob("*.jsonl"))
    assert secret not in log_redaction.without_secrets(f'"GET /calendar/{secret}.ics HTTP/1.1" 200')


def test_a_feed_is_counted_to_the_day_it_is_read(
    store: Store, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_planned_drill(store, add_programme(store), due_to=date(2023, 5, 12))
    secret = calendar_feeds.make(store, account(store))
    for day, state in ((date(2023, 5, 12), "[临期]"), (date(2023, 5, 13), "[超期]")):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        (event,) = [
            event
            for event in events(browser.get(f"/calendar/{secret}.ics").content)
            if "防汛应急演练" in str(event["summary"])
        ]
        assert str(event["summary"]).startswith(state)


@pytest.mark.parametrize("end", ["password", "link", "everywhere", "disabled"])
def test_an_address_ends_with_every_other_way_in(store: Store, end: str) -> None:
    first, new = "海上搜救 2024 演练", "另一句足够长的话 2025"
    at, made = clock.now(), Account("admin", "赵管理")
    admin = accounts.create_first(store, made, first, first, today=TODAY, address="")
    clerk = account(store)
    holder = Person("赵管理", "administrator", admin, "admin") if end == "password" else clerk
    secret = calendar_feeds.make(store, holder)
    unused = accounts.make_link(store, holder.account_id, actor=CLERK, at=at)
    assert calendar_feeds.content(store, secret, TODAY, "zh")
    if end == "password":
        accounts.change_password(store, holder, first, new, new, at=at)
    elif end == "link":
        accounts.use_link(store, unused, new, new, at=at, address="")
    elif end == "everywhere":
        accounts.end_sessions(store, clerk.account_id, actor=CLERK)
    else:
        accounts.switch(store, clerk.account_id, True, actor=CLERK, today=TODAY)
        accounts.switch(store, clerk.account_id, False, actor=CLERK, today=TODAY)
    assert calendar_feeds.content(store, secret, TODAY, "zh") is None
    # A link that nobody remembers would be a second way in beside the new password.
    left = accounts.account_of_link(store, unused, at)
    assert (left is not None) == (end == "everywhere")
