"""Meetings 会议 of a mechanism, and the decisions 议定事项 they took: owner, due date, done.

A meeting and its decisions are recorded in one go; each decision is then followed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.records import unit_creation
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference


@dataclass(frozen=True)
class Meeting:
    """One meeting that was held; ``title`` is its topic."""

    mechanism_id: str
    title: str
    held_on: date
    agenda: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """One thing a meeting decided; open until ``done_on``."""

    meeting_id: str
    text: str
    owner_unit_id: str | None = None
    due_on: date | None = None
    done_on: date | None = None
    note: str = ""
    position: int = 0


def meeting_problems(meeting: Meeting, today: date) -> Problems:
    """Return what is wrong with a meeting, field → sentence."""
    found: Problems = {}
    validation.required(found, meeting, "title", "held_on")
    validation.lengths(found, meeting, long=("agenda", "note"))
    validation.dates(found, meeting, "held_on")
    validation.not_in_future(found, "held_on", meeting.held_on, today)
    return found


MEETINGS = RecordType(
    table="meeting",
    record=Meeting,
    problems=meeting_problems,
    label="title",
    references=(Reference("mechanism_id", "mechanism"),),
    with_files=("meeting",),
    absent=(
        Absent("form", "the meeting is added within its mechanism", "mechanism_id"),
        NOT_LOGGED,
        Absent("list", "shown on its mechanism's page"),
        Absent("import", "no workbook that offices keep holds it"),
        Absent("workbook, public register", "the year's tables speak of drills, teams and plans"),
    ),
)


def decision_problems(decision: Decision, today: date) -> Problems:
    """Return what is wrong with a decision, field → sentence."""
    found: Problems = {}
    validation.required(found, decision, "text")
    validation.lengths(found, decision, long=("text", "note"))
    validation.dates(found, decision, "due_on", "done_on")
    validation.not_in_future(found, "done_on", decision.done_on, today)
    return found


def decision_reference_problems(tx: Reader, decision: Decision, record_id: str | None) -> Problems:
    """Find days before the meeting was held."""
    found: Problems = {}
    meeting = tx.record("meeting", decision.meeting_id)
    held = tx.record("decision", record_id) if record_id else None
    for name in ("due_on", "done_on"):
        day = getattr(decision, name)
        # A meeting that was moved must not keep a decision from being marked as done.
        if held and held[name] == day:
            continue
        if meeting and day is not None and day < meeting["held_on"]:
            found[name] = _("This lies before the meeting of {day}.").format(
                day=meeting["held_on"].isoformat()
            )
    return found


DECISIONS = RecordType(
    table="decision",
    record=Decision,
    problems=decision_problems,
    reference_problems=decision_reference_problems,
    label="text",
    references=(Reference("meeting_id", "meeting"), Reference("owner_unit_id", "unit")),
    with_files=("decision",),
    absent=(
        Absent("form", "the decision is added at its meeting's end", "meeting_id position"),
        Absent("record, history", "says only where it stands among the others", "position"),
        NOT_LOGGED,
        Absent("list", "shown on its meeting's page and among what is due"),
        Absent("import", "no workbook that offices keep holds it"),
        Absent("workbook, public register", "the year's tables speak of drills, teams and plans"),
    ),
)


def add(
    store: Store,
    meeting: Meeting,
    decisions: Sequence[Decision] = (),
    *,
    actor: Actor,
    today: date,
) -> str:
    """Record a meeting with its decisions in one transaction; return the meeting's id.

    The decisions' ``meeting_id`` need not be set. Units named for the first time are made.
    Raises ValidationError; a decision's first problem stands under ``decisions``.
    """
    with store.write(actor) as tx:
        tx.answer = meeting_id = unit_creation.save_in(tx, MEETINGS, meeting, today=today)
        for position, decision in enumerate(decisions):
            belonging = replace(decision, meeting_id=meeting_id, position=position)
            try:
                unit_creation.save_in(tx, DECISIONS, belonging, today=today)
            except ValidationError as error:
                raise ValidationError({"decisions": next(iter(error.problems.values()))}) from error
    return meeting_id


def problems(meeting: Meeting, decisions: Sequence[Decision], today: date) -> Problems:
    """Return what is wrong with a meeting and its decisions before they are saved."""
    found = meeting_problems(meeting, today)
    for decision in decisions:
        inner = decision_problems(decision, today)
        validation.not_after(
            inner,
            replace(decision, done_on=meeting.held_on),
            "done_on",
            "due_on",
            _("A decision cannot be due before its meeting."),
        )
        if inner:
            found.setdefault("decisions", next(iter(inner.values())))
    return found


def mark(
    store: Store, decision_id: str, done_on: date | None, *, actor: Actor, today: date
) -> Decision:
    """Mark a decision as done on a day, or as open again without one; return what it was before.

    Raises ValidationError for a day that cannot be, DrillbookError when the decision is gone.
    """
    with store.write(actor) as tx:
        stored = DECISIONS.load_in(tx, decision_id)
        if stored is None or stored.is_void:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        DECISIONS.save_in(
            tx,
            replace(stored.value, done_on=done_on),
            today=today,
            record_id=decision_id,
            row_version=stored.row_version,
        )
        return stored.value


def next_position(store: Store, meeting_id: str) -> int:
    """Return the place of a further decision of a meeting."""
    row = store.one("decision_next_position", meeting_id=meeting_id)
    return int(row["position"]) if row else 0
