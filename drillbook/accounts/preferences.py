"""What a visitor chose for himself: language, name. Not a record, so without audit lines."""

from __future__ import annotations

from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store


def get(store: Store, owner: str, name: str) -> str | None:
    """Return what ``owner`` chose, or nothing."""
    row = store.one("preference", owner=owner, name=name)
    return str(row["value"]) if row else None


def put(store: Store, owner: str, name: str, value: str) -> None:
    """Remember what ``owner`` chose."""
    with store.write(Actor(owner), "preference", is_record=False) as tx:
        tx.run("keep_preference", owner=owner, name=name, value=value)
