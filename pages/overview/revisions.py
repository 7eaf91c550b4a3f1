"""The revision board 编修进度: every plan under revision; one of the revisions by ``?id=``."""

from __future__ import annotations

from drillbook import store
from drillbook.ui import lists, revision_board, revision_record
from drillbook.ui.frame_guard import require_frame

require_frame()
register = store.current()
asked = lists.asked(lists.RECORD)
if asked == revision_record.NEW:
    revision_record.show_new(register)
elif asked:
    revision_record.show_one(register, asked)
else:
    revision_board.show_board(register)
