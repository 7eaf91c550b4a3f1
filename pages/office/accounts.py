"""Accounts: who may enter, in which role, and the one-time links for passwords."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.ui.screens.accounts import show_accounts
from drillbook.ui.shell.page_guard import require_frame

require_frame()
st.title(_("Accounts"), anchor=False)
show_accounts(current())
