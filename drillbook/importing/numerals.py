"""Reads Chinese numerals in the forms offices write: 三十余, 二〇一二, 两百, 一千二百.

It refuses nothing: what is no numeral stays as it is.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5}
_DIGITS |= {"陆": 6, "柒": 7, "捌": 8, "玖": 9}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
NUMERAL = "[" + "".join(_DIGITS) + "".join(_UNITS) + "]"


def value_of(numeral: str) -> int | None:
    """Return the number a run of Chinese numerals stands for, or None when it stands for none."""
    if all(character in _DIGITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral)) if numeral else None
    total, section, digit = 0, 0, 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        elif character in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[character], 0
        else:
            return None
    return total + section + digit


def with_digits(text: str, before: str) -> str:
    """Replace the numerals that stand directly before one of the words of a regex."""

    def replaced(match: re.Match[str]) -> str:
        value = value_of(match[0])
        return match[0] if value is None else str(value)

    return re.sub(rf"(?<!\d){NUMERAL}+(?={before})", replaced, text)


def plain(text: str) -> str:
    """Return the text in half-width characters without blanks, except between two digits."""
    text = unicodedata.normalize("NFKC", text).strip()
    text = re.sub(r"(?<=\d)\s+(?=\d)", "\x00", text)
    return re.sub(r"\s+", "", text).replace("\x00", " ")
