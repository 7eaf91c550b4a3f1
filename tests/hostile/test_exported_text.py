"""No file this product writes holds a formula made of somebody's text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.db.store import Store
from drillbook.importing import prepare, read_sheets
from drillbook.importing.correction import correction_workbook
from drillbook.importing.workbook_reader import Sheet
from drillbook.operations.opening import open_store
from drillbook.records import plans, sessions, teams, units
from drillbook.reports.files import annual_workbook, tables, xlsx
from drillbook.reports.files.xlsx import text_for_csv, text_from_csv
from tests.examples import examples
from tests.hostile.values import FORMULAS, MARKS
from tests.people import CLERK, TODAY, add_programme

AWKWARD = (*FORMULAS, *MARKS)
AS_OF = date(2023, 12, 31)


def cells(data: bytes) -> list[openpyxl.cell.Cell]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A register in which every awkward text is a place, a name of a unit, a plan and a team."""
    opened = open_store(tmp_path_factory.mktemp("awkward") / "register.duckdb")
    add_programme(opened)
    with opened.write(CLERK) as tx:
        for number, text in enumerate(AWKWARD):
            unit = units.RECORD_TYPE.save_in(tx, units.Unit(f"{text}{number}"), today=TODAY)
            day = date(2023, 1 + number % 12, 1 + number // 12)
            held = sessions.Session(
                f"{text}演练",
                day,
                place=text,
                participants=30,
                units=(sessions.SessionUnit(unit),),
            )
            sessions.RECORD_TYPE.save_in(tx, held, today=TODAY)
            plan = plans.Plan(f"{text}{number}", lead_unit_id=unit)
            plans.RECORD_TYPE.save_in(tx, plan, today=TODAY)
            team = teams.Team(f"{text}{number}", parent_unit_id=unit)
            teams.RECORD_TYPE.save_in(tx, team, today=TODAY)
    yield opened
    opened.close()


@pytest.mark.usefixtures("zh")
def test_the_years_workbook_holds_no_formula_of_ours_or_theirs(awkward: Store) -> None:
    found = cells(annual_workbook.workbook_bytes(awkward, 2023, AS_OF, "zh", actor=CLERK))
    assert any("cmd|" in str(cell.value) for cell in found)
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    assert not [cell for cell in found if cell.hyperlink and "outside" in str(cell.hyperlink)]


@pytest.mark.usefixtures("zh")
@pytest.mark.parametrize("key", tables.TABLES)
def test_no_cell_of_a_csv_begins_as_a_formula(awkward: Store, key: str) -> None:
    data = annual_workbook.csv_table(awkward, 2023, AS_OF, "zh", key, actor=CLERK)
    lines = data.decode("utf-8-sig").split("\r\n")
    assert all(line.startswith('"') for line in lines if line)
    texts = [c for row in read_sheets(data, "a.csv")[0].rows for c in row if isinstance(c, str)]
    assert texts
    written = {cell for line in lines for cell in line[1:-1].split('","')}
    assert not [
        cell for cell in written if cell.lstrip(" \u3000\u00a0\u200b")[:1] in "=@＝＠" and cell
    ]


@pytest.mark.parametrize("text", AWKWARD)
def test_what_a_csv_makes_harmless_our_import_undoes(text: str) -> None:
    assert text_from_csv(text_for_csv(text)) == text.replace("\x1b", "")


@settings(max_examples=examples(500), deadline=None)
@given(st.text(st.sampled_from("'\"=+-@＝＠ \t\r\n\u3000\u200ba1中"), max_size=8))
def test_harmless_making_is_undone_for_any_text(text: str) -> None:
    written = text_for_csv(text)
    assert text_from_csv(written) == text
    assert written.lstrip()[:1] not in tuple("=+-@＝＠")


@settings(max_examples=examples(500), deadline=None)
@given(st.text(st.sampled_from("'\"=+-@ ;\t\r\na1中"), max_size=12))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_with_any_sign_between_cells_no_cell_begins_as_a_formula(
    delimiter: str, text: str
) -> None:
    columns = (xlsx.Column("甲", 9), xlsx.Column("乙", 9))
    data = xlsx.csv_bytes(xlsx.Table("t", "", "", columns, (("a", text), (text, "b"))))
    written = data.decode("utf-8-sig")
    for record in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
        assert not [cell for cell in record if cell.strip(' "')[:1] in ("=", "+", "-", "@")]


@pytest.mark.usefixtures("zh")
def test_a_correction_workbook_holds_text_only(store: Store) -> None:
    head = ["演练名称", "演练时间", "主办单位", "备注"]
    rows = [[text, "没有日期", text, text] for text in AWKWARD]
    sheet = Sheet("=cmd|'/C calc'!A0", [["=1+1 标题"], head, *rows])
    plan = prepare(store, "sessions", [sheet], today=TODAY, filename="=1.xlsx", year=2023)
    found = cells(correction_workbook(plan))
    assert len(found) > len(AWKWARD)
    assert {cell.data_type for cell in found} <= {"s", "n"}
