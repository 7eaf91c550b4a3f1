"""What falls due as files: a workbook, and an iCalendar for the office's own calendars.

The calendar names what is due, never a person; its events keep their ids, so that a calendar that
reads it again moves them instead of doubling them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import icalendar

from drillbook.core import privacy, vocabulary
from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import sample_data
from drillbook.reports import due_items
from drillbook.reports.due_items import Chosen
from drillbook.reports.files import delivery
from drillbook.reports.files.tables import label_of, number_column, text_column
from drillbook.reports.files.xlsx import Cell, Column, Table, Workbook
from drillbook.reports.official_sentence import day_shown

PRODUCT = "-//Drillbook//Due//EN"
ALARM_BEFORE = timedelta(days=7)


def file_name(as_of: date, ending: str) -> str:
    """Return the name of a file of what is due."""
    return f"drillbook-due-{as_of:%Y%m%d}.{ending}"


# --- workbook -----------------------------------------------------------------------------------


def collect(store: Store, as_of: date, chosen: Chosen, language: Language) -> Workbook:
    """Return everything the workbook says, worded in ``language``; plain data that can be sent."""
    with use_language(language):
        found = due_items.table(store, as_of, chosen).to_pylist()
        sheet, title = _("What is due"), _title(as_of)
        counted = due_items.counts(store, as_of, unit_id=chosen.unit_id)
        told = [(vocabulary.label("due_state", code), f"{n:,}") for code, n in counted.items()]
        table = Table(
            "due",
            sheet,
            title,
            due_columns(),
            tuple(due_rows(store, found)),
        )
        return Workbook(
            title=title,
            facts=((_("As of"), day_shown(as_of)), *told),
            notes_title=_("How it was counted"),
            notes=tuple(_notes()),
            tables=(delivery.without_telephones(table),),
            **delivery.format_sheet(as_of, is_sample=sample_data.is_loaded(store)),
        )


def _title(as_of: date) -> str:
    return _("What is due as of {day}").format(day=day_shown(as_of))


def _notes() -> Iterable[str]:
    yield _("Days count from the day named above: a negative number is over.")
    yield _(
        "“Not yet verified” beside an article: its wording or number was not read in the full text."
    )


def workbook_bytes(
    store: Store, as_of: date, chosen: Chosen, language: Language, *, actor: Actor
) -> bytes:
    """Return what is due as a workbook (.xlsx), made by a spawned process; leaves an audit line."""
    content = delivery.in_child(collect(store, as_of, chosen, language))
    _tell(store, as_of, "xlsx", actor)
    return content


def _tell(store: Store, as_of: date, ending: str, actor: Actor) -> None:
    said = {"file": file_name(as_of, ending), "as_of": as_of, "tables": "due"}
    delivery.audit_export(store, partial(_title, as_of), said, actor=actor)


# --- calendar -----------------------------------------------------------------------------------


def calendar_file(
    store: Store, as_of: date, chosen: Chosen, language: Language, *, actor: Actor
) -> bytes:
    """Return the chosen things with a due date as an iCalendar file; leaves an audit line."""
    found = due_items.table(store, as_of, chosen).to_pylist()
    content = calendar(store, found, as_of, language)
    _tell(store, as_of, "ics", actor)
    return content


def calendar(store: Store, found: Sequence[Row], as_of: date, language: Language) -> bytes:
    """Return an iCalendar (RFC 5545) with one whole-day event for each thing with a due date."""
    with use_language(language):
        made = icalendar.Calendar()
        made.add("prodid", PRODUCT)
        made.add("version", "2.0")
        made.add("method", "PUBLISH")
        made.add("x-wr-calname", _("Drillbook: what is due"))
        measures = due_items.measures_of(store)
        for item in found:
            if item["due_on"] is not None and item["state"] != "not_applicable":
                made.add_component(_event(item, as_of, measures))
        content: bytes = made.to_ical()
    return content


def _event(item: Row, as_of: date, measures: dict[str, str]) -> icalendar.Event:
    event = icalendar.Event()
    rule = item["rule"] or "-"
    # A revision is due twice: with its next stage, and with its target.
    part = f"-{item['text'] or 'target'}" if item["source"] == "revision" else ""
    subject_id = item["subject_id"] or "office"
    event.add("uid", f"{item['source']}-{rule}-{subject_id}{part}@drillbook")
    # The day it was counted to, not the clock: the same question gives the same file.
    event.add("dtstamp", datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC))
    event.add("dtstart", item["due_on"])
    event.add("dtend", item["due_on"] + timedelta(days=1))
    state = vocabulary.label("due_state", item["state"])
    what = f"{due_items.what(item, measures)}: {due_items.subject(item)}"
    event.add("summary", privacy.without_telephones(f"[{state}] {what}"))
    said = [due_items.cited(item), due_items.wording(item), item["unit"]]
    event.add("description", privacy.without_telephones("\n".join(filter(None, said))))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [vocabulary.label("due_source", item["source"])])
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", privacy.without_telephones(what))
    alarm.add("trigger", -ALARM_BEFORE)
    event.add_component(alarm)
    return event


def due_columns() -> tuple[Column, ...]:
    """Return the columns of what falls due, worded in the language of this run."""
    return (
        text_column(_("State"), 9),
        text_column(_("Falls due on"), 11),
        number_column(_("Days"), 8),
        text_column(_("Kind"), 10),
        text_column(_("Whose"), 26),
        text_column(_("What is asked"), 16),
        text_column(_("Unit"), 16),
        text_column(_("Rule"), 18),
        text_column(_("Article"), 34),
        text_column(_("Wording"), 44),
    )


def due_rows(store: Store, found: Iterable[Row]) -> Iterable[tuple[Cell, ...]]:
    """Yield the cells of each thing that falls due."""
    measures = due_items.measures_of(store)
    for item in found:
        yield (
            label_of("due_state", item["state"]),
            item["due_on"],
            item["days"],
            label_of("subject_type", item["subject_type"]),
            due_items.subject(item),
            due_items.what(item, measures),
            item["unit"],
            item["rule"],
            due_items.cited(item),
            due_items.wording(item),
        )
