"""User text on a Streamlit screen: most of its labels and messages are Markdown."""

from __future__ import annotations

import re

# A colon starts an icon or an emoji, a dollar sign a formula, an exclamation mark a picture that
# the browser would fetch from wherever the text says.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def literal(text: str) -> str:
    """Return ``text`` so that Markdown shows it letter by letter, line breaks included."""
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", "  \n")
