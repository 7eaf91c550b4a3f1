"""Drill sessions 场次: the list, and one session with everything that belongs to it."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.records import show_register
from drillbook.ui.register_forms import sessions

require_frame()
show_register(
    current(), sessions.NOUN, sessions.LIST, sessions.show_sections, title=N_("Drill sessions")
)
