"""The office's clock: the only place that asks the machine for the time.

Rules and SQL take dates as arguments; screens and commands get them here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Return the calendar day at the office."""
    return datetime.now(OFFICE_ZONE).date()


def now() -> datetime:
    """Return the instant as the register stores it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def at_office(instant: datetime) -> datetime:
    """Convert a stored instant to the office's wall clock, without a zone."""
    return instant.replace(tzinfo=UTC).astimezone(OFFICE_ZONE).replace(tzinfo=None)


def office_day_begins(day: date) -> datetime:
    """Return the stored instant at which a day begins at the office."""
    begins = datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE)
    return begins.astimezone(UTC).replace(tzinfo=None)


def default_as_of(year: int, today: date) -> date:
    """Return the day a year is counted to: its last day, or today while it still runs."""
    return min(date(year, 12, 31), today) if today.year == year else date(year, 12, 31)
