"""Findings and actions 问题整改: the list, and one finding with its whole chain."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components import current_user
from drillbook.ui.components.record_page import show_register
from drillbook.ui.record_forms.findings import LIST, show_sections, view_for
from drillbook.ui.screens import findings_overview
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
findings_overview.lead_to_record(store)
show_register(
    store,
    view_for(current_user.person()),
    LIST,
    show_sections,
    title=N_("Findings and actions"),
    above=findings_overview.show_above,
)
