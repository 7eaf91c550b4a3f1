"""The plan of the house holds: no module grows long without saying why, no room stands unnamed.

Which room may import which is held by import-linter; here is what it does not see.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.report import ROOT, Finding, report

PLAN = "docs/architecture.md"
LONGEST_MODULE = 400
_NAMED = re.compile(r"`(drillbook/[\w/]+(?:\.py)?)`")


def check_modules(root: Path) -> Iterator[Finding]:
    """Yield modules that are too long to read at one sitting and whose reason is not told."""
    named = named_places(root)
    for path in sorted((root / "drillbook").rglob("*.py")):
        place = path.relative_to(root).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_MODULE and place not in named:
            yield Finding(place, f"has {lines} lines and no reason in {PLAN}; split it")
        elif lines <= LONGEST_MODULE and place in named:
            yield Finding(PLAN, f"{place} has {lines} lines: it needs no reason any more")


def check_rooms(root: Path) -> Iterator[Finding]:
    """Yield folders of the package that the plan does not describe, and those that are gone."""
    named = {place for place in named_places(root) if not place.endswith(".py")}
    rooms = {
        path.parent.relative_to(root).as_posix()
        for path in (root / "drillbook").rglob("*.py")
        if path.parent != root / "drillbook"
    }
    for room in sorted(rooms - named):
        yield Finding(PLAN, f"says nothing of {room}")
    for room in sorted(named - rooms):
        yield Finding(PLAN, f"describes {room}, which does not exist")


def named_places(root: Path) -> set[str]:
    """Return the modules and folders that tables of the plan begin a row with."""
    text = (root / PLAN).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `drillbook/")]
    return {place.rstrip("/") for row in rows for place in _NAMED.findall(row.split("|")[1])}


def findings(root: Path) -> list[Finding]:
    """Return everything the plan and the house do not agree on."""
    return [*check_modules(root), *check_rooms(root)]


if __name__ == "__main__":
    sys.exit(report("house", findings(ROOT)))
