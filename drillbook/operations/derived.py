"""What the register holds of the product itself: calendar, code lists, working days and views.

None of it is a record: it is in no journal, and it is made anew from ``sql/``, ``data/`` and the
holiday library when these are others than last time. The table ``derived_state`` keeps the
fingerprint of what each part was made from, so that most starts make nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from drillbook.core import vocabulary
from drillbook.core.paths import SQL
from drillbook.db.audit_chain import PROGRAM
from drillbook.db.duckdb_engine import statements
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import working_days


@dataclass(frozen=True)
class Part:
    """One part: the fingerprint of what it was made from, and how it is made anew."""

    name: str
    fingerprint: Callable[[Store, Reader], str]
    make: Callable[[Transaction], None]


def bring_up_to_date(store: Store) -> None:
    """Make those parts anew that were made from something else."""
    with store.reading() as reader:
        parts = outdated(store, reader)
    if parts:
        make_anew(store, parts)


def make_anew(store: Store, parts: Iterable[Part] | None = None) -> None:
    """Make parts anew, all unless told otherwise, in one transaction."""
    with store.write(PROGRAM, "start", is_record=False) as tx:
        for part in PARTS if parts is None else parts:
            part.make(tx)
            tx.run("keep_derived_state", name=part.name, fingerprint=part.fingerprint(store, tx))


def outdated(store: Store, reader: Reader) -> list[Part]:
    """Return the parts to make anew."""
    held = {row["name"]: row["fingerprint"] for row in reader.query("derived_state")}
    return [part for part in PARTS if held.get(part.name) != part.fingerprint(store, reader)]


def _digest(texts: Iterable[str]) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()


# --- calendar and working days --------------------------------------------------------------------


def _calendar_fingerprint(_store: Store, _reader: Reader) -> str:
    return f"{working_days.library_version()}, {working_days.FIRST_DAY}, {working_days.LAST_DAY}"


def _make_calendar(tx: Transaction) -> None:
    working_days.refresh_official(tx)
    tx.run("empty_calendar")
    tx.run("fill_calendar")


# --- code lists -----------------------------------------------------------------------------------


def _shipped_terms() -> list[Row]:
    return [
        {
            "kind": term.kind,
            "code": term.code,
            "parent": term.parent or None,
            "zh": term.zh,
            "en": term.en,
            "words": "|".join(term.words),
            "position": term.position,
        }
        for kind in vocabulary.kinds()
        for term in vocabulary.terms(kind).values()
    ]


def _vocabulary_fingerprint(_store: Store, _reader: Reader) -> str:
    return _digest(map(repr, _shipped_terms()))


def _make_vocabulary(tx: Transaction) -> None:
    tx.run("empty_vocabulary")
    tx.add_rows("vocabulary", _shipped_terms())


# --- views ----------------------------------------------------------------------------------------


def view_files() -> list[Path]:
    """Return the files that make the views, in the order in which they build on each other."""
    return sorted((SQL / "views").glob("*.sql"))


def _views_fingerprint(store: Store, reader: Reader) -> str:
    """Say what the views were made from, and which there are: a copy may have lost them.

    A view knows its columns by the tables it was made on and is kept as the database's own text:
    so migrations and the database's version count as well.
    """
    applied = reader.query("schema_migrations")
    names = " ".join(reader.connection.views())
    texts = (f"{path.name} {path.read_text(encoding='utf-8')}" for path in view_files())
    return _digest([store.engine.version, repr(applied), names, *texts])


def _make_views(tx: Transaction) -> None:
    for name in tx.connection.views():
        tx.connection.drop_view(name)
    for path in view_files():
        for statement in statements(path):
            tx.execute(statement)


PARTS = (
    Part("calendar", _calendar_fingerprint, _make_calendar),
    Part("vocabulary", _vocabulary_fingerprint, _make_vocabulary),
    Part("views", _views_fingerprint, _make_views),
)
