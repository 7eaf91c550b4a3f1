"""Coordination: mechanisms, meetings, decisions; each on a real register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations import data_checks
from drillbook.records import mechanisms, meetings, sample_data, unit_creation
from drillbook.records.mechanisms import Mechanism, MechanismMember
from drillbook.records.meetings import Decision, Meeting
from tests.people import CLERK, TODAY, add_unit

pytestmark = pytest.mark.usefixtures("en")

HELD = date(2023, 10, 19)


def add_mechanism(store: Store, title: str = "应急救援队伍联席机制", **fields: object) -> str:
    value = Mechanism(title, **fields)  # type: ignore[arg-type]
    return mechanisms.RECORD_TYPE.save(store, value, actor=CLERK, today=TODAY)


def add_meeting(store: Store, *decisions: Decision, mechanism: str | None = None) -> str:
    meeting = Meeting(mechanism or add_mechanism(store), "联合训练安排会", HELD)
    return meetings.add(store, meeting, decisions, actor=CLERK, today=TODAY)


def due(store: Store, as_of: date) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(
            "select * from decision_due where as_of = $as_of order by due_on, subject",
            {"as_of": as_of},
        )


def decision_id(store: Store) -> str:
    return str(due(store, TODAY)[0]["subject_id"])


def test_a_mechanism_is_kept_with_its_members_in_order(store: Store) -> None:
    first, second = add_unit(store, "应急管理局"), add_unit(store, "建设局")
    value = Mechanism(
        "自然灾害防治工作联席会议制度",
        document_number="高应急委发〔2023〕6号",
        document_number_raw="高应急委发[2023] 6号",
        issued_on=date(2023, 5, 6),
        kind="joint_meeting",
        members=(
            MechanismMember(second, "convener", "王敏", 0),
            MechanismMember(first, "member", "", 1),
        ),
    )
    record_id = mechanisms.RECORD_TYPE.save(store, value, actor=CLERK, today=TODAY)
    stored = mechanisms.RECORD_TYPE.load(store, record_id)
    assert stored is not None
    assert stored.value == value


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": ""}),
        ("title", {"title": "……"}),
        ("kind", {"kind": "club"}),
        ("issued_on", {"issued_on": date(1023, 1, 1)}),
        ("members", {"members": (MechanismMember("a"), MechanismMember("a", "convener"))}),
        ("members", {"members": (MechanismMember("a", "boss"),)}),
    ],
)
def test_a_bad_mechanism_gets_a_sentence_at_its_field(
    field: str, fields: dict[str, object]
) -> None:
    found = mechanisms.problems(replace(Mechanism("联席机制"), **fields), TODAY)  # type: ignore[arg-type]
    assert list(found) == [field]
    assert found[field].endswith(".")


def test_a_title_is_taken_once(store: Store) -> None:
    add_mechanism(store)
    with pytest.raises(ValidationError, match="already in the register"):
        add_mechanism(store, "应急救援队伍 联席机制")


def test_a_meeting_and_its_decisions_are_recorded_in_one_go(store: Store) -> None:
    owner = add_unit(store)
    decisions = (
        Decision("", "开展联合训练", owner, date(2023, 12, 10)),
        Decision("", "保险续保", unit_creation.marked("新成立的专班")),
    )
    before = store.revision
    meeting = add_meeting(store, *decisions)
    assert store.revision == before + 2
    found = store.query(
        "meeting_decisions", as_of=TODAY, meeting_id=meeting, mechanism_id=None, only_open=True
    )
    assert [(row["text"], row["owner_unit"]) for row in found] == [
        ("开展联合训练", "应急管理局"),
        ("保险续保", "新成立的专班"),
    ]


def test_one_bad_decision_keeps_the_whole_meeting_out(store: Store) -> None:
    mechanism = add_mechanism(store)
    bad = Decision("", "", due_on=date(2023, 12, 1))
    with pytest.raises(ValidationError) as refused:
        add_meeting(store, Decision("", "好的"), bad, mechanism=mechanism)
    assert set(refused.value.problems) == {"decisions"}
    assert due(store, TODAY) == []
    assert store.query("mechanism_meetings", mechanism_id=mechanism, as_of=TODAY) == []


def test_a_meeting_that_was_not_held_yet_is_refused() -> None:
    found = meetings.problems(
        Meeting("m", "", date(2024, 1, 12)),
        (Decision("", "训练", due_on=date(2024, 1, 11)),),
        TODAY,
    )
    assert set(found) == {"title", "held_on", "decisions"}


def test_a_day_before_the_meeting_is_refused(store: Store) -> None:
    add_meeting(store, Decision("", "训练"))
    for day in (date(2023, 10, 18), date(2024, 1, 12)):
        with pytest.raises(ValidationError):
            meetings.mark(store, decision_id(store), day, actor=CLERK, today=TODAY)
    meetings.mark(store, decision_id(store), HELD, actor=CLERK, today=TODAY)


@pytest.mark.parametrize(
    ("as_of", "state", "days"),
    [
        (date(2023, 10, 18), None, None),
        (date(2023, 10, 19), "normal", 52),
        (date(2023, 11, 9), "normal", 31),
        (date(2023, 11, 10), "due_soon", 30),
        (date(2023, 12, 10), "due_soon", 0),
        (date(2023, 12, 11), "late", -1),
    ],
)
def test_a_decision_is_due_as_of_each_day(
    store: Store, as_of: date, state: str | None, days: int | None
) -> None:
    owner = add_unit(store)
    add_meeting(store, Decision("", "开展联合训练", owner, date(2023, 12, 10)))
    found = due(store, as_of)
    assert [(row["state"], row["days"]) for row in found] == ([(state, days)] if state else [])
    for row in found:
        assert list(row) == [
            *("as_of", "source", "subject_type", "subject_id", "subject", "rule", "state"),
            *("due_on", "days", "unit_id", "unit", "citation", "text", "is_verified"),
        ]
        assert (row["source"], row["unit"], row["citation"]) == ("decision", "应急管理局", "")


def test_a_decision_that_is_done_asks_for_nothing_from_that_day_on(store: Store) -> None:
    add_meeting(store, Decision("", "训练", due_on=date(2023, 12, 10)))
    done = decision_id(store)
    meetings.mark(store, done, date(2024, 1, 5), actor=CLERK, today=TODAY)
    assert due(store, date(2024, 1, 4))[0]["state"] == "late"
    assert due(store, date(2024, 1, 5))[0]["state"] == "not_applicable"


def test_a_decision_without_a_date_is_never_due(store: Store) -> None:
    add_meeting(store, Decision("", "训练"))
    (row,) = due(store, TODAY)
    assert (row["state"], row["due_on"], row["days"]) == ("not_applicable", None, None)


def test_done_is_undone_and_both_are_in_the_trail(store: Store) -> None:
    add_meeting(store, Decision("", "训练", due_on=date(2023, 12, 10)))
    done = decision_id(store)
    before = meetings.mark(store, done, TODAY, actor=CLERK, today=TODAY)
    assert before.done_on is None
    meetings.mark(store, done, before.done_on, actor=CLERK, today=TODAY)
    assert due(store, TODAY)[0]["state"] == "late"
    lines = store.query("record_history", subject_type="decision", subject_id=done)
    assert [(line["action"], line["subject_label"]) for line in lines] == [
        ("insert", "训练"),
        ("update", "训练"),
        ("update", "训练"),
    ]


def test_what_is_used_is_not_voided(store: Store) -> None:
    unit = add_unit(store)
    mechanism = add_mechanism(store, members=(MechanismMember(unit, "convener"),))
    meeting = add_meeting(store, Decision("", "训练", unit), mechanism=mechanism)
    for register, record_id in (
        (mechanisms.RECORD_TYPE, mechanism),
        (meetings.MEETINGS, meeting),
    ):
        with pytest.raises(DrillbookError, match="Still used"):
            register.void(store, record_id, "重复", 1, actor=CLERK)  # type: ignore[attr-defined]
    meetings.DECISIONS.void(store, decision_id(store), "重复", 1, actor=CLERK)
    meetings.MEETINGS.void(store, meeting, "重复", 1, actor=CLERK)
    mechanisms.RECORD_TYPE.void(store, mechanism, "重复", 1, actor=CLERK)
    assert due(store, TODAY) == []
    found = {r.code for r in data_checks.run(store) if r.rows and r.severity == "error"}
    assert found == set()


def test_the_list_counts_meetings_and_open_decisions_as_of_a_day(store: Store) -> None:
    add_meeting(
        store,
        Decision("", "甲", due_on=date(2023, 12, 10)),
        Decision("", "乙", due_on=date(2024, 3, 1)),
    )
    asked = {"kind": None, "search": None}

    def counted(as_of: date) -> tuple[int, int, int]:
        (row,) = store.query("mechanism_list", as_of=as_of, **asked)
        return row["meetings"], row["decisions_open"], row["decisions_late"]

    assert counted(date(2023, 10, 18)) == (0, 0, 0)
    assert counted(date(2023, 12, 10)) == (1, 2, 0)
    assert counted(date(2023, 12, 11)) == (1, 2, 1)


def test_the_sample_years_show_every_state_of_a_decision(demo_store: Store) -> None:
    found = due(demo_store, date(2023, 12, 31))
    assert {row["state"] for row in found} == {"normal", "due_soon", "late", "not_applicable"}
    notes = [row["note"] for row in sample_data.rows("mechanisms")]
    assert all(note.startswith("示例") for note in notes)
    assert all(row["title"].startswith("示例") for row in sample_data.rows("meetings"))


def test_a_decision_of_a_meeting_that_was_moved_can_still_be_marked_as_done(store: Store) -> None:
    owner = add_unit(store)
    meeting = add_meeting(store, Decision("", "开展联合训练", owner, HELD))
    record = decision_id(store)
    moved = meetings.MEETINGS.load(store, meeting)
    assert moved
    meetings.MEETINGS.save(
        store, replace(moved.value, held_on=date(2023, 11, 2)), actor=CLERK, today=TODAY,
        record_id=meeting, row_version=moved.row_version,
    )  # fmt: skip
    stored = meetings.DECISIONS.load(store, record)
    assert stored
    meetings.DECISIONS.save(
        store, replace(stored.value, done_on=TODAY), actor=CLERK, today=TODAY,
        record_id=record, row_version=stored.row_version,
    )  # fmt: skip
    assert [row["state"] for row in due(store, TODAY)] == ["not_applicable"]
