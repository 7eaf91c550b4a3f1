"""The annual programme 年度演练计划: one year's planned drills, and the programme itself."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui import lists, records
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.register_forms import planned_drills, programmes

require_frame()
store = current()
if lists.asked(programmes.NOUN.parameter):
    records.show_one(store, programmes.NOUN, programmes.show_sections)
else:
    programmes.choose_year(store)
    records.show_register(
        store,
        planned_drills.NOUN,
        planned_drills.LIST,
        planned_drills.show_sections,
        title=N_("Annual programme"),
        above=programmes.show_heading,
    )
