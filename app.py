"""The launcher: ``streamlit run app.py`` (or ``drillbook serve``) starts the server from here.

It puts the server's parts together and serves the frame; it shows nothing itself.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.ui import navigation
from drillbook.ui.failures import show_failure
from drillbook.ui.launcher import first_page, healthz, lifespan
from drillbook.ui.middleware import TEXTS_ADDRESS, PageShell, serve_browser_texts

app = st.App(
    "drillbook/ui/frame.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", healthz),
        Route(f"/{navigation.DEFAULT.url_path}", first_page),
        Route(f"/{TEXTS_ADDRESS}", serve_browser_texts),
    ],
    middleware=[Middleware(PageShell)],
    on_script_error=show_failure,
)
