"""Lists of kinds of record that screens and rules keep agree with what is recorded and asked.

The audit log's kinds and actions with what is written to it, the pages with the record types that
are shown on them, the kinds of what is due and the rules' measures with the views that judge them.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from drillbook.accounts import permissions
from drillbook.core import vocabulary
from drillbook.records import registry, rules
from drillbook.ui.components import navigation
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from drillbook.ui.screens import audit_log, due
from tools.catalogues import python_files
from tools.check_sql import sql_files
from tools.report import ROOT, Finding, report

AUDIT_LOG = "drillbook/ui/screens/audit_log.py"
NAVIGATION = "drillbook/ui/components/navigation.py"
DUE = "drillbook/ui/screens/due.py"
RULES = "drillbook/records/rules.py"
SUBJECTS = "data/vocabulary/subject_type.csv"
# Who or what is asked and is no record, nor a line of one.
NO_RECORD: Mapping[str, str] = {"office": "the office whose register it is has no record in it"}
# What a view judges without naming it, where it is the other one of two.
NOT_NAMED: Mapping[str, str] = {"drill_held_and_reported": "a unit's other measure: drill_held"}


@cache
def audited(root: Path) -> tuple[set[str], set[str]]:
    """Return the actions and the kinds of subject that the product writes to the audit log."""
    actions: set[str] = set()
    subjects: set[str] = set()
    for path in python_files(root):
        found = written(path.read_text(encoding="utf-8"))
        actions |= found[0]
        subjects |= found[1]
    return actions, subjects | set(registry.RECORD_TYPES)


def written(source: str) -> tuple[set[str], set[str]]:
    """Return the actions and kinds of subject of the calls ``….audit(action, kind, …)``."""
    tree = ast.parse(source)
    names = constants(tree)
    actions: set[str] = set()
    subjects: set[str] = set()
    for call in ast.walk(tree):
        match call:
            case ast.Call(func=ast.Attribute(attr="audit"), args=[action, subject, *_]):
                actions |= _text(action, names)
                subjects |= _text(subject, names)
    return actions, subjects


def constants(tree: ast.Module) -> dict[str, object]:
    """Return name → value of a module's plain constants, those it imports from the product too."""
    found: dict[str, object] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                found[name] = value
            case ast.ImportFrom(module=str(module)) if module.startswith("drillbook."):
                held = vars(importlib.import_module(module))
                found |= {alias.name: held[alias.name] for alias in node.names
                          if alias.name.isupper() and alias.name in held}  # fmt: skip
    return found


def _text(node: ast.expr, names: Mapping[str, object]) -> set[str]:
    value = names.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return {value} if isinstance(value, str) else set()


def missing(place: str, what: str, has: Iterable[str], wanted: Iterable[str]) -> Iterator[Finding]:
    """Yield what a list has not."""
    for name in sorted(set(wanted) - set(has)):
        yield Finding(place, f"{what} lacks {name!r}")


def check_audit_log(root: Path) -> Iterator[Finding]:
    """Yield what is written to the audit log and cannot be chosen, or has no words."""
    actions, subjects = audited(root)
    (kind,) = (one for one in audit_log.AUDIT.filters if one.name == "kind")
    yield from missing(AUDIT_LOG, "the kinds to choose from", kind.options(), subjects)
    yield from missing(SUBJECTS, "subject_type", vocabulary.codes("subject_type"), subjects)
    place = "data/vocabulary/audit_action.csv"
    yield from missing(place, "audit_action", vocabulary.codes("audit_action"), actions)


def check_pages() -> Iterator[Finding]:
    """Yield record types shown on a page that is not there, and pages without a right."""
    pages = {page.url_path for page in navigation.PAGES}
    shown = {view.url_path for view in RECORD_VIEWS.values()}
    yield from missing(NAVIGATION, "PAGES", pages, shown | set(permissions.PAGES))
    yield from missing("drillbook/accounts/permissions.py", "PAGES", permissions.PAGES, pages)


def check_due(root: Path) -> Iterator[Finding]:
    """Yield kinds of what is due that views and screen do not share, or that are no record."""
    judged = set(re.findall(r"'([a-z_]+)' as subject_type", views(root)))
    yield from missing(DUE, "KINDS", due.KINDS, judged)
    yield from missing("sql/views", "what is due", judged, due.KINDS)
    types = registry.RECORD_TYPES.values()
    records = {one.table for one in types} | {
        line.table for one in types for line in one.line_tables
    }
    yield from missing(
        "drillbook/records/registry.py", "RECORD_TYPES", {*records, *NO_RECORD}, judged
    )
    yield from missing(SUBJECTS, "subject_type", vocabulary.codes("subject_type"), judged)


def check_measures(root: Path) -> Iterator[Finding]:
    """Yield measures of rules that have no words, or that no view judges, and shipped rules."""
    measures = {name for names in rules.MEASURES.values() for name in names}
    place = "data/vocabulary/measure.csv"
    yield from missing(place, "measure", vocabulary.codes("measure"), measures)
    yield from missing(RULES, "MEASURES", measures, vocabulary.codes("measure"))
    judged = set(re.findall(r"'([a-z_]+)'", views(root)))
    yield from missing("sql/views", "what rules ask", judged | set(NOT_NAMED), measures)
    yield from missing(RULES, "MEASURES", measures, rules.PERIODIC)
    subjects = vocabulary.codes("rule_subject")
    yield from missing(RULES, "MEASURES", rules.MEASURES, subjects)
    yield from missing("data/vocabulary/rule_subject.csv", "rule_subject", subjects, rules.MEASURES)


def views(root: Path) -> str:
    """Return the text of all views."""
    return "".join(path.read_text(encoding="utf-8") for path in sql_files(root, "views"))


def findings(root: Path) -> list[Finding]:
    """Return every kind that a list forgot."""
    return [
        *check_audit_log(root),
        *check_pages(),
        *check_due(root),
        *check_measures(root),
    ]


if __name__ == "__main__":
    sys.exit(report("kinds", findings(ROOT)))
