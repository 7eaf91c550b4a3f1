"""Opening a screen without a browser: AppTest always starts at the frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from drillbook.core.paths import ROOT
from drillbook.ui.components import current_user, navigation

FRAME = ROOT / "drillbook" / "ui" / "shell" / "frame.py"
SECONDS = 30


def open_page(
    url_path: str, language: str = "zh", *, claims: Mapping[str, Any] | None = None, **query: str
) -> AppTest:
    """Open the page with this address as a new visitor would and return it after its first run.

    ``claims`` is what a client claims that widgets of the page hold: key → value.
    """
    app = AppTest.from_file(FRAME, default_timeout=SECONDS)
    app.session_state[current_user.LANGUAGE] = language
    if navigation.page_at(url_path) is not navigation.DEFAULT:
        # Until the frame ran once, AppTest does not know the addresses.
        app.run()
        up = Path("../../..")
        app.switch_page(str(up / "pages" / navigation.page_at(url_path).path))
    for key, claimed in (claims or {}).items():
        app.session_state[key] = claimed
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()
