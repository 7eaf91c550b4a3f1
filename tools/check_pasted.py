"""No text is pasted into SQL: values go in as parameters, names only where they are known ones.

Every f-string, sum, ``%``, ``.format`` and ``.join`` whose text begins like a statement is looked
at; what it pastes must be a name the store checked itself, or stand in ``PASTED`` with its reason.
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
    ("drillbook/store.py", "columns"): "names the store checked, or of the code lists",
    ("drillbook/store.py", "names"): "names the store checked",
    ("drillbook/store.py", "assignments"): "names the store checked",
    ("drillbook/store.py", "', ' if changes else ''"): "one of two constants",
    ("drillbook/store.py", "code"): "a file of sql/queries",
    ("drillbook/store.py", "direction"): "one of two constants",
    ("drillbook/records.py", "table"): "a table named in the code of a noun",
    ("drillbook/sample.py", "line"): "a key of LINES",
    ("drillbook/sample.py", "owner"): "a value of LINES",
    ("drillbook/sample.py", "gone"): "made of a table's name in this module",
    ("drillbook/sample.py", "table"): "one of RECORDS",
    ("drillbook/audit.py", "', '.join((*trail.CHAINED, 'before_json', 'after_json'))"): "constants",
    ("drillbook/audit.py", "VOUCHERS"): "a statement of this module",
    ("drillbook/backups.py", "name"): "the open database's own name, or one this module gives",
    ("drillbook/backups.py", "table"): "a table the register says it has",
    ("drillbook/recovery.py", "table"): "a table the register says it has",
    ("drillbook/retention.py", "line"): "a key of personal.FIELDS",
    ("drillbook/restoring.py", "EXAMPLES"): "a number of this module",
    ("drillbook/restoring.py", "differs"): "names of the table's columns",
    ("drillbook/restoring.py", "name"): "a table the register says it has",
    ("drillbook/restoring.py", "one"): "a table's name in one of two databases",
    ("drillbook/restoring.py", "other"): "a table's name in one of two databases",
    ("drillbook/restoring.py", "same"): "a statement of this module",
    ("drillbook/restoring.py", "self._same_key(other)"): "a statement of this module",
    ("drillbook/restoring.py", "shown"): "names of the table's columns",
    ("drillbook/restoring.py", "sql"): "a statement of this module",
    ("drillbook/restoring.py", "where"): "names of the table's key",
    ("drillbook/retention.py", "blanks"): "names of personal fields, constants",
    ("drillbook/retention.py", "table"): "a table of personal fields or traces, constants",
    ("drillbook/retention.py", "is_past"): "a condition written in this module",
    ("drillbook/importing/applying.py", "table"): "one of the tables of an import's kinds",
    ("drillbook/importing/snapshot.py", "live"): "a constant of this module",
    ("drillbook/importing/snapshot.py", "line_table"): "a key of LINES",
    ("drillbook/importing/snapshot.py", "owner"): "a value of LINES",
    ("drillbook/importing/snapshot.py", "table"): "a table of a noun",
    ("drillbook/importing/snapshot.py", "where"): "a condition written in this module",
}
RUNS = frozenset({"execute", "executemany", "sql", "all", "one", "from_query"})
_BEGINS = re.compile(
    r"\s*\(?\s*(select|insert into|update \S+ set|delete from|with \w+ as|create |alter |drop "
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


def findings(root: Path) -> list[Finding]:
    """Return every pasted text in the product's sources at ``root``, and reasons no longer used."""
    sources = [*(root / "drillbook").rglob("*.py"), *(root / "pages").rglob("*.py")]
    return [
        finding
        for path in sorted(sources)
        for finding in check_source(
            path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        )
    ]


if __name__ == "__main__":
    sys.exit(report("pasted text", findings(ROOT)))
