"""What a provider said opens one session, soon, and for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from drillbook.accounts import accounts
from drillbook.db.store import Store
from drillbook.ui.shell import single_sign_on
from tests.people import CLERK, TODAY

AT = datetime(2024, 1, 11, 8)


def claims(at: datetime, nonce: str = "1") -> dict[str, object]:
    return {"sub": "42", "nonce": nonce, "iat": int(at.replace(tzinfo=UTC).timestamp())}


@pytest.fixture(autouse=True)
def nothing_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_sign_on, "_used", {})


def test_what_the_provider_said_is_taken_once() -> None:
    assert single_sign_on.take(claims(AT), AT) == AT
    assert single_sign_on.take(claims(AT), AT + timedelta(seconds=30)) is None
    assert single_sign_on.take(claims(AT, "2"), AT + timedelta(seconds=30)) == AT


@pytest.mark.parametrize("minutes", [-60 * 24, -6, 6, 60, 60 * 24 * 29])
def test_what_the_provider_said_minutes_ago_is_too_old(minutes: int) -> None:
    assert single_sign_on.take(claims(AT), AT + timedelta(minutes=minutes)) is None


@pytest.mark.parametrize("iat", [None, "", "soon", float("nan"), 1e300, [], "missing"])
def test_what_names_no_time_is_nothing(iat: object) -> None:
    said = {"sub": "42"} if iat == "missing" else {"sub": "42", "iat": iat}
    assert single_sign_on.take(said, AT) is None


def test_the_session_ends_within_the_hour_and_the_forced_end_is_remembered(store: Store) -> None:
    account_id = accounts.account_of_identity(
        store, "https://id.example", "42", "孙宇", "lead", today=TODAY, address=""
    )
    assert accounts.last_sign_out(store, account_id) is None
    lasts = single_sign_on.SESSION_LASTS
    secret = accounts.open_session(store, account_id, address="", at=AT, lasts=lasts)
    assert accounts.person_of(store, secret, at=AT + timedelta(minutes=59))
    assert accounts.person_of(store, secret, at=AT + timedelta(minutes=60)) is None
    accounts.end_sessions(store, account_id, actor=CLERK)
    assert accounts.last_sign_out(store, account_id) is not None
