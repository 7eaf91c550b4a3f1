"""The year in figures, as of a day: what the office reports in January and around mid-year.

Every figure is that of its entry in ``figures``; this module lays a year's figures and breakdowns
side by side. It refuses to guess: an unknown head count adds nothing and is told beside the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from drillbook.core import vocabulary
from drillbook.core.head_counts import rounded_down
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.records.office_settings import OfficeSettings
from drillbook.reports import counting, figures, query_cache
from drillbook.reports.counting import ALL, counts, groups
from drillbook.reports.drill_down import NOT_GIVEN
from drillbook.reports.query_cache import Filters

NAMED_PLANS = 3
NAMED_FIELDS = 2


@dataclass(frozen=True)
class Group:
    """Sessions and person-times of one code, with its name in the language of this run."""

    group: counting.Group

    @property
    def code(self) -> str:
        """The code, a unit's id, or NOT_GIVEN."""
        return self.group.code

    @property
    def label(self) -> str:
        """What the code is called in the language of this run."""
        return self.group.label

    @property
    def sessions(self) -> int:
        """The sessions."""
        return self.group.number("sessions")

    @property
    def participants(self) -> int:
        """The person-times."""
        return self.group.number("participants")

    @property
    def participants_unknown(self) -> int:
        """The sessions without a head count."""
        return self.group.number("participants_unknown")

    def as_json(self) -> Row:
        """Return the group as the command line gives it."""
        return {
            "code": None if self.code == NOT_GIVEN else self.code,
            "label": self.label,
            "sessions": self.sessions,
            "participants": self.participants,
            "participants_unknown": self.participants_unknown,
        }


@dataclass(frozen=True)
class Month:
    """One month beside the same days of the year before."""

    month: int
    sessions: int = 0
    participants: int = 0
    previous_sessions: int = 0
    previous_participants: int = 0

    @property
    def label(self) -> str:
        """Return 1月 or January's English short name."""
        return vocabulary.label("month", str(self.month))


@dataclass(frozen=True)
class TeamKind:
    """The teams of one kind; ``members_unknown`` teams have no strength recorded."""

    code: str
    teams: int = 0
    members: int = 0
    members_unknown: int = 0
    founded: int = 0

    @property
    def label(self) -> str:
        """What the kind is called in the language of this run."""
        return vocabulary.label("team_kind", self.code)


@dataclass(frozen=True)
class NamedPlan:
    """A plan the sentence calls by its hazard, or by its title where it has none."""

    title: str
    hazard: str | None = None

    @property
    def word(self) -> str:
        """Return the hazard in the title's own word, e.g. 森林防火 rather than 森林草原火灾."""
        term = vocabulary.terms("hazard").get(self.hazard or "")
        if term is None:
            return _("“{title}”").format(title=self.title)
        if language() == "en":
            return lower_first(term.en)
        found = [word for word in (term.zh, *term.words) if word in self.title]
        return max(found, key=len, default=term.zh)


@dataclass(frozen=True)
class Named:
    """What the official sentence calls by name."""

    special_plans: tuple[NamedPlan, ...] = ()
    professional_teams: tuple[str, ...] = ()
    social_fields: tuple[str, ...] = ()
    social_fields_in_all: int = 0


class _Number:
    """An attribute that is the figure of the same name."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.figure = name

    def __get__(self, annual: AnnualStatistics, owner: type) -> int:
        return annual.numbers[self.figure]


@dataclass(frozen=True)
class AnnualStatistics:
    """The figures of one year counted to ``as_of``; ``numbers`` holds each by its code.

    ``participants``, ``observers`` and ``support`` are person-times summed over the sessions of
    the year; ``participants_unknown`` sessions have no head count, ``participants_inexact`` ones
    an approximate (约) or lower (余) one. ``plans`` leaves repealed plans out.
    ``previous_sessions`` and ``previous_participants`` are those of the same days of the year
    before; without ``has_year_before`` nothing was recorded then, and nothing can be compared.
    """

    view: Filters
    programme: str
    numbers: Mapping[str, int]
    planned_drills_by_status: Mapping[str, int]
    plans_by_status: Mapping[str, int]
    revised_by_category: Mapping[str, int]
    teams_by_kind: tuple[TeamKind, ...]
    by_month: tuple[Month, ...]
    by_event_class: tuple[Group, ...]
    by_host: tuple[Group, ...]
    by_form: tuple[Group, ...]
    has_year_before: bool
    previous_sessions: int
    previous_participants: int
    is_sample: bool
    named: Named
    settings: OfficeSettings

    planned_drills = _Number()
    planned_drills_late = _Number()
    sessions = _Number()
    sessions_in_other_years = _Number()
    participants = _Number()
    participants_unknown = _Number()
    participants_inexact = _Number()
    observers = _Number()
    support = _Number()
    plans = _Number()
    teams = _Number()
    findings = _Number()

    @property
    def year(self) -> int:
        """The year."""
        return self.view.year

    @property
    def as_of(self) -> date:
        """The day it is counted to."""
        return self.view.as_of

    @property
    def participants_rounded(self) -> int:
        """Return the sum rounded down to the hundred; below a hundred, the sum itself."""
        return rounded_down(self.participants)

    @property
    def is_inexact(self) -> bool:
        """Whether the sum contains counts that are about, over or unknown."""
        return self.participants_unknown + self.participants_inexact > 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is recorded for the year."""
        counted = self.planned_drills + self.sessions + self.plans + self.teams
        return not (counted or self.programme)

    def team_kind(self, code: str) -> TeamKind:
        """Return the teams of one kind."""
        found = (kind for kind in self.teams_by_kind if kind.code == code)
        return next(found, TeamKind(code))

    def as_json(self, sentence: str) -> Row:
        """Return the figures as ``drillbook stats --json`` gives them, with the sentence."""
        single = {code: self.numbers[code] for code in IN_JSON}
        return (
            {"year": self.year}
            | single
            | {
                "participants_rounded": self.participants_rounded,
                "as_of": self.as_of.isoformat(),
                "planned_drills_by_status": _counted(
                    "planned_status", self.planned_drills_by_status, "planned_drills"
                ),
                "plans_by_status": _counted("plan_status", self.plans_by_status, "plans"),
                "teams_by_kind": [
                    {
                        "code": kind.code,
                        "label": kind.label,
                        "teams": kind.teams,
                        "members": kind.members,
                        "members_unknown": kind.members_unknown,
                    }
                    for kind in self.teams_by_kind
                ],
                "by_month": [
                    {
                        "month": month.month,
                        "label": month.label,
                        "sessions": month.sessions,
                        "participants": month.participants,
                        "previous_sessions": month.previous_sessions,
                        "previous_participants": month.previous_participants,
                    }
                    for month in self.by_month
                ],
                "has_year_before": self.has_year_before,
                "by_event_class": [group.as_json() for group in self.by_event_class],
                "by_host": [group.as_json() for group in self.by_host],
                "by_form": [group.as_json() for group in self.by_form],
                "sentence": sentence,
                "sample_data": self.is_sample,
            }
        )


IN_JSON = tuple(figure.code for figure in figures.HEADLINES)
"""The figures that ``drillbook stats --json`` gives as single numbers."""


def _counted(kind: str, numbers: Mapping[str, int], unit: str) -> list[Row]:
    return [
        {"code": code, "label": vocabulary.label(kind, code), unit: number}
        for code, number in numbers.items()
    ]


def years(store: Store, today: date) -> list[int]:
    """Return the years to choose from, the latest first; this year and last are always there."""
    return sorted({*query_cache.years(store), today.year, today.year - 1}, reverse=True)


def annual(store: Store, year: int, as_of: date) -> AnnualStatistics:
    """Return the figures of ``year`` with what was recorded to have happened by ``as_of``.

    A session of another year never counts, even when it was held for this year's programme
    (``sessions_in_other_years`` tells how many there are). A session whose day is not known
    counts from the first day of its month.
    """
    view = Filters(year, as_of)
    before = counts(store, "count_sessions", view.year_before())[ALL, ALL]
    office = office_settings.load(store)
    return AnnualStatistics(
        view=view,
        programme=(store.one("annual_programme", year=year) or {}).get("title", ""),
        numbers=figures.numbers(store, view),
        planned_drills_by_status=_numbers(store, view, "planned_status", "planned_drills"),
        plans_by_status=_numbers(store, view, "plan_status", "plans"),
        revised_by_category=_revised(store, view),
        teams_by_kind=_team_kinds(store, view),
        by_month=_months(store, view),
        by_event_class=_groups(store, view, "event_class"),
        by_host=_groups(store, view, "host"),
        by_form=_groups(store, view, "form"),
        has_year_before=counting.has_year_before(store, view),
        previous_sessions=before["sessions"],
        previous_participants=before["participants"],
        is_sample=(store.one("annual_sample") or {}).get("sample_records", 0) > 0,
        named=_named(store, view, office),
        settings=office,
    )


def _numbers(store: Store, view: Filters, dimension: str, column: str) -> dict[str, int]:
    """Return every code of a classification with its number, in the official order."""
    return {group.code: group.number(column) for group in groups(store, view, dimension)}


def _revised(store: Store, view: Filters) -> dict[str, int]:
    found = counts(store, "count_plans", view)
    return {code: row["plans"] for (by, code), row in found.items() if by == "revised_category"}


def _groups(store: Store, view: Filters, dimension: str) -> tuple[Group, ...]:
    return tuple(Group(group) for group in groups(store, view, dimension))


def _months(store: Store, view: Filters) -> tuple[Month, ...]:
    both = zip(
        groups(store, view, "month"), groups(store, view.year_before(), "month"), strict=True
    )
    return tuple(
        Month(
            month=int(now.code),
            sessions=now.number("sessions"),
            participants=now.number("participants"),
            previous_sessions=before.number("sessions"),
            previous_participants=before.number("participants"),
        )
        for now, before in both
    )


def _team_kinds(store: Store, view: Filters) -> tuple[TeamKind, ...]:
    columns = ("teams", "members", "members_unknown", "founded")
    return tuple(
        TeamKind(kind.code, **{column: kind.number(column) for column in columns})
        for kind in groups(store, view, "team_kind")
    )


def _named(store: Store, view: Filters, office: OfficeSettings) -> Named:
    revised = figures.FIGURES["special_plans_under_revision"].rows(view).rows(store)
    founded = figures.FIGURES["professional_teams_founded"].rows(view).rows(store)
    fields = store.query("annual_team_fields", as_of=view.as_of, kind="social")
    return Named(
        special_plans=tuple(named_plans(revised, office.named_plan_ids())),
        professional_teams=tuple(row["name"] for row in founded),
        social_fields=tuple(row["code"] for row in fields[:NAMED_FIELDS]),
        social_fields_in_all=len(fields),
    )


def named_plans(rows: Iterable[Row], chosen: Sequence[str]) -> list[NamedPlan]:
    """Return the plans to name: the office's choice, else the first three of the list given."""
    by_id = {row["id"]: NamedPlan(row["title"], row["hazard"]) for row in rows}
    picked = [by_id[plan_id] for plan_id in chosen if plan_id in by_id]
    if picked:
        return picked
    distinct = {plan.hazard or plan.title: plan for plan in reversed(by_id.values())}
    kept = [plan for plan in by_id.values() if plan in distinct.values()]
    return kept[:NAMED_PLANS]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if language() == "en" else text
