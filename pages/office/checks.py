"""Data checks: what is wrong in the register, each row with the way to its record."""

from __future__ import annotations

import streamlit as st

from drillbook import checks
from drillbook.i18n import gettext as _
from drillbook.store import current
from drillbook.ui.frame_guard import require_frame
from drillbook.ui.office import show_all_clear, show_finding, show_summary

require_frame()
st.title(_("Data checks"), anchor=False)
results = checks.run(current())
found = [result for result in results if result.rows]
show_summary(results)
if not found:
    show_all_clear()
for result in found:
    show_finding(result)
