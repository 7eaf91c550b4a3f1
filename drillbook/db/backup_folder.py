"""Where a register's backups lie."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "DRILLBOOK_BACKUPS"


def folder(path: Path) -> Path:
    """Return where a register's backups lie: beside it, or in its folder in DRILLBOOK_BACKUPS."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute() / path.name
    return path.with_name(path.name + ".backups")
