"""Rescue teams 救援队伍: the list, and one team with strength and equipment."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.records import show_register
from drillbook.ui.register_forms import teams

require_frame()
show_register(current(), teams.NOUN, teams.LIST, teams.show_sections, title=N_("Rescue teams"))
