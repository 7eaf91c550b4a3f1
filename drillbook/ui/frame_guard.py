"""The guard at the head of every page: a page never runs outside the frame.

A page file started by itself would have no language, no visitor and no run slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from drillbook.i18n import gettext as _

_in_frame: ContextVar[bool] = ContextVar("in_frame", default=False)


@contextmanager
def framed() -> Iterator[None]:
    """Let pages run inside the block."""
    token = _in_frame.set(True)
    try:
        yield
    finally:
        _in_frame.reset(token)


def require_frame() -> None:
    """Stop a page that was not opened through the frame, and say so."""
    if _in_frame.get():
        return
    st.error(_("This page cannot be opened by itself. Open Drillbook at its address instead."))
    st.stop()
