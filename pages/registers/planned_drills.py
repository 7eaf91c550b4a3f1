"""The annual programme 年度演练计划: one year's planned drills, and the programme itself."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components import list_view, record_page
from drillbook.ui.record_forms import planned_drills, programmes
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
if list_view.query_param(programmes.RECORD_VIEW.parameter):
    record_page.show_one(store, programmes.RECORD_VIEW, programmes.show_sections)
else:
    programmes.choose_year(store)
    record_page.show_register(
        store,
        planned_drills.RECORD_VIEW,
        planned_drills.LIST,
        planned_drills.show_sections,
        title=N_("Annual programme"),
        above=programmes.show_heading,
    )
