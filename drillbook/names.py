"""How names are compared: width, blanks, brackets and case do not make two names different."""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = str.maketrans("【】〔〕［］[]〈〉", "()()()()()")
_IGNORED = re.compile(r"[\s\-·•—_、,，.。:：;；\"'“”‘’《》]+")


def name_key(text: str) -> str:
    """Return the text by which two spellings of one name are found equal."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS).casefold()
    return _IGNORED.sub("", folded)


def split_names(text: str) -> list[str]:
    """Split a typed list of names (one a line, or 、，；) and drop doubles."""
    parts = (part.strip() for part in re.split(r"[\n、，,;；]+", text))
    return list(dict.fromkeys(part for part in parts if part))
