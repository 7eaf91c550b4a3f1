"""Personal data: masked, left out of what is published, and each export told in the trail."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from drillbook.accounts import accounts
from drillbook.cli.main import command_line
from drillbook.core import privacy
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import use_language
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import office_settings, programmes
from drillbook.records.office_settings import OfficeSettings
from drillbook.reports.files import annual_workbook, public_register, tables
from tests.conftest import CLERK
from tests.people import (
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.raw import raw, rows_of

AS_OF = date(2023, 12, 31)
NAME, LEADER = "欧阳明月", "诸葛清风"
MOBILE, DUTY, WRITTEN = "13900001234", "0631-5550123", "13711112222"
VALUES = (NAME, LEADER, MOBILE, DUTY, WRITTEN, "5550123")


@pytest.fixture
def office(store: Store) -> Store:
    """A year in which every field that could hold somebody's name or number does."""
    host = add_unit(store, contact_name=NAME, contact_phone=MOBILE, note=f"{NAME} {WRITTEN}")
    plan = add_plan(store, lead_unit_id=host, note=f"{NAME}：{WRITTEN}")
    unit = programmes.PlannedDrillUnit(host, duty=f"总指挥{NAME}，电话{WRITTEN}")
    drill = add_planned_drill(store, add_programme(store), plan_id=plan, units=(unit,),
                              status_reason=NAME, note=WRITTEN, place=f"找{NAME}")  # fmt: skip
    add_session(store, host=host, planned_drill_id=drill, place=f"{NAME}家门口",
                summary=f"由{NAME}（{WRITTEN}）总结", weather=NAME)  # fmt: skip
    add_session(store, f"联系{WRITTEN}的演练", host=host, held_on=date(2023, 7, 1))
    add_team(store, leader=LEADER, duty_phone=DUTY, base=f"{LEADER}家", note=LEADER,
             parent_unit_id=host)  # fmt: skip
    office_settings.save(store, OfficeSettings(office_name="经开区应急管理局"), actor=CLERK)
    return store


# --- masks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("0631-5551234", "0631-***1234"),
        ("(0631)5551234", "0631-***1234"),
        ("010-65551234", "010-***1234"),
        ("5551234", "***1234"),
        ("119", "***"),
        ("13812345678、0631-5551234", "138****5678、0631-***1234"),
        ("王敏 13812345678", "138****5678"),
        ("值班室", "***"),
        ("", ""),
        ("１３８１２３４５６７８", "138****5678"),
    ],
)
def test_a_telephone_number_shows_its_ends_only(text: str, shown: str) -> None:
    assert privacy.masked("duty_phone", text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("王敏", "王**"), ("王敏、李强", "王**、李**"), ("John Smith", "J**"), ("", ""), (" ", "")],
)
def test_a_name_shows_its_first_character_only(text: str, shown: str) -> None:
    assert privacy.masked("contact_name", text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系13812345678。", "联系138****5678。"),
        ("值班0631-5551234转8", "值班0631-***1234转8"),
        (
            "威应急〔2023〕15号，2023-05-12，参演3120人",
            "威应急〔2023〕15号，2023-05-12，参演3120人",
        ),
        ("91371000MA3C123456", "91371000MA3C123456"),
        ("电话+8613812340001", "电话138****0001"),
        ("+86 138 1234 0001", "138****0001"),
        ("0086-138-1234-0001", "138****0001"),
        ("8613812340001", "138****0001"),
        ("0631-523-0010", "0631-***0010"),
        ("（0631）523 0010", "0631-***0010"),
        ("+86-631-5230010", "***0010"),
        ("138.1234.0004", "138****0004"),
        ("1381 234 0008", "138****0008"),
        ("1381234 0008", "138****0008"),
        ("１３８—１２３４—０００１", "138****0001"),
        ("138 - 1234 - 0001", "138 - 1234 - 0001"),
        ("523-0010或5230011", "***0010或***0011"),
        ("400-810-0001", "***0001"),
        ("13812340001/13812340002", "138****0001/138****0002"),
        ("13812340001 2023-05-12", "138****0001 2023-05-12"),
        ("联系人13812340001.pdf", "联系人138****0001.pdf"),
        ("20230512、2023.5.12、2023/05、2022-2023年", "20230512、2023.5.12、2023/05、2022-2023年"),
        ("经费3000000元，5000000人次，¥2345678", "经费3000000元，5000000人次，¥2345678"),
        ("2023-05-12 2023-05-13", "2023-05-12 2023-05-13"),
        ("请联系13812340001人员", "请联系138****0001人员"),
        ("GB2345678-2019", "GB2345678-2019"),
        ("AQ/T 9007-2019《规范》", "AQ/T 9007-2019《规范》"),
        ("按GB/T 29639—2020、AQ 9007-2019", "按GB/T 29639—2020、AQ 9007-2019"),
        ("AQ/T 9007-2019 13812340001", "AQ/T 9007-2019 138****0001"),
        ("AQ/T 9007-2019 经费 3000000元", "AQ/T 9007-2019 经费 3000000元"),
        ("AQ/T 9007-2019 5551234", "AQ/T 9007-2019 ***1234"),
        ("TEL 5550-2019", "TEL ***2019"),
    ],
)
def test_in_free_text_only_telephone_numbers_are_masked(text: str, shown: str) -> None:
    assert privacy.without_telephones(text) == shown


# --- files --------------------------------------------------------------------------------------


def cells(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line]


def found_in(text: str, values: tuple[str, ...] = VALUES) -> list[str]:
    return [value for value in values if value in text]


NUMBERS_AND_NAMES = (LEADER, MOBILE, DUTY, WRITTEN, "5550123")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_without_contacts_has_no_leader_and_no_number(
    office: Store, language: Any
) -> None:
    content = annual_workbook.workbook_bytes(office, 2023, AS_OF, language, actor=CLERK)
    told = "\n".join(text for text in cells(content) if not text.startswith("诸葛清风家"))
    assert found_in(told, NUMBERS_AND_NAMES) == []
    assert "诸**" in told
    assert "137****2222" in told


def test_with_contacts_the_leader_is_named(office: Store) -> None:
    content = annual_workbook.workbook_bytes(
        office, 2023, AS_OF, "zh", actor=CLERK, with_contacts=True
    )
    assert LEADER in cells(content)


@pytest.mark.parametrize("key", tables.TABLES)
def test_no_csv_without_contacts_has_a_leader_or_a_number(office: Store, key: str) -> None:
    content = annual_workbook.csv_table(office, 2023, AS_OF, "zh", key, actor=CLERK).decode(
        "utf-8-sig"
    )
    told = [cell for line in csv.reader(io.StringIO(content)) for cell in line]
    assert LEADER not in told
    assert found_in(content, (MOBILE, DUTY, WRITTEN, "5550123")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_public_register_has_no_personal_value_anywhere(office: Store, language: Any) -> None:
    content = public_register.public_workbook(office, 2023, AS_OF, language, actor=CLERK)
    told = "\n".join(cells(content))
    assert found_in(told) == []
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 1 + len(public_register.PUBLIC_TABLES)
    cover = book.worksheets[0]
    says = [str(cell.value) for line in cover.iter_rows() for cell in line if cell.value]
    assert "经开区应急管理局" in says
    title = "2023年应急演练政务公开台账" if language == "zh" else "public register"
    assert title in says[0]
    assert any("2023" in text and "12" in text for text in says[1:])
    assert "防汛应急演练" in told
    assert "海上搜救队" in told
    assert "地震应急预案" in told


def test_the_public_register_leaves_out_every_field_people_write_names_into(office: Store) -> None:
    kept = {key: [c.title for c in made.columns] for key, made in public_tables(office)}
    for title in ("Summary", "Division of responsibilities", "Place", "Base", "Leader"):
        assert all(title not in titles for titles in kept.values())


def public_tables(store: Store) -> Iterator[tuple[str, Any]]:
    made = public_register.collect_public(store, 2023, AS_OF, "en")
    return ((table.key, table) for table in made.tables)


# --- the trail of exports -----------------------------------------------------------------------


def last_line(store: Store) -> Row:
    return rows_of(store, "select * from audit_event order by position desc limit 1")[0]


def test_each_file_leaves_a_line_that_says_what_was_in_it(office: Store) -> None:
    with use_language("en"):
        annual_workbook.workbook_bytes(office, 2023, AS_OF, "en", actor=CLERK, with_contacts=True)
    line = last_line(office)
    assert (line["action"], line["subject_type"], line["actor"]) == ("export", "register", CLERK)
    assert line["subject_label"] == "2023年应急演练工作统计"
    said = json.loads(line["after_json"])
    assert said == {
        "file": "drillbook-2023-20231231.xlsx",
        "year": 2023,
        "as_of": "2023-12-31",
        "tables": ",".join(tables.TABLES),
        "with_contacts": True,
        "public": False,
    }
    annual_workbook.csv_table(office, 2023, AS_OF, "zh", "teams", actor=CLERK)
    said = json.loads(last_line(office)["after_json"])
    assert (said["tables"], said["with_contacts"]) == ("teams", False)
    public_register.public_workbook(office, 2023, AS_OF, "zh", actor=CLERK)
    said = json.loads(last_line(office)["after_json"])
    assert (said["public"], said["with_contacts"]) == (True, False)


def test_a_file_that_was_not_made_leaves_no_line(office: Store) -> None:
    before = last_line(office)["position"]
    with pytest.raises(DrillbookError):
        annual_workbook.csv_table(office, 2023, AS_OF, "zh", "nothing", actor=CLERK)
    assert last_line(office)["position"] == before


def copied(store: Store) -> Path:
    """A copy of an open register for a command, which wants to hold it alone."""
    with raw(store) as cursor:
        cursor.execute("checkpoint")
    return Path(shutil.copyfile(store.path, store.path.with_name("copy.duckdb")))


def test_the_command_writes_the_public_register_and_leaves_a_line(
    office: Store, tmp_path: Path
) -> None:
    path, out = copied(office), tmp_path / "public.xlsx"
    words = ["export", "--db", str(path), "--year", "2023", "--public", "--out", str(out)]
    with pytest.raises(SystemExit) as ended:
        command_line.main(words)
    assert ended.value.code == 0
    assert found_in("\n".join(cells(out.read_bytes()))) == []
    opened = open_store(path)
    line = last_line(opened)
    opened.close()
    assert (line["action"], line["source"]) == ("export", "command")
    assert json.loads(line["after_json"])["public"] is True


@pytest.mark.parametrize("more", [["--out", "a.csv"], ["--out", "a.xlsx", "--table", "teams"]])
def test_the_public_register_is_a_workbook_only(
    office: Store, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "--db", str(copied(office)), "--lang", "en", "--year", "2023", "--public"]
    with pytest.raises(SystemExit) as ended:
        command_line.main([*words, *more])
    assert ended.value.code == 2
    assert "end the name in .xlsx" in capsys.readouterr().err


def test_a_command_run_as_a_viewer_writes_contacts_masked(office: Store, tmp_path: Path) -> None:
    viewer = accounts.Account("viewer", "张看")
    accounts.RECORD_TYPE.save(office, viewer, actor=CLERK, today=TODAY)
    path, out = copied(office), tmp_path / "teams.csv"
    words = ["export", "--db", str(path), "--year", "2023", "--table", "teams", "--out", str(out)]
    for more, told in (["--as", "viewer"], "诸**"), ([], LEADER):
        with pytest.raises(SystemExit) as ended:
            command_line.main([*words, *more])
        assert ended.value.code == 0
        (row,) = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
        assert told in row.values()
    opened = open_store(path)
    line = last_line(opened)
    opened.close()
    assert json.loads(line["after_json"])["with_contacts"] is True
