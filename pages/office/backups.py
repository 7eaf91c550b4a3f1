"""Backup and restore: what copies there are, a new one, and the way back to one of them."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.ui.screens.backups import show_backups
from drillbook.ui.shell.page_guard import require_frame

require_frame()
st.title(_("Backups"), anchor=False)
show_backups(current())
