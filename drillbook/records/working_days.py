"""Working days 工作日: the State Council's calendar from a library, corrected by the office.

The library knows the holidays and make-up days that were announced. Later days count Monday to
Friday and are told as not yet announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import accumulate

from drillbook.core import validation
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.transaction import Transaction
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType

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


def reference_problems(tx: Reader, correction: Correction, record_id: str | None) -> Problems:
    """Find a second correction of the same day."""
    taken = tx.first("working_day_correction_of_day", day=correction.day)
    if taken is None or taken["id"] == record_id:
        return {}
    return {"day": _("This day is corrected already. Change that correction.")}


RECORD_TYPE = RecordType(
    table="working_day_correction",
    record=Correction,
    problems=problems,
    reference_problems=reference_problems,
    label="reason",
    is_counted=False,
    absent=(
        NOT_LOGGED,
        Absent("list", "the page of rules shows the few there are"),
        Absent("import", "an office has a few a year"),
        Absent("workbook, public register", "a setting of the office, no drill"),
    ),
)


def library_version() -> str:
    """Return the holiday library and its version, as each official day names them."""
    return f"{LIBRARY} {version(LIBRARY)}"


def refresh_official(tx: Transaction) -> None:
    """Fill the table of official days anew."""
    source = library_version()
    tx.run("empty_official_days")
    tx.add_rows("official_day", [row | {"source": source} for row in official_days()])


def official_days() -> list[Row]:
    """Return every day of the calendar: day, is_working, is_announced and its running number."""
    # Imported here: most starts need nothing of it. Its tables, not its is_workday: a call for
    # each day of a century took most of the time of making a register.
    from chinese_calendar.constants import holidays, workdays

    announced = {day.year for day in holidays}
    days = [date.fromordinal(n) for n in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1)]
    works = [day in workdays or (day.isoweekday() <= 5 and day not in holidays) for day in days]
    return [
        {
            "day": day,
            "is_working": is_working,
            "is_announced": day.year in announced,
            "number": number,
        }
        for day, is_working, number in zip(days, works, accumulate(map(int, works)), strict=True)
    ]
