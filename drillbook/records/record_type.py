"""What every record type of the register can do: be checked, saved, loaded, voided and restored.

A record type is a frozen dataclass of typed values; its lines (units with roles, versions, counts)
are tuples of dataclasses in it. This module knows no record type by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import cleaned
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Store, Transaction

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def nothing_derived(_value: Any) -> Row:
    """Return no further columns."""
    return {}


def no_problems(_tx: Transaction, _value: Any, _record_id: str | None) -> Problems:
    """Find nothing wrong."""
    return {}


def nothing_follows(_tx: Transaction, _record_id: str, _today: date | None) -> None:
    """Change nothing else."""


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
class RecordType(Generic[T]):
    """How one record type is kept.

    ``problems(value, today)`` needs no database; ``reference_problems(tx, value, record_id)``
    asks the register inside the write transaction. ``derived(value)`` gives columns that follow
    from the value (keys for comparing). ``lines`` maps field → line table and its dataclass;
    ``line_rows`` overrides how lines are made where the table does not mirror a field.
    ``follow(tx, record_id, today)`` changes what else follows from a write, in its transaction;
    without ``today`` the record was voided.
    """

    table: str
    record: type[T]
    problems: Callable[[T, date], Problems]
    reference_problems: Callable[[Transaction, T, str | None], Problems] = no_problems
    derived: Callable[[T], Row] = nothing_derived
    lines: Mapping[str, tuple[str, type[Any]]] = field(default_factory=dict)
    derived_lines: Callable[[T], dict[str, list[Row]]] = nothing_derived
    after_save: Callable[[Transaction, str, date | None], None] = nothing_follows

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

    def check(
        self, tx: Transaction, value: T, today: date, record_id: str | None = None
    ) -> Problems:
        """Return all problems of a value at once, field → sentence."""
        found = self.problems(value, today)
        return self.reference_problems(tx, value, record_id) | found

    def save(
        self,
        store: Store,
        value: T,
        *,
        actor: str,
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
            lines = self.line_rows(value)
            tx.update(self.table, record_id, self.row(value), row_version, lines, action)
        self.after_save(tx, record_id, today)
        return record_id

    def load(self, store: Store, record_id: str) -> Stored[T] | None:
        """Return one record, voided or not, or nothing."""
        with store.read() as cursor:
            return self.load_in(Transaction(cursor, "", ""), record_id)

    def load_in(self, tx: Transaction, record_id: str) -> Stored[T] | None:
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
        self, store: Store, record_id: str, reason: str, row_version: int, *, actor: str
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
            self.after_save(tx, record_id, None)

    def restore(
        self, store: Store, record_id: str, row_version: int, *, actor: str, today: date
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
            self.after_save(tx, record_id, today)

    def _refuse_if_used(self, tx: Transaction, record_id: str) -> None:
        users = uses(tx, self.table, record_id)
        if users:
            raise DrillbookError(
                _("Still used by {count} other record(s), for example “{example}”.").format(
                    count=len(users), example=users[0]
                )
                + " "
                + _("Change or void those first.")
            )


# table → queries that name the live records pointing at one of its records.
REFERENCES: dict[str, tuple[str, ...]] = {
    "unit": (
        "select title from plan where voided_at is null and lead_unit_id = $id",
        "select planned_drill.name from planned_drill_unit inner join planned_drill"
        " on planned_drill_unit.planned_drill_id = planned_drill.id"
        " where planned_drill.voided_at is null and planned_drill_unit.unit_id = $id",
        "select drill_session.name from session_unit inner join drill_session"
        " on session_unit.session_id = drill_session.id"
        " where drill_session.voided_at is null and session_unit.unit_id = $id",
        "select name from team where voided_at is null and parent_unit_id = $id",
        "select corrective_action.text from corrective_action inner join finding"
        " on corrective_action.finding_id = finding.id inner join drill_session"
        " on finding.session_id = drill_session.id"
        " where corrective_action.voided_at is null and finding.voided_at is null"
        " and drill_session.voided_at is null and corrective_action.owner_unit_id = $id",
        "select mechanism.title from mechanism_member inner join mechanism"
        " on mechanism_member.mechanism_id = mechanism.id"
        " where mechanism.voided_at is null and mechanism_member.unit_id = $id",
        "select decision.text from decision inner join meeting on decision.meeting_id = meeting.id"
        " where decision.voided_at is null and meeting.voided_at is null"
        " and decision.owner_unit_id = $id",
    ),
    "plan": (
        "select name from planned_drill where voided_at is null and plan_id = $id",
        "select name from drill_session where voided_at is null and plan_id = $id",
        "select finding.text from finding inner join drill_session"
        " on finding.session_id = drill_session.id"
        " where finding.voided_at is null and drill_session.voided_at is null"
        " and finding.plan_id = $id",
    ),
    "programme": ("select name from planned_drill where voided_at is null and programme_id = $id",),
    "planned_drill": (
        "select name from drill_session where voided_at is null and planned_drill_id = $id",
    ),
    "team": (
        "select drill_session.name from session_team inner join drill_session"
        " on session_team.session_id = drill_session.id"
        " where drill_session.voided_at is null and session_team.team_id = $id",
    ),
    "mechanism": ("select title from meeting where voided_at is null and mechanism_id = $id",),
    "meeting": ("select text from decision where voided_at is null and meeting_id = $id",),
}


def uses(tx: Transaction, table: str, record_id: str) -> list[str]:
    """Return the names of live records that point at this one."""
    found: list[str] = []
    for sql in REFERENCES.get(table, ()):
        found += [str(next(iter(row.values()))) for row in tx.all(sql, {"id": record_id})]
    return found


def must_exist(
    problems: Problems, tx: Transaction, table: str, field_name: str, record_id: str | None
) -> None:
    """Find a reference that leads nowhere, or to a voided record."""
    if record_id is None:
        return
    sql = f"select id from {table} where id = $id and voided_at is null"
    if tx.one(sql, {"id": record_id}) is None:
        problems.setdefault(
            field_name, _("This entry is no longer in the register. Choose another.")
        )


def _from_row(kind: type[T], row: Mapping[str, Any]) -> T:
    return kind(**{spec.name: row[spec.name] for spec in dataclasses.fields(kind)})


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.get("position") or 0, str(row.get("id", ""))))
