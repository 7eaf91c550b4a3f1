"""What the register's disk is asked for: bytes that stay, and words for what it refuses."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_BLOCK = 1 << 20


def refusal(error: Exception, place: Path) -> DrillbookError:
    """Return the sentence for what the disk refused at ``place``, with the way out."""
    number = getattr(error, "errno", None)
    if number in FULL or "No space left" in str(error):
        text = _(
            "The disk is full, so nothing was saved. Make room on the disk that holds {place},"
            " then do it again."
        )
    elif number in READ_ONLY or "Read-only file system" in str(error):
        text = _(
            "Nothing may be written at {place}, so nothing was saved. Make the disk and the"
            " folder writable for Drillbook, then do it again."
        )
    else:
        text = _("{place} cannot be written, so nothing was saved. ({reason})")
    return DrillbookError(text.format(place=place, reason=error), title=_("Not saved"))


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable: a new file is only when its folder is."""
    # Windows has no such call and needs none.
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_all(handle: int, content: bytes) -> None:
    """Write every byte to an open handle; a disk that fills up writes some and says nothing."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file in place with all its content or not at all."""
    # A name of its own: two may put the same file in place at once.
    beside = path.with_name(f".{path.name}.{token_hex(4)}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        try:
            write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
