"""No import inside a function dodges a layer: those that remain stand here, each with its reason.

An import of the product within a function is invisible to whoever reads the top of a module, and
hides circles. What is only for the type checker stands at the top under ``TYPE_CHECKING``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.catalogues import python_files
from tools.report import ROOT, Finding, report

PLACE = "tools/check_late.py"
# A command answers --help, and refuses what it cannot read, before the register is loaded.
COMMANDS = "drillbook/cli"
LATE: dict[tuple[str, str], str] = {
    ("drillbook/ui/shell/__main__.py", "drillbook.ui.shell"): (
        "in the server's own process, which is to load nothing before its limits are raised"
    ),
    ("drillbook/ui/shell/server.py", "drillbook.ui.shell.error_page"): (
        "in the server's own process: Streamlit is loaded after it was configured"
    ),
    ("drillbook/ui/shell/server.py", "drillbook.ui.shell.warmup"): (
        "in the server's own process: Streamlit is loaded after it was configured"
    ),
    ("drillbook/ui/shell/server.py", "drillbook.ui.shell"): (
        "in the server's own process: Streamlit is loaded after it was configured"
    ),
}
"""(file, module) → why it is imported within a function; those of ``COMMANDS`` are left out."""


def late_imports(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and module of every import of the product within a function."""
    tree = ast.parse(source)
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in {inner for function in functions for inner in ast.walk(function)}:
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] in ("drillbook", "pages"):
                yield node.lineno, name


def findings(root: Path) -> list[Finding]:
    """Return late imports without a reason, and reasons for what is imported nowhere."""
    found, used = [], set()
    for path in python_files(root):
        place = path.relative_to(root).as_posix()
        for line, name in late_imports(path.read_text(encoding="utf-8")):
            if place.startswith(f"{COMMANDS}/"):
                continue
            if (place, name) in LATE:
                used.add((place, name))
                continue
            sentence = f"imports {name} within a function: import it at the top"
            found.append(Finding(place, sentence, line))
    for place, name in sorted(set(LATE) - used):
        if (root / place).exists():
            found.append(Finding(PLACE, f"{place} does not import {name} within a function"))
    return found


if __name__ == "__main__":
    sys.exit(report("late imports", findings(ROOT)))
