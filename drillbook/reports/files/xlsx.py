"""The annual workbook and its CSV files: lays out tables that are handed over ready worded.

It reads no register and translates nothing, so that it runs in a process of its own
(``python -m drillbook.reports.files.xlsx``: a pickled Workbook on standard input, the file on
standard output). User text is written as text, whatever it begins with.
"""

from __future__ import annotations

import csv
import io
import pickle
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal, TypeAlias

import xlsxwriter

CELL_LIMIT = 32_767
CONSTANT_MEMORY_FROM = 20_000
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
A4 = 9
FIRST_ROW = 3
"""Title, subtitle and heading stand above the first row of a table (rows count from 0)."""
# Not allowed in a workbook's XML at all, or invisible; line breaks and tabs stay.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# After blanks, quotes and what nobody sees; in half, full and small width.
# Before each sign at which some spreadsheet begins a new cell.
_PARTS = re.compile(r"(?=[;\t\r\n])")
_STARTS_FORMULA = re.compile(
    r"[\s'\"\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n]"
)
_DATE, _MONTH, _NUMBER = "yyyy-mm-dd", "yyyy-mm", "#,##0"


@dataclass(frozen=True)
class Month:
    """A date of which only the month is known; ``first`` is its first day."""

    first: date


Cell: TypeAlias = "str | int | date | time | Month | None"


@dataclass(frozen=True)
class Column:
    """One column: its heading and its width in characters."""

    title: str
    width: int


@dataclass(frozen=True)
class Chart:
    """A native chart beside a table: series are column numbers, categories the first column."""

    kind: Literal["column", "bar", "pie"]
    title: str
    series: tuple[int, ...]
    rows: int
    category: int = 0


@dataclass(frozen=True)
class Table:
    """One sheet and one CSV file. ``total`` is a last row that the filter leaves alone."""

    key: str
    sheet: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Workbook:
    """Everything the file says, in one language. ``mark`` is 示例数据 or empty."""

    title: str
    cover: str
    as_of: str
    page_footer: str
    cut_mark: str
    font: str
    mark: str
    facts: tuple[tuple[str, str], ...]
    contents_title: str
    notes_title: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


# --- cells -----------------------------------------------------------------------------------


def text_for_cell(text: str, cut_mark: str) -> str:
    """Return a text that fits into a cell: writable characters, at most 32,767 UTF-16 units."""
    written = _UNWRITABLE.sub("", text).encode("utf-16-le", "replace")
    if len(written) <= 2 * CELL_LIMIT:
        return written.decode("utf-16-le")
    kept = 2 * (CELL_LIMIT - len(cut_mark.encode("utf-16-le")) // 2)
    return written[:kept].decode("utf-16-le", "ignore") + cut_mark


def text_for_csv(text: str) -> str:
    """Return a text no spreadsheet runs: one that begins like a formula gets an apostrophe.

    The apostrophe is how spreadsheets themselves mark text; numbers and dates never get one.
    A spreadsheet that parts cells at semicolons or tabs takes our quotes for text, so what follows
    such a sign or a line break inside the text may begin a cell too.
    """
    written = _UNWRITABLE.sub("", text)
    first, *others = _PARTS.split(written)
    return _marked(first + "".join(map(_marked_inside, others)))


def text_from_csv(text: str) -> str:
    """Return the text that ``text_for_csv`` was given: without the apostrophes it put there."""
    first, *others = _PARTS.split(_unmarked(text))
    return first + "".join(map(_unmarked_inside, others))


def _marked(text: str) -> str:
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def _unmarked(text: str) -> str:
    return text[1:] if text[:1] == "'" and _STARTS_FORMULA.match(text[1:]) else text


def _marked_inside(part: str) -> str:
    return part[0] + _marked(part[1:])


def _unmarked_inside(part: str) -> str:
    return part[0] + _unmarked(part[1:])


def csv_bytes(table: Table) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, without title and total."""
    text = io.StringIO()
    # All in quotes: a spreadsheet that parts cells at other marks must not find one in a text.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([text_for_csv(column.title) for column in table.columns])
    writer.writerows([[_csv_cell(cell) for cell in row] for row in table.rows])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return text_for_csv(cell)
    if isinstance(cell, Month):
        return f"{cell.first:%Y-%m}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return "" if cell is None else str(cell)


# --- the file --------------------------------------------------------------------------------


def build(data: Workbook) -> bytes:
    """Return the workbook as the bytes of an .xlsx file."""
    file = io.BytesIO()
    rows = sum(len(table.rows) for table in data.tables)
    # In constant memory a row cannot be gone back to, and charts are drawn without cached values.
    options = {**OPTIONS, "constant_memory": rows > CONSTANT_MEMORY_FROM}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": data.title, "comments": data.mark})
        writer = _Writer(book, data)
        writer.cover()
        for table in data.tables:
            writer.table(table)
    return file.getvalue()


class _Writer:
    """The open workbook with its formats."""

    def __init__(self, book: Any, data: Workbook) -> None:
        self.book, self.data = book, data
        font = {"font_name": data.font, "font_size": 10, "valign": "vcenter"}
        wrapped = font | {"text_wrap": True, "border": 1, "border_color": "#BFC7D1"}
        heading = {"bold": True, "bg_color": "#E4EAF2", "align": "center"}
        looks: dict[str, dict[str, Any]] = {
            "plain": font,
            "wrapped": font | {"text_wrap": True, "valign": "top"},
            "title": font | {"font_size": 16, "bold": True},
            "cover": font | {"font_size": 22, "bold": True, "align": "center"},
            "mark": font | {"font_size": 14, "bold": True, "font_color": "#B3261E"},
            "subtitle": font | {"font_color": "#4A5563"},
            "link": font | {"font_color": "#1F5FA8", "underline": 1},
            "section": font | {"font_size": 12, "bold": True, "bottom": 1},
            "heading": wrapped | heading,
            "text": wrapped,
            "number": wrapped | {"num_format": _NUMBER, "align": "right"},
            "date": wrapped | {"num_format": _DATE, "align": "center"},
            "month": wrapped | {"num_format": _MONTH, "align": "center"},
            "time": wrapped | {"num_format": "hh:mm", "align": "center"},
        }
        self.formats = {name: book.add_format(look) for name, look in looks.items()}
        bold = {"bold": True, "bg_color": "#F3F5F8"}
        self.totals = {
            name: book.add_format(looks[name] | bold) for name in ("text", "number", "date")
        }

    def _text(self, sheet: Any, row: int, column: int, text: str, look: str) -> None:
        sheet.write_string(row, column, text_for_cell(text, self.data.cut_mark), self.formats[look])

    def _page(self, sheet: Any, *, landscape: bool) -> None:
        sheet.set_paper(A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        mark = f"&L{self.data.mark}" if self.data.mark else ""
        sheet.set_footer(f"{mark}&C{self.data.page_footer}&R{self.data.as_of}")
        sheet.hide_gridlines(2)

    def cover(self) -> None:
        """Write the first sheet: title, day, the official sentence, contents and how it counts."""
        data, sheet = self.data, self.book.add_worksheet(self.data.cover)
        self._page(sheet, landscape=False)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 70)
        sheet.set_row(0, 48)
        sheet.merge_range(0, 0, 0, 1, "", self.formats["cover"])
        self._text(sheet, 0, 0, data.title, "cover")
        row = 1
        if data.mark:
            self._text(sheet, row, 0, data.mark, "mark")
        row += 1
        for name, text in data.facts:
            sheet.set_row(row, _height(text, 70))
            self._text(sheet, row, 0, name, "wrapped")
            self._text(sheet, row, 1, text, "wrapped")
            row += 1
        row = self._contents(sheet, row + 1)
        self._text(sheet, row + 1, 0, data.notes_title, "section")
        for place, note in enumerate(data.notes, row + 2):
            sheet.set_row(place, _height(note, 92))
            sheet.merge_range(place, 0, place, 1, "", self.formats["wrapped"])
            self._text(sheet, place, 0, note, "wrapped")

    def _contents(self, sheet: Any, row: int) -> int:
        self._text(sheet, row, 0, self.data.contents_title, "section")
        for place, table in enumerate(self.data.tables, row + 1):
            name = table.sheet.replace("'", "''")
            sheet.write_url(
                place, 0, f"internal:'{name}'!A1", self.formats["link"], string=table.sheet
            )
            self._text(sheet, place, 1, table.title, "plain")
        return row + 1 + len(self.data.tables)

    def table(self, table: Table) -> None:
        """Write one sheet: title, day, heading, rows, total, notes, and charts beside them."""
        sheet = self.book.add_worksheet(table.sheet)
        self._page(sheet, landscape=len(table.columns) > 5 or bool(table.charts))
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, column.width)
        sheet.set_row(0, 28)
        mark = f"{self.data.mark} " if self.data.mark else ""
        self._text(sheet, 0, 0, mark + table.title, "title")
        self._text(sheet, 1, 0, self.data.as_of, "subtitle")
        sheet.set_row(2, 30)
        for number, column in enumerate(table.columns):
            self._text(sheet, 2, number, column.title, "heading")
        last = self._rows(sheet, table)
        sheet.freeze_panes(FIRST_ROW, 2 if len(table.columns) > 5 else 1)
        sheet.repeat_rows(0, 2)
        sheet.autofilter(2, 0, max(last, FIRST_ROW) - 1, len(table.columns) - 1)
        self._foot(sheet, table, last)
        self._charts(sheet, table)

    def _rows(self, sheet: Any, table: Table) -> int:
        for place, row in enumerate(table.rows, FIRST_ROW):
            height = max(
                (_height(cell, col.width) for cell, col in _texts(row, table.columns)), default=15
            )
            sheet.set_row(place, height)
            self._row(sheet, place, row, self.formats)
        return FIRST_ROW + len(table.rows)

    def _row(self, sheet: Any, place: int, row: Sequence[Cell], looks: dict[str, Any]) -> None:
        for number, cell in enumerate(row):
            if cell is None or cell == "":
                sheet.write_blank(place, number, None, looks["text"])
            elif isinstance(cell, str):
                text = text_for_cell(cell, self.data.cut_mark)
                sheet.write_string(place, number, text, looks["text"])
            elif isinstance(cell, Month):
                sheet.write_datetime(place, number, cell.first, looks["month"])
            elif isinstance(cell, (date, time)):
                look = looks["time" if isinstance(cell, time) else "date"]
                sheet.write_datetime(place, number, cell, look)
            else:
                sheet.write_number(place, number, cell, looks["number"])

    def _foot(self, sheet: Any, table: Table, row: int) -> None:
        if table.total:
            self._row(sheet, row, table.total, self.totals)
            row += 1
        for place, note in enumerate(table.notes, row + 1):
            self._text(sheet, place, 0, note, "subtitle")

    def _charts(self, sheet: Any, table: Table) -> None:
        for number, spec in enumerate(table.charts):
            if not spec.rows:
                continue
            chart = self.book.add_chart({"type": spec.kind})
            last = FIRST_ROW + spec.rows - 1
            for column in spec.series:
                chart.add_series(
                    {
                        "name": [table.sheet, 2, column],
                        "categories": [table.sheet, FIRST_ROW, spec.category, last, spec.category],
                        "values": [table.sheet, FIRST_ROW, column, last, column],
                        "data_labels": {"value": spec.kind != "column", "font": {"size": 9}},
                    }
                )
            self._dress(chart, spec)
            # Below the rows that are printed again on each page: the chart would be, too.
            place = FIRST_ROW + number * 18
            sheet.insert_chart(place, len(table.columns), chart, {"x_offset": 24, "y_offset": 4})

    def _dress(self, chart: Any, spec: Chart) -> None:
        font = {"name": self.data.font, "size": 9}
        chart.set_title({"name": spec.title, "name_font": font | {"size": 12}, "overlay": False})
        chart.set_size({"width": 620, "height": max(340, 24 * spec.rows)})
        chart.set_legend(
            {"position": "bottom", "font": font} if len(spec.series) > 1 or spec.kind == "pie"
            else {"none": True}
        )  # fmt: skip
        if spec.kind != "pie":
            # Bars are drawn from the bottom: reversed, they stand in the table's order.
            chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": False}})
            chart.set_y_axis({"num_font": font, "reverse": spec.kind == "bar"})


def _texts(row: Iterable[Cell], columns: Iterable[Column]) -> Iterable[tuple[str, Column]]:
    pairs = zip(row, columns, strict=True)
    return ((cell, column) for cell, column in pairs if isinstance(cell, str) and cell)


def _height(text: str, width: int) -> float:
    """Return the height in points a wrapped text needs; a Chinese character is two wide."""
    lines = 0
    for line in text[:2000].split("\n"):
        wide = sum(2 if ord(character) > 0x2E80 else 1 for character in line)
        lines += max(1, -(-wide // max(width - 1, 1)))
    return min(15.0 * lines + 1, 400.0)


def main() -> None:
    """Make one file: the child's side of ``exports``."""
    sys.stdout.buffer.write(build(pickle.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
