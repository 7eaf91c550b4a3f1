"""The register the screens of this process use: set by the launcher, asked for by the pages."""

from __future__ import annotations

from drillbook.db.store import Store

_current: Store | None = None


def set_current(store: Store | None) -> None:
    """Make ``store`` the one the screens of this process use."""
    global _current
    _current = store


def current() -> Store:
    """Return the register the screens of this process use."""
    if _current is None:
        raise RuntimeError("no register is open")
    return _current
