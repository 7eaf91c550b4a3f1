"""No text is pasted into SQL, and no statement stands in the code: it has a name in ``sql/``.

Every f-string, sum, ``%``, ``.format`` and ``.join`` whose text begins like a statement is looked
at; what it pastes must be a name the store checked itself, or stand in ``PASTED`` with its reason.
Outside ``drillbook/db/`` no text begins like a statement at all.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.report import ROOT, Finding, report

CHECKED = ("_checked(", "LINES[")
PASTED: dict[tuple[str, str], str] = {
    ("drillbook/db/duckdb_engine.py", "name"): "a view the register says it has",
}
# These compose statements: the one from names it checks, the other in its own database's words.
COMPOSE = ("drillbook/db/composed.py", "drillbook/db/duckdb_engine.py")
# The one room whose code may hold statements.
STATEMENTS = "drillbook/db/"
RUNS = frozenset({"execute", "executemany", "sql", "all", "one", "from_query"})
_BEGINS = re.compile(
    r"\s*\(?\s*(select\b|insert into|update \S+ set|delete from|with \w+ as|create |alter |drop "
    r"|explain |attach |copy |pragma |set \w+ ?=|where |checkpoint|vacuum)"
)


def pasted(node: ast.expr) -> list[ast.expr] | None:
    """Return what an expression pastes between constants; None when it is no pasted text."""
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts: list[ast.expr] = []
        for side in (node.left, node.right):
            inner = pasted(side)
            parts += [side] if inner is None else inner
        return [part for part in parts if not isinstance(part, ast.Constant)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return [node.right]
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in ("format", "format_map"):
        return None
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def beginning(node: ast.AST) -> str:
    """Return the constant text an expression begins with."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return beginning(node.values[0]) if node.values else ""
    if isinstance(node, ast.BinOp):
        return beginning(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return beginning(node.func.value)
    return ""


def check_source(place: str, source: str) -> Iterator[Finding]:
    """Yield every place of one source where text that is not known goes into a statement."""
    tree = ast.parse(source)
    run = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RUNS
        and node.args
    }
    for node in ast.walk(tree):
        if not isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call)):
            continue
        parts = pasted(node)
        if not parts or not (id(node) in run or _BEGINS.match(beginning(node))):
            continue
        for part in parts:
            text = ast.unparse(part)
            if not text.startswith(CHECKED) and (place, text) not in PASTED:
                yield Finding(place, f"pastes {text} into SQL: use a parameter", node.lineno)


def check_literals(place: str, source: str) -> Iterator[Finding]:
    """Yield every text of one source that begins like a statement or a condition."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Constant):
            continue
        text = beginning(node)
        # A sentence begins with a capital: SELECT is a statement, Select is none.
        is_sentence = text.strip()[:2].istitle()
        if _BEGINS.match(text.lower()) and not is_sentence:
            yield Finding(
                place, "holds a statement: make it a file of sql/queries, run by name", node.lineno
            )


def findings(root: Path) -> list[Finding]:
    """Return every pasted text and every statement in the product's sources at ``root``."""
    found: list[Finding] = []
    for path in sorted([*(root / "drillbook").rglob("*.py"), *(root / "pages").rglob("*.py")]):
        place, source = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if place not in COMPOSE:
            found += check_source(place, source)
        if not place.startswith(STATEMENTS):
            found += check_literals(place, source)
    return found


if __name__ == "__main__":
    sys.exit(report("pasted text", findings(ROOT)))
