"""The annual workbook and its CSV files: every total as in the register, nothing executed."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook as OpenedWorkbook

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import use_language
from drillbook.core.paths import ROOT
from drillbook.db.store import Store
from drillbook.reports.annual_figures import annual
from drillbook.reports.files import annual_workbook, delivery, export, tables, xlsx
from drillbook.reports.files.xlsx import Column, Table
from drillbook.reports.official_sentence import official
from tests import awkward_year
from tests.awkward_year import AS_OF, EMOJI, FORMULAS, HTML
from tests.conftest import CLERK
from tests.raw import raw

SHEETS = [
    "封面", "主要指标", "按月份", "按事件类别", "按主办单位", "按演练形式", "按完成情况",
    "计划项目", "演练场次", "救援队伍", "应急预案", "问题整改", "到期事项",
]  # fmt: skip
HEADING = 3


def opened(content: bytes) -> OpenedWorkbook:
    """Open a workbook as a spreadsheet program does."""
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def book(store: Store) -> OpenedWorkbook:
    awkward_year.fill(store)
    return opened(xlsx.build(annual_workbook.collect(store, 2023, AS_OF, "zh")))


def rows(book: OpenedWorkbook, sheet: str) -> list[dict[str, Any]]:
    """Return the rows below the heading of a sheet, up to the first empty one."""
    found = list(book[sheet].iter_rows(min_row=HEADING, values_only=True))
    names = [str(name) for name in found[0] if name]
    kept = []
    for row in found[1:]:
        if not any(cell is not None for cell in row):
            break
        kept.append(dict(zip(names, row, strict=False)))
    return kept


def every_cell(book: OpenedWorkbook) -> list[Any]:
    """Return all cells of all sheets."""
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


# --- what it says ----------------------------------------------------------------------------


def test_the_key_figures_are_those_of_the_register(book: OpenedWorkbook, store: Store) -> None:
    found = {row["指标"]: row["数量"] for row in rows(book, "主要指标")}
    year = annual(store, 2023, AS_OF)
    assert found["演练场次"] == year.sessions == 14
    assert found["参演人次（取整）"] == year.participants_rounded == 300
    assert found["人数未知的场次"] == year.participants_unknown == 1
    assert found["已开展的计划项目"] == year.numbers["planned_drills_held"] == 1
    assert found["救援队伍：社会"] == year.team_kind("social").teams == 3
    with raw(store) as cursor:
        participants = cursor.execute(
            "select sum(participants) from drill_session where voided_at is null"
            " and held_on between date '2023-01-01' and date '2023-12-31'"
        ).fetchone()
    assert participants
    assert participants[0] == 390
    assert 390 in found.values()


def test_the_lists_hold_as_many_rows_as_the_figures_count(
    book: OpenedWorkbook, store: Store
) -> None:
    year = annual(store, 2023, AS_OF)
    assert len(rows(book, "计划项目")) == year.planned_drills
    assert len(rows(book, "演练场次")) == year.sessions
    assert len(rows(book, "救援队伍")) == year.teams
    assert len(rows(book, "应急预案")) == year.plans
    assert sum(row["参演人数"] or 0 for row in rows(book, "演练场次")) == year.participants


def test_each_breakdown_adds_up_to_its_last_row(book: OpenedWorkbook, store: Store) -> None:
    year = annual(store, 2023, AS_OF)
    for sheet in ("按月份", "按事件类别", "按演练形式", "按完成情况"):
        *groups, total = rows(book, sheet)
        for name, value in list(total.items())[1:]:
            assert sum(group[name] for group in groups) == value, (sheet, name)
    assert list(rows(book, "按月份")[-1].values()) == ["合计", 14, 2, 390, 511]
    *hosts, total = rows(book, "按主办单位")
    assert total["场次"] == year.sessions
    assert sum(host["场次"] for host in hosts) == year.sessions + 1


def test_planned_drills_come_with_hosts_duties_and_what_was_held(book: OpenedWorkbook) -> None:
    first, second, third = rows(book, "计划项目")
    assert first["演练名称"] == EMOJI
    assert first["主办单位"] == "应急管理局、=1+1"
    assert first["责任分工"].startswith("应急管理局（主办）：总指挥\n=1+1（主办）：-2+3\n")
    assert (first["已开展场次"], first["状态"]) == (2, "已完成")
    assert second["应完成日期"] == datetime(2023, 3, 31)
    assert third["状态"] == "取消"


def test_dates_and_numbers_are_real(book: OpenedWorkbook) -> None:
    found = {row["演练名称"]: row for row in rows(book, "演练场次")}
    assert found["年末"]["日期"] == datetime(2023, 12, 31)
    assert found["只知月份"]["日期"] == datetime(2023, 4, 1)
    assert found["只知月份"]["参演人数"] == 0
    assert found[HTML]["参演人数"] is None
    assert (found["约"]["参演人数"], found["约"]["计数方式"]) == (100, "约")
    sheet = book["演练场次"]
    formats = {row[1].value: row[0].number_format for row in sheet.iter_rows(min_row=HEADING + 1)}
    assert formats["只知月份"] == "yyyy-mm"
    assert formats["年末"] == "yyyy-mm-dd"


def test_voided_later_and_other_years_sessions_are_left_out(book: OpenedWorkbook) -> None:
    names = {row["演练名称"] for row in rows(book, "演练场次")}
    assert not names & {"作废", "次年", "上年", "提前开展"}
    assert "补做上年" in names


def test_the_cover_says_the_sentence_the_day_and_where_things_are(
    book: OpenedWorkbook, store: Store
) -> None:
    texts = [cell.value for row in book["封面"].iter_rows() for cell in row if cell.value]
    with use_language("zh"):
        assert official(annual(store, 2023, AS_OF)).text in texts
    assert "2023年12月31日" in texts
    assert set(SHEETS[1:]) <= set(texts)
    links = [cell.hyperlink.location for row in book["封面"].iter_rows() for cell in row
             if cell.hyperlink]  # fmt: skip
    assert links == [f"'{name}'!A1" for name in SHEETS[1:]]


def test_an_english_workbook_has_english_words(store: Store) -> None:
    book = opened(xlsx.build(annual_workbook.collect(store, 2023, AS_OF, "en")))
    assert book.sheetnames[:3] == ["Cover", "Key figures", "By month"]
    assert [cell.value for cell in book["Drill sessions held"][HEADING]][:2] == ["Date", "Drill"]


def test_an_empty_year_is_a_workbook_too(store: Store) -> None:
    book = opened(xlsx.build(annual_workbook.collect(store, 2023, AS_OF, "zh")))
    assert book.sheetnames == SHEETS
    assert rows(book, "演练场次") == []


def test_sample_data_is_marked_on_every_sheet(demo_store: Store, store: Store) -> None:
    book = opened(xlsx.build(annual_workbook.collect(demo_store, 2023, AS_OF, "zh")))
    assert book["封面"]["A2"].value == "示例数据"
    for sheet in book.worksheets[1:]:
        assert sheet["A1"].value.startswith("示例数据 ")
    clean = opened(xlsx.build(annual_workbook.collect(store, 2023, AS_OF, "zh")))
    assert not any(cell.value == "示例数据" for cell in every_cell(clean))


def test_telephone_numbers_stay_in_the_register(book: OpenedWorkbook) -> None:
    assert not any("0631-5550123" in str(cell.value) for cell in every_cell(book))


# --- what it must never do -------------------------------------------------------------------


def test_no_cell_is_a_formula_whatever_users_typed(book: OpenedWorkbook) -> None:
    cells = every_cell(book)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if cell.data_type in ("s", "inlineStr")]
    assert set(FORMULAS) <= set(texts)
    assert HTML in texts
    outside = [cell for cell in cells if cell.hyperlink and cell.hyperlink.target]
    assert outside == []


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(book: OpenedWorkbook) -> None:
    duties = rows(book, "计划项目")[0]["责任分工"]
    assert len(duties) == xlsx.CELL_LIMIT
    assert duties.endswith("……（内容过长，此处截断）")
    found = {row["演练名称"]: row["概要"] for row in rows(book, "演练场次")}
    assert found["长文"] == "长" * 5000


def test_cutting_never_splits_an_emoji() -> None:
    cut = xlsx.text_for_cell("🔥" * 20_000, "…")
    assert len(cut.encode("utf-16-le")) // 2 <= xlsx.CELL_LIMIT
    assert set(cut) == {"🔥", "…"}


def test_characters_a_workbook_cannot_hold_are_left_out() -> None:
    assert xlsx.text_for_cell("a\x00b\x0bc\ufffe\td\ne", "…") == "abc\td\ne"


# --- how it looks on paper -------------------------------------------------------------------


def test_sheets_print_on_a4_with_repeated_headings_and_frozen_panes(book: OpenedWorkbook) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets[1:]:
        assert sheet.page_setup.paperSize == 9
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.freeze_panes.endswith("4")
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert "截至2023年12月31日" in sheet.oddFooter.right.text
    assert book["演练场次"].page_setup.orientation == "landscape"


def test_breakdowns_have_native_charts_on_their_rows(store: Store) -> None:
    awkward_year.fill(store)
    content = xlsx.build(annual_workbook.collect(store, 2023, AS_OF, "zh"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [
            parts.read(name).decode()
            for name in parts.namelist()
            if name.startswith("xl/charts/chart")
        ]
    assert len(charts) == 6
    assert "<c:f>按月份!$B$4:$B$15</c:f>" in charts[0]
    assert "<c:f>按月份!$C$4:$C$15</c:f>" in charts[0]


def test_many_rows_are_written_in_constant_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "CONSTANT_MEMORY_FROM", 1)
    table = Table("t", "t", "t", (Column("甲", 9),), (("=1",), (2,), (date(2023, 1, 1),)))
    data = xlsx.Workbook("t", "c", "", "", "…", "Arial", "", (), "", "", (), (table,))
    sheet = opened(xlsx.build(data))["t"]
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == ["=1", 2, datetime(2023, 1, 1)]
    assert sheet.cell(4, 1).data_type != "f"


# --- files -----------------------------------------------------------------------------------


def test_the_file_is_made_by_a_process_without_screens_or_register(store: Store) -> None:
    awkward_year.fill(store)
    content = annual_workbook.workbook_bytes(store, 2023, AS_OF, "zh", actor=CLERK)
    assert opened(content).sheetnames == SHEETS
    probe = "import sys; from drillbook.reports.files.xlsx import main; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"streamlit", "duckdb", "drillbook.db.store"} & set(told.stdout.split())


def test_a_child_that_fails_is_an_error_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_CHILD", "raise SystemExit('no room')")
    data = xlsx.Workbook("t", "c", "", "", "…", "Arial", "", (), "", "", (), ())
    with pytest.raises(RuntimeError, match="no room"):
        delivery.in_child(data)


def test_a_csv_has_a_byte_order_mark_and_no_text_that_runs(store: Store) -> None:
    awkward_year.fill(store)
    content = annual_workbook.csv_table(store, 2023, AS_OF, "zh", "sessions", actor=CLERK)
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(found) == 14
    assert sum(int(row["参演人数"] or 0) for row in found) == 390
    names = {row["演练名称"] for row in found}
    assert {f"'{formula}" for formula in FORMULAS} <= names
    assert HTML in names
    assert {row["日期"] for row in found if row["演练名称"] == "只知月份"} == {"2023-04"}
    assert {row["日期"] for row in found if row["演练名称"] == "年末"} == {"2023-12-31"}
    assert not [c for row in found for c in row.values() if c[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("text", ["=1", "\u3000=1", "\t1", "'=1", '"=1', "＝1", "\n1", "-1"])
def test_a_text_a_spreadsheet_might_run_gets_an_apostrophe(text: str) -> None:
    assert xlsx.text_for_csv(text) == f"'{text}"
    assert xlsx.text_for_csv(f"防汛{text}") == f"防汛{text}"
    for sign in (";", "\t", "\n"):
        marked = text if text[0] in "\t\n" else f"'{text}"
        assert xlsx.text_for_csv(f"防汛{sign}{text}") == f"防汛{sign}{marked}"


@pytest.mark.parametrize("key", list(tables.TABLES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_can_be_had_as_csv(demo_store: Store, key: str, language: str) -> None:
    spoken = "en" if language == "en" else "zh"
    text = annual_workbook.csv_table(demo_store, 2023, AS_OF, spoken, key, actor=CLERK).decode(
        "utf-8-sig"
    )
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines) > 2
    assert len({len(line) for line in lines}) == 1


def test_the_ending_of_the_name_decides_what_is_written(store: Store, tmp_path: Path) -> None:
    awkward_year.fill(store)
    export.write(store, 2023, AS_OF, tmp_path / "a.xlsx", "zh", actor=CLERK)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == SHEETS
    export.write(store, 2023, AS_OF, tmp_path / "a.CSV", "zh", actor=CLERK)
    assert len((tmp_path / "a.CSV").read_text("utf-8-sig").splitlines()) >= 15
    export.write(store, 2023, AS_OF, tmp_path / "b.csv", "zh", "teams", actor=CLERK)
    assert "海上搜救0队" in (tmp_path / "b.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("name", "table", "words"),
    [
        ("a.pdf", None, "a.pdf"),
        ("a.csv", "nothing", "nothing"),
        ("no/such/a.csv", None, "无法写入"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(
    store: Store, tmp_path: Path, name: str, table: str | None, words: str
) -> None:
    with use_language("zh"), pytest.raises(DrillbookError, match=words):
        export.write(store, 2023, AS_OF, tmp_path / name, "zh", table, actor=CLERK)
