"""Nothing lies about that nobody uses: vulture reads the product, tests do not count as use.

What a framework calls by its name stands in ``CALLED_BY_NAME`` with the reason. Fields of
dataclasses are left out: records, manifests and templates read them as a whole, by their names.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

from tools.report import ROOT, Finding, report

READ = ("drillbook", "pages", "app.py", "tools", "bench")
REGISTERS = ["@command*", "@command_line*"]
"""Decorators that hand a function on: the command line calls it by its command's name."""
CALLED_BY_NAME: dict[tuple[str, str], str] = {
    ("bench/browser_tab.py", "page_name"): "a field of the message Streamlit's browser sends",
    ("bench/browser_tab.py", "timezone"): "a field of the message Streamlit's browser sends",
    ("bench/pages.py", "page_name"): "a field of the message Streamlit's browser sends",
    ("drillbook/cli/framework.py", "convert"): "click calls it for each value of an option",
    ("drillbook/cli/framework.py", "format_help_text"): "click calls it to print help",
    ("drillbook/cli/framework.py", "get_help_option"): "click asks for --help with it",
    ("drillbook/cli/framework.py", "get_short_help_str"): "click calls it for the list of commands",
    ("drillbook/cli/main.py", "COMMAND_MODULES"): "importing a module adds its commands",
    ("drillbook/importing/workbook_reader.py", "find_class"): "pickle calls it for each class",
    ("tools/mutants.py", "returns"): "ast.dump reads it",
}


def fields_of_dataclasses(source: str) -> set[int]:
    """Return the lines of a source on which a dataclass declares a field."""
    return {
        field.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        for field in node.body
        if isinstance(field, ast.AnnAssign)
    }


def unused(root: Path) -> Iterator[tuple[str, str, Finding]]:
    """Yield place, name and finding of everything that no source at ``root`` uses."""
    finder = Vulture(ignore_decorators=REGISTERS)
    finder.scavenge([str(root / part) for part in READ if (root / part).exists()])
    for item in finder.get_unused_code(min_confidence=60):
        path = Path(item.filename)
        if item.first_lineno in fields_of_dataclasses(path.read_text(encoding="utf-8")):
            continue
        place = path.relative_to(root).as_posix()
        sentence = f"nothing uses the {item.typ} {item.name}: take it out"
        yield place, item.name, Finding(place, sentence, item.first_lineno)


def findings(root: Path) -> list[Finding]:
    """Return what nothing uses, and reasons that are no longer needed."""
    dead = list(unused(root))
    found = [finding for place, name, finding in dead if (place, name) not in CALLED_BY_NAME]
    names = {(place, name) for place, name, _finding in dead}
    return found + [
        Finding(place, f"{name} needs no reason in tools/check_dead.py any more")
        for place, name in CALLED_BY_NAME
        if (place, name) not in names and (root / place).exists()
    ]


if __name__ == "__main__":
    sys.exit(report("dead code", findings(ROOT)))
