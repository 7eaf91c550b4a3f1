"""Import a workbook: choose the file, look at what would happen, confirm."""

from __future__ import annotations

import streamlit as st

from drillbook.core.i18n import gettext as _
from drillbook.importing.templates import TITLES
from drillbook.ui.components import formatting
from drillbook.ui.screens import import_workbook as steps
from drillbook.ui.shell.page_guard import require_frame


def show_plan(file: steps.Import) -> None:
    """Show sheets, columns and preview, and the button that writes."""
    first, second = st.columns([3, 1])
    with first:
        kinds = steps.choose_kinds(file)
    with second:
        year = steps.choose_year(file)
    if not kinds:
        st.warning(_("No sheet was taken for a table. Say above what the sheets hold."))
        return
    steps.prepare(file, kinds, year)
    for sentence in file.refused.values():
        st.error(formatting.plain(sentence))
    choices = []
    for plan in file.plans:
        st.subheader(_(TITLES[plan.kind]))
        steps.choose_columns(file, plan)
        choices.append(steps.show_preview(plan))
    if file.plans:
        steps.confirm(file, choices)


require_frame()
st.title(_("Import a workbook"))
file = steps.held()
if file is None or not (file.writing or file.results):
    steps.choose_file()
    file = steps.held()
if file is None:
    steps.offer_templates()
elif steps.is_writing(file):
    steps.show_progress()
elif file.results:
    steps.show_result(file)
else:
    show_plan(file)
