"""Opens what an office sends: workbooks (.xlsx, .xls, .ods) and text tables (.csv, .txt).

Says what a file is by its content, never by its ending, and refuses with one sentence what it
cannot or should not open. It knows nothing of headers and fields and never guesses at cells: a
merged range shows its text in every cell it covers, everything else stays as written.
"""

from __future__ import annotations

import csv
import datetime as datetime_module
import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.records import archive_inspection
from drillbook.reports.files.xlsx import text_from_csv

Cell = str | int | float | bool | date | datetime | time | None
Range = tuple[int, int, int, int]
"""Top, left, bottom, right; zero-based, all inclusive."""

MAX_BYTES = 30 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_MERGED_CELLS = 2_000_000
READING_SECONDS = 120

# What no record keeps either: with it the second import of a file would see a difference.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
    r"|[\ud800-\udfff]"
)
_EXTRACT = Path(__file__).with_name("extract.py")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as a list of rows; ``rows[0]`` is row 1 of the file."""

    name: str
    rows: list[list[Cell]]
    merged: list[Range] = field(default_factory=list)
    hidden: bool = False


def text_of(value: Cell) -> str:
    """Return a cell as a person would read it: 30.0 is ``30``, a day is ``2023-05-12``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else str(value.date())
    return _UNSEEN.sub("", str(value)).strip()


def read_sheets(data: bytes, filename: str) -> list[Sheet]:
    """Return the sheets of a file; raise DrillbookError with the reason when it is refused."""
    if not data.strip(b"\x00 \r\n\t"):
        raise _refusal(_("The file is empty. Check that the right file was chosen."))
    if len(data) > MAX_BYTES:
        raise _refusal(
            _("The file has {size} MB; at most {limit} MB can be read. Split it by year.").format(
                size=len(data) // 1024**2, limit=MAX_BYTES // 1024**2
            )
        )
    if data.startswith(b"PK"):
        _check_archive(data)
        return [_filled(sheet) for sheet in _extract(data)]
    if archive_inspection.is_compound(data):
        _check_compound(data)
        return [_filled(sheet) for sheet in _extract(data)]
    _refuse_other_kinds(data)
    return [_read_text(data, PurePath(filename).stem)]


def _refusal(message: str) -> DrillbookError:
    return DrillbookError(message, title=_("The file cannot be imported"))


def _damaged() -> DrillbookError:
    return _refusal(
        _(
            "The file is damaged or incomplete. Open it in Excel or WPS, save it again as .xlsx "
            "and choose the new file."
        )
    )


def _locked() -> DrillbookError:
    return _refusal(
        _("The workbook is protected by a password. Remove the password, save it and try again.")
    )


def _wrong_kind(what: str) -> DrillbookError:
    return _refusal(
        _(
            "The file is {what}, not a table, whatever its name ends with. "
            "Save the table as .xlsx, .xls, .ods or .csv."
        ).format(what=what)
    )


def _too_many_cells() -> DrillbookError:
    return _refusal(
        _(
            "A sheet has more than {rows} rows or {columns} columns. Delete the empty rows and "
            "columns at its end, or split it."
        ).format(rows=f"{MAX_ROWS:,}", columns=MAX_COLUMNS)
    )


# What the file is


def _check_archive(data: bytes) -> None:
    """Refuse archives that are no workbook, or not a harmless one."""
    try:
        kind = archive_inspection.archive_kind(data)
        if kind not in ("xlsx", "ods"):
            raise _wrong_kind(_other_kind(kind))
        archive_inspection.check_archive(data)
    except archive_inspection.Unsafe as unsafe:
        raise _unsafe(unsafe) from unsafe


def _check_compound(data: bytes) -> None:
    """Refuse files of old Office that are no workbook, or not a harmless one."""
    try:
        kind = archive_inspection.compound_kind(data)
        if kind in ("doc", "ppt"):
            raise _wrong_kind(_other_kind(kind))
        archive_inspection.check_compound(data)
    except archive_inspection.Unsafe as unsafe:
        raise _unsafe(unsafe) from unsafe
    if kind != "xls":
        raise _damaged()


def _other_kind(kind: archive_inspection.Kind) -> str:
    if kind in ("docx", "doc", "odt"):
        return _("a Word document")
    return _("a presentation") if kind in ("pptx", "ppt", "odp") else _("a compressed archive")


def _unsafe(unsafe: archive_inspection.Unsafe) -> DrillbookError:
    sentences = {
        "locked": _locked(),
        "too_large": _refusal(
            _(
                "The file unpacks to {size} MB and more, far more than a table needs, and was not"
                " opened. Copy the table into a new workbook."
            ).format(size=unsafe.unpacked // 1024**2)
        ),
        "macros": _refusal(
            _("The workbook contains macros. Save it as .xlsx, which leaves them out.")
        ),
        "entities": _refusal(
            _(
                "The workbook contains XML that could do harm, and was not opened. Copy the table"
                " into a new workbook."
            )
        ),
        "program": _refusal(
            _(
                "The workbook contains a program, and was not opened. Copy the table into a new"
                " workbook."
            )
        ),
    }
    return sentences.get(unsafe.reason, _damaged())


def _refuse_other_kinds(data: bytes) -> None:
    signatures = {
        b"%PDF": _("a PDF document"),
        b"\x89PNG": _("a picture"),
        b"\xff\xd8\xff": _("a picture"),
        b"GIF8": _("a picture"),
        b"BM": _("a picture"),
        b"Rar!": _("a compressed archive"),
        b"7z\xbc\xaf": _("a compressed archive"),
        b"\x1f\x8b": _("a compressed archive"),
        b"{\\rtf": _("a Word document"),
    }
    for signature, what in signatures.items():
        if data.startswith(signature) and (signature != b"BM" or b"\x00" in data[:64]):
            raise _wrong_kind(what)
    start = data[:2048].decode("ascii", "ignore").lstrip("\x00 \t\r\n").lower()
    if re.match(r"<(!doctype|html|head|body|table|meta|\?xml|!--)", start):
        raise _wrong_kind(_("a web page or XML text"))


# Workbooks


def _extract(data: bytes) -> list[Sheet]:
    command = [sys.executable, "-I", str(_EXTRACT), str(MAX_ROWS), str(MAX_COLUMNS)]
    try:
        child = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=READING_SECONDS,
            check=False,
            env=_child_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise _too_many_cells() from error
    if child.returncode:
        raise _too_many_cells() if b"memory" in child.stderr.lower() else _damaged()
    try:
        return _sheets(child.stdout)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError) as error:
        raise _damaged() from error


def _child_environment() -> dict[str, str]:
    """Return the least a Python needs: what the server was told is not the reader's business."""
    # Windows starts no program without these.
    needed = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP")
    return {name: os.environ[name] for name in needed if name in os.environ}


class _Values(pickle.Unpickler):
    """Makes dates and times and nothing else: a reader that was taken over answers pickled too."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in ("date", "datetime", "time", "timedelta"):
            return getattr(datetime_module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a cell")


def _sheets(answer: bytes) -> list[Sheet]:
    outcome, content = _Values(io.BytesIO(answer)).load()
    if outcome == "password":
        raise _locked()
    if outcome == "too_many_cells":
        raise _too_many_cells()
    if outcome == "unreadable":
        raise _damaged()
    return [
        Sheet(
            name,
            [[_cell(value) for value in row] for row in rows],
            [(top, left, bottom, right) for (top, left), (bottom, right) in merged],
            hidden,
        )
        for name, hidden, rows, merged in content
    ]


def _cell(value: Cell | timedelta) -> Cell:
    if value == "":
        return None
    return str(value) if isinstance(value, timedelta) else value


def _filled(sheet: Sheet) -> Sheet:
    """Show a merged range's text in all its cells; where the file lies about sizes, stop."""
    budget = MAX_MERGED_CELLS
    height = len(sheet.rows)
    kept: list[Range] = []
    for top, left, bottom, right in sheet.merged:
        bottom, right = min(bottom, height - 1), min(right, MAX_COLUMNS - 1)
        budget -= max(0, bottom - top + 1) * max(0, right - left + 1)
        if budget < 0:
            break
        if bottom < top or right < left or left >= len(sheet.rows[top]):
            continue
        kept.append((top, left, bottom, right))
        value = sheet.rows[top][left]
        for row in sheet.rows[top : bottom + 1]:
            row.extend([None] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return Sheet(sheet.name, sheet.rows, kept, sheet.hidden)


# Text tables


def _read_text(data: bytes, name: str) -> Sheet:
    text = _decoded(data)
    csv.field_size_limit(sys.maxsize)
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    for record in _records(text, delimiter):
        rows.append([text_from_csv(cell) if cell.strip() else None for cell in record])
        if len(rows) > MAX_ROWS or len(record) > MAX_COLUMNS:
            raise _too_many_cells()
    return Sheet(name, rows)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    if text.count('"') % 2 == 0:
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    # One quote left open would swallow every row below it into a single cell.
    single = (csv.reader([line], delimiter=delimiter) for line in text.splitlines())
    return (next(reader, []) for reader in single)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif 0 in data[1:2000:2] and 0 not in data[:2000:2]:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and error.start >= len(data) - 3 and error.start > 3:
                raise _damaged() from error
            continue
        if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
            raise _wrong_kind(_("a file of another program"))
        return text
    raise _wrong_kind(_("a file of another program"))


def _delimiter(text: str) -> str:
    """Return what splits the first lines most evenly; a list of single lines keeps the comma."""
    sample = text[:200_000].splitlines()[:60]

    def evenness(delimiter: str) -> tuple[int, int]:
        widths = [len(record) for record in csv.reader(sample, delimiter=delimiter)]
        wide = [width for width in widths if width > 1]
        return (max((wide.count(width) for width in wide), default=0), sum(wide))

    return max((",", "\t", ";", "|"), key=evenness)
