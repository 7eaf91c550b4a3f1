"""Working days 工作日: the State Council's calendar from a library, corrected by the office.

The library knows the holidays and make-up days that were announced. Later days count Monday to
Friday and are told as not yet announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

from drillbook.core import validation
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Transaction
from drillbook.records.record_type import RecordType

LIBRARY = "chinesecalendar"
# As the table calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Correction:
    """One day that is a working day, or is none, whatever the library says."""

    day: date
    is_working: bool = True
    reason: str = ""


def problems(correction: Correction, today: date) -> Problems:
    """Return what is wrong with a correction, field → sentence."""
    found: Problems = {}
    validation.required(found, correction, "day", "reason")
    validation.lengths(found, correction)
    validation.dates(found, correction, "day")
    return found


def reference_problems(tx: Transaction, correction: Correction, record_id: str | None) -> Problems:
    """Find a second correction of the same day."""
    taken = tx.one(
        "select id from working_day_correction where day = $day and voided_at is null",
        {"day": correction.day},
    )
    if taken is None or taken["id"] == record_id:
        return {}
    return {"day": _("This day is corrected already. Change that correction.")}


RECORD_TYPE = RecordType(
    table="working_day_correction",
    record=Correction,
    problems=problems,
    reference_problems=reference_problems,
)


def refresh_official(tx: Transaction) -> None:
    """Fill the table of official days anew when the library is another one than last time."""
    source = f"{LIBRARY} {version(LIBRARY)}"
    held = tx.one("select max(source) as newest, min(source) as oldest from official_day")
    if held and held["newest"] == held["oldest"] == source:
        return
    tx.execute("delete from official_day")
    tx.add_rows("official_day", [row | {"source": source} for row in official_days()])


def official_days() -> list[Row]:
    """Return every day of the calendar: day, is_working, is_announced and its running number."""
    # Imported here: most starts need nothing of it.
    from chinese_calendar import constants, is_workday

    years = {day.year for day in constants.holidays}
    day, number = FIRST_DAY, 0
    found: list[Row] = []
    while day <= LAST_DAY:
        is_announced = day.year in years
        is_working = is_workday(day) if is_announced else day.isoweekday() <= 5
        number += is_working
        found.append(
            {"day": day, "is_working": is_working, "is_announced": is_announced, "number": number}
        )
        day += timedelta(days=1)
    return found
