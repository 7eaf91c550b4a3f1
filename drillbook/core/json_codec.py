"""Values as text and back: numbers, texts, yes/no, dates, times and instants stay what they are.

Drafts and the journal are written with it. Files and other objects are refused.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any


def encoded(value: Any) -> str:
    """Return lists, dictionaries and plain values as one line of JSON.

    Raises TypeError for anything that could not be read back as it was.
    """
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> dict[str, str]:
    # An instant is a date too, so it is asked for first.
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$time": value.isoformat()}
    raise TypeError(f"cannot be kept as text: {type(value).__name__}")


def decoded(text: str) -> Any:
    """Return what ``encoded`` was given; ValueError when the text is not JSON."""
    return json.loads(text, object_hook=_typed)


def _typed(found: dict[str, Any]) -> Any:
    match found:
        case {"$datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"$date": str(text)}:
            return date.fromisoformat(text)
        case {"$time": str(text)}:
            return time.fromisoformat(text)
    return found
