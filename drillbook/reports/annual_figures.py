"""The year in figures, as of a day: what the office reports in January and around mid-year.

Every figure is counted in SQL on the views; this module names the figures and the rows behind
them. It refuses to guess: an unknown head count adds nothing and is told beside the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from drillbook.core import vocabulary
from drillbook.core.head_counts import rounded_down
from drillbook.core.i18n import N_, language
from drillbook.core.i18n import gettext as _
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.records.office_settings import OfficeSettings

NOT_GIVEN = "-"
NAMED_PLANS = 3
NAMED_FIELDS = 2


@dataclass(frozen=True)
class Group:
    """Sessions and person-times of one code; ``name`` is set where the code is a record's id."""

    kind: str
    code: str
    sessions: int = 0
    participants: int = 0
    participants_unknown: int = 0
    name: str = ""

    @property
    def label(self) -> str:
        """What the code is called in the language of this run."""
        if self.code == NOT_GIVEN:
            return _("Not given")
        return self.name or vocabulary.label(self.kind, self.code)

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
    """One month beside the same month of the year before."""

    month: int
    sessions: int = 0
    participants: int = 0
    previous_sessions: int = 0
    previous_participants: int = 0

    @property
    def label(self) -> str:
        """Return 1月 or January's English short name."""
        return _(MONTHS[self.month - 1])


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


MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


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


@dataclass(frozen=True)
class AnnualStatistics:
    """The figures of one year counted to ``as_of``.

    ``participants``, ``observers`` and ``support`` are person-times summed over the sessions of
    the year; ``participants_unknown`` sessions have no head count, ``participants_inexact`` ones
    an approximate (约) or lower (余) one. ``plans`` leaves repealed plans out.
    """

    year: int
    as_of: date
    programme: str
    planned_drills: int
    planned_drills_held: int
    planned_drills_late: int
    planned_drills_without_host: int
    planned_drills_by_status: Mapping[str, int]
    sessions: int
    sessions_in_programme: int
    sessions_outside_programme: int
    sessions_in_other_years: int
    participants: int
    participants_unknown: int
    participants_inexact: int
    observers: int
    support: int
    plans: int
    plans_by_status: Mapping[str, int]
    revised_by_category: Mapping[str, int]
    teams_by_kind: tuple[TeamKind, ...]
    by_month: tuple[Month, ...]
    by_event_class: tuple[Group, ...]
    by_host: tuple[Group, ...]
    by_form: tuple[Group, ...]
    is_sample: bool
    named: Named
    settings: OfficeSettings
    findings: int = 0
    findings_closed: int = 0
    findings_late: int = 0

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

    @property
    def plans_under_revision(self) -> int:
        """Return the plans under revision on the day."""
        return self.plans_by_status.get("under_revision", 0)

    @property
    def plans_drafting(self) -> int:
        """Return the plans whose first version is not issued yet."""
        return self.plans_by_status.get("drafting", 0)

    @property
    def teams(self) -> int:
        """Return the teams that exist on the day."""
        return sum(kind.teams for kind in self.teams_by_kind)

    def team_kind(self, code: str) -> TeamKind:
        """Return the teams of one kind."""
        found = (kind for kind in self.teams_by_kind if kind.code == code)
        return next(found, TeamKind(code))

    def as_json(self, sentence: str) -> Row:
        """Return the figures as ``drillbook stats --json`` gives them, with the sentence."""
        figures = {name: getattr(self, name) for name in FIGURES}
        return figures | {
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
            "by_event_class": [group.as_json() for group in self.by_event_class],
            "by_host": [group.as_json() for group in self.by_host],
            "by_form": [group.as_json() for group in self.by_form],
            "sentence": sentence,
            "sample_data": self.is_sample,
        }


FIGURES = (
    "year",
    "planned_drills",
    "planned_drills_held",
    "planned_drills_late",
    "planned_drills_without_host",
    "sessions",
    "sessions_in_programme",
    "sessions_outside_programme",
    "sessions_in_other_years",
    "participants",
    "participants_rounded",
    "participants_unknown",
    "participants_inexact",
    "observers",
    "support",
    "plans",
    "plans_under_revision",
    "plans_drafting",
    "teams",
    "findings",
    "findings_closed",
    "findings_late",
)
"""The single numbers of a year, as ``drillbook stats --json`` names them."""


def _counted(kind: str, numbers: Mapping[str, int], unit: str) -> list[Row]:
    return [
        {"code": code, "label": vocabulary.label(kind, code), unit: number}
        for code, number in numbers.items()
    ]


def first_day(year: int) -> date:
    """Return the first day a year is counted from."""
    return date(year, 1, 1)


def last_day(year: int, as_of: date) -> date:
    """Return the last day that counts: the year's end, or ``as_of`` when that is earlier."""
    return min(date(year, 12, 31), as_of)


def years(store: Store, today: date) -> list[int]:
    """Return the years to choose from, the latest first; this year and last are always there."""
    recorded = {row["year"] for row in store.query("annual_years")}
    return sorted(recorded | {today.year, today.year - 1}, reverse=True)


def annual(store: Store, year: int, as_of: date) -> AnnualStatistics:
    """Return the figures of ``year`` with what was recorded to have happened by ``as_of``.

    A session of another year never counts, even when it was held for this year's programme
    (``sessions_in_other_years`` tells how many there are). A session whose day is not known
    counts from the first day of its month.
    """
    sessions = _Breakdown(store, year, as_of)
    programme = store.one("annual_programme", year=year, as_of=as_of) or {}
    plans = store.query("annual_plan_status", as_of=as_of)
    sample = store.one("annual_sample") or {}
    office = office_settings.load(store)
    days = {"first_day": first_day(year), "last_day": last_day(year, as_of)}
    found = store.one("annual_finding_standing", as_of=as_of, **days) or {}
    return AnnualStatistics(
        year=year,
        as_of=as_of,
        programme=programme.get("title", ""),
        **_planned_drills(store, year, as_of),
        sessions=sessions.all["sessions"],
        sessions_in_programme=sessions.number("membership", "inside"),
        sessions_outside_programme=sessions.number("membership", "outside"),
        sessions_in_other_years=programme.get("sessions_in_other_years", 0),
        participants=sessions.all["participants"],
        participants_unknown=sessions.all["participants_unknown"],
        participants_inexact=sessions.all["participants_inexact"],
        observers=sessions.all["observers"],
        support=sessions.all["support"],
        plans=next(row["plans"] for row in plans if row["all_statuses"]),
        plans_by_status=_by_code(
            "plan_status",
            {r["status"]: r["plans"] for r in plans if r["all_categories"] and r["status"]},
            left_out="repealed",
        ),
        revised_by_category={
            row["category"]: row["plans"]
            for row in plans
            if row["status"] == "under_revision" and not row["all_categories"]
        },
        teams_by_kind=_team_kinds(store, year, as_of),
        by_month=sessions.months(),
        by_event_class=sessions.groups("event_class"),
        by_host=_hosts(store, year, as_of),
        by_form=sessions.groups("form"),
        is_sample=sample.get("sample_records", 0) > 0,
        named=_named(store, year, as_of, office),
        settings=office,
        **found,
    )


def _planned_drills(store: Store, year: int, as_of: date) -> Row:
    """Return the figures of the year's planned drills under the names they have in the year's."""
    rows = store.query("annual_planned_status", year=year, as_of=as_of)
    everything = next(row for row in rows if row["is_total"])
    by_status = {row["status"]: row["planned_drills"] for row in rows if not row["is_total"]}
    return {
        "planned_drills": everything["planned_drills"],
        "planned_drills_held": everything["held"],
        "planned_drills_late": everything["late"],
        "planned_drills_without_host": everything["without_host"],
        "planned_drills_by_status": _by_code("planned_status", by_status),
    }


def _by_code(kind: str, numbers: Mapping[str, int], left_out: str = "") -> dict[str, int]:
    """Return every code of a classification with its number, in the official order."""
    return {c: numbers.get(c, 0) for c in vocabulary.codes(kind) if c != left_out}


class _Breakdown:
    """The sessions of a year by every dimension, and those of the year before by month."""

    def __init__(self, store: Store, year: int, as_of: date) -> None:
        self.rows = self._rows(store, year, as_of)
        self.before = self._rows(store, year - 1, as_of)
        self.all = next(row for row in self.rows if row["dimension"] == "all")

    @staticmethod
    def _rows(store: Store, year: int, as_of: date) -> list[Row]:
        return store.query(
            "annual_breakdown", first_day=first_day(year), last_day=last_day(year, as_of)
        )

    def number(self, dimension: str, code: str) -> int:
        rows = [r for r in self.rows if r["dimension"] == dimension and r[dimension] == code]
        return int(rows[0]["sessions"]) if rows else 0

    def groups(self, kind: str) -> tuple[Group, ...]:
        """Return all codes of a classification, and what is not given where there is any."""
        rows = {r[kind] or NOT_GIVEN: r for r in self.rows if r["dimension"] == kind}
        codes = [*vocabulary.codes(kind), *sorted(set(rows) - set(vocabulary.codes(kind)))]
        return tuple(_group(kind, code, rows.get(code, {})) for code in codes)

    def months(self) -> tuple[Month, ...]:
        now = {r["held_month"]: r for r in self.rows if r["dimension"] == "month"}
        before = {r["held_month"]: r for r in self.before if r["dimension"] == "month"}
        return tuple(
            Month(
                month,
                now.get(month, {}).get("sessions", 0),
                now.get(month, {}).get("participants", 0),
                before.get(month, {}).get("sessions", 0),
                before.get(month, {}).get("participants", 0),
            )
            for month in range(1, 13)
        )


def _group(kind: str, code: str, row: Row) -> Group:
    return Group(
        kind=kind,
        code=code,
        sessions=row.get("sessions", 0),
        participants=row.get("participants", 0),
        participants_unknown=row.get("participants_unknown", 0),
        name=row.get("name") or "",
    )


def _hosts(store: Store, year: int, as_of: date) -> tuple[Group, ...]:
    rows = store.query("annual_hosts", first_day=first_day(year), last_day=last_day(year, as_of))
    return tuple(_group("host", row["code"] or NOT_GIVEN, row) for row in rows)


def _team_kinds(store: Store, year: int, as_of: date) -> tuple[TeamKind, ...]:
    rows = store.query("annual_team_kinds", first_day=first_day(year), as_of=as_of)
    found = {row["code"]: TeamKind(**row) for row in rows}
    return tuple(found.get(code, TeamKind(code)) for code in vocabulary.codes("team_kind"))


def _named(store: Store, year: int, as_of: date, office: OfficeSettings) -> Named:
    revised = store.query(
        "annual_plans", as_of=as_of, status="under_revision", categories="special"
    )
    founded = store.query(
        "annual_teams", as_of=as_of, kind="professional", founded_from=first_day(year)
    )
    fields = store.query("annual_team_fields", as_of=as_of, kind="social")
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
