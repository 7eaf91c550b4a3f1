"""Turns a table's rows into drafts: typed values, names of units and plans, and what is wrong.

A draft holds only what the row says; it knows nothing of the register. What cannot be right
(2023-02-30, −5 people) makes the row bad; what is merely not understood is a warning, stays empty
and keeps its text in the note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from drillbook.core import vocabulary
from drillbook.core.document_numbers import parse_document_number
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import split_names
from drillbook.importing import classifications
from drillbook.importing.columns import Kind, Table, TableRow, fields
from drillbook.importing.dates import FuzzyDate, parse_date, parse_time
from drillbook.importing.head_counts import Count, parse_count, parse_counts
from drillbook.importing.numerals import plain, value_of, with_digits
from drillbook.importing.unit_names import UnitMention, guessed_kind, looks_like_unit, split_units
from drillbook.importing.workbook_reader import Cell, text_of

LONGEST_KEPT = 4000


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one field of one row."""

    field: str
    value: str
    reason: str


@dataclass
class Draft:
    """What one row says, before the register is asked."""

    table: int
    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    """Values for a new record only; they never change what the register holds."""
    units: list[UnitMention] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    """The roles the table has a column for: only these lines of a stored record are replaced."""
    unit_fields: dict[str, str] = field(default_factory=dict)
    plan: str = ""
    planned_drill: str = ""
    planned_number: int | None = None
    in_programme: bool | None = None
    year: int | None = None
    teams: list[str] = field(default_factory=list)
    version: dict[str, Any] = field(default_factory=dict)
    revision: dict[str, Any] | None = None
    members: int | None = None
    counted_on: date | None = None
    kept: list[str] = field(default_factory=list)
    """Text without a field of its own; it goes into the note once."""
    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What a table is read with: the year of its dates, the names that are units, the day."""

    year: int | None
    today: date
    known_units: Mapping[str, str]
    columns: Mapping[str, Sequence[int]]
    """Field → its columns in the table."""
    caption: str
    """Everything that stands around the table: title, sheet name, file name."""


class _Reader:
    """One row with its columns by field."""

    def __init__(self, table: Table, index: int, row: TableRow, context: Context) -> None:
        self.table, self.row, self.context = table, row, context
        self.draft = Draft(index, table.sheet, row.number)

    def has(self, name: str) -> bool:
        return name in self.context.columns

    def cell(self, name: str) -> Cell:
        """Return the first filled cell of a field; a shared one counts, except for numbers."""
        cells = (self.row.cells[column] for column in self.context.columns.get(name, ()))
        return next((cell for cell in cells if text_of(cell)), None)

    def text(self, name: str) -> str:
        return text_of(self.cell(name))

    def fail(self, name: str, reason: str) -> None:
        self.draft.problems.append(Remark(name, self.text(name), reason))

    def warn(self, name: str, reason: str) -> None:
        if reason:
            self.draft.warnings.append(Remark(name, self.text(name), reason))

    def keep(self, name: str, text: str) -> None:
        """Keep text that has no field of its own in the note, under the column's name."""
        if text:
            label = fields(self.table.kind)[name].zh
            self.draft.kept.append(f"{label}：{text[:LONGEST_KEPT]}")

    def take(self, *names: str) -> None:
        """Copy texts as they are."""
        for name in names:
            if self.text(name):
                self.draft.values[name] = self.text(name)

    def date(self, name: str, target: dict[str, Any], column: str = "") -> FuzzyDate:
        """Read a plain date into ``target``; an impossible one fails, an unclear one is kept."""
        found = parse_date(self.cell(name), self.context.year)
        if found.is_impossible:
            self.fail(name, found.problem)
        elif found.problem:
            self.warn(name, found.problem)
            self.keep(name, found.raw)
        elif found.start:
            target[column or name] = found.start
            if found.precision != "day":
                self.warn(
                    name,
                    _("“{text}” is kept as {day}.").format(text=found.raw[:60], day=found.start),
                )
        return found

    def choice(
        self, name: str, kind: str, target: dict[str, Any], parent: str | None = None
    ) -> None:
        found = classifications.choose(kind, self.cell(name), parent)
        if found.code:
            target[name] = found.code
        elif found.note:
            self.warn(name, found.note)
            self.keep(name, found.raw)

    def count(self, name: str, found: Count | None = None) -> Count:
        """Read a head count; one that is merged over several rows counts in the first only."""
        if self.row.shared & set(self.context.columns.get(name, ())):
            self.warn(
                name, _("The number is merged over several rows; it counts in the first only.")
            )
            return Count("")
        found = found or parse_count(self.cell(name))
        if found.problem:
            self.fail(name, found.problem)
        return found


def read_draft(table: Table, index: int, row: TableRow, context: Context) -> Draft:
    """Return the draft of one row; ``index`` is the table's place in the import."""
    reader = _Reader(table, index, row, context)
    READERS[table.kind](reader)
    for item in fields(table.kind).values():
        if (
            item.is_needed
            and not reader.text(item.name)
            and item.name not in _answered(reader.draft)
        ):
            reader.fail(item.name, _("Please fill this in."))
    return reader.draft


def _answered(draft: Draft) -> set[str]:
    return set(draft.values) | {remark.field for remark in draft.problems}


# Units


def _read_unit(reader: _Reader) -> None:
    draft = reader.draft
    reader.take("name", "short_name", "contact_name", "contact_phone", "note")
    if reader.text("aliases"):
        draft.values["aliases"] = "\n".join(split_names(reader.text("aliases")))
    draft.defaults["kind"] = guessed_kind(reader.text("name"))
    reader.choice("kind", "unit_kind", draft.values)
    for name in ("is_high_risk", "is_crowded"):
        said = classifications.yes_or_no(reader.cell(name))
        if said is not None:
            draft.values[name] = said
        elif reader.text(name) not in classifications.EMPTY:
            reader.warn(name, _("Write yes or no here."))


# Plans


def _read_plan(reader: _Reader) -> None:
    draft = reader.draft
    title = reader.text("title").strip("《》〈〉 ")
    if title:
        draft.values["title"] = title
    reader.take("note")
    draft.defaults["category"] = _category_of(title)
    reader.choice("category", "plan_category", draft.values)
    draft.defaults["document_kind"] = classifications.choose("document_kind", title).code or "plan"
    reader.choice("document_kind", "document_kind", draft.values)
    _read_class_and_hazard(reader, title)
    if reader.text("lead_unit"):
        draft.unit_fields["lead_unit_id"] = _first_unit(reader, "lead_unit")
    _read_status(reader)
    _read_version(reader)


def _category_of(title: str) -> str:
    if "总体" in title:
        return "overall"
    return "township" if re.match(r"^[^市县区]{0,12}?(?:镇|乡|街道)(?!业)", title) else "special"


def _read_status(reader: _Reader) -> None:
    draft = reader.draft
    found = classifications.choose("plan_status", reader.cell("status"))
    if found.note:
        reader.warn("status", found.note)
        reader.keep("status", found.raw)
    if found.code:
        draft.values["lifecycle"] = "in_force" if found.code == "under_revision" else found.code
    reader.date("repealed_on", draft.values)
    if found.code == "under_revision":
        draft.revision = {}
        target = parse_date(reader.cell("revision_target_on"), reader.context.year)
        if target.is_impossible:
            reader.fail("revision_target_on", target.problem)
        elif target.end:
            draft.revision["target_on"] = target.end


def _read_version(reader: _Reader) -> None:
    version = reader.draft.version
    number = parse_document_number(text_of(reader.cell("document_number")))
    if number.text:
        version["document_number"] = number.text
        version["document_number_raw"] = number.raw
    for name in ("issuing_unit", "supersedes"):
        if reader.text(name) not in classifications.EMPTY:
            version[name] = reader.text(name)
    for name in ("documented_on", "issued_on", "effective_on", "filed_on", "published_on"):
        found = reader.date(name, version)
        if name == "documented_on" and found.raw:
            version["documented_on_raw"] = found.raw


# Programme


def _read_planned_drill(reader: _Reader) -> None:
    draft = reader.draft
    reader.take("name", "place")
    _read_programme_year(reader)
    draft.planned_number = _whole(reader.text("number"))
    _read_class_and_hazard(reader, reader.text("name"))
    _read_drill_kind(reader)
    _read_due(reader)
    _read_targets(reader)
    _read_units(reader)
    _read_planned_status(reader)
    draft.plan = reader.text("plan").strip("《》")
    reader.keep("scenario", reader.text("scenario"))
    reader.keep("note", reader.text("note"))


def _read_programme_year(reader: _Reader) -> None:
    stated = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", reader.text("year"))
    reader.draft.year = int(stated[0]) if stated else reader.context.year
    if reader.text("year") and not stated:
        reader.fail("year", _("Write the year with four digits, like 2023."))


def _read_due(reader: _Reader) -> None:
    draft = reader.draft
    found = parse_date(reader.cell("due"), draft.year)
    if found.raw:
        draft.values["due_text"] = found.raw
    if found.is_impossible:
        reader.fail("due", found.problem)
    elif found.problem:
        reader.warn("due", found.problem + " " + _("It is kept as text."))
    elif found.end:
        draft.values |= {"due_from": found.start, "due_to": found.end}
        if found.times and found.times > 1:
            draft.defaults["target_sessions"] = found.times


def _read_targets(reader: _Reader) -> None:
    draft = reader.draft
    text = plain(reader.text("target_sessions"))
    number = re.match(r"^(\d{1,5})(?:\.0)?(?:场次?|次|期|批)?$", with_digits(text, "场|次|期|批|$"))
    recurring = parse_date(reader.cell("target_sessions"), draft.year).times
    if number:
        draft.values["target_sessions"] = int(number[1])
    elif recurring:
        draft.values["target_sessions"] = recurring
    elif text not in classifications.EMPTY:
        reader.fail("target_sessions", _("Write a number of sessions, 1 or more."))
    found = reader.count("target_participants")
    if found.value is not None:
        sessions = draft.values.get("target_sessions") or draft.defaults.get("target_sessions", 1)
        draft.values["target_participants"] = found.value * (sessions if found.per_session else 1)
    if found.raw and found.raw != str(found.value):
        reader.keep("target_participants", found.raw)


def _read_planned_status(reader: _Reader) -> None:
    code = classifications.choose("planned_status", reader.cell("status")).code
    column = {"cancelled": "cancelled_on", "postponed": "postponed_on"}.get(code or "")
    if column:
        # The table says that, not when: the day of import stands for it, and is not moved later.
        reader.draft.defaults[column] = reader.context.today
        reader.draft.values["status_reason"] = reader.text("status")


def _whole(text: str) -> int | None:
    text = re.sub(r"^第|[号项.、)）]+$", "", plain(text)).strip("(")
    number = value_of(text) if text and not text.isdigit() else None
    if text.isdecimal() and len(text) < 6:
        number = int(text)
    return number if number and 0 < number < 100_000 else None


# Sessions


def _read_session(reader: _Reader) -> None:
    draft = reader.draft
    reader.take("name", "place", "weather")
    _read_held_on(reader)
    _read_head_counts(reader)
    _read_class_and_hazard(reader, reader.text("name"))
    _read_drill_kind(reader)
    _read_units(reader)
    draft.plan = reader.text("plan").strip("《》")
    draft.planned_drill = reader.text("planned_drill")
    draft.planned_number = _whole(reader.text("planned_number"))
    draft.in_programme = classifications.yes_or_no(reader.cell("in_programme"))
    if draft.in_programme is None and reader.text("in_programme") not in classifications.EMPTY:
        reader.warn("in_programme", _("Write yes or no here."))
    draft.teams = [n for n in split_names(reader.text("teams")) if n not in classifications.EMPTY]
    if reader.text("summary"):
        draft.values["summary"] = reader.text("summary")
    reader.keep("note", reader.text("note"))


def _read_held_on(reader: _Reader) -> None:
    name = "held_on" if reader.text("held_on") else "starts_at"
    draft = reader.draft
    found = parse_date(reader.cell(name), reader.context.year)
    starts_at = parse_time(reader.cell("starts_at")) or found.starts_at
    ends_at = parse_time(reader.cell("ends_at")) or found.ends_at
    if name == "starts_at" and not found.start:
        return
    if found.problem:
        reader.fail(name, found.problem)
        return
    if found.precision == "undecided":
        reader.fail(name, _("A session that was held needs its date."))
        return
    start, end = found.start, found.end
    is_day = found.precision in ("day", "days")
    is_month = start and end and (start.year, start.month) == (end.year, end.month)
    if start is None or not (is_day or is_month):
        sentence = _("“{text}” is a period; a session needs its day or its month.")
        reader.fail(name, sentence.format(text=found.raw[:60]))
        return
    draft.values |= {
        "held_on": start if is_day else start.replace(day=1),
        "held_on_precision": "day" if is_day else "month",
        "held_on_raw": found.raw,
    }
    draft.values |= {k: v for k, v in (("starts_at", starts_at), ("ends_at", ends_at)) if v}


def _read_head_counts(reader: _Reader) -> None:
    values = reader.draft.values
    counts = parse_counts(reader.cell("participants"))
    found = {"participants": reader.count("participants", counts["participants"])}
    for name in ("observers", "support"):
        found[name] = reader.count(name) if reader.text(name) else counts.get(name, Count(""))
    for name, count in found.items():
        reader.draft.defaults[f"{name}_kind"] = "unknown"
        if count.raw and not count.problem:
            values |= {name: count.value, f"{name}_kind": count.kind}
            if name == "participants":
                values["participants_raw"] = count.raw


# Teams


def _read_team(reader: _Reader) -> None:
    draft = reader.draft
    name = reader.text("name")
    reader.take("name", "base", "leader", "duty_phone", "note")
    guess = (
        classifications.choose("team_kind", name).code
        or classifications.choose("team_kind", reader.context.caption).code
    )
    draft.defaults["kind"] = guess or "social"
    reader.choice("kind", "team_kind", draft.values)
    codes, note = classifications.choose_all("team_field", reader.cell("fields"))
    if codes:
        draft.values["fields"] = ",".join(codes)
    elif not reader.text("fields"):
        draft.defaults["fields"] = (
            classifications.choose("team_field", name.replace("应急救援", "")).code or ""
        )
    reader.warn("fields", note)
    if note:
        reader.keep("fields", reader.text("fields"))
    if reader.text("parent_unit") not in classifications.EMPTY:
        draft.unit_fields["parent_unit_id"] = _first_unit(reader, "parent_unit")
    if reader.text("naming_document"):
        draft.values["naming_document"] = parse_document_number(
            text_of(reader.cell("naming_document"))
        ).text
    for column in ("founded_on", "dissolved_on", "insured_until", "verified_on"):
        reader.date(column, draft.values)
    _read_place_on_earth(reader)
    _read_members(reader)
    draft.values |= {"equipment": _equipment(reader)} if reader.text("equipment") else {}


def _read_place_on_earth(reader: _Reader) -> None:
    for name in ("longitude", "latitude"):
        number = re.search(r"-?\d+(?:\.\d+)?", plain(reader.text(name)))
        if number:
            reader.draft.values[name] = float(number[0])
        elif reader.text(name) not in classifications.EMPTY:
            reader.fail(name, _("Write the degrees as a number, like 122.05."))


def _read_members(reader: _Reader) -> None:
    draft = reader.draft
    found = reader.count("members")
    draft.members = found.value
    draft.counted_on = draft.values.get("verified_on")
    if found.raw and found.raw != str(found.value):
        reader.keep("members", found.raw)


def _equipment(reader: _Reader) -> list[dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for part in split_names(reader.text("equipment")):
        match = re.fullmatch(r"(.*?\D)(\d{1,6})\s*(?:余)?([^\d\s(（]{0,4})", part)
        item = (match[1] if match else part).strip(" :：×xX*")
        line = items.setdefault(item, {"item": item, "quantity": 0, "unit_of_count": ""})
        line["quantity"] += int(match[2]) if match else 1
        line["unit_of_count"] = match[3] if match else ""
    return [line for line in items.values() if line["item"]]


# What several kinds share


def _read_class_and_hazard(reader: _Reader, name: str) -> None:
    """Read class and hazard; where the table has neither, the drill's or plan's name may say it."""
    draft = reader.draft
    reader.choice("event_class", "event_class", draft.values)
    if "event_class" not in draft.values and reader.row.section:
        section = re.sub(r"\(.*\)|（.*）", "", reader.row.section)
        code = classifications.choose("event_class", section).code
        draft.values |= {"event_class": code} if code else {}
    event_class = draft.values.get("event_class")
    reader.choice("hazard", "hazard", draft.values, event_class)
    target = draft.values
    if "hazard" not in target and not reader.text("hazard"):
        guess = classifications.choose("hazard", name, event_class).code
        target = draft.defaults
        target |= {"hazard": guess} if guess else {}
    hazard = target.get("hazard")
    if hazard:
        parent = vocabulary.terms("hazard")[hazard].parent
        if event_class and parent != event_class:
            del target["hazard"]
            if target is draft.values:
                reader.warn(
                    "hazard", _("The hazard belongs to another event class and is left empty.")
                )
        elif not event_class:
            target["event_class"] = parent


def _read_drill_kind(reader: _Reader) -> None:
    draft = reader.draft
    for name in ("form", "scope", "purpose"):
        found = classifications.read_drill_kind(reader.cell(name))
        reader.warn(name, found.note)
        if found.note and not (found.form or found.scope or found.purpose):
            reader.keep(name, found.raw)
        said = {"form": found.form, "scope": found.scope, "purpose": found.purpose}
        # The column named after the field wins over a word in another column.
        for key, code in said.items():
            if code and (key == name or key not in draft.values):
                draft.values[key] = code
        if found.is_no_notice and reader.table.kind == "sessions":
            draft.values["is_no_notice"] = True
    said_no_notice = (
        classifications.yes_or_no(reader.cell("is_no_notice"))
        if reader.has("is_no_notice")
        else None
    )
    if said_no_notice is not None:
        draft.values["is_no_notice"] = said_no_notice


_UNIT_COLUMNS = {
    "hosts": "host",
    "organisers": "organiser",
    "co_organisers": "co_organiser",
    "participant_units": "participant",
    "support_units": "support",
    "observer_units": "observer",
}


def _read_units(reader: _Reader) -> None:
    draft = reader.draft
    columns = dict(_UNIT_COLUMNS)
    if reader.has("responsible"):
        columns["responsible"] = "participant" if reader.has("hosts") else "host"
    for name, role in columns.items():
        if not reader.text(name):
            continue
        draft.roles.add(role)
        found = split_units(reader.cell(name), reader.context.known_units)
        draft.units += [UnitMention(u.name, u.role or role, u.duty) for u in found.units]
        reader.keep(name, found.others)
        if found.others:
            reader.warn(
                name,
                _("“{text}” names no single unit and is kept in the note.").format(
                    text=found.others[:60]
                ),
            )
    _read_duties(reader)
    if not draft.units:
        reporting = re.search(
            r"(?:填报|报送|组织)单位[:：（(]*(?:盖章[)）])?[:：]?\s*([^\s:：]{2,30})",
            reader.table.title,
        )
        if reporting and not reader.has("hosts"):
            draft.roles.add("host")
            draft.units.append(UnitMention(reporting[1], "host"))
    draft.units = _once_per_role(draft.units)


def _read_duties(reader: _Reader) -> None:
    text = reader.text("duties")
    if not text:
        return
    draft = reader.draft
    found = split_units(reader.cell("duties"), reader.context.known_units).units
    if any(unit.duty for unit in found):
        for unit in found:
            _add_duty(draft, unit)
    elif found and all(looks_like_unit(unit.name) for unit in found):
        draft.roles.add("participant")
        draft.units += [UnitMention(u.name, u.role or "participant") for u in found]
    else:
        hosts = [i for i, unit in enumerate(draft.units) if unit.role == "host"]
        if hosts:
            host = draft.units[hosts[0]]
            draft.units[hosts[0]] = UnitMention(host.name, host.role, text[:LONGEST_KEPT])
        else:
            reader.keep("duties", text)


def _add_duty(draft: Draft, said: UnitMention) -> None:
    for index, unit in enumerate(draft.units):
        if unit.name == said.name:
            duty = "；".join(filter(None, (unit.duty, said.duty)))
            draft.units[index] = UnitMention(unit.name, unit.role, duty)
            return
    role = said.role or "participant"
    draft.roles.add(role)
    draft.units.append(UnitMention(said.name, role, said.duty))


def _once_per_role(units: list[UnitMention]) -> list[UnitMention]:
    found: dict[tuple[str, str], UnitMention] = {}
    for unit in units:
        before = found.get((unit.name, unit.role))
        duty = "；".join(filter(None, (before.duty if before else "", unit.duty)))
        found[unit.name, unit.role] = UnitMention(unit.name, unit.role, duty)
    return list(found.values())


def _first_unit(reader: _Reader, name: str) -> str:
    found = split_units(reader.cell(name), reader.context.known_units)
    if len(found.units) > 1 or found.others:
        reader.warn(name, _("Only the first unit is kept here; the others stand in the note."))
        reader.keep(name, reader.text(name))
    return found.units[0].name if found.units else ""


READERS: dict[Kind, Callable[[_Reader], None]] = {
    "units": _read_unit,
    "plans": _read_plan,
    "programme": _read_planned_drill,
    "sessions": _read_session,
    "teams": _read_team,
}
