"""The header is found by its words, wherever and however it stands."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from drillbook.importing import KINDS, Sheet, Table, fields, find_tables, guess_kind, read_sheets
from drillbook.importing.columns import Kind, header_key
from tests.importing.tables import REAL, workbook


def tables(kind: Kind, *rows: list[Any], merged: list[str] | None = None) -> list[Table]:
    (sheet,) = read_sheets(workbook(list(rows), merged=merged or []), "x.xlsx")
    return find_tables(sheet, kind)


def meant(table: Table) -> dict[str, str]:
    return {table.headers[column]: name for column, name in sorted(table.mapping.items())}


def real(name: str) -> Sheet:
    (sheet,) = read_sheets((REAL / name).read_bytes(), name)
    return sheet


def test_titles_above_and_notes_below_are_set_aside_with_their_reason() -> None:
    (table,) = tables(
        "sessions",
        ["附件1", None, None, None],
        ["2023年度应急演练开展情况统计表"] * 4,
        ["填报单位：初村镇", None, None, "单位：人"],
        ["序号", "演练\n名称", "演练 时间", "参演人数（人）"],
        [1, "防汛演练", "2023.5.12", 30],
        [None, None, None, None],
        ["合计", None, "1场", 30],
        ["注：人数为参演人次。", None, None, None],
        ["填表人：王敏", None, "审核人：李强", None],
        merged=["A2:D2", "A8:D8"],
    )
    assert table.header_row == 4
    assert meant(table) == {
        "序号": "sequence",
        "演练\n名称": "name",
        "演练 时间": "held_on",
        "参演人数（人）": "participants",
    }
    assert [row.number for row in table.rows] == [5]
    assert [(row.row, row.reason) for row in table.set_aside] == [
        (7, "合计行"),
        (8, "表后说明"),
        (9, "填表签字行"),
    ]
    assert "2023年度应急演练开展情况统计表" in table.title


@pytest.mark.parametrize("merged", [["A1:A2", "B1:B2", "C1:C2", "D1:F1"], []])
def test_a_header_of_two_lines_is_read_together(merged: list[str]) -> None:
    (table,) = tables(
        "sessions",
        ["序号", "演练名称", "演练时间", "人数", None, None],
        [None, None, None, "参演", "观摩", "保障"],
        [1, "防汛演练", "2023.5.12", 30, 5, 2],
        merged=merged,
    )
    assert list(table.mapping.values()) == [
        "sequence", "name", "held_on", "participants", "observers", "support",
    ]  # fmt: skip
    assert [row.number for row in table.rows] == [3]


def test_group_headings_above_the_header_are_no_header() -> None:
    (table,) = tables(
        "sessions",
        ["基本信息", None, None, "规模", None],
        ["演练名称", "演练时间", "主办单位", "参演人数", "观摩人数"],
        ["防汛演练", "2023.5.12", "应急局", 30, 5],
        merged=["A1:C1", "D1:E1"],
    )
    assert set(table.mapping.values()) == {"name", "held_on", "hosts", "participants", "observers"}


def test_several_tables_of_a_sheet_may_order_their_columns_differently() -> None:
    first, second = tables(
        "sessions",
        ["演练名称", "演练时间", "主办单位"],
        ["防汛演练", "2023.5.12", "应急局"],
        ["演练名称", "演练时间", "主办单位"],
        ["消防演练", "2023.5.13", "应急局"],
        [None, None, None],
        ["演练日期", "牵头单位", "演练科目"],
        ["2023.6.1", "建设局", "燃气演练"],
    )
    assert [row.number for row in first.rows] == [2, 4]
    assert first.set_aside[0].reason == "重复的表头"
    assert [second.mapping[column] for column in range(3)] == ["held_on", "hosts", "name"]


def test_a_vague_header_that_occurs_twice_is_told_apart_by_its_values() -> None:
    (table,) = tables(
        "programme",
        ["演练主题", "类型", "预计演练时间", "类型"],
        ["防汛演练", "自然灾害", "5月", "桌面推演"],
        ["燃气演练", "事故灾难", "6月", "实战演练"],
    )
    assert (table.mapping[1], table.mapping[3]) == ("event_class", "form")


def test_section_headings_are_kept_with_the_rows_below_them() -> None:
    (table,) = tables(
        "programme",
        ["序号", "演练名称", "时限要求"],
        ["一、自然灾害类（2项）", None, None],
        [1, "防汛演练", "5月"],
        merged=["A2:C2"],
    )
    assert table.rows[0].section == "一、自然灾害类（2项）"
    assert table.set_aside[0].reason == "分组标题"


def test_real_shapes_are_recognised() -> None:
    programme = real("01_drill_tasks.csv")
    assert guess_kind(programme) == "programme"
    (table,) = find_tables(programme, "programme")
    assert list(meant(table).values()) == ["name", "scenario", "hosts", "responsible", "due"]
    assert len(table.rows) == 3
    assert table.set_aside[0].row == 5
    assert guess_kind(real("24a_plans.csv")) == "plans"
    assert guess_kind(real("11_teams.csv")) == "teams"
    (header,) = find_tables(real("20_header_twice.csv"), "programme")
    assert header.headers.count("类型") == 2
    assert list(header.mapping.values()).count("form") == 1


def test_a_plain_list_of_names_is_a_table_of_teams() -> None:
    (table,) = find_tables(real("10_team_list.txt"), "teams")
    assert len(table.rows) == 17
    assert table.rows[0].cells == ("中卫市生态环境监测救援队",)
    assert table.rows[-1].cells == ("宁钢公司应急救援队",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_figures_is_no_table_of_records(kind: Kind) -> None:
    found = find_tables(real("12_team_statistics.csv"), kind)
    assert all(table.missing() for table in found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_products_own_headers_lead_back_to_their_fields(kind: Kind, language: str) -> None:
    labels = [getattr(item, language) for item in fields(kind).values()]
    (table,) = find_tables(Sheet("x", [labels, ["1"] * len(labels)]), kind)
    assert [table.mapping.get(c) for c in range(len(labels))] == list(fields(kind))


def test_every_word_of_the_header_list_leads_to_a_field_of_its_kind() -> None:
    with (REAL.parents[2] / "data/import/headers.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["kind"] for line in lines} == set(KINDS)
    for kind in KINDS:
        names = [line["field"] for line in lines if line["kind"] == kind]
        assert len(names) == len(set(names))
        words = [word for item in fields(kind).values() for word in item.words]
        assert len(words) == len(set(words)), [w for w in words if words.count(w) > 1]


def test_the_key_of_a_header_does_not_depend_on_its_spacing() -> None:
    (one,) = tables("sessions", ["演练名称", "演练时间"], ["甲", "2023.5.1"])
    (two,) = tables("sessions", ["标题", None], ["演练 名称", "演练\n时间"], ["乙", "2023.6.1"])
    (other,) = tables("sessions", ["演练时间", "演练名称"], ["2023.5.1", "甲"])
    assert header_key(one) == header_key(two) != header_key(other)
