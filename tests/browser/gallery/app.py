"""A server that shows the gallery instead of the register, behind the product's own page shell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from drillbook.core.paths import register_path
from drillbook.ui.shell.html_shell import TEXTS_ADDRESS, PageShell, serve_browser_texts
from drillbook.ui.shell.server import healthz, open_register


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Open the register that the page shell asks for the visitor's language."""
    register = open_register(register_path())
    yield
    register.close()


app = st.App(
    "gallery.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route(f"/{TEXTS_ADDRESS}", serve_browser_texts)],
    middleware=[Middleware(PageShell)],
)
