"""The audit trail in words: who did what to a record, when, and what the fields said before.

It also offers the way back to an earlier state. The trail itself is written by the store, with
each change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import streamlit as st

from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import history
from drillbook.records.record_type import Stored
from drillbook.ui.components import current_user, formatting
from drillbook.ui.components.record_view import Field, Names, RecordView, differences, tell

EVENTS_SHOWN = 100
STATES_OFFERED = 20
VOIDING = Field("void_reason", N_("Reason"))
PUTTING_BACK = "history_putting_back"
REFUSED = "history_refused"
# What a line of these leaves behind is a state of the record that one may want back.
STATES = ("insert", "update", "import", "put_back")
PutBack = Callable[[RecordView[Any], Stored[Any], str], None]
"""``records.put_back``: saves the state after a line of the trail, or raises DrillbookError."""


def changes(
    view: RecordView[Any], event: Mapping[Any, Any], names: Names, *, of_new: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Yield what an audit line changed: title, before in words, after in words.

    A line that tells of a new record says nothing unless ``of_new``.
    """
    before, after = (
        of_fields(view, event["before_json"]),
        of_fields(view, event["after_json"]),
    )
    if not (before or of_new or event["action"] == "redact"):
        return
    yield from told_fields((*view.fields, VOIDING), before, after, names)


def told_fields(
    fields: Iterable[Field], before: Row, after: Row, names: Names
) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that differ: title, before in words, after in words."""
    for spec in fields:
        if spec.name in after or spec.name in before:
            told = tuple(
                tell(spec, side, names) if spec.name in side else formatting.EMPTY
                for side in (before, after)
            )
            if told[0] != told[1]:
                yield _(spec.title), told[0], told[1]


def said(stored: str | None) -> Row:
    """Return the JSON of one side of an audit line."""
    held: Row = json.loads(stored or "{}")
    return held


def of_fields(view: RecordView[Any], stored: str | None) -> Row:
    """Return one side of an audit line with lines under their field, not under their table."""
    fields = {table: name for name, (table, _type) in view.record_type.lines.items()}
    return {fields.get(name, name): value for name, value in said(stored).items()}


def history_rows(events: list[Row], view: RecordView[Any], names: Names) -> list[list[str]]:
    """Return a record's history, the latest first: when, who, what, field, before, after."""
    rows: list[list[str]] = []
    for event in events[:EVENTS_SHOWN]:
        head = [
            formatting.instant(event["happened_at"]),
            event["actor"],
            vocabulary.label("audit_action", event["action"]),
        ]
        for change in list(changes(view, event, names)) or [("", "", "")]:
            rows.append([*head, *change])
            head = ["", "", ""]
    return rows


def show_history(store: Store, view: RecordView[Any], stored: Stored[Any], put: PutBack) -> None:
    """Show a record's history, folded, with the way back to its earlier states."""
    events = store.query("record_history", subject_type=view.table, subject_id=stored.id)
    events.reverse()
    with st.expander(_("History"), key=f"{view.table}_history"):
        headers = [_("When"), _("Who"), _("What"), _("Field"), _("Before"), _("After")]
        formatting.table(headers, history_rows(events, view, Names(store)))
        if not stored.is_void and current_user.person().may_write(view.table):
            _offer_states(view, events)
    if st.session_state.get(PUTTING_BACK):
        _preview(store, view, stored, events, put)


# --- putting back -------------------------------------------------------------------------------


def _offer_states(view: RecordView[Any], events: list[Row]) -> None:
    """Show a button for each earlier state; the latest one is what the record says now."""
    states = [event for event in events if event["action"] in STATES][1:]
    if not states:
        return
    st.caption(_("Put the record back to how it stood:"))
    with st.container(horizontal=True, gap="xsmall"):
        for event in states[:STATES_OFFERED]:
            st.button(
                f"{formatting.instant(event['happened_at'])} · {formatting.plain(event['actor'])}",
                key=f"{view.table}_put_back_{event['id']}",
                type="tertiary",
                on_click=_ask,
                args=(event["id"],),
            )
    if len(states) > STATES_OFFERED:
        st.caption(_("Only the latest {number} states are offered.").format(number=STATES_OFFERED))


def _ask(event_id: str | None) -> None:
    st.session_state[PUTTING_BACK] = event_id
    st.session_state.pop(REFUSED, None)


def _preview(
    store: Store, view: RecordView[Any], stored: Stored[Any], events: list[Row], put: PutBack
) -> None:
    event_id = st.session_state[PUTTING_BACK]
    if event_id not in {event["id"] for event in events}:
        _ask(None)
        return

    @st.dialog(_("Put back to an earlier state"), on_dismiss=lambda: _ask(None), width="large")
    def dialog() -> None:
        if st.session_state.get(PUTTING_BACK) != event_id:
            st.rerun()
        _show_differences(store, view, stored, event_id)
        for sentence in st.session_state.pop(REFUSED, []):
            st.error(formatting.plain(sentence))
        st.button(
            _("Put back"),
            key=f"{view.table}_put_back_now",
            type="primary",
            on_click=_put_back,
            args=(view, stored, event_id, put),
        )

    dialog()


def _show_differences(
    store: Store, view: RecordView[Any], stored: Stored[Any], event_id: str
) -> None:
    try:
        earlier = history.state_at(store, view.table, stored.id, event_id)
    except DrillbookError as error:
        st.error(formatting.plain(error.message))
        return
    lines = differences(view, stored.value, earlier, Names(store))
    formatting.table([_("Field"), _("Now"), _("Then")], lines)
    if not lines:
        st.caption(_("Both versions say the same."))
    st.caption(_("This is recorded as a new change; it can be put back in the same way."))


def _put_back(view: RecordView[Any], stored: Stored[Any], event_id: str, put: PutBack) -> None:
    try:
        put(view, stored, event_id)
    except ValidationError as error:
        titles = {spec.name: _(spec.title) for spec in view.fields}
        st.session_state[REFUSED] = [
            _("{field}: {reason}").format(field=titles.get(name, name), reason=reason)
            for name, reason in error.problems.items()
        ]
        return
    except DrillbookError as error:
        st.session_state[REFUSED] = [error.message]
        return
    _ask(None)
