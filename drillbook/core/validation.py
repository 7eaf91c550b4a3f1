"""Plain functions that find what is wrong with a value: one sentence for each field.

They need no database; what only the register can tell is asked by each record type itself.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from drillbook.core import vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

NAME_LENGTH = 200
TEXT_LENGTH = 5000
LARGEST_COUNT = 100_000
FIRST_YEAR = 1990
LAST_YEAR = 2099
# Controls and the marks that reverse the direction of text; line breaks and tabs stay.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
    # Halves of characters, which no database can keep.
    r"|[\ud800-\udfff]"
)


def cleaned(value: T) -> T:
    """Return the dataclass with blanks around and unseen characters in its texts removed."""
    changes: dict[str, Any] = {}
    for spec in dataclasses.fields(value):
        held = getattr(value, spec.name)
        if isinstance(held, str):
            changes[spec.name] = _UNSEEN.sub("", held).strip()
        elif isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]):
            changes[spec.name] = tuple(cleaned(line) for line in held)
    return dataclasses.replace(value, **changes)


def required(problems: Problems, value: object, *names: str) -> None:
    """Ask for every named field that is empty."""
    for name in names:
        if getattr(value, name) in ("", None):
            problems.setdefault(name, _("Please fill this in."))


def lengths(problems: Problems, value: DataclassInstance, long: Iterable[str] = ()) -> None:
    """Find texts that are too long: 200 characters, or 5,000 for the fields named ``long``."""
    for spec in dataclasses.fields(value):
        text = getattr(value, spec.name)
        limit = TEXT_LENGTH if spec.name in long else NAME_LENGTH
        if isinstance(text, str) and len(text) > limit:
            problems.setdefault(
                spec.name,
                _("Too long: {length} characters; at most {limit} fit here.").format(
                    length=len(text), limit=limit
                ),
            )


def terms(problems: Problems, value: object, kinds: Mapping[str, str]) -> None:
    """Find codes that are not in their classification; ``kinds`` maps field → classification."""
    for name, kind in kinds.items():
        code = getattr(value, name)
        if code and not vocabulary.is_code(kind, code):
            problems.setdefault(name, _("“{code}” is not in the list.").format(code=code[:50]))


def hazard_in_class(problems: Problems, event_class: str | None, hazard: str | None) -> None:
    """A hazard names its event class; the two must agree."""
    term = vocabulary.terms("hazard").get(hazard or "")
    if term and event_class and term.parent != event_class:
        problems.setdefault(
            "hazard",
            _("{hazard} belongs to {event_class}; change one of the two.").format(
                hazard=term.label(), event_class=vocabulary.label("event_class", term.parent)
            ),
        )


def dates(problems: Problems, value: object, *names: str) -> None:
    """Find dates outside the years the register covers."""
    for name in names:
        day = getattr(value, name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            problems.setdefault(
                name,
                _("The year {year} is outside {first}–{last}.").format(
                    year=day.year, first=FIRST_YEAR, last=LAST_YEAR
                ),
            )


def not_after(problems: Problems, value: object, first: str, last: str, sentence: str) -> None:
    """Put ``sentence`` at ``last`` when it lies before ``first``."""
    start, end = getattr(value, first), getattr(value, last)
    if start is not None and end is not None and end < start:
        problems.setdefault(last, sentence)


def not_in_future(problems: Problems, name: str, day: date | None, today: date) -> None:
    """Find a day that has not come yet."""
    if day is not None and day > today:
        problems.setdefault(
            name,
            _("{day} has not come yet (today is {today}).").format(
                day=day.isoformat(), today=today.isoformat()
            ),
        )


def counts(problems: Problems, value: object, *names: str, least: int = 0) -> None:
    """Find numbers that cannot be a count of people, sessions or things."""
    for name in names:
        number = getattr(value, name)
        if number is None:
            continue
        if number < least:
            problems.setdefault(name, _("The number must be {least} or more.").format(least=least))
        elif number > LARGEST_COUNT:
            problems.setdefault(
                name,
                _("{number} is too large to be right; at most {limit}.").format(
                    number=number, limit=LARGEST_COUNT
                ),
            )


def whole_number(text: str, most: int) -> int | None:
    """Return the number that ``text`` writes in plain digits, or nothing if it exceeds ``most``.

    int() takes other scripts' digits, and fails on a text of thousands of them.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None
