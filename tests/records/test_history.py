"""Earlier states of a record, and the way back to one of them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import history, plans, sessions, teams, units
from drillbook.records.record_type import RecordType
from drillbook.records.sessions import Session, SessionTeam, SessionUnit
from tests.conftest import CLERK, COLLEAGUE
from tests.people import TODAY, add_plan, add_session, add_team, add_unit
from tests.raw import raw


def events(store: Store, table: str, record_id: str) -> list[Row]:
    return store.query("record_history", subject_type=table, subject_id=record_id)


def change(store: Store, record_type: RecordType[Any], record_id: str, value: Any) -> None:
    stored = record_type.load(store, record_id)
    assert stored
    record_type.save(
        store, value, actor=COLLEAGUE, today=TODAY,
        record_id=record_id, row_version=stored.row_version,
    )  # fmt: skip


def renamed(name: str, day: int = 1) -> Session:
    return Session(name, date(2023, 6, day), participants_kind="unknown")


def value_of(store: Store, record_type: RecordType[Any], record_id: str) -> Any:
    stored = record_type.load(store, record_id)
    assert stored
    return stored.value


def put_back(store: Store, record_type: RecordType[Any], record_id: str, event_id: str) -> None:
    stored = record_type.load(store, record_id)
    assert stored
    history.put_back(
        store, record_type, record_id, event_id, stored.row_version, actor=CLERK, today=TODAY
    )


@pytest.fixture
def session_id(store: Store) -> str:
    """A session with units, teams, times and counts."""
    host, guest = add_unit(store), add_unit(store, "第一小学")
    return add_session(
        store, held_on=date(2023, 5, 12), starts_at=time(9, 30), ends_at=time(11, 0),
        plan_id=add_plan(store), is_no_notice=True, observers=3, observers_kind="over",
        units=(SessionUnit(host, duty="总指挥"), SessionUnit(guest, "participant", position=1)),
        teams=(SessionTeam(add_team(store), 12),),
    )  # fmt: skip


def test_the_latest_state_is_what_the_register_holds_for_every_sample_record(
    demo_store: Store,
) -> None:
    seen = 0
    for table, register in history.RECORD_TYPES.items():
        with raw(demo_store) as cursor:
            ids = [row[0] for row in cursor.execute(f"select id from {table}").fetchall()]
        for record_id in ids[:25]:
            lines = events(demo_store, table, record_id)
            if table == "rule" and not lines:
                continue  # It came with the product, and nobody changed it.
            state = history.state_at(demo_store, table, record_id, lines[-1]["id"])
            assert state == value_of(demo_store, register, record_id)
            seen += 1
    assert seen > 60


def test_a_session_returns_with_its_units_teams_times_and_counts(
    store: Store, session_id: str
) -> None:
    first = value_of(store, sessions.RECORD_TYPE, session_id)
    change(store, sessions.RECORD_TYPE, session_id, renamed("改了名", 1))
    change(store, sessions.RECORD_TYPE, session_id, renamed("又改名", 2))
    lines = events(store, "drill_session", session_id)
    assert history.state_at(store, "drill_session", session_id, lines[0]["id"]) == first
    second = history.state_at(store, "drill_session", session_id, lines[1]["id"])
    assert (second.name, second.units, second.starts_at) == ("改了名", (), None)
    put_back(store, sessions.RECORD_TYPE, session_id, lines[0]["id"])
    assert value_of(store, sessions.RECORD_TYPE, session_id) == first
    last = events(store, "drill_session", session_id)[-1]
    assert (last["action"], last["actor"]) == ("put_back", CLERK)


def test_what_was_put_back_is_put_back_again(store: Store, session_id: str) -> None:
    first = value_of(store, sessions.RECORD_TYPE, session_id)
    change(store, sessions.RECORD_TYPE, session_id, renamed("改了名", 1))
    second = value_of(store, sessions.RECORD_TYPE, session_id)
    lines = events(store, "drill_session", session_id)
    put_back(store, sessions.RECORD_TYPE, session_id, lines[0]["id"])
    put_back(store, sessions.RECORD_TYPE, session_id, lines[1]["id"])
    assert value_of(store, sessions.RECORD_TYPE, session_id) == second
    put_back(
        store, sessions.RECORD_TYPE, session_id, events(store, "drill_session", session_id)[2]["id"]
    )
    assert value_of(store, sessions.RECORD_TYPE, session_id) == first


def test_versions_revisions_strength_and_names_come_back(store: Store) -> None:
    owner = add_unit(store, "应急管理局", aliases="应急局\n安监局")
    plan_id = add_plan(
        store, lead_unit_id=owner,
        versions=(plans.PlanVersion(1, "应急〔2019〕3号", issued_on=date(2019, 3, 1)),
                  plans.PlanVersion(2, "应急〔2022〕8号", issued_on=date(2022, 4, 5))),
        revisions=(plans.PlanRevision(owner_unit_id=owner, started_on=date(2023, 2, 1)),),
    )  # fmt: skip
    team_id = add_team(
        store, longitude=122.12, founded_on=date(2015, 1, 1),
        strength=(teams.TeamStrength(date(2023, 1, 1), 20),
                  teams.TeamStrength(date(2022, 1, 1), 18)),
        equipment=(teams.TeamEquipment("橡皮艇", 2, "艘"),),
    )  # fmt: skip
    for register, record_id, other in (
        (plans.RECORD_TYPE, plan_id, plans.Plan("另一个预案")),
        (teams.RECORD_TYPE, team_id, teams.Team("另一支队伍")),
        (units.RECORD_TYPE, owner, units.Unit("另一个单位")),
    ):
        first = value_of(store, register, record_id)
        change(store, register, record_id, other)
        put_back(store, register, record_id, events(store, register.table, record_id)[0]["id"])
        assert value_of(store, register, record_id) == first
    keys = {row["name"] for row in store.lines("unit_name", owner)}
    assert keys == {"应急管理局", "应急局", "安监局"}


def test_a_state_whose_first_lines_are_gone_is_told_by_the_later_ones(
    store: Store, session_id: str
) -> None:
    first = value_of(store, sessions.RECORD_TYPE, session_id)
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored
    sessions.RECORD_TYPE.void(store, session_id, "重复", stored.row_version, actor=CLERK)
    sessions.RECORD_TYPE.restore(store, session_id, 2, actor=CLERK, today=TODAY)
    change(store, sessions.RECORD_TYPE, session_id, renamed("改了名", 1))
    lines = events(store, "drill_session", session_id)
    with raw(store) as cursor:
        cursor.execute("delete from audit_event where position <= $p", {"p": lines[0]["position"]})
    assert history.state_at(store, "drill_session", session_id, lines[2]["id"]) == first


def test_a_reference_that_is_gone_is_told_and_nothing_is_saved(
    store: Store, session_id: str, zh: None
) -> None:
    lines = events(store, "drill_session", session_id)
    plan_id = value_of(store, sessions.RECORD_TYPE, session_id).plan_id
    change(store, sessions.RECORD_TYPE, session_id, renamed("改了名", 1))
    plans.RECORD_TYPE.void(store, plan_id, "作废", 1, actor=CLERK)
    with pytest.raises(ValidationError) as told:
        put_back(store, sessions.RECORD_TYPE, session_id, lines[0]["id"])
    assert set(told.value.problems) == {"plan_id"}
    assert value_of(store, sessions.RECORD_TYPE, session_id).name == "改了名"
    assert len(events(store, "drill_session", session_id)) == 2


def test_a_name_somebody_else_took_meanwhile_is_told(store: Store) -> None:
    unit_id = add_unit(store, "教育分局")
    change(store, units.RECORD_TYPE, unit_id, units.Unit("教育和体育局"))
    add_unit(store, "教育分局")
    with pytest.raises(ValidationError, match="教育分局"):
        put_back(store, units.RECORD_TYPE, unit_id, events(store, "unit", unit_id)[0]["id"])


def test_a_save_that_came_first_is_not_overwritten(store: Store) -> None:
    unit_id = add_unit(store)
    change(store, units.RECORD_TYPE, unit_id, units.Unit("新名"))
    with pytest.raises(StaleError):
        history.put_back(
            store,
            units.RECORD_TYPE,
            unit_id,
            events(store, "unit", unit_id)[0]["id"],
            1,
            CLERK,
            TODAY,
        )


def test_a_voided_record_and_a_line_that_is_gone_are_told(store: Store, en: None) -> None:
    unit_id = add_unit(store)
    event_id = events(store, "unit", unit_id)[0]["id"]
    with pytest.raises(DrillbookError, match="no longer in the audit log"):
        history.state_at(store, "unit", unit_id, "no-such-line")
    units.RECORD_TYPE.void(store, unit_id, "重复", 1, actor=CLERK)
    with pytest.raises(DrillbookError, match="Restore it first"):
        put_back(store, units.RECORD_TYPE, unit_id, event_id)
