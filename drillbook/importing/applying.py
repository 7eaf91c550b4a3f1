"""Carries out an import that was prepared: all good rows in one transaction, with audit lines.

What changed in the register since the preview is looked at again under the write lock, so a plan
applied twice, or late, does nothing twice. Rows are checked by the same functions as the forms;
a bad row never stops the good ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key, split_names
from drillbook.db import backups, composed
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.importing.plan import NEW, Choices, ImportPlan, PlannedRow, Problem, Progress
from drillbook.importing.planning import resolve
from drillbook.importing.register_snapshot import RECORD_TYPES
from drillbook.records import programmes, units
from drillbook.records.record_type import RecordType

BATCH = 1000


@dataclass(frozen=True)
class ImportResult:
    """What was done; ``accepted`` counts added and changed rows."""

    accepted: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    new_units: list[str] = field(default_factory=list)


def apply(
    store: Store,
    plan: ImportPlan,
    actor: Actor,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Write the good rows of a plan; ``progress(done, total)`` is called between batches.

    A backup is made before; DrillbookError when it cannot be made, and then nothing is written.
    """
    choices = choices or Choices()
    is_current = store.revision == plan.revision and choices == Choices()
    if is_current and not plan.changed_mappings and not _good(plan) and not _matched(store, plan):
        return _result(plan, [])
    backups.before(store, "import")
    with store.write(actor, "import") as tx:
        if not is_current or store.revision != plan.revision:
            resolve(tx, plan, choices)
        made = _new_units(tx, plan)
        _add_aliases(tx, plan, choices)
        _write(tx, plan, made | _programmes(tx, plan), progress or (lambda _done, _total: None))
        _remember_mappings(tx, plan)
        adopted = _adopt(tx, plan)
        result = preview(plan)
        if result.accepted or adopted:
            summary = {
                "kind": plan.kind,
                "added": result.added,
                "changed": result.changed,
                "adopted": adopted,
            }
            tx.audit("import", "register", plan.kind, after=summary, label=plan.filename[:200])
    return result


def _matched(store: Store, plan: ImportPlan) -> set[str]:
    """Return the sample records that the office's own file names."""
    table = RECORD_TYPES[plan.kind].table
    sample = {row["id"] for row in store.query("sample_ids", subject_type=table)}
    return sample & {row.record_id for row in plan.rows if row.record_id}


def _adopt(tx: Transaction, plan: ImportPlan) -> int:
    """Make sample records that the file names the office's own: they outlive the samples."""
    table = RECORD_TYPES[plan.kind].table
    matched = {row.record_id for row in plan.rows if row.record_id and row.state != "bad"}
    sample = {row["id"] for row in tx.query("sample_ids", subject_type=table)}
    for record_id in sorted(sample & matched):
        tx.execute(composed.set_origin(table), {"id": record_id, "origin": "imported"})
    return len(sample & matched)


def preview(plan: ImportPlan) -> ImportResult:
    """Return what ``apply`` would report, without writing anything."""
    return _result(plan, [unit.name for unit in plan.new_units])


def _good(plan: ImportPlan) -> list[PlannedRow]:
    return [row for row in plan.rows if row.state in ("add", "change")]


def _result(plan: ImportPlan, new_units: list[str]) -> ImportResult:
    added, changed = plan.count("add"), plan.count("change")
    return ImportResult(
        accepted=added + changed,
        added=added,
        changed=changed,
        unchanged=plan.count("unchanged"),
        rejected=plan.count("bad"),
        problems=plan.problems,
        warnings=plan.warnings,
        new_units=new_units,
    )


def _new_units(tx: Transaction, plan: ImportPlan) -> dict[str, str]:
    """Add the units that good rows name; return placeholder → id."""
    register = units.RECORD_TYPE
    values = [units.Unit(name=unit.name, kind=unit.kind) for unit in plan.new_units]
    ids = _insert(tx, register, values)
    return {f"{NEW}{unit.key}": unit_id for unit, unit_id in zip(plan.new_units, ids, strict=True)}


def _add_aliases(tx: Transaction, plan: ImportPlan, choices: Choices) -> None:
    """Remember what the user said a name means, so that the next file needs no question."""
    names = {key: _name_of(plan, key) for key in choices.units}
    for key, unit_id in choices.units.items():
        stored = units.RECORD_TYPE.load_in(tx, unit_id)
        taken = tx.first("unit_of_name_key", name_key=key)
        if stored is None or taken or len(split_names(names[key])) != 1:
            continue
        aliases = "\n".join([*split_names(stored.value.aliases), names[key]])
        value = replace(stored.value, aliases=aliases)
        tx.update(
            "unit", unit_id, {"aliases": aliases}, stored.row_version, units.name_lines(value)
        )


def _name_of(plan: ImportPlan, key: str) -> str:
    said = (u.name for draft in plan.drafts for u in draft.units)
    fields = (name for draft in plan.drafts for name in draft.unit_fields.values())
    return next((name for name in (*said, *fields) if name_key(name) == key), "")


def _programmes(tx: Transaction, plan: ImportPlan) -> dict[str, str]:
    """Make the programmes that good rows belong to; return placeholder → id."""
    if plan.kind != "programme":
        return {}
    wanted = {row.year: row.table for row in reversed(_good(plan)) if row.state == "add"}
    return {
        f"{NEW}{year}": programmes.ensure_programme(
            tx, year, _programme_title(plan, table, year), plan.today, "imported"
        )
        for year, table in wanted.items()
        if year is not None
    }


def _programme_title(plan: ImportPlan, table: int, year: int) -> str:
    lines = plan.tables[table].title.splitlines()
    titles = [line.strip() for line in lines if "演练" in line and len(line) <= 80]
    return titles[0] if titles else _("{year} annual drill programme").format(year=year)


def _write(tx: Transaction, plan: ImportPlan, ids: Mapping[str, str], progress: Progress) -> None:
    register = RECORD_TYPES[plan.kind]
    adds = [row for row in plan.rows if row.state == "add"]
    changes = [row for row in plan.rows if row.state == "change"]
    total = len(adds) + len(changes)
    progress(0, total)
    for start in range(0, len(adds), BATCH):
        batch = adds[start : start + BATCH]
        _insert(tx, register, [_with_ids(row.value, ids) for row in batch])
        progress(start + len(batch), total)
    for done, row in enumerate(changes, start=len(adds) + 1):
        _update(tx, register, row, _with_ids(row.value, ids))
        if done % 100 == 0 or done == total:
            progress(done, total)


def _insert(tx: Transaction, record_type: RecordType[Any], values: Sequence[Any]) -> list[str]:
    if not values:
        return []
    rows = [record_type.row(value) | {"origin": "imported"} for value in values]
    groups: dict[str, list[list[Row]]] = {}
    for value in values:
        for table, lines in record_type.line_rows(value).items():
            groups.setdefault(table, []).append(lines)
    return tx.insert_many(record_type.table, rows, groups)


def _update(tx: Transaction, record_type: RecordType[Any], row: PlannedRow, value: Any) -> None:
    assert row.record_id is not None
    assert row.row_version is not None
    before, after = record_type.row(row.before), record_type.row(value)
    changed = {column: after[column] for column in after if after[column] != before[column]}
    old_lines, new_lines = record_type.line_rows(row.before), record_type.line_rows(value)
    lines = {table: new for table, new in new_lines.items() if new != old_lines[table]}
    tx.update(record_type.table, row.record_id, changed, row.row_version, lines)


def _with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """Put the ids of what was just made where the plan had placeholders."""
    changes: dict[str, Any] = {
        name: ids[getattr(value, name)]
        for name in ("programme_id", "lead_unit_id", "parent_unit_id")
        if getattr(value, name, None) in ids
    }
    lines = getattr(value, "units", ())
    if any(line.unit_id in ids for line in lines):
        changes["units"] = tuple(
            replace(line, unit_id=ids.get(line.unit_id, line.unit_id)) for line in lines
        )
    return replace(value, **changes) if changes else value


def _remember_mappings(tx: Transaction, plan: ImportPlan) -> None:
    for key, mapping in plan.changed_mappings.items():
        tx.run(
            "keep_import_mapping",
            header_key=key,
            kind=plan.kind,
            mapping_json=json.dumps({str(column): name for column, name in mapping.items()}),
            updated_at=tx.at,
        )
