"""The journal: every write of the register once more, in text, beside the file.

Write-ahead: a line is on the disk before its transaction is committed, so a backup and the lines
after it make the register anew. A line holds the statements as they were executed and the checksum
of the line before it. This module knows bytes and lines; it executes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from drillbook.core import disk, json_codec
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _

ENDING = ".jsonl"
CHECKSUM_LENGTH = 64
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Mark:
    """Up to which line something goes: the line's sequence (from 1) and its checksum."""

    sequence: int = 0
    checksum: str = ""


@dataclass(frozen=True)
class Entry:
    """One whole line: a transaction. ``previous`` is the checksum of the line before it.

    Each statement is ``[sql, parameters]`` or ``[table, columns, rows]``.
    """

    sequence: int
    previous: str
    at: datetime
    actor: str
    source: str
    statements: list[list[Any]]
    checksum: str

    @property
    def mark(self) -> Mark:
        """Return where the register stands when this line is in it."""
        return Mark(self.sequence, self.checksum)


@dataclass(frozen=True)
class Line:
    """One line as it lies on the disk; ``entry`` is nothing when it is damaged."""

    file: Path
    number: int
    entry: Entry | None


def folder(path: Path) -> Path:
    """Return where a register's journal lies: ``<register>.journal`` beside it."""
    return path.with_name(path.name + ".journal")


def segments(place: Path) -> list[Path]:
    """Return the files of a journal in order; each is named by its first sequence."""
    return sorted(path for path in place.glob(f"*{ENDING}") if path.stem.isdigit())


def first_sequence(segment: Path) -> int:
    """Return the sequence a segment begins with."""
    return int(segment.stem)


def next_line(
    previous: Mark, at: datetime, actor: str, source: str, statements: list[str]
) -> tuple[Mark, bytes]:
    """Return a line to append after ``previous``; ``statements`` are encoded already."""
    sequence = previous.sequence + 1
    head = json_codec.encoded(
        {
            "sequence": sequence,
            "previous": previous.checksum,
            "at": at,
            "actor": str(actor),
            "source": source,
        }
    )
    body = f'{head[:-1]}, "statements": [{", ".join(statements)}]}}'.encode()
    checksum = sha256(body).hexdigest()
    return Mark(sequence, checksum), checksum.encode() + b" " + body + b"\n"


def parsed(line: bytes) -> Entry | None:
    """Return the entry of a line without its newline, or nothing when it is damaged."""
    checksum, body = line[:CHECKSUM_LENGTH], line[CHECKSUM_LENGTH + 1 :]
    if sha256(body).hexdigest().encode() != checksum:
        return None
    try:
        return Entry(**json_codec.decoded(body.decode()), checksum=checksum.decode())
    except (ValueError, TypeError):
        return None


def lines(place: Path) -> Iterator[Line]:
    """Yield every line of a journal, damaged ones too, in order."""
    for path in segments(place):
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield Line(path, number, parsed(line[:-1]) if line.endswith(b"\n") else None)


def last_entry(place: Path, *, cut: bool = True) -> Entry | None:
    """Return the last line of a journal, cutting off what is torn behind it.

    The bytes cut off are kept beside the segment in a ``.torn`` file. Without ``cut`` nothing is
    changed.
    """
    for path in reversed(segments(place)):
        if (entry := _last_of(path, cut=cut)) is not None:
            return entry
    return None


def is_whole_after(place: Path, sequence: int) -> bool:
    """Say whether no segment with a line after ``sequence`` is missing or torn; changes nothing."""
    following = None
    for path in reversed(segments(place)):
        entry = _last_of(path, cut=False)
        if following is not None and (entry is None or entry.sequence + 1 != following):
            return False
        following = first_sequence(path)
        if following <= sequence + 1:
            return True
    return False


def _last_of(path: Path, *, cut: bool = True) -> Entry | None:
    with path.open("rb+" if cut else "rb") as file:
        size = end = file.seek(0, os.SEEK_END)
        entry = None
        while end and entry is None:
            start = _line_start(file, end)
            file.seek(start)
            line = file.read(end - start)
            entry = parsed(line[:-1]) if line.endswith(b"\n") else None
            end = end if entry else start
        if cut and end < size:
            file.seek(end)
            _set_aside(path, file.read())
            file.truncate(end)
            os.fsync(file.fileno())
    return entry


def _line_start(file: Any, end: int) -> int:
    """Return where the line begins that ends at ``end`` (after its newline, if it has one)."""
    position = end - 1
    while position > 0:
        start = max(0, position - _BLOCK)
        file.seek(start)
        found = file.read(position - start).rfind(b"\n")
        if found >= 0:
            return int(start + found + 1)
        position = start
    return 0


def _set_aside(path: Path, cut: bytes) -> None:
    number = 1
    while (torn := path.with_name(f"{path.stem}-{number}.torn")).exists():
        number += 1
    disk.write_whole(torn, cut)


class Journal:
    """The open journal of one register; one process writes it, one transaction at a time.

    ``last`` is the line the register holds too.
    """

    def __init__(self, path: Path) -> None:
        self.folder = folder(path)
        self.last = Mark()
        self._handle: int | None = None
        self._file: Path | None = None
        self._size = 0
        self._is_in_doubt = False

    def tail(self) -> Entry | None:
        """Return the last whole line on the disk, or nothing; a torn end is cut off."""
        return last_entry(self.folder)

    def go_on_after(self, mark: Mark) -> None:
        """Take ``mark`` for what the register holds; the next line follows it."""
        self.last = mark

    def append(self, mark: Mark, line: bytes) -> None:
        """Put one line on the disk for good.

        Raises DrillbookError when the disk refuses; then the journal is as it was.
        """
        if self._is_in_doubt:
            raise DrillbookError(
                _(
                    "The journal at {place} is in doubt. Restart Drillbook; it puts it right."
                ).format(place=self.folder)
            )
        try:
            handle = self._writer(mark)
            self._size = os.fstat(handle).st_size
            disk.write_all(handle, line)
            os.fsync(handle)
        except OSError as error:
            self.take_back()
            raise disk.refusal(error, self.folder) from error

    def _writer(self, mark: Mark) -> int:
        if self._handle is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self._file or self._continued() or self._named(mark)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = path
            self._size = os.fstat(self._handle).st_size
            disk.sync_folder(self.folder)
            disk.sync_folder(self.folder.parent)
        return self._handle

    def _named(self, mark: Mark) -> Path:
        return self.folder / f"{mark.sequence:012d}{ENDING}"

    def _continued(self) -> Path | None:
        """Return the newest segment when its last line is the one before the next."""
        found = segments(self.folder)
        entry = _last_of(found[-1]) if found else None
        return found[-1] if entry and entry.mark == self.last else None

    def confirm(self, mark: Mark) -> None:
        """Take the appended line for done: its transaction is committed."""
        self.last = mark

    def take_back(self) -> None:
        """Cut the appended line off again: its transaction was not committed."""
        if self._handle is None:
            return
        try:
            os.ftruncate(self._handle, self._size)
            os.fsync(self._handle)
        except OSError:
            # At the next start the line is compared with what the register holds.
            self._is_in_doubt = True

    def begin_segment(self) -> None:
        """Let the next line begin a new file."""
        self.close()
        self._file = self._named(Mark(self.last.sequence + 1))

    def close(self) -> None:
        """Let the file go."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = self._file = None
