"""The queries that speak of every record type, composed from what the record types declare.

``python -m tools.record_queries`` writes them; ``make check`` compares them with the declarations.
They are files like every other query, so that both databases' grammars are asked about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drillbook.accounts import accounts
from drillbook.records import registry
from drillbook.records.record_type import RecordType, Reference
from tools.report import ROOT, Finding


@dataclass(frozen=True)
class Known:
    """The record types a register has, table → declaration; accounts live a room higher."""

    types: Mapping[str, RecordType[Any]]

    @property
    def counted(self) -> list[RecordType[Any]]:
        """Those that make a register less empty, in the order of their declaration."""
        return [one for one in self.types.values() if one.is_counted and one.table != "account"]

    def references(self) -> Iterator[tuple[RecordType[Any], Reference]]:
        """Yield every declared reference with the record type that declares it."""
        for one in self.types.values():
            for reference in one.references:
                yield one, reference


def known() -> Known:
    """Return what the product declares."""
    return Known({**registry.RECORD_TYPES, "account": accounts.RECORD_TYPE})


def owner_column(record_type: RecordType[Any], table: str) -> str:
    """Return the column by which a row of ``table`` says whose it is: ``id`` for a record."""
    columns = {line.table: line.owner_column for line in record_type.line_tables}
    return columns.get(table, "id")


def field_of(record_type: RecordType[Any], reference: Reference) -> str:
    """Return the field of a record under which a reference is told."""
    for name, (table, _type) in record_type.lines.items():
        if table == reference.table:
            return name
    return reference.column


class Union:
    """Selects below each other; the first one names the columns, as both grammars want it."""

    def __init__(self, *names: str, word: str = "union all") -> None:
        self.names, self.word = names, word
        self.selects: list[str] = []

    def add(self, values: Sequence[str], rest: str) -> None:
        """Add one select of ``values``, one for each column; ``rest`` begins with its from."""
        if not self.selects:
            values = [
                value if value.rpartition(".")[2] == name else f"{value} as {name}"
                for value, name in zip(values, self.names, strict=True)
            ]
        self.selects.append(f"select {', '.join(values)}{rest}")

    def indented(self) -> str:
        """Return them as the body of a step."""
        return "\n".join(f"    {line}" for line in str(self).splitlines())

    def __str__(self) -> str:
        return f"\n{self.word}\n".join(self.selects)


def _of_record(held: Known, one: RecordType[Any], table: str) -> str:
    """Return the tables from a pointing row up to the records it lives with."""
    joins = [f"\nfrom {table}"]
    if table != one.table:
        owner = f"{table}.{owner_column(one, table)}"
        joins.append(f"inner join {one.table} on {owner} = {one.table}.id")
    return "\n".join([*joins, *_joined(held, one)])


def _joined(held: Known, one: RecordType[Any]) -> list[str]:
    found = []
    for reference in one.references:
        if reference.goes_with:
            column = f"{one.table}.{reference.column}"
            found.append(f"inner join {reference.to} on {column} = {reference.to}.id")
            found += _joined(held, held.types[reference.to])
    return found


def _alive(held: Known, one: RecordType[Any]) -> str:
    found = f"\n    and {one.table}.voided_at is null"
    for reference in one.references:
        if reference.goes_with:
            found += _alive(held, held.types[reference.to])
    return found


# --- one query each -----------------------------------------------------------------------------


def record_name(held: Known) -> str:
    """Compose: what a record, or a line that takes files, is called."""
    names = Union("subject_type", "name")
    for one in held.types.values():
        if one.table == "account":
            continue
        names.add((f"'{one.table}'", one.label), f" from {one.table} where id = $id")
        for table in one.with_files:
            if table != one.table:
                rest = f"{_of_record(held, one, table)}\nwhere {table}.id = $id"
                names.add((f"'{table}'", f"{one.table}.{one.label}"), rest)
    names.add(("'attachment'", "file_name"), " from attachment where id = $id")
    return f"""\
-- What the record with this id is called, voided or not: subject_type, name.
{names};
"""


def register_size(held: Known) -> str:
    """Compose: how many records of each type there are."""
    records = Union("subject_type", "origin")
    for one in held.counted:
        records.add((f"'{one.table}'", "origin"), f" from {one.table}")
    return f"""\
-- How many records of each kind the register holds, and how many of them are sample rows.
with record as (
{records.indented()}
)

select
    subject_type,
    count(*) as records,
    cast(sum(case when origin = 'sample' then 1 else 0 end) as bigint) as sample_records
from record
group by subject_type
order by subject_type;
"""


def sample_ids(held: Known) -> str:
    """Compose: the sample records of one table."""
    records = Union("subject_type", "id", "origin")
    for one in held.counted:
        records.add((f"'{one.table}'", "id", "origin"), f" from {one.table}")
    return f"""\
-- The sample records of one table: id.
with record as (
{records.indented()}
)

select id from record where subject_type = $subject_type and origin = 'sample' order by id;
"""


def sample_kept(held: Known) -> str:
    """Compose: the sample records that the office's own point at."""
    records = Union("subject_type", "id", "label", "origin", "row_version")
    for one in [*held.counted, held.types["account"]]:
        values = (f"'{one.table}'", "id", one.label, "origin", "row_version")
        records.add(values, f" from {one.table}")
    pointers = Union("from_id", "subject_type", "to_id")
    for one, reference in held.references():
        if reference.to in held.types:
            table = reference.table or one.table
            pointed = (owner_column(one, table), f"'{reference.to}'", reference.column)
            pointers.add(pointed, f" from {table}")
    return f"""\
-- Sample records that the office's own records point at, directly or through other kept ones:
-- they become the office's own when the sample year is removed. Voided records still point.
with recursive record as (
{records.indented()}
),

pointer as (
{pointers.indented()}
),

kept as (
    select pointer.subject_type, pointer.to_id
    from pointer
    inner join record on pointer.from_id = record.id
    where record.origin <> 'sample' and pointer.to_id is not null
    union
    select pointer.subject_type, pointer.to_id
    from kept
    inner join pointer on kept.to_id = pointer.from_id
    where pointer.to_id is not null
),

final as (
    select
        record.subject_type,
        record.id,
        record.label,
        record.row_version
    from record
    inner join kept on record.id = kept.to_id and record.subject_type = kept.subject_type
    where record.origin = 'sample'
)

select * from final
order by subject_type, label;
"""


def record_uses(held: Known) -> str:
    """Compose: the live records that point at one."""
    users = Union("subject_type", "id", "name", word="union")
    for one, reference in held.references():
        if not reference.is_chosen or reference.goes_with:
            continue
        table = reference.table or one.table
        users.add(
            (f"'{one.table}'", f"{one.table}.id", f"{one.table}.{one.label}"),
            f"{_of_record(held, one, table)}\nwhere\n    $subject_type = '{reference.to}'\n"
            f"    and {table}.{reference.column} = $id{_alive(held, one)}",
        )
    return f"""\
-- The live records that point at this one, so that it cannot be voided: subject_type, id, name.
-- What is part of a voided record counts as voided with it.
with final as (
{users.indented()}
)

select * from final
order by subject_type, name, id;
"""


def record_without_audit(held: Known) -> str:
    """Compose: records that no audit line speaks of."""
    records = Union("subject_type", "id", "label", "updated_at")
    for one in held.types.values():
        # Nobody entered the product's own rules.
        own = " where origin <> 'shipped'" if one.table == "rule" else ""
        values = (f"'{one.table}'", "id", one.label, "updated_at")
        records.add(values, f" from {one.table}{own}")
    records.add(("'attachment'", "id", "file_name", "updated_at"), " from attachment")
    setting = ("'office_setting'", "name", "name", "cast(null as timestamp)")
    records.add(setting, " from office_setting")
    return f"""\
-- Records that no audit line speaks of. Where the oldest lines are gone (their time limit is over),
-- what was last changed before the lines that are left is not asked for.
with record as (
{records.indented()}
),

kept as (
    select min(position) as first_position, max(case when is_first then happened_at end) as first_at
    from (
        select position, happened_at, position = min(position) over () as is_first
        from audit_event
    ) as event
),

final as (
    select record.subject_type, record.id, record.label
    from record
    cross join kept
    where
        (
            kept.first_position is null
            or kept.first_position = 1
            or record.updated_at >= kept.first_at
        )
        and not exists (
            select 1
            from audit_event
            where
                audit_event.subject_type = record.subject_type
                and audit_event.subject_id = record.id
        )
)

select * from final;
"""


def reference_missing(held: Known) -> str:
    """Compose: references that lead nowhere."""
    missing = Union("subject_type", "id", "field")

    def add(one: RecordType[Any], table: str, column: str, to: str, told: str) -> None:
        missing.add(
            (f"'{one.table}'", owner_column(one, table), f"'{told}'"),
            f" from {table}\nwhere\n    {column} is not null\n"
            f"    and not exists (select 1 from {to} where {to}.id = {table}.{column})",
        )

    for one in held.types.values():
        for reference in one.references:
            if not reference.may_be_gone:
                table = reference.table or one.table
                add(one, table, reference.column, reference.to, field_of(one, reference))
        named = {(reference.table, reference.column) for reference in one.references}
        for line in one.line_tables:
            if (line.table, line.owner_column) not in named:
                add(one, line.table, line.owner_column, line.owner, line.table)
    return f"""\
-- References that lead to no record: table, column, id of the pointing row.
with reference as (
{missing.indented()}
)

select subject_type, id, field as label from reference order by subject_type, id;
"""


def reference_to_void(held: Known) -> str:
    """Compose: live records that point at a voided one."""
    pointing = Union("subject_type", "id", "label", word="union")
    for one, reference in held.references():
        if reference.goes_with or reference.to not in held.types:
            continue
        table = reference.table or one.table
        pointing.add(
            (f"'{one.table}'", f"{one.table}.id", f"{one.table}.{one.label}"),
            f"{_of_record(held, one, table)}\n"
            f"inner join {reference.to} as named on {table}.{reference.column} = named.id\n"
            f"where\n    named.voided_at is not null{_alive(held, one)}",
        )
    return f"""\
-- Live records that point at a voided one. What is part of a voided record counts as voided too.
with final as (
{pointing.indented()}
)

select * from final
order by subject_type, label, id;
"""


MADE: Mapping[str, tuple[str, Callable[[Known], str]]] = {
    "record_name": ("queries", record_name),
    "register_size": ("queries", register_size),
    "sample_ids": ("queries", sample_ids),
    "sample_kept": ("queries", sample_kept),
    "record_uses": ("queries", record_uses),
    "record_without_audit": ("checks", record_without_audit),
    "reference_missing": ("checks", reference_missing),
    "reference_to_void": ("checks", reference_to_void),
}
"""Query → its folder below ``sql/`` and what composes it."""


def path_of(root: Path, name: str) -> Path:
    """Return where a query lies; queries may lie in folders of their area."""
    folder = root / "sql" / MADE[name][0]
    return next(folder.rglob(f"{name}.sql"), folder / "records" / f"{name}.sql")


def findings(root: Path, held: Known | None = None) -> list[Finding]:
    """Return the queries that do not say what the record types declare."""
    found = []
    for name, (_folder, compose) in MADE.items():
        path = path_of(root, name)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != compose(held or known()):
            place = path.relative_to(root).as_posix()
            found.append(Finding(place, "differs from the record types: make record-queries"))
    return found


def write(root: Path) -> None:
    """Write every query anew."""
    for name, (_folder, compose) in MADE.items():
        path_of(root, name).write_text(compose(known()), encoding="utf-8")


if __name__ == "__main__":
    write(ROOT)
