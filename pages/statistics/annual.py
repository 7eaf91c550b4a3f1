"""The annual statistics: figures, breakdowns, the official sentence, and the files to send."""

from __future__ import annotations

import streamlit as st

from drillbook import clock, store
from drillbook.i18n import gettext as _
from drillbook.ui import annual
from drillbook.ui.frame_guard import require_frame

require_frame()
register = store.current()

st.title(_("Annual statistics"), anchor=False)
year, as_of = annual.read_period(register, clock.today())
figures = annual.statistics_of(register, year, as_of)
annual.show_period(register, figures, clock.today())
if figures.is_empty:
    annual.show_nothing(figures)
    st.stop()

annual.show_sentence(figures)
annual.show_settings(register, figures)
annual.show_headlines(figures)
annual.show_breakdowns(figures)
annual.show_asked_rows(register, figures)
