"""Data checks: what is wrong in the register, each row with the way to its record."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.operations import data_checks
from drillbook.ui.screens.data_checks import show_all_clear, show_finding, show_summary
from drillbook.ui.shell.page_guard import require_frame

require_frame()
st.title(_("Data checks"), anchor=False)
results = data_checks.run(current())
found = [result for result in results if result.rows]
show_summary(results)
if not found:
    show_all_clear()
for result in found:
    show_finding(result)
