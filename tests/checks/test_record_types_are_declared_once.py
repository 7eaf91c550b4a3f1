"""Every list of record types agrees with their declarations; the check names what was forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drillbook.accounts import permissions, unit_access
from drillbook.core import privacy
from drillbook.db import backups, tables
from drillbook.operations import restore
from drillbook.records import attachments, registry
from drillbook.records.record_type import Reference
from tools import check_records, record_queries
from tools.record_queries import Known
from tools.report import ROOT


def test_the_product_is_in_order() -> None:
    assert check_records.findings(ROOT) == []


def without(held: Any, name: str) -> Any:
    if isinstance(held, dict):
        return {key: value for key, value in held.items() if key != name}
    return type(held)(one for one in held if one != name)


@pytest.mark.parametrize(
    ("module", "listed", "name"),
    [
        (tables, "LINES", "session_team"),
        (tables, "KEPT_LINE_IDS", "plan_version"),
        (backups, "RECORDS", "decision"),
        (attachments, "SUBJECTS", "meeting"),
        (privacy, "FIELDS", "team"),
        (unit_access, "MEMBERSHIP", "finding"),
        (permissions, "WRITES", "plan_revision"),
        (restore, "TABLE_NAMES", "revision_stage"),
    ],
)
def test_what_is_missing_from_a_list_is_named(
    module: Any, listed: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, listed, without(getattr(module, listed), name))
    found = [str(one) for one in check_records.findings(ROOT)]
    assert any(listed in one and name in one for one in found)


def test_a_table_that_no_backup_would_bring_back_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = restore.KEPT_AS_THEY_ARE | {"plan_version"}
    monkeypatch.setattr(restore, "KEPT_AS_THEY_ARE", kept)
    (found,) = check_records.findings(ROOT)
    assert "'plan_version', so that no backup brings it back" in str(found)


def changed(table: str, **changes: Any) -> Known:
    held = record_queries.known()
    return Known({**held.types, table: replace(held.types[table], **changes)})


@pytest.mark.parametrize("table", [*registry.RECORD_TYPES, "account"])
def test_a_reference_that_is_not_declared_is_named(table: str) -> None:
    held = record_queries.known().types[table]
    for place, reference in enumerate(held.references):
        rest = held.references[:place] + held.references[place + 1 :]
        found = [str(one) for one in check_records.findings(ROOT, changed(table, references=rest))]
        column = f"{reference.table or table}.{reference.column}"
        lines = {f"{line.table}.{line.owner_column}" for line in held.line_tables}
        assert column in lines or any(f"{column} is no reference" in one for one in found)


def test_a_declared_reference_that_no_table_has_is_named() -> None:
    more = changed("team", references=(Reference("guest_id", "unit"),))
    found = [str(one) for one in check_records.findings(ROOT, more)]
    assert any("team.guest_id is declared, and no table has it" in one for one in found)


def test_queries_that_do_not_say_what_is_declared_are_named() -> None:
    found = [str(one) for one in record_queries.findings(ROOT, changed("team", label="base"))]
    assert {one.partition(":")[0].rpartition("/")[2] for one in found} == {
        *("record_name.sql", "sample_kept.sql", "record_without_audit.sql"),
        *("record_uses.sql", "reference_to_void.sql"),
    }


def test_those_that_point_are_removed_before_those_they_point_at() -> None:
    order = [one.table for one in registry.in_order_of_removal()]
    for one in registry.in_order_of_removal():
        for reference in one.references:
            if reference.to in order:
                assert order.index(one.table) < order.index(reference.to)
