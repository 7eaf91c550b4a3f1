"""Events of the office itself 本办事项 that a rule asks for: what was published, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import Problems
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType


@dataclass(frozen=True)
class OfficeEvent:
    """One thing the office did; ``document`` names the paper or page that shows it."""

    kind: str
    happened_on: date
    document: str = ""
    note: str = ""


def problems(event: OfficeEvent, today: date) -> Problems:
    """Return what is wrong with an event, field → sentence."""
    found: Problems = {}
    validation.required(found, event, "kind", "happened_on")
    validation.lengths(found, event, long=("note",))
    validation.terms(found, event, {"kind": "office_event_kind"})
    validation.dates(found, event, "happened_on")
    validation.not_in_future(found, "happened_on", event.happened_on, today)
    return found


RECORD_TYPE = RecordType(
    table="office_event",
    record=OfficeEvent,
    problems=problems,
    label="document",
    absent=(
        NOT_LOGGED,
        Absent("list", "the page of rules shows the few there are"),
        Absent("import", "an office has a few a year"),
        Absent("workbook, public register", "its outcome stands in the sheet of what is due"),
    ),
)
