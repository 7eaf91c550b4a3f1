"""Which pages may talk to this server: its own, at exactly the address the browser asked.

Decided from the request and one setting; no name is resolved and no other host is asked. Streamlit
would ask an outside address for its own, inside the event loop, and take any port of a host for its
own; what is refused here never comes that far.
"""

from __future__ import annotations

import os
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

# The address people type where a proxy changes the Host header: https://drill.example
PUBLIC_ADDRESS = "DRILLBOOK_ADDRESS"
PORTS = {"http": 80, "https": 443}
HARMLESS_METHODS = frozenset({"GET", "HEAD"})

# Whoever stands behind a proxy is not on this machine, although the proxy is.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

Place = tuple[str, int]


def may_speak(connection: HTTPConnection) -> bool:
    """Say whether the page that sent a request, if any did, is one of ours.

    Reading by a plain GET is any page's right: the browser keeps the answer from it. A websocket
    and whatever changes something needs our own origin.
    """
    if connection.scope["type"] == "http" and connection.scope["method"] in HARMLESS_METHODS:
        return True
    named = connection.headers.getlist("origin")
    if not named:
        # Not a browser, or an old one: those say at least whether another site had it sent.
        return connection.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return len(named) == 1 and is_own(named[0], connection)


def is_forwarded(connection: HTTPConnection) -> bool:
    """Say whether a proxy passed a request on, as far as it says so."""
    return any(name in connection.headers for name in FORWARDED)


def is_own(origin: str, connection: HTTPConnection) -> bool:
    """Say whether ``origin`` names the host and port that the request was sent to."""
    page = _split(origin)
    place = _place(page)
    if page is None or place is None:
        return False
    public = _split(os.environ.get(PUBLIC_ADDRESS, ""))
    if public is not None and (page.scheme, place) == (public.scheme, _place(public)):
        return True
    if connection.url.scheme in ("https", "wss") and page.scheme != "https":
        return False
    return place == _place(_split(f"{page.scheme}://{connection.headers.get('host', '')}"))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.scheme in PORTS and parts.path in ("", "/") else None


def _place(parts: SplitResult | None) -> Place | None:
    """Return host and port; a port that is not named is the scheme's own."""
    if parts is None or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    try:
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    return (host, PORTS[parts.scheme] if port is None else port) if host else None
