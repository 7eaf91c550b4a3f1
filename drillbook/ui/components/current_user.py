"""Who sits at this browser: the person the session proves, the language, an anonymous mark.

The mark tells browsers apart and keeps their language before anybody signed in; it proves nothing.
Who is there is asked of the register each time: a session may have ended since the page was drawn.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from drillbook.accounts import permissions, preferences
from drillbook.accounts.permissions import AccessError, Permission, Person
from drillbook.core import privacy
from drillbook.core.i18n import DEFAULT, LANGUAGES, Language, language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.audit_chain import Actor
from drillbook.ui.components import session_cookie

COOKIE = "drillbook_visitor"
# Chosen before somebody signed in: nothing is written for strangers.
LANGUAGE_COOKIE = "drillbook_language"
LANGUAGE_PARAMETER = "lang"
LANGUAGE = "visitor_language"
HTML_LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
# A language is named in itself: who needs the switch cannot read the other one.
SWITCHES: dict[Language, tuple[Language, str]] = {"zh": ("en", "English"), "en": ("zh", "中文")}
SESSIONS_REMEMBERED = 10_000
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Proof:
    """What a browser shows of its session: the cookie, and the address it comes from."""

    cookie: str | None
    address: str


_known: ContextVar[Person | None] = ContextVar("known", default=None)
_shown: ContextVar[Proof | None] = ContextVar("shown", default=None)
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
    chosen = preferences.get(current.current(), mark, LANGUAGE) if mark else None
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
    preferences.put(current.current(), visitor_id(), LANGUAGE, language)
    st.session_state[LANGUAGE] = language
    st.query_params.pop(LANGUAGE_PARAMETER, None)
    _remember(language)


def holder() -> Person | None:
    """Return who is signed in at this moment, or nothing."""
    proof = _shown.get() or _proof_of_run()
    person = session_cookie.person_of_cookie(proof.cookie)
    if person is None:
        return None
    # Where this request comes from, which may be another place than where the session began.
    return replace(person, address=proof.address)


def _proof_of_run() -> Proof:
    return Proof(st.context.cookies.get(session_cookie.COOKIE), st.context.ip_address or "")


def deferred(permission: Permission, work: Callable[P, T]) -> Callable[P, T]:
    """Return ``work`` as something that runs later and elsewhere: a download's file, a job.

    When it runs, whoever this page was shown to must still be signed in and still have
    ``permission``, else AccessError; what ``work`` asks of this module is answered as of then, and
    it speaks the page's language.
    """
    proof, spoken = _proof_of_run(), language()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        tokens = _shown.set(proof), _known.set(None)
        try:
            with use_language(spoken):
                _proven().require(permission)
                return work(*args, **kwargs)
        finally:
            _shown.reset(tokens[0])
            _known.reset(tokens[1])

    return run


@contextmanager
def known(person: Person) -> Iterator[None]:
    """Show everything inside the block to ``person``, without asking the register each time."""
    token = _known.set(person)
    try:
        yield
    finally:
        _known.reset(token)


def person() -> Person:
    """Return to whom this run shows the page; AccessError when nobody is signed in any more."""
    return _known.get() or _proven()


def _proven() -> Person:
    found = holder()
    if found is None:
        raise AccessError(
            _("You are no longer signed in, so nothing was saved. Sign in again in another tab.")
        )
    return found


def actor(permission: Permission) -> Actor:
    """Return who the audit log shall name, if the role includes ``permission``.

    Every write asks here first: before its transaction, never inside; and it asks the register
    itself, for the page may have been drawn long ago. Raises AccessError.
    """
    found = _proven()
    found.require(permission)
    return found.actor()


def may(permission: Permission) -> bool:
    """Say whether whoever is there may do what takes ``permission``."""
    return permissions.may(_known.get() or holder(), permission)


def owner() -> str:
    """Return to whom half-typed forms belong: the account, or the browser in sample mode."""
    found = _known.get() or holder()
    return found.account_id if found and found.account_id else visitor_id()


def seen(text: str, name: str = "text") -> str:
    """Return a field's text as the visitor may read it: without personal data, unless he may."""
    return text if may("contacts") else privacy.masked(name, text)


def seen_all(names: Mapping[str, str]) -> dict[str, str]:
    """Return code → name with every name as the visitor may read it."""
    if may("contacts"):
        return dict(names)
    return {code: privacy.without_telephones(name) for code, name in names.items()}
