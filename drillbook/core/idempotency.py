"""Writes that happen once, however often they are asked for: a double click adds one record."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
REMEMBERED = 1000
_DONE: OrderedDict[str, Any] = OrderedDict()
_WRITING = threading.Lock()


def once(token: str, write: Callable[[], T]) -> T:
    """Return what ``write`` returned the first time it was asked for under this token.

    ``token`` is the mark of one filling of a form. A write that fails is not remembered.
    """
    with _WRITING:
        if token not in _DONE:
            _DONE[token] = write()
            while len(_DONE) > REMEMBERED:
                _DONE.popitem(last=False)
        done: T = _DONE[token]
    return done
