"""Going back to a backup: what would change, and the change itself.

The records become those of the backup in one write, row by row, with a backup of the state before;
so the journal and the audit trail go on, and the way back is open. Accounts, the audit trail and
what visitors chose for themselves stay.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import backups
from drillbook.db.backups import Backup
from drillbook.db.store import LABEL_COLUMNS, Store, Transaction

KEPT_AS_THEY_ARE = frozenset(
    {"calendar", "vocabulary", "schema_migration", "journal_mark", "audit_event", "audit_head"}
    | {"preference", "draft", "account", "account_password", "account_identity"}
    | {"access_session", "access_link", "access_failure", "access_secret"}
    | {"calendar_feed", "official_day", "derived_state"}
)
"""Tables that a restore does not touch."""
EXAMPLES = 3
_attaching = threading.RLock()
THEN = "attach '{path}' as backup_then (read_only)"


@dataclass(frozen=True)
class Difference:
    """How a table differs from the backup: rows added, changed and removed since.

    ``examples`` names some of them: (added | changed | removed, name).
    """

    table: str
    added: int
    changed: int
    removed: int
    examples: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Say whether there is any difference."""
        return bool(self.added or self.changed or self.removed)


TABLE_NAMES = {
    "unit_name": N_("Names of units"),
    "plan_version": N_("Versions of plans"),
    "plan_revision": N_("Revisions of plans"),
    "revision_stage": N_("Stages of revisions"),
    "planned_drill_unit": N_("Units of planned drills"),
    "session_unit": N_("Units of drill sessions"),
    "session_team": N_("Teams of drill sessions"),
    "plan_assessment": N_("Assessments of plans"),
    "team_training": N_("Trainings of teams"),
    "team_strength": N_("Strength of teams"),
    "team_equipment": N_("Equipment of teams"),
    "mechanism_member": N_("Members of mechanisms"),
    "import_mapping": N_("Remembered import columns"),
}


def table_label(table: str) -> str:
    """Return what the rows of a table are called in the language of this run."""
    if table in TABLE_NAMES:
        return _(TABLE_NAMES[table])
    terms = vocabulary.terms("subject_type")
    return vocabulary.label("subject_type", table) if table in terms else table


def compare(store: Store, backup: Backup) -> list[Difference]:
    """Return how the register differs from the backup, table by table; equal tables left out.

    Raises DrillbookError when the backup is damaged or of another version.
    """
    _must_fit(store, backup)
    with store.read() as cursor, _then(cursor, backup):
        cursor.execute("begin transaction")
        try:
            tables = _record_tables(cursor)
            found = [_difference(_Table(cursor, name)) for name in tables]
        finally:
            cursor.execute("rollback")
    return [difference for difference in found if difference]


def restore(store: Store, backup: Backup, actor: str, source: str = "app") -> list[Difference]:
    """Make the records those of the backup; return what was different.

    A backup of the present is made before. Raises DrillbookError when the backup is damaged or of
    another version, or the backup of now cannot be made; then nothing is changed.
    """
    _must_fit(store, backup)
    with store.writers_paused():
        backups.make(store, "restore", needed=backup.id)
        found = compare(store, backup)
        wanted = _restored(store, backup, found, actor, source)
    backups.bring_back_files(store.path, wanted)
    return found


def _restored(
    store: Store, backup: Backup, found: Sequence[Difference], actor: str, source: str
) -> list[str]:
    """Carry the restore out in one write; return the digests of the attached files."""
    # Attached before the transaction begins, which could not do it.
    with (
        store.read() as cursor,
        _then(cursor, backup),
        store.write(actor, source) as tx,
    ):
        _go_back(tx, [difference.table for difference in found])
        told = {d.table: [d.added, d.changed, d.removed] for d in found}
        label = f"{clock.at_office(backup.made_at):%Y-%m-%d %H:%M}"
        tx.audit("restore_backup", "backup", backup.id, after=told, label=label)
        return [row["sha256"] for row in tx.all("select distinct sha256 from attachment")]


def _must_fit(store: Store, backup: Backup) -> None:
    with store.read() as cursor:
        schema = backups.schema_of(cursor)
    if schema != backup.schema:
        raise DrillbookError(
            _(
                "This backup was made by another version of Drillbook. To go back to it, stop"
                " Drillbook, copy {path} over the register and run: drillbook recover --keep-file"
            ).format(path=backup.file),
            title=_("Not restored"),
        )
    if fault := backups.fault(backup):
        raise DrillbookError(
            _("This backup is damaged: {reason}. Choose another.").format(reason=fault),
            title=_("Not restored"),
        )


@contextmanager
def _then(cursor: duckdb.DuckDBPyConnection, backup: Backup) -> Iterator[None]:
    """Attach the backup as ``backup_then``; one at a time, for the name is the whole program's."""
    statement = THEN.format(path=backups.quoted(backup.file))
    with _attaching, backups.attached(cursor, statement, "backup_then"):
        yield


def _record_tables(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    return [table for table in backups.tables_of(cursor) if table not in KEPT_AS_THEY_ARE]


class _Table:
    """One table now and then, and the SQL that compares them."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str) -> None:
        self.cursor, self.name = cursor, name
        self.now, self.then = name, f"backup_then.main.{name}"
        self.columns = [str(row[0]) for row in cursor.execute(f"describe {name}").fetchall()]
        key = cursor.execute(
            "select constraint_column_names from duckdb_constraints()"
            " where database_name = current_database() and table_name = $name"
            " and constraint_type = 'PRIMARY KEY'",
            {"name": name},
        ).fetchone()
        assert key is not None
        self.key: list[str] = list(key[0])

    def only_in(self, one: str, other: str, shown: str) -> str:
        """Return the SQL for rows of one side whose key the other does not have."""
        return f"select {shown} from {one} as one where not exists ({self._same_key(other)})"

    def changed(self, one: str, other: str, shown: str) -> str:
        """Return the SQL for rows of one side that differ from the other's of the same key."""
        differs = " or ".join(f"one.{c} is distinct from other.{c}" for c in self.columns)
        same = self._same_key(other)
        return f"select {shown} from {one} as one where exists ({same} and ({differs}))"

    def _same_key(self, other: str) -> str:
        same = " and ".join(f"one.{column} = other.{column}" for column in self.key)
        return f"select 1 from {other} as other where {same}"

    @property
    def label(self) -> str:
        """Return the column that names a row."""
        return next((column for column in LABEL_COLUMNS if column in self.columns), self.key[0])

    def count(self, sql: str) -> int:
        """Return how many rows a query finds."""
        row = self.cursor.execute(f"select count(*) from ({sql})").fetchone()
        assert row is not None
        return int(row[0])


def _difference(table: _Table) -> Difference:
    here, then, label = table.now, table.then, f"one.{table.label}"
    kinds = {
        "added": table.only_in(here, then, label),
        "changed": table.changed(here, then, label),
        "removed": table.only_in(then, here, label),
    }
    examples = [
        (kind, str(row[0]))
        for kind, sql in kinds.items()
        for row in table.cursor.execute(f"{sql} order by 1 limit {EXAMPLES}").fetchall()
    ]
    counts = {kind: table.count(sql) for kind, sql in kinds.items()}
    return Difference(table.name, **counts, examples=examples)


def _go_back(tx: Transaction, tables: Sequence[str]) -> None:
    """Delete what is different now, then add what was there then, each row a statement's own."""
    put: list[tuple[str, list[dict[str, Any]]]] = []
    for name in tables:
        table = _Table(tx.cursor, name)
        key = ", ".join(f"one.{column}" for column in table.key)
        here, then = table.now, table.then
        gone = tx.all(table.only_in(here, then, key)) + tx.all(table.changed(here, then, key))
        back = tx.all(table.only_in(then, here, "one.*"))
        put.append((name, back + tx.all(table.changed(then, here, "one.*"))))
        where = " and ".join(f"{column} = ${column}" for column in table.key)
        for row in gone:
            tx.execute(f"delete from {name} where {where}", row)
    for name, rows in put:
        tx.add_rows(name, rows)
