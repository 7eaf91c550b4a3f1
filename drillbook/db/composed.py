"""Statements whose table or columns vary, composed from names that were checked.

Everything else is a file of ``sql/queries``. Values are parameters, here as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence


def checked(identifier: str) -> str:
    """Return the name of a table or column; ValueError when it could be anything else."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", identifier):
        raise ValueError(f"not a name of a table or column: {identifier!r}")
    return identifier


def checked_all(identifiers: Iterable[str]) -> str:
    """Return names joined by commas, each checked."""
    return ", ".join(map(checked, identifiers))


# --- records and their lines --------------------------------------------------------------------


def record_of(table: str) -> str:
    """Return the record ``$id`` of a table, voided or not."""
    return f"select * from {checked(table)} where id = $id"


def lines_of(table: str, owner: str) -> str:
    """Return the lines of the record ``$id``, which the column ``owner`` names."""
    return f"select * from {checked(table)} where {checked(owner)} = $id"


def delete_lines(table: str, owner: str) -> str:
    """Delete the lines of the record ``$record_id``."""
    return f"delete from {checked(table)} where {checked(owner)} = $record_id"


def update_record(table: str, columns: Sequence[str]) -> str:
    """Change ``columns`` of the record ``$record_id`` to the parameters of their names."""
    changes = "".join(f"{checked(column)} = ${column}, " for column in columns)
    return (
        f"update {checked(table)} set {changes}row_version = row_version + 1,"
        " updated_at = $now_at where id = $record_id"
    )


def blank_lines(table: str, columns: Sequence[str], owner: str) -> str:
    """Empty the texts in ``columns`` of the lines of the record ``$id``."""
    blanks = ", ".join(f"{checked(column)} = ''" for column in columns)
    return f"update {checked(table)} set {blanks} where {checked(owner)} = $id"


# --- whole tables -------------------------------------------------------------------------------


def count_of(table: str) -> str:
    """Count the rows of a table."""
    return f"select count(*) as number from {checked(table)}"


def all_of(table: str) -> str:
    """Return every row of a table that has ids, in their order."""
    return f"select * from {checked(table)} order by id"


def held_between(table: str) -> str:
    """Return the records of a table held from ``$first`` to ``$last``, ordered by their ids."""
    return f"select * from {checked(table)} where held_on between $first and $last order by id"


def lines_of_all(line_table: str, owner: str) -> str:
    """Return every line of a table whose column ``owner`` names a record."""
    return f"select * from {checked(line_table)} where {checked(owner)} is not null"


def lines_held_between(line_table: str, owner: str, table: str) -> str:
    """Return the lines of those records of ``table`` held from ``$first`` to ``$last``."""
    return (
        f"select {checked(line_table)}.* from {line_table} inner join {checked(table)}"
        f" on {line_table}.{checked(owner)} = {table}.id"
        f" where {table}.held_on between $first and $last"
    )


# --- where records came from --------------------------------------------------------------------


def of_origin(table: str) -> str:
    """Return the ids of the records of an ``$origin``."""
    return f"select id from {checked(table)} where origin = $origin"


def set_origin(table: str) -> str:
    """Say where the record ``$id`` came from: ``$origin``."""
    return f"update {checked(table)} set origin = $origin where id = $id"


def delete_origin(table: str) -> str:
    """Delete the records of an ``$origin``."""
    return f"delete from {checked(table)} where origin = $origin"


def lines_of_these(line_table: str, owner: str, owners: str) -> str:
    """Return the ids of the lines whose column ``owner`` a composed query of ids returns."""
    return f"select id from {checked(line_table)} where {checked(owner)} in ({owners})"


def delete_lines_of_these(line_table: str, owner: str, owners: str) -> str:
    """Delete the lines whose column ``owner`` a composed query of ids returns."""
    return f"delete from {checked(line_table)} where {checked(owner)} in ({owners})"


def delete_files_of_these(subjects: str) -> str:
    """Delete the attachments (``$subject_type``) of what a composed query of ids returns."""
    return (
        f"delete from attachment where subject_type = $subject_type and subject_id in ({subjects})"
    )


# --- pages of a named query ---------------------------------------------------------------------


def count_rows(code: str) -> str:
    """Count the rows of a named query, given its text."""
    return f"select count(*) as number from ({code}) as counted"


def page_of(code: str, sort: str, *, descending: bool) -> str:
    """Return ``$page_size`` rows of a named query from ``$page_start`` on, sorted by a column."""
    direction = "desc" if descending else "asc"
    return (
        f"select * from ({code}) as listed order by {checked(sort)} {direction} nulls last, id"
        " limit $page_size offset $page_start"
    )


# --- two states of one table --------------------------------------------------------------------


def only_in(one: str, other: str, key: Sequence[str], shown: Sequence[str]) -> str:
    """Return the rows of ``one`` whose key ``other`` does not have; both name a table."""
    return (
        f"select {_shown(shown)} from {_table(one)} as one"
        f" where not exists ({_same(other, key)}) order by 1"
    )


def changed(
    one: str, other: str, key: Sequence[str], columns: Sequence[str], shown: Sequence[str]
) -> str:
    """Return the rows of ``one`` that differ from the row of ``other`` with the same key."""
    differs = " or ".join(f"one.{checked(c)} is distinct from other.{c}" for c in columns)
    return (
        f"select {_shown(shown)} from {_table(one)} as one"
        f" where exists ({_same(other, key)} and ({differs})) order by 1"
    )


def counts(queries: Mapping[str, str]) -> str:
    """Count what several queries find, each under its name."""
    parts = [f"(select count(*) from ({sql}) as t) as {checked(n)}" for n, sql in queries.items()]
    return f"select {', '.join(parts)}"


def limited(sql: str) -> str:
    """Return the first ``$most`` rows of a composed query."""
    return f"{sql} limit $most"


def delete_by_key(table: str, key: Sequence[str]) -> str:
    """Delete the row whose key columns have the parameters of their names."""
    same = " and ".join(f"{checked(column)} = ${column}" for column in key)
    return f"delete from {checked(table)} where {same}"


def _shown(columns: Sequence[str]) -> str:
    return ", ".join(f"one.{checked(column)}" for column in columns) or "one.*"


def _same(other: str, key: Sequence[str]) -> str:
    same = " and ".join(f"one.{checked(column)} = other.{column}" for column in key)
    return f"select 1 from {_table(other)} as other where {same}"


def _table(name: str) -> str:
    """Return a table's name, which may begin with the schema it is in."""
    return ".".join(map(checked, name.split(".")))
