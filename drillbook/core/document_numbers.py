"""Writes a 文号 the one way the office files it: 〔2023〕 around the year, no blanks inside."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_OPEN, _CLOSE = r"[\[(【〔〖{<〈《]", r"[\])】〕〗}>〉》]"


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """The 文号 as filed and as it stood in the cell."""

    raw: str
    text: str


def parse_document_number(text: str) -> DocumentNumber:
    """Return 梁政发〔2023〕7号 for 梁政发【2023】7 号; text without a year stays as written."""
    raw = text.strip()
    if raw in {"-", "—", "/", "无", "暂无"}:
        return DocumentNumber(raw, "")
    compact = re.sub(r"\s+", "", raw)
    year = re.compile(rf"{_OPEN}\s*((?:19|20)\d\d)\s*年?{_CLOSE}")
    flat = "".join(
        unicodedata.normalize("NFKC", character)
        if character.isdigit() or character in "（）［］｛｝＜＞"
        else character
        for character in compact
    )
    if not year.search(flat):
        return DocumentNumber(raw, raw)
    return DocumentNumber(raw, year.sub(r"〔\1〕", flat, count=1))
