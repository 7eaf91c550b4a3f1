"""A grid takes what people paste from a spreadsheet; each cell that is wrong is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from drillbook.db.store import Store
from drillbook.entry import paste_grid
from drillbook.records import sessions, unit_creation
from tests.people import CLERK, LEAD, TODAY, add_planned_drill, add_programme, add_session, add_unit

PASTED = "5月12日\t防汛应急演练\t应急管理局\t\t实战\t30余人\t\t文化路\t疏散\n"


def row(**cells: str) -> dict[str, str]:
    return paste_grid.empty_row() | {"held_on": "2023-05-12", "name": "防汛应急演练"} | cells


def check(store: Store, *rows: dict[str, str], year: int = 2023) -> paste_grid.Checked:
    return paste_grid.Checker(store, year, TODAY, LEAD).check(rows)


def only(store: Store, **cells: str) -> paste_grid.CheckedRow:
    (checked,) = check(store, row(**cells)).rows
    return checked


def reasons(store: Store, **cells: str) -> dict[str, str]:
    return {problem.column: problem.reason for problem in only(store, **cells).problems}


def test_text_without_a_header_fills_the_columns_from_the_left() -> None:
    (pasted,) = paste_grid.from_text(PASTED)
    assert pasted["held_on"] == "5月12日"
    assert pasted["participants"] == "30余人"
    assert pasted["summary"] == "疏散"


def test_a_pasted_header_says_which_column_is_which() -> None:
    text = "序号\t参加人数\t牵头单位\t演练科目\t演练时间\n1\t约100\t教育分局\t地震疏散\t2023.5.12\n"
    (pasted,) = paste_grid.from_text(text)
    assert pasted == paste_grid.empty_row() | {
        "held_on": "2023.5.12",
        "name": "地震疏散",
        "hosts": "教育分局",
        "participants": "约100",
    }


def test_a_cell_with_line_breaks_stays_one_cell() -> None:
    (pasted,) = paste_grid.from_text('5月12日\t防汛\t"应急管理局\n建设局"\n')
    assert pasted["hosts"] == "应急管理局\n建设局"


def test_blank_lines_and_short_lines_cost_nothing() -> None:
    assert len(paste_grid.from_text("\n5月12日\t防汛\n\n\t\t\n")) == 1
    assert paste_grid.from_text("") == []


def test_a_row_is_read_as_the_importer_reads_it(store: Store) -> None:
    host = add_unit(store)
    checked = only(
        store,
        held_on="5月12日",
        hosts="应急管理局、建设局",
        form="综合实战演练（双盲）",
        participants="30余人",
        observers="约10",
    )
    session = checked.typed.session
    assert checked.is_good
    assert session.held_on == date(2023, 5, 12)
    assert [line.unit_id for line in session.units] == [host, unit_creation.marked("建设局")]
    assert checked.typed.new_units == ("建设局",)
    assert (session.form, session.scope, session.is_no_notice) == ("operational", "full", True)
    assert (session.participants, session.participants_kind) == (30, "over")
    assert (session.observers, session.observers_kind) == (10, "approximate")
    assert (session.support, session.support_kind) == (None, "unknown")


def test_one_cell_may_hold_participants_and_observers(store: Store) -> None:
    session = only(store, participants="参演200人，观摩50人").typed.session
    assert (session.participants, session.observers) == (200, 50)


def test_an_empty_count_is_unknown(store: Store) -> None:
    session = only(store).typed.session
    assert (session.participants, session.participants_kind) == (None, "unknown")


def test_a_month_is_kept_as_a_month(store: Store) -> None:
    session = only(store, held_on="2023年5月").typed.session
    assert (session.held_on, session.held_on_precision) == (date(2023, 5, 1), "month")


@pytest.mark.parametrize("text", ["3", "第3项", "3. 防汛应急演练", "防汛 应急演练"])
def test_a_planned_drill_is_found_by_number_or_name(text: str, store: Store) -> None:
    host = add_unit(store)
    planned = add_planned_drill(
        store, add_programme(store), number=3, host=host, event_class="natural_disaster"
    )
    session = only(store, name="", planned_drill=text).typed.session
    assert session.planned_drill_id == planned
    assert session.name == "防汛应急演练"
    assert session.units[0].unit_id == host
    assert session.event_class == "natural_disaster"


@pytest.mark.parametrize("text", ["计划外", "", "否", "—"])
def test_a_drill_outside_the_programme_is_no_problem(text: str, store: Store) -> None:
    checked = only(store, planned_drill=text)
    assert checked.is_good
    assert checked.typed.session.planned_drill_id is None


@pytest.mark.usefixtures("en")
def test_a_near_miss_is_proposed_not_made(store: Store) -> None:
    add_planned_drill(store, add_programme(store), number=3)
    assert (
        "Do you mean 3. 防汛应急演练?" in reasons(store, planned_drill="防汛应急")["planned_drill"]
    )
    assert "outside the programme" in reasons(store, planned_drill="地震")["planned_drill"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("held_on", "2023-02-30"),
        ("held_on", "去年夏天某日"),
        ("held_on", "待定"),
        ("held_on", "第二季度"),
        ("held_on", "2034-01-01"),
        ("held_on", ""),
        ("name", "   "),
        ("name", "。。。"),
        ("name", "长" * 100_000),
        ("hosts", "各有关单位"),
        ("planned_drill", "从没听过的演练"),
        ("form", "跳舞"),
        ("participants", "-5"),
        ("participants", "99999999"),
        ("participants", "很多很多"),
        ("observers", "abc"),
        ("summary", "长" * 100_000),
    ],
)
def test_the_cell_that_is_wrong_is_named(column: str, text: str, store: Store) -> None:
    checked = only(store, **{column: text})
    assert [problem.column for problem in checked.problems] == [column]
    assert checked.problems[0].row == 1
    assert checked.problems[0].reason
    assert len(checked.problems[0].value) <= 60


def test_hostile_text_is_only_text(store: Store) -> None:
    text = "<script>alert(1)</script>'; drop table unit; --"
    checked = only(store, name=text, place="=cmd|'/c calc'!A1")
    saved = paste_grid.save(store, [checked], actor=CLERK, today=TODAY)
    stored = sessions.RECORD_TYPE.load(store, saved.session_ids[0])
    assert stored is not None
    assert stored.value.name == text


def test_empty_rows_are_passed_over_and_keep_their_numbers(store: Store) -> None:
    checked = check(
        store, paste_grid.empty_row(), row(), paste_grid.empty_row(), row(name=" ", place="x")
    )
    assert [one.row for one in checked.rows] == [2, 4]
    assert [one.row for one in checked.good()] == [2]


def test_likely_duplicates_are_pointed_out_in_register_and_grid(store: Store) -> None:
    known = add_session(store, held_on=date(2023, 5, 12), host=add_unit(store))
    first, second = check(
        store, row(hosts="应急管理局"), row(hosts="应急管理局", place="别处")
    ).rows
    assert [one["id"] for one in first.duplicates] == [known]
    assert [one.get("row") for one in second.duplicates] == [None, 1]


def test_good_rows_are_saved_in_one_go_and_a_new_unit_once(store: Store) -> None:
    checked = check(
        store,
        row(hosts="第一小学"),
        row(hosts="第一小学", name="地震疏散演练"),
        row(held_on="2023-02-30"),
    )
    assert checked.new_units() == ["第一小学"]
    saved = paste_grid.save(store, checked.good(), actor=CLERK, today=TODAY)
    assert len(saved.session_ids) == 2
    assert saved.new_units == 1
    assert len(checked.problems()) == 1


def test_a_cell_that_is_too_long_is_refused_before_it_is_taken_apart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    real = paste_grid.split_units

    def counted(text: str, known: Any) -> Any:
        lengths.append(len(text))
        return real(text, known)

    monkeypatch.setattr(paste_grid, "split_units", counted)
    for column in ("hosts", "held_on", "name", "participants", "planned_drill", "form", "place"):
        (checked,) = check(store, row(participants="30") | {column: "甲、" * 10_000}).rows
        assert "20000" in {p.column: p.reason for p in checked.problems}[column]
    assert max(lengths) <= paste_grid.LONGEST_CELL
    assert only(store, hosts="应急管理局", participants="30").is_good
