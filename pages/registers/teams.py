"""Rescue teams 救援队伍: the list, and one team with strength and equipment."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components.record_page import show_register
from drillbook.ui.record_forms import teams
from drillbook.ui.shell.page_guard import require_frame

require_frame()
show_register(
    current(), teams.RECORD_VIEW, teams.LIST, teams.show_sections, title=N_("Rescue teams")
)
