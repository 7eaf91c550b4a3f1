"""Forms and importers meet any text and any table: a sentence, or the same value back."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.validation import cleaned
from drillbook.db.current import set_current
from drillbook.db.store import Store
from drillbook.importing import Kind, correction_workbook, prepare, preview
from drillbook.importing.workbook_reader import Sheet
from drillbook.operations.opening import open_store
from drillbook.records import plans, programmes, sessions, teams, units
from tests.examples import examples
from tests.hostile.values import FORMULAS, MARKS
from tests.people import CLERK, TODAY, add_programme
from tests.ui.app_page import open_page

QUIET = settings(
    max_examples=examples(40), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
AWKWARD = (
    *FORMULAS,
    *MARKS,
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfff",
    "\u202eabc",
    "e\u0301" * 50,
    "👨‍👩‍👧‍👦",
    "ﷺ" * 20,
    "长" * 201,
    "长" * 100_000,
    "\n\n",
    "שלום",
    "\U000e0041",
    "NULL",
    "None",
)
TEXT = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=()), max_size=60)
ANYTHING = st.one_of(
    st.none(),
    TEXT,
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.dates(),
    st.datetimes(min_value=datetime(1, 1, 1)),
    st.sampled_from(
        ["2023-05-12", "5月12日", "30余人", "应急局、教育局", "第二季度", "2023.13.45"]
    ),
)
RECORD_VIEWS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "units": (units.RECORD_TYPE, units.Unit, {}),
    "plans": (plans.RECORD_TYPE, plans.Plan, {}),
    "programme": (programmes.RECORD_TYPE, programmes.PlannedDrill, {}),
    "sessions": (
        sessions.RECORD_TYPE,
        sessions.Session,
        {"held_on": date(2023, 5, 12), "participants_kind": "unknown"},
    ),
    "teams": (teams.RECORD_TYPE, teams.Team, {}),
}
CODED = frozenset({"held_on_precision", "kind", "status", "lifecycle", "category", "fields"})


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    """One register for all of the module, and its programme's id."""
    store = open_store(tmp_path_factory.mktemp("fuzz") / "register.duckdb")
    set_current(store)
    yield store, add_programme(store, 2023)
    set_current(None)
    store.close()


def free_texts(record: type[Any]) -> list[str]:
    return [
        spec.name
        for spec in dataclasses.fields(record)
        if spec.type == "str" and not spec.name.endswith("_id") and spec.name not in CODED
    ]


def saved_or_refused(store: Store, view: str, value: Any) -> str | None:
    """Save a value; return its id when it came back equal, nothing when it was refused."""
    register = RECORD_VIEWS[view][0]
    try:
        record_id = register.save(store, value, actor=CLERK, today=TODAY)
    except ValidationError as error:
        refused = error
    else:
        return _came_back(store, register, record_id, value)
    assert refused.problems
    assert all(isinstance(s, str) and s.strip() for s in refused.problems.values())
    return None


def _came_back(store: Store, register: Any, record_id: str, value: Any) -> str:
    stored = register.load(store, record_id)
    assert stored is not None
    assert dataclasses.replace(stored.value, **_lines(stored.value)) == cleaned(value)
    return record_id


def _lines(value: Any) -> dict[str, Any]:
    return {spec.name: () for spec in dataclasses.fields(value) if spec.type.startswith("tuple")}


@pytest.mark.parametrize("view", RECORD_VIEWS)
def test_any_text_in_any_field_is_refused_or_comes_back(
    register: tuple[Store, str], view: str
) -> None:
    store, programme = register
    _register, record, given_fields = RECORD_VIEWS[view]
    extra = {"programme_id": programme} if view == "programme" else {}
    numbers = iter(range(1, 10_000))
    ids: list[str] = []

    @QUIET
    @given(st.fixed_dictionaries(dict.fromkeys(free_texts(record), TEXT)))
    def saves(texts: dict[str, str]) -> None:
        number = {"number": next(numbers)} if view == "programme" else {}
        value = record(**{**texts, **given_fields, **extra, **number})
        record_id = saved_or_refused(store, view, value)
        if record_id:
            ids.append(record_id)

    saves()
    first = free_texts(record)[0]
    for text in AWKWARD:
        number = {"number": next(numbers)} if view == "programme" else {}
        named = record(**{first: f"{text}演练{next(numbers)}", **given_fields, **extra, **number})
        record_id = saved_or_refused(store, view, named)
        if record_id:
            ids.append(record_id)
    assert ids
    for language, record_id in zip(
        ("zh", "en") * 3, random.Random(view).sample(ids, 6), strict=True
    ):
        for query in ({}, {"id": record_id}, {"id": record_id, "edit": "main"}):
            app = open_page(view, language, **query)
            assert not app.exception, app.exception[0].value


KINDS: tuple[Kind, ...] = ("units", "plans", "programme", "sessions", "teams")
HEADS: dict[str, list[str]] = {
    "units": ["单位名称", "联系人", "联系电话", "备注"],
    "plans": ["预案名称", "文号", "发布日期", "备注"],
    "programme": ["序号", "演练名称", "演练时间", "主办单位"],
    "sessions": ["演练名称", "演练时间", "主办单位", "参演人数"],
    "teams": ["队伍名称", "队伍类型", "人数", "负责人"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_importer_bears_any_table(register: tuple[Store, str], kind: Kind) -> None:
    store, _programme = register
    refusals: list[str] = []
    planned: list[int] = []

    @QUIET
    @given(
        st.lists(st.lists(ANYTHING, max_size=6), max_size=6),
        st.booleans(),
        st.sampled_from([None, 2023]),
        TEXT,
    )
    def reads(rows: list[list[Any]], has_head: bool, year: int | None, name: str) -> None:
        table = [HEADS[kind], *rows] if has_head else rows
        sheets = [Sheet(name, table)]
        try:
            plan = prepare(store, kind, sheets, today=TODAY, filename=f"{name}.xlsx", year=year)
        except DrillbookError as error:
            refusals.append(error.message)
            return
        result = preview(plan)
        assert result.accepted == plan.count("add") + plan.count("change")
        assert correction_workbook(plan).startswith(b"PK")
        planned.append(result.accepted)

    reads()
    assert planned
    assert all(sentence.strip() for sentence in refusals)
