"""One table as it is now and as it was in the backup that is attached beside the register."""

from __future__ import annotations

from drillbook.db import composed
from drillbook.db.engine import BESIDE, Row
from drillbook.db.reader import Reader
from drillbook.db.tables import LABEL_COLUMNS


class TableComparison:
    """What differs; use it inside ``Engine.beside``. Rows belong together by the table's key."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.reader, self.name = reader, name
        self.now, self.then = name, f"{BESIDE}.{name}"
        self.columns = reader.connection.columns(name)
        self.key = reader.connection.key(name)

    @property
    def label(self) -> str:
        """Return the column that names a row."""
        return next((column for column in LABEL_COLUMNS if column in self.columns), self.key[0])

    def _kinds(self, *shown: str) -> dict[str, str]:
        return {
            "added": composed.only_in(self.now, self.then, self.key, shown),
            "changed": composed.changed(self.now, self.then, self.key, self.columns, shown),
            "removed": composed.only_in(self.then, self.now, self.key, shown),
        }

    def counts(self) -> dict[str, int]:
        """Return how many rows were added, changed and removed since."""
        (found,) = self.reader.all(composed.counts(self._kinds(self.key[0])))
        return {kind: int(number) for kind, number in found.items()}

    def examples(self, most: int) -> list[tuple[str, str]]:
        """Return what kind of difference, and the name, of at most ``most`` rows of each kind."""
        return [
            (kind, str(row[self.label]))
            for kind, sql in self._kinds(self.label).items()
            for row in self.reader.all(composed.limited(sql), {"most": most})
        ]

    def keys_to_delete(self) -> list[Row]:
        """Return the keys of the rows that are there now and were not, or not like this."""
        kinds = self._kinds(*self.key)
        return self.reader.all(kinds["added"]) + self.reader.all(kinds["changed"])

    def rows_to_add(self) -> list[Row]:
        """Return the rows that were there then and are not, or not like this, now."""
        gone = composed.only_in(self.then, self.now, self.key, ())
        other = composed.changed(self.then, self.now, self.key, self.columns, ())
        return self.reader.all(gone) + self.reader.all(other)
