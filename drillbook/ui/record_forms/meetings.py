"""Meetings 会议 and decisions 议定事项 on the screen: recorded together, followed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.engine import Row
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.records import meetings
from drillbook.records.mechanisms import Mechanism
from drillbook.records.meetings import Decision, Meeting
from drillbook.records.record_type import Stored
from drillbook.ui.components import (
    current_user,
    form_drafts,
    formatting,
    forms,
    list_view,
    navigation,
    record_page,
)
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Action, Field, Names, RecordView
from drillbook.ui.record_forms import common

SHOWN = 100
MARKED = "decision_marked"

MEETING_FIELDS = (
    Field("title", N_("Topic")),
    Field("held_on", N_("Held on"), "date"),
    common.PLACE,
    Field("mechanism_id", N_("Mechanism"), "record"),
    Field("agenda", N_("Agenda")),
    Field("note", N_("Note"), is_minor=True),
)
DECISION_FIELDS = (
    Field("text", N_("What was decided")),
    Field("owner_unit_id", N_("Owner"), "record"),
    Field("due_on", N_("Due by"), "date"),
    Field("done_on", N_("Settled on"), "date"),
    Field("note", N_("Note"), is_minor=True),
    Field("meeting_id", N_("Meeting"), "record"),
)


# --- the forms ----------------------------------------------------------------------------------


def draw_meeting(form: Form, store: Store, meeting: Meeting | None) -> Meeting:
    """Show the fields of a meeting; return what they say."""
    first = st.columns([5, 2, 3])
    with first[0]:
        title = form.text("title", _("Topic"), required=True)
    with first[1]:
        held_on = form.day("held_on", _("Held on"), required=True)
    with first[2]:
        place = form.text("place", _("Place"))
    agenda = form.text("agenda", _("Agenda"), long=True)
    note = form.text("note", _("Note"))
    return Meeting(
        mechanism_id=meeting.mechanism_id if meeting else list_view.query_param("id") or "",
        title=title,
        held_on=held_on,  # type: ignore[arg-type]
        agenda=agenda,
        place=place,
        note=note,
    )


def draw_decision(form: Form, store: Store, decision: Decision | None) -> Decision:
    """Show the form of one decision; return what it says."""
    meeting_id = decision.meeting_id if decision else list_view.query_param(MEETING.parameter) or ""
    kept = decision or Decision(meeting_id, "", position=meetings.next_position(store, meeting_id))
    with form.section(_("The decision")):
        text = form.text("text", _("What was decided"), long=True, required=True)
        cells = st.columns([3, 2, 2])
        with cells[0]:
            owner_unit_id = form.unit("owner_unit_id", _("Owner"), common.unit_options())
        with cells[1]:
            due_on = form.day("due_on", _("Due by"))
        with cells[2]:
            done_on = form.day("done_on", _("Settled on"))
        note = form.text("note", _("Note"))
    return replace(
        kept, text=text, owner_unit_id=owner_unit_id, due_on=due_on, done_on=done_on, note=note
    )


def _decision_row(row: Form, is_first: bool) -> Decision:
    text = row.text("text", _("What was decided"), labelled=is_first)
    cells = st.columns([3, 2], vertical_alignment="bottom")
    with cells[0]:
        owner_unit_id = row.unit("owner_unit_id", _("Owner"), common.unit_options())
    with cells[1]:
        due_on = row.day("due_on", _("Due by"))
    return Decision("", text, owner_unit_id, due_on)


def _mark_done(form: Form, store: Store, decision: Decision) -> Decision:
    if form.held("done_on") is None:
        form.set("done_on", clock.today())
    cells = st.columns([1, 3])
    with cells[0]:
        done_on = form.day("done_on", _("Settled on"), required=True)
    with cells[1]:
        note = form.text("note", _("Note"))
    return replace(decision, done_on=done_on, note=note)


def _reopen(form: Form, store: Store, decision: Decision) -> Decision:
    return replace(decision, done_on=None, note=form.text("note", _("Note")))


def _day_needed(decision: Decision) -> Problems:
    return {} if decision.done_on else {"done_on": _("Please fill this in.")}


MEETING: RecordView[Meeting] = RecordView(
    record_type=meetings.MEETINGS,
    url_path="mechanisms",
    title=N_("Meeting"),
    new_title=N_("New meeting"),
    name=lambda meeting: meeting.title,
    fields=MEETING_FIELDS,
    draw=draw_meeting,
    parameter="meeting",
)
DECISION: RecordView[Decision] = RecordView(
    record_type=meetings.DECISIONS,
    url_path="mechanisms",
    title=N_("Decision"),
    new_title=N_("New decision"),
    name=lambda decision: decision.text,
    fields=DECISION_FIELDS,
    draw=draw_decision,
    actions=(
        Action(
            "done",
            N_("Mark as done"),
            _mark_done,
            lambda decision: decision.done_on is None,
            problems=_day_needed,
        ),
        Action(
            "reopen", N_("Not done after all"), _reopen, lambda decision: bool(decision.done_on)
        ),
    ),
    parameter="decision",
)


# --- a meeting with its decisions, in one form --------------------------------------------------


def show_new(store: Store) -> None:
    """Show the form of a new meeting with what it decided; saved in one go."""
    current_user.person().require(WRITES["meeting"])
    mechanism_id = list_view.query_param("id") or ""
    form = Form(f"meeting:new:{mechanism_id}", Meeting(mechanism_id, "", clock.today()))
    st.title(_(MEETING.new_title), anchor=False)
    st.caption(formatting.plain(Names(store).of(mechanism_id)))
    form_drafts.begin(form)
    with form.section(_("Meeting")):
        meeting = draw_meeting(form, store, None)
    with form.section(_("What was decided")):
        rows = form.rows(
            "decisions",
            _decision_row,
            add_label=_("Add a decision"),
            start_with=1,
            boxed=True,
        )
    form_drafts.remember(form)
    decisions = [row for row in rows if row.text.strip() or row.owner_unit_id or row.due_on]
    with st.container(horizontal=True, gap="small"):
        form.token()
        saving = forms.save_button(_("Save"), f"{form.key}#save")
        st.button(_("Cancel"), key=f"{form.key}#cancel", on_click=_leave, args=(form,))
    if saving:
        _save(store, form, meeting, decisions)
    if form.held("#refused"):
        _show_problems(store, form, meeting, decisions)


def _leave(form: Form) -> None:
    form.discard()
    list_view.ask(meeting=None)


def _save(store: Store, form: Form, meeting: Meeting, decisions: Sequence[Decision]) -> None:
    today = clock.today()
    try:
        if problems := meetings.problems(meeting, decisions, today):
            raise ValidationError(problems)
        actor = current_user.actor(WRITES["meeting"])
        write = partial(meetings.add, store, meeting, decisions, actor=actor, today=today)
        meeting_id = once(store, form.token(), write)
    except ValidationError as error:
        form.set("#refused", error.problems)
        return
    except DrillbookError as error:
        st.error(formatting.plain(error.message))
        return
    form.discard()
    record_page.say(N_("Saved: {name}"), name=meeting.title)
    list_view.ask(meeting=meeting_id)
    st.rerun()


def _show_problems(
    store: Store, form: Form, meeting: Meeting, decisions: Sequence[Decision]
) -> None:
    found = record_page.current_problems(store, MEETING, meeting, None) | meetings.problems(
        meeting, decisions, clock.today()
    )
    form.show_problems(found or form.held("#refused"))
    st.error(_("Not saved yet: please see to the fields marked in red."))


# --- meetings of a mechanism --------------------------------------------------------------------


def show_meetings(store: Store, stored: Stored[Mechanism]) -> None:
    """Show the meetings of a mechanism, the latest first, and the way to record one."""
    rows = store.query("mechanism_meetings", mechanism_id=stored.id, as_of=clock.today())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = _("Meetings ({count:,})").format(count=len(rows))
        st.subheader(title, anchor=False, width="content")
        if current_user.person().may_write("meeting") and not stored.is_void:
            st.button(
                _("New meeting"),
                key="meeting_new",
                on_click=list_view.ask,
                kwargs={"meeting": record_page.NEW},
            )
    if not rows:
        st.caption(_("None."))
    for row in rows[:SHOWN]:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _link(stored.id, row)
            told = _("{done} of {count} decisions done").format(
                done=row["decisions_done"], count=row["decisions"]
            )
            place = formatting.plain(current_user.seen(row["place"]))
            st.caption("　".join(filter(None, [place, told])), width="content")
    if len(rows) > SHOWN:
        st.caption(_("Only the first {count} are shown.").format(count=SHOWN))


def _link(mechanism_id: str, row: Row) -> None:
    label = f"{formatting.day(row['held_on'])}　{formatting.plain(current_user.seen(row['title']))}"
    navigation.link("mechanisms", label, {"id": mechanism_id, "meeting": row["id"]})


def show_meeting_sections(store: Store, stored: Stored[Meeting]) -> None:
    """Show what a meeting decided, and the way to add to it."""
    rows = decision_rows(store, meeting_id=stored.id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = _("Decisions ({count:,})").format(count=len(rows))
        st.subheader(title, anchor=False, width="content")
        if current_user.person().may_write("decision") and not stored.is_void:
            st.button(
                _("New decision"),
                key="decision_new",
                on_click=list_view.ask,
                kwargs={"decision": record_page.NEW},
            )
    show_decisions(rows)
    common.show_link("mechanisms", stored.value.mechanism_id, _("Mechanism"), store)


def show_decision_sections(store: Store, stored: Stored[Decision]) -> None:
    """Show the way back to the meeting, and to the unit that owns the decision."""
    meeting_id = stored.value.meeting_id
    label = _("Meeting") + ": " + formatting.plain(Names(store).of(meeting_id))
    navigation.link("mechanisms", label, {"meeting": meeting_id})
    common.show_link("units", stored.value.owner_unit_id, _("Owner"), store)


# --- decisions ----------------------------------------------------------------------------------


def decision_rows(
    store: Store,
    *,
    meeting_id: str | None = None,
    mechanism_id: str | None = None,
    only_open: bool = False,
) -> list[Row]:
    """Return decisions as they stand today, what is due first at the head."""
    return store.query(
        "meeting_decisions",
        as_of=clock.today(),
        meeting_id=meeting_id,
        mechanism_id=mechanism_id,
        only_open=only_open,
    )


def show_decisions(rows: Sequence[Row], *, with_meeting: bool = False) -> None:
    """Show decisions with owner, due date and state, each with the button that marks it done."""
    _show_marked()
    if not rows:
        st.caption(_("None."))
    may_mark = current_user.person().may_write("decision")
    for row in rows[:SHOWN]:
        with st.container(
            horizontal=True, gap="small", vertical_alignment="center", key=f"decision_{row['id']}"
        ):
            text = formatting.plain(current_user.seen(row["text"]))
            navigation.link("mechanisms", text, {"decision": row["id"]})
            st.caption(_told(row, with_meeting), width="content")
            if may_mark:
                _mark_button(row)
    if len(rows) > SHOWN:
        st.caption(_("Only the first {count} are shown.").format(count=SHOWN))


def _told(row: Row, with_meeting: bool) -> str:
    parts = [formatting.plain(row["owner_unit"])]
    if row["done_on"]:
        parts.append(_("✓ done on {day}").format(day=formatting.day(row["done_on"])))
    elif row["due_on"]:
        parts.append(_("due by {day}").format(day=formatting.day(row["due_on"])))
        if row["state"] == "late":
            parts.append(_("⚠ {days} days late").format(days=-row["days"]))
        elif row["state"] == "due_soon":
            parts.append(_("in {days} days").format(days=row["days"]))
    if with_meeting:
        parts.append(formatting.plain(current_user.seen(row["meeting"])))
    return "　".join(filter(None, parts))


def _mark_button(row: Row) -> None:
    done = row["done_on"]
    st.button(
        _("Not done after all") if done else _("Done today"),
        key=f"decision_{'reopen' if done else 'done'}_{row['id']}",
        type="tertiary",
        on_click=mark,
        args=(row["id"], None if done else clock.today()),
    )


def mark(decision_id: str, done_on: date | None) -> None:
    """Mark a decision as done, or as open again (a callback); leave a message with its undo."""
    try:
        before = meetings.mark(
            current(),
            decision_id,
            done_on,
            actor=current_user.actor(WRITES["decision"]),
            today=clock.today(),
        )
    except ValidationError as error:
        record_page.say("{reason}", good=False, reason=" ".join(error.problems.values()))
    except DrillbookError as error:
        record_page.say("{reason}", good=False, reason=error.message)
    else:
        st.session_state[MARKED] = (decision_id, before.text, before.done_on, done_on)


def _show_marked() -> None:
    held = st.session_state.pop(MARKED, None)
    if held is None:
        return
    decision_id, text, before, now = held
    sentence = _("Marked as done: {name}") if now else _("Open again: {name}")
    with st.container(horizontal=True, vertical_alignment="center", key="decision_marked"):
        st.success(sentence.format(name=formatting.plain(text)))
        st.button(_("Undo"), key="decision_undo", on_click=mark, args=(decision_id, before))
