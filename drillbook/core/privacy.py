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
_SIGN = r"[\s\-－—]?"
_TELEPHONES = re.compile(
    rf"(?<!\d)(?:1[3-9]\d{_SIGN}\d{{4}}{_SIGN}\d{{4}}|[(（]?0\d{{2,3}}[)）]?{_SIGN}\d{{7,8}})(?!\d)"
)
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
    """Return a free text in which what looks like a telephone number is masked."""
    plain = text.translate(_HALF_WIDTH)
    told = _TELEPHONES.sub(lambda found: _hidden(found[0]), plain)
    return text if told == plain else told


def _hidden(number: str) -> str:
    digits = "".join(character for character in number if character.isdigit())
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    found = _AREA.match(digits) if len(digits) > LONGEST_LOCAL else None
    area = found[0] if found else ""
    rest = digits.removeprefix(area)
    # Four digits of a short number would be most of it.
    shown = rest[-4:] if len(rest) >= SHORTEST_SHOWN else ""
    return f"{area}{'-' if area else ''}***{shown}"
