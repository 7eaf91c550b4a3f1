"""Where the product's own files lie, and where the register is kept."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SQL = ROOT / "sql"
DATA = ROOT / "data"
LOCALE = ROOT / "locale"


def register_path(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the register's file: the one given, else DRILLBOOK_DB, else ``data/local``."""
    chosen = given or os.environ.get("DRILLBOOK_DB") or DATA / "local" / "drillbook.duckdb"
    return Path(chosen).expanduser().absolute()
