"""Propose next year's programme 编制下年度计划: what the register suggests, accepted one by one."""

from __future__ import annotations

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.screens import propose_programme
from drillbook.ui.shell.page_guard import require_frame

require_frame()
register = current.current()
view = propose_programme.read_view(register, clock.today())
st.title(_("Propose next year's programme"), anchor=False)
propose_programme.show_controls(register, view)
propose_programme.show_made()
propose_programme.show_proposals(register, view)
