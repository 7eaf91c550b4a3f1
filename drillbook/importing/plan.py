"""What an import would do, as values: planned rows, new units, problems, the user's choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from drillbook.importing.columns import Kind, SetAside, Table
from drillbook.importing.parsed_rows import Draft

State = Literal["add", "change", "unchanged", "bad"]


Progress = Callable[[int, int], None]


NEW = "new:"
"""A unit that does not exist yet is named by this and its name key."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one cell; ``column`` is the header as the file has it."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a known record: what it is and what it would become, in words."""

    field: str
    before: str
    after: str


@dataclass
class PlannedRow:
    """What would happen with one row of the file."""

    sheet: str
    row: int
    table: int
    state: State
    label: str
    value: Any = None
    record_id: str | None = None
    row_version: int | None = None
    before: Any = None
    year: int | None = None
    changes: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass
class NewUnit:
    """A name that leads to no unit; ``similar`` are (id, name) of units it may mean."""

    key: str
    name: str
    kind: str
    rows: int
    similar: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkProposal:
    """A session that may belong to one of some planned drills: (id, "number. name")."""

    sheet: str
    row: int
    session: str
    options: tuple[tuple[str, str], ...]


@dataclass
class ImportPlan:
    """Everything the user sees before agreeing, and what ``apply`` needs."""

    kind: Kind
    filename: str
    year: int | None
    today: date
    tables: list[Table]
    drafts: list[Draft]
    rows: list[PlannedRow]
    new_units: list[NewUnit]
    links: list[LinkProposal]
    set_aside: list[SetAside]
    notices: list[str]
    revision: int
    changed_mappings: dict[str, Mapping[int, str]] = field(default_factory=dict)
    """header_key → mapping that the user chose; ``apply`` remembers it."""

    @property
    def problems(self) -> list[Problem]:
        """Return why rows are bad."""
        return [problem for row in self.rows for problem in row.problems]

    @property
    def warnings(self) -> list[Problem]:
        """Return what was left empty or kept as text in rows that are good."""
        return [warning for row in self.rows if row.state != "bad" for warning in row.warnings]

    def table_year(self, index: int) -> int | None:
        """Return the year by which the dates of a table are completed."""
        return self.year or _stated_year(table_caption(self.tables[index], self.filename))

    def count(self, state: State) -> int:
        """Return how many rows are in a state."""
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True)
class Choices:
    """What the user decided: names that are known units, sessions that are planned drills.

    ``units``: key of a new unit → id of the unit it is. ``links``: (sheet, row) → planned drill.
    ``left_out``: (sheet, row) of rows not to import.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[tuple[str, int], str] = field(default_factory=dict)
    left_out: frozenset[tuple[str, int]] = frozenset()


def table_caption(table: Table, filename: str) -> str:
    return f"{table.title}\n{table.sheet}\n{filename}"


def _stated_year(caption: str) -> int | None:
    for pattern in (
        r"(20\d\d)\s*年度?[^，。\n]{0,20}?(?:演练|计划|台账|统计|任务)",
        r"(20\d\d)\s*年",
        r"(?<!\d)(20\d\d)(?!\d)",
    ):
        found = re.search(pattern, caption)
        if found:
            return int(found[1])
    return None
