"""The figures of the annual report: what each is called, how it is counted, and its rows.

Screen, workbook and sentence take their words and their lists from here, so that a number means
the same wherever it stands. Nothing is counted here: that is done in SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from drillbook.core import vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.duckdb_engine import Row
from drillbook.reports.annual_figures import AnnualStatistics, first_day, last_day

SORTS = {"planned_drills": "number", "sessions": "held_on", "plans": "title", "teams": "name"} | {
    "findings": "held_on"
}
"""Table → the column its list is sorted by."""


@dataclass(frozen=True)
class Figure:
    """One figure: ``label`` and ``how`` are English msgids, ``filters`` narrow its table."""

    code: str
    label: str
    how: str
    table: str
    value: Callable[[AnnualStatistics], int]
    filters: Row = field(default_factory=dict)

    def label_shown(self) -> str:
        """Return what the figure is called in the language of this run."""
        return _(self.label)

    def how_shown(self) -> str:
        """Return how the figure is counted in the language of this run."""
        return _(self.how)


@dataclass(frozen=True)
class RowsBehind:
    """The list of records a figure counts: a named query, its parameters and its order."""

    table: str
    query: str
    parameters: Row
    sort: str


_REVISED: Row = {"status": "under_revision"}
_MAIN = ("overall", "special")
_OTHER = ",".join(code for code in vocabulary.codes("plan_category") if code not in _MAIN)


def _revised(*categories: str) -> Callable[[AnnualStatistics], int]:
    return lambda year: sum(year.revised_by_category.get(code, 0) for code in categories)


HEADLINES: tuple[Figure, ...] = (
    Figure(
        "planned_drills",
        N_("Planned drills (items)"),
        N_("Items of the year's programme. An item may be held many times."),
        "planned_drills",
        lambda year: year.planned_drills,
    ),
    Figure(
        "planned_drills_held",
        N_("Planned drills held"),
        N_("Items with at least one session by the as-of date."),
        "planned_drills",
        lambda year: year.planned_drills_held,
        {"is_held": 1},
    ),
    Figure(
        "planned_drills_late",
        N_("Planned drills overdue"),
        N_("Items not completed or cancelled whose due date lies before the as-of date."),
        "planned_drills",
        lambda year: year.planned_drills_late,
        {"due_state": "late"},
    ),
    Figure(
        "planned_drills_without_host",
        N_("Drills without a host"),
        N_("Items for which no host unit is recorded."),
        "planned_drills",
        lambda year: year.planned_drills_without_host,
        {"hosts": ""},
    ),
    Figure(
        "sessions",
        N_("Drill sessions held"),
        N_("Sessions held in the year by the as-of date; voided ones do not count."),
        "sessions",
        lambda year: year.sessions,
    ),
    Figure(
        "sessions_in_programme",
        N_("Sessions in programme"),
        N_("Sessions that belong to a planned drill."),
        "sessions",
        lambda year: year.sessions_in_programme,
        {"membership": "inside"},
    ),
    Figure(
        "sessions_outside_programme",
        N_("Sessions outside programme"),
        N_("Sessions that belong to no planned drill."),
        "sessions",
        lambda year: year.sessions_outside_programme,
        {"membership": "outside"},
    ),
    Figure(
        "sessions_in_other_years",
        N_("Sessions in other years"),
        N_(
            "Sessions of this programme held in another year: they count as held for their"
            " planned drill, but not as sessions of this year."
        ),
        "sessions",
        lambda year: year.sessions_in_other_years,
    ),
    Figure(
        "participants",
        N_("Participants (person-times)"),
        N_("Sum over the sessions; who took part in several counts each time."),
        "sessions",
        lambda year: year.participants,
    ),
    Figure(
        "participants_unknown",
        N_("Sessions, count unknown"),
        N_("They add nothing to the participants."),
        "sessions",
        lambda year: year.participants_unknown,
        {"head_count": "unknown"},
    ),
    Figure(
        "participants_inexact",
        N_("Sessions, count inexact"),
        N_("Sessions with a head count about or over a number; they add that number."),
        "sessions",
        lambda year: year.participants_inexact,
        {"head_count": "inexact"},
    ),
    Figure(
        "observers",
        N_("Observers (person-times)"),
        N_("Sum over the sessions; not part of the participants."),
        "sessions",
        lambda year: year.observers,
        {"head_count": "observers"},
    ),
    Figure(
        "support",
        N_("Support staff (person-times)"),
        N_("Sum over the sessions; not part of the participants."),
        "sessions",
        lambda year: year.support,
        {"head_count": "support"},
    ),
    Figure(
        "plans",
        N_("Contingency plans"),
        N_("Plans on record at the as-of date, without repealed ones."),
        "plans",
        lambda year: year.plans,
    ),
    Figure(
        "plans_under_revision",
        N_("Plans in revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        "plans",
        lambda year: year.plans_under_revision,
        _REVISED,
    ),
    Figure(
        "plans_drafting",
        N_("Plans being drafted"),
        N_("Plans whose first version is not issued yet; not part of those under revision."),
        "plans",
        lambda year: year.plans_drafting,
        {"status": "drafting"},
    ),
    Figure(
        "teams",
        N_("Rescue teams"),
        N_("Teams founded by the as-of date and not dissolved by then."),
        "teams",
        lambda year: year.teams,
    ),
    Figure(
        "findings",
        N_("Findings"),
        N_("What the year's drills showed and was recorded as a finding."),
        "findings",
        lambda year: year.findings,
    ),
    Figure(
        "findings_closed",
        N_("Findings closed"),
        N_("Closed by the as-of date: actions verified, or the new version of the plan out."),
        "findings",
        lambda year: year.findings_closed,
        {"standing": "closed"},
    ),
    Figure(
        "findings_late",
        N_("Findings overdue"),
        N_(
            "Not closed, with an action past its date; or major, on a plan, and without a revision"
            " after the office's days."
        ),
        "findings",
        lambda year: year.findings_late,
        {"standing": "late"},
    ),
)
IN_SENTENCE: tuple[Figure, ...] = (
    Figure(
        "overall_plans_under_revision",
        N_("Overall plans under revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        "plans",
        _revised("overall"),
        _REVISED | {"categories": "overall"},
    ),
    Figure(
        "special_plans_under_revision",
        N_("Special plans under revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        "plans",
        _revised("special"),
        _REVISED | {"categories": "special"},
    ),
    Figure(
        "main_plans_under_revision",
        N_("Overall and special plans under revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        "plans",
        _revised(*_MAIN),
        _REVISED | {"categories": ",".join(_MAIN)},
    ),
    Figure(
        "other_plans_under_revision",
        N_("Other plans under revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        "plans",
        _revised(*_OTHER.split(",")),
        _REVISED | {"categories": _OTHER},
    ),
    Figure(
        "professional_teams_founded",
        N_("Professional teams set up in the year"),
        N_("Teams founded in the year by the as-of date."),
        "teams",
        lambda year: year.team_kind("professional").founded,
        {"kind": "professional"},
    ),
    Figure(
        "social_teams",
        N_("Social rescue teams"),
        N_("Teams founded by the as-of date and not dissolved by then."),
        "teams",
        lambda year: year.team_kind("social").teams,
        {"kind": "social"},
    ),
)
FIGURES: dict[str, Figure] = {figure.code: figure for figure in (*HEADLINES, *IN_SENTENCE)}


def rows_behind(code: str, year: int, as_of: date, **narrowed: Any) -> RowsBehind:
    """Return the list a figure counts; ``narrowed`` picks one group, e.g. ``form="tabletop"``.

    KeyError for a figure that does not exist, TypeError for a column the list has no filter for.
    """
    figure = FIGURES[code]
    parameters = list_parameters(figure.table, year, as_of)
    given = figure.filters | narrowed
    if code == "sessions_in_other_years":
        given |= {"programme_year": year, "other_than_year": year}
        given |= {"first_day": date.min, "last_day": as_of}
    if code == "professional_teams_founded":
        given |= {"founded_from": first_day(year)}
    unknown = set(given) - set(parameters)
    if unknown:
        raise TypeError(f"{figure.table} cannot be narrowed by {', '.join(sorted(unknown))}")
    return RowsBehind(
        figure.table, f"annual_{figure.table}", parameters | given, SORTS[figure.table]
    )


FILTERS = {
    "sessions": (
        "membership",
        "event_class",
        "form",
        "host",
        "head_count",
        "programme_year",
        "other_than_year",
    ),
    "planned_drills": ("status", "due_state", "is_held", "hosts"),
    "plans": ("status", "categories"),
    "teams": ("kind", "founded_from"),
    "findings": ("standing",),
}


def list_parameters(table: str, year: int, as_of: date) -> Row:
    """Return the parameters of a whole list: the year, the day, and no filter."""
    parameters: Row = dict.fromkeys(FILTERS[table])
    if table == "sessions":
        return parameters | {"first_day": first_day(year), "last_day": last_day(year, as_of)}
    if table == "planned_drills":
        parameters["year"] = year
    if table == "findings":
        parameters |= {"first_day": first_day(year), "last_day": last_day(year, as_of)}
    return parameters | {"as_of": as_of}
