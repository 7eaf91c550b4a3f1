"""Writes that happen once, however often they are asked for: a double click adds one record.

What was written under a token stands in the register, in the transaction of the write itself; so a
form sent again after a kill, by an impatient user or by a browser, is answered and not repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from drillbook.db.store import Store

T = TypeVar("T")


def once(
    store: Store, token: str, write: Callable[[], T], again: Callable[[Any], T] | None = None
) -> T:
    """Return what ``write`` returned the first time it was asked for under this token.

    ``token`` is the mark of one filling of a form. ``write`` makes one transaction and leaves in
    its ``answer`` what a second asking is told; ``again`` makes the result of it (else it is the
    result). A write that fails is not remembered.
    """
    with store.writers_paused():
        done = store.one("form_submission", token=token)
        if done is None:
            with store.submitting(token):
                return write()
    answer = json.loads(done["answer_json"])
    result: T = again(answer) if again else answer
    return result
