"""Drafts on the screen: what was typed comes back after a refresh, and says so.

The visitor's session holds a copy, so the register is written only when something changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from drillbook.accounts import form_drafts
from drillbook.accounts.form_drafts import Values
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.components import current_user, formatting

TOO_LARGE = "too large"
# Of the forms that keep their fields in the visitor's session (forms.Form).
KEPT, BLANK, RESTORED = "#kept", "#blank", "#restored"
UNKNOWN = "unknown"


class Form(Protocol):
    """What a form must be able to do to have a draft (forms.Form)."""

    key: str

    def typed(self) -> Values:
        """Return what every field holds."""
        ...

    def put_back(self, typed: Values) -> None:
        """Fill the fields with what ``typed`` returned."""
        ...

    def token(self) -> str:
        """Return the mark of this filling of the form."""
        ...

    def held(self, name: str, otherwise: object = None) -> Any:
        """Return what a field holds."""
        ...

    def set(self, name: str, value: object) -> None:
        """Put a value into a field."""
        ...

    def is_open(self) -> bool:
        """Say whether the visitor's session holds something of the form."""
        ...

    def discard(self) -> None:
        """Forget everything typed."""
        ...


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


# --- forms of fields ----------------------------------------------------------------------------


def resume(form: Form) -> int | None:
    """Put back what the visitor typed into ``form`` before this session.

    Returns the version of the record he had before him, or nothing when there is no draft.
    """
    draft = form_drafts.get(current.current(), current_user.owner(), form.key)
    if draft is None:
        return None
    form.put_back(draft.values["fields"])
    # Saved already when the answer was lost: sent again under its token it is not saved twice.
    form.set("#token", draft.values.get("token") or form.token())
    form.set(KEPT, form_drafts.encoded(draft.values))
    form.set(RESTORED, draft.updated_at)
    return int(draft.values["row_version"])


def begin(form: Form) -> None:
    """Put a draft back when the form is opened, and say so; call it before the fields."""
    if not form.is_open():
        resume(form)
    show_restored(form)


def show_restored(form: Form) -> None:
    """Say that what was typed before is back, and offer to begin afresh."""
    if form.held(KEPT) == TOO_LARGE:
        st.warning(_("This is too much text to be kept over a refresh. Save it before you leave."))
    at = form.held(RESTORED)
    if at is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        sentence = _("What you typed on {time} is back; it is not saved yet.")
        st.info(sentence.format(time=formatting.instant(at)))
        st.button(_("Start afresh"), key=f"{form.key}#afresh", on_click=form.discard)


def remember(form: Form, row_version: int = 0) -> None:
    """Keep what the form holds now, if it is not what it opened with; call it after the fields."""
    values: Values = {"row_version": row_version, "fields": form.typed(), "token": form.token()}
    text = form_drafts.encoded(values)
    if form.held(BLANK) is None:
        form.set(BLANK, text if form.held(RESTORED) is None else UNKNOWN)
    if text == form.held(KEPT) or (text == form.held(BLANK) and not form.held(KEPT)):
        return
    if text == form.held(BLANK):
        form_drafts.drop(current.current(), current_user.owner(), form.key)
        form.set(KEPT, "")
    else:
        is_kept = form_drafts.put(current.current(), current_user.owner(), form.key, values)
        form.set(KEPT, text if is_kept else TOO_LARGE)


def drop_of(form: Form) -> None:
    """Forget the draft of a form that was saved or given up."""
    if form.held(KEPT):
        form_drafts.drop(current.current(), current_user.owner(), form.key)


def _copy(form: str) -> str:
    return f"draft#{form}"


def _written(form: str) -> str:
    return f"draft#{form}#written"


def _restored(form: str) -> str:
    return f"draft#{form}#restored"
