"""The launcher: ``streamlit run app.py`` (or ``drillbook serve``) starts the server from here.

It puts the server's parts together and serves the frame; it shows nothing itself.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.ui import entry, navigation
from drillbook.ui.calendar_feed import serve_feed
from drillbook.ui.control import obey
from drillbook.ui.downloads import serve_file
from drillbook.ui.failures import show_failure
from drillbook.ui.gate import Gate
from drillbook.ui.headers import SafeHeaders
from drillbook.ui.launcher import first_page, healthz, lifespan
from drillbook.ui.middleware import (
    PRESENCE_ADDRESS,
    TEXTS_ADDRESS,
    PageShell,
    serve_browser_texts,
)

FORM = ["GET", "POST"]

app = st.App(
    "drillbook/ui/frame.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", healthz),
        Route("/sign-in", entry.route(entry.show_sign_in, entry.take_sign_in), methods=FORM),
        Route("/setup", entry.route(entry.show_setup, entry.take_setup), methods=FORM),
        Route("/welcome", entry.route(entry.show_welcome, entry.take_welcome), methods=FORM),
        Route("/sample", entry.route(entry.show_sign_in, entry.take_sample), methods=FORM),
        Route("/enter", entry.route(entry.take_ticket)),
        Route("/presence", entry.presence),
        Route("/files/{id}", serve_file),
        Route("/calendar/{secret}.ics", serve_feed),
        Route("/control/{command}", obey, methods=["POST"]),
        Route(f"/{navigation.DEFAULT.url_path}", first_page),
        Route(f"/{TEXTS_ADDRESS}", serve_browser_texts),
        Route(f"/{PRESENCE_ADDRESS}", entry.presence_script),
    ],
    # The first is the outermost: what the gate refuses carries the headers too.
    middleware=[Middleware(SafeHeaders), Middleware(Gate), Middleware(PageShell)],
    on_script_error=show_failure,
)
