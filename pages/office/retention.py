"""Time limits: how long the audit log and the contacts of what has ended are kept."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.ui.screens.retention import show_time_limits
from drillbook.ui.shell.page_guard import require_frame

require_frame()
st.title(_("Time limits"), anchor=False)
show_time_limits(current())
