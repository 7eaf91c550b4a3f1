"""The field's classifications: codes are stored, labels come from ``data/vocabulary``.

The lists are data. The office's own hazards live in the table ``vocabulary`` beside them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from drillbook.core.i18n import language
from drillbook.core.paths import DATA


@dataclass(frozen=True, slots=True)
class Term:
    """One code of one classification; ``words`` are other Chinese words for it."""

    kind: str
    code: str
    parent: str
    zh: str
    en: str
    words: tuple[str, ...]
    position: int

    def label(self) -> str:
        """Return the term in the language of this run."""
        return self.zh if language() == "zh" else self.en


@cache
def kinds() -> tuple[str, ...]:
    """Return the names of all classifications shipped with the product."""
    return tuple(sorted(path.stem for path in (DATA / "vocabulary").glob("*.csv")))


@cache
def terms(kind: str) -> dict[str, Term]:
    """Return code → term of one classification, in its official order."""
    with (DATA / "vocabulary" / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Term(
                kind=kind,
                code=row["code"],
                parent=row["parent"],
                zh=row["zh"],
                en=row["en"],
                words=tuple(filter(None, row["words"].split("|"))),
                position=position,
            )
            for position, row in enumerate(csv.DictReader(file))
        }


def codes(kind: str, parent: str | None = None) -> list[str]:
    """Return the codes of a classification, or those below one parent."""
    return [term.code for term in terms(kind).values() if parent is None or term.parent == parent]


def label(kind: str, code: str | None) -> str:
    """Return a code's label in the language of this run; nothing for no code."""
    if not code:
        return ""
    term = terms(kind).get(code)
    return term.label() if term else code


def class_of(event_class: str | None, hazard: str | None) -> str | None:
    """Return the event class, or the one the hazard belongs to where none is given."""
    term = terms("hazard").get(hazard or "")
    return event_class or (term.parent if term else None)


def is_code(kind: str, code: str | None) -> bool:
    """Say whether ``code`` belongs to the classification."""
    return code in terms(kind)


def code_of(kind: str, word: str) -> str | None:
    """Return the code that a label, an English label or another word of the trade stands for."""
    wanted = word.strip().casefold()
    for term in terms(kind).values():
        if wanted in {term.code, term.zh, term.en.casefold(), *term.words}:
            return term.code
    return None
