"""My account: who I am here, and a new password."""

from __future__ import annotations

import streamlit as st

from drillbook.i18n import gettext as _
from drillbook.store import current
from drillbook.ui.account_forms import show_own
from drillbook.ui.calendar_feed import show_feed
from drillbook.ui.frame_guard import require_frame

require_frame()
st.title(_("My account"), anchor=False)
show_own(current())
show_feed(current())
