"""Coordination 联席机制: the mechanisms, one with its meetings, one meeting, one decision."""

from __future__ import annotations

from drillbook.core.i18n import N_
from drillbook.db.current import current
from drillbook.ui.components import list_view, record_page
from drillbook.ui.record_forms import mechanisms, meetings
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
if list_view.query_param(meetings.DECISION.parameter):
    record_page.show_one(store, meetings.DECISION, meetings.show_decision_sections)
elif list_view.query_param(meetings.MEETING.parameter) == record_page.NEW:
    meetings.show_new(store)
elif list_view.query_param(meetings.MEETING.parameter):
    record_page.show_one(store, meetings.MEETING, meetings.show_meeting_sections)
else:
    record_page.show_register(
        store,
        mechanisms.RECORD_VIEW,
        mechanisms.LIST,
        mechanisms.show_sections,
        title=N_("Coordination"),
        above=mechanisms.show_open_decisions,
    )
