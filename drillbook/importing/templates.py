"""Empty workbooks to fill in: one for each kind of table, with the headers the importer knows."""

from __future__ import annotations

import io

import xlsxwriter

from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.importing import Kind, fields

TITLES: dict[Kind, str] = {
    "sessions": N_("Drill sessions"),
    "programme": N_("Annual programme"),
    "plans": N_("Contingency plans"),
    "teams": N_("Rescue teams"),
    "units": N_("Units"),
}
"""What each kind of table is called (English msgids), the most frequent first."""


def template(kind: Kind) -> bytes:
    """Return an .xlsx with the headers of one kind of table; needed columns are marked."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    head = {"bold": True, "bg_color": "#E9EFF6", "border": 1, "text_wrap": True, "valign": "top"}
    plain, needed = workbook.add_format(head), workbook.add_format(head | {"font_color": "#A61B1B"})
    sheet = workbook.add_worksheet(_(TITLES[kind])[:31])
    known = [field for field in fields(kind).values() if field.name != "sequence"]
    for column, field in enumerate(known):
        label = field.label()
        sheet.write_string(0, column, label, needed if field.is_needed else plain)
        sheet.set_column(column, column, max(12, 2 * len(label) + 2))
        if field.is_needed:
            sheet.write_comment(0, column, _("Every row needs this column."))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    workbook.close()
    return buffer.getvalue()
