"""Rules: those of the product as their file says, changed with validity, switched off and on."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date

import pytest

from drillbook.core.errors import StaleError, ValidationError
from drillbook.core.paths import DATA
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import history, rules
from drillbook.records.record_type import Stored
from drillbook.records.rules import Rule
from drillbook.reports import due_items
from tests.people import CLERK, TODAY, add_plan
from tests.raw import raw

NEW = Rule(
    "OFFICE-1",
    date(2024, 3, 1),
    interval_count=1,
    interval_unit="year",
    citation="区应急委通知",
    text="每年演练一次。",
)


def add_rule(store: Store, rule: Rule = NEW) -> str:
    return rules.RECORD_TYPE.save(store, rule, actor=CLERK, today=TODAY)


def save(store: Store, record_id: str, value: Rule, row_version: int = 1) -> str:
    return rules.RECORD_TYPE.save(
        store, value, actor=CLERK, today=TODAY, record_id=record_id, row_version=row_version
    )


def stored(store: Store, record_id: str) -> Stored[Rule]:
    found = rules.RECORD_TYPE.load(store, record_id)
    assert found
    return found


def rows(store: Store) -> list[Row]:
    with raw(store) as cursor:
        result = cursor.execute("select * from rule order by code, effective_from")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def id_of(store: Store, code: str) -> str:
    return next(str(row["id"]) for row in rows(store) if row["code"] == code)


# --- those of the product -----------------------------------------------------------------------


def test_the_shipped_rules_say_what_their_file_says(store: Store) -> None:
    with (DATA / "rules" / "rules.csv").open(encoding="utf-8", newline="") as file:
        written = {row["code"]: row for row in csv.DictReader(file)}
    held = {row["code"]: row for row in rows(store)}
    assert set(held) == set(written)
    for code, row in written.items():
        kept = held[code]
        assert (kept["citation"], kept["text"]) == (row["citation"], row["text"])
        assert kept["effective_from"].isoformat() == row["effective_from"]
        assert (kept["effective_to"] or "").__str__() == row["effective_to"]
        assert kept["is_text_verified"] == (row["text_verified"] == "yes")
        assert kept["origin"] == "shipped"


def test_every_shipped_rule_keeps_to_the_rules_of_rules() -> None:
    assert {rule.code: rules.problems(rule, TODAY) for rule in rules.shipped()} == {
        rule.code: {} for rule in rules.shipped()
    }


def test_opening_again_changes_nothing(store: Store) -> None:
    before = rows(store)
    store.close()
    again = open_store(store.path)
    assert rows(again) == before
    again.close()


def test_what_the_office_changed_or_voided_is_never_overwritten(store: Store) -> None:
    joint, trained = id_of(store, "TEAM-JOINT"), id_of(store, "TEAM-TRAINED")
    save(store, joint, replace(stored(store, joint).value, interval_count=2))
    rules.RECORD_TYPE.void(store, trained, "另有规定", 1, actor=CLERK)
    before = rows(store)
    store.close()
    again = open_store(store.path)
    assert rows(again) == before
    again.close()


def test_a_rule_the_register_does_not_know_is_added_at_the_start(store: Store) -> None:
    with store.write(CLERK) as tx:
        tx.execute("delete from rule where code = 'TEAM-JOINT'")
    store.close()
    again = open_store(store.path)
    assert id_of(again, "TEAM-JOINT")
    again.close()


# --- the office's own ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"citation": ""}, "citation"),
        ({"text": ""}, "text"),
        ({"measure": "trained"}, "measure"),
        ({"measure": "guessed"}, "measure"),
        ({"applies_to": "everybody"}, "applies_to"),
        ({"applies_to": ""}, "applies_to"),
        ({"interval_count": None}, "interval_count"),
        ({"interval_count": 0}, "interval_count"),
        ({"interval_count": 1001}, "interval_count"),
        ({"interval_unit": "none"}, "interval_unit"),
        ({"interval_count": None, "interval_unit": "none"}, "interval_count"),
        ({"effective_to": date(2024, 2, 29)}, "effective_to"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_at_its_field(
    store: Store, changes: Row, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add_rule(store, replace(NEW, **changes))
    assert field in refused.value.problems


def test_what_happens_once_needs_no_interval() -> None:
    once = replace(NEW, measure="published", interval_count=None, interval_unit="none")
    assert rules.problems(once, TODAY) == {}


def test_two_rules_of_one_code_are_never_in_force_on_one_day(store: Store) -> None:
    add_rule(store, replace(NEW, effective_to=date(2024, 12, 31)))
    with pytest.raises(ValidationError) as refused:
        add_rule(store, replace(NEW, effective_from=date(2024, 12, 31)))
    assert set(refused.value.problems) == {"effective_from"}
    assert add_rule(store, replace(NEW, effective_from=date(2025, 1, 1)))


def test_a_change_from_a_day_on_ends_the_rule_the_day_before(store: Store) -> None:
    first = add_rule(store)
    then = replace(stored(store, first).value, effective_from=date(2025, 7, 1), interval_count=2)
    second = save(store, first, then)
    assert second != first
    assert stored(store, first).value == replace(NEW, effective_to=date(2025, 6, 30))
    assert stored(store, second).value == then


def test_a_change_from_a_day_on_is_two_lines_of_the_trail(store: Store) -> None:
    first = add_rule(store)
    second = save(store, first, replace(NEW, effective_from=date(2025, 7, 1), interval_count=2))
    told = [
        store.query("record_history", subject_type="rule", subject_id=record)[-1]["action"]
        for record in (first, second)
    ]
    assert told == ["update", "insert"]


@pytest.mark.parametrize("first_day", [date(2024, 2, 29), date(2025, 1, 1)])
def test_a_change_begins_while_the_rule_is_in_force(store: Store, first_day: date) -> None:
    record = add_rule(store, replace(NEW, effective_to=date(2024, 12, 31)))
    with pytest.raises(ValidationError) as refused:
        save(store, record, replace(NEW, effective_from=first_day, interval_count=2))
    assert set(refused.value.problems) & {"effective_from", "effective_to"}
    assert stored(store, record).value.effective_to == date(2024, 12, 31)


def test_a_change_that_is_wrong_leaves_the_rule_as_it_was(store: Store) -> None:
    record = add_rule(store)
    with pytest.raises(ValidationError):
        save(store, record, replace(NEW, effective_from=date(2025, 7, 1), interval_count=0))
    assert stored(store, record).value == NEW


def test_a_stale_change_is_refused(store: Store) -> None:
    record = add_rule(store)
    save(store, record, replace(NEW, note="一"))
    with pytest.raises(StaleError):
        save(store, record, replace(NEW, effective_from=date(2025, 7, 1)), row_version=1)


def test_each_day_is_judged_by_the_interval_of_that_day(store: Store) -> None:
    add_plan(store, event_class="natural_disaster")
    record = add_rule(store, replace(NEW, applies_to="special"))
    save(store, record, replace(stored(store, record).value,
                                effective_from=date(2025, 7, 1), interval_count=2))  # fmt: skip

    def due_on(day: date) -> date:
        (item,) = due_items.items(store, day, rule="OFFICE-1")
        return date.fromisoformat(str(item["due_on"]))

    assert due_on(date(2025, 6, 30)) == date(2025, 3, 1)
    # Counted from when the first rule of the code began: a change gives no new time.
    assert due_on(date(2025, 7, 1)) == date(2026, 3, 1)


def test_a_rule_switched_off_asks_for_nothing_until_it_is_on_again(store: Store) -> None:
    add_plan(store)
    record = add_rule(store)
    day = date(2024, 6, 1)
    assert due_items.items(store, day, rule="OFFICE-1")
    save(store, record, replace(NEW, is_switched_off=True))
    assert due_items.items(store, day, rule="OFFICE-1") == []
    save(store, record, NEW, row_version=2)
    assert due_items.items(store, day, rule="OFFICE-1")


def test_a_voided_rule_asks_for_nothing(store: Store) -> None:
    add_plan(store)
    record = add_rule(store)
    rules.RECORD_TYPE.void(store, record, "重复", 1, actor=CLERK)
    assert due_items.items(store, date(2024, 6, 1), rule="OFFICE-1") == []


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2013, 10, 24), None),
        (date(2013, 10, 25), "DRILL-3Y-2013"),
        (date(2024, 1, 30), "DRILL-3Y-2013"),
        (date(2024, 1, 31), "DRILL-3Y-2024"),
    ],
)
def test_only_the_rules_of_the_day_are_in_force(store: Store, day: date, code: str | None) -> None:
    drills = [one for one in due_items.rules_in_force(store, day) if one.startswith("DRILL-3Y")]
    assert drills == ([code] if code else [])


def test_a_rule_of_the_product_can_be_put_back_to_what_it_was(store: Store) -> None:
    rule_id = id_of(store, "DRILL-3Y-2013")
    shipped = stored(store, rule_id).value
    save(store, rule_id, replace(shipped, interval_count=5))
    save(store, rule_id, replace(shipped, interval_count=4), 2)
    lines = store.query("record_history", subject_type="rule", subject_id=rule_id)
    assert [line["action"] for line in lines] == ["ship", "update", "update"]
    history.put_back(
        store, rules.RECORD_TYPE, rule_id, lines[0]["id"], 3, actor=CLERK, today=TODAY
    )  # fmt: skip
    assert stored(store, rule_id).value == shipped


def test_the_rule_before_a_voided_one_goes_on(store: Store) -> None:
    first = add_rule(store)
    second = save(store, first, replace(NEW, effective_from=date(2025, 7, 1), interval_count=2))
    rules.RECORD_TYPE.void(store, second, "误改", 1, actor=CLERK)
    assert stored(store, first).value == NEW
