"""What is wrong in the register: every file of ``sql/checks`` returns the bad rows."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook import vocabulary
from drillbook.paths import SQL
from drillbook.store import Row, Store, rows_of, statements


@dataclass(frozen=True)
class CheckResult:
    """One check and the rows it found: subject_type, id, label."""

    code: str
    severity: str
    rows: list[Row]

    @property
    def label(self) -> str:
        """Return what the check looks for, in the language of this run."""
        return vocabulary.label("check", self.code)


def run(store: Store) -> list[CheckResult]:
    """Run all checks on the open register."""
    results = []
    for code, term in vocabulary.terms("check").items():
        (statement,) = statements(SQL / "checks" / f"{code}.sql")
        with store.read() as cursor:
            results.append(CheckResult(code, term.parent, rows_of(cursor.execute(statement))))
    return results
