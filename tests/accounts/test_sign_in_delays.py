"""Who waits after failed attempts, and who does not: guessing stays slow, offices stay open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from drillbook.accounts import accounts, sign_in_delays
from drillbook.accounts.accounts import Account
from drillbook.accounts.sign_in_delays import SignInRefused
from drillbook.core.errors import ValidationError
from drillbook.db.store import Store
from tests.people import CLERK, TODAY
from tests.raw import raw

AT = datetime(2024, 1, 11, 8)
PASSWORD = "海上搜救 2024 演练"
OFFICE, STRANGER = "10.0.0.5", "203.0.113.9"


@pytest.fixture
def admin(store: Store) -> str:
    """The first administrator's account."""
    return accounts.create_first(
        store, Account("Admin", "赵管理"), PASSWORD, PASSWORD, today=TODAY, address=""
    )


def enter(
    store: Store, password: str, address: str, login: str = "admin", at: datetime = AT, **more: str
) -> str:
    return accounts.sign_in(store, login, password, address=address, at=at, devices=more)


def fails(store: Store, address: str, login: str = "admin", at: datetime = AT) -> bool:
    """Try a wrong password; say whether it was looked at."""
    with pytest.raises(SignInRefused) as refused:
        enter(store, "wrong wrong", address, login, at)
    return "不正确" in refused.value.message


def test_an_office_signs_in_as_often_as_it_likes(store: Store, admin: str, zh: None) -> None:
    for _number in range(100):
        assert enter(store, PASSWORD, OFFICE) == admin


def test_correct_sign_ins_between_do_not_make_guessing_faster(
    store: Store, admin: str, zh: None
) -> None:
    looked_at = 0
    for number in range(200):
        looked_at += fails(store, STRANGER, f"guess{number}")
        try:
            enter(store, PASSWORD, STRANGER)
        except SignInRefused:
            continue
    assert looked_at == sign_in_delays.FREE_ATTEMPTS["address"]


def test_a_success_takes_no_delay_back_that_others_have_earned(
    store: Store, admin: str, zh: None
) -> None:
    count = sign_in_delays.count
    right = count(store, "admin", STRANGER, device="", is_account=True, at=AT)
    for number in range(29):
        fails(store, STRANGER, f"guess{number}")
    sign_in_delays.take_back(store, right)
    assert not fails(store, STRANGER, "another")


def test_who_signed_in_here_before_is_not_slowed_by_strangers(
    store: Store, admin: str, zh: None
) -> None:
    for number in range(40):
        fails(store, f"203.0.113.{number}")
        fails(store, OFFICE, f"guess{number}")
    with pytest.raises(SignInRefused):
        enter(store, PASSWORD, OFFICE)
    assert enter(store, PASSWORD, OFFICE, **{admin: "device-1"}) == admin
    with pytest.raises(SignInRefused):
        enter(store, PASSWORD, OFFICE, **{"another account": "device-1"})


def test_a_known_device_guesses_no_faster_than_a_stranger(
    store: Store, admin: str, zh: None
) -> None:
    known = {admin: "device-1"}
    said = []
    for _number in range(20):
        with pytest.raises(SignInRefused) as refused:
            enter(store, "wrong wrong", STRANGER, **known)
        said.append("不正确" in refused.value.message)
    assert said.count(True) == sign_in_delays.FREE_ATTEMPTS["device"]


def test_strangers_keep_nobody_who_is_signed_in_from_a_new_password(
    store: Store, admin: str
) -> None:
    secret = accounts.open_session(store, admin, address=OFFICE, at=AT)
    person = accounts.person_of(store, secret, at=AT)
    assert person
    for number in range(40):
        fails_quietly(store, f"203.0.113.{number}")
    new = "另一句足够长的话 2025"
    accounts.change_password(store, person, PASSWORD, new, new, at=AT)
    with pytest.raises(ValidationError):
        accounts.change_password(store, person, PASSWORD, new, new, at=AT)


def fails_quietly(store: Store, address: str) -> None:
    with pytest.raises(SignInRefused):
        enter(store, "wrong wrong", address)


def test_a_network_of_ipv6_counts_as_one_address(store: Store, admin: str, zh: None) -> None:
    looked_at = [fails(store, f"2001:db8:1:2::{number:x}", f"g{number}") for number in range(60)]
    assert looked_at.count(True) == sign_in_delays.FREE_ATTEMPTS["address"]
    assert fails(store, "2001:db8:1:3::1", "other")
    assert sign_in_delays.network_of("::ffff:10.0.0.5") == OFFICE
    assert sign_in_delays.network_of("not an address") == "not an address"


def test_what_a_stranger_typed_is_nobodys_name_in_the_trail(
    store: Store, admin: str, zh: None
) -> None:
    for typed in ("<b>李主任</b>", PASSWORD, "admin"):
        for second in range(8):
            fails(store, OFFICE, typed, AT + timedelta(hours=2 * second))
    for typed in ("<b>李主任</b>", PASSWORD, "admin"):
        for _number in range(8):
            fails(store, OFFICE, typed)
    with raw(store) as cursor:
        lines = cursor.execute(
            "select distinct actor, after_json from audit_event where action = 'sign_in_refused'"
        ).fetchall()
        everything = str(cursor.execute("select * from audit_event").fetchall())
    assert {actor for actor, _after in lines} == {"未登录者"}
    assert any('"login": "admin"' in after for _actor, after in lines)
    assert "李主任" not in everything
    assert PASSWORD not in everything
    assert CLERK not in {actor for actor, _after in lines}
