"""Log lines without secrets: tickets, tokens, passwords and cookies are crossed out in all of them.

It stands where lines are made, so that no logger, handler or library can go around it.
"""

from __future__ import annotations

import logging
import re

CROSSED_OUT = "[…]"
_NAMES = r"[\w-]*(?:ticket|token|passw(?:or)?d|secret|api_?key|setup_key|session_id)|code|state|sid"
_PATTERNS = (
    # In an address or a form: name=value
    re.compile(rf"((?:^|[?&;\s\"'(])(?:{_NAMES})=)[^&\s\"'#;)]+", re.IGNORECASE),
    # In a dictionary or JSON: "name": "value"
    re.compile(rf"([\"'](?:{_NAMES})[\"']\s*:\s*b?[\"'])[^\"']+", re.IGNORECASE),
    re.compile(r"(\b(?:set-)?cookie[\"']?\s*[:=,]\s*(?:b?[\"'])?)[^\"'\r\n]+", re.IGNORECASE),
    re.compile(r"(\bauthorization[\"']?\s*[:=,]\s*(?:b?[\"'])?)[^\"'\r\n]+", re.IGNORECASE),
    re.compile(r"(\bdrillbook[\w-]*=)[^;,\s\"']+"),
    re.compile(r"(/calendar/)[\w-]{20,}"),
    re.compile(r"(\$argon2\w*\$)\S+"),
)


def without_secrets(text: str) -> str:
    """Return a text with every value that must not be read crossed out."""
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{CROSSED_OUT}", text)
    return text


class SafeRecord(logging.LogRecord):
    """A log line whose message and traceback tell no secret, whatever formats it."""

    _told: str | None = None

    def getMessage(self) -> str:
        """Return the message with its arguments, secrets crossed out."""
        return without_secrets(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """The traceback as text, once a formatter made one."""
        return self._told

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._told = without_secrets(text) if text else text


def prepare() -> None:
    """Make every log line of this process a safe one."""
    logging.setLogRecordFactory(SafeRecord)
