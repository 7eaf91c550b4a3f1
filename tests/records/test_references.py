"""What a record names is there: checked when it is saved, kept while it is named, found if gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from drillbook.accounts import accounts
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.db.store import Store
from drillbook.operations import data_checks
from drillbook.records import plans, registry, revision_planning, units
from drillbook.records.plans import Plan, PlanRevision, PlanVersion
from tests.conftest import CLERK
from tests.people import add_plan, add_unit
from tests.raw import rows_of

TODAY = date(2024, 1, 11)
OPEN = PlanRevision(started_on=date(2023, 9, 1), target_on=date(2024, 6, 30))


def void(store: Store, unit: str) -> None:
    units.RECORD_TYPE.void(store, unit, "撤销", 1, actor=CLERK)


def found(store: Store, code: str) -> list[tuple[str, str]]:
    (result,) = [result for result in data_checks.run(store) if result.code == code]
    return [(row["subject_type"], row["label"]) for row in result.rows]


def test_who_owns_a_revision_cannot_be_voided(store: Store) -> None:
    owner = add_unit(store, "建设局")
    add_plan(store, "危化品预案", revisions=(replace(OPEN, owner_unit_id=owner),))
    with pytest.raises(DrillbookError, match="危化品预案"):
        void(store, owner)


def test_a_revision_of_a_voided_plan_keeps_nobody(store: Store) -> None:
    owner = add_unit(store, "建设局")
    plan = add_plan(store, "危化品预案", revisions=(replace(OPEN, owner_unit_id=owner),))
    plans.RECORD_TYPE.void(store, plan, "重复", 1, actor=CLERK)
    void(store, owner)
    with pytest.raises(ValidationError) as refused:
        plans.RECORD_TYPE.restore(store, plan, 2, actor=CLERK, today=TODAY)
    assert set(refused.value.problems) == {"revisions"}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_plan_names_no_owner_that_is_gone_or_voided(store: Store, is_there: bool) -> None:
    owner = add_unit(store, "建设局") if is_there else "nowhere"
    if is_there:
        void(store, owner)
    for plan, field in (
        (Plan("预案", lead_unit_id=owner), "lead_unit_id"),
        (Plan("预案", revisions=(replace(OPEN, owner_unit_id=owner),)), "revisions"),
    ):
        with pytest.raises(ValidationError) as refused:
            plans.RECORD_TYPE.save(store, plan, actor=CLERK, today=TODAY)
        assert set(refused.value.problems) == {field}


def test_no_revision_is_opened_for_an_owner_that_is_gone(store: Store) -> None:
    plan = add_plan(store, "危化品预案")
    with pytest.raises(ValidationError), store.write(CLERK) as tx:
        revision_planning.open_revision(
            tx, plan, kind="full", reason="other", owner_unit_id="nowhere",
            started_on=date(2023, 9, 1), target_on=date(2024, 6, 30),
        )  # fmt: skip
    assert store.lines("plan_revision", plan) == []


def test_the_checks_find_a_revision_whose_owner_is_gone_or_voided(store: Store) -> None:
    owner = add_unit(store, "建设局")
    add_plan(store, "危化品预案", revisions=(replace(OPEN, owner_unit_id=owner),))
    with store.write(CLERK) as tx:
        tx.void("unit", owner, "撤销", 1)
    assert found(store, "reference_to_void") == [("plan", "危化品预案")]
    with store.write(CLERK) as tx:
        tx.execute("update plan_revision set owner_unit_id = 'nowhere'")
    assert found(store, "reference_to_void") == []
    assert found(store, "reference_missing") == [("plan", "revisions")]


def test_a_version_that_is_taken_out_is_brought_by_no_revision(store: Store) -> None:
    version = PlanVersion(1, issued_on=date(2023, 12, 1), id="version-1")
    ended = replace(OPEN, completed_on=date(2023, 12, 1), finished_version_id="version-1")
    plan = add_plan(store, "危化品预案", versions=(version,), revisions=(ended,))
    stored = plans.RECORD_TYPE.load(store, plan)
    assert stored
    assert stored.value.revisions[0].finished_version_id == "version-1"
    plans.RECORD_TYPE.save(
        store, replace(stored.value, versions=()), actor=CLERK, today=TODAY,
        record_id=plan, row_version=stored.row_version,
    )  # fmt: skip
    assert [line["finished_version_id"] for line in store.lines("plan_revision", plan)] == [None]
    assert found(store, "reference_missing") == []


def test_the_unit_of_a_clerk_cannot_be_voided(store: Store) -> None:
    unit = add_unit(store, "建设局")
    clerk = accounts.Account("zhaolin", "赵琳", "clerk", unit_id=unit)
    accounts.RECORD_TYPE.save(store, clerk, actor=CLERK, today=TODAY)
    with pytest.raises(DrillbookError, match="赵琳"):
        void(store, unit)


def test_every_column_that_looks_like_a_reference_is_declared(store: Store) -> None:
    known = {(table, column) for table, column in registry.NO_REFERENCES}
    for one in (*registry.RECORD_TYPES.values(), accounts.RECORD_TYPE):
        known |= {(reference.table or one.table, reference.column) for reference in one.references}
        known |= {(line.table, line.owner_column) for line in one.line_tables}
    columns = rows_of(
        store,
        "select table_name, column_name from information_schema.columns"
        " inner join information_schema.tables using (table_catalog, table_name)"
        " where table_type = 'BASE TABLE' and column_name like '%~_id' escape '~'",
    )
    assert known == {(row["table_name"], row["column_name"]) for row in columns}


def test_a_record_that_others_name_twice_is_used_once(store: Store) -> None:
    unit = add_unit(store, "建设局")
    add_plan(store, "危化品预案", lead_unit_id=unit, revisions=(replace(OPEN, owner_unit_id=unit),))
    with pytest.raises(DrillbookError) as refused:
        void(store, unit)
    assert "仍有 1 条记录" in str(refused.value)
