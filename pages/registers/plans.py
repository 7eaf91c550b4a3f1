"""Contingency plans 应急预案: the list, and one plan with its versions and revisions."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components.record_page import show_register
from drillbook.ui.record_forms import plans
from drillbook.ui.shell.page_guard import require_frame

require_frame()
show_register(
    current(), plans.RECORD_VIEW, plans.LIST, plans.show_sections, title=N_("Contingency plans")
)
