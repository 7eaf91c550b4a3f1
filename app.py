"""The launcher: ``streamlit run app.py`` (or ``drillbook serve``) starts the server from here.

It puts the server's parts together and serves the frame; it shows nothing itself.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.ui.components import navigation
from drillbook.ui.screens.calendar_feed import serve_feed
from drillbook.ui.shell import sign_in_pages
from drillbook.ui.shell.auth_gate import Gate
from drillbook.ui.shell.control_route import handle_command
from drillbook.ui.shell.downloads import serve_file
from drillbook.ui.shell.error_page import show_failure
from drillbook.ui.shell.html_shell import (
    PRESENCE_ADDRESS,
    TEXTS_ADDRESS,
    PageShell,
    serve_browser_texts,
)
from drillbook.ui.shell.security_headers import SafeHeaders
from drillbook.ui.shell.server import first_page, healthz, lifespan
from drillbook.ui.shell.upload_limits import UploadLimits

FORM = ["GET", "POST"]

app = st.App(
    "drillbook/ui/shell/frame.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", healthz),
        Route(
            "/sign-in",
            sign_in_pages.route(sign_in_pages.show_sign_in, sign_in_pages.take_sign_in),
            methods=FORM,
        ),
        Route(
            "/setup",
            sign_in_pages.route(sign_in_pages.show_setup, sign_in_pages.take_setup),
            methods=FORM,
        ),
        Route(
            "/welcome",
            sign_in_pages.route(sign_in_pages.show_welcome, sign_in_pages.take_welcome),
            methods=FORM,
        ),
        Route(
            "/sample",
            sign_in_pages.route(sign_in_pages.show_sign_in, sign_in_pages.take_sample),
            methods=FORM,
        ),
        Route("/enter", sign_in_pages.route(sign_in_pages.take_ticket)),
        Route("/presence", sign_in_pages.presence),
        Route("/files/{id}", serve_file),
        Route("/calendar/{secret}.ics", serve_feed),
        Route("/control/{command}", handle_command, methods=["POST"]),
        Route(f"/{navigation.DEFAULT.url_path}", first_page),
        Route(f"/{TEXTS_ADDRESS}", serve_browser_texts),
        Route(f"/{PRESENCE_ADDRESS}", sign_in_pages.presence_script),
    ],
    # The first is the outermost: what the gate refuses carries the headers too.
    middleware=[
        Middleware(SafeHeaders),
        Middleware(Gate),
        Middleware(UploadLimits),
        Middleware(PageShell),
    ],
    on_script_error=show_failure,
)
