"""What the theme in .streamlit/config.toml cannot say: aligned figures, print, the phone."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"
EMBLEM = STATIC / "emblem.svg"
STYLES = STATIC / "frame.css"


def show_styles() -> None:
    """Add the style sheet to this run; it takes no room on the page."""
    st.html(STYLES)


@cache
def wordmark(name: str) -> str:
    """Return the emblem with the product's name beside it, as SVG for both themes."""
    template = (STATIC / "wordmark.svg").read_text(encoding="utf-8")
    return template.replace("$name", escape(name))
