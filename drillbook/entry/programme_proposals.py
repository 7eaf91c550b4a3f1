"""Proposals for a year's programme 年度演练计划, each with its reasons, and the items made of them.

What is proposed follows from the register as of a day and from nothing else: rules that fall due,
items of the year before that were not held 结转, coverage gaps, open findings 存在问题. It decides
nothing: what becomes an item, somebody has accepted.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.entry.proposal_words import SOURCES, TEAMS, Proposal, Reason, name_of, told_drill
from drillbook.records.programmes import PlannedDrillUnit
from drillbook.reports import coverage


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
        name=told_drill(row["subject"]),
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


# --- the programme ------------------------------------------------------------------------------
