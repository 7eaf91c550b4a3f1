"""The cookies of somebody who signed in: what they hold and prove; no requests, no screens.

The session's cookie proves who is there. The device's cookie proves nobody: it says which accounts
were signed in to from this browser, so that strangers' failures do not slow their holders.
"""

from __future__ import annotations

from secrets import token_urlsafe

from itsdangerous import BadSignature, URLSafeSerializer

from drillbook.accounts import accounts
from drillbook.accounts.permissions import Person
from drillbook.core import clock
from drillbook.db import current

COOKIE = "drillbook_session"
DEVICE_COOKIE = "drillbook_device"
# A browser that several people share: the accounts that were used last.
DEVICE_ACCOUNTS = 8

_secrets: dict[str, str] = {}


def _serializer(salt: str = "drillbook-session") -> URLSafeSerializer:
    store = current.current()
    place = str(store.path)
    if place not in _secrets:
        _secrets.clear()
        _secrets[place] = accounts.signing_secret(store)
    return URLSafeSerializer(_secrets[place], salt=salt)


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


def devices(cookie: str | None) -> dict[str, str]:
    """Return what a device's cookie holds, account id → device; empty when it is not ours."""
    try:
        held = _serializer("drillbook-device").loads(cookie or "")
    except BadSignature:
        return {}
    return {str(name): str(value) for name, value in held.items()} if type(held) is dict else {}


def with_device(cookie: str | None, account_id: str) -> str:
    """Return a device's cookie that has one more account, which was just signed in to."""
    held = devices(cookie)
    device = held.pop(account_id, "") or token_urlsafe(16)
    kept = dict(list(held.items())[1 - DEVICE_ACCOUNTS :])
    return str(_serializer("drillbook-device").dumps({**kept, account_id: device}))


def person_of_cookie(cookie: str | None, *, is_seen: bool = True) -> Person | None:
    """Return who holds the session a cookie names; ``is_seen`` counts it as a sign of life."""
    secret = opened(cookie)
    if secret is None:
        return None
    return accounts.person_of(current.current(), secret, at=clock.now(), is_seen=is_seen)
