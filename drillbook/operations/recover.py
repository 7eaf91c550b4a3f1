"""Making the register anew from what is left of it: the file, its backups, its journal.

It works on copies and puts the result in place at the end, by renaming; what was there before is
set aside, never deleted. It says what it used, repeated, and could not bring back.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

from drillbook.core import clock, disk, vocabulary
from drillbook.core.clock import now
from drillbook.core.errors import DrillbookError, InUseError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import ngettext
from drillbook.db import attached_files, backups, composed, journal
from drillbook.db.audit_chain import PROGRAM, Actor
from drillbook.db.duckdb_engine import in_use, log_of, opened
from drillbook.db.engine import Connection, EngineError
from drillbook.db.journal import Entry, Mark
from drillbook.db.reader import Reader
from drillbook.db.register_lock import RegisterLock, locked
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.operations import audit_verification, data_checks, derived
from drillbook.operations.opening import (
    journal_behind_sentence,
    migrations,
    newer_version,
    open_store,
    remove_left_work,
    work_folder_prefix,
)

Source = Literal["file", "backup", "journal"]


@dataclass
class Report:
    """What was found and done. ``lost_writes`` counts journal lines that could not be repeated."""

    register: str
    dry_run: bool
    changed: bool = False
    source: Source | None = None
    backup: str | None = None
    file_fault: str = ""
    backup_faults: list[dict[str, str]] = field(default_factory=list)
    replayed: int = 0
    lost_writes: int = 0
    journal_behind: bool = False
    damaged_lines: list[dict[str, Any]] = field(default_factory=list)
    not_applied: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)
    attachments_restored: list[str] = field(default_factory=list)
    attachments_missing: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    trail_breaks: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Say whether nothing at all was lost."""
        return not (
            self.lost_writes or self.attachments_missing or self.failed_checks or self.trail_breaks
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints."""
        return dataclasses.asdict(self) | {"complete": self.is_complete}


def recover(
    path: Path,
    actor: Actor,
    *,
    dry_run: bool = False,
    keep_file: bool = False,
    at: datetime | None = None,
) -> Report:
    """Rebuild the register; ``keep_file`` takes the file as it is and sets the journal aside.

    Raises DrillbookError when another process holds the register, or nothing is left to build from.
    """
    if not path.parent.is_dir():
        raise DrillbookError(_nothing_left(path))
    report = Report(str(path), dry_run)
    try:
        # One lock from the first byte read to the last: whoever came in between would save into a
        # file that is about to be set aside.
        with locked(path) as lock:
            remove_left_work(path)
            with _alone(path) as file, _work_folder(path) as place:
                work = _Work(path, file, Path(place), report, at or now())
                work.choose(keep_file)
                work.rebuild(keep_file)
                if not dry_run:
                    work.put_in_place()
            if not dry_run:
                _finish(path, actor, report, lock)
    except FileNotFoundError:
        # Nothing a disk refused: a mistake of the program, to be told as one.
        raise
    except OSError as error:
        raise disk.refusal(error, path.parent) from error
    return report


def _work_folder(path: Path) -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix=work_folder_prefix(path), dir=path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO | None]:
    """Yield the register's file, refusing while another program has the database open.

    Other programs know nothing of our lock, only of the database's own. It falls when any other
    handle on the file is closed, so the file is copied through this one.
    """
    if not path.exists():
        yield None
        return
    with path.open("rb+") as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InUseError(in_use(path)) from error
        yield file


def _nothing_left(path: Path) -> str:
    return _(
        "There is nothing to rebuild {path} from: no file, no backup and no journal."
        " Check the path."
    ).format(path=path)


@dataclass(frozen=True)
class _Base:
    """What the register is built from: a readable database file, or nothing, and its mark."""

    source: Source
    mark: Mark
    file: Path | None = None
    backup: str | None = None


class _Work:
    """One recovery; the files in ``place`` are copies."""

    def __init__(
        self, path: Path, file: BinaryIO | None, place: Path, report: Report, at: datetime
    ) -> None:
        self.register, self.file, self.place, self.report, self.at = path, file, place, report, at
        self.target = place / "rebuilt.duckdb"
        self.base: _Base | None = None
        self.is_journal_foreign = False
        self.set_asides: list[tuple[Path, Path]] = []

    # --- what there is --------------------------------------------------------------------------

    def choose(self, keep_file: bool) -> None:
        """Find the best base: the file, else the newest good backup, else the journal alone."""
        self.base = self._file() or (None if keep_file else self._backup() or self._nothing())
        if self.base is None:
            sentence = _nothing_left(self.register)
            if keep_file:
                sentence = _(
                    "The file {path} cannot be read, so it cannot be kept: {reason}"
                ).format(path=self.register, reason=self.report.file_fault)
            raise DrillbookError(sentence)
        self.report.source, self.report.backup = self.base.source, self.base.backup

    def _file(self) -> _Base | None:
        if self.file is None:
            self.report.file_fault = _("there is no file")
            return None
        for with_log in (True, False):
            copy = self.place / f"file-{with_log}.duckdb"
            self.file.seek(0)
            with copy.open("wb") as target:
                shutil.copyfileobj(self.file, target)
            log = log_of(self.register)
            if with_log and log.exists():
                shutil.copyfile(log, log_of(copy))
            try:
                return _Base("file", _examined(copy), copy)
            except EngineError as error:
                self.report.file_fault = str(error).splitlines()[0]
            if not log.exists():
                break
        return None

    def _backup(self) -> _Base | None:
        for backup in backups.listed(self.register):
            if fault := backups.fault(backup):
                self.report.backup_faults.append({"id": backup.id, "reason": fault})
                continue
            _refuse_newer(set(backup.schema))
            copy = self.place / "backup.duckdb"
            shutil.copyfile(backup.file, copy)
            return _Base("backup", backup.mark, copy, backup.id)
        return None

    def _nothing(self) -> _Base | None:
        first = next((line for line in self._lines() if line.entry), None)
        return _Base("journal", Mark()) if first else None

    def _lines(self) -> Iterator[journal.Line]:
        return journal.lines(journal.folder(self.register))

    # --- building -------------------------------------------------------------------------------

    def rebuild(self, keep_file: bool) -> None:
        """Make the new file from the base and the journal's lines after it."""
        assert self.base is not None
        if self.base.file:
            os.replace(self.base.file, self.target)
        with opened(self.target) as connection:
            if not keep_file:
                replay = _Replay(connection, self.base.mark, self.report)
                replay.all(self._lines())
                self.is_journal_foreign = replay.is_foreign
            if keep_file or self.is_journal_foreign:
                self._leave_journal(connection)
            self._count_records(connection)
        report = self.report
        report.changed = bool(
            report.file_fault or report.replayed or self.set_asides or self.base.source != "file"
        )

    def _leave_journal(self, connection: Connection) -> None:
        """Set the journal aside; the next one counts on above every line and backup there is."""
        mark = Reader(connection).mark()
        found = [line.entry.sequence for line in self._lines() if line.entry]
        highest = max([mark.sequence, backups.highest_sequence(self.register), *found])
        connection.begin()
        Transaction(connection, PROGRAM, "recover").keep_mark(Mark(highest, mark.checksum))
        connection.commit()
        place = journal.folder(self.register)
        if place.exists():
            self.set_asides.append((place, place.with_name(f"{place.name}.aside-{self._stamp}")))

    def _count_records(self, connection: Connection) -> None:
        reader = Reader(connection)
        for table in backups.RECORDS:
            if table in reader.tables():
                (counted,) = reader.all(composed.count_of(table))
                self.report.records[table] = int(counted["number"])

    @property
    def _stamp(self) -> str:
        return f"{self.at:%Y%m%dT%H%M%SZ}"

    # --- putting it in place --------------------------------------------------------------------

    def put_in_place(self) -> None:
        """Rename what was there out of the way and the new file into its place."""
        if not self.report.changed:
            return
        disk.sync_file(self.target)
        kind = "damaged" if self.report.file_fault else "older"
        aside = self.register.with_name(f"{self.register.name}.{kind}-{self._stamp}")
        if self.register.exists():
            self.set_asides.append((self.register, aside))
        if log_of(self.register).exists():
            self.set_asides.append((log_of(self.register), log_of(aside)))
        if self.file is not None and sys.platform == "win32":
            # An open file cannot be renamed there.
            self.file.close()
        for old, new in self.set_asides:
            os.replace(old, new)
            self.report.set_aside.append(str(new))
        os.replace(self.target, self.register)
        disk.sync_folder(self.register.parent)


def _examined(file: Path) -> Mark:
    """Return a file's mark after reading every value in it; raises EngineError."""
    with opened(file) as connection:
        reader = Reader(connection)
        if "schema_migration" not in reader.tables():
            raise EngineError(_("it holds no register"))
        _refuse_newer(set(reader.schema()))
        connection.checksums()
        connection.look_every_key_up()
        return reader.mark()


def _refuse_newer(schema: set[int]) -> None:
    if schema - set(migrations()):
        raise DrillbookError(newer_version())


class _Replay:
    """Repeats the journal's lines after a mark, and keeps account of those it could not."""

    def __init__(self, connection: Connection, mark: Mark, report: Report) -> None:
        self.connection, self.report = connection, report
        self.start = self.mark = mark
        self.last = Mark()
        self.place = 0
        self.is_foreign = False
        self.has_gap = False
        self.lost: set[int] = set()

    def all(self, lines: Iterator[journal.Line]) -> None:
        """Repeat every line that follows; others are reported."""
        for line in lines:
            if line.entry is None:
                self.place += 1
                self._damaged(line)
            else:
                self.place = line.entry.sequence
                self.last = line.entry.mark
                self._next(line.entry)
        if self.report.source == "file" and not self.report.file_fault:
            # A sound file knows better than a torn end what was committed.
            self.lost = {number for number in self.lost if number <= self.mark.sequence}
            self.report.journal_behind = self.last != self.mark
        self.report.lost_writes = len(self.lost)

    def _damaged(self, line: journal.Line) -> None:
        self.report.damaged_lines.append({"file": str(line.file), "line": line.number})
        if self.place > self.mark.sequence:
            self.lost.add(self.place)
            self.has_gap = True

    def _next(self, entry: Entry) -> None:
        if entry.sequence <= self.mark.sequence:
            # The same number with another checksum: this file and this journal part ways here.
            self.is_foreign |= entry.sequence == self.mark.sequence and entry.mark != self.mark
            return
        follows = entry.previous == self.mark.checksum
        if not follows and entry.sequence == self.mark.sequence + 1 and not self.has_gap:
            self.is_foreign = True
        if self.is_foreign:
            self._not_applied(entry, _("it belongs to another state of the register"))
            return
        if not follows:
            self.lost.update(range(self.mark.sequence + 1, entry.sequence))
        self.has_gap = False
        self._repeat(entry)

    def _repeat(self, entry: Entry) -> None:
        self.connection.begin()
        transaction = Transaction(self.connection, Actor(entry.actor), entry.source, entry.at)
        try:
            transaction.repeat(entry)
            self.connection.commit()
            self.report.replayed += 1
        except (EngineError, ValueError, KeyError, TypeError) as error:
            self.connection.roll_back()
            self.lost.add(entry.sequence)
            self._not_applied(entry, str(error).splitlines()[0])
            # Taken for dealt with, so that the next line follows.
            with suppress(EngineError):
                transaction.keep_mark(entry.mark)
        self.mark = entry.mark

    def _not_applied(self, entry: Entry, reason: str) -> None:
        self.report.not_applied.append(
            {
                "sequence": entry.sequence,
                "at": entry.at,
                "actor": entry.actor,
                "source": entry.source,
                "reason": reason,
            }
        )


def _finish(path: Path, actor: Actor, report: Report, lock: RegisterLock) -> None:
    """Open the rebuilt register, check it, bring attached files back, make a new base backup."""
    store = open_store(path, lock)
    try:
        derived.make_anew(store)
        _look_after_files(store, report)
        report.failed_checks = [
            result.code
            for result in data_checks.run(store)
            if result.rows and result.severity == "error"
        ]
        report.trail_breaks = [place.reason for place in audit_verification.verify(store).breaks]
        if report.changed:
            with store.write(actor, "command") as tx:
                after = {
                    "source": report.source,
                    "backup": report.backup,
                    "replayed": report.replayed,
                    "lost_writes": report.lost_writes,
                }
                tx.audit("recover", "register", "register", after=after, label=path.name)
            backups.make(store, "recover")
    finally:
        store.close()


def _look_after_files(store: Store, report: Report) -> None:
    with store.reading() as reader:
        digests = backups.file_digests(reader)
    report.attachments_restored = attached_files.bring_back_files(store.path, digests)
    report.attachments_missing = [
        digest
        for digest in digests
        if not attached_files.is_whole(attached_files.original(store.path, digest), digest)
    ]


# --- in words -----------------------------------------------------------------------------------


def sentences(report: Report) -> Iterator[str]:
    """Say what was found and done, one sentence a line."""
    if report.dry_run:
        yield _("Nothing was written; this is what would happen:")
    if report.journal_behind:
        yield journal_behind_sentence(Path(report.register))
    if not report.changed and not report.journal_behind:
        yield _("The register {path} is sound; nothing had to be done.").format(
            path=report.register
        )
    elif report.changed:
        yield from _what_was_done(report)
    yield _("Records:")
    for table, number in report.records.items():
        yield f"  {vocabulary.label('subject_type', table)}: {number:,}"
    yield from _what_is_missing(report)


def _what_was_done(report: Report) -> Iterator[str]:
    if report.file_fault:
        yield _("The file was damaged: {reason}").format(reason=report.file_fault)
    for fault in report.backup_faults:
        yield _("The backup {id} is damaged: {reason}").format(**fault)
    yield {
        "file": _("Built from the file itself."),
        "backup": _("Built from the backup {id}.").format(id=report.backup),
        "journal": _("Built from the journal alone."),
    }[report.source or "file"]
    yield ngettext(
        "{number:,} write of the journal was repeated.",
        "{number:,} writes of the journal were repeated.",
        report.replayed,
    ).format(number=report.replayed)
    for path in report.set_aside:
        yield _("Set aside, not deleted: {path}").format(path=path)


def _what_is_missing(report: Report) -> Iterator[str]:
    for line in report.damaged_lines:
        yield _("Damaged line of the journal: {file}, line {line}").format(**line)
    for entry in report.not_applied:
        yield _("Not repeated: write {sequence} of {actor}, {at:%Y-%m-%d %H:%M}: {reason}").format(
            **entry | {"at": clock.at_office(entry["at"])}
        )
    if report.attachments_restored:
        yield _("Attached files brought back: {number}").format(
            number=len(report.attachments_restored)
        )
    if report.attachments_missing:
        yield _("Attached files missing in the backups too: {number}").format(
            number=len(report.attachments_missing)
        )
    for code in report.failed_checks:
        yield _("A check found errors: {check}").format(check=vocabulary.label("check", code))
    yield from report.trail_breaks
    if report.lost_writes:
        yield ngettext(
            "{number:,} write could not be brought back.",
            "{number:,} writes could not be brought back.",
            report.lost_writes,
        ).format(number=report.lost_writes)
    elif report.is_complete:
        yield _("Nothing was lost.")
