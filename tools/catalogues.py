"""What the code wants translated, and what ``locale/zh_CN`` translates; nothing is judged here."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text of the code: its msgid, the plural's one if it counts, and where it stands."""

    singular: str
    plural: str
    place: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a catalogue: the msgid, its translations and the file that holds it."""

    singular: str
    plural: str
    texts: tuple[str, ...]
    fuzzy: bool
    place: str
    line: int


def python_files(root: Path) -> list[Path]:
    """Return the sources that speak to users: ``drillbook/``, ``pages/`` and ``app.py``."""
    folders = [path for name in ("drillbook", "pages") for path in (root / name).rglob("*.py")]
    return sorted([*folders, *root.glob("app.py")])


def wanted(root: Path) -> list[Wanted]:
    """Return every text marked for translation, once per place."""
    return [text for path in python_files(root) for text in _wanted_of(path, root)]


def _wanted_of(path: Path, root: Path) -> Iterator[Wanted]:
    place = path.relative_to(root).as_posix()
    # Babel warns of `_(text or "")` as of a text to translate; empty ones are dropped below.
    with redirect_stderr(StringIO()):
        found = list(extract_from_file("python", path, keywords=KEYWORDS))
    for line, message, _comments, _context in found:
        singular, plural = (message, "") if isinstance(message, str) else (message[0], message[1])
        if singular:
            yield Wanted(singular, plural or "", place, line)


def catalogue_files(root: Path) -> list[Path]:
    """Return the Chinese catalogues, one per part of the product."""
    return sorted((root / "locale" / "zh_CN").glob("*.po"))


def entries(root: Path) -> list[Entry]:
    """Return every entry of every Chinese catalogue."""
    return [entry for path in catalogue_files(root) for entry in _entries_of(path, root)]


def _entries_of(path: Path, root: Path) -> Iterator[Entry]:
    place = path.relative_to(root).as_posix()
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    return (_entry(message, place) for message in catalogue if message.id)


def _entry(message: Message, place: str) -> Entry:
    singular, plural = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return Entry(
        singular,
        plural,
        tuple(text or "" for text in texts),
        message.fuzzy,
        place,
        message.lineno or 0,
    )


def placeholders(text: str) -> set[str]:
    """Return the names to fill in: ``{row}``, ``{row:,}`` and click's ``%(row)s`` are ``row``."""
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return {"a brace without its pair"}
    return named | set(re.findall(r"%\((\w+)\)", text))
