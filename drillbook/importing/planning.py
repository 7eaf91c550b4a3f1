"""Says what an import would do, before anything is written.

``prepare`` only reads. Each row becomes an addition, a change with what it was and what it would
be, one that changes nothing, or a bad row with its reason. Rows are matched to records by what
the office calls them (unit: any of its names; plan: title; planned drill: year and name; session:
day, name and hosts; team: name), so the same file a second time changes nothing. What is only
similar is proposed, never made.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from drillbook.core import validation, vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import (
    name_key,
    similarity,
    split_names,
)
from drillbook.db.store import Store, Transaction
from drillbook.importing import register_snapshot as register_state
from drillbook.importing.columns import (
    Kind,
    SetAside,
    Table,
    fields,
    find_tables,
    guess_kind,
    header_key,
)
from drillbook.importing.parsed_rows import (
    Context,
    Draft,
    Remark,
    read_draft,
)
from drillbook.importing.register_snapshot import REGISTERS, Snapshot
from drillbook.importing.unit_names import UnitMention, guessed_kind
from drillbook.importing.workbook_reader import Sheet, text_of
from drillbook.records import (
    plans,
    programmes,
    sessions,
    teams,
    units,
)
from drillbook.records.record_type import Stored

State = Literal["add", "change", "unchanged", "bad"]
Progress = Callable[[int, int], None]
UNNUMBERED = 99_999
NEW = "new:"
"""A unit that does not exist yet is named by this and its name key."""
SAME_ITEM = 0.6
MAX_NOTE = 4900


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


def prepare(
    store: Store,
    kind: Kind,
    sheets: Sequence[Sheet],
    *,
    today: date,
    filename: str,
    year: int | None = None,
    mapping: Mapping[str, Mapping[int, str]] | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """Return what importing these sheets would do.

    ``year`` completes dates without one and names the programme; ``mapping`` holds, by
    ``header_key``, which column (from 0) is which field where the user changed it;
    ``progress(done, total)`` counts rows read. Raises DrillbookError when no table of this kind
    is found.
    """
    with store.read() as cursor:
        tx = Transaction(cursor, "", "")
        tables, notices = _tables(tx, kind, sheets, mapping or {})
        plan = ImportPlan(
            kind=kind,
            filename=filename,
            year=year,
            today=today,
            tables=tables,
            drafts=[],
            rows=[],
            new_units=[],
            links=[],
            set_aside=[row for table in tables for row in table.set_aside],
            notices=notices,
            revision=store.revision,
            changed_mappings=_changed(tables, mapping or {}),
        )
        plan.drafts = _drafts(plan, register_state.unit_ids(tx), progress or _in_silence)
        resolve(tx, plan, Choices())
    return plan


def _in_silence(_done: int, _total: int) -> None:
    """Tell nobody."""


def resolve(tx: Transaction, plan: ImportPlan, choices: Choices) -> None:
    """Fill in ``rows``, ``new_units`` and ``links`` from the register as ``tx`` sees it."""
    days = [draft.values["held_on"] for draft in plan.drafts if "held_on" in draft.values]
    resolver = Resolver(plan, register_state.take(tx, plan.kind, days), choices)
    plan.rows = resolver.rows()
    plan.new_units = resolver.new_units()
    plan.links = resolver.open_links(plan.rows)


# Tables


def _tables(
    tx: Transaction,
    kind: Kind,
    sheets: Sequence[Sheet],
    mapping: Mapping[str, Mapping[int, str]],
) -> tuple[list[Table], list[str]]:
    notices: list[str] = []
    shown = [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    notices += [
        _("Sheet “{sheet}” is hidden and was left out.").format(sheet=sheet.name)
        for sheet in sheets
        if sheet.hidden and sheet not in shown
    ]
    found = [(sheet, find_tables(sheet, kind)) for sheet in shown]
    if any(not table.missing() for _sheet, some in found for table in some):
        found = _complete(found, notices)
    if len([1 for _sheet, tables in found if tables]) > 1:
        found = _of_this_kind(found, kind, notices)
    tables = [_mapped(tx, table, mapping) for _sheet, some in found for table in some]
    if not tables:
        raise DrillbookError(_no_table(kind), title=_("The file cannot be imported"))
    return tables, notices


def _complete(
    found: list[tuple[Sheet, list[Table]]], notices: list[str]
) -> list[tuple[Sheet, list[Table]]]:
    """Beside tables with all they need, leave out those that lack a column."""
    sentence = _("Sheet “{sheet}” has no column for {columns} and was left out.")
    notices += [
        sentence.format(
            sheet=table.sheet, columns=_(", ").join(item.label() for item in table.missing())
        )
        for _sheet, tables in found
        for table in tables
        if table.missing()
    ]
    return [(sheet, [t for t in tables if not t.missing()]) for sheet, tables in found]


def _of_this_kind(
    found: list[tuple[Sheet, list[Table]]], kind: Kind, notices: list[str]
) -> list[tuple[Sheet, list[Table]]]:
    """Of several sheets leave out those that are tables of another kind."""
    guesses = {sheet.name: guess_kind(sheet) for sheet, tables in found if tables}
    if kind not in guesses.values():
        return found
    other = {name for name, guess in guesses.items() if guess not in (kind, None)}
    notices += [
        _("Sheet “{sheet}” looks like another kind of table and was left out.").format(sheet=name)
        for name in sorted(other)
    ]
    return [(sheet, tables) for sheet, tables in found if sheet.name not in other]


def _no_table(kind: Kind) -> str:
    needed = [item for item in fields(kind).values() if item.is_needed]
    examples = [word for item in needed for word in item.words[:4] if not word.isascii()]
    return _(
        "No table was found whose header names the columns needed: {columns}. The header may be "
        "in any row, with words like {examples}."
    ).format(
        columns=_(", ").join(item.label() for item in needed), examples=_(", ").join(examples[:5])
    )


def _mapped(tx: Transaction, table: Table, mapping: Mapping[str, Mapping[int, str]]) -> Table:
    key = header_key(table)
    if key in mapping:
        return table.with_mapping(mapping[key])
    remembered = tx.one(
        "select mapping_json from import_mapping where header_key = $key", {"key": key}
    )
    if remembered is None:
        return table
    return table.with_mapping(
        {int(c): n for c, n in json.loads(remembered["mapping_json"]).items()}
    )


def _changed(
    tables: list[Table], mapping: Mapping[str, Mapping[int, str]]
) -> dict[str, Mapping[int, str]]:
    return {key: table.mapping for table in tables if (key := header_key(table)) in mapping}


def _drafts(plan: ImportPlan, known_units: Mapping[str, str], progress: Progress) -> list[Draft]:
    drafts: list[Draft] = []
    total = sum(len(table.rows) for table in plan.tables)
    for index, table in enumerate(plan.tables):
        columns = {name: table.columns(name) for name in table.mapping.values()}
        caption = table_caption(table, plan.filename)
        context = Context(plan.table_year(index), plan.today, known_units, columns, caption)
        missing = [item.label() for item in table.missing()]
        for row in table.rows:
            if len(drafts) % 500 == 0:
                progress(len(drafts), total)
            if not missing:
                drafts.append(read_draft(table, index, row, context))
                continue
            reason = _("The table has no column for {columns}. Choose it in the mapping.").format(
                columns=_(", ").join(missing)
            )
            remark = Remark(table.missing()[0].name, "", reason)
            drafts.append(Draft(index, table.sheet, row.number, problems=[remark]))
    return drafts


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


# Rows


# A problem of a record's field belongs to this column of the file, where the names differ.
_COLUMN_OF = {
    "units": "hosts",
    "due_from": "due",
    "due_to": "due",
    "due_text": "due",
    "held_on_raw": "held_on",
    "participants_raw": "participants",
    "lead_unit_id": "lead_unit",
    "parent_unit_id": "parent_unit",
    "lifecycle": "status",
    "versions": "document_number",
    "revisions": "revision_target_on",
    "strength": "members",
    "planned_drill_id": "planned_drill",
    "plan_id": "plan",
}
# Text as written and notes do not make a known record different.
_NOT_COMPARED = {"held_on_raw", "participants_raw", "documented_on_raw", "document_number_raw"}


class Resolver:
    """Compares drafts with the register, one after the other."""

    def __init__(self, plan: ImportPlan, state: Snapshot, choices: Choices) -> None:
        self.plan, self.state, self.choices = plan, state, choices
        self.register = REGISTERS[plan.kind]
        self.unknown: dict[str, NewUnit] = {}
        self.links: list[LinkProposal] = []
        self.seen: dict[Any, int] = {}
        self.claimed: set[str] = set()
        self.numbers = Numbers(state, plan.drafts) if plan.kind == "programme" else None
        self.matcher = Matcher(plan.kind, state)
        self.matcher.named = {name_key(str(d.values.get("name", ""))) for d in plan.drafts}
        self.rows_by_number = [{row.number: row for row in table.rows} for table in plan.tables]
        self.names = state.unit_names | {
            item.id: f"{item.number}. {item.name}"
            for items in state.planned.values()
            for item in items
        }

    def rows(self) -> list[PlannedRow]:
        """Return every draft as a planned row; exact matches claim their records first."""
        made = [(draft, self._value(draft)) for draft in self.plan.drafts]
        wrong = [self._own_problems(draft, value) for draft, value in made]
        matches: dict[int, Stored[Any]] = {}
        for exact in (True, False):
            for index, (draft, value) in enumerate(made):
                if value is None or wrong[index] or index in matches or self._is_left_out(draft):
                    continue
                match = self.matcher.match(value, self.claimed, exact)
                if match:
                    matches[index] = match
                    self.claimed.add(match.id)
        found = []
        for index, (draft, value) in enumerate(made):
            match = matches.get(index)
            if self.numbers and value is not None and not wrong[index]:
                value = replace(value, number=self.numbers.given(draft, match))
            found.append(self._row(draft, value, wrong[index], match))
        return found

    def _is_left_out(self, draft: Draft) -> bool:
        return (draft.sheet, draft.row) in self.choices.left_out

    def _own_problems(self, draft: Draft, value: Any) -> list[Remark]:
        """Return what is wrong with a row whatever the register holds."""
        known = {remark.field for remark in draft.problems}
        more = self._field_problems(draft, value) if value is not None else []
        return draft.problems + [remark for remark in more if remark.field not in known]

    def new_units(self) -> list[NewUnit]:
        """Return the units that good rows name and the register does not know."""
        used: dict[str, int] = {}
        for row in self._good_rows():
            for unit_id in set(_unit_ids(row.value)):
                if unit_id.startswith(NEW):
                    used[unit_id.removeprefix(NEW)] = used.get(unit_id.removeprefix(NEW), 0) + 1
        found = [self.unknown[key] for key in self.unknown if key in used]
        for unit in found:
            unit.rows = used[unit.key]
            unit.similar = tuple(self.state.similar_units(unit.name))
        return found

    def open_links(self, rows: Sequence[PlannedRow]) -> list[LinkProposal]:
        """Return the proposals for good rows that are not linked already."""
        is_open = {
            (row.sheet, row.row)
            for row in rows
            if row.state != "bad" and not getattr(row.value, "planned_drill_id", None)
        }
        return [link for link in self.links if (link.sheet, link.row) in is_open]

    def _good_rows(self) -> list[PlannedRow]:
        return [row for row in self.plan.rows if row.state in ("add", "change")]

    # one row

    def _value(self, draft: Draft) -> Any:
        """Return the draft as a record's value, or None when the row is bad before that."""
        maker: Callable[[Draft], Any] = {
            "units": self._unit,
            "plans": self._plan,
            "programme": self._planned_drill,
            "sessions": self._session,
            "teams": self._team,
        }[self.plan.kind]
        try:
            return validation.cleaned(maker(draft))
        except _NotEnough:
            return None

    def _row(
        self, draft: Draft, value: Any, problems: list[Remark], match: Stored[Any] | None
    ) -> PlannedRow:
        label = str(getattr(value, "name", getattr(value, "title", "")) or "")[:100]
        row = PlannedRow(draft.sheet, draft.row, draft.table, "bad", label, value, year=draft.year)
        if self._is_left_out(draft):
            row.state = "unchanged"
            return row
        row.warnings = tuple(self._problem(draft, remark) for remark in draft.warnings)
        if value is not None and not problems:
            double = self._double(draft, value, match)
            match = match or self.matcher.match_void(value)
            value = self._merged(draft, value, match) if match else value
            problems = double or (self._field_problems(draft, value) if match else [])
        if problems or value is None:
            row.problems = tuple(self._problem(draft, remark) for remark in problems)
            return row
        row.value = value
        if getattr(value, "planned_drill_id", None):
            linked = {"planned_drill", "in_programme"}
            remarks = (remark for remark in draft.warnings if remark.field not in linked)
            row.warnings = tuple(self._problem(draft, remark) for remark in remarks)
        if match is None:
            row.state = "add"
            row.warnings += tuple(self._problem(draft, r) for r in self._alike(draft, value))
            return row
        row.record_id, row.row_version, row.before = match.id, match.row_version, match.value
        row.changes = () if match.is_void else self._changes(match.value, value)
        row.state = "change" if row.changes else "unchanged"
        if match.is_void:
            voided = _("This record was voided in the register and is left so; restore it there.")
            row.warnings += (self._problem(draft, Remark("name", "", voided)),)
        return row

    def _field_problems(self, draft: Draft, value: Any) -> list[Remark]:
        found = []
        for name, reason in self.register.problems(value, self.plan.today).items():
            column = _COLUMN_OF.get(name, name)
            found.append(Remark(column, self._cell_text(draft, column), reason))
        return found

    def _alike(self, draft: Draft, value: Any) -> list[Remark]:
        """Point out a known session or unit that the new one may be; the user decides."""
        names: list[str] = []
        if self.plan.kind == "sessions":
            hosts, key = host_ids(value), name_key(value.name)
            names = [
                stored.value.name
                for stored in self.matcher.by_day.get(value.held_on, [])
                if host_ids(stored.value) & hosts
                and similarity(key, name_key(stored.value.name)) >= sessions.ALIKE
            ]
        elif self.plan.kind == "units":
            names = [name for _id, name in self.state.similar_units(value.name)]
        if not names:
            return []
        reason = _("Looks like “{name}”, which is in the register. Leave the row out if it is.")
        text = self._cell_text(draft, "name")
        return [Remark("name", text, reason.format(name=names[0]))]

    def _double(self, draft: Draft, value: Any, match: Stored[Any] | None) -> list[Remark]:
        """Find a row that says the same as one above it, or names a record named there."""
        keys = self.matcher.own_keys(value) + ([("id", match.id)] if match else [])
        before = [self.seen.setdefault(key, draft.row) for key in keys]
        above = [row for row in before if row != draft.row]
        if not above:
            return self._two_units(draft, value, match)
        reason = _("The same as row {row}; this one was left out.").format(row=above[0])
        name = "title" if self.plan.kind == "plans" else "name"
        return [Remark(name, self._cell_text(draft, name), reason)]

    def _two_units(self, draft: Draft, value: Any, match: Stored[Any] | None) -> list[Remark]:
        if self.plan.kind != "units":
            return []
        ids = {self.state.unit_ids.get(name_key(name)) for name in value.names()} - {None}
        ids -= {match.id if match else None}
        if not ids:
            return []
        reason = _("Its names already belong to another unit: {name}.").format(
            name=_(", ").join(self.state.unit_names[str(i)] for i in ids)
        )
        return [Remark("name", value.name, reason)]

    def _cell_text(self, draft: Draft, name: str) -> str:
        columns = self.plan.tables[draft.table].columns(name)
        row = self.rows_by_number[draft.table].get(draft.row)
        return text_of(row.cells[columns[0]])[:200] if row and columns else ""

    def _problem(self, draft: Draft, remark: Remark) -> Problem:
        table = self.plan.tables[draft.table]
        columns = table.columns(remark.field)
        known = fields(self.plan.kind).get(remark.field)
        header = table.headers[columns[0]] if columns else known.label() if known else ""
        return Problem(draft.sheet, draft.row, header, remark.value[:200], remark.reason)

    # changes

    def _merged(self, draft: Draft, value: Any, match: Stored[Any]) -> Any:
        """Return the stored value with what the row says; blank cells never empty a field."""
        stored = match.value
        said = {name: getattr(value, name) for name in draft.values if hasattr(value, name)}
        for name in ("cancelled_on", "postponed_on"):
            if name in draft.defaults and getattr(stored, name) is None:
                said[name] = draft.defaults[name]
        for name in ("name", "title"):
            if name in said and self._is_same_name(stored, str(said[name])):
                del said[name]
        if self.plan.kind == "units":
            for name in ("name", "short_name"):
                # A name with a list mark in it cannot become one alias, so it stays.
                if len(split_names(getattr(stored, name))) > 1:
                    said.pop(name, None)
            said["aliases"] = _all_names(stored, replace(stored, **said))
        said |= self._merged_lines(draft, value, stored)
        for name in (*draft.unit_fields, "plan_id", "planned_drill_id", "number", "programme_id"):
            new = getattr(value, name, None)
            if new is not None:
                said[name] = new
        if draft.in_programme is False and hasattr(stored, "planned_drill_id"):
            said["planned_drill_id"] = None
        for note in ("note", "summary"):
            if (
                hasattr(stored, note)
                and draft.kept
                and not (note == "note" and "note" in draft.values)
            ):
                base = (
                    said.get(note, getattr(stored, note))
                    if note in draft.values
                    else getattr(stored, note)
                )
                said[note] = _with_kept(base, draft.kept)
        if all(
            said.get(n, getattr(stored, n)) == getattr(stored, n)
            for n in said
            if n not in _NOT_COMPARED
        ):
            return stored
        return validation.cleaned(replace(stored, **said))

    def _is_same_name(self, stored: Any, name: str) -> bool:
        """Say whether another spelling, or an alias, leads to the record: then its name stays."""
        if self.plan.kind == "units":
            return name_key(name) in {name_key(known) for known in stored.names()}
        return name_key(name) == name_key(getattr(stored, "name", getattr(stored, "title", "")))

    def _merged_lines(self, draft: Draft, value: Any, stored: Any) -> dict[str, Any]:
        kind = self.plan.kind
        if kind in ("programme", "sessions"):
            lines: dict[str, Any] = {"units": _merged_units(draft.roles, value.units, stored.units)}
            if kind == "sessions":
                known = {line.team_id for line in stored.teams}
                lines["teams"] = stored.teams + tuple(
                    t for t in value.teams if t.team_id not in known
                )
            return lines
        if kind == "plans":
            return {
                "versions": _merged_versions(draft.version, stored.versions),
                "revisions": _merged_revisions(draft.revision, stored.revisions),
            }
        if kind == "teams":
            return {
                "strength": _merged_strength(value.strength, stored.strength),
                "equipment": _merged_equipment(value.equipment, stored.equipment),
            }
        return {}

    def _changes(self, before: Any, after: Any) -> tuple[FieldChange, ...]:
        found = []
        for spec in dataclasses.fields(after):
            old, new = getattr(before, spec.name), getattr(after, spec.name)
            if spec.name in _NOT_COMPARED or _comparable(old) == _comparable(new):
                continue
            label = fields(self.plan.kind).get(_COLUMN_OF.get(spec.name, spec.name))
            found.append(
                FieldChange(
                    label.label() if label else spec.name,
                    self._shown(spec.name, old),
                    self._shown(spec.name, new),
                )
            )
        return tuple(found)

    def _shown(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, tuple):
            return "；".join(self._line_shown(line) for line in value)
        if name.endswith("_id") or name == "id":
            return self._named(str(value))
        vocabulary_of = {"category": "plan_category", "lifecycle": "plan_status"}
        kind = vocabulary_of.get(name, name)
        if kind == "kind":
            kind = "team_kind" if self.plan.kind == "teams" else "unit_kind"
        return vocabulary.label(kind, value) if kind in vocabulary.kinds() else str(value)

    def _line_shown(self, line: Any) -> str:
        if hasattr(line, "unit_id"):
            duty = f"：{line.duty}" if line.duty else ""
            return f"{vocabulary.label('role', line.role)} {self._named(line.unit_id)}{duty}"
        if hasattr(line, "team_id"):
            return self._named(line.team_id)
        values = (getattr(line, spec.name) for spec in dataclasses.fields(line))
        return " ".join(str(value) for value in values if value not in (None, ""))

    def _named(self, record_id: str) -> str:
        if record_id.startswith(NEW):
            return self.unknown[record_id.removeprefix(NEW)].name
        return self.names.get(record_id, record_id)

    # values of each kind

    def _unit(self, draft: Draft) -> units.Unit:
        said = {"name": ""} | draft.defaults | draft.values
        note = _with_kept(said.pop("note", ""), draft.kept)
        return units.Unit(**said, note=note)

    def _plan(self, draft: Draft) -> plans.Plan:
        said = {"title": ""} | draft.defaults | draft.values | self._unit_fields(draft)
        version = (plans.PlanVersion(**draft.version),) if draft.version else ()
        revisions = (plans.PlanRevision(**draft.revision),) if draft.revision is not None else ()
        note = _with_kept(said.pop("note", ""), draft.kept)
        return plans.Plan(**said, note=note, versions=version, revisions=revisions)

    def _planned_drill(self, draft: Draft) -> programmes.PlannedDrill:
        if draft.year is None:
            reason = _("It is not clear which year's programme this is. Give the year.")
            draft.problems = [Remark("year", "", reason)]
            raise _NotEnough
        made = programmes.Programme(draft.year, title="-")
        reasons = programmes.programme_problems(made, self.plan.today)
        if reasons:
            draft.problems = [Remark("year", str(draft.year), next(iter(reasons.values())))]
            raise _NotEnough
        if draft.year in self.state.void_years:
            reason = _("The programme of {year} was voided. Restore it first.").format(
                year=draft.year
            )
            draft.problems = [Remark("year", str(draft.year), reason)]
            raise _NotEnough
        assert self.numbers is not None
        said = {"name": ""} | draft.defaults | draft.values
        plan_id = self._plan_id(draft)
        note = _with_kept("", draft.kept)
        return programmes.PlannedDrill(
            programme_id=self.state.programmes.get(draft.year, f"{NEW}{draft.year}"),
            number=self.numbers.wanted(draft) or UNNUMBERED,
            plan_id=plan_id,
            note=note,
            units=self._unit_lines(draft, programmes.PlannedDrillUnit),
            **said,
        )

    def _session(self, draft: Draft) -> sessions.Session:
        if "held_on" not in draft.values:
            raise _NotEnough
        said = {"name": ""} | draft.defaults | draft.values
        if said.get("participants") is not None:
            said.setdefault("participants_kind", "exact")
        unit_lines = self._unit_lines(draft, sessions.SessionUnit)
        team_lines = self._team_lines(draft)
        plan_id = self._plan_id(draft)
        summary = _with_kept(said.pop("summary", ""), draft.kept)
        return sessions.Session(
            plan_id=plan_id,
            planned_drill_id=self._planned_drill_id(draft, unit_lines),
            units=unit_lines,
            teams=team_lines,
            summary=summary,
            **said,
        )

    def _team(self, draft: Draft) -> teams.Team:
        said = {"name": ""} | draft.defaults | draft.values | self._unit_fields(draft)
        equipment = tuple(teams.TeamEquipment(**line) for line in said.pop("equipment", ()))
        note = _with_kept(said.pop("note", ""), draft.kept)
        strength: tuple[teams.TeamStrength, ...] = ()
        if draft.members is not None:
            day = min(draft.counted_on or self.plan.today, self.plan.today)
            strength = (teams.TeamStrength(day, draft.members),)
        return teams.Team(**said, note=note, strength=strength, equipment=equipment)

    # references

    def _unit_id(self, name: str) -> str:
        key = name_key(name)
        known = self.state.unit_ids.get(key) or self.choices.units.get(key)
        if known:
            return known
        self.unknown.setdefault(key, NewUnit(key, name, guessed_kind(name), 0))
        return f"{NEW}{key}"

    def _unit_fields(self, draft: Draft) -> dict[str, str]:
        return {column: self._unit_id(name) for column, name in draft.unit_fields.items() if name}

    def _unit_lines(self, draft: Draft, line: Callable[..., Any]) -> tuple[Any, ...]:
        merged: dict[tuple[str, str], UnitMention] = {}
        for unit in draft.units:
            key = (self._unit_id(unit.name), unit.role)
            before = merged.get(key)
            if before and before.duty and unit.duty not in before.duty:
                unit = replace(unit, duty=f"{before.duty}；{unit.duty}")
            merged[key] = unit
        return tuple(
            line(unit_id=unit_id, role=role, duty=unit.duty, position=position)
            for position, ((unit_id, role), unit) in enumerate(merged.items())
        )

    def _team_lines(self, draft: Draft) -> tuple[sessions.SessionTeam, ...]:
        found: dict[str, None] = {}
        for name in draft.teams:
            team_id = self.state.team_ids.get(name_key(name))
            if team_id:
                found[team_id] = None
            else:
                self._not_found(
                    draft,
                    "teams",
                    name,
                    _("No team “{name}” is in the register; it is kept as text."),
                )
        return tuple(sessions.SessionTeam(team_id) for team_id in found)

    def _plan_id(self, draft: Draft) -> str | None:
        if not draft.plan:
            return None
        found = self.state.plan_ids.get(name_key(draft.plan))
        if found is None:
            self._not_found(
                draft,
                "plan",
                draft.plan,
                _("No plan “{name}” is in the register; it is kept as text."),
            )
        return found

    def _not_found(self, draft: Draft, name: str, text: str, sentence: str) -> None:
        remark = Remark(name, text, sentence.format(name=text[:60]))
        kept = f"{fields(self.plan.kind)[name].zh}：{text[:500]}"
        draft.warnings[:] = [w for w in draft.warnings if (w.field, w.value) != (name, text)] + [
            remark
        ]
        if kept not in draft.kept:
            draft.kept.append(kept)

    def _planned_drill_id(self, draft: Draft, unit_lines: tuple[Any, ...]) -> str | None:
        chosen = self.choices.links.get((draft.sheet, draft.row))
        if chosen or draft.in_programme is False:
            return chosen
        year = draft.values["held_on"].year
        hosts = {line.unit_id for line in unit_lines if line.role == "host"}
        found = self._exact_planned(draft, year, hosts)
        if found:
            return found.id
        name = draft.planned_drill or draft.values.get("name", "")
        options = self.state.similar_planned(name, year)
        if options:
            shown = tuple((item.id, f"{item.number}. {item.name}") for item in options)
            self.links.append(
                LinkProposal(draft.sheet, draft.row, draft.values.get("name", ""), shown)
            )
        if draft.in_programme or draft.planned_drill:
            column = "planned_drill" if draft.planned_drill else "in_programme"
            reason = _(
                "No planned drill “{name}” is in the programme of {year}; "
                "the session is not linked."
            )
            remark = Remark(
                column, draft.planned_drill or _("yes"), reason.format(name=name[:60], year=year)
            )
            draft.warnings[:] = [w for w in draft.warnings if w.field != column] + [remark]
        return None

    def _exact_planned(
        self, draft: Draft, year: int, hosts: set[str]
    ) -> register_state.PlannedItem | None:
        items = self.state.planned.get(year, [])
        if draft.planned_number is not None:
            by_number = [item for item in items if item.number == draft.planned_number]
            if len(by_number) == 1:
                return by_number[0]
        name = draft.planned_drill or draft.values.get("name", "")
        numbered = re.match(r"^\s*(\d{1,4})\s*[.、．]?\s*(.*)$", draft.planned_drill)
        keys = {name_key(name), name_key(numbered[2])} if numbered else {name_key(name)}
        same = [item for item in items if item.name_key in keys]
        if numbered and not numbered[2]:
            same = [item for item in items if item.number == int(numbered[1])]
        if len(same) > 1:
            same = [item for item in same if item.hosts & hosts]
        return same[0] if len(same) == 1 else None


class _NotEnough(Exception):
    """The row is bad before a value can be made of it; its draft says why."""


class Numbers:
    """The numbers of a programme's items: the file's own where they can be trusted and are free."""

    def __init__(self, state: Snapshot, drafts: Sequence[Draft]) -> None:
        self.taken = {
            year: {item.number for item in items} for year, items in state.planned.items()
        }
        said = [(draft.year, draft.planned_number) for draft in drafts if draft.planned_number]
        # Numbering that starts again under each heading numbers nothing.
        self.trusted = len(set(said)) == len(said)
        self.said = {number for _year, number in said if number} if self.trusted else set()

    def wanted(self, draft: Draft) -> int | None:
        """Return the number the row gives itself, if the file's numbers mean anything."""
        return draft.planned_number if self.trusted else None

    def given(self, draft: Draft, stored: Stored[Any] | None) -> int:
        """Return the number of a row: its own if it is free, else its record's or the next."""
        taken = self.taken.setdefault(draft.year or 0, set())
        wanted = self.wanted(draft)
        if wanted and wanted not in taken:
            number = wanted
        elif stored is not None:
            return int(stored.value.number)
        else:
            number = max([0, *taken, *self.said]) + 1
        taken.add(number)
        return number


class Matcher:
    """Finds the record a row speaks of: first what agrees in everything, then by its key."""

    def __init__(self, kind: Kind, state: Snapshot) -> None:
        self.kind, self.state = kind, state
        self.named: set[str] = set()
        """Names of the file: an item that another row names was not renamed."""
        self.live: dict[Any, list[Stored[Any]]] = {}
        self.void: dict[Any, list[Stored[Any]]] = {}
        for stored in state.stored:
            index = self.void if stored.is_void else self.live
            for key in self._keys(stored.value):
                index.setdefault(key, []).append(stored)
        self.by_id = {stored.id: stored for stored in state.stored}
        self.by_day: dict[date, list[Stored[Any]]] = {}
        for stored in state.stored if kind == "sessions" else ():
            if not stored.is_void:
                self.by_day.setdefault(stored.value.held_on, []).append(stored)

    def match(self, value: Any, claimed: set[str], exact: bool) -> Stored[Any] | None:
        """Return the live record a row speaks of; ``exact`` asks that it agrees in detail too."""
        if self.kind == "units":
            return self._unit(value)
        found = self._candidates(self.live, value)
        found = [stored for stored in found if stored.id not in claimed]
        agreeing = [s for s in found if self._detail(s.value) == self._detail(value)]
        if agreeing:
            return agreeing[0]
        if exact:
            return None
        if self.kind == "programme" and not found:
            found = self._same_number(value, claimed)
        return found[0] if len(found) == 1 else None

    def match_void(self, value: Any) -> Stored[Any] | None:
        """Return a voided record of the same name: it is left voided, not made a second time."""
        found = self._candidates(self.void, value)
        return found[0] if found else None

    def own_keys(self, value: Any) -> list[Any]:
        """Return what no second row of the same file may say again."""
        if self.kind == "units":
            return [key for name in value.names() if (key := name_key(name))]
        return [(self._keys(value)[0], self._detail(value))]

    def _unit(self, value: units.Unit) -> Stored[Any] | None:
        ids = {self.state.unit_ids.get(name_key(name)) for name in value.names()} - {None}
        return self.by_id.get(str(ids.pop())) if len(ids) == 1 else None

    def _candidates(self, index: dict[Any, list[Stored[Any]]], value: Any) -> list[Stored[Any]]:
        found = index.get(self._keys(value)[0], [])
        if self.kind == "sessions" and not found and not host_ids(value):
            found = index.get(self._keys(value)[-1], [])
        return found

    def _same_number(self, value: Any, claimed: set[str]) -> list[Stored[Any]]:
        key = name_key(value.name)
        return [
            stored
            for stored in self.by_id.values()
            if not stored.is_void
            and stored.id not in claimed
            and stored.value.programme_id == value.programme_id
            and stored.value.number == value.number
            and name_key(stored.value.name) not in self.named
            and similarity(key, name_key(stored.value.name)) >= SAME_ITEM
        ]

    def _keys(self, value: Any) -> list[Any]:
        """Return the keys a value is found by, the strictest first."""
        if self.kind == "plans":
            return [name_key(value.title)]
        if self.kind == "programme":
            return [(value.programme_id, name_key(value.name))]
        if self.kind == "sessions":
            day = (value.held_on, value.held_on_precision, name_key(value.name))
            return [(*day, host_ids(value)), day]
        return [name_key(value.name)]

    def _detail(self, value: Any) -> Any:
        """Return what tells two records with the same key apart."""
        if self.kind == "programme":
            return (host_ids(value), name_key(value.due_text))
        if self.kind == "sessions":
            return (name_key(value.place), value.starts_at)
        return None


def host_ids(value: Any) -> frozenset[str]:
    return frozenset(line.unit_id for line in value.units if line.role == "host")


def _unit_ids(value: Any) -> list[str]:
    single = [getattr(value, name, None) for name in ("lead_unit_id", "parent_unit_id")]
    lines = [line.unit_id for line in getattr(value, "units", ())]
    return [unit_id for unit_id in (*single, *lines) if unit_id]


def _with_kept(text: str, kept: Sequence[str]) -> str:
    """Add each kept text once; what is there already is not added again."""
    missing = [part for part in kept if part.strip() and part.strip() not in text]
    return "\n".join(part for part in (text, *missing) if part)[:MAX_NOTE]


def _comparable(value: Any) -> Any:
    """Return lines without order and without the texts as written."""
    if not isinstance(value, tuple):
        return value
    return sorted(
        repr(
            [
                (s.name, getattr(line, s.name))
                for s in dataclasses.fields(line)
                if s.name not in _NOT_COMPARED | {"position"}
            ]
        )
        for line in value
    )


def _all_names(stored: units.Unit, said: units.Unit) -> str:
    """Return the aliases by which a renamed unit is still found under every name it had."""
    new = {name_key(said.name), name_key(said.short_name)}
    names = [*split_names(stored.aliases), *split_names(said.aliases), *stored.names()]
    unique = {name_key(name): name for name in reversed(names) if name_key(name) not in new}
    aliases = "\n".join(reversed(unique.values()))
    known = {name_key(name) for name in split_names(stored.aliases)}
    return aliases if set(unique) - known else stored.aliases


def _merged_units(
    roles: set[str], said: tuple[Any, ...], stored: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Replace the lines of the roles the table has columns for; a duty once known stays."""
    known = {(line.unit_id, line.role): line for line in stored}
    kept = [line for line in stored if line.role not in roles | {new.role for new in said}]
    lines = []
    for line in said:
        before = known.get((line.unit_id, line.role))
        if before is None:
            lines.append(line)
        else:
            lines.append(replace(before, duty=line.duty or before.duty))
    merged = tuple(replace(line, position=place) for place, line in enumerate([*lines, *kept]))
    return stored if _comparable(merged) == _comparable(stored) else merged


def _merged_versions(said: Mapping[str, Any], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    """Complete the version with this 文号; another 文号 is a newer version."""
    if not said:
        return stored
    number = name_key(str(said.get("document_number", "")))
    ordered = sorted(stored, key=lambda version: version.version_number)
    same = [v for v in ordered if not number or name_key(v.document_number) in ("", number)]
    exact = [v for v in same if number and name_key(v.document_number) == number]
    target = (exact or same)[-1] if same else None
    if target is None:
        latest = ordered[-1].version_number if ordered else 0
        return (*stored, plans.PlanVersion(version_number=latest + 1, **said))
    changed = {k: v for k, v in said.items() if k not in _NOT_COMPARED and getattr(target, k) != v}
    if not changed:
        return stored
    return tuple(replace(v, **said) if v is target else v for v in stored)


def _merged_revisions(said: Mapping[str, Any] | None, stored: tuple[Any, ...]) -> tuple[Any, ...]:
    if said is None:
        return stored
    is_open = [revision for revision in stored if revision.completed_on is None]
    if not is_open:
        return (*stored, plans.PlanRevision(**said))
    return tuple(replace(r, **said) if r is is_open[0] else r for r in stored)


def _merged_strength(said: tuple[Any, ...], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add a count that differs from the latest one; a count of the same day is replaced."""
    if not said:
        return stored
    latest = max(stored, key=lambda line: line.counted_on, default=None)
    if any(line == said[0] for line in stored) or (latest and latest.members == said[0].members):
        return stored
    return (*(line for line in stored if line.counted_on != said[0].counted_on), said[0])


def _merged_equipment(said: tuple[Any, ...], stored: tuple[Any, ...]) -> tuple[Any, ...]:
    known = {line.item: line for line in stored}
    for line in said:
        before = known.get(line.item)
        known[line.item] = (
            replace(
                before,
                quantity=line.quantity,
                unit_of_count=line.unit_of_count or before.unit_of_count,
            )
            if before
            else line
        )
    merged = tuple(known.values())
    return stored if _comparable(merged) == _comparable(stored) else merged
