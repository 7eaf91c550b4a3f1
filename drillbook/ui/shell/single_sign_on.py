"""Single sign-on: an identity provider vouches for a person through Streamlit's ``st.login``.

Switched on by ``.streamlit/secrets.toml``: ``[auth]`` as Streamlit describes it, and
``[single_sign_on]`` with the claim that tells the role. A claim without a role lets nobody in.

Streamlit keeps what the provider said in a cookie for 30 days. That alone opens nothing here: what
was said opens one session, within minutes, and the session ends within the hour, so that whom the
provider has barred is out.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import HTTPConnection

from drillbook.accounts.permissions import ACCOUNT_ROLES, Role

SECTION = "single_sign_on"
ASKED = "single-sign-on"
STREAMLIT_COOKIE = "_streamlit_user"
ANYBODY = "*"
# The provider's clock may go wrong by as much; later than that, one goes to the provider again.
FRESH_FOR = timedelta(minutes=5)
SESSION_LASTS = timedelta(hours=1)

_used: dict[str, datetime] = {}
_used_lock = threading.Lock()


def secrets() -> Mapping[str, Any]:
    """Return the configured secrets; empty where there is no file."""
    from streamlit.runtime.secrets import secrets_singleton

    if not secrets_singleton.load_if_toml_exists():
        return {}
    return secrets_singleton.to_dict()


def settings() -> Mapping[str, Any]:
    """Return the office's own section: ``claim``, ``name_claim``, ``label`` and ``roles``."""
    found = secrets()
    section = found.get(SECTION)
    return section if found.get("auth") and isinstance(section, Mapping) else {}


def is_on() -> bool:
    """Say whether the office has switched single sign-on on."""
    return bool(settings())


def label() -> str:
    """Return what the office calls its identity provider, or nothing."""
    return str(settings().get("label", ""))


def may_pass(connection: HTTPConnection) -> bool:
    """Say whether the gate lets somebody on to the frame who comes back from the provider.

    He brings the cookie that the server has signed for him, and sees the frame's way in and no
    page: the frame has no person for him.
    """
    if not is_on() or connection.url.path not in ("/", "/_stcore/stream"):
        return False
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

    cookie = connection.cookies.get(STREAMLIT_COOKIE, "").encode("latin-1", "replace")
    return decode_signed_value(get_cookie_secret(), STREAMLIT_COOKIE, cookie) is not None


def provider_address() -> str:
    """Return the address of this server that leads on to the provider; it holds for minutes."""
    from streamlit.auth_util import encode_provider_token

    return f"/auth/login?provider={encode_provider_token('default')}"


def vouched_at(claims: Mapping[str, Any]) -> datetime | None:
    """Return when the provider said what it says (``iat``), UTC without a zone, or nothing."""
    try:
        return datetime.fromtimestamp(float(claims["iat"]), UTC).replace(tzinfo=None)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def take(claims: Mapping[str, Any], at: datetime) -> datetime | None:
    """Return when the provider vouched, the first time and within minutes of it; else nothing.

    What was taken is remembered in memory: after a restart it counts for minutes at most.
    """
    since = vouched_at(claims)
    if since is None or abs(at - since) > FRESH_FOR:
        return None
    key = json.dumps(claims, sort_keys=True, default=str)
    with _used_lock:
        for old in [one for one, then in _used.items() if abs(at - then) > FRESH_FOR]:
            del _used[old]
        if key in _used:
            return None
        _used[key] = since
    return since


def role_of(claims: Mapping[str, Any], configured: Mapping[str, Any]) -> Role | None:
    """Return the highest role whose values the claim holds, or nothing.

    ``configured["roles"]`` maps role → values of ``configured["claim"]`` (default ``groups``);
    the value ``*`` stands for anybody the provider vouches for.
    """
    held = claims.get(str(configured.get("claim", "groups")))
    values = {str(one) for one in held} if isinstance(held, list | tuple) else {str(held)}
    roles = configured.get("roles", {})
    for role in reversed(ACCOUNT_ROLES):
        wanted = roles.get(role, [])
        listed = {str(one) for one in (wanted if isinstance(wanted, list) else [wanted])}
        if ANYBODY in listed or (held is not None and listed & values):
            return role
    return None


def name_of(claims: Mapping[str, Any], configured: Mapping[str, Any]) -> str:
    """Return what the audit log shall call the person."""
    wanted = (str(configured.get("name_claim", "name")), "preferred_username", "email", "sub")
    return next((str(claims[name])[:100] for name in wanted if claims.get(name)), "")
