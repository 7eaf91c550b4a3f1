"""The named queries: ``sql/queries/<area>/<name>.sql``, found by their name alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

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


def bound(name: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the text of a named query and its parameters; TypeError when they do not fit."""
    code, expected = named_query(name)
    if set(given) != expected:
        wrong = sorted(expected.symmetric_difference(given))
        raise TypeError(f"query {name}: parameters missing or unknown: {', '.join(wrong)}")
    return code, dict(given)


@cache
def check_text(name: str) -> str:
    """Return the text of the check ``sql/checks/<name>.sql``."""
    return (SQL / "checks" / f"{name}.sql").read_text(encoding="utf-8")
