"""What plans and drills cover 覆盖情况, and what they do not: a matrix, and the lists behind it."""

from __future__ import annotations

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.ui.screens import coverage, coverage_matrix
from drillbook.ui.shell.page_guard import require_frame

require_frame()
register = current.current()
view = coverage.read_view(register, clock.today())
st.title(_("Coverage"), anchor=False)
coverage.show_controls(register, view, clock.today())
covered = coverage.covered(register, view)
coverage.show_asked_rows(register, covered)
coverage_matrix.show_matrix(covered)
coverage.show_requirements(covered)
coverage.show_lists(covered)
