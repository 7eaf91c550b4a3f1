"""The real server with one page more, an empty one, for bench/pages.py to compare with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.core.paths import ROOT
from drillbook.ui.components import navigation
from drillbook.ui.shell.error_page import show_failure
from drillbook.ui.shell.html_shell import PageShell
from drillbook.ui.shell.server import healthz, lifespan


class EmptyPage(navigation.Page):
    """The empty page; it lies outside pages/."""

    @property
    def file(self) -> Path:
        """The file on this machine."""
        return ROOT / "bench" / "empty.py"


navigation.PAGES += (EmptyPage("office/empty.py", "empty", "Empty page"),)

app = st.App(
    ROOT / "drillbook" / "ui" / "shell" / "frame.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(PageShell)],
    on_script_error=show_failure,
)
