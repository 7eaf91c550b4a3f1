"""What belongs together is together: pages and navigation, queries and code, fields and form.

It reads the sources without running them, except for the register's tables.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.catalogues import python_files
from tools.check_sql import build, sql_files
from tools.report import ROOT, Finding, report

NAVIGATION = "drillbook/ui/components/navigation.py"
CHECKS = "drillbook/operations/data_checks.py"
SESSIONS = "drillbook/records/sessions.py"
SESSION_FORM = "drillbook/ui/record_forms/sessions.py"
SHARED_FORM = "drillbook/ui/record_forms/common.py"

# Columns of drill_session that nobody types: the store, or another field, decides them.
TECHNICAL_COLUMNS = frozenset(
    {"id", "name_key", "origin", "row_version"}
    | {"created_at", "updated_at", "voided_at", "void_reason"}
)
# Fields of Session without a widget of their own in the form, each with its reason.
WITHOUT_WIDGET = {
    "held_on_raw": "the importer keeps what the workbook said",
    "participants_raw": "the importer and the quick form keep what was written",
}

# What a field of some kinds says besides its value: 约100, 2023年5月.
BESIDE = {"'count'": "_kind", "'date'": "_precision"}
LONGEST_FUNCTION = 50
QUERY_METHODS = frozenset({"query", "one", "first", "run", "in_batches", "frame", "arrow", "page"})


def check_pages(root: Path) -> Iterator[Finding]:
    """Yield pages that lie directly in ``pages/``, are not registered, or are missing."""
    files = {path.relative_to(root / "pages").as_posix() for path in (root / "pages").rglob("*.py")}
    registered = registered_pages(root)
    for name in sorted(files):
        if "/" not in name:
            yield Finding(f"pages/{name}", "lies directly in pages/: move it into its section")
        elif name not in registered:
            yield Finding(f"pages/{name}", f"is not registered in {NAVIGATION}")
    for name in sorted(registered - files):
        yield Finding(NAVIGATION, f"registers pages/{name}, which does not exist")


def registered_pages(root: Path) -> set[str]:
    """Return the first argument of every ``Page(…)`` of the navigation."""
    return {
        name
        for call in _calls(root / NAVIGATION)
        if isinstance(call.func, ast.Name) and call.func.id == "Page"
        for name in first_text(call)
    }


def _calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def check_queries(root: Path) -> Iterator[Finding]:
    """Yield named queries that nobody asks, and questions that have no file."""
    known = {path.stem: path for path in sql_files(root, "queries")}
    patterns = [text for path in python_files(root) for text in texts(path)]
    for name in sorted(known):
        if not any(pattern.fullmatch(name) for pattern in patterns):
            yield Finding(known[name].relative_to(root).as_posix(), "is asked by nobody")
    for path in python_files(root):
        for call in _calls(path):
            if (asked := _asked(call)) and asked not in known:
                place = path.relative_to(root).as_posix()
                yield Finding(place, f"asks {asked!r}, which is not in sql/queries", call.lineno)


def texts(path: Path) -> Iterator[re.Pattern[str]]:
    """Yield the literals of a source as patterns; a value inside an f-string may be any word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.compile(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr) and len(node.values) > 1:
            yield re.compile("".join(map(_part, node.values)))


def _part(value: ast.expr) -> str:
    return re.escape(str(value.value)) if isinstance(value, ast.Constant) else r"\w+"


def _asked(call: ast.Call) -> str:
    """Return the query a call names; a statement has blanks and is not one."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in QUERY_METHODS:
        return ""
    return next((name for name in first_text(call) if re.fullmatch(r"[a-z_]+", name)), "")


def check_labels(root: Path) -> Iterator[Finding]:
    """Yield checks of the register without a label, and labels without a check."""
    place = "data/vocabulary/check.csv"
    with (root / place).open(encoding="utf-8", newline="") as file:
        labelled = {row["code"] for row in csv.DictReader(file)}
    known = {path.stem for path in sql_files(root, "checks")} | checks_in_python(root)
    for name in sorted(known - labelled):
        yield Finding(f"sql/checks/{name}.sql", f"has no label in {place}")
    for name in sorted(labelled - known):
        yield Finding(place, f"{name!r} has no file in sql/checks and no function in {CHECKS}")


def checks_in_python(root: Path) -> set[str]:
    """Return the names of the checks that are functions: the keys of ``IN_PYTHON``."""
    path = root / CHECKS
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ()
    return {
        key.value
        for node in nodes
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
        if isinstance(node.target, ast.Name) and node.target.id == "IN_PYTHON"
        for key in node.value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def session_columns(root: Path) -> set[str]:
    """Return the columns of ``drill_session`` after all migrations."""
    connection, _ = build(root)
    return {row[0] for row in connection.execute("describe drill_session").fetchall()}


def session_fields(root: Path) -> dict[str, str]:
    """Return field → type, as written, of the dataclass ``Session``."""
    tree = ast.parse((root / SESSIONS).read_text(encoding="utf-8"))
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    body = next(node.body for node in classes if node.name == "Session")
    return {
        line.target.id: ast.unparse(line.annotation)
        for line in body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def check_session(root: Path) -> Iterator[Finding]:
    """Yield where a field of a drill session was forgotten: table, dataclass, form or tests."""
    fields, columns = session_fields(root), session_columns(root)
    stored = {name for name, kind in fields.items() if not kind.startswith("tuple")}
    for name in sorted(columns - stored - TECHNICAL_COLUMNS):
        yield Finding(SESSIONS, f"Session has no field for the column {name!r}")
    for name in sorted(stored - columns):
        yield Finding("sql/migrations", f"drill_session has no column for the field {name!r}")
    form, shown = form_fields(root)
    for name in sorted(set(fields) - form - set(WITHOUT_WIDGET)):
        yield Finding(SESSION_FORM, f"the form has no widget for the field {name!r}")
    for name in sorted(set(fields) - shown):
        yield Finding(SESSION_FORM, f"FIELDS does not show the field {name!r}")
    tested = words_of((root / "tests").rglob("test_*.py"))
    for name in sorted(set(fields) - tested):
        yield Finding("tests", f"no test mentions the field {name!r}")


def form_fields(root: Path) -> tuple[set[str], set[str]]:
    """Return the fields that the form of a session asks for, and those its record shows."""
    asked: set[str] = set()
    shown: set[str] = set()
    for call in [call for name in (SESSION_FORM, SHARED_FORM) for call in _calls(root / name)]:
        names = first_text(call)
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "form":
            asked |= names | ({f"{name}_kind" for name in names if call.func.attr == "count"})
        elif isinstance(call.func, ast.Name) and call.func.id == "Field":
            kind = ast.unparse(call.args[2]) if len(call.args) > 2 else ""
            shown |= names | {f"{name}{BESIDE[kind]}" for name in names if kind in BESIDE}
        elif isinstance(call.func, ast.Name) and call.func.id == "units_editor":
            asked.add("units")
    return asked, shown


def first_text(call: ast.Call) -> set[str]:
    """Return the first argument of a call when it is a literal text, else nothing."""
    match call.args:
        case [ast.Constant(value=str(name)), *_]:
            return {name}
    return set()


def check_lengths(root: Path) -> Iterator[Finding]:
    """Yield functions nobody can read at one glance."""
    for path in [*python_files(root), *sorted((root / "tools").glob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    place = path.relative_to(root).as_posix()
                    yield Finding(place, f"{node.name} has {lines} lines: divide it", node.lineno)


def words_of(paths: Iterable[Path]) -> set[str]:
    """Return every word of the files that exist, in code and in literals alike."""
    sources = (path.read_text(encoding="utf-8") for path in paths if path.exists())
    return {word for source in sources for word in re.findall(r"\w+", source)}


def findings(root: Path) -> list[Finding]:
    """Return everything that was forgotten in the product at ``root``."""
    checks = (check_pages, check_queries, check_labels, check_session, check_lengths)
    return [finding for check in checks for finding in check(root)]


if __name__ == "__main__":
    sys.exit(report("structure", findings(ROOT)))
