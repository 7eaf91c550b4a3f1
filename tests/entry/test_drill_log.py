"""What is typed into the form of the daily job becomes a session, with its units, or sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from drillbook.core.errors import StaleError, ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.entry import drill_log
from drillbook.records import sessions, units
from drillbook.records.programmes import PlannedDrillUnit
from tests.people import CLERK, LEAD, TODAY, add_planned_drill, add_programme, add_unit


def typed(store: Store, **fields: Any) -> drill_log.Typed:
    """Read a form with a name, a host and thirty participants, but for ``fields``."""
    raw = drill_log.blank(TODAY) | {"name": "防汛应急演练", "participants": "30"} | fields
    return drill_log.read(raw, drill_log.UnitNames(store), TODAY)


def save(store: Store, *read: drill_log.Typed) -> drill_log.Saved:
    return drill_log.save(store, [one.session for one in read], actor=CLERK, today=TODAY)


def loaded(store: Store, session_id: str) -> sessions.Session:
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored is not None
    return stored.value


def test_a_planned_drill_gives_its_sessions_what_it_knows(store: Store) -> None:
    host, other = add_unit(store), add_unit(store, "消防救援大队")
    planned = add_planned_drill(
        store,
        add_programme(store),
        units=(PlannedDrillUnit(host), PlannedDrillUnit(other, "support", "警戒", 1)),
        form="operational",
        place="文化路",
        event_class="natural_disaster",
    )
    given = drill_log.prefill(store, LEAD, planned)
    assert given["name"] == "防汛应急演练"
    assert given["hosts"] == [host]
    assert (given["form"], given["place"]) == ("operational", "文化路")
    assert given["event_class"] == "natural_disaster"


def test_without_a_planned_drill_nothing_is_prefilled(store: Store) -> None:
    assert not any(drill_log.prefill(store, LEAD, None).values())
    assert not any(drill_log.prefill(store, LEAD, "gone").values())


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [("30", 30, "exact"), ("30余", 30, "over"), ("约100", 100, "approximate"), ("", None, "exact")],
)
def test_a_count_is_understood_as_it_is_typed(
    text: str, number: int | None, kind: str, store: Store
) -> None:
    assert drill_log.kind_as_typed(text, "exact", "exact") == kind
    session = typed(store, participants=text, participants_kind=kind).session
    assert (session.participants, session.participants_raw) == (number, text)


def test_a_bare_number_keeps_the_kind_that_was_chosen() -> None:
    assert drill_log.kind_as_typed("30", "over", "exact") == "over"
    assert drill_log.kind_as_typed("30", "unknown", "unknown") == "exact"
    assert drill_log.kind_as_typed("", "over", "unknown") == "unknown"


@pytest.mark.usefixtures("en")
def test_every_problem_is_found_at_once(store: Store) -> None:
    found = typed(
        store,
        name="   ",
        held_on=None,
        participants="-5",
        observers="many",
        summary="长" * 100_000,
        hosts=["x" * 300],
    ).problems
    assert set(found) == {"name", "held_on", "participants", "observers", "summary", "units"}
    assert found["held_on"] == "Please fill this in."
    assert "negative" in found["participants"]


@pytest.mark.parametrize("day", [date(2034, 1, 1), date(1949, 10, 1)])
def test_an_absurd_day_is_found(day: date, store: Store) -> None:
    assert "held_on" in typed(store, held_on=day).problems


def test_a_typed_name_leads_to_the_unit_that_is_known_by_it(store: Store) -> None:
    unit_id = add_unit(store, short_name="应急局")
    read = typed(store, hosts=["应急局"])
    assert read.new_units == ()
    assert read.session.units[0].unit_id == unit_id


def test_units_nobody_knows_are_added_with_the_sessions_each_once(store: Store) -> None:
    first = typed(store, hosts=["第一小学"])
    second = typed(store, name="地震疏散演练", hosts=["第一 小学"])
    assert first.new_units == ("第一小学",)
    saved = save(store, first, second)
    assert saved.new_units == 1
    (unit_id,) = units.choices(store)
    assert units.choices(store) == {unit_id: "第一小学"}
    hosts = [loaded(store, one).units[0].unit_id for one in saved.session_ids]
    assert hosts == [unit_id, unit_id]


def test_everything_typed_is_saved(store: Store) -> None:
    host, support = add_unit(store), add_unit(store, "消防救援大队")
    line = {"unit_id": support, "role": "support", "duty": "警戒", "participants": 12}
    read = typed(store, hosts=[host], units=[line], summary="疏散  \n集合", is_month_only=True)
    session = loaded(store, save(store, read).session_ids[0])
    assert session == read.session
    assert [(u.unit_id, u.role, u.participants) for u in session.units] == [
        (host, "host", None),
        (support, "support", 12),
    ]
    assert session.held_on_precision == "month"


def test_nothing_is_saved_when_one_of_several_cannot_be(store: Store) -> None:
    good = typed(store, hosts=["第一小学"])
    with pytest.raises(ValidationError):
        save(store, good, typed(store, planned_drill_id="gone"))
    assert store.one("register_size") is None


def test_what_was_logged_by_mistake_is_taken_back_with_the_reason(store: Store, zh: None) -> None:
    saved = save(store, typed(store), typed(store, name="地震疏散演练"))
    drill_log.undo(store, saved.session_ids, actor=CLERK)
    drill_log.undo(store, saved.session_ids, actor=CLERK)
    stored = sessions.RECORD_TYPE.load(store, saved.session_ids[0])
    assert stored is not None
    assert stored.is_void
    assert stored.void_reason == "撤销登记"


def test_a_session_that_somebody_changed_since_is_not_taken_back(store: Store) -> None:
    saved = save(store, typed(store), typed(store, name="地震疏散演练"))
    first, second = saved.session_ids
    sessions.RECORD_TYPE.save(
        store,
        typed(store).session,
        actor=Actor("李强"),
        today=TODAY,
        record_id=second,
        row_version=1,
    )
    with pytest.raises(StaleError):
        drill_log.undo(store, saved.session_ids, actor=CLERK)
    stored = sessions.RECORD_TYPE.load(store, first)
    assert stored is not None
    assert not stored.is_void
