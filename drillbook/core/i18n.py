"""Two languages through gettext: msgids are English, catalogues lie in ``locale/zh_CN/*.po``.

The catalogues are read as text at start (Babel), so no compiled file can lag behind its source.
"""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from drillbook.core.paths import LOCALE

Language = Literal["zh", "en"]
DEFAULT: Language = "zh"
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_chosen: ContextVar[Language | None] = ContextVar("language", default=None)
_resolver: Callable[[], Language | None] = lambda: None  # noqa: E731


def set_resolver(resolver: Callable[[], Language | None]) -> None:
    """Install how a screen's run knows its language; fragments and callbacks skip the frame."""
    global _resolver
    _resolver = resolver


def language() -> Language:
    """Return the language of this run: from ``use_language``, the screen, or Chinese."""
    return _chosen.get() or _resolver() or DEFAULT


@contextmanager
def use_language(code: Language) -> Iterator[None]:
    """Speak ``code`` inside the block."""
    token = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(token)


@cache
def _translations(code: Language) -> gettext_module.NullTranslations:
    if code == "en":
        return gettext_module.NullTranslations()
    catalogue = Catalog(locale="zh_CN")
    for path in sorted((LOCALE / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                if message.id:
                    catalogue.add(message.id, message.string)
    binary = BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return gettext_module.GNUTranslations(binary)


def gettext(message: str) -> str:
    """Translate ``message`` into the language of this run."""
    return _translations(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate with the plural form that ``number`` asks for."""
    return _translations(language()).ngettext(singular, plural, number)


def N_(message: str) -> str:
    """Mark ``message`` for the catalogues; translate it later with ``gettext``."""
    return message
