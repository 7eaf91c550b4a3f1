"""How every check tells what it found: one line per finding, with the file and what to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing to mend: where it is and what is wrong with it."""

    place: str
    sentence: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}" if self.line else self.place
        return f"{where}: {self.sentence}"


def report(check: str, findings: list[Finding]) -> int:
    """Print the findings of one check; return the exit code, 1 when there are any."""
    for finding in sorted(set(findings)):
        print(finding, file=sys.stderr)
    found = len(set(findings))
    print(f"{check}: {f'{found} to mend' if found else 'in order'}")
    return 1 if found else 0
