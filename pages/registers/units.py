"""Units 单位: the list, and one unit with what it hosts."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.records import show_register
from drillbook.ui.register_forms import units

require_frame()
show_register(current(), units.NOUN, units.LIST, units.show_sections, title=N_("Units"))
