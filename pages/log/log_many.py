"""Log many drills: a table that takes a paste from a spreadsheet."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.ui.screens import log_many
from drillbook.ui.shell.page_guard import require_frame


def show_table() -> None:
    """Show the table with its check."""
    log_many.show_saved()
    rows = log_many.show_grid()
    log_many.offer_paste(rows)
    log_many.check_and_save(rows)


require_frame()
st.title(_("Log many drills"))
st.caption(
    _(
        "Type, or copy rows in a spreadsheet, choose the first cell here and paste."
        " Leave out what you do not know."
    )
)
show_table()
