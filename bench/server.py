"""The real server with one page more, an empty one, for bench/pages.py to compare with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.paths import ROOT
from drillbook.ui import navigation
from drillbook.ui.failures import show_failure
from drillbook.ui.launcher import healthz, lifespan
from drillbook.ui.middleware import PageShell


class EmptyPage(navigation.Page):
    """The empty page; it lies outside pages/."""

    @property
    def file(self) -> Path:
        """The file on this machine."""
        return ROOT / "bench" / "empty.py"


navigation.PAGES += (EmptyPage("office/empty.py", "empty", "Empty page"),)

app = st.App(
    ROOT / "drillbook" / "ui" / "frame.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(PageShell)],
    on_script_error=show_failure,
)
