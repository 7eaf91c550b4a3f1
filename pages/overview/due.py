"""What is due 到期事项: by rules and programme, the most urgent first, each with its article."""

from __future__ import annotations

from drillbook.db.current import current
from drillbook.ui.screens import calendar_feed, due
from drillbook.ui.shell.page_guard import require_frame

require_frame()
store = current()
as_of, chosen = due.asked_day(), due.asked()
due.show_heading(store, as_of, chosen)
due.show_filters(store, as_of)
due.show_items(store, as_of, chosen)
calendar_feed.show_feed(store)
