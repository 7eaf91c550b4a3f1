"""Findings and actions 问题整改: the list, and one finding with its whole chain."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui import findings, visitor
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.records import show_register
from drillbook.ui.register_forms.findings import LIST, noun_for, show_sections

require_frame()
store = current()
findings.lead_to_record(store)
show_register(
    store,
    noun_for(visitor.person()),
    LIST,
    show_sections,
    title=N_("Findings and actions"),
    above=findings.show_above,
)
