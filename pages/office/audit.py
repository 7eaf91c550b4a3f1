"""The audit log: who did what, when; the newest first, searchable, never changed."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.ui.components.list_view import query_param, show_list
from drillbook.ui.screens.audit_log import AUDIT, show_chain, show_event, show_trail_download
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
st.title(_("Audit log"), anchor=False)
event_id = query_param("id")
if event_id:
    show_event(store, event_id)
else:
    show_chain(store)
    show_list(store, AUDIT)
    show_trail_download(store)
