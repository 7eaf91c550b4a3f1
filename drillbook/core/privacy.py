"""Personal data in the register: the one list of its fields, and how they are masked.

It decides what is personal and how it looks when masked; who may see it is the policy's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal["name", "telephone"]

FIELDS: Mapping[str, Mapping[str, Kind]] = {
    "unit": {"contact_name": "name", "contact_phone": "telephone"},
    "team": {"leader": "name", "duty_phone": "telephone"},
    "mechanism_member": {"person": "name"},
}
"""Kind of record → its personal fields, each with what it holds."""

STAFF: Mapping[str, Kind] = {
    "evaluator": "name",
    "verified_by": "name",
    "assessed_by": "name",
    "done_by": "name",
}
"""Fields that name who judged or did something: masked like contacts, kept with the record."""

KINDS: Mapping[str, Kind] = {
    name: kind for fields in (*FIELDS.values(), STAFF) for name, kind in fields.items()
}
"""Field → what it holds; a field of that name is personal wherever it turns up."""

_BETWEEN_NAMES = re.compile(r"[、,，;；/]")
_NUMBER = re.compile(r"\d[\d\s()（）\-－—]*\d|\d")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Digits as people write a number: joined by blanks, points, strokes or brackets, never by three.
_RUN = re.compile(r"(?<!\d)[+＋]?[(（]?\d(?:[\s.．·•_()（）\-‐-―－—~～/]{0,2}\d){6,40}")
_NOT_BEFORE = re.compile(r"[A-Za-z¥￥$]$|\d[.,，]$")
_NOT_AFTER = re.compile(r"[A-Za-z]|[.,，]\d|\s?[元万亿人次个名户台辆吨米公千㎡%％年]")
# AQ/T 9007-2019: a rule's article is told by the number of its standard.
_STANDARD = re.compile(
    r"((?:[A-Z]/[TZ]|(?<![A-Za-z])(?:GB|AQ|YJ|XF|GA))\s?\d{3,5}[\-‐-―－—](?:19|20)\d\d(?!\d))"
)
_PART, _BETWEEN, _YEAR = r"[\s.．\-－/]{0,2}", r"[\s\-‐-―－—~～/]{1,2}", r"(?:19|20)\d\d"
_DAY = rf"{_YEAR}{_PART}(?:0?[1-9]|1[0-2])(?:{_PART}(?:0?[1-9]|[12]\d|3[01]))?"
_TIME = re.compile(rf"{_DAY}|{_YEAR}{_BETWEEN}{_YEAR}|{_DAY}{_BETWEEN}{_DAY}")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{8,10}$)")
_WITH_AREA = re.compile(r"0(?:10|2\d)[2-9]\d{6,7}|0[3-9]\d{2}[2-9]\d{6,7}|[48]00\d{7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
# 010 and 02x; all other area codes have four digits.
_AREA = re.compile(r"010|02\d|0\d{3}")
SHORTEST_SHOWN, LONGEST_LOCAL = 7, 8


def masked(name: str, text: str) -> str:
    """Return the value of a personal field as others see it; other fields without telephones.

    ``name`` is the field: 王敏 becomes 王**, 13812345678 becomes 138****5678.
    """
    kind = KINDS.get(name)
    if kind is None:
        return without_telephones(text)
    return masked_name(text) if kind == "name" else masked_telephone(text)


def masked_name(text: str) -> str:
    """Return each name's first character and nothing else."""
    names = [name.strip() for name in _BETWEEN_NAMES.split(text)]
    return "、".join(f"{name[0]}**" for name in names if name)


def masked_telephone(text: str) -> str:
    """Return each number with its middle hidden: 138****5678, 0631-***1234; no other words."""
    if not text.strip():
        return ""
    return (
        "、".join(_hidden(found[0]) for found in _NUMBER.finditer(text.translate(_HALF_WIDTH)))
        or "***"
    )


def without_telephones(text: str) -> str:
    """Return a free text in which what looks like a telephone number is masked.

    Looked at is every run of 7 to 13 digits joined by signs: mobile numbers, numbers with an area
    or country code, hotlines and local ones, however they are grouped. Days, spans of years, sums,
    numbers of standards and codes with letters in them are none.
    """
    plain = text.translate(_HALF_WIDTH)
    parts = _STANDARD.split(plain)
    parts[::2] = [_RUN.sub(_told, part) for part in parts[::2]]
    told = "".join(parts)
    return text if told == plain else told


def _told(found: re.Match[str]) -> str:
    run, before, after = found[0], found.string[: found.start()], found.string[found.end() :]
    is_code = _NOT_BEFORE.search(before[-2:]) or _NOT_AFTER.match(after[:2])
    if _is_telephone(run, is_code=bool(is_code)):
        return _hidden(run)
    # Two numbers, or a number and a day, may stand so near that they are one run.
    pieces = re.split(r"(\s+|/|[~～])", run)
    return "".join(
        _hidden(one) if _is_telephone(one, is_code=bool(is_code)) else one for one in pieces
    )


def _is_telephone(run: str, *, is_code: bool) -> bool:
    """Say whether a run is a telephone number; beside a unit or a letter, a short one is none."""
    digits = _digits(run)
    if not 7 <= len(digits) <= 13 or _TIME.fullmatch(run):
        return False
    if run[0] in "+＋" or _MOBILE.fullmatch(digits) or _WITH_AREA.fullmatch(digits):
        return True
    return not is_code and _LOCAL.fullmatch(digits) is not None


def _digits(number: str) -> str:
    """Return a number's digits without China's country code."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return _COUNTRY.sub("", digits, count=1)


def _hidden(number: str) -> str:
    digits = _digits(number)
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    found = _AREA.match(digits) if len(digits) > LONGEST_LOCAL else None
    area = found[0] if found else ""
    rest = digits.removeprefix(area)
    # Four digits of a short number would be most of it.
    shown = rest[-4:] if len(rest) >= SHORTEST_SHOWN else ""
    return f"{area}{'-' if area else ''}***{shown}"
