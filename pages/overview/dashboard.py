"""The year at a glance: what is planned, held and late; every figure leads to its rows."""

from __future__ import annotations

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.screens import dashboard
from drillbook.ui.shell.page_guard import require_frame

require_frame()
register = current.current()

if dashboard.is_empty(register):
    st.title(_("Dashboard"), anchor=False)
    dashboard.show_welcome(register)
    st.stop()

filters = dashboard.read_filters(register, clock.today())
dashboard.show_heading(filters)
dashboard.show_filters(register, filters)
dashboard.show_key_figures(register, filters)
dashboard.show_tabs(register, filters)
dashboard.show_sample_removal(register)
