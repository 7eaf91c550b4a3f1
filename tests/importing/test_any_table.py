"""Whatever stands in a table, every row gets its place and the good ones go in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.core.errors import DrillbookError
from drillbook.db.store import Store
from drillbook.importing import (
    KINDS,
    ImportPlan,
    Kind,
    Sheet,
    apply,
    correction_workbook,
    fields,
    guess_kind,
    prepare,
)
from tests.conftest import CLERK
from tests.examples import examples
from tests.importing.tables import TODAY

TEXTS = """
防汛演练|应急局、建设局|2023.5.12|4月底前|第二季度|30余人|约100人|待定|是|否|综合实战演练|自然灾害
教育分局：疏散；消防大队：搜救|各镇街|合计|注：无|=1+1|<b>x</b>|'; drop table unit; --|2023-02-30|-5
威高办发【2023】7 号|1e9|冲锋舟2艘、救生衣|13800000000|122.05|修订中|森林防火|一、自然灾害类|计划外
"""
WORDS = st.sampled_from([*TEXTS.replace("\n", "|").split("|"), "长" * 300])
CELLS = st.one_of(
    WORDS,
    st.none(),
    st.text(max_size=12),
    st.integers(-10, 50_000),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 3, 1), date(2099, 12, 31)),
    st.booleans(),
)


@st.composite
def tables(draw: st.DrawFn, kind: Kind) -> list[list[Any]]:
    """Draw a table with the needed columns, some others, and anything below."""
    needed = [item.zh for item in fields(kind).values() if item.is_needed]
    others = [item.zh for item in fields(kind).values() if not item.is_needed]
    header = needed + draw(st.lists(st.sampled_from(others), min_size=1, max_size=8, unique=True))
    header = draw(st.permutations(header))
    line = st.lists(CELLS, min_size=len(header), max_size=len(header))
    return [header, *draw(st.lists(line, max_size=6))]


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=examples(40),
    derandomize=True,
    deadline=None,
    # The register is kept between examples on purpose: a table also meets what others left there.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_table_can_be_imported_twice(kind: Kind, store: Store, data: st.DataObject) -> None:
    sheet = Sheet("表", data.draw(tables(kind)))

    def plan() -> ImportPlan:
        return prepare(store, kind, [sheet], today=TODAY, filename="x.xlsx", year=2023)

    first = plan()
    assert len(first.rows) == sum(len(table.rows) for table in first.tables)
    correction_workbook(first)
    result = apply(store, first, CLERK)
    again = plan()
    assert [(row.label, change) for row in again.rows for change in row.changes] == []
    assert again.count("add") == 0
    assert again.count("unchanged") == result.accepted + result.unchanged
    assert again.new_units == []


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_any_sheet_can_be_looked_at(body: list[list[Any]]) -> None:
    assert guess_kind(Sheet("表", body)) in (*KINDS, None)


def test_an_empty_sheet_has_no_table(store: Store, en: None) -> None:
    with pytest.raises(DrillbookError, match="No table was found"):
        prepare(store, "sessions", [Sheet("空", [])], today=TODAY, filename="x.xlsx")
