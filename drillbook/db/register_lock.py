"""Who works on a register: one process at a time, the app, a command or a rebuilding.

The database's own lock does not do. It begins when the file is opened, so what is read before is
read unlocked; POSIX lets it fall when *any* handle of the process on that file is closed; and it
stays on the old file when a new one is renamed into its place. So there is a file of its own beside
the register, locked before anything is read and let go after the last rename. It is never removed:
a second process could lock a new one of the same name while the first still holds the old.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from drillbook.core.errors import DrillbookError, InUseError
from drillbook.db.duckdb_engine import in_use, why_not_opened

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        # flock belongs to this handle: closing another one on the same file does not end it.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def path_of(register: Path) -> Path:
    """Return the file that is locked: beside the register that a link leads to."""
    real = Path(os.path.realpath(register))
    return real.with_name(real.name + ".lock")


class RegisterLock:
    """The right to read and write one register, until it is let go or the process ends."""

    def __init__(self, register: Path) -> None:
        """Take it; raises InUseError when another process, or another part of this one, has it."""
        self.register = register
        self._handle: int | None = _held(register)

    def let_go(self) -> None:
        """Let the next one in; a second time does nothing."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None


@contextmanager
def locked(register: Path) -> Iterator[RegisterLock]:
    """Hold the register while the block runs."""
    lock = RegisterLock(register)
    try:
        yield lock
    finally:
        lock.let_go()


def _held(register: Path) -> int:
    path = path_of(register)
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DrillbookError(why_not_opened(register, error)) from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise InUseError(in_use(register)) from error
        if _is_there(handle, path):
            return handle
        # Somebody removed the file between the two calls; what is locked is seen by nobody.
        os.close(handle)


def _is_there(handle: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
