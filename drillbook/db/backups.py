"""Backups: whole copies of the register, each opened, counted and compared before it is kept.

A copy is made inside the running program in one transaction, so it shows one moment; with the
journal's lines after it, it makes the register of any later moment. Attached files are copied once
each. ``drillbook.operations.restore`` goes back to a backup, ``drillbook.operations.recover``
rebuilds from one.
"""

from __future__ import annotations

import dataclasses
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from drillbook.core import disk
from drillbook.core.clock import now
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import journal
from drillbook.db.attached_files import keep_files
from drillbook.db.audit_chain import Actor
from drillbook.db.backup_folder import folder
from drillbook.db.duckdb_engine import opened
from drillbook.db.engine import EngineError
from drillbook.db.journal import Mark
from drillbook.db.reader import Reader
from drillbook.db.store import Store

ENDING = ".duckdb"
REASONS = {
    "hourly": N_("Every hour"),
    "start": N_("First copy"),
    "manual": N_("By hand"),
    "import": N_("Before an import"),
    "restore": N_("Before a restore"),
    "migration": N_("Before an update"),
    "recover": N_("After a rebuild"),
    "journal": N_("Beside a journal with a gap"),
}
"""Why a backup was made → its words."""

_making = threading.Lock()


@dataclass(frozen=True)
class Backup:
    """One backup. ``tables`` is table → rows; ``schema`` the numbers of its migrations."""

    id: str
    file: Path
    made_at: datetime
    reason: str
    mark: Mark
    tables: dict[str, int]
    schema: list[int]
    sha256: str
    bytes: int
    audit_position: int
    audit_hash: str
    product: str
    missing_files: list[str]

    @property
    def records(self) -> int:
        """Return how many records it holds, lines and the audit trail left out."""
        return sum(self.tables.get(table, 0) for table in RECORDS)

    def as_json(self) -> dict[str, Any]:
        """Return what a command prints of it."""
        return {
            "id": self.id,
            "file": str(self.file),
            "made_at": self.made_at,
            "reason": self.reason,
            "sequence": self.mark.sequence,
            "tables": self.tables,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "missing_files": self.missing_files,
        }


RECORDS = (
    *("unit", "plan", "programme", "planned_drill", "drill_session", "team"),
    *("session_evaluation", "finding", "corrective_action"),
    *("mechanism", "meeting", "decision", "office_event", "attachment"),
)


@dataclass(frozen=True)
class Failure:
    """A backup that could not be made: when, and the sentence."""

    at: datetime
    message: str


_failures: dict[Path, Failure] = {}


def last_failure(path: Path) -> Failure | None:
    """Return why the last backup could not be made; nothing when it was."""
    return _failures.get(path)


def note_failure(path: Path, message: str, at: datetime | None = None) -> None:
    """Keep why a backup could not be made, for the screens."""
    _failures[path] = Failure(at or now(), message)


# --- where they are -----------------------------------------------------------------------------


def listed(register: Path) -> list[Backup]:
    """Return the backups, the newest first: by what they hold, not by what the clock said."""
    found = [
        backup
        for path in folder(register).glob(f"*{ENDING}")
        if not path.name.startswith(".") and (backup := described(path)) is not None
    ]
    return sorted(found, key=lambda backup: (backup.mark.sequence, backup.id), reverse=True)


def described(file: Path) -> Backup | None:
    """Return what the manifest beside a backup says; nothing when it cannot be read."""
    try:
        facts = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        facts["made_at"] = datetime.fromisoformat(facts["made_at"])
        facts["mark"] = Mark(facts.pop("sequence"), facts.pop("checksum"))
        return Backup(id=file.stem, file=file, **facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def found(path: Path, backup_id: str) -> Backup:
    """Return the backup with this id; DrillbookError when there is none."""
    for backup in listed(path):
        if backup.id == backup_id:
            return backup
    raise DrillbookError(
        _("There is no backup “{name}”. “drillbook restore” without a name lists them.").format(
            name=backup_id[:100]
        )
    )


def highest_sequence(register: Path) -> int:
    """Return the last journal line that any backup holds, 0 without backups."""
    names = (path.name.partition("-")[0] for path in folder(register).glob(f"*{ENDING}"))
    return max((int(name) for name in names if name.isdigit()), default=0)


# --- making one ---------------------------------------------------------------------------------


def make(store: Store, reason: str, at: datetime | None = None, *, needed: str = "") -> Backup:
    """Copy the register as it is now, check the copy, keep it, drop those no longer needed.

    ``needed`` is the id of a backup that must stay. Raises DrillbookError when it cannot be made;
    ``last_failure`` tells it too.
    """
    at = at or now()
    try:
        with _making:
            backup = _made(store, reason, at)
    except (EngineError, OSError) as error:
        sentence = disk.refusal(error, folder(store.path)).message
        note_failure(store.path, sentence, at)
        raise DrillbookError(
            _("The backup could not be made. {reason}").format(reason=sentence),
            title=_("No backup"),
        ) from error
    except DrillbookError as error:
        note_failure(store.path, error.message, at)
        raise
    _failures.pop(store.path, None)
    # Outside the lock: who waits for the writers must not keep another backup waiting.
    with store.writers_paused():
        store.journal.begin_segment()
    tidy(store.path, needed)
    return backup


def by_hand(store: Store, actor: Actor, source: str = "app") -> Backup:
    """Make a backup that somebody asked for, with its audit line."""
    backup = make(store, "manual")
    with store.write(actor, source) as tx:
        tx.audit("backup", "backup", backup.id, after={"rows": sum(backup.tables.values())})
    return backup


def before(store: Store, reason: str) -> Backup | None:
    """Make a backup before something large, unless the newest one holds everything already."""
    return make(store, reason) if holds_records(store) and is_due(store) else None


def holds_records(store: Store) -> bool:
    """Say whether anything was ever written into the register."""
    with store.reading() as reader:
        return "audit_event" in reader.tables() and bool(reader.query("audit_any"))


def is_due(store: Store) -> bool:
    """Say whether the register holds more than its newest backup, or lines between are missing."""
    mark = store.mark()
    newest = next(iter(listed(store.path)), None)
    return newest is None or not mark.sequence or newest.mark != mark


def base_is_missing(store: Store) -> bool:
    """Say whether no backup reaches up to where the journal begins."""
    newest = next(iter(listed(store.path)), None)
    reached = newest.mark.sequence if newest else 0
    if store.mark().sequence <= reached:
        return False
    first = next(iter(journal.segments(journal.folder(store.path))), None)
    return first is None or journal.first_sequence(first) > reached + 1


def _made(store: Store, reason: str, at: datetime) -> Backup:
    place = folder(store.path)
    place.mkdir(parents=True, exist_ok=True)
    _sweep(place)
    copy = place / f".{reason}{ENDING}.new"
    try:
        seen = _copied(store, copy)
        _must_equal(copy, seen)
        # As readable as a register needs to be: it holds telephone numbers and password hashes.
        copy.chmod(0o600)
        disk.sync_file(copy)
        missing = keep_files(store.path, seen.digests)
        backup = _described(copy, seen, reason, at, missing)
        disk.write_whole(backup.file.with_suffix(".json"), _manifest(backup))
        os.replace(copy, backup.file)
        disk.sync_folder(place)
    except BaseException:
        _sweep(place)
        raise
    return backup


def _sweep(place: Path) -> None:
    for left in place.glob(f".*{ENDING}.new*"):
        left.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Seen:
    """What was in the register at the moment of the copy; ``sums`` are table → (rows, hash)."""

    mark: Mark
    sums: dict[str, tuple[int, int]]
    schema: list[int]
    head: tuple[int, str]
    digests: list[str]


def _copied(store: Store, copy: Path) -> _Seen:
    with store.engine.copied_to(copy) as connection:
        return _seen(Reader(connection))


def _seen(reader: Reader) -> _Seen:
    tables = reader.tables()
    head = reader.first("audit_chain_end") if "audit_head" in tables else None
    return _Seen(
        mark=reader.mark(),
        sums=reader.connection.checksums(),
        schema=reader.schema(),
        head=(head["position"], head["chain_hash"]) if head else (0, ""),
        digests=file_digests(reader) if "attachment" in tables else [],
    )


def file_digests(reader: Reader) -> list[str]:
    """Return the SHA-256 of every attached file the register names."""
    return [str(row["sha256"]) for row in reader.query("attached_files")]


def _must_equal(copy: Path, seen: _Seen) -> None:
    with opened(copy, read_only=True) as connection:
        if connection.checksums() != seen.sums or Reader(connection).mark() != seen.mark:
            raise DrillbookError(
                _("A backup did not hold what the register holds, so it was not kept. Try again.")
            )


def _described(
    copy: Path, seen: _Seen, reason: str, at: datetime, missing_files: list[str]
) -> Backup:
    stem = f"{seen.mark.sequence:012d}-{at:%Y%m%dT%H%M%S%f}Z-{reason}"
    return Backup(
        id=stem,
        file=copy.with_name(stem + ENDING),
        made_at=at,
        reason=reason,
        mark=seen.mark,
        tables={table: rows for table, (rows, _hash) in seen.sums.items()},
        schema=seen.schema,
        sha256=disk.digest(copy),
        bytes=copy.stat().st_size,
        audit_position=seen.head[0],
        audit_hash=seen.head[1],
        product=version("drillbook"),
        missing_files=missing_files,
    )


def _manifest(backup: Backup) -> bytes:
    facts = dataclasses.asdict(backup)
    for name in ("id", "file", "mark"):
        del facts[name]
    facts |= {"sequence": backup.mark.sequence, "checksum": backup.mark.checksum}
    facts["made_at"] = backup.made_at.isoformat()
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


# --- which are kept -----------------------------------------------------------------------------

HOURLY, DAILY, MONTHLY, OF_EACH_REASON = 24, 30, 12, 3


def kept(backups: Sequence[Backup]) -> set[str]:
    """Return the ids of the backups to keep; ``backups`` begin with the newest.

    Newest means: holds the most. So a clock that jumps never drops the newest.
    """
    chosen = {backup.id for backup in backups[:1]}
    for slot, number in (("%Y%m%d%H", HOURLY), ("%Y%m", MONTHLY)):
        chosen |= {backup.id for backup in _first_of_each(backups, slot, number)}
    chosen |= {backup.id for backup in daily(backups)}
    for reason in REASONS.keys() - {"hourly", "start"}:
        chosen |= {b.id for b in [b for b in backups if b.reason == reason][:OF_EACH_REASON]}
    return chosen


def daily(backups: Sequence[Backup]) -> list[Backup]:
    """Return the newest backup of each of the last days, at most 30."""
    return _first_of_each(backups, "%Y%m%d", DAILY)


def _first_of_each(backups: Sequence[Backup], slot: str, number: int) -> list[Backup]:
    first: dict[str, Backup] = {}
    for backup in backups:
        first.setdefault(backup.made_at.strftime(slot), backup)
    return list(first.values())[:number]


def tidy(path: Path, needed: str = "") -> None:
    """Remove backups that are no longer needed, and journal lines older than 30 daily ones."""
    backups = listed(path)
    keep = kept(backups) | {needed}
    for backup in backups:
        if backup.id not in keep:
            backup.file.with_suffix(".json").unlink(missing_ok=True)
            backup.file.unlink(missing_ok=True)
    days = daily(backups)
    # Until there are that many, the journal reaches back to the register's first line.
    if len(days) == DAILY:
        oldest = min(backup.mark.sequence for backup in days)
        found = journal.segments(journal.folder(path))
        for segment, following in pairwise(found):
            if journal.first_sequence(following) <= oldest + 1:
                segment.unlink()


# --- are they still good? -----------------------------------------------------------------------


def fault(backup: Backup) -> str:
    """Return what is wrong with a backup, empty when it opens and holds what its manifest says."""
    try:
        if disk.digest(backup.file) != backup.sha256:
            return _("it was changed or damaged on the disk")
        with opened(backup.file, read_only=True) as connection:
            counted = {table: rows for table, (rows, _hash) in connection.checksums().items()}
    except (OSError, EngineError) as error:
        return _("it cannot be read: {reason}").format(reason=error)
    return "" if counted == backup.tables else _("it does not hold the rows it should")
