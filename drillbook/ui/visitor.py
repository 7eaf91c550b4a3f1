"""Who sits at this browser: an anonymous mark, the language and the name for the audit log.

There is no sign-in here: the mark tells browsers apart, it proves nothing about the person.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from drillbook import preferences, store
from drillbook.i18n import DEFAULT, LANGUAGES, Language, use_language
from drillbook.i18n import gettext as _

COOKIE = "drillbook_visitor"
LANGUAGE_PARAMETER = "lang"
LANGUAGE = "visitor_language"
OPERATOR_NAME = "visitor_name"
NAME_LENGTH = 40
HTML_LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
SESSIONS_REMEMBERED = 10_000

_MARK = re.compile(r"[0-9a-f]{32}")
_languages: OrderedDict[str, Language] = OrderedDict()


def new_mark() -> str:
    """Return a fresh random mark for the visitor's cookie."""
    return uuid4().hex


def valid_mark(value: object) -> str | None:
    """Return a cookie's value if it is a mark of ours, else nothing."""
    return value if isinstance(value, str) and _MARK.fullmatch(value) else None


def visitor_id() -> str:
    """Return the mark of this run's browser; without a cookie, one that lasts for this tab."""
    mark = valid_mark(st.context.cookies.get(COOKIE))
    return mark or str(st.session_state.setdefault("visitor_without_cookie", new_mark()))


def preferred_language(mark: str | None) -> Language | None:
    """Return the language a visitor chose before, or nothing."""
    chosen = preferences.get(store.current(), mark, LANGUAGE) if mark else None
    return as_language(chosen)


def as_language(value: str | None) -> Language | None:
    """Return ``value`` if it is a language of the product, else nothing."""
    return next((code for code in LANGUAGES if code == value), None)


def settle_language() -> Language:
    """Find this run's language and keep it for the fragments and callbacks of the session.

    The address (``?lang=en``) wins in its own tab, then what the visitor chose, then Chinese.
    """
    asked = as_language(st.query_params.get(LANGUAGE_PARAMETER))
    chosen: Language = (
        asked
        or as_language(st.session_state.get(LANGUAGE))
        or preferred_language(visitor_id())
        or DEFAULT
    )
    st.session_state[LANGUAGE] = chosen
    _remember(chosen)
    return chosen


def _remember(language: Language) -> None:
    context = get_script_run_ctx()
    if context is None:
        return
    _languages[context.session_id] = language
    _languages.move_to_end(context.session_id)
    while len(_languages) > SESSIONS_REMEMBERED:
        _languages.popitem(last=False)


def session_language() -> Language | None:
    """Return the language of the session that is running here; nothing outside a session.

    Reads no session state: that is a point where Streamlit may abort the script, and messages are
    translated inside transactions too.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return _languages.get(context.session_id) if context else None


def switch_language(language: Language) -> None:
    """Speak ``language`` from now on, here and at the visitor's next visit (a callback)."""
    preferences.put(store.current(), visitor_id(), LANGUAGE, language)
    st.session_state[LANGUAGE] = language
    st.query_params.pop(LANGUAGE_PARAMETER, None)
    _remember(language)


def operator_name() -> str:
    """Return the name the visitor gave, or nothing."""
    if OPERATOR_NAME not in st.session_state:
        stored = preferences.get(store.current(), visitor_id(), OPERATOR_NAME)
        st.session_state[OPERATOR_NAME] = stored or ""
    return str(st.session_state[OPERATOR_NAME])


def set_operator_name(name: str) -> None:
    """Write ``name`` into the audit log from now on, here and at the visitor's next visit."""
    cleaned = " ".join(name.split())[:NAME_LENGTH]
    preferences.put(store.current(), visitor_id(), OPERATOR_NAME, cleaned)
    st.session_state[OPERATOR_NAME] = cleaned


def actor() -> str:
    """Return who the audit log shall name; call it before a transaction, never inside."""
    if name := operator_name():
        return name
    # A stored word: always the office's language, whatever this visitor reads.
    with use_language(DEFAULT):
        return _("Unsigned")
