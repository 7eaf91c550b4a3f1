"""Units 单位: the list, and one unit with what it hosts."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components.record_page import show_register
from drillbook.ui.record_forms import units
from drillbook.ui.shell.page_guard import require_frame

require_frame()
show_register(current(), units.RECORD_VIEW, units.LIST, units.show_sections, title=N_("Units"))
