"""What is wrong in the register: every file of ``sql/checks`` returns the bad rows.

What SQL cannot tell is a function beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drillbook.core import vocabulary
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations import audit_verification


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


IN_PYTHON: Mapping[str, Callable[[Store], list[Row]]] = {"audit_chain": audit_verification.check}
"""Check → the function that returns its bad rows."""


def run(store: Store) -> list[CheckResult]:
    """Run all checks on the open register."""
    return [
        CheckResult(code, term.parent, _bad_rows(store, code))
        for code, term in vocabulary.terms("check").items()
    ]


def _bad_rows(store: Store, code: str) -> list[Row]:
    if code in IN_PYTHON:
        return IN_PYTHON[code](store)
    return store.check(code)
