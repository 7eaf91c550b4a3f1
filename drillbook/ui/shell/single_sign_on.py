"""Single sign-on: an identity provider vouches for a person through Streamlit's ``st.login``.

Switched on by ``.streamlit/secrets.toml``: ``[auth]`` as Streamlit describes it, and
``[single_sign_on]`` with the claim that tells the role. A claim without a role lets nobody in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from drillbook.accounts.permissions import ACCOUNT_ROLES, Role

SECTION = "single_sign_on"
ASKED = "single-sign-on"
STREAMLIT_COOKIE = "_streamlit_user"
ANYBODY = "*"


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
    """Say whether the gate lets a stranger on to the frame, which alone can ask the provider.

    He sees the frame's way in and no page: the frame has no person for him.
    """
    if not is_on():
        return False
    if connection.scope["type"] == "websocket":
        return bool(connection.url.path == "/_stcore/stream")
    wants = ASKED in connection.query_params or STREAMLIT_COOKIE in connection.cookies
    return bool(connection.url.path == "/") and wants


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
