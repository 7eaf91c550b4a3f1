"""Propose next year's programme 编制下年度计划: what the register suggests, accepted one by one."""

from __future__ import annotations

import streamlit as st

from drillbook import clock, store
from drillbook.i18n import gettext as _
from drillbook.ui import propose
from drillbook.ui.frame_guard import require_frame

require_frame()
register = store.current()
view = propose.read_view(register, clock.today())
st.title(_("Propose next year's programme"), anchor=False)
propose.show_controls(register, view)
propose.show_made()
propose.show_proposals(register, view)
