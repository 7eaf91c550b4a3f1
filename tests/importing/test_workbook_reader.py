"""Files are opened by what they are; each one that is refused gets its sentence."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from datetime import date

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from drillbook.core.errors import DrillbookError
from drillbook.importing import read_sheets
from drillbook.importing.workbook_reader import MAX_BYTES
from tests.importing.tables import REAL, workbook

XLS = REAL / "old.xls"
HEADER = ["演练名称", "演练时间", "参演人数"]
ROW = ["防汛演练", "2023.5.12", "30余人"]


def test_a_workbook_shows_merged_text_in_every_cell() -> None:
    data = workbook(
        [["标题", None, None], ["甲", 30, date(2023, 5, 12)], [None, 1.5, True]],
        merged=["A1:C1", "A2:A3"],
    )
    (sheet,) = read_sheets(data, "一.xlsx")
    assert sheet.rows[0] == ["标题", "标题", "标题"]
    assert [row[0] for row in sheet.rows[1:]] == ["甲", "甲"]
    assert sheet.rows[1][1:] == [30, date(2023, 5, 12)]
    assert sheet.rows[2][1:] == [1.5, True]


def ods() -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="台账")

    def row(*cells: TableCell) -> None:
        line = TableRow()
        for cell in cells:
            line.addElement(cell)
        table.addElement(line)

    def text(words: str, **span: int) -> TableCell:
        cell = TableCell(valuetype="string", **span)
        cell.addElement(P(text=words))
        return cell

    row(text("标题", numbercolumnsspanned=2), CoveredTableCell())
    row(text("甲", numberrowsspanned=2), text("乙"))
    row(CoveredTableCell(), text("丙"))
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def test_an_ods_file_is_read_with_its_merged_cells() -> None:
    (sheet,) = read_sheets(ods(), "台账.ods")
    assert sheet.name == "台账"
    assert sheet.rows == [["标题", "标题"], ["甲", "乙"], ["甲", "丙"]]


def test_an_old_xls_file_is_read() -> None:
    (sheet,) = read_sheets(XLS.read_bytes(), "旧表.xls")
    assert sheet.rows[0][0] == "2023年度应急演练开展情况统计表"
    assert sheet.rows[2][1:4] == ["防汛应急演练", date(2023, 5, 12), "应急管理局"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_every_encoding(encoding: str, delimiter: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([HEADER, ROW, ["塌方，滑坡", "待定", ""]])
    (sheet,) = read_sheets(buffer.getvalue().encode(encoding), "台账.csv")
    assert sheet.name == "台账"
    assert sheet.rows == [HEADER, ROW, ["塌方，滑坡", "待定", None]]


def test_a_quote_left_open_costs_only_its_row() -> None:
    (sheet,) = read_sheets('名称,人数\n"甲,1\n乙,2\n丙,3\n'.encode(), "a.csv")
    assert [row[0] for row in sheet.rows[-2:]] == ["乙", "丙"]


def test_text_of_a_hundred_thousand_characters_is_only_long() -> None:
    long = "长" * 100_000
    (sheet,) = read_sheets(f"{long},b\nc,d\n".encode(), "a.csv")
    assert sheet.rows[0][0] == long


def test_a_hidden_sheet_is_marked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["a"]], [["b"]])))
    book.worksheets[1].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    assert [sheet.hidden for sheet in read_sheets(buffer.getvalue(), "x.xlsx")] == [False, True]


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return buffer.getvalue()


def far_corner() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "演练名称"
    book.active.cell(1_048_576, 16_384, 1)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
GOOD = workbook([HEADER, ROW])
LOCKED_ODS = archive(
    mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
    content_dot_xml=b"x",
    **{"META-INF__manifest_dot_xml": b"<manifest:encryption-data/>"},
)

REFUSED = {
    "empty": (b"", "The file is empty."),
    "blank": (b" \r\n\x00", "The file is empty."),
    "too large": (b"a" * (MAX_BYTES + 1), "The file has 30 MB; at most 30 MB can be read."),
    "cut off": (GOOD[: len(GOOD) // 2], "The file is damaged or incomplete."),
    "broken inside": (
        with_member(archive(xl__workbook_dot_xml=b"<oops"), "xl/a", b""),
        "The file is damaged or incomplete.",
    ),
    "broken xls": (OLE + "Workbook".encode("utf-16-le") + b"\x00" * 600, "The file is damaged"),
    "protected xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "protected ods": (LOCKED_ODS, "The workbook is protected by a password."),
    "macros": (with_member(GOOD, "xl/vbaProject.bin", b"x"), "The workbook contains macros."),
    "bomb": (
        with_member(GOOD, "xl/media/a.xml", b"\x00" * 50_000_000),
        "and was not opened. Copy the table",
    ),
    "far corner": (far_corner(), "A sheet has more than 200,000 rows or 500 columns."),
    "many columns": (
        ",".join("a" * 501).encode(),
        "A sheet has more than 200,000 rows or 500 columns.",
    ),
    "many rows": (b"a,b\n" * 200_001, "A sheet has more than 200,000 rows"),
    "pdf": (b"%PDF-1.7 ...", "The file is a PDF document, not a table"),
    "picture": (b"\x89PNG\r\n\x1a\n", "The file is a picture, not a table"),
    "word": (archive(word__document_dot_xml=b"x"), "The file is a Word document, not a table"),
    "old word": (OLE + "WordDocument".encode("utf-16-le"), "The file is a Word document"),
    "slides": (archive(ppt__presentation_dot_xml=b"x"), "The file is a presentation"),
    "archive": (archive(a_dot_txt=b"x"), "The file is a compressed archive"),
    "html": (b"<html><table><tr><td>1", "The file is a web page or XML text"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "The file is a web page or XML text"),
    "program": (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "The file is a file of another program"),
}


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_table_is_refused_with_its_sentence(name: str) -> None:
    data, sentence = REFUSED[name]
    began = time.monotonic()
    with pytest.raises(DrillbookError) as refused:
        read_sheets(data, "演练.xls")
    assert sentence in refused.value.message
    assert refused.value.title == "The file cannot be imported"
    assert time.monotonic() - began < 20


@pytest.mark.usefixtures("zh")
def test_the_sentence_is_chinese_for_chinese_users() -> None:
    with pytest.raises(DrillbookError, match="该文件实际是PDF 文档，不是表格"):
        read_sheets(b"%PDF-1.7", "演练.xlsx")
