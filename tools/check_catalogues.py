"""Every text a user reads exists in both languages, says the same, and nothing is left over.

Refuses Chinese text in the code itself: screens and messages are English msgids with a Chinese
catalogue, so that either language can be corrected without touching a line of code.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from tools.catalogues import (
    CHINESE,
    KEYWORDS,
    Entry,
    Wanted,
    entries,
    placeholders,
    python_files,
    wanted,
)
from tools.report import ROOT, Finding, report

# Files whose Chinese is not text for the user, each with its reason.
CHINESE_ALLOWED: dict[str, str] = {
    "drillbook/core/privacy.py": "the words behind sums, which are no telephone numbers",
    "drillbook/importing/*": "reads what offices wrote: header words, dates, counts, units",
    "drillbook/core/document_numbers.py": "reads 文号 as offices write them",
    "drillbook/core/name_keys.py": "compares names as offices write them",
    "drillbook/ui/components/current_user.py": "the switch names each language in itself",
}

# Texts that are written alike in both languages.
SAME_IN_BOTH: frozenset[str] = frozenset()


def check_translations(texts: list[Wanted], translated: list[Entry]) -> Iterator[Finding]:
    """Yield texts without a translation, entries without a text, and texts translated twice."""
    known = {entry.singular: entry for entry in translated}
    used = {text.singular for text in texts}
    for text in texts:
        if text.singular not in known:
            yield Finding(text.place, f"no Chinese for {text.singular!r}", text.line)
    for entry in translated:
        if entry.singular not in used:
            yield Finding(entry.place, f"no code says {entry.singular!r} any more", entry.line)
    yield from check_conflicts(texts, translated)


def check_conflicts(texts: list[Wanted], translated: list[Entry]) -> Iterator[Finding]:
    """Yield msgids with two Chinese texts, and msgids used both with and without a plural."""
    by_id: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for entry in translated:
        by_id[entry.singular].add(entry.texts)
        if len(by_id[entry.singular]) > 1:
            yield Finding(
                entry.place, f"{entry.singular!r} has another Chinese text elsewhere", entry.line
            )
    plurals: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        plurals[text.singular].add(text.plural)
        if len(plurals[text.singular]) > 1:
            yield Finding(
                text.place,
                f"{text.singular!r} is used with two different plurals or none",
                text.line,
            )
    for entry in translated:
        if plurals.get(entry.singular, {entry.plural}) != {entry.plural}:
            yield Finding(entry.place, f"{entry.singular!r} has not the code's plural", entry.line)


def check_entry(entry: Entry) -> Iterator[Finding]:
    """Yield what is wrong with one translation: unfinished, left in English, other placeholders."""
    if entry.fuzzy:
        yield Finding(entry.place, f"{entry.singular!r} is fuzzy: check and confirm it", entry.line)
    if not all(text.strip() for text in entry.texts):
        yield Finding(entry.place, f"{entry.singular!r} has an empty translation", entry.line)
        return
    if entry.singular in entry.texts and entry.singular not in SAME_IN_BOTH:
        yield Finding(entry.place, f"{entry.singular!r} was left in English", entry.line)
    expected = placeholders(entry.plural or entry.singular)
    for text in entry.texts:
        if placeholders(text) != expected:
            names = ", ".join(sorted(placeholders(text) ^ expected))
            yield Finding(entry.place, f"{entry.singular!r} differs in {{{names}}}", entry.line)


def check_msgid(text: Wanted) -> Iterator[Finding]:
    """Yield a msgid that is not English; one that quotes Chinese as an example is."""
    words = re.sub(r"\{[^}]*\}", "", text.singular)
    if CHINESE.search(words) and not re.search(r"[A-Za-z]{2}", words):
        yield Finding(text.place, f"{text.singular!r}: a msgid is an English sentence", text.line)


def check_source(path: Path, root: Path) -> Iterator[Finding]:
    """Yield Chinese literals, and f-strings handed to gettext, of one source file."""
    place = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    msgids = list(_msgids(tree))
    for msgid in msgids:
        if isinstance(msgid, ast.JoinedStr):
            yield Finding(place, "gettext cannot find an f-string: use .format()", msgid.lineno)
    for node in ast.walk(tree):
        # Until Python 3.12 its text has no tokens of its own, so that the words are not collected.
        if isinstance(node, ast.JoinedStr) and any(map(_is_text, _msgids(node))):
            yield Finding(place, "gettext cannot see into an f-string: name it before", node.lineno)
    if any(fnmatch(place, pattern) for pattern in CHINESE_ALLOWED):
        return
    judged_elsewhere = {id(node) for node in [*msgids, *_docstrings(tree)]}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in judged_elsewhere:
            continue
        if isinstance(node.value, str) and CHINESE.search(node.value):
            yield Finding(place, f"Chinese in the code: {node.value[:30]!r}", node.lineno)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    """A string standing alone is a docstring, also the one below a constant."""
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))


def _msgids(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from node.args if node.func.id in KEYWORDS else []


def check_vocabulary(path: Path, root: Path) -> Iterator[Finding]:
    """Yield rows of one vocabulary without a label in a language, doubled codes and words."""
    place = path.relative_to(root).as_posix()
    seen: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, start=2):
        for column in ("code", "zh", "en"):
            if not (row.get(column) or "").strip():
                yield Finding(place, f"{row.get('code')!r} has no {column}", line)
        if not CHINESE.search(row.get("zh") or ""):
            yield Finding(place, f"{row.get('code')!r}: its zh is not Chinese", line)
        for word in _words(row):
            if seen.setdefault(word, row["code"]) != row["code"]:
                yield Finding(place, f"{word!r} stands for {seen[word]!r} already", line)
    yield from _doubled(place, [row["code"] for row in rows])


def _words(row: dict[str, str]) -> list[str]:
    further = (row.get("words") or "").split("|")
    return [word for word in (row.get("zh"), row.get("en"), *further) if word]


def _doubled(place: str, codes: list[str]) -> Iterable[Finding]:
    return (Finding(place, f"{code!r} twice") for code in set(codes) if codes.count(code) > 1)


def findings(root: Path) -> list[Finding]:
    """Return everything that is wrong with the two languages of the product at ``root``."""
    texts, translated = wanted(root), entries(root)
    found = [*check_translations(texts, translated)]
    found += [finding for entry in translated for finding in check_entry(entry)]
    found += [finding for text in texts for finding in check_msgid(text)]
    found += [finding for path in python_files(root) for finding in check_source(path, root)]
    for path in sorted((root / "data" / "vocabulary").glob("*.csv")):
        found += check_vocabulary(path, root)
    return found


if __name__ == "__main__":
    sys.exit(report("catalogues", findings(ROOT)))
