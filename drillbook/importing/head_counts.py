"""Reads a head count with its kind: 30 exact, 约100人 approximate, 30余人 over, 未统计 unknown.

The text as written is always kept. "Over" is the number named, never more; 30-50人 is 30 and over;
the whole is taken, not its 其中 part. A negative, fractional or absurd number is a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from drillbook.core import validation
from drillbook.core.i18n import gettext as _
from drillbook.importing.numerals import NUMERAL, plain, with_digits
from drillbook.importing.workbook_reader import Cell, text_of

CountKind = Literal["exact", "approximate", "over", "unknown"]
MAX_COUNT = validation.LARGEST_COUNT
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as written; ``value`` is None when it is not known."""

    raw: str
    value: int | None = None
    kind: CountKind = "unknown"
    per_session: bool = False
    problem: str = ""


_UNKNOWN = re.compile(
    r"未统计|不详|未知|待定|未定|无法统计|若干|全体|全员|^[-—/\\无]+$|^n/?a$|unknown"
)
_VAGUE = re.compile(r"几[十百千]|数[十百千]|数人")
_NUMBER = re.compile(
    r"(?P<number>-?\d+(?:\.\d+)?)(?P<ten_thousand>万)?(?P<more>余|多|几|来|\+(?!\d))?"
    r"(?:个)?(?P<people>人次|人|名|位|员|people|persons)?(?P<after>左右|上下|前后|以上|余)?"
)
_OVER = re.compile(r"超过?|逾|不少于|不低于|至少|上$|over")
_ABOUT = re.compile(r"约|近|将近|大概|预计|拟|计划|~|about")
_PERSONS = "余|多|几|来|个|人|名|位|以上|左右|$"


def parse_count(value: Cell) -> Count:
    """Read a cell that holds a number of people. Never raises."""
    raw = text_of(value)
    if isinstance(value, (bool, date, time)):
        return Count(raw, problem=_not_a_count(raw))
    if isinstance(value, (int, float)):
        return _checked(Count(raw, kind="exact"), float(value))
    if not raw:
        return Count("")
    if len(raw) > MAX_TEXT:
        return Count(raw, problem=_not_a_count(raw))
    return _from_text(raw)


def parse_counts(value: Cell) -> dict[str, Count]:
    """Read 参演200人，观摩50人 into one count per word: participants, observers, support."""
    raw = text_of(value)
    found: dict[str, Count] = {}
    if len(raw) <= MAX_TEXT:
        for words, name in (
            ("参演|参加|参与|参训", "participants"),
            ("观摩", "observers"),
            ("保障", "support"),
        ):
            match = re.search(rf"(?:{words})[^\d，,、；;]{{0,6}}\d[^，,、；;]*", raw)
            if match:
                found[name] = replace(_from_text(match[0]), raw=raw)
    return found if len(found) > 1 else {"participants": parse_count(value)}


def _not_a_count(raw: str) -> str:
    return _("“{text}” cannot be read as a number of people. Write it like 30 or 约100人.").format(
        text=raw[:60]
    )


def _from_text(raw: str) -> Count:
    text = plain(raw).lower()
    if text.startswith("-") and text[1:2].isdigit():
        text = "负" + text[1:]
    text = re.split(r"其中", re.sub(r"\([^()]*\)?", "", text))[0]
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    vague = _VAGUE.search(text)
    text = re.sub(rf"(?<!{NUMERAL})(?<!\d)([百千万])(?=余|多|人|名)", r"一\1", text)
    text = re.sub(r"(\d)([百千])", _with_noughts, with_digits(text, _PERSONS))
    count = None if vague else _from_plain(text, raw)
    if count is not None:
        return count
    if vague or _UNKNOWN.search(text):
        return Count(raw)
    return Count(raw, problem=_not_a_count(raw))


def _with_noughts(match: re.Match[str]) -> str:
    return match[1] + ("00" if match[2] == "百" else "000")


def _from_plain(text: str, raw: str) -> Count | None:
    span = re.fullmatch(r"\D*?(\d+)人?[-~至到](\d+)(人次|人|名)?\D*", text)
    if span and int(span[1]) <= int(span[2]):
        return _checked(Count(raw, kind="over"), float(span[1]))
    matches = [match for match in _NUMBER.finditer(text) if match["people"] or match["more"]]
    total = re.search(r"(?:共计|总计|合计|共)\D{0,4}", text)
    if total:
        after = [match for match in matches if match.start() >= total.end() - 4]
        matches = after[:1] or matches
    if not matches:
        bare = re.fullmatch(
            r"(?:负|约|近|超过?|共计?|逾|每场次?|每次|~|about|over|参演|参加|观摩|人数:)*"
            r"(\d+(?:\.\d+)?)(万)?(左右|以上|上下|\+)?",
            text,
        )
        matches = list(_NUMBER.finditer(text))[:1] if bare else []
    if not matches:
        return None
    parts = [_one(match, text, raw) for match in matches]
    return parts[0] if len(parts) == 1 else _sum(parts, raw)


def _one(match: re.Match[str], text: str, raw: str) -> Count:
    before = text[: match.start()]
    before = re.split(r"[,、;。]", before)[-1]
    after, more = match["after"] or "", match["more"] or ""
    kind: CountKind = "exact"
    if after in ("左右", "上下", "前后") or more == "来" or _ABOUT.search(before):
        kind = "approximate"
    if more in ("余", "多", "几", "+") or after in ("以上", "余") or _OVER.search(before):
        kind = "over"
    number = float(match["number"]) * (10_000 if match["ten_thousand"] else 1)
    if before.endswith("负"):
        number = -number
    per_session = bool(re.search(r"每场|每次", before))
    return _checked(Count(raw, kind=kind, per_session=per_session), number)


def _sum(parts: list[Count], raw: str) -> Count:
    problems = [part.problem for part in parts if part.problem]
    if problems:
        return Count(raw, problem=problems[0])
    kinds = {part.kind for part in parts}
    kind: CountKind = (
        "over" if "over" in kinds else "approximate" if len(kinds) > 1 else parts[0].kind
    )
    return _checked(Count(raw, kind=kind), float(sum(part.value or 0 for part in parts)))


def _checked(count: Count, number: float) -> Count:
    if number != number or number < 0:
        problem = _("A number of people cannot be negative: {text}.").format(text=count.raw[:60])
    elif number > MAX_COUNT:
        problem = _("{text} people cannot be right; at most {limit} are accepted.").format(
            text=count.raw[:60], limit=f"{MAX_COUNT:,}"
        )
    elif number != int(number):
        problem = _("{text} is not a whole number of people.").format(text=count.raw[:60])
    else:
        return replace(count, value=int(number))
    return Count(count.raw, problem=problem)
