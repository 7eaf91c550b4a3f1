"""Time limits: what is past its time goes, and nothing else, whatever the clock does."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from drillbook.core import privacy
from drillbook.core.errors import ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations import audit_verification, data_checks, recover, retention
from drillbook.operations.opening import open_store
from drillbook.records import history, mechanisms, office_settings, teams, units
from drillbook.records.office_settings import OfficeSettings
from drillbook.reports.files import annual_workbook
from tests.conftest import CLERK
from tests.people import TODAY, add_team, add_unit
from tests.raw import raw, rows_of

START = datetime(2020, 1, 1, 2)
PHONE, NAME = "13900001234", "欧阳某某"


def rows(store: Store, sql: str) -> list[Row]:
    return rows_of(store, sql)


def log(store: Store, at: datetime) -> None:
    """Leave one line dated ``at``."""
    with store.write(CLERK) as tx:
        tx.at = at
        tx.audit("sign_in", "account", "account-1", label=CLERK)


def days_of_work(store: Store, number: int, first: datetime = START) -> datetime:
    """Leave a line on each of so many days; return the last one."""
    for day in range(number):
        log(store, first + timedelta(days=day))
    return first + timedelta(days=number - 1)


def keep(store: Store, audit_days: str = "", contact_days: str = "") -> None:
    """Decide time limits without leaving a line dated today."""
    with store.write(CLERK) as tx:
        for name, value in (("audit_kept_days", audit_days), ("contacts_kept_days", contact_days)):
            tx.run("keep_office_setting", name=name, value=value)


def positions(store: Store) -> list[int]:
    return [row["position"] for row in rows(store, "select position from audit_event order by 1")]


# --- the audit trail ----------------------------------------------------------------------------


def test_without_a_decision_everything_is_kept(store: Store) -> None:
    last = days_of_work(store, 400)
    assert retention.apply(store, last).audit_lines == 0
    assert len(positions(store)) == 400


def test_lines_past_their_time_go_from_the_front_and_the_rest_still_proves_itself(
    store: Store,
) -> None:
    last = days_of_work(store, 400)
    keep(store, "200")
    gone = retention.apply(store, last).audit_lines
    assert gone == 199
    assert positions(store)[0] == 200
    chain = audit_verification.verify(store)
    assert (chain.is_whole, chain.first, chain.lines) == (True, 200, 202)
    (told,) = rows(store, "select after_json from audit_event where action = 'expire'")
    said = json.loads(told["after_json"])
    assert (said["lines"], said["last_position"]) == (199, 199)
    last = days_of_work(store, 20, last + timedelta(days=1))
    assert retention.apply(store, last).audit_lines == 20
    assert audit_verification.verify(store).is_whole


def test_a_shorter_time_than_180_days_is_refused_and_never_applied(store: Store, en: None) -> None:
    with pytest.raises(ValidationError, match="from 180 to"):
        office_settings.save(store, OfficeSettings(audit_kept_days="179"), actor=CLERK)
    last = days_of_work(store, 300)
    keep(store, "1")
    retention.apply(store, last)
    kept = rows(store, "select min(happened_at) as first from audit_event")[0]["first"]
    assert last - kept >= timedelta(days=180)


@pytest.mark.parametrize("text", ["abc", "-200", "1.5", "２００", "100000"])
def test_what_is_no_number_of_days_is_told_in_a_sentence(store: Store, zh: None, text: str) -> None:
    with pytest.raises(ValidationError, match="操作记录保存天数：请填 180 至 36500 的整数"):
        office_settings.save(store, OfficeSettings(audit_kept_days=text), actor=CLERK)


def test_a_clock_that_jumps_ahead_deletes_nothing_more(store: Store) -> None:
    last = days_of_work(store, 300)
    keep(store, "200")
    gone = retention.apply(store, last.replace(year=2099)).audit_lines
    assert gone == 99
    assert positions(store)[0] == 100


def test_lines_written_while_the_clock_was_ahead_do_not_make_the_others_old(store: Store) -> None:
    last = days_of_work(store, 150)
    keep(store, "180")
    for hour in range(3):
        log(store, datetime(2099, 1, 1, hour))
    assert retention.apply(store, datetime(2099, 1, 1, 5)).audit_lines == 0
    # The clock is put right: the newest line is older than one before it.
    log(store, last + timedelta(days=1))
    assert retention.apply(store, last + timedelta(days=1)).audit_lines == 0
    assert len(positions(store)) == 154


def test_lines_dated_ahead_go_with_those_around_them(store: Store) -> None:
    """A line of 2099 in the middle must not keep everything after it for ever."""
    days_of_work(store, 20)
    log(store, datetime(2099, 1, 1))
    last = days_of_work(store, 300, START + timedelta(days=20))
    keep(store, "200")
    assert retention.apply(store, last).audit_lines == 120
    assert audit_verification.verify(store).is_whole


def test_lines_dated_long_ago_do_not_make_their_neighbours_old(store: Store) -> None:
    last = days_of_work(store, 100)
    log(store, datetime(1970, 1, 1))
    log(store, last + timedelta(days=1))
    keep(store, "180")
    assert retention.apply(store, last + timedelta(days=1)).audit_lines == 0


def test_nothing_goes_when_the_newest_line_lies_in_the_future(store: Store) -> None:
    last = days_of_work(store, 400)
    keep(store, "200")
    assert retention.apply(store, last - timedelta(seconds=1)).audit_lines == 0


def test_what_a_long_silence_alone_makes_old_stays(store: Store) -> None:
    last = days_of_work(store, 3)
    log(store, last + timedelta(days=300))
    keep(store, "200")
    retention.apply(store, START + timedelta(days=5000))
    assert positions(store) == [1, 2, 3, 4]


def test_records_whose_lines_are_gone_are_no_finding(store: Store) -> None:
    add_unit(store)
    with raw(store) as cursor:
        cursor.execute(f"update audit_event set happened_at = timestamp '{START}'")
        cursor.execute(f"update unit set updated_at = timestamp '{START}'")
    last = days_of_work(store, 300, START + timedelta(days=1))
    keep(store, "200")
    assert retention.apply(store, last).audit_lines
    found = {result.code for result in data_checks.run(store) if result.rows}
    assert "record_without_audit" not in found - {"audit_chain"}


# --- contacts -----------------------------------------------------------------------------------


def voided_unit(store: Store, **fields: str) -> str:
    """A unit with a contact, changed once and then voided."""
    unit_id = add_unit(store, "已撤销的单位", contact_name=NAME, contact_phone=PHONE)
    units.RECORD_TYPE.save(
        store, units.Unit("已撤销的单位", contact_name=NAME, contact_phone=PHONE, note="迁址"),
        actor=CLERK, today=TODAY, record_id=unit_id, row_version=1,
    )  # fmt: skip
    units.RECORD_TYPE.void(store, unit_id, "已撤销", 2, actor=CLERK)
    return unit_id


def later(store: Store, days: int) -> datetime:
    """Work on for so many days; return the last of them."""
    (row,) = rows(store, "select max(happened_at) as at from audit_event")
    return days_of_work(store, days, row["at"] + timedelta(days=1))


def everything(store: Store) -> str:
    """All that the register's tables say, as text."""
    tables = rows(store, "select table_name from information_schema.tables"
                         " where table_schema = 'main' and table_type = 'BASE TABLE'")  # fmt: skip
    named = [row["table_name"] for row in tables if row["table_name"] != "calendar"]
    return "\n".join(str(rows(store, f"select * from {name}")) for name in named)


def test_contacts_of_a_voided_unit_are_blanked_in_register_and_trail(store: Store) -> None:
    unit_id = voided_unit(store)
    other = add_unit(store, "现有单位", contact_name="赵某", contact_phone="13700005678")
    keep(store, contact_days="30")
    assert PHONE in everything(store)
    assert retention.apply(store, later(store, 20)).contacts == 0
    assert retention.apply(store, later(store, 15)).contacts == 1
    assert PHONE not in everything(store)
    assert NAME not in everything(store)
    assert "13700005678" in everything(store)
    stored = units.RECORD_TYPE.load(store, unit_id)
    assert stored
    assert (stored.value.contact_phone, stored.value.note) == ("", "迁址")
    assert audit_verification.verify(store).is_whole
    lines = store.query("record_history", subject_type="unit", subject_id=unit_id)
    assert [line["action"] for line in lines] == ["insert", "update", "void", "redact"]
    assert [line["redacted_at"] is None for line in lines] == [False, False, True, True]
    assert (
        store.query("record_history", subject_type="unit", subject_id=other)[0]["redacted_at"]
        is None
    )


def test_blanking_is_done_once(store: Store) -> None:
    voided_unit(store)
    keep(store, contact_days="0")
    at = later(store, 3)
    assert retention.apply(store, at).contacts == 1
    assert retention.apply(store, at + timedelta(days=40)).contacts == 0


def test_a_dissolved_team_keeps_its_name_and_loses_its_contacts(store: Store) -> None:
    team_id = add_team(store, leader=NAME, duty_phone=PHONE, dissolved_on=date(2023, 6, 1))
    keep(store, contact_days="60")
    retention.apply(store, later(store, 62))
    stored = teams.RECORD_TYPE.load(store, team_id)
    assert stored
    assert (stored.value.name, stored.value.leader, stored.value.duty_phone) == (
        "海上搜救队",
        "",
        "",
    )
    assert PHONE not in everything(store)


def test_a_clock_that_jumps_ahead_blanks_nothing(store: Store) -> None:
    voided_unit(store)
    keep(store, contact_days="60")
    assert retention.apply(store, datetime(2099, 1, 1)).contacts == 0
    log(store, datetime(2099, 1, 1))
    assert retention.apply(store, datetime(2099, 1, 2)).contacts == 0
    assert PHONE in everything(store)


def test_a_redacted_line_changed_once_more_is_found(store: Store) -> None:
    """Blanking is not a way round the chain: what is left of the line is vouched for, too."""
    unit_id = voided_unit(store)
    keep(store, contact_days="0")
    retention.apply(store, later(store, 3))
    with raw(store) as cursor:
        cursor.execute(
            "update audit_event set after_json = replace(after_json, '迁址', '无')"
            " where subject_id = $id and action = 'update'",
            {"id": unit_id},
        )
    assert [found.position for found in audit_verification.verify(store).breaks] == [2]


def test_an_earlier_state_of_a_redacted_record_has_no_contact(store: Store) -> None:
    unit_id = voided_unit(store)
    keep(store, contact_days="0")
    retention.apply(store, later(store, 3))
    lines = store.query("record_history", subject_type="unit", subject_id=unit_id)
    assert history.state_at(store, "unit", unit_id, lines[0]["id"]).contact_name == ""


def test_every_personal_field_is_a_column_of_its_table(store: Store) -> None:
    for table, fields in privacy.FIELDS.items():
        columns = {row["column_name"] for row in rows(store, f"describe {table}")}
        assert set(fields) <= columns


# --- traces -------------------------------------------------------------------------------------


def test_ended_visits_used_links_old_failures_and_old_drafts_go(store: Store) -> None:
    at = datetime(2024, 6, 1)
    log(store, at)
    with store.write(CLERK) as tx:
        for number, ended in ((1, 10), (2, 40)):
            tx.execute(
                "insert into access_session (id, account_id, started_at, seen_at, expires_at,"
                " ended_at) values ($id, 'a', $at, $at, $at, $at)",
                {"id": f"s{number}", "at": at - timedelta(days=ended)},
            )
        tx.execute("insert into access_link values ('used', 'a', $at, $at)",
                   {"at": at + timedelta(days=1)})  # fmt: skip
        tx.execute("insert into access_link values ('open', 'a', $at, null)",
                   {"at": at + timedelta(days=1)})  # fmt: skip
        for number, failed in ((1, 10), (2, 40)):
            tx.execute("insert into access_failure values ($id, 1, $at, null)",
                       {"id": f"f{number}", "at": at - timedelta(days=failed)})  # fmt: skip
        for number, typed in ((1, 80), (2, 100)):
            tx.execute("insert into draft values ($id, 'log', '{}', $at)",
                       {"id": f"d{number}", "at": at - timedelta(days=typed)})  # fmt: skip
    applied = retention.apply(store, at)
    assert (applied.sessions, applied.links, applied.failures, applied.drafts) == (1, 1, 1, 1)
    left = "select id from access_session union all select id from access_link"
    left += " union all select subject from access_failure union all select owner from draft"
    assert {row["id"] for row in rows(store, left)} == {"s1", "open", "f1", "d1"}


def test_a_clock_that_jumps_ahead_leaves_what_was_typed(store: Store) -> None:
    at = datetime(2024, 6, 1)
    log(store, at)
    with store.write(CLERK) as tx:
        tx.execute("insert into draft values ('o', 'log', '{}', $at)", {"at": at})
    assert retention.apply(store, datetime(2099, 1, 1)).drafts == 0


# --- rebuilt ------------------------------------------------------------------------------------


def test_a_register_rebuilt_from_its_journal_has_a_whole_trail(store: Store) -> None:
    """A line that the journal did not know would be a hole after the register was lost."""
    voided_unit(store)
    keep(store, "180", "30")
    annual_workbook.csv_table(store, 2023, date(2023, 12, 31), "zh", "teams", actor=CLERK)
    applied = retention.apply(store, later(store, 250))
    assert applied.audit_lines
    assert applied.contacts == 1
    before = rows(store, "select * from audit_event order by position")
    store.close()
    store.path.unlink()
    recover.recover(store.path, CLERK)
    opened = open_store(store.path)
    rebuilt = rows(opened, "select * from audit_event order by position")
    assert audit_verification.verify(opened).is_whole
    assert rebuilt[: len(before)] == before
    assert PHONE not in everything(opened)
    opened.close()


def test_the_running_app_applies_the_time_limits_by_itself(store: Store) -> None:
    from drillbook.accounts import accounts
    from drillbook.operations import scheduler

    assert accounts.open_session(store, None, address="", at=datetime(2022, 1, 11))
    with store.write(Actor("x"), is_record=False) as tx:
        tx.execute("update access_session set ended_at = started_at")
    upkeep = scheduler.Maintenance(store)
    upkeep.start()
    upkeep.stop()
    with raw(store) as cursor:
        assert cursor.execute("select count(*) from access_session").fetchone() == (0,)


def test_members_of_a_voided_mechanism_lose_their_names_everywhere(store: Store) -> None:
    unit = add_unit(store, "应急管理局")
    members = (mechanisms.MechanismMember(unit, "convener", NAME),)
    record = mechanisms.RECORD_TYPE.save(
        store, mechanisms.Mechanism("联席机制", members=members), actor=CLERK, today=TODAY
    )
    keep(store, contact_days="30")
    mechanisms.RECORD_TYPE.void(store, record, "撤销", 1, actor=CLERK)
    assert NAME in everything(store)
    assert retention.apply(store, later(store, 20)).contacts == 0
    assert retention.apply(store, later(store, 15)).contacts == 1
    assert NAME not in everything(store)
    assert retention.apply(store, later(store, 40)).contacts == 0
    stored = mechanisms.RECORD_TYPE.load(store, record)
    assert stored
    assert [(one.unit_id, one.person) for one in stored.value.members] == [(unit, "")]
    assert audit_verification.verify(store).is_whole
