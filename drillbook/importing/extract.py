"""Turns one workbook into rows, in a process of its own with limits.

A five-kilobyte workbook with one cell in the last corner makes the reader ask for half a terabyte
and abort the process it runs in. Therefore this file is started by ``reading`` as a script, knows
nothing of the register, and answers on standard output with one pickled value.
"""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from typing import Any
from xml.etree.ElementTree import ParseError, iterparse

import python_calamine

MEMORY_LIMIT = 3 * 1024**3
SECONDS_LIMIT = 110
FILES_LIMIT = 64
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")

Corner = tuple[int, int]


def limit_itself() -> None:
    """Let a hostile workbook fail here: no more memory and time, no file written."""
    try:
        import resource
    except ImportError:
        return
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, SECONDS_LIMIT),
        (resource.RLIMIT_NOFILE, FILES_LIMIT),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # What the system allows already may be less, and cannot be raised again.
        hard = resource.getrlimit(kind)[1]
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (least, least))


def sheets(data: bytes, max_rows: int, max_columns: int) -> list[tuple[str, bool, Any, Any]]:
    """Return (name, hidden, rows, merged ranges) of every work sheet, one row over the limit."""
    visible = python_calamine.SheetVisibleEnum.Visible
    work_sheet = python_calamine.SheetTypeEnum.WorkSheet
    merged_here = open_document_merges(data)
    found = []
    with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
        for meta in workbook.sheets_metadata:
            if meta.typ != work_sheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            if sheet.total_height > max_rows or sheet.total_width > max_columns:
                raise OverflowError
            rows = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or merged_here.get(meta.name, [])
            found.append((meta.name, meta.visible != visible, rows, merged))
    return found


def open_document_merges(data: bytes) -> dict[str, list[tuple[Corner, Corner]]]:
    """Return the merged ranges of each sheet of an .ods; the reader reports those of Excel only."""
    merged: dict[str, list[tuple[Corner, Corner]]] = {}
    if not data.startswith(b"PK"):
        return merged
    archive = zipfile.ZipFile(io.BytesIO(data))
    if "content.xml" not in archive.namelist():
        return merged
    name, row, column = "", 0, 0
    for event, element in iterparse(archive.open("content.xml"), events=("start", "end")):
        if event == "start":
            if element.tag == TABLE + "table":
                name, row = str(element.get(TABLE + "name")), 0
            elif element.tag == TABLE + "table-row":
                column = 0
            elif element.tag in CELLS:
                down = int(element.get(TABLE + "number-rows-spanned", "1"))
                across = int(element.get(TABLE + "number-columns-spanned", "1"))
                if down * across > 1:
                    corners = (row, column), (row + down - 1, column + across - 1)
                    merged.setdefault(name, []).append(corners)
                column += int(element.get(TABLE + "number-columns-repeated", "1"))
        elif element.tag == TABLE + "table-row":
            row += int(element.get(TABLE + "number-rows-repeated", "1"))
            element.clear()
    return merged


def main() -> None:
    """Read standard input, write ``("sheets", …)`` or the name of what is wrong with the file."""
    limit_itself()
    answer: tuple[str, Any]
    try:
        answer = ("sheets", sheets(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))
    except python_calamine.PasswordError:
        answer = ("password", None)
    except OverflowError:
        answer = ("too_many_cells", None)
    except (python_calamine.CalamineError, ParseError, ValueError) as error:
        answer = ("unreadable", str(error))
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    main()
