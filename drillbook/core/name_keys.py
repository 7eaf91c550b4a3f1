"""How names are compared: width, blanks, brackets and case do not make two names different."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

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


def similarity(first_key: str, second_key: str) -> float:
    """Return how alike two name keys are, 0 to 1; one contained in the other counts as alike."""
    if first_key and second_key and (first_key in second_key or second_key in first_key):
        return 1.0
    return SequenceMatcher(None, first_key, second_key).ratio()
