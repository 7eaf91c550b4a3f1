"""The rows behind a number of the annual statistics, in a dialog."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.figures import FIGURES
from drillbook.ui.components import drill_down_rows, formatting

ASKED_ROWS = "annual_asked_rows"
PAGE_SIZE = 15


def ask(figure: str, dimension: str = "", code: str = "", title: str = "") -> None:
    """Let the next run open the rows of a figure, or of one code of a dimension."""
    st.session_state[ASKED_ROWS] = (figure, dimension, code, title)


def show_asked_rows(store: Store, annual: AnnualStatistics) -> None:
    """Open the rows behind the number that was clicked, once."""
    asked = st.session_state.pop(ASKED_ROWS, None)
    if asked is None:
        return
    figure, dimension, code, title = asked
    label = FIGURES[figure].label_shown()
    heading = _("{figure}: {number}").format(figure=label, number=title) if title else label
    st.dialog(formatting.plain(heading), width="large")(_show_rows)(
        store, annual, figure, dimension, code
    )


def _show_rows(
    store: Store, annual: AnnualStatistics, code: str, dimension: str, group: str
) -> None:
    figure = FIGURES[code]
    rows = figure.rows(annual.view, dimension, group)
    key = "annual_dialog_page"
    number = int(st.session_state.get(key) or 1)
    page = rows.page(store, number, PAGE_SIZE)
    st.caption(figure.how_shown())
    if not page.total:
        st.info(_("No rows."))
        return
    drill_down_rows.show(rows, page.rows, f"annual_dialog_{code}_{number}")
    st.caption(_("Rows in all: {number:,}").format(number=page.total))
    if page.total > PAGE_SIZE:
        st.pagination(-(-page.total // PAGE_SIZE), key=key)
