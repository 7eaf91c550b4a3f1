"""The session's cookie: what it holds, and whom it proves; it knows no requests and no screens."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from drillbook.accounts import accounts
from drillbook.accounts.permissions import Person
from drillbook.core import clock
from drillbook.db import current

COOKIE = "drillbook_session"

_serializers: dict[str, URLSafeSerializer] = {}


def _serializer() -> URLSafeSerializer:
    store = current.current()
    place = str(store.path)
    if place not in _serializers:
        _serializers.clear()
        secret = accounts.signing_secret(store)
        _serializers[place] = URLSafeSerializer(secret, salt="drillbook-session")
    return _serializers[place]


def sealed(secret: str) -> str:
    """Return a session's secret as the cookie holds it: signed."""
    return str(_serializer().dumps(secret))


def opened(cookie: str | None) -> str | None:
    """Return the session's secret from a cookie, or nothing when the signature is not ours."""
    if not cookie:
        return None
    try:
        secret = _serializer().loads(cookie)
    except BadSignature:
        return None
    return secret if isinstance(secret, str) else None


def person_of_cookie(cookie: str | None, *, is_seen: bool = True) -> Person | None:
    """Return who holds the session a cookie names; ``is_seen`` counts it as a sign of life."""
    secret = opened(cookie)
    if secret is None:
        return None
    return accounts.person_of(current.current(), secret, at=clock.now(), is_seen=is_seen)
