"""What every record type of the register can do: be checked, saved, loaded, voided and restored.

A record type is a frozen dataclass of typed values; its lines (units with roles, versions, counts)
are tuples of dataclasses in it. This module knows no record type by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import cleaned
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def nothing_derived(_value: Any) -> Row:
    """Return no further columns."""
    return {}


def no_problems(_tx: Reader, _value: Any, _record_id: str | None) -> Problems:
    """Find nothing wrong."""
    return {}


def nothing_follows(_tx: Transaction, _record_id: str, _today: date | None) -> None:
    """Change nothing else."""


def _must_not_be_void(tx: Transaction, table: str, record_id: str) -> None:
    stored = tx.record(table, record_id)
    if stored is not None and stored.get("voided_at") is not None:
        raise DrillbookError(_("This record is voided. Restore it first, then change it."))


@dataclass(frozen=True)
class Stored(Generic[T]):
    """A record as the register holds it: its value and what surrounds it."""

    id: str
    value: T
    row_version: int
    origin: str
    is_void: bool
    void_reason: str


@dataclass(frozen=True)
class Reference:
    """A column that names a row of the table ``to``, in the record's own table or in ``table``.

    What somebody chose (``is_chosen``) must exist, and a record that is named cannot be voided.
    A record that ``goes_with`` what it names counts as void together with it and keeps nothing.
    ``may_be_gone`` says why what is named need not be there.
    """

    column: str
    to: str
    table: str = ""
    is_chosen: bool = True
    goes_with: bool = False
    may_be_gone: str = ""


@dataclass(frozen=True)
class Absent:
    """Fields that a place deliberately lacks, and why; without ``fields``, the whole place.

    ``place`` may name several with a comma between: ``"list, import"``. They are: table, form,
    record, history, restore, quick form, paste grid, list, import, workbook, public register.
    """

    place: str
    reason: str
    fields: str = ""


NOT_LOGGED = Absent("quick form, paste grid", "what is logged day by day is a drill session")


@dataclass(frozen=True)
class LineTable:
    """A table of lines: the column that names the record, or the line, they belong to."""

    table: str
    owner_column: str
    owner: str
    keeps_ids: bool = True


WriteRight = Literal["log", "edit", "lead", "accounts"]


@dataclass(frozen=True)
class RecordType(Generic[T]):
    """How one record type is kept.

    ``problems(value, today)`` needs no database; ``reference_problems(tx, value, record_id)``
    asks the register inside the write transaction. ``derived(value)`` gives columns that follow
    from the value (keys for comparing). ``lines`` maps field → line table and its dataclass;
    ``line_rows`` overrides how lines are made where the table does not mirror a field.
    ``after_save(tx, record_id, today)`` changes what else follows from a write, in its
    transaction; without ``today`` the record was voided.

    ``label`` is the column that names a record. ``owner_column`` is what its lines call it;
    ``further_lines`` are tables of lines that no field mirrors. ``write_right`` is what it takes to
    change a record; a clerk of one unit sees the unit's own where it ``is_unit_scoped``.
    ``with_files`` are the tables whose rows take attached files, ``personal`` the fields that name
    people, by table. A record that is not ``is_counted`` belongs to the office's settings: it makes
    no register less empty, and the sample years hold none. ``import_kind`` names the workbook it is
    imported from, ``sheet`` its table in the year's workbook, ``absent`` the places that
    deliberately lack some of its fields.
    """

    table: str
    record: type[T]
    problems: Callable[[T, date], Problems]
    reference_problems: Callable[[Reader, T, str | None], Problems] = no_problems
    derived: Callable[[T], Row] = nothing_derived
    lines: Mapping[str, tuple[str, type[Any]]] = field(default_factory=dict)
    derived_lines: Callable[[T], dict[str, list[Row]]] = nothing_derived
    after_save: Callable[[Transaction, str, date | None], None] = nothing_follows
    label: str = "name"
    references: tuple[Reference, ...] = ()
    owner_column: str = ""
    further_lines: tuple[LineTable, ...] = ()
    write_right: WriteRight = "lead"
    is_unit_scoped: bool = False
    with_files: tuple[str, ...] = ()
    personal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_counted: bool = True
    import_kind: str = ""
    sheet: str = ""
    absent: tuple[Absent, ...] = ()

    @property
    def line_tables(self) -> tuple[LineTable, ...]:
        """All tables of lines, those that belong to lines after these."""
        column = self.owner_column or f"{self.table}_id"
        mirrored = [LineTable(table, column, self.table) for table, _type in self.lines.values()]
        return (*mirrored, *self.further_lines)

    def row(self, value: T) -> Row:
        """Return the columns of one value, without id, version and origin."""
        plain = {
            spec.name: getattr(value, spec.name)
            for spec in dataclasses.fields(value)
            if spec.name not in self.lines
        }
        return plain | self.derived(value)

    def line_rows(self, value: T) -> dict[str, list[Row]]:
        """Return line table → rows of one value, in the order the user gave them."""
        rows = {
            table: [dataclasses.asdict(line) for line in getattr(value, name)]
            for name, (table, _type) in self.lines.items()
        }
        return rows | self.derived_lines(value)

    def check(self, tx: Reader, value: T, today: date, record_id: str | None = None) -> Problems:
        """Return all problems of a value at once, field → sentence."""
        found = self.problems(value, today)
        missing = self.missing_references(tx, value)
        return missing | self.reference_problems(tx, value, record_id) | found

    def missing_references(self, tx: Reader, value: T) -> Problems:
        """Find what the value names that is not in the register, or is voided."""
        field_of = {table: name for name, (table, _type) in self.lines.items()}
        found: Problems = {}
        for reference in self.references:
            if not reference.is_chosen:
                continue
            name = field_of.get(reference.table)
            holders = getattr(value, name) if name else (value,)
            for holder in holders:
                named = getattr(holder, reference.column)
                if named is not None and not _is_live(tx, reference.to, named):
                    sentence = _("This entry is no longer in the register. Choose another.")
                    found.setdefault(name or reference.column, sentence)
        return found

    def save(
        self,
        store: Store,
        value: T,
        *,
        actor: Actor,
        today: date,
        record_id: str | None = None,
        row_version: int | None = None,
        origin: str = "entered",
        source: str = "app",
        action: str = "update",
    ) -> str:
        """Add or change one record in one transaction; return its id.

        ``action`` is what the audit trail calls a change. Raises ValidationError with every
        problem, StaleError when somebody saved first.
        """
        with store.write(actor, source) as tx:
            return self.save_in(
                tx,
                value,
                today=today,
                record_id=record_id,
                row_version=row_version,
                origin=origin,
                action=action,
            )

    def save_in(
        self,
        tx: Transaction,
        value: T,
        *,
        today: date,
        record_id: str | None = None,
        row_version: int | None = None,
        origin: str = "entered",
        action: str = "update",
    ) -> str:
        """Do the same inside an open transaction."""
        value = cleaned(value)
        problems = self.check(tx, value, today, record_id)
        if problems:
            raise ValidationError(problems)
        if record_id is None:
            row = self.row(value) | {"origin": origin}
            record_id = tx.insert(self.table, row, self.line_rows(value))
        elif row_version is None:
            raise TypeError("row_version belongs to record_id")
        else:
            _must_not_be_void(tx, self.table, record_id)
            lines = self.line_rows(value)
            tx.update(self.table, record_id, self.row(value), row_version, lines, action)
        self._follow(tx, record_id, today)
        return record_id

    def load(self, store: Store, record_id: str) -> Stored[T] | None:
        """Return one record, voided or not, or nothing."""
        with store.reading() as reader:
            return self.load_in(reader, record_id)

    def load_in(self, tx: Reader, record_id: str) -> Stored[T] | None:
        """Do the same inside an open transaction."""
        row = tx.record(self.table, record_id)
        if row is None:
            return None
        lines: Row = {
            name: tuple(_from_row(line_type, line) for line in _ordered(tx.lines(table, record_id)))
            for name, (table, line_type) in self.lines.items()
        }
        return Stored(
            id=record_id,
            value=_from_row(self.record, row | lines),
            row_version=row["row_version"],
            origin=row["origin"],
            is_void=row["voided_at"] is not None,
            void_reason=row["void_reason"],
        )

    def void(
        self, store: Store, record_id: str, reason: str, row_version: int, *, actor: Actor
    ) -> None:
        """Take a record out of lists and figures; the reason is kept and it can be restored."""
        if not reason.strip():
            raise ValidationError({"void_reason": _("Please say why this record is voided.")})
        with store.write(actor) as tx:
            self._refuse_if_used(tx, record_id)
            stored = self.load_in(tx, record_id)
            for table in self.derived_lines(stored.value) if stored else ():
                tx.replace_lines(table, record_id, [])
            tx.void(self.table, record_id, reason.strip()[:500], row_version)
            self._follow(tx, record_id, None)

    def restore(
        self, store: Store, record_id: str, row_version: int, *, actor: Actor, today: date
    ) -> None:
        """Bring a voided record back, if it still fits in beside what was recorded since."""
        with store.write(actor) as tx:
            stored = self.load_in(tx, record_id)
            if stored is None:
                raise DrillbookError(_("This record is no longer in the register."))
            problems = self.check(tx, stored.value, today, record_id)
            if problems:
                raise ValidationError(problems)
            tx.restore(self.table, record_id, row_version)
            for table, rows in self.derived_lines(stored.value).items():
                tx.replace_lines(table, record_id, rows)
            self._follow(tx, record_id, today)

    def _follow(self, tx: Transaction, record_id: str, today: date | None) -> None:
        self.after_save(tx, record_id, today)
        for follower in _followers.get(self.table, ()):
            follower(tx, record_id, today)

    def _refuse_if_used(self, tx: Reader, record_id: str) -> None:
        users = uses(tx, self.table, record_id)
        if users:
            raise DrillbookError(
                _("Still used by {count} other record(s), for example “{example}”.").format(
                    count=len(users), example=users[0]
                )
                + " "
                + _("Change or void those first.")
            )


Follower = Callable[[Transaction, str, date | None], None]
_followers: Mapping[str, tuple[Follower, ...]] = MappingProxyType({})


def connect(followers: Mapping[str, tuple[Follower, ...]]) -> None:
    """Say what follows, in other record types, from a write to a record of a table."""
    global _followers
    _followers = MappingProxyType(dict(followers))


def uses(tx: Reader, table: str, record_id: str) -> list[str]:
    """Return the names of live records that point at this one."""
    known = tx.query("record_uses", subject_type=table, id=record_id)
    return [str(row["name"]) for row in known]


def _is_live(tx: Reader, table: str, record_id: str) -> bool:
    held = tx.record(table, record_id)
    return held is not None and held.get("voided_at") is None


def _from_row(kind: type[T], row: Mapping[str, Any]) -> T:
    return kind(**{spec.name: row[spec.name] for spec in dataclasses.fields(kind)})


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.get("position") or 0, str(row.get("id", ""))))
