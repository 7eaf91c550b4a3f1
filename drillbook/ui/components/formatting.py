"""How the screens show values: dates, numbers, codes, empty ones, and text somebody typed.

Nothing here reads the register. Typed text is never handed to Markdown or HTML as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.ui.components.markdown_escape import literal
from drillbook.ui.components.theme import STATIC

EMPTY = "—"
FACTS_STYLES = STATIC / "records.css"

# What Streamlit changes in a text after Markdown has read it, so that a backslash does not help:
# emoji and icon names, addresses, arrows and dashes. A word joiner (no width) parts them.
_JOINER = "\u2060"
_LATE = re.compile(
    r":(?=[\w+\-]+:)|:(?=material/)|(?<=:material)/|:(?=//)|\bwww(?=\.)"
    r"|(?<=[\w.+\-])(?=@)|(?<=<)(?=[-=])|-(?=[->])|>(?==)"
)


def plain(text: object) -> str:
    """Return ``text`` for labels, captions, headings and messages: shown letter by letter.

    One line; an empty value becomes an empty text.
    """
    line = " ".join(str(text).split()) if given(text) else ""
    # An ampersand begins a character reference, which Markdown knows too.
    return literal(_LATE.sub(lambda found: found[0] + _JOINER, line)).replace("&", "\\&")


def given(value: object) -> bool:
    """Say whether there is something to show: not None, NaN, NaT or empty text."""
    if value is None or value is pd.NA or value is pd.NaT:
        return False
    return value == value and not (isinstance(value, str) and value == "")


def text(value: object) -> str:
    """Return a text as typed, or a dash."""
    return str(value) if given(value) else EMPTY


def day(value: date | None, precision: str = "day") -> str:
    """Return a date as ISO text, or its month when only that is known."""
    if not given(value):
        return EMPTY
    assert value is not None
    if precision == "month":
        form = _("{year}-{month:02d} (day unknown)")
        return form.format(year=value.year, month=value.month)
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def clock_time(value: time | None) -> str:
    """Return a time of day without seconds, or a dash."""
    return value.strftime("%H:%M") if value is not None else EMPTY


def instant(value: datetime | None) -> str:
    """Return a stored instant on the office's clock (Asia/Shanghai)."""
    if value is None or not given(value):
        return EMPTY
    return clock.at_office(value).strftime("%Y-%m-%d %H:%M")


def number(value: float | None) -> str:
    """Return a number with thousands marks, or a dash."""
    return f"{value:,.10g}" if value is not None and given(value) else EMPTY


def count(value: float | None, kind: str | None = "exact") -> str:
    """Return a head count with its kind: 46, about 100, 30-odd, unknown."""
    if value is None or not given(value):
        return vocabulary.label("count_kind", "unknown")
    figure = number(value)
    if kind == "approximate":
        return _("about {number}").format(number=figure)
    if kind == "over":
        return _("over {number}").format(number=figure)
    return figure


def code(kind: str, value: str | None) -> str:
    """Return a code's label, or a dash."""
    return vocabulary.label(kind, value) if given(value) else EMPTY


def codes(kind: str, values: str | None) -> str:
    """Return the labels of codes joined by commas, or a dash."""
    labels = [vocabulary.label(kind, value) for value in (values or "").split(",") if value]
    return ("、" if language() == "zh" else ", ").join(labels) or EMPTY


def flag(value: object) -> str:
    """Return yes or no."""
    return _("Yes") if value else _("No")


LONG = 60


def _wide(value: str) -> str:
    return ' class="wide"' if len(value) > LONG or "\n" in value else ""


def facts(rows: Iterable[tuple[str, str]]) -> None:
    """Show name–value pairs as a dense list; values keep their line breaks."""
    items = "".join(
        f"<div{_wide(value)}><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows
    )
    styles = FACTS_STYLES.read_text(encoding="utf-8")
    st.html(f'<style>{styles}</style><dl class="drillbook-facts">{items}</dl>')


def table(headers: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """Show a small read-only table of texts; everything in it is plain text."""
    head = "".join(f"<th scope='col'>{escape(header)}</th>" for header in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    styles = FACTS_STYLES.read_text(encoding="utf-8")
    st.html(
        f"<style>{styles}</style><div class='drillbook-scroll' tabindex='0'>"
        f"<table class='drillbook-table'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
