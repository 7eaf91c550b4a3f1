"""Unit names, classifications, yes and no, and 文号 as offices write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.core.document_numbers import parse_document_number
from drillbook.core.name_keys import name_key
from drillbook.importing.classifications import choose, choose_all, read_drill_kind, yes_or_no
from drillbook.importing.unit_names import guessed_kind, split_units
from drillbook.importing.workbook_reader import text_of


def names(written: str) -> list[str]:
    return [unit.name for unit in split_units(written).units]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("应急管理局、建设局", ["应急管理局", "建设局"]),
        ("县安委办、县应急办", ["县安委办", "县应急办"]),
        ("应急管理局 建设局", ["应急管理局", "建设局"]),
        ("应急管理局和建设局", ["应急管理局", "建设局"]),
        ("自然资源和规划局", ["自然资源和规划局"]),
        ("住房和城乡建设局、发展和改革局", ["住房和城乡建设局", "发展和改革局"]),
        ("文化和旅游局及公安局", ["文化和旅游局", "公安局"]),
        ("县信访局、县公安局等", ["县信访局", "县公安局"]),
        ("消防救援大队等单位", ["消防救援大队"]),
        ("张村 镇", ["张村镇"]),
        ("1.教育局\n2.卫健局", ["教育局", "卫健局"]),
        ("Fire Brigade, Harbour Office", ["Fire Brigade", "Harbour Office"]),
        ("各镇街、有关部门", []),
        ("  ", []),
    ],
)
def test_a_cell_with_several_units_is_split_where_it_is_safe(
    written: str, expected: list[str]
) -> None:
    assert names(written) == expected
    assert split_units(written).raw == written.strip()


def test_brackets_protect_what_they_hold() -> None:
    found = split_units("县公安局(县公安消防大队、县公安交警大队)、县民政局等").units
    assert [unit.name for unit in found] == ["县公安局", "县民政局"]
    assert found[0].duty == "县公安消防大队、县公安交警大队"


def test_a_known_name_is_one_unit_whatever_it_contains() -> None:
    known = {name_key("公安局和司法局")}
    assert [u.name for u in split_units("公安局和司法局", known).units] == ["公安局和司法局"]


def test_duties_follow_a_colon() -> None:
    found = split_units(
        "教育分局：组织学校疏散，清点人数；公安局、交警大队：交通管制；维护秩序"
    ).units
    assert [(unit.name, unit.duty) for unit in found] == [
        ("教育分局", "组织学校疏散，清点人数"),
        ("公安局", "交通管制；维护秩序"),
        ("交警大队", "交通管制；维护秩序"),
    ]
    after_comma = split_units("教育分局：组织疏散，消防救援大队：搜救").units
    assert [unit.duty for unit in after_comma] == ["组织疏散", "搜救"]


@pytest.mark.parametrize(
    "written",
    [
        "牵头单位：应急局；配合单位：公安局",
        "应急局（牵头）、公安局（配合）",
        "应急局牵头，公安局配合",
    ],
)
def test_roles_are_taken_where_they_are_written(written: str) -> None:
    found = split_units(written).units
    assert [(unit.name, unit.role) for unit in found] == [
        ("应急局", "host"),
        ("公安局", "participant"),
    ]


def test_what_names_nobody_is_kept_as_text() -> None:
    assert split_units("县防汛应急预案中所列成员单位").others == "县防汛应急预案中所列成员单位"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("应急管理局", "committee_department"),
        ("初村镇", "township"),
        ("某某化工有限公司", "enterprise"),
        ("第二实验小学", "school"),
        ("区人民医院", "hospital"),
        ("蓝天救援队", "social_organisation"),
        ("柴峰社区", "village"),
        ("Harbour Office", "other"),
    ],
)
def test_a_new_unit_gets_the_kind_its_name_suggests(name: str, kind: str) -> None:
    assert guessed_kind(name) == kind


@pytest.mark.parametrize(
    ("written", "form", "scope", "purpose"),
    [
        ("综合实战演练", "operational", "full", None),
        ("桌面推演", "tabletop", None, None),
        ("模拟场景+实战演练", "operational", None, None),
        ("检验性综合演练", None, "full", "test"),
        ("示范性实战演练", "operational", None, "demonstration"),
        ("单项", None, "single", None),
        ("1-综合", None, "full", None),
        ("唱歌", None, None, None),
    ],
)
def test_form_scope_and_purpose_are_three_fields_in_one_cell(
    written: str, form: str | None, scope: str | None, purpose: str | None
) -> None:
    found = read_drill_kind(written)
    assert (found.form, found.scope, found.purpose, found.raw) == (form, scope, purpose, written)


def test_an_unknown_word_is_left_empty_with_a_note() -> None:
    assert read_drill_kind("双盲演练").is_no_notice is True
    assert "唱歌" in read_drill_kind("唱歌").note
    assert "唱歌" in choose("plan_category", "唱歌").note


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("plan_category", "专项(开发区)", "special"),
        ("plan_category", "总体", "overall"),
        ("plan_category", "乡镇", "township"),
        ("event_class", "自然灾害类", "natural_disaster"),
        ("plan_status", "修订中", "under_revision"),
        ("team_kind", "社会专业救援队伍", "social"),
        ("hazard", "荥阳市气象灾害应急预案", "meteorological"),
        ("hazard", "Earthquake", "earthquake"),
    ],
)
def test_words_of_the_trade_become_codes(kind: str, written: str, code: str) -> None:
    assert choose(kind, written).code == code


def test_several_fields_of_a_team_are_read_from_one_cell() -> None:
    assert choose_all("team_field", "森林防火、水上救援")[0] == ("forest_fire", "maritime_rescue")


@pytest.mark.parametrize(
    ("written", "said"),
    [("是", True), ("√", True), ("计划内", True), (True, True), ("否", False), ("×", False),
     ("计划外", False), ("未列入", False), (0, False), ("", None), ("也许", None)],
)  # fmt: skip
def test_yes_and_no_in_their_many_forms(written: object, said: bool | None) -> None:
    assert yes_or_no(written) is said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "filed"),
    [
        ("梁政发【2023】7号", "梁政发〔2023〕7号"),
        ("邵双政发〔2022〕60 号", "邵双政发〔2022〕60号"),
        ("鄯政办发(2018)109号", "鄯政办发〔2018〕109号"),
        ("五政办规［2024］1号", "五政办规〔2024〕1号"),
        ("第3号", "第3号"),
        ("无", ""),
    ],
)
def test_document_numbers_are_filed_one_way(written: str, filed: str) -> None:
    found = parse_document_number(written)
    assert (found.text, found.raw) == (filed, written)


@given(st.text(max_size=300))
def test_nothing_written_breaks_the_reading(written: str) -> None:
    text = text_of(written)
    assert split_units(written).raw == text
    assert all(name_key(unit.name) for unit in split_units(written).units)
    assert read_drill_kind(written).raw == text
    assert choose("hazard", written).raw == text
    assert parse_document_number(text).raw == text
    assert yes_or_no(written) in (True, False, None)


@given(
    st.lists(st.sampled_from(["应急管理局", "建设局", "公安局", "卫健局"]), min_size=1, unique=True)
)
def test_units_joined_by_any_mark_are_found_again(units: list[str]) -> None:
    for mark in ("、", "，", ",", "；", ";", "\n", "/", " "):
        assert names(mark.join(units)) == units
