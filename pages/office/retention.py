"""Time limits: how long the audit log and the contacts of what has ended are kept."""

from __future__ import annotations

import streamlit as st

from drillbook.i18n import gettext as _
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.office import show_time_limits

require_frame()
st.title(_("Time limits"), anchor=False)
show_time_limits(current())
