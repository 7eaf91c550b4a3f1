"""Working days: the announced calendar, its make-up days, and what the office corrects in it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import pytest

from drillbook.core.errors import ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import working_days
from tests.people import CLERK, TODAY
from tests.raw import raw


def is_working(store: Store, day: date) -> bool:
    with raw(store) as cursor:
        row = cursor.execute("select is_working from working_day where day = $d", {"d": day})
        found = row.fetchone()
    assert found
    return bool(found[0])


def after(store: Store, day: date, number: int) -> date:
    """Return the day ``number`` working days after ``day``."""
    with raw(store) as cursor:
        found = cursor.execute(
            "select later.day from working_day as first inner join working_day as later"
            " on later.is_working and later.number = first.number + $n where first.day = $d",
            {"d": day, "n": number},
        ).fetchone()
    assert found
    return date.fromisoformat(str(found[0]))


def correct(store: Store, day: date, is_working: bool) -> str:
    correction = working_days.Correction(day, is_working, "市政府通知")
    return working_days.RECORD_TYPE.save(store, correction, actor=CLERK, today=TODAY)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 4), True),  # Sunday, made up
        (date(2024, 2, 9), True),  # New Year's Eve was a working day in 2024
        (date(2024, 2, 10), False),
        (date(2024, 2, 17), False),
        (date(2024, 2, 18), True),  # Sunday, made up
        (date(2024, 2, 24), False),
    ],
)
def test_the_spring_festival_of_2024_with_its_make_up_days(
    store: Store, day: date, expected: bool
) -> None:
    assert is_working(store, day) is expected


def test_twenty_working_days_across_the_spring_festival_of_2024(store: Store) -> None:
    # 2 Feb is a Friday; then 4 (made up), 5-9, 18 (made up), 19-23, 26-29 and 1, 4, 5, 6 March.
    assert after(store, date(2024, 2, 2), 1) == date(2024, 2, 4)
    assert after(store, date(2024, 2, 2), 6) == date(2024, 2, 9)
    assert after(store, date(2024, 2, 2), 7) == date(2024, 2, 18)
    assert after(store, date(2024, 2, 2), 20) == date(2024, 3, 6)
    # Counted by hand from a day that is itself none.
    assert after(store, date(2024, 2, 3), 20) == date(2024, 3, 6)


def test_the_running_number_agrees_with_counting_one_by_one(store: Store) -> None:
    with raw(store) as cursor:
        rows = cursor.execute("select day, is_working, number from working_day order by day")
        days = rows.fetchall()
    number = 0
    for _day, works, counted in days:
        number += works
        assert counted == number


def test_a_correction_counts_from_its_day_and_can_be_taken_back(store: Store) -> None:
    day = date(2024, 2, 19)
    assert after(store, date(2024, 2, 18), 1) == day
    record = correct(store, day, False)
    assert not is_working(store, day)
    assert after(store, date(2024, 2, 18), 1) == date(2024, 2, 20)
    assert after(store, date(2024, 2, 2), 20) == date(2024, 3, 7)
    working_days.RECORD_TYPE.void(store, record, "通知撤销", 1, actor=CLERK)
    assert after(store, date(2024, 2, 18), 1) == day


def test_several_corrections_add_up(store: Store) -> None:
    correct(store, date(2024, 2, 19), False)
    correct(store, date(2024, 2, 24), True)
    correct(store, date(2024, 2, 26), False)
    assert after(store, date(2024, 2, 18), 1) == date(2024, 2, 20)
    assert after(store, date(2024, 2, 18), 5) == date(2024, 2, 24)
    assert after(store, date(2024, 2, 18), 6) == date(2024, 2, 27)


def test_a_correction_that_says_what_is_so_anyway_shifts_nothing(store: Store) -> None:
    correct(store, date(2024, 2, 19), True)
    assert after(store, date(2024, 2, 2), 20) == date(2024, 3, 6)


def test_a_day_is_corrected_once_and_with_a_reason(store: Store) -> None:
    correct(store, date(2024, 2, 19), False)
    with pytest.raises(ValidationError) as twice:
        correct(store, date(2024, 2, 19), True)
    assert set(twice.value.problems) == {"day"}
    nameless = working_days.Correction(date(2024, 2, 20), False, "")
    assert set(working_days.problems(nameless, TODAY)) == {"reason"}


def test_days_nobody_announced_yet_count_monday_to_friday_and_say_so(store: Store) -> None:
    with raw(store) as cursor:
        rows = cursor.execute(
            "select day, is_working, is_announced from working_day where day >= date '2095-01-01'"
        ).fetchall()
    assert not any(announced for _day, _works, announced in rows)
    assert all(works == (day.isoweekday() <= 5) for day, works, _announced in rows)


def test_opening_again_leaves_the_official_days_alone(store: Store) -> None:
    correct(store, date(2024, 2, 19), False)
    store.close()
    again = open_store(store.path)
    assert not is_working(again, date(2024, 2, 19))
    with raw(again) as cursor:
        assert cursor.execute("select count(*) from official_day").fetchone() == (36525,)
    again.close()


def test_another_version_of_the_library_fills_the_days_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.write(Actor("test"), is_record=False) as tx:
        tx.execute("update official_day set is_working = false")
    store.close()
    monkeypatch.setattr(working_days, "version", lambda _library: "9.99")
    again = open_store(store.path)
    assert is_working(again, date(2024, 2, 19))
    with raw(again) as cursor:
        sources = cursor.execute("select distinct source from official_day").fetchall()
        assert sources == [("chinesecalendar 9.99",)]
        days = cursor.execute("select min(day), max(day), count(*) from calendar").fetchone()
        assert days == (working_days.FIRST_DAY, working_days.LAST_DAY, 36525)
    again.close()


def test_the_table_says_what_the_library_says_of_each_day() -> None:
    for row in working_days.official_days():
        if row["is_announced"]:
            assert row["is_working"] is chinese_calendar.is_workday(row["day"]), row["day"]
        else:
            with pytest.raises(NotImplementedError):
                chinese_calendar.is_workday(row["day"])


def test_the_days_are_those_of_the_calendar(store: Store) -> None:
    days = [row["day"] for row in working_days.official_days()]
    assert (days[0], days[-1]) == (working_days.FIRST_DAY, working_days.LAST_DAY)
    assert all(later - day == timedelta(days=1) for day, later in pairwise(days))
