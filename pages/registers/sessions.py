"""Drill sessions 场次: the list, and one session with everything that belongs to it."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components.record_page import show_register
from drillbook.ui.record_forms import sessions
from drillbook.ui.shell.page_guard import require_frame

require_frame()
show_register(
    current(),
    sessions.RECORD_VIEW,
    sessions.LIST,
    sessions.show_sections,
    title=N_("Drill sessions"),
)
