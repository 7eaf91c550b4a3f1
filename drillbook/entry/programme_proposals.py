"""Proposals for a year's programme 年度演练计划, each with its reasons, and the items made of them.

What is proposed follows from the register as of a day and from nothing else: rules that fall due,
items of the year before that were not held 结转, coverage gaps, open findings 存在问题. It decides
nothing: what becomes an item, somebody has accepted.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Store, Transaction
from drillbook.records import programmes
from drillbook.records.programmes import PlannedDrill, PlannedDrillUnit
from drillbook.reports import coverage

Source = Literal["carried_over", "rule", "finding", "coverage"]
SOURCES: tuple[Source, ...] = ("carried_over", "rule", "finding", "coverage")
"""In this order of precedence: the first source of a proposal fills its fields."""
NOTE_LENGTH = 5000
TEAMS = "teams"
"""The key of the one proposal for all teams that joined no drill with another one."""


@dataclass(frozen=True)
class Reason:
    """Why something is proposed; ``code`` says what of its source: a rule's code, a gap, a status.

    ``name`` is what it is about: a plan, a team, an item, a finding. Text and citation are a
    rule's, as the register holds them.
    """

    source: Source
    code: str
    name: str
    due_on: date | None = None
    year: int = 0
    number: int = 0
    citation: str = ""
    text: str = ""
    is_verified: bool = True

    def in_words(self) -> str:
        """Return the reason as one sentence in the language of this run."""
        return _WORDS[self.source](self)


@dataclass(frozen=True)
class Proposal:
    """One drill to plan. ``key`` stays the same as long as the reason for it is the same."""

    key: str
    name: str
    reasons: tuple[Reason, ...]
    event_class: str | None = None
    hazard: str | None = None
    plan_id: str | None = None
    form: str | None = None
    scope: str | None = None
    purpose: str | None = None
    place: str = ""
    due_from: date | None = None
    due_to: date | None = None
    target_sessions: int = 1
    target_participants: int | None = None
    units: tuple[PlannedDrillUnit, ...] = ()

    @property
    def host_ids(self) -> tuple[str, ...]:
        """The ids of the suggested hosts."""
        return tuple(unit.unit_id for unit in self.units if unit.role == "host")

    @property
    def is_optional(self) -> bool:
        """Whether nothing asks the office itself: an empty cell alone, or a unit's own duty."""
        return self.key.startswith("unit:") or all(r.source == "coverage" for r in self.reasons)


@dataclass(frozen=True)
class Gathered:
    """What the register says as of a day; the order of the rows means nothing."""

    items: Sequence[Row] = ()
    units: Sequence[Row] = ()
    plans: Sequence[Row] = ()
    rules: Sequence[Row] = ()
    findings: Sequence[Row] = ()
    gaps: Sequence[Row] = ()
    planned: Sequence[Row] = ()


# --- reading ------------------------------------------------------------------------------------


def propose(store: Store, year: int, as_of: date) -> tuple[Proposal, ...]:
    """Return what the register proposes for a year as of a day, the most urgent first.

    What the year's programme holds already is left out.
    """
    return proposals(gather(store, year, as_of), year)


def gather(store: Store, year: int, as_of: date) -> Gathered:
    """Ask the register for everything proposals are made of."""
    return Gathered(
        items=store.query("proposal_items", as_of=as_of, year=year - 1),
        units=store.query("proposal_units", year=year - 1),
        plans=store.query("proposal_plans", as_of=as_of),
        rules=store.query("proposal_rules", as_of=as_of, last_day=date(year, 12, 31)),
        findings=store.query("proposal_findings", as_of=as_of),
        gaps=list(_gaps(store, as_of)),
        planned=store.query("proposal_planned", year=year),
    )


def _gaps(store: Store, as_of: date) -> Iterable[Row]:
    """Yield what no drill of the last years covered: plans, hazards and teams."""
    covered = coverage.coverage(store, as_of)
    for plan in covered.plans_not_drilled:
        yield {"code": "plan", "id": plan["id"], "name": plan["title"], "year": covered.years[0]}
    for row in covered.rows:
        if row.hazard and not row.held:
            yield {
                "code": "hazard",
                "id": row.plan_id,
                "name": row.hazard,
                "event_class": row.event_class,
                "year": covered.years[0],
            }
    for team in covered.teams_not_joined:
        yield {
            "code": "team",
            "id": team["id"],
            "name": team["name"],
            "year": covered.years[0],
        }


# --- proposing ----------------------------------------------------------------------------------


def proposals(known: Gathered, year: int) -> tuple[Proposal, ...]:
    """Return the proposals for a year; the same facts in another order give the same ones."""
    with use_language(DEFAULT):
        merged = _Merged(known)
        made = (
            *(_carried_over(row, known, year) for row in known.items),
            *(_of_rule(row, merged.plans, year) for row in known.rules),
            *(_of_finding(row, merged.plans, year) for row in known.findings),
            *(_of_gap(row, merged.plans, year) for row in known.gaps),
        )
        for proposal in sorted(made, key=_precedence):
            merged.take(proposal)
    left = (p for p in merged.by_key.values() if not _is_planned(p, known.planned))
    return tuple(sorted(left, key=_urgency))


def _precedence(proposal: Proposal) -> tuple[Any, ...]:
    reason = proposal.reasons[0]
    # A plan's own gap comes before its hazard's, which then joins it.
    rank = ("plan", "hazard", "team").index(reason.code) if reason.source == "coverage" else 0
    return (
        SOURCES.index(reason.source),
        rank,
        reason.number,
        reason.due_on or date.min,
        reason.code,
        reason.name,
        proposal.key,
    )


def _urgency(proposal: Proposal) -> tuple[Any, ...]:
    return (
        proposal.is_optional,
        proposal.due_to or date.max,
        SOURCES.index(proposal.reasons[0].source),
        proposal.name,
        proposal.key,
    )


class _Merged:
    """Proposals by key; what is about the same plan, or the same hazard, becomes one."""

    def __init__(self, known: Gathered) -> None:
        self.plans = {row["id"]: row for row in known.plans}
        self.by_key: dict[str, Proposal] = {}
        self._keys: dict[str, str] = {}

    def take(self, proposal: Proposal) -> None:
        """Add a proposal, or its reasons to the one that is about the same."""
        key = self._key_of(proposal)
        held = self.by_key.get(key)
        self.by_key[key] = proposal if held is None else _joined(held, proposal)
        for about in _abouts(self.by_key[key]):
            self._keys.setdefault(about, key)

    def _key_of(self, proposal: Proposal) -> str:
        reason = proposal.reasons[0]
        if reason.source == "carried_over":
            # Two items of one plan are two drills; the same name is the same drill.
            return self._keys.get(f"name:{name_key(proposal.name)}", proposal.key)
        if proposal.plan_id:
            return self._keys.get(f"plan:{proposal.plan_id}", proposal.key)
        if proposal.hazard:
            return self._keys.get(f"hazard:{proposal.hazard}", proposal.key)
        return proposal.key


def _abouts(proposal: Proposal) -> Iterable[str]:
    yield f"name:{name_key(proposal.name)}"
    if proposal.plan_id:
        yield f"plan:{proposal.plan_id}"
    if proposal.hazard:
        yield f"hazard:{proposal.hazard}"


def _joined(first: Proposal, other: Proposal) -> Proposal:
    due_to = min(filter(None, (first.due_to, other.due_to)), default=None)
    starts = first.due_from
    return replace(
        first,
        reasons=(*first.reasons, *(r for r in other.reasons if r not in first.reasons)),
        due_to=due_to,
        due_from=starts if starts and due_to and starts <= due_to else None,
        form=first.form or other.form,
        units=first.units or other.units,
        target_sessions=max(first.target_sessions, other.target_sessions),
    )


def _is_planned(proposal: Proposal, planned: Sequence[Row]) -> bool:
    if name_key(proposal.name) in {row["name_key"] for row in planned}:
        return True
    if proposal.reasons[0].source == "carried_over":
        return False
    if proposal.plan_id:
        return proposal.plan_id in {row["plan_id"] for row in planned}
    return bool(proposal.hazard) and proposal.hazard in {row["hazard"] for row in planned}


def name_of(plan_title: str | None, hazard: str | None) -> str:
    """Return the name of a drill of a plan, or of a hazard, in the language of this run."""
    if plan_title:
        stem = plan_title.removesuffix(vocabulary.terms("document_kind")["plan"].zh)
        if stem and stem != plan_title:
            return _told_drill(stem)
        return _("{plan}: drill").format(plan=plan_title)
    return _told_drill(vocabulary.label("hazard", hazard)) if hazard else ""


def _told_drill(subject: str) -> str:
    return _("{subject}: emergency drill").format(subject=subject)


def _host(unit_id: str | None) -> tuple[PlannedDrillUnit, ...]:
    return (PlannedDrillUnit(unit_id),) if unit_id else ()


def _in_year(day: date | None, year: int) -> date | None:
    """Return the same day of another year; 29 February becomes the 28th."""
    if day is None:
        return None
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _carried_over(row: Row, known: Gathered, year: int) -> Proposal:
    units = sorted(
        (unit for unit in known.units if unit["planned_drill_id"] == row["id"]),
        key=lambda unit: (unit["position"], unit["unit_id"], unit["role"]),
    )
    first, last = (_in_year(row[name], year) for name in ("due_from", "due_to"))
    return Proposal(
        key=f"item:{row['id']}",
        name=row["name"],
        reasons=(
            Reason(
                "carried_over",
                row["status"],
                row["name"],
                year=row["year"],
                number=row["number"],
                text=row["status_reason"],
            ),
        ),
        **{
            name: row[name]
            for name in ("event_class", "hazard", "plan_id", "form", "scope", "purpose", "place")
        },
        due_from=first if first and last and first <= last else None,
        due_to=last or date(year, 12, 31),
        target_sessions=row["target_sessions"],
        target_participants=row["target_participants"],
        units=tuple(
            PlannedDrillUnit(unit["unit_id"], unit["role"], unit["duty"], place)
            for place, unit in enumerate(units)
        ),
    )


def _of_plan(plan: Row, reason: Reason, due_to: date) -> Proposal:
    return Proposal(
        key=f"plan:{plan['id']}",
        name=name_of(plan["title"], None),
        reasons=(reason,),
        event_class=plan["event_class"],
        hazard=plan["hazard"],
        plan_id=plan["id"],
        form=plan["last_form"] or "tabletop",
        units=_host(plan["lead_unit_id"]),
        due_to=due_to,
    )


def _of_hazard(event_class: str, hazard: str, reason: Reason, due_to: date) -> Proposal:
    return Proposal(
        key=f"hazard:{hazard}",
        name=name_of(None, hazard),
        reasons=(reason,),
        event_class=event_class or None,
        hazard=hazard,
        form="tabletop",
        due_to=due_to,
    )


def _of_rule(row: Row, plans: Mapping[str, Row], year: int) -> Proposal:
    reason = Reason(
        "rule",
        row["rule"],
        row["subject"],
        due_on=row["due_on"],
        citation=row["citation"],
        text=row["text"],
        is_verified=bool(row["is_verified"]),
    )
    due_to = _due_in_year(row["due_on"], year)
    if row["subject_type"] == "team":
        return _of_teams(reason, due_to)
    if row["subject_type"] == "plan" and row["subject_id"] in plans:
        return _of_plan(plans[row["subject_id"]], reason, due_to)
    return Proposal(
        key=f"{row['subject_type']}:{row['subject_id']}",
        name=_told_drill(row["subject"]),
        reasons=(reason,),
        plan_id=row["subject_id"] if row["subject_type"] == "plan" else None,
        form="operational",
        units=_host(row["unit_id"]),
        due_to=due_to,
        target_sessions=_times_a_year(row["interval_count"], row["interval_unit"]),
    )


def _due_in_year(due_on: date | None, year: int) -> date:
    """Return until when: what is late already, or was never done, in the first quarter."""
    if due_on is None or due_on.year < year:
        return date(year, 3, 31)
    return min(due_on, date(year, 12, 31))


def _times_a_year(count: int | None, unit: str | None) -> int:
    months = (count or 0) * {"month": 1, "year": 12}.get(unit or "", 0)
    return -(-12 // months) if 0 < months < 12 else 1


def _of_teams(reason: Reason, due_to: date) -> Proposal:
    return Proposal(
        key=TEAMS,
        name=_("Joint drill of the rescue teams"),
        reasons=(reason,),
        form="operational",
        due_to=due_to,
    )


def _of_finding(row: Row, plans: Mapping[str, Row], year: int) -> Proposal:
    reason = Reason(
        "finding", row["severity"], row["text"], text=row["session"], due_on=row["held_on"]
    )
    due_to = date(year, 6, 30)
    if row["plan_id"] in plans:
        return _of_plan(plans[row["plan_id"]], reason, due_to)
    if row["hazard"]:
        proposal = _of_hazard(row["event_class"] or "", row["hazard"], reason, due_to)
        return replace(proposal, form="operational", units=_host(row["unit_id"]))
    return Proposal(
        key=f"session:{row['session_id']}",
        name=_("{session}: again").format(session=row["session"]),
        reasons=(reason,),
        event_class=row["event_class"],
        units=_host(row["unit_id"]),
        due_to=due_to,
    )


def _of_gap(row: Row, plans: Mapping[str, Row], year: int) -> Proposal:
    reason = Reason("coverage", row["code"], row["name"], year=row["year"])
    due_to = date(year, 12, 31)
    if row["code"] == "team":
        return _of_teams(reason, due_to)
    if row["id"] in plans:
        return _of_plan(plans[row["id"]], reason, due_to)
    return _of_hazard(row["event_class"], row["name"], reason, due_to)


# --- in words -----------------------------------------------------------------------------------


def cited(citation: str, is_verified: bool) -> str:
    """Return a citation, marked where nobody has verified its wording 待核."""
    return citation if is_verified else _("{citation} (to be verified)").format(citation=citation)


def _told_rule(reason: Reason) -> str:
    citation = cited(reason.citation, reason.is_verified)
    if reason.due_on:
        return _("{name}: due by {day} under {citation}").format(
            name=reason.name, day=reason.due_on.isoformat(), citation=citation
        )
    return _("{name}: never drilled, as {citation} asks").format(
        name=reason.name, citation=citation
    )


def _told_carried_over(reason: Reason) -> str:
    if reason.code == "postponed":
        return _("Carried over from {year}, item {number}: postponed").format(
            year=reason.year, number=reason.number
        )
    return _("Carried over from {year}, item {number}: not held").format(
        year=reason.year, number=reason.number
    )


def severity_label(code: str) -> str:
    """Return what a finding's severity is called in the language of this run."""
    words = {"minor": _("minor"), "moderate": _("moderate"), "major": _("major")}
    return words.get(code, code)


def _told_finding(reason: Reason) -> str:
    return _("Open finding ({severity}) of “{session}”: {text}").format(
        severity=severity_label(reason.code), session=reason.text, text=reason.name
    )


def _told_gap(reason: Reason) -> str:
    if reason.code == "hazard":
        return _("No drill for {hazard} since {year}").format(
            hazard=vocabulary.label("hazard", reason.name), year=reason.year
        )
    if reason.code == "team":
        return _("{name}: no joint drill with another team since {year}").format(
            name=reason.name, year=reason.year
        )
    return _("{name}: not drilled since {year}").format(name=reason.name, year=reason.year)


_WORDS = {
    "rule": _told_rule,
    "carried_over": _told_carried_over,
    "finding": _told_finding,
    "coverage": _told_gap,
}


# --- the programme ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One accepted proposal as the office wants it."""

    proposal: Proposal
    name: str
    host_ids: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    target_sessions: int = 1

    @staticmethod
    def of(proposal: Proposal) -> Choice:
        """Return the proposal as it is."""
        return Choice(
            proposal,
            proposal.name,
            proposal.host_ids,
            proposal.due_from,
            proposal.due_to,
            proposal.target_sessions,
        )

    def drill(self, programme_id: str, number: int) -> PlannedDrill:
        """Return the item of a programme; its note says why it is there."""
        proposal = self.proposal
        others = [unit for unit in proposal.units if unit.role != "host"]
        duties = {unit.unit_id: unit.duty for unit in proposal.units if unit.role == "host"}
        hosts = [PlannedDrillUnit(one, duty=duties.get(one, "")) for one in self.host_ids]
        units = (replace(unit, position=i) for i, unit in enumerate((*hosts, *others)))
        with use_language(DEFAULT):
            note = "\n".join(reason.in_words() for reason in proposal.reasons)
        copied = ("event_class", "hazard", "plan_id", "form", "scope", "purpose", "place")
        given = {name: getattr(proposal, name) for name in copied}
        if proposal.event_class != vocabulary.class_of(None, proposal.hazard):
            # The class stands in the item, the hazard came from its plan.
            given["hazard"] = None
        return PlannedDrill(
            programme_id,
            self.name,
            number,
            **given,
            due_from=self.due_from,
            due_to=self.due_to,
            target_sessions=self.target_sessions,
            target_participants=proposal.target_participants,
            note=note[:NOTE_LENGTH],
            units=tuple(units),
        )


@dataclass(frozen=True)
class Made:
    """What was made: the programme, whether it is new, and the ids of its new items."""

    programme_id: str
    is_new_programme: bool
    item_ids: tuple[str, ...] = field(default=())


def make(store: Store, year: int, choices: Sequence[Choice], *, actor: str, today: date) -> Made:
    """Put the accepted proposals into the year's programme, all or none, and return what was made.

    A year without a programme gets one, not approved yet; items get the numbers after the last.
    An item whose name the programme has already is not made a second time. Raises ValidationError
    with the problems of the first item that cannot be saved.
    """
    with store.write(actor) as tx:
        programme_id, is_new = programmes.programme_for(tx, year, today)
        rows = tx.all(
            "select name_key, number from planned_drill"
            " where programme_id = $id and voided_at is null",
            {"id": programme_id},
        )
        taken = {row["name_key"] for row in rows}
        number = max((row["number"] for row in rows), default=0)
        made: list[str] = []
        for choice in choices:
            key = name_key(choice.name)
            if key and key in taken:
                continue
            number += 1
            drill = choice.drill(programme_id, number)
            try:
                made.append(programmes.RECORD_TYPE.save_in(tx, drill, today=today))
            except ValidationError as error:
                named = choice.name or choice.proposal.name
                raise ValidationError({"items": f"{named}: {error.message}"}) from error
            taken.add(key)
    return Made(programme_id, is_new, tuple(made))


def undo(store: Store, made: Made, *, actor: str) -> None:
    """Void what was made, all or none; the programme too if it was new and nothing else is in it.

    Raises StaleError when somebody changed an item since, DrillbookError when one is in use.
    """
    reason = _("Made by mistake")
    with store.write(actor) as tx:
        for item_id in made.item_ids:
            used = tx.one(
                "select name from drill_session where planned_drill_id = $id and voided_at is null",
                {"id": item_id},
            )
            if used:
                raise DrillbookError(
                    _("“{name}” was held under one of these items; take that back first.").format(
                        name=used["name"]
                    )
                )
            stored = programmes.RECORD_TYPE.load_in(tx, item_id)
            if stored is not None and not stored.is_void:
                tx.void("planned_drill", item_id, reason, 1)
        _void_programme(tx, made, reason)


def _void_programme(tx: Transaction, made: Made, reason: str) -> None:
    row = tx.record("programme", made.programme_id)
    left = tx.one(
        "select id from planned_drill where programme_id = $id and voided_at is null",
        {"id": made.programme_id},
    )
    if made.is_new_programme and row and row["voided_at"] is None and left is None:
        tx.void("programme", made.programme_id, reason, row["row_version"])
