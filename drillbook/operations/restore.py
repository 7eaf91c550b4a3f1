"""Going back to a backup: what would change, and the change itself.

The records become those of the backup in one write, row by row, with a backup of the state before;
so the journal and the audit trail go on, and the way back is open. Accounts, the audit trail and
what visitors chose for themselves stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import attached_files, backups, composed
from drillbook.db.audit_chain import Actor
from drillbook.db.backups import Backup
from drillbook.db.comparison import TableComparison
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction

KEPT_AS_THEY_ARE = frozenset(
    {"calendar", "vocabulary", "schema_migration", "journal_mark", "audit_event", "audit_head"}
    | {"preference", "draft", "account", "account_password", "account_identity"}
    | {"access_session", "access_link", "access_failure", "access_secret"}
    | {"calendar_feed", "official_day", "derived_state", "form_submission"}
)
"""Tables that a restore does not touch."""
EXAMPLES = 3


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
    with store.engine.beside(backup.file), store.reading() as reader:
        found = [_difference(TableComparison(reader, name)) for name in _record_tables(reader)]
    return [difference for difference in found if difference]


def restore(store: Store, backup: Backup, actor: Actor, source: str = "app") -> list[Difference]:
    """Make the records those of the backup; return what was different.

    A backup of the present is made before. Raises DrillbookError when the backup is damaged or of
    another version, or the backup of now cannot be made; then nothing is changed.
    """
    _must_fit(store, backup)
    with store.writers_paused():
        backups.make(store, "restore", needed=backup.id)
        found = compare(store, backup)
        wanted = _restored(store, backup, found, actor, source)
    attached_files.bring_back_files(store.path, wanted)
    return found


def _restored(
    store: Store, backup: Backup, found: Sequence[Difference], actor: Actor, source: str
) -> list[str]:
    """Carry the restore out in one write; return the digests of the attached files."""
    # Attached before the transaction begins, which could not do it.
    with store.engine.beside(backup.file), store.write(actor, source) as tx:
        _go_back(tx, [difference.table for difference in found])
        told = {d.table: [d.added, d.changed, d.removed] for d in found}
        label = f"{clock.at_office(backup.made_at):%Y-%m-%d %H:%M}"
        tx.audit("restore_backup", "backup", backup.id, after=told, label=label)
        return backups.file_digests(tx)


def _must_fit(store: Store, backup: Backup) -> None:
    with store.reading() as reader:
        schema = reader.schema()
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


def _record_tables(reader: Reader) -> list[str]:
    return [table for table in reader.tables() if table not in KEPT_AS_THEY_ARE]


def _difference(table: TableComparison) -> Difference:
    return Difference(table.name, **table.counts(), examples=table.examples(EXAMPLES))


def _go_back(tx: Transaction, tables: Sequence[str]) -> None:
    """Delete what is different now, then add what was there then, each row a statement's own."""
    put: list[tuple[str, list[Row]]] = []
    for name in tables:
        table = TableComparison(tx, name)
        gone = table.keys_to_delete()
        put.append((name, table.rows_to_add()))
        for key in gone:
            tx.execute(composed.delete_by_key(name, table.key), key)
    for name, rows in put:
        tx.add_rows(name, rows)
