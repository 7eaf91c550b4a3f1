"""Reads the classifications of a table's cells into codes.

Form, scope and purpose are three independent fields that real tables mix in one cell
(综合实战演练); each word found counts. What is not understood stays empty with a note: a word the
register does not know never costs the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from drillbook.core import vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.importing.numerals import plain
from drillbook.importing.workbook_reader import Cell, text_of

MAX_TEXT = 200
EMPTY = {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "n/a"}
_YES = {
    "是",
    "有",
    "√",
    "✓",
    "✔",
    "☑",
    "对",
    "y",
    "yes",
    "true",
    "1",
    "已列入",
    "列入",
    "纳入",
    "已纳入",
    "计划内",
    "内",
    "属于",
}
_NO = {
    "否",
    "无",
    "×",
    "x",
    "✗",
    "✘",
    "☐",
    "错",
    "n",
    "no",
    "false",
    "0",
    "未列入",
    "不列入",
    "未纳入",
    "计划外",
    "外",
    "临时",
    "不是",
    "不属于",
    "非计划",
    "没有",
}
_DRILL_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "form": {"operational": ("实兵", "实地", "实演", "拉练", "现场处置")},
    "scope": {"full": ("全要素", "多科目", "联合"), "single": ("单科目", "功能")},
    "purpose": {},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A code, or none with a note that says what was not understood."""

    raw: str
    code: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DrillKind:
    """What one cell says about a drill's form, scope and purpose."""

    raw: str
    form: str | None = None
    scope: str | None = None
    purpose: str | None = None
    is_no_notice: bool | None = None
    note: str = ""


def choose(kind: str, value: Cell, parent: str | None = None) -> Choice:
    """Read a cell into a code of one classification; a ``parent`` narrows unclear words."""
    raw = text_of(value)
    word = plain(raw[: MAX_TEXT + 1]).casefold()
    if word in EMPTY:
        return Choice(raw)
    word = re.sub(r"^\d+[-.、:]", "", word)
    exact = _words(kind).get(word) or _words(kind).get(re.sub(r"\([^()]*\)", "", word))
    if exact:
        return Choice(raw, exact)
    inside = _inside(kind, word, parent)
    if len(inside) == 1:
        return Choice(raw, inside[0])
    return Choice(raw, None, _not_understood(raw))


@lru_cache(maxsize=20_000)
def _inside(kind: str, word: str, parent: str | None) -> tuple[str, ...]:
    """Return the codes of which a word stands somewhere in the text."""
    found = {code: None for known, code in _words(kind).items() if len(known) > 1 and known in word}
    terms = vocabulary.terms(kind)
    return tuple(code for code in found if parent in (None, terms[code].parent))


def choose_all(kind: str, value: Cell) -> tuple[tuple[str, ...], str]:
    """Read a cell with several words (森林防火、水上救援) into codes and a note for the rest."""
    codes: dict[str, None] = {}
    notes: list[str] = []
    for part in re.split(r"[、，,；;/\n+]+", text_of(value)):
        choice = choose(kind, part)
        if choice.code:
            codes[choice.code] = None
        elif choice.note:
            notes.append(part.strip())
    return tuple(codes), _not_understood("、".join(notes)) if notes else ""


def read_drill_kind(value: Cell) -> DrillKind:
    """Read 综合实战演练 into form, scope and purpose; every word that is there counts."""
    raw = text_of(value)
    word = plain(raw[: MAX_TEXT + 1]).casefold()
    if word in EMPTY:
        return DrillKind(raw)
    form, scope, purpose = (_mentioned(kind, word) for kind in ("form", "scope", "purpose"))
    note = ""
    if len(form) > 1:
        # A table-top part before a real one is still an operational drill.
        form = ("operational",)
        note = _("“{text}” names two forms; it is kept as operational.").format(text=raw[:60])
    if len(scope) > 1:
        scope = ("full",)
    is_no_notice = True if re.search(r"双盲|无脚本|不打招呼|突击|拉动", word) else None
    if not (form or scope or purpose or is_no_notice):
        note = _not_understood(raw)
    return DrillKind(raw, _first(form), _first(scope), _first(purpose), is_no_notice, note)


def yes_or_no(value: Cell) -> bool | None:
    """Return what 是/否/√/×/计划内/计划外 say, or None where the cell says neither."""
    if isinstance(value, bool):
        return value
    word = plain(text_of(value)[:MAX_TEXT]).casefold()
    if word in _NO or word.startswith(("未列", "未纳", "计划外", "否")):
        return False
    if word in _YES or word.startswith(("计划内", "是", "已列", "已纳")):
        return True
    return None


def _not_understood(raw: str) -> str:
    return _("“{text}” was not understood and is left empty.").format(text=raw[:60])


def _first(codes: tuple[str, ...]) -> str | None:
    return codes[0] if codes else None


@lru_cache(maxsize=20_000)
def _mentioned(kind: str, word: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for known, code in _words(kind).items():
        if known in word and len(known) > 1:
            found[code] = None
    for code, words in _DRILL_WORDS[kind].items():
        if any(known in word for known in words):
            found[code] = None
    return tuple(found)


@cache
def _words(kind: str) -> dict[str, str]:
    """Return every word of a classification, half-width and folded, with its code."""
    words: dict[str, str] = {}
    for term in vocabulary.terms(kind).values():
        for word in (term.zh, term.en, term.code, *term.words):
            folded = plain(word).casefold()
            words.setdefault(folded, term.code)
            for ending in (
                "类",
                "预案",
                "应急预案",
                "事件",
                "演练",
                "队伍",
                "单位",
                "性",
                "性演练",
            ):
                words.setdefault(folded + ending, term.code)
    return words
