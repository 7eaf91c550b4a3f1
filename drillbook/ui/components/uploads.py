"""Who may upload now: a page that shows an uploader says so, and for which right.

A client may send a file to any session at any time, without an uploader on its page; the route of
uploads asks here before it takes a byte.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from drillbook.accounts.permissions import Permission, Person
from drillbook.ui.components import current_user

TABS_REMEMBERED = 10_000


@dataclass
class Tab:
    """One open page: whose it is, and the uploaders on it, key → right they take."""

    owner: str
    page: str = ""
    uploaders: dict[str, Permission] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)


_tabs: OrderedDict[str, Tab] = OrderedDict()
_lock = threading.Lock()


def owner_of(person: Person) -> str:
    """Return whose uploads are counted together: an account's, or a session's without one."""
    return person.account_id or person.session_id


def _tab(session_id: str, owner: str) -> Tab:
    held = _tabs.get(session_id)
    if held is None or held.owner != owner:
        held = _tabs[session_id] = Tab(owner)
    _tabs.move_to_end(session_id)
    while len(_tabs) > TABS_REMEMBERED:
        _tabs.popitem(last=False)
    return held


@contextmanager
def noted(person: Person, page: str) -> Iterator[None]:
    """Run a whole page inside; uploaders that it did not draw again take nothing any more."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        yield
        return
    with _lock:
        tab = _tab(context.session_id, owner_of(person))
        tab.drawn.clear()
        if tab.page != page:
            tab.page, tab.uploaders = page, {}
    yield
    # Not after an exception: Streamlit aborts a run to begin the next one.
    with _lock:
        tab = _tab(context.session_id, owner_of(person))
        tab.uploaders = {key: tab.uploaders[key] for key in tab.uploaders if key in tab.drawn}


def file_uploader(permission: Permission, label: str, *, key: str, **options: Any) -> Any:
    """Show Streamlit's uploader, for which ``permission`` is asked at each upload."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        with _lock:
            tab = _tab(context.session_id, owner_of(current_user.person()))
            tab.uploaders[key] = permission
            tab.drawn.add(key)
    return st.file_uploader(label, key=key, **options)


def may_upload(session_id: str, person: Person) -> bool:
    """Say whether the page open in this tab is the person's and has an uploader for his role."""
    with _lock:
        tab = _tabs.get(session_id)
        if tab is None or tab.owner != owner_of(person):
            return False
        return any(person.may(permission) for permission in tab.uploaders.values())


def tabs_of(person: Person) -> list[str]:
    """Return the tabs of a person, by Streamlit's session id."""
    with _lock:
        return [name for name, tab in _tabs.items() if tab.owner == owner_of(person)]
