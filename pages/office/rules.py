"""Rules 规则: what asks for what, from when to when; working days and events of the office."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components import list_view, record_page
from drillbook.ui.record_forms import rules
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
beside = next((n for n in (rules.EVENTS, rules.DAYS) if list_view.query_param(n.parameter)), None)
if beside:
    record_page.show_one(store, beside, rules.show_nothing)
else:
    record_page.show_register(
        store, rules.RECORD_VIEW, rules.LIST, rules.show_sections, title=N_("Rules")
    )
    if not list_view.query_param(rules.RECORD_VIEW.parameter):
        rules.show_beside(store)
