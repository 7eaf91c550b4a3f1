"""What plans and drills cover: hazards × plans × sessions of the last years × next year's items.

Years are calendar years; the last of them ends with the as-of day. It reads and compares; what
should be covered by law comes from the register's rules with their source, or is not said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from drillbook.core import vocabulary
from drillbook.db.engine import Row
from drillbook.db.store import Store

SPANS = (1, 2, 3, 5)
"""How many years the matrix can look back; the view holds no more than five."""
DEFAULT_SPAN = 3
FOUR_CLASSES, ZONE_PLAN = "COVER-4-CLASSES", "PLAN-ZONE-SAFETY"


@dataclass(frozen=True)
class HazardRow:
    """One row of the matrix; ``sessions`` maps year → sessions held by the as-of day.

    The hazard ``""`` stands for what names a class only, the class ``""`` for what names neither.
    ``plan_id`` is the plan in force where there is exactly one.
    """

    event_class: str
    hazard: str
    plans: int
    plan_id: str | None
    sessions: dict[int, int]
    participants: int
    participants_unknown: int
    planned_drills: int

    @property
    def held(self) -> int:
        """How many sessions were held in all the years."""
        return sum(self.sessions.values())

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all is there."""
        return not (self.plans or self.held or self.planned_drills)


@dataclass(frozen=True)
class Requirement:
    """What one rule asks to exist: whether it does, the missing codes, and the rule's words.

    Without a rule in force, ``citation`` and ``text`` are empty and no law is spoken of.
    """

    code: str
    missing: tuple[str, ...] = ()
    found: tuple[Row, ...] = ()
    citation: str = ""
    text: str = ""
    is_verified: bool = False

    @property
    def is_met(self) -> bool:
        """Whether all is there that is asked for."""
        return not self.missing


@dataclass(frozen=True)
class Coverage:
    """The whole picture as of a day."""

    as_of: date
    years: tuple[int, ...]
    rows: tuple[HazardRow, ...]
    plans_not_drilled: list[Row] = field(default_factory=list)
    teams_not_joined: list[Row] = field(default_factory=list)
    requirements: tuple[Requirement, ...] = ()

    @property
    def next_year(self) -> int:
        """The year that is planned for."""
        return self.as_of.year + 1

    @property
    def since(self) -> date:
        """The first day that is looked at."""
        return date(self.years[0], 1, 1)

    @property
    def hazards_without_plan(self) -> list[HazardRow]:
        """The rows of hazards for which no plan is in force."""
        return [row for row in self.rows if row.hazard and not row.plans]


def years_back(as_of: date, span: int) -> tuple[int, ...]:
    """Return the calendar years of a span, the first one first."""
    return tuple(range(as_of.year - span + 1, as_of.year + 1))


def coverage(store: Store, as_of: date, span: int = DEFAULT_SPAN) -> Coverage:
    """Return what is covered as of a day, looking back ``span`` years (one of SPANS)."""
    years = years_back(as_of, span)
    since = date(years[0], 1, 1)
    rows = matrix(store, as_of, years)
    return Coverage(
        as_of=as_of,
        years=years,
        rows=rows,
        plans_not_drilled=store.query("coverage_plans", as_of=as_of, since=since),
        teams_not_joined=store.query("coverage_teams", as_of=as_of, since=since),
        requirements=(_four_classes(store, as_of), _zone_plan(store, as_of)),
    )


def matrix(store: Store, as_of: date, years: tuple[int, ...]) -> tuple[HazardRow, ...]:
    """Return the rows of the matrix, by class and hazard in official order.

    A row without a hazard is left out while nothing stands in it.
    """
    cells = store.query(
        "coverage_matrix", as_of=as_of, first_year=years[0], last_year=as_of.year + 1
    )
    groups = groupby(cells, key=lambda cell: (cell["event_class"], cell["hazard"]))
    rows = [_row(list(group), as_of) for _key, group in groups]
    return tuple(row for row in rows if row.hazard or not row.is_blank)


def _row(cells: list[Row], as_of: date) -> HazardRow:
    past = [cell for cell in cells if cell["year"] <= as_of.year]
    following = [cell for cell in cells if cell["year"] > as_of.year]
    return HazardRow(
        event_class=cells[0]["event_class"],
        hazard=cells[0]["hazard"],
        plans=cells[0]["plans"],
        plan_id=cells[0]["plan_id"],
        sessions={cell["year"]: cell["sessions"] for cell in past},
        participants=sum(cell["participants"] for cell in past),
        participants_unknown=sum(cell["participants_unknown"] for cell in past),
        planned_drills=sum(cell["planned_drills"] for cell in following),
    )


def _four_classes(store: Store, as_of: date) -> Requirement:
    """Judge whether each of the event classes has a plan of the government in force."""
    with_plan = {row["event_class"] for row in store.query("coverage_classes", as_of=as_of)}
    missing = tuple(code for code in vocabulary.codes("event_class") if code not in with_plan)
    return _requirement(store, FOUR_CLASSES, as_of, missing, ())


def _zone_plan(store: Store, as_of: date) -> Requirement:
    """Judge whether the zone has a plan of its own for production safety accidents."""
    found = tuple(store.query("coverage_zone_plans", as_of=as_of))
    missing = () if found else ("production_safety",)
    return _requirement(store, ZONE_PLAN, as_of, missing, found)


def _requirement(
    store: Store, code: str, as_of: date, missing: tuple[str, ...], found: tuple[Row, ...]
) -> Requirement:
    cited = cited_rule(store, code, as_of)
    if cited is None:
        return Requirement(code, missing, found)
    return Requirement(
        code, missing, found, cited["citation"], cited["text"], bool(cited["is_verified"])
    )


def cited_rule(store: Store, code: str, as_of: date) -> Row | None:
    """Return citation, text and is_verified of a rule in force on a day, or nothing."""
    return store.one("rule_cited", code=code, as_of=as_of)
