"""Rules 规则: what asks for what, from when to when; working days and events of the office."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui import lists, records
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.register_forms import rules

require_frame()
store = current()
beside = next((n for n in (rules.EVENTS, rules.DAYS) if lists.asked(n.parameter)), None)
if beside:
    records.show_one(store, beside, rules.show_nothing)
else:
    records.show_register(store, rules.NOUN, rules.LIST, rules.show_sections, title=N_("Rules"))
    if not lists.asked(rules.NOUN.parameter):
        rules.show_beside(store)
