"""Drafts on the screen: what was typed comes back after a refresh, and says so.

The visitor's session holds a copy, so the register is written only when something changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from drillbook.accounts import form_drafts
from drillbook.accounts.form_drafts import Values
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.components import current_user, formatting

TOO_LARGE = "too large"


def begun(form: str) -> Values | None:
    """Return what the visitor typed into ``form`` so far, in this session or before it."""
    if _copy(form) not in st.session_state:
        draft = form_drafts.get(current.current(), current_user.owner(), form)
        st.session_state[_copy(form)] = draft.values if draft else None
        st.session_state[_written(form)] = form_drafts.encoded(draft.values) if draft else ""
        st.session_state[_restored(form)] = draft.updated_at if draft else None
    values: Values | None = st.session_state[_copy(form)]
    return values


def keep(form: str, values: Values, blank: Values) -> None:
    """Keep ``values`` for the visitor if they changed; a ``blank`` form needs no draft."""
    text = "" if values == blank else form_drafts.encoded(values)
    written = st.session_state.get(_written(form))
    st.session_state[_copy(form)] = values
    if text == written:
        return
    owner = current_user.owner()
    if text:
        kept = form_drafts.put(current.current(), owner, form, values)
    else:
        form_drafts.drop(current.current(), owner, form)
        kept = True
    st.session_state[_written(form)] = text if kept else TOO_LARGE


def start(form: str, values: Values | None = None) -> None:
    """Begin the form with ``values`` (or empty); what was typed before is forgotten."""
    if st.session_state.get(_written(form)):
        form_drafts.drop(current.current(), current_user.owner(), form)
    st.session_state[_copy(form)] = values
    st.session_state[_written(form)] = ""
    st.session_state[_restored(form)] = None


def show_notice(form: str, afresh: Callable[[], Any], lost: str = "") -> None:
    """Say that a draft was restored, and what of it is ``lost``; ``afresh`` empties the form."""
    if st.session_state.get(_written(form)) == TOO_LARGE:
        st.warning(_("This is too much text to be kept over a refresh. Save it before you leave."))
    at = st.session_state.get(_restored(form))
    if at is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"draft_{form}"):
        sentence = _("What you typed on {time} is back; it is not saved yet.")
        st.info(f"{sentence.format(time=formatting.instant(at))} {lost}".strip())
        st.button(_("Start afresh"), key=f"draft_{form}_afresh", on_click=afresh)


def _copy(form: str) -> str:
    return f"draft#{form}"


def _written(form: str) -> str:
    return f"draft#{form}#written"


def _restored(form: str) -> str:
    return f"draft#{form}#restored"
