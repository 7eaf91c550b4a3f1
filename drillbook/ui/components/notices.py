"""What just happened, said once: where the eyes are, and to those who listen.

The style sheet keeps a notice in sight however far the page is scrolled; the browser's script
(form_input.js) moves the cursor to it after a save, and to the first wrong field after a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.ui.components import formatting

FLASH = "records_flash"

Undo = tuple[Callable[..., None], tuple[Any, ...]]


def say(message: str, *, good: bool = True, undo: Undo | None = None, **parts: str) -> None:
    """Leave a message (an English msgid) for the next run; ``undo`` is offered beside it."""
    st.session_state[FLASH] = (message, parts, good, undo)


def show() -> None:
    """Show the message left by the last action, once."""
    held = st.session_state.pop(FLASH, None)
    if held is None:
        return
    message, parts, good, undo = held
    text = _(message).format(**{name: formatting.plain(part) for name, part in parts.items()})
    with st.container(horizontal=True, vertical_alignment="center", key="notice"):
        (st.success if good else st.error)(text)
        if undo:
            click, given = undo
            st.button(_("Undo"), key="records_undo", on_click=click, args=given)
