"""Bring ``locale/zh_CN`` up to the code: new texts wait there to be translated, old ones go.

It translates nothing and moves no entry between files. A new text goes where the other texts of
its source already are, or into ``register.po``.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.catalogues import Wanted, catalogue_files, entries, wanted
from tools.report import ROOT

DEFAULT = "locale/zh_CN/register.po"


def home_of(text: Wanted, texts: list[Wanted], homes: dict[str, str]) -> str:
    """Return the catalogue that holds most texts of the same source."""
    siblings = (other.singular for other in texts if other.place == text.place)
    found = Counter(homes[singular] for singular in siblings if singular in homes)
    return found.most_common(1)[0][0] if found else DEFAULT


def load(path: Path) -> Catalog:
    """Return one catalogue, empty when there is no file yet."""
    if not path.exists():
        return Catalog(locale="zh_CN", project="drillbook", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def save(path: Path, catalogue: Catalog) -> None:
    """Write one catalogue without line numbers, which would change with every edit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, no_location=True, omit_header=False)


def update(root: Path) -> tuple[int, int]:
    """Add what is missing and drop what nobody says; return how many of each."""
    texts = wanted(root)
    homes = {entry.singular: entry.place for entry in entries(root)}
    missing = {text.singular: text for text in texts if text.singular not in homes}
    gone = set(homes) - {text.singular for text in texts}
    targets = {name: home_of(text, texts, homes) for name, text in missing.items()}
    for place in {homes[name] for name in gone} | set(targets.values()):
        catalogue = load(root / place)
        for name in gone:
            catalogue.delete(name)
        for name, target in targets.items():
            if target == place:
                plural = missing[name].plural
                catalogue.add((name, plural) if plural else name)
        save(root / place, catalogue)
    return len(missing), len(gone)


if __name__ == "__main__":
    added, dropped = update(ROOT)
    files = len(catalogue_files(ROOT))
    print(f"{added} texts to translate were added, {dropped} dropped, in {files} catalogues.")
    sys.exit(0)
