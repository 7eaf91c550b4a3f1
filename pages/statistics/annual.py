"""The annual statistics: figures, breakdowns, the official sentence, and the files to send."""

from __future__ import annotations

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.screens import annual_rows, annual_sentence, annual_statistics
from drillbook.ui.shell.page_guard import require_frame

require_frame()
register = current.current()

st.title(_("Annual statistics"), anchor=False)
year, as_of = annual_statistics.read_period(register, clock.today())
figures = annual_statistics.statistics_of(register, year, as_of)
annual_statistics.show_period(register, figures, clock.today())
if figures.is_empty:
    annual_statistics.show_nothing(figures)
    st.stop()

annual_sentence.show_sentence(figures)
annual_sentence.show_settings(register, figures)
annual_statistics.show_headlines(figures)
annual_statistics.show_breakdowns(figures)
annual_rows.show_asked_rows(register, figures)
