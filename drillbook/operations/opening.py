"""Opens the register: journal, migrations, shipped rules, views and vocabulary up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

from drillbook.core import disk
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import SQL
from drillbook.db import backups
from drillbook.db.audit_chain import PROGRAM, Actor
from drillbook.db.duckdb_engine import connected, statements, why_not_opened
from drillbook.db.engine import EngineError
from drillbook.db.journal import Journal, Mark, is_whole_after, last_entry
from drillbook.db.register_lock import RegisterLock
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.operations import derived
from drillbook.records import registry, rules


def open_store(path: Path, lock: RegisterLock | None = None) -> Store:
    """Open the register, making it first if there is none, and bring it up to date.

    It is locked until the store is closed, unless the caller holds it already (``lock``).

    Raises DrillbookError when the file cannot be opened, is held by another process, was written
    by a newer version of the product, or is older than its journal.
    """
    registry.connect()
    own = RegisterLock(path) if lock is None else None
    try:
        remove_left_work(path)
        if not path.exists() and Journal(path).tail():
            raise DrillbookError(_behind(path))
        store = Store(path, connected(path), own)
    except BaseException:
        if own is not None:
            own.let_go()
        raise
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.let_go()
        raise
    return store


def _bring_up_to_date(store: Store) -> None:
    try:
        _refuse_newer(store)
        is_behind = _follow_journal(store)
    except EngineError as error:
        raise DrillbookError(why_not_opened(store.path, error)) from error
    _migrate(store)
    _add_shipped_rules(store)
    derived.bring_up_to_date(store)
    if is_behind:
        _hold_what_the_journal_lacks(store)


def work_folder_prefix(path: Path) -> str:
    """Return how the names of the folders begin in which a register is made anew."""
    return f".{path.name}.rebuilding-"


def remove_left_work(path: Path) -> None:
    """Remove what a killed rebuilding left behind: copies of the register. The lock is held."""
    for left in path.parent.glob(f"{work_folder_prefix(path)}*"):
        shutil.rmtree(left, ignore_errors=True)


def _follow_journal(store: Store) -> bool:
    """Bring in the one line a kill may have left behind; go on after the last.

    Returns whether the register holds writes that neither its journal nor a backup has.
    """
    mark = store.mark()
    try:
        entry = store.journal.tail()
    except OSError as error:
        raise disk.refusal(error, store.journal.folder) from error
    if entry and entry.sequence == mark.sequence + 1 and entry.previous == mark.checksum:
        # Killed between the journal and the commit.
        with store.write(Actor(entry.actor), entry.source, is_record=False) as tx:
            tx.repeat(entry)
        mark = entry.mark
    elif entry and entry.sequence >= mark.sequence and entry.mark != mark:
        raise DrillbookError(_behind(store.path))
    is_behind = journal_is_behind(store)
    store.journal.go_on_after(mark if entry else _after_all_backups(store, mark))
    return is_behind


def journal_is_behind(store: Store) -> bool:
    """Say whether the register holds writes that its newest backup and the journal do not."""
    mark = store.mark()
    newest = next(iter(backups.listed(store.path)), None)
    reached = newest.mark.sequence if newest else 0
    if mark.sequence <= reached:
        return False
    last = last_entry(store.journal.folder, cut=False)
    return last is None or last.mark != mark or not is_whole_after(store.journal.folder, reached)


def _hold_what_the_journal_lacks(store: Store) -> None:
    """Make a backup at once: until there is one, a damaged file would lose what only it holds."""
    store.notices.append(journal_behind_sentence(store.path))
    try:
        backups.make(store, "journal")
    except DrillbookError as error:
        store.notices.append(error.message)


def journal_behind_sentence(path: Path) -> str:
    """Return what is said of a journal that lacks writes of its register."""
    return _(
        "The journal beside {path} lacks writes that the register holds: its end is torn, a part is"
        " missing or an old copy was put back. A backup holds them; nothing is lost."
    ).format(path=path)


def _after_all_backups(store: Store, mark: Mark) -> Mark:
    """Without a journal, go on above what any backup holds: the highest number is the newest."""
    highest = backups.highest_sequence(store.path)
    if highest <= mark.sequence:
        return mark
    jumped = Mark(highest, mark.checksum)
    with store.write(PROGRAM, "start", is_record=False) as tx:
        if "journal_mark" in tx.tables():
            tx.keep_mark(jumped)
    return jumped


def _behind(path: Path) -> str:
    return _(
        "The register {path} is older than its journal: an old copy was put back, or the disk lost"
        " something. “drillbook recover --db {path}” brings the missing writes in;"
        " “drillbook recover --keep-file --db {path}” takes the file as it is and sets the journal"
        " aside. Nothing has been changed."
    ).format(path=path)


def newer_version() -> str:
    """Return the sentence for a register of a newer version of the product."""
    return _(
        "This register was written by a newer version of Drillbook."
        " Install that version; nothing has been changed."
    )


def migrations() -> dict[int, Path]:
    """Return number → file of all migrations, in order."""
    return {int(path.name[:4]): path for path in sorted((SQL / "migrations").glob("*.sql"))}


def _applied(store: Store) -> set[int]:
    with store.reading() as reader:
        return set(reader.schema())


def _refuse_newer(store: Store) -> None:
    if _applied(store) - set(migrations()):
        raise DrillbookError(newer_version())


def _migrate(store: Store) -> None:
    done = _applied(store)
    if not set(migrations()) - done:
        return
    if done:
        _back_up_before_migration(store)
    with store.write(PROGRAM, "start") as tx:
        tx.run("make_schema_migration")
        for number, path in migrations().items():
            if number in done:
                continue
            for statement in statements(path):
                tx.execute(statement)
            tx.run("add_schema_migration", number=number, name=path.stem, applied_at=tx.at)
        _chain_old_lines(tx)
        rules.add_shipped(tx)


def _add_shipped_rules(store: Store) -> None:
    """Add the rules that came with a newer version of the product."""
    with store.reading() as reader:
        if not rules.missing(reader):
            return
    with store.write(PROGRAM, "start") as tx:
        rules.add_shipped(tx)


def _back_up_before_migration(store: Store) -> None:
    backups.before(store, "migration")


def _chain_old_lines(tx: Transaction) -> None:
    """Give the lines written before there was a chain their place in it, oldest first."""
    loose = tx.query("loose_audit_lines")
    if loose:
        tx.run("delete_loose_audit_lines")
        tx.add_rows("audit_event", [tx.chained(event) for event in loose])
