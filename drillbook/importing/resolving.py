"""Turns the names in a parsed row into ids of units, plans and planned drills, or says why not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from drillbook.core import validation, vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key, similarity, split_names
from drillbook.importing import register_snapshot as register_state
from drillbook.importing.columns import fields
from drillbook.importing.matching import Matcher, Numbers, host_ids
from drillbook.importing.merging import (
    NOT_COMPARED,
    all_names,
    comparable,
    merged_equipment,
    merged_revisions,
    merged_strength,
    merged_units,
    merged_versions,
    with_kept,
)
from drillbook.importing.parsed_rows import Draft, Remark
from drillbook.importing.plan import (
    NEW,
    Choices,
    FieldChange,
    ImportPlan,
    LinkProposal,
    NewUnit,
    PlannedRow,
    Problem,
)
from drillbook.importing.register_snapshot import RECORD_TYPES, Snapshot
from drillbook.importing.unit_names import UnitMention, guessed_kind
from drillbook.importing.workbook_reader import text_of
from drillbook.records import plans, programmes, sessions, teams, units
from drillbook.records.record_type import Stored

UNNUMBERED = 99_999


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


class Resolver:
    """Compares drafts with the register, one after the other."""

    def __init__(self, plan: ImportPlan, state: Snapshot, choices: Choices) -> None:
        self.plan, self.state, self.choices = plan, state, choices
        self.record_type = RECORD_TYPES[plan.kind]
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
        for name, reason in self.record_type.problems(value, self.plan.today).items():
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
            said["aliases"] = all_names(stored, replace(stored, **said))
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
                said[note] = with_kept(base, draft.kept)
        if all(
            said.get(n, getattr(stored, n)) == getattr(stored, n)
            for n in said
            if n not in NOT_COMPARED
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
            lines: dict[str, Any] = {"units": merged_units(draft.roles, value.units, stored.units)}
            if kind == "sessions":
                known = {line.team_id for line in stored.teams}
                lines["teams"] = stored.teams + tuple(
                    t for t in value.teams if t.team_id not in known
                )
            return lines
        if kind == "plans":
            return {
                "versions": merged_versions(draft.version, stored.versions),
                "revisions": merged_revisions(draft.revision, stored.revisions),
            }
        if kind == "teams":
            return {
                "strength": merged_strength(value.strength, stored.strength),
                "equipment": merged_equipment(value.equipment, stored.equipment),
            }
        return {}

    def _changes(self, before: Any, after: Any) -> tuple[FieldChange, ...]:
        found = []
        for spec in dataclasses.fields(after):
            old, new = getattr(before, spec.name), getattr(after, spec.name)
            if spec.name in NOT_COMPARED or comparable(old) == comparable(new):
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
        note = with_kept(said.pop("note", ""), draft.kept)
        return units.Unit(**said, note=note)

    def _plan(self, draft: Draft) -> plans.Plan:
        said = {"title": ""} | draft.defaults | draft.values | self._unit_fields(draft)
        version = (plans.PlanVersion(**draft.version),) if draft.version else ()
        revisions = (plans.PlanRevision(**draft.revision),) if draft.revision is not None else ()
        note = with_kept(said.pop("note", ""), draft.kept)
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
        note = with_kept("", draft.kept)
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
        summary = with_kept(said.pop("summary", ""), draft.kept)
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
        note = with_kept(said.pop("note", ""), draft.kept)
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


def _unit_ids(value: Any) -> list[str]:
    single = [getattr(value, name, None) for name in ("lead_unit_id", "parent_unit_id")]
    lines = [line.unit_id for line in getattr(value, "units", ())]
    return [unit_id for unit_id in (*single, *lines) if unit_id]
