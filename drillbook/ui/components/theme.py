"""What the theme in .streamlit/config.toml cannot say: aligned figures, print, the phone."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from drillbook.core.i18n import Language
from drillbook.ui.components import current_user

# Streamlit serves the folder beside the frame, and no other.
STATIC = Path(__file__).parents[1] / "shell" / "static"
EMBLEM = STATIC / "emblem.svg"
STYLES = STATIC / "frame.css"


def show_styles() -> None:
    """Add the style sheet to this run; it takes no room on the page."""
    st.html(STYLES)


def show_language_mark(language: Language) -> None:
    """Tell the browser's script (browser_texts.js) which language this run speaks."""
    code = current_user.HTML_LANGUAGES[language]
    st.html(f'<i class="drillbook-language" lang="{code}"></i>')


@cache
def wordmark(name: str) -> str:
    """Return the emblem with the product's name beside it, as SVG for both themes."""
    template = (STATIC / "wordmark.svg").read_text(encoding="utf-8")
    return template.replace("$name", escape(name))
