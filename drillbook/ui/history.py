"""The audit trail in words: who did what to a record, when, and what the fields said before.

It only reads; the trail itself is written by the store, with each change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from drillbook import vocabulary
from drillbook.i18n import N_
from drillbook.i18n import gettext as _
from drillbook.store import Row, Store
from drillbook.ui import show
from drillbook.ui.nouns import Field, Names, Noun, tell

EVENTS_SHOWN = 100
VOIDING = Field("void_reason", N_("Reason"))


def changes(
    noun: Noun[Any], event: Mapping[Any, Any], names: Names
) -> Iterator[tuple[str, str, str]]:
    """Yield what an audit line changed: title, before in words, after in words."""
    if event["action"] not in ("update", "void", "restore"):
        return
    before, after = _as_told(noun, event["before_json"]), _as_told(noun, event["after_json"])
    for spec in (*noun.fields, VOIDING):
        if spec.name in after:
            told = tell(spec, before, names), tell(spec, after, names)
            if told[0] != told[1]:
                yield _(spec.title), *told


def _as_told(noun: Noun[Any], stored: str | None) -> Row:
    """Return the JSON of an audit line with lines under their field, not under their table."""
    fields = {table: name for name, (table, _type) in noun.register.lines.items()}
    held: Row = json.loads(stored or "{}")
    return {fields.get(name, name): value for name, value in held.items()}


def history_rows(store: Store, noun: Noun[Any], record_id: str) -> list[list[str]]:
    """Return a record's history, the latest first: when, who, what, field, before, after."""
    events = store.page(
        "audit_list",
        sort="happened_at",
        descending=True,
        size=EVENTS_SHOWN,
        subject_type=None,
        subject_id=record_id,
        action=None,
        search=None,
    ).rows.to_dict("records")
    names = Names(store)
    rows: list[list[str]] = []
    for event in events:
        head = [
            show.instant(event["happened_at"]),
            event["actor"],
            vocabulary.label("audit_action", event["action"]),
        ]
        for change in list(changes(noun, event, names)) or [("", "", "")]:
            rows.append([*head, *change])
            head = ["", "", ""]
    return rows


def show_history(store: Store, noun: Noun[Any], record_id: str) -> None:
    """Show a record's history, folded."""
    with st.expander(_("History"), key=f"{noun.table}_history"):
        headers = [_("When"), _("Who"), _("What"), _("Field"), _("Before"), _("After")]
        show.table(headers, history_rows(store, noun, record_id))
