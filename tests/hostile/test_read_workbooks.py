"""A workbook sent to be imported may be anything: it is read, or refused with a sentence."""

from __future__ import annotations

import io
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from drillbook.core.errors import DrillbookError
from drillbook.importing import read_sheets, workbook_reader
from tests.hostile import files
from tests.importing.tables import REAL

EXTERNAL = {
    "xl/externalLinks/externalLink1.xml": f"{files.DECLARATION}<externalLink"
    ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink'
    ' ddeService="cmd" ddeTopic="/C calc"><ddeItems><ddeItem name="A0"/></ddeItems></ddeLink>'
    "</externalLink>",
}
REFUSED = {
    "entities": (files.changed(files.workbook(), {"xl/sharedStrings.xml": files.LAUGHS}), "harm"),
    "file entity": (
        files.changed(
            files.workbook(),
            {"xl/workbook.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"},
        ),
        "harm",
    ),
    "lying bomb": (
        files.one_member("xl/workbook.xml", b" " * 60_000_000, 900),
        "unpacks to 21 MB and more",
    ),
    "macros of old Excel": (
        files.compound({"Workbook": files.records(files.BEGIN), "_VBA_PROJECT_CUR/VBA/dir": b"x"}),
        "macros",
    ),
    "password of old Excel": (
        files.compound({"Workbook": files.records(files.BEGIN, files.LOCK, files.LAST)}),
        "password",
    ),
    "program": (files.changed(files.workbook(), {"xl/media/a.png": b"MZ\x90\x00"}), "a program"),
    "open text": (files.open_document(), "is a Word document"),
    "16,000 columns": (files.workbook([["列"] * 16_000]), "more than 200,000 rows or 500 columns"),
}


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_workbook_is_refused_with_its_sentence(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(DrillbookError) as refused:
        read_sheets(data, "台账.xlsx")
    assert words in refused.value.message


def test_formulas_and_links_to_other_programs_are_not_followed() -> None:
    book = openpyxl.Workbook()
    book.active.append(["演练名称", "=cmd|'/C calc'!A0", '=HYPERLINK("http://x.example","x")'])
    buffer = io.BytesIO()
    book.save(buffer)
    (sheet,) = read_sheets(files.changed(buffer.getvalue(), EXTERNAL), "台账.xlsx")
    # Formulas without a stored result are empty cells: nothing here computes one.
    assert sheet.rows == [["演练名称"]]


def test_a_cell_longer_than_excel_allows_is_only_long() -> None:
    long = "长" * 200_000
    text = f"{files.DECLARATION}<sst xmlns='{MAIN}'><si><t>{long}</t></si></sst>"
    sheet = (
        f"{files.DECLARATION}<worksheet xmlns='{MAIN}'><sheetData><row r='1'>"
        "<c r='A1' t='s'><v>0</v></c></row></sheetData></worksheet>"
    )
    data = files.changed(
        files.workbook([["x"]]), {"xl/sharedStrings.xml": text, "xl/worksheets/sheet1.xml": sheet}
    )
    assert read_sheets(data, "台账.xlsx")[0].rows == [[long]]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CHILD = """
import os, resource, sys
sys.path.insert(0, {folder!r})
import extract
extract.limit_itself()
memory = resource.getrlimit(resource.RLIMIT_AS)[0]
print(sorted(os.environ), memory, resource.getrlimit(resource.RLIMIT_FSIZE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_reader_has_limits_and_knows_nothing_of_its_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILLBOOK_SECRET", "geheim")
    folder = str(Path(workbook_reader.__file__).parent)
    said = subprocess.run(
        [sys.executable, "-I", "-c", CHILD.format(folder=folder)],
        capture_output=True,
        text=True,
        check=True,
        env=workbook_reader._child_environment(),
    )
    assert "DRILLBOOK" not in said.stdout
    assert said.stdout.split("]")[1].split() == [str(3 * 1024**3), "0"]


class _Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("taken over",))


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize(
    "answer",
    [
        pickle.dumps(("sheets", _Harm())),
        pickle.dumps(("sheets", [("name",)])),
        pickle.dumps(7),
        b"",
        b"Traceback",
    ],
)
@pytest.mark.parametrize("code", [0, 1, -9, -11])
def test_whatever_the_reader_answers_becomes_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: bytes, code: int
) -> None:
    def run(*_arguments: object, **_options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], code, answer, b"")

    monkeypatch.setattr(workbook_reader.subprocess, "run", run)
    with pytest.raises(DrillbookError, match="damaged or incomplete"):
        read_sheets(files.workbook(), "台账.xlsx")
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize(
    ("reader", "words"),
    [
        ("import sys; sys.exit(3)", "damaged or incomplete"),
        ("raise MemoryError('memory')", "more than 200,000 rows"),
        ("import os; os.abort()", "damaged or incomplete"),
        ("import time; time.sleep(60)", "more than 200,000 rows"),
    ],
)
def test_a_reader_that_ends_badly_becomes_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reader: str, words: str
) -> None:
    script = tmp_path / "extract.py"
    script.write_text(reader, encoding="utf-8")
    monkeypatch.setattr(workbook_reader, "_EXTRACT", script)
    monkeypatch.setattr(workbook_reader, "READING_SECONDS", 1)
    with pytest.raises(DrillbookError, match=words):
        read_sheets(files.workbook(), "台账.xlsx")


SEEDS = {
    "old.xls": (REAL / "old.xls").read_bytes(),
    "new.xlsx": files.workbook(),
    "open.ods": files.open_document("application/vnd.oasis.opendocument.spreadsheet"),
    **{path.name: path.read_bytes() for path in sorted(REAL.glob("*.[ct][sx][vt]"))},
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_broken_file_is_read_or_refused_and_nothing_else(name: str) -> None:
    dice, content = random.Random(name), SEEDS[name]
    rounds = 12 if name.endswith(("xls", "xlsx", "ods")) else 60
    for _ in range(rounds):
        broken = bytearray(content)
        for _change in range(dice.randint(1, 12)):
            place = dice.randrange(len(broken))
            broken[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        try:
            sheets = read_sheets(bytes(broken), name)
        except DrillbookError as refused:
            sheets = []
            outcome = refused.message
        else:
            outcome = "read"
        assert outcome
        assert all(isinstance(sheet.rows, list) for sheet in sheets)
