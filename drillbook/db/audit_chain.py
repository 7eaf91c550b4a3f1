"""Who acts, and the chain that makes a change of the audit trail visible.

It hashes and compares; it writes nothing. The store adds the lines, each in its transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

FIRST_HASH = ""
CHAINED = (
    *("position", "id", "happened_at", "actor", "account_id", "source", "address"),
    *("action", "subject_type", "subject_id", "subject_label", "content_hash"),
)
"""The columns of an audit line that its hash covers, in order."""


class Actor(str):
    """Who acts, by the name the trail shows; knows the account and the address it acts from."""

    account_id: str
    address: str

    def __new__(cls, name: str, account_id: str = "", address: str = "") -> Actor:
        """Make an actor; ``address`` is where the request came from, empty for this computer."""
        actor = super().__new__(cls, name)
        actor.account_id, actor.address = account_id, address
        return actor


PROGRAM = Actor("drillbook")
"""Who the trail names where nobody asked: at the start, and for what time limits take out."""


def content_hash(before_json: str | None, after_json: str | None) -> str:
    """Return the hash of what a line says of the record, before and after."""
    return _hash([before_json, after_json])


def chain_hash(previous: str, event: Mapping[str, Any]) -> str:
    """Return the hash of one audit line that follows the line with the hash ``previous``."""
    return _hash([previous, *(str(event[column]) for column in CHAINED)])


def _hash(parts: list[str | None]) -> str:
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
