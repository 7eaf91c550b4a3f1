"""What docs/security.md promises names the test that proves it, and that test exists."""

from __future__ import annotations

import ast
import re

import pytest

from tools.report import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Promises")[2].partition("\n## ")[0]
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ")][1:]
PROOF = re.compile(r"^\| [^|]{10,} \| `(tests/[\w/]+\.py)::(test_\w+)` \|$")


def test_the_page_makes_promises() -> None:
    assert len(ROWS) > 20
    assert len(set(ROWS)) == len(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_a_promise_names_a_test_that_exists(row: str) -> None:
    named = PROOF.match(row)
    assert named, row
    path = ROOT / named[1]
    assert path.exists(), named[1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert named[2] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
