"""Coordination 联席机制: the mechanisms, one with its meetings, one meeting, one decision."""

from __future__ import annotations

from drillbook.i18n import N_
from drillbook.store import current
from drillbook.ui import lists, records
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.register_forms import mechanisms, meetings

require_frame()
store = current()
if lists.asked(meetings.DECISION.parameter):
    records.show_one(store, meetings.DECISION, meetings.show_decision_sections)
elif lists.asked(meetings.MEETING.parameter) == records.NEW:
    meetings.show_new(store)
elif lists.asked(meetings.MEETING.parameter):
    records.show_one(store, meetings.MEETING, meetings.show_meeting_sections)
else:
    records.show_register(
        store,
        mechanisms.NOUN,
        mechanisms.LIST,
        mechanisms.show_sections,
        title=N_("Coordination"),
        above=mechanisms.show_open_decisions,
    )
