"""A drill to plan and why, in words: each reason as one sentence in the language of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from drillbook.core import vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.records.programmes import PlannedDrillUnit

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


def told_drill(subject: str) -> str:
    return _("{subject}: emergency drill").format(subject=subject)


def name_of(plan_title: str | None, hazard: str | None) -> str:
    """Return the name of a drill of a plan, or of a hazard, in the language of this run."""
    if plan_title:
        stem = plan_title.removesuffix(vocabulary.terms("document_kind")["plan"].zh)
        if stem and stem != plan_title:
            return told_drill(stem)
        return _("{plan}: drill").format(plan=plan_title)
    return told_drill(vocabulary.label("hazard", hazard)) if hazard else ""


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
