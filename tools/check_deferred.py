"""What runs after its page was drawn asks again who is there: downloads, jobs, callbacks.

A file that is made when its button is pressed, and a job beside the screen, are handed over as
``current_user.deferred(…)``. A callback gets nothing that was decided while the page was drawn.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.report import ROOT, Finding, report

PLACES = ("drillbook/ui", "pages")
CALLBACKS = frozenset({"on_click", "on_change", "on_select", "on_submit", "args", "kwargs"})
DECIDES = frozenset({"actor", "may", "person", "holder", "seen"})


def _name(node: ast.expr) -> str:
    """Return the last name of what is called."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_deferred(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "deferred"


def _is_decided(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _name(node.func.value) == "current_user"
        and node.func.attr in DECIDES
    )


def _now(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression's parts that are worked out when it is: not the inside of a lambda."""
    yield node
    if not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _now(child)
            elif isinstance(child, ast.keyword):
                yield from _now(child.value)


class _Function:
    """One function's names: which hold deferred work, which hold something decided now."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node
        self.deferred: set[str] = set()
        self.decided: set[str] = set()
        for child in ast.walk(node):
            if isinstance(child, ast.Assign) and len(child.targets) == 1:
                name = _name(child.targets[0])
                if _is_deferred(child.value):
                    self.deferred.add(name)
                elif any(map(_is_decided, _now(child.value))):
                    self.decided.add(name)

    def is_deferred(self, node: ast.expr | None) -> bool:
        return _is_deferred(node) or (isinstance(node, ast.Name) and node.id in self.deferred)

    def is_decided(self, node: ast.expr) -> bool:
        return any(
            _is_decided(part) or (isinstance(part, ast.Name) and part.id in self.decided)
            for part in _now(node)
        )

    def findings(self, place: str) -> Iterator[Finding]:
        for call in ast.walk(self.node):
            if not isinstance(call, ast.Call):
                continue
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if _name(call.func) == "download_button" and not self.is_deferred(given.get("data")):
                sentence = "a download's data is not current_user.deferred(permission, work)"
                yield Finding(place, sentence, call.lineno)
            if _name(call.func) == "Job" and not self.is_deferred(call.args[0]):
                sentence = "a job's work is not current_user.deferred(permission, work)"
                yield Finding(place, sentence, call.lineno)
            for name in CALLBACKS & given.keys():
                if self.is_decided(given[str(name)]):
                    sentence = f"{name}= gets what was decided while the page was drawn"
                    yield Finding(place, f"{sentence}: ask inside the callback", call.lineno)


def check(root: Path) -> Iterator[Finding]:
    """Yield what runs later without asking again."""
    for path in (path for place in PLACES for path in sorted((root / place).rglob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield from _Function(node).findings(path.relative_to(root).as_posix())


def main() -> int:
    """Check the screens; return the exit code."""
    return report("deferred", list(check(ROOT)))


if __name__ == "__main__":
    sys.exit(main())
