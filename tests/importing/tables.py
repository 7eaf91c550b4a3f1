"""Workbooks as offices make them, built in memory for the tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from drillbook.db.store import Store
from drillbook.importing import ImportPlan, Kind, prepare, read_sheets
from tests.raw import raw

REAL = Path(__file__).parent / "real"
TODAY = date(2024, 1, 11)

SESSION_HEADER = ["序号", "演练名称", "演练时间", "主办单位", "参演人数"]


def workbook(
    *sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), merged: Sequence[str] = ()
) -> bytes:
    """Return an .xlsx; ``merged`` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(names[index] if names else f"表{index + 1}")
        for row in rows:
            sheet.append(list(row))
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if isinstance(cell.value, str):
                # Otherwise openpyxl makes a formula of text that begins with =.
                cell.data_type = "s"
    for span in merged:
        book.worksheets[0].merge_cells(span)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def prepared(
    store: Store, kind: Kind, data: bytes, filename: str = "导入.xlsx", **more: Any
) -> ImportPlan:
    """Read and prepare a file the way the screen and the command do."""
    sheets = read_sheets(data, filename)
    return prepare(store, kind, sheets, today=TODAY, filename=filename, **more)


def counted(plan: ImportPlan) -> tuple[int, int, int, int]:
    """Return how many rows are added, changed, left and bad."""
    return (plan.count("add"), plan.count("change"), plan.count("unchanged"), plan.count("bad"))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    """Return what the register holds."""
    with raw(store) as cursor:
        return cursor.execute(sql).fetchall()
