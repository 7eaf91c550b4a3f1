"""The named queries: ``sql/queries/<area>/<name>.sql``, found by their name alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from drillbook.core.paths import SQL

PARAMETER = re.compile(r"\$([a-z_]+)")


@cache
def _files() -> dict[str, Path]:
    # A name is unique in all areas: ``make check`` holds it.
    return {path.stem: path for path in (SQL / "queries").rglob("*.sql")}


@cache
def named_query(name: str) -> tuple[str, frozenset[str]]:
    """Return the text of the query ``name`` without its semicolon, and its parameters."""
    text = _files()[name].read_text(encoding="utf-8").strip().removesuffix(";")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return code, frozenset(PARAMETER.findall(code))
