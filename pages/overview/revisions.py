"""The revision board 编修进度: every plan under revision; one of the revisions by ``?id=``."""

from __future__ import annotations

from drillbook.db import current
from drillbook.ui.components import list_view
from drillbook.ui.screens import revision_board, revision_form, revision_page, revision_status
from drillbook.ui.shell.page_guard import require_frame

require_frame()
register = current.current()
asked = list_view.query_param(list_view.RECORD)
if asked == revision_status.NEW:
    revision_form.show_new(register)
elif asked:
    revision_page.show_one(register, asked)
else:
    revision_board.show_board(register)
