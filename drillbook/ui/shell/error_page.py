"""What a visitor sees when a page fails, and what the log keeps of it.

Mistakes the product knows speak for themselves. Everything else is logged with its traceback and
shown as a calm sentence with the reference number of that log entry.
"""

from __future__ import annotations

import logging
from secrets import token_hex

import streamlit as st

from drillbook.core import log_redaction
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.ui.components.markdown_escape import literal

LOGGER = logging.getLogger("drillbook")


def show_failure(error: Exception) -> bool:
    """Show ``error`` to the visitor; True tells Streamlit that nothing else need be shown."""
    if isinstance(error, DrillbookError):
        st.error(literal(error.message), title=literal(error.title) or None)
    else:
        show_unknown(error)
    return True


def show_unknown(error: Exception) -> None:
    """Log an error nobody foresaw and show where to find it."""
    reference = token_hex(4)
    LOGGER.error("Reference %s: %r", reference, error, exc_info=error)
    st.error(
        _(
            "This page could not be shown. Nothing that was saved before is lost. Try again; if it"
            " happens again, give your administrator this number: {reference}"
        ).format(reference=reference),
        title=_("Something went wrong"),
    )


class _LoggedHere(logging.Filter):
    """Drops Streamlit's own entry for a failed script: ``show_failure`` writes the one to keep."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg != "Uncaught app execution"


def prepare_logging() -> None:
    """Send the product's log to standard error, each failure once, and no secret in any line."""
    log_redaction.prepare()
    if not LOGGER.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOGGER.addHandler(handler)
        LOGGER.propagate = False
    logging.getLogger("streamlit.error_util").addFilter(_LoggedHere())
