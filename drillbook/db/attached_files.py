"""Attached files beside the register: where they lie, and their copies among the backups.

A file is named by its SHA-256 and never changes, so the backups hold each one once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from drillbook.core import disk
from drillbook.db.backup_folder import folder


def files_folder(path: Path) -> Path:
    """Return where the copies of attached files lie."""
    return folder(path) / "files"


def original(path: Path, digest: str) -> Path:
    """Return where the register keeps the file with this SHA-256."""
    return path.with_name(path.name + ".files") / digest[:2] / digest


def copy_of(path: Path, digest: str) -> Path:
    """Return where the backups keep the file with this SHA-256."""
    return files_folder(path) / digest[:2] / digest


def keep_files(path: Path, digests: Iterable[str]) -> list[str]:
    """Copy attached files that the backups do not have; return those missing or damaged."""
    return _files_copied(digests, original, copy_of, path)


def bring_back_files(path: Path, digests: Iterable[str]) -> list[str]:
    """Put attached files that are missing or damaged back from the backups; return them."""
    lost = [digest for digest in digests if not is_whole(original(path, digest), digest)]
    gone = set(_files_copied(lost, copy_of, original, path, replace=True))
    return [digest for digest in lost if digest not in gone]


def is_whole(path: Path, digest: str) -> bool:
    """Say whether the file is there and is what was stored."""
    try:
        return disk.digest(path) == digest
    except OSError:
        return False


def _files_copied(
    digests: Iterable[str],
    source: Callable[[Path, str], Path],
    target: Callable[[Path, str], Path],
    path: Path,
    replace: bool = False,
) -> list[str]:
    missing = []
    for digest in digests:
        goal = target(path, digest)
        if goal.exists() and not replace:
            continue
        if not is_whole(source(path, digest), digest):
            missing.append(digest)
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        beside = goal.with_name(f".{digest}.new")
        shutil.copyfile(source(path, digest), beside)
        disk.sync_file(beside)
        os.replace(beside, goal)
        disk.sync_folder(goal.parent)
    return missing
