"""Half-typed forms, kept on the server until they are saved or dropped.

A draft is not a record: no audit line, no validation, nothing but what somebody typed. Files
cannot be kept in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from drillbook.core import json_codec
from drillbook.core.clock import now
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store

Values = dict[str, Any]
"""Field → text, number, yes/no, date, time, nothing, or lists and dictionaries of them."""

LARGEST = 2_000_000
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Draft:
    """What one visitor typed into one form, and when (naive UTC)."""

    values: Values
    updated_at: datetime


def encoded(values: Values) -> str:
    """Return the values as JSON; dates and times stay what they are."""
    return json_codec.encoded(values)


def decoded(text: str) -> Values:
    """Return the values of a draft written by ``encoded``."""
    values: Values = json_codec.decoded(text)
    return values


def get(store: Store, owner: str, form: str) -> Draft | None:
    """Return what ``owner`` left in ``form``, or nothing."""
    row = store.one("draft", owner=owner, form=form)
    return Draft(decoded(row["values_json"]), row["updated_at"]) if row else None


def put(store: Store, owner: str, form: str, values: Values) -> bool:
    """Keep what was typed; False when it is too much to be kept (2 million characters)."""
    text, at = encoded(values), now()
    if len(text) > LARGEST:
        return False
    with store.write(Actor(owner), "draft", is_record=False) as tx:
        tx.run("delete_past_drafts", before=at - KEPT_FOR)
        tx.run("keep_draft", owner=owner, form=form, values_json=text, updated_at=at)
    return True


def drop(store: Store, owner: str, form: str) -> None:
    """Forget what was typed."""
    with store.write(Actor(owner), "draft", is_record=False) as tx:
        tx.run("delete_draft", owner=owner, form=form)
