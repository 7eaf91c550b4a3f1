"""The guard at the head of every page: a page runs in the frame only, and for whom it is meant.

A page file started by itself would have no language, no visitor and no run slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from drillbook.accounts import permissions
from drillbook.core.i18n import gettext as _
from drillbook.ui.components import current_user

_in_frame: ContextVar[str] = ContextVar("in_frame", default="")


@contextmanager
def framed(url_path: str) -> Iterator[None]:
    """Let the page with this address run inside the block."""
    token = _in_frame.set(url_path)
    try:
        yield
    finally:
        _in_frame.reset(token)


def require_frame() -> None:
    """Stop a page that was not opened through the frame, or by somebody it is not meant for."""
    url_path = _in_frame.get()
    if not url_path:
        st.error(_("This page cannot be opened by itself. Open Drillbook at its address instead."))
        st.stop()
    current_user.person().require(permissions.PAGES[url_path])
