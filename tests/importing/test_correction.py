"""Bad rows leave as a workbook; mended, it is imported like any other."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from drillbook.db.store import Store
from drillbook.importing import Sheet, apply, correction_workbook, prepare, preview
from tests.conftest import CLERK, TODAY
from tests.importing.tables import counted, prepared, rows, workbook

pytestmark = pytest.mark.usefixtures("en")

DATA = workbook(
    [
        ["2023年度演练台账", None, None, None, None],
        ["演练名称", "演练时间", "主办单位", "人数", None],
        [None, None, None, "参演", "观摩"],
        ["防汛演练", "6月1日", "应急局", 30, 5],
        ["消防演练", "2月30日", "应急局", 30, 5],
        ["=1+1", date(2023, 6, 3), "http://example.org", "许多", 5],
    ]
)


def test_the_correction_workbook_holds_the_bad_rows_with_their_reasons(store: Store) -> None:
    plan = prepared(store, "sessions", DATA)
    assert counted(plan) == (1, 0, 0, 2)
    book = openpyxl.load_workbook(io.BytesIO(correction_workbook(plan)))
    sheet = book.worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[1][:5] == ["演练名称", "演练时间", "主办单位", "参演人数", "观摩人数"]
    assert values[2][0] == "消防演练"
    assert values[2][5] == "演练时间：2023-02-30 is not a day of the calendar."
    assert sheet.cell(4, 1).data_type == "s"
    assert sheet.cell(4, 1).value == "=1+1"
    assert sheet.cell(4, 2).value.date() == date(2023, 6, 3)
    assert sheet.cell(4, 3).hyperlink is None


def test_the_mended_workbook_goes_in_and_the_year_is_not_lost(store: Store) -> None:
    plan = prepared(store, "sessions", DATA)
    apply(store, plan, CLERK)
    book = openpyxl.load_workbook(io.BytesIO(correction_workbook(plan)))
    sheet = book.worksheets[0]
    sheet.cell(3, 2).value = "2月28日"
    sheet.cell(4, 4).value = "约100人"
    buffer = io.BytesIO()
    book.save(buffer)
    again = prepared(store, "sessions", buffer.getvalue(), "改正.xlsx")
    assert counted(again) == (2, 0, 0, 0)
    apply(store, again, CLERK)
    assert rows(
        store, "select name, held_on, participants, observers from drill_session order by held_on"
    ) == [
        ("消防演练", date(2023, 2, 28), 30, 5),
        ("防汛演练", date(2023, 6, 1), 30, 5),
        ("=1+1", date(2023, 6, 3), 100, 5),
    ]


def test_without_bad_rows_the_workbook_says_so(store: Store) -> None:
    good = workbook([["演练名称", "演练时间"], ["防汛演练", "2023.6.1"]])
    data = correction_workbook(prepared(store, "sessions", good))
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["No bad rows"]


def test_a_number_without_an_end_comes_back_as_text(store: Store) -> None:
    grid = [["演练名称", "演练时间", "参演人数"], ["防汛演练", "2023-06-01", float("inf")]]
    sheets = [Sheet("表", grid)]
    plan = prepare(store, "sessions", sheets, today=TODAY, filename="a.xlsx", year=2023)
    assert preview(plan).rejected == 1
    book = openpyxl.load_workbook(io.BytesIO(correction_workbook(plan)))
    assert book.worksheets[0].cell(3, 3).value == "inf"
