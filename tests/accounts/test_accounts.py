"""Who may enter: accounts, passwords, links, sessions and the delay after failures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.accounts.permissions import Person
from drillbook.accounts.sign_in_delays import SignInRefused
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from tests.people import CLERK, TODAY, add_unit
from tests.raw import raw

AT = datetime(2024, 1, 11, 8)
PASSWORD = "海上搜救 2024 演练"


@pytest.fixture
def admin(store: Store) -> str:
    """The first administrator's account."""
    return accounts.create_first(
        store, Account("Admin", "赵管理"), PASSWORD, PASSWORD, today=TODAY, address=""
    )


def add(store: Store, login: str = "wangmin", **fields: object) -> str:
    made = Account(login, "王敏", **({"role": "clerk"} | fields))
    return accounts.save(store, made, actor=CLERK, today=TODAY)


def enter(store: Store, login: str, password: str, at: datetime = AT, address: str = "") -> str:
    return accounts.sign_in(store, login, password, address=address, at=at)


def session(store: Store, account_id: str | None, at: datetime = AT) -> str:
    return accounts.open_session(store, account_id, address="", at=at)


def who(store: Store, secret: str, at: datetime = AT) -> Person | None:
    return accounts.person_of(store, secret, at=at)


# --- the first account ------------------------------------------------------------------------


def test_the_first_account_is_an_administrator_and_there_is_one_first(
    store: Store, admin: str
) -> None:
    row = store.record("account", admin)
    assert row
    assert (row["login"], row["role"]) == ("admin", "administrator")
    with pytest.raises(DrillbookError):
        accounts.create_first(
            store, Account("b2", "李"), PASSWORD, PASSWORD, today=TODAY, address=""
        )


@pytest.mark.parametrize(
    ("password", "repeated", "field"),
    [
        ("kurz", "kurz", "password"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "password"),
        ("x" * 201, "x" * 201, "password"),
        (PASSWORD, PASSWORD + "!", "repeated"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_at_its_field(
    store: Store, password: str, repeated: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        accounts.create_first(
            store, Account("admin", "赵"), password, repeated, today=TODAY, address=""
        )
    assert set(refused.value.problems) == {field}
    assert not accounts.any_exists(store)


def test_the_password_is_nowhere_in_the_register(store: Store, admin: str) -> None:
    with raw(store) as cursor:
        tables = [
            row[0] for row in cursor.execute("select table_name from duckdb_tables()").fetchall()
        ]
        for table in tables:
            assert PASSWORD not in str(cursor.execute(f"select * from {table}").fetchall())
    hashed = store.one("account_by_login", login="admin")
    assert hashed
    assert hashed["password_hash"].startswith("$argon2id$")
    with raw(store) as cursor:
        trail = str(cursor.execute("select before_json, after_json from audit_event").fetchall())
    assert "argon2" not in trail


def test_passwords_are_hashed_as_rfc_9106_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", None)
    hasher = accounts.hasher()
    assert (hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (3, 64 * 1024, 4)
    monkeypatch.setattr(accounts, "_hasher", None)


# --- signing in -------------------------------------------------------------------------------


def test_login_and_password_open_the_account_whatever_the_case(store: Store, admin: str) -> None:
    assert enter(store, " ＡＤＭＩＮ ", PASSWORD) == admin


def test_wrong_password_and_unknown_login_get_the_same_sentence(store: Store, admin: str) -> None:
    sentences = set()
    for login, password in (("admin", "wrong wrong"), ("nobody", PASSWORD), ("admin", "")):
        with pytest.raises(SignInRefused) as refused:
            enter(store, login, password)
        sentences.add(refused.value.message)
    assert len(sentences) == 1


def fail(store: Store, times: int, at: datetime, login: str = "admin", address: str = "") -> str:
    """Fail so often at one instant; return the last sentence."""
    said = ""
    for _ in range(times):
        with pytest.raises(SignInRefused) as refused:
            enter(store, login, "wrong wrong", at, address)
        said = refused.value.message
    return said


def test_failures_earn_a_delay_that_grows(store: Store, admin: str, en: None) -> None:
    assert "wrong" in fail(store, 5, AT)
    assert "5 seconds" in fail(store, 1, AT)
    with pytest.raises(SignInRefused):
        enter(store, "admin", PASSWORD, AT + timedelta(seconds=4))
    later = AT + timedelta(seconds=6)
    assert "wrong" in fail(store, 1, later)
    assert "10 seconds" in fail(store, 1, later)


def test_the_right_password_after_the_delay_clears_it(store: Store, admin: str) -> None:
    fail(store, 6, AT)
    later = AT + timedelta(seconds=6)
    assert enter(store, "admin", PASSWORD, later) == admin
    assert enter(store, "admin", PASSWORD, later) == admin


def test_the_delay_never_exceeds_a_quarter_of_an_hour(store: Store, admin: str, en: None) -> None:
    at = AT
    for _ in range(20):
        fail(store, 1, at)
        at += timedelta(minutes=15, seconds=1)
    assert "15 minutes" in fail(store, 2, at)


def test_a_stranger_elsewhere_does_not_lock_the_holder_out_at_once(
    store: Store, admin: str
) -> None:
    fail(store, 8, AT, address="10.0.0.66")
    assert enter(store, "admin", PASSWORD, AT, "10.0.0.5") == admin


def test_one_address_trying_many_logins_is_slowed_too(store: Store, admin: str) -> None:
    for number in range(31):
        with pytest.raises(SignInRefused):
            enter(store, f"guess{number}", "wrong wrong", AT, "10.0.0.66")
    with pytest.raises(SignInRefused):
        enter(store, "admin", PASSWORD, AT, "10.0.0.66")


def test_a_clock_set_back_locks_nobody_out_for_long(store: Store, admin: str) -> None:
    fail(store, 6, AT + timedelta(days=365))
    assert enter(store, "admin", PASSWORD, AT) == admin


def test_the_delay_is_written_into_the_trail(store: Store, admin: str) -> None:
    fail(store, 5, AT)
    with raw(store) as cursor:
        found = cursor.execute(
            "select after_json from audit_event where action = 'sign_in_refused'"
        ).fetchall()
    assert found == [('{"address": "", "login": "admin"}',)]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_refused_and_never_an_error(login: str, password: str) -> None:
    account = Account(accounts.login_key(login), login)
    assert isinstance(accounts.problems(account, TODAY), dict)
    assert isinstance(accounts.password_problems(password, login, login), dict)


# --- sessions ---------------------------------------------------------------------------------


def test_a_session_proves_the_account_and_survives_a_restart(store: Store, admin: str) -> None:
    secret = session(store, admin)
    person = who(store, secret)
    assert person
    assert (person.name, person.role, person.account_id) == ("赵管理", "administrator", admin)
    store.close()
    again = open_store(store.path)
    assert who(again, secret)
    again.close()


def test_the_register_holds_no_secret_of_a_session(store: Store, admin: str) -> None:
    secret = session(store, admin)
    with raw(store) as cursor:
        assert secret not in str(cursor.execute("select * from access_session").fetchall())


def test_sessions_end_after_a_day_without_a_sign_of_life(store: Store, admin: str) -> None:
    secret = session(store, admin)
    assert who(store, secret, AT + timedelta(hours=23))
    assert who(store, secret, AT + timedelta(hours=46))
    assert who(store, secret, AT + timedelta(hours=71)) is None


def test_asking_whether_one_is_there_is_no_sign_of_life(store: Store, admin: str) -> None:
    secret = session(store, admin)
    accounts.person_of(store, secret, at=AT + timedelta(hours=23), is_seen=False)
    assert who(store, secret, AT + timedelta(hours=25)) is None


def test_sessions_end_after_two_weeks_at_the_latest(store: Store, admin: str) -> None:
    secret = session(store, admin)
    for hours in range(20, 14 * 24, 20):
        assert who(store, secret, AT + timedelta(hours=hours))
    assert who(store, secret, AT + timedelta(days=14)) is None


def test_signing_out_ends_the_session(store: Store, admin: str) -> None:
    secret = session(store, admin)
    person = who(store, secret)
    assert person
    accounts.end_session(store, person)
    assert who(store, secret) is None


def test_a_new_password_ends_all_other_sessions(store: Store, admin: str) -> None:
    here, elsewhere = session(store, admin), session(store, admin)
    person = who(store, here)
    assert person
    new = "另一句足够长的话 2025"
    accounts.change_password(store, person, PASSWORD, new, new, at=AT)
    assert who(store, here)
    assert who(store, elsewhere) is None
    assert enter(store, "admin", new) == admin


def test_the_old_password_is_asked_for_and_counted(store: Store, admin: str) -> None:
    person = who(store, session(store, admin))
    assert person
    for _ in range(6):
        with pytest.raises(ValidationError) as refused:
            accounts.change_password(store, person, "wrong wrong", PASSWORD, PASSWORD, at=AT)
        assert set(refused.value.problems) == {"old"}
    # The right one comes too late now, in this session; signing in elsewhere is another matter.
    new = "另一句足够长的话 2025"
    with pytest.raises(ValidationError) as refused:
        accounts.change_password(store, person, PASSWORD, new, new, at=AT)
    assert set(refused.value.problems) == {"old"}
    assert enter(store, "admin", PASSWORD) == admin


def test_disabling_an_account_ends_its_sessions_and_its_way_in(store: Store, admin: str) -> None:
    clerk = add(store)
    link = accounts.make_link(store, clerk, actor=CLERK, at=AT)
    accounts.use_link(store, link, PASSWORD, PASSWORD, at=AT, address="")
    secret = session(store, clerk)
    accounts.switch(store, clerk, True, actor=CLERK, today=TODAY)
    assert who(store, secret) is None
    with pytest.raises(SignInRefused):
        enter(store, "wangmin", PASSWORD)
    accounts.switch(store, clerk, False, actor=CLERK, today=TODAY)
    assert who(store, secret) is None
    assert enter(store, "wangmin", PASSWORD) == clerk


def test_a_role_that_changes_counts_at_once(store: Store, admin: str) -> None:
    clerk = add(store)
    secret = session(store, clerk)
    row = store.record("account", clerk)
    assert row
    accounts.save(
        store,
        Account("wangmin", "王敏", "viewer"),
        actor=CLERK,
        today=TODAY,
        account_id=clerk,
        row_version=row["row_version"],
    )
    person = who(store, secret)
    assert person
    assert person.role == "viewer"


def test_sample_sessions_end_when_there_is_an_administrator(store: Store) -> None:
    secret = session(store, None)
    person = who(store, secret)
    assert person
    assert person.is_sample
    assert person.role == "lead"
    accounts.create_first(
        store, Account("admin", "赵"), PASSWORD, PASSWORD, today=TODAY, address=""
    )
    assert who(store, secret) is None


# --- accounts ---------------------------------------------------------------------------------


def test_the_last_administrator_can_neither_be_disabled_nor_demoted(
    store: Store, admin: str
) -> None:
    with pytest.raises(ValidationError):
        accounts.switch(store, admin, True, actor=CLERK, today=TODAY)
    add(store, "second", role="administrator")
    accounts.switch(store, admin, True, actor=CLERK, today=TODAY)


def test_a_login_belongs_to_one_account(store: Store, admin: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add(store, "ADMIN")
    assert set(refused.value.problems) == {"login"}


@pytest.mark.parametrize("login", ["", "a", "with blank", "<script>", "x" * 41, "a/b"])
def test_a_login_is_a_word(store: Store, login: str) -> None:
    with pytest.raises(ValidationError):
        add(store, login)


def test_two_administrators_changing_one_account_do_not_overwrite_each_other(
    store: Store, admin: str
) -> None:
    clerk = add(store)
    changed = Account("wangmin", "王敏敏", "clerk")
    accounts.save(store, changed, actor=CLERK, today=TODAY, account_id=clerk, row_version=1)
    with pytest.raises(StaleError):
        accounts.save(store, changed, actor=CLERK, today=TODAY, account_id=clerk, row_version=1)


def test_a_unit_that_binds_a_clerk_must_exist(store: Store, admin: str) -> None:
    with pytest.raises(ValidationError):
        add(store, unit_id="nowhere")
    clerk = add(store, unit_id=add_unit(store))
    person = who(store, session(store, clerk))
    assert person
    assert person.role == "unit_clerk"
    assert person.bound_unit_id


# --- one-time links ---------------------------------------------------------------------------


def test_a_link_sets_the_password_once(store: Store, admin: str) -> None:
    clerk = add(store)
    link = accounts.make_link(store, clerk, actor=CLERK, at=AT)
    assert accounts.account_of_link(store, link, AT)
    assert accounts.use_link(store, link, PASSWORD, PASSWORD, at=AT, address="") == clerk
    assert enter(store, "wangmin", PASSWORD) == clerk
    with pytest.raises(DrillbookError):
        accounts.use_link(store, link, PASSWORD, PASSWORD, at=AT, address="")


def test_a_refused_password_leaves_the_link_as_it_was(store: Store, admin: str) -> None:
    link = accounts.make_link(store, add(store), actor=CLERK, at=AT)
    with pytest.raises(ValidationError):
        accounts.use_link(store, link, "kurz", "kurz", at=AT, address="")
    assert accounts.account_of_link(store, link, AT)


def test_a_link_is_gone_after_a_week_or_when_there_is_a_newer_one(store: Store, admin: str) -> None:
    clerk = add(store)
    first = accounts.make_link(store, clerk, actor=CLERK, at=AT)
    assert accounts.account_of_link(store, first, AT + timedelta(days=7)) is None
    accounts.make_link(store, clerk, actor=CLERK, at=AT)
    assert accounts.account_of_link(store, first, AT) is None


def test_a_disabled_account_gets_no_link(store: Store, admin: str) -> None:
    clerk = add(store)
    accounts.switch(store, clerk, True, actor=CLERK, today=TODAY)
    with pytest.raises(DrillbookError):
        accounts.make_link(store, clerk, actor=CLERK, at=AT)


# --- somebody else vouches --------------------------------------------------------------------


def vouched(store: Store, name: str = "孙宇", role: str = "clerk") -> str:
    return accounts.account_of_identity(
        store, "https://id.example", "42", name, role, today=TODAY, address=""
    )


def test_an_identity_has_one_account_that_follows_the_provider(store: Store) -> None:
    first = vouched(store)
    assert vouched(store, "孙宇航", "lead") == first
    row = store.record("account", first)
    assert row
    assert (row["name"], row["role"]) == ("孙宇航", "lead")


def test_an_identity_whose_account_is_disabled_stays_out(store: Store, admin: str) -> None:
    account_id = vouched(store)
    accounts.switch(store, account_id, True, actor=CLERK, today=TODAY)
    with pytest.raises(SignInRefused):
        vouched(store)
