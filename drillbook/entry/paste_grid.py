"""A grid of drills as typed or pasted from a spreadsheet: what each cell says, and what is wrong.

Every cell is text and is read as the importer reads it. A bad row never costs the others. Nothing
is written here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import Person
from drillbook.core import vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key, similarity
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.entry import drill_log
from drillbook.importing import columns
from drillbook.importing.classifications import EMPTY, read_drill_kind, yes_or_no
from drillbook.importing.dates import parse_date
from drillbook.importing.head_counts import Count, parse_count, parse_counts
from drillbook.importing.unit_names import split_units
from drillbook.importing.workbook_reader import Sheet
from drillbook.records import sessions
from drillbook.records.sessions import Session

GridRow = Mapping[str, str]
"""Column → text as typed."""

COLUMNS = {
    "held_on": N_("Date"),
    "name": N_("Drill"),
    "hosts": N_("Host units"),
    "planned_drill": N_("Planned drill (number or name)"),
    "form": N_("Form"),
    "participants": N_("Participants"),
    "observers": N_("Observers"),
    "place": N_("Place"),
    "summary": N_("Summary"),
}
LARGEST = 500
LONGEST_CELL = 1_000
# Field of a session → the column where its problem is shown.
SHOWN_AT = {"units": "hosts", "support": "participants", "hazard": "planned_drill"}
# A number before the name (3. …), or between an ordinal's characters.
_NUMBER = re.compile(r"(?:[^\W\d]{0,2}\.?)(\d{1,4})(?:[^\W\d]|[.、．].*)?")


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell; ``row`` is its place in the grid, counted from 1."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class CheckedRow:
    """One row: what it comes to, what is wrong, and sessions it may repeat."""

    row: int
    typed: drill_log.Typed
    problems: tuple[CellProblem, ...] = ()
    duplicates: tuple[Row, ...] = ()

    @property
    def is_good(self) -> bool:
        """Say whether the row can be saved."""
        return not self.problems


@dataclass(frozen=True)
class Checked:
    """The rows of a grid that hold anything."""

    rows: tuple[CheckedRow, ...] = ()

    def good(self) -> list[CheckedRow]:
        """Return the rows that can be saved."""
        return [row for row in self.rows if row.is_good]

    def problems(self) -> list[CellProblem]:
        """Return what is wrong, from the first row to the last."""
        return [problem for row in self.rows for problem in row.problems]

    def new_units(self) -> list[str]:
        """Return the names of units the register does not know, each once."""
        named = {name_key(n): n for row in reversed(self.good()) for n in row.typed.new_units}
        return list(reversed(named.values()))


def empty_row() -> dict[str, str]:
    """Return a row with nothing in it."""
    return dict.fromkeys(COLUMNS, "")


def from_text(text: str) -> list[dict[str, str]]:
    """Read what a spreadsheet puts on the clipboard; a header in it says which column is which.

    Without a header the columns are those of the grid, from the left.
    """
    lines = [
        row for row in csv.reader(io.StringIO(text), delimiter="\t") if any(map(str.strip, row))
    ]
    sheet = Sheet("", [[cell.strip() or None for cell in line] for line in lines])
    tables = columns.find_tables(sheet, "sessions")
    if tables:
        table = tables[0]
        names = {c: _column_of(name) for c, name in table.mapping.items()}
        lines = [[str(cell or "") for cell in row.cells] for row in table.rows]
    else:
        names = dict(enumerate(COLUMNS))
    return [
        empty_row() | {name: line[c].strip() for c, name in names.items() if name and c < len(line)}
        for line in lines
    ]


def _column_of(name: str) -> str:
    name = "planned_drill" if name == "planned_number" else name
    return name if name in COLUMNS else ""


class Checker:
    """Reads the rows of one person's grid; ``year`` completes dates such as 5月12日."""

    def __init__(self, store: Store, year: int, today: date, person: Person) -> None:
        self.store, self.year, self.today, self.person = store, year, today, person
        self.known = drill_log.UnitNames(store)
        self._planned: dict[int, list[Row]] = {}
        self._prefills: dict[str, Row] = {}

    def check(self, rows: Sequence[GridRow]) -> Checked:
        """Read all rows that hold anything."""
        checked: list[CheckedRow] = []
        for number, row in enumerate(rows, start=1):
            if any(map(str.strip, row.values())):
                checked.append(self._with_duplicates(self._row(number, row), checked))
        return Checked(tuple(checked))

    def _row(self, number: int, row: GridRow) -> CheckedRow:
        reading = _Reading(number, row)
        raw = self._raw(_of_readable_length(row, reading), reading)
        typed = drill_log.read(raw, self.known, self.today)
        refused = unit_access.problems(self.store, self.person, typed.session)
        for name, reason in (typed.problems | refused).items():
            reading.problem(SHOWN_AT.get(name, name), reason)
        return CheckedRow(number, typed, tuple(reading.found.values()))

    def _raw(self, row: GridRow, reading: _Reading) -> Row:
        raw = drill_log.blank(self.today) | {"participants_kind": "unknown"}
        self._read_date(row["held_on"], raw, reading)
        day = raw["held_on"]
        raw["planned_drill_id"] = self._planned_drill(
            row["planned_drill"], day.year if day else self.year, reading
        )
        raw |= self._prefill(raw["planned_drill_id"])
        raw |= {name: row[name] for name in ("name", "place") if row[name].strip()}
        raw["summary"] = row["summary"]
        self._read_hosts(row["hosts"], raw, reading)
        _read_form(row["form"], raw, reading)
        _read_counts(row, raw, reading)
        return raw

    def _read_date(self, text: str, raw: Row, reading: _Reading) -> None:
        found = parse_date(text, self.year)
        raw["held_on"], raw["is_month_only"] = found.start, found.precision == "month"
        raw["starts_at"], raw["ends_at"] = found.starts_at, found.ends_at
        if found.problem:
            reading.problem("held_on", found.problem)
        elif text.strip() and found.precision not in ("day", "month"):
            raw["held_on"] = None
            reading.problem("held_on", _("Give the day or the month on which it was held."))

    def _planned_drill(self, text: str, year: int, reading: _Reading) -> str | None:
        key = name_key(text)
        if not key or text.strip() in EMPTY or yes_or_no(text) is False:
            return None
        if year not in self._planned:
            self._planned[year] = self.store.query(
                "planned_drill_choices", year=year, bound_unit_id=self.person.bound_unit_id
            )
        number = _NUMBER.fullmatch(text.strip())
        for row in self._planned[year]:
            if name_key(row["name"]) == key or (number and int(number[1]) == row["number"]):
                return str(row["id"])
        reading.problem("planned_drill", self._unknown_planned_drill(text, key, year))
        return None

    def _unknown_planned_drill(self, text: str, key: str, year: int) -> str:
        near = max(
            self._planned[year],
            key=lambda row: similarity(key, name_key(row["name"])),
            default=None,
        )
        if near and similarity(key, name_key(near["name"])) >= sessions.ALIKE:
            return _(
                "The programme of {year} has no “{text}”. Do you mean {number}. {name}?"
            ).format(year=year, text=text[:50], number=near["number"], name=near["name"])
        return _(
            "The programme of {year} has no “{text}”. Write the item's number or name, or leave the"
            " cell empty for a drill outside the programme."
        ).format(year=year, text=text[:50])

    def _prefill(self, planned_drill_id: str | None) -> Row:
        if planned_drill_id is None:
            return {}
        if planned_drill_id not in self._prefills:
            self._prefills[planned_drill_id] = drill_log.prefill(
                self.store, self.person, planned_drill_id
            )
        return self._prefills[planned_drill_id]

    def _read_hosts(self, text: str, raw: Row, reading: _Reading) -> None:
        found = split_units(text, self.known.by_key)
        if found.units:
            raw["hosts"] = [one.name for one in found.units if one.role in ("", "host")]
            raw["units"] = [
                {"unit_id": one.name, "role": one.role, "duty": one.duty, "participants": None}
                for one in found.units
                if one.role not in ("", "host")
            ]
        elif found.others:
            reading.problem("hosts", _("“{text}” names no unit.").format(text=found.others[:50]))

    def _with_duplicates(self, row: CheckedRow, above: Sequence[CheckedRow]) -> CheckedRow:
        if not row.is_good:
            return row
        session = row.typed.session
        stored = drill_log.likely_duplicates(self.store, self.person, session)
        same = [
            {"id": None, "row": other.row, "name": other.typed.session.name}
            for other in above
            if other.is_good and _is_alike(other.typed.session, session)
        ]
        return CheckedRow(row.row, row.typed, (), (*stored, *same))


def _is_alike(first: Session, second: Session) -> bool:
    def hosts(session: Session) -> set[str]:
        return {name_key(line.unit_id) for line in session.units if line.role == "host"}

    shared = hosts(first) & hosts(second) or hosts(first) == hosts(second)
    alike = similarity(name_key(first.name), name_key(second.name)) >= sessions.ALIKE
    return bool(first.held_on == second.held_on and shared and alike)


@dataclass
class _Reading:
    """One row being read: the first problem of each cell."""

    number: int
    row: GridRow
    found: dict[str, CellProblem] = field(default_factory=dict)

    def problem(self, column: str, reason: str) -> None:
        column = column if column in COLUMNS else "name"
        value = self.row[column].strip()[:60]
        self.found.setdefault(column, CellProblem(self.number, column, value, reason))


def _of_readable_length(row: GridRow, reading: _Reading) -> GridRow:
    """Return the row without the cells that are too long to be what their column holds.

    Names, dates and counts are taken apart; what that costs must not be the client's to choose.
    """
    short = dict(row)
    for column, text in row.items():
        if column != "summary" and len(text) > LONGEST_CELL:
            sentence = _("Too long: {length} characters; at most {limit} fit here.")
            reading.problem(column, sentence.format(length=len(text), limit=LONGEST_CELL))
            short[column] = ""
    return short


def _read_form(text: str, raw: Row, reading: _Reading) -> None:
    kind = read_drill_kind(text)
    if kind.note and not (kind.form or kind.scope or kind.purpose):
        reading.problem("form", _not_a_form(text))
    for name in ("form", "scope", "purpose"):
        raw[name] = getattr(kind, name) or raw[name]
    raw["is_no_notice"] = bool(kind.is_no_notice)


def _not_a_form(text: str) -> str:
    return _("“{text}” is no form of a drill. Write {tabletop} or {operational}.").format(
        text=text.strip()[:50],
        tabletop=vocabulary.label("form", "tabletop"),
        operational=vocabulary.label("form", "operational"),
    )


def _read_counts(row: GridRow, raw: Row, reading: _Reading) -> None:
    counts = dict(_counts(row))
    for name, count in counts.items():
        if count.problem:
            reading.problem(name, count.problem)
        raw[name] = "" if count.value is None else str(count.value)
        raw[f"{name}_kind"] = count.kind if count.value is not None else "unknown"


def _counts(row: GridRow) -> Iterator[tuple[str, Count]]:
    """Read both cells; one that says 参演200人，观摩50人 fills the other when that is empty."""
    found = parse_counts(row["participants"])
    if row["observers"].strip():
        found["observers"] = parse_count(row["observers"])
    yield from found.items()


def save(store: Store, rows: Sequence[CheckedRow], *, actor: Actor, today: date) -> drill_log.Saved:
    """Save good rows in one transaction, with the units they name for the first time."""
    return drill_log.save(store, [row.typed.session for row in rows], actor=actor, today=today)
