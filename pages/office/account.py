"""My account: who I am here, and a new password."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.ui.screens.accounts import show_own
from drillbook.ui.screens.calendar_feed import show_feed
from drillbook.ui.shell.page_guard import require_frame

require_frame()
st.title(_("My account"), anchor=False)
show_own(current())
show_feed(current())
