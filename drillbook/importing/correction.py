"""Writes the bad rows of an import into a workbook to mend and import again.

Columns stand as in the file, with one more that says what is wrong. Text is written as text: no
cell becomes a formula or a link, whatever it says.
"""

from __future__ import annotations

import io
import math
import re
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from drillbook.core.i18n import gettext as _
from drillbook.importing.columns import Table, fields, headings_mean
from drillbook.importing.plan import ImportPlan
from drillbook.importing.workbook_reader import Cell
from drillbook.reports.files.xlsx import text_for_cell

CUT_MARK = "…"


def correction_workbook(plan: ImportPlan) -> bytes:
    """Return an .xlsx with the bad rows of each table and their reasons."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    workbook = xlsxwriter.Workbook(buffer, options)
    formats = {
        "head": workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "text_wrap": True}),
        "reason": workbook.add_format({"font_color": "#B00020", "text_wrap": True}),
        "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "time": workbook.add_format({"num_format": "hh:mm"}),
    }
    names: set[str] = set()
    for index, table in enumerate(plan.tables):
        reasons = _reasons(plan, index)
        if reasons:
            sheet = workbook.add_worksheet(_sheet_name(table.sheet, names))
            _write_table(sheet, table, reasons, plan.table_year(index), formats)
    if not names:
        workbook.add_worksheet(_sheet_name(_("No bad rows"), names))
    workbook.close()
    return buffer.getvalue()


def _reasons(plan: ImportPlan, index: int) -> dict[int, str]:
    return {
        row.row: "\n".join(
            f"{problem.column}：{problem.reason}" if problem.column else problem.reason
            for problem in row.problems
        )
        for row in plan.rows
        if row.table == index and row.state == "bad"
    }


def _text(text: str) -> str:
    return text_for_cell(text, CUT_MARK)


def _sheet_name(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[\[\]:*?/\\'\ufffd]", " ", _text(name)).strip()[:25] or "Sheet"
    candidates = [stem, *(f"{stem} {number}" for number in range(2, 10_000))]
    chosen = next(c for c in candidates if c.casefold() not in taken)
    taken.add(chosen.casefold())
    return chosen


def _write_table(
    sheet: Worksheet,
    table: Table,
    reasons: dict[int, str],
    year: int | None,
    formats: dict[str, Any],
) -> None:
    # The title carries the year by which dates such as 5月12日 are read.
    title = table.title.splitlines()[0] if table.title else ""
    if year and str(year) not in title:
        title = f"{year}年 {title}".strip()
    sheet.write_string(0, 0, _text(title))
    headers = [*_headers(table), _("What is wrong")]
    for column, header in enumerate(headers):
        sheet.write_string(1, column, _text(header), formats["head"])
    sheet.set_column(0, len(headers) - 2, 16)
    sheet.set_column(len(headers) - 1, len(headers) - 1, 48)
    sheet.freeze_panes(2, 0)
    bad = (row for row in table.rows if row.number in reasons)
    for place, row in enumerate(bad, start=2):
        for column, cell in enumerate(row.cells):
            _write_cell(sheet, place, column, cell, formats)
        sheet.write_string(place, len(headers) - 1, _text(reasons[row.number]), formats["reason"])


def _headers(table: Table) -> list[str]:
    """Return the headers as written; one that would not be found again gets its field's name."""
    labels = fields(table.kind)
    meant = headings_mean(table.kind, table.headers)
    return [
        header
        if meant.get(column) == table.mapping.get(column) or column not in table.mapping
        else labels[table.mapping[column]].zh
        for column, header in enumerate(table.headers)
    ]


def _write_cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Any]
) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    elif isinstance(cell, time):
        sheet.write_datetime(row, column, cell, formats["time"])
    else:
        # A workbook knows no number without an end; as a text it stays what it was.
        sheet.write_string(row, column, _text(str(cell)))
