"""Contingency plans 应急预案: the list, and one plan with its versions and revisions."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.records import show_register
from drillbook.ui.register_forms import plans

require_frame()
show_register(current(), plans.NOUN, plans.LIST, plans.show_sections, title=N_("Contingency plans"))
