"""One process at a time: what holds the register, and what no longer lets it go too early."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drillbook.core.errors import InUseError
from drillbook.db import register_lock
from drillbook.db.store import Store
from drillbook.operations.opening import open_store

LOCKS = "import sys, pathlib; from drillbook.db.register_lock import RegisterLock;"
TAKES = f"{LOCKS} RegisterLock(pathlib.Path(sys.argv[1]))"
HOLDS = (
    f"{LOCKS} lock = RegisterLock(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
)


def is_free(path: Path) -> bool:
    """Ask another process whether it could work on the register now."""
    done = subprocess.run(
        [sys.executable, "-c", TAKES, str(path)], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0 or "InUseError" in done.stderr, done.stderr
    return done.returncode == 0


def test_an_open_register_is_held_until_it_is_closed(store: Store) -> None:
    assert not is_free(store.path)
    with pytest.raises(InUseError):
        open_store(store.path)
    store.close()
    assert is_free(store.path)


def test_copying_or_reading_the_register_does_not_let_it_go(store: Store, tmp_path: Path) -> None:
    shutil.copyfile(store.path, tmp_path / "copy")
    store.path.read_bytes()
    register_lock.path_of(store.path).read_bytes()
    assert not is_free(store.path)


def test_a_link_to_the_register_is_the_register(store: Store, tmp_path: Path) -> None:
    link = tmp_path / "link.duckdb"
    link.symlink_to(store.path)
    assert not is_free(link)


def test_a_failed_opening_lets_it_go(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    path.write_bytes(b"no register" * 500)
    with pytest.raises(Exception, match="recover"):
        open_store(path)
    assert is_free(path)


def test_who_is_killed_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(InUseError):
        register_lock.RegisterLock(path)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    holder.stdin.close()
    with register_lock.locked(path):
        assert not is_free(path)


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be removed there")
def test_a_lock_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    with register_lock.locked(path):
        register_lock.path_of(path).unlink()
    with register_lock.locked(path):
        assert not is_free(path)
