"""The figures of the register, each with one entry: its name, how it is counted, and its rows.

Dashboard, statistics, workbook, command line and sentence ask the entry, so that a number means
the same wherever it stands. An entry names the query that counts it, the column, and the codes
that belong to it; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from drillbook.core import vocabulary
from drillbook.core.i18n import N_
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.counting import Figure
from drillbook.reports.query_cache import Filters

_item = partial(
    Figure,
    unit=N_("items"),
    query="count_planned_drills",
    records="planned_drills",
    by=("planned_status",),
    none=N_("No planned drills for {year} with these filters."),
)
_session = partial(
    Figure,
    unit=N_("sessions"),
    query="count_sessions",
    records="sessions",
    by=("month", "event_class", "form", "membership", "host"),
)
_people = partial(_session, unit=N_("attendances"))
_plan = partial(
    Figure,
    unit=N_("plans"),
    query="count_plans",
    records="plans",
    none=N_("As of {as_of} no contingency plan is on record."),
)
_revised = partial(
    _plan,
    how=N_("Plans in force with a revision that is open at the as-of date."),
    column="plans",
    dimension="revised_category",
)
_team = partial(
    Figure,
    how=N_("Teams founded by the as-of date and not dissolved by then."),
    unit=N_("teams"),
    query="count_teams",
    records="teams",
    none=N_("As of {as_of} no rescue team is on record."),
)
_finding = partial(Figure, unit=N_("findings"), query="count_findings", records="findings")
_action = partial(
    Figure,
    unit=N_("actions"),
    query="count_actions",
    records="actions",
    by=("owner",),
    none=N_("As of {as_of} no corrective action is left to do."),
)
_MAIN = ("overall", "special")
_OTHER = tuple(code for code in vocabulary.codes("plan_category") if code not in _MAIN)


def _under_revision(*categories: str) -> Row:
    return {"status": "under_revision", "categories": ",".join(categories)}


HEADLINES: tuple[Figure, ...] = (
    _item(
        "planned_drills",
        N_("Planned drills (items)"),
        N_("Items of the year's programme. An item may be held many times."),
        column="planned_drills",
    ),
    _item(
        "planned_drills_held",
        N_("Planned drills held"),
        N_("Items with at least one session by the as-of date."),
        column="held",
        filters={"is_held": 1},
    ),
    _item(
        "planned_drills_late",
        N_("Planned drills overdue"),
        N_("Items not completed or cancelled whose due date lies before the as-of date."),
        column="late",
        filters={"due_state": "late"},
        none=N_("No planned drill is overdue."),
    ),
    _item(
        "planned_drills_without_host",
        N_("Drills without a host"),
        N_("Items for which no host unit is recorded."),
        column="without_host",
        filters={"hosts": ""},
    ),
    _session(
        "sessions",
        N_("Drill sessions held"),
        N_("Sessions held in the year by the as-of date; voided ones do not count."),
        column="sessions",
    ),
    _session(
        "sessions_in_programme",
        N_("Sessions in programme"),
        N_("Sessions that belong to a planned drill."),
        column="sessions",
        dimension="membership",
        codes=("inside",),
        filters={"of_membership": "inside"},
        by=(),
    ),
    _session(
        "sessions_outside_programme",
        N_("Sessions outside programme"),
        N_("Sessions that belong to no planned drill."),
        column="sessions",
        dimension="membership",
        codes=("outside",),
        filters={"of_membership": "outside"},
        by=(),
    ),
    _session(
        "sessions_in_other_years",
        N_("Sessions in other years"),
        N_(
            "Sessions of this programme held in another year: they count as held for their"
            " planned drill, but not as sessions of this year."
        ),
        query="count_other_years",
        column="sessions",
        by=(),
    ),
    _people(
        "participants",
        N_("Participants (person-times)"),
        N_("Sum over the sessions; who took part in several counts each time."),
        column="participants",
    ),
    _session(
        "participants_unknown",
        N_("Sessions, count unknown"),
        N_("They add nothing to the participants."),
        column="participants_unknown",
        filters={"head_count": "unknown"},
    ),
    _session(
        "participants_inexact",
        N_("Sessions, count inexact"),
        N_("Sessions with a head count about or over a number; they add that number."),
        column="participants_inexact",
        filters={"head_count": "inexact"},
        by=("month", "event_class", "form", "membership"),
    ),
    _people(
        "observers",
        N_("Observers (person-times)"),
        N_("Sum over the sessions; not part of the participants."),
        column="observers",
        filters={"head_count": "observers"},
        by=("month", "event_class", "form", "membership"),
    ),
    _people(
        "support",
        N_("Support staff (person-times)"),
        N_("Sum over the sessions; not part of the participants."),
        column="support",
        filters={"head_count": "support"},
        by=("month", "event_class", "form", "membership"),
    ),
    _plan(
        "plans",
        N_("Contingency plans"),
        N_("Plans on record at the as-of date, without repealed ones."),
        column="plans",
        by=("plan_status", "plan_category"),
    ),
    _plan(
        "plans_under_revision",
        N_("Plans in revision"),
        N_("Plans in force with a revision that is open at the as-of date."),
        column="plans",
        dimension="plan_status",
        codes=("under_revision",),
        filters={"status": "under_revision"},
    ),
    _plan(
        "plans_drafting",
        N_("Plans being drafted"),
        N_("Plans whose first version is not issued yet; not part of those under revision."),
        column="plans",
        dimension="plan_status",
        codes=("drafting",),
        filters={"status": "drafting"},
    ),
    _team("teams", N_("Rescue teams"), column="teams", by=("team_kind",)),
    _finding(
        "findings",
        N_("Findings"),
        N_("What the year's drills showed and was recorded as a finding."),
        column="findings",
    ),
    _finding(
        "findings_closed",
        N_("Findings closed"),
        N_("Closed by the as-of date: actions verified, or the new version of the plan out."),
        column="closed",
        filters={"standing": "closed"},
    ),
    _finding(
        "findings_late",
        N_("Findings overdue"),
        N_(
            "Not closed, with an action past its date; or major, on a plan, and without a revision"
            " after the office's days."
        ),
        column="late",
        filters={"standing": "late"},
    ),
)
"""The figures of the year's summary, in its order."""
IN_SENTENCE: tuple[Figure, ...] = (
    _revised(
        "overall_plans_under_revision",
        N_("Overall plans under revision"),
        codes=("overall",),
        filters=_under_revision("overall"),
    ),
    _revised(
        "special_plans_under_revision",
        N_("Special plans under revision"),
        codes=("special",),
        filters=_under_revision("special"),
    ),
    _revised(
        "main_plans_under_revision",
        N_("Overall and special plans under revision"),
        codes=_MAIN,
        filters=_under_revision(*_MAIN),
    ),
    _revised(
        "other_plans_under_revision",
        N_("Other plans under revision"),
        codes=_OTHER,
        filters=_under_revision(*_OTHER),
    ),
    _team(
        "professional_teams_founded",
        N_("Professional teams set up in the year"),
        how=N_("Teams founded in the year by the as-of date."),
        column="founded",
        dimension="team_kind",
        codes=("professional",),
        filters={"kind": "professional"},
    ),
    _team(
        "social_teams",
        N_("Social rescue teams"),
        column="teams",
        dimension="team_kind",
        codes=("social",),
        filters={"kind": "social"},
    ),
)
"""The figures that only the official sentence says."""
BESIDE: tuple[Figure, ...] = (
    _item(
        "planned_drills_due_soon",
        N_("Planned drills due soon"),
        N_("Items not completed or cancelled that fall due within the office's days."),
        column="due_soon",
        filters={"due_state": "due_soon"},
        none=N_("No planned drill is due soon."),
    ),
    _plan(
        "revisions_late",
        N_("Overdue plan revisions"),
        N_("Plans with an open revision whose target date lies before the as-of date."),
        column="revisions_late",
        filters={"is_revision_late": 1},
        by=("plan_status", "plan_category"),
        none=N_("No revision has passed its target date."),
    ),
    _team(
        "members",
        N_("Members of rescue teams"),
        how=N_("Sum over the teams of the strength last counted by the as-of date."),
        unit=N_("members"),
        column="members",
        by=("team_kind",),
    ),
    _team(
        "members_unknown",
        N_("Teams without a recorded strength"),
        how=N_("They add nothing to the members."),
        column="members_unknown",
        filters={"has_no_strength": 1},
        by=("team_kind",),
    ),
    _action(
        "actions_open",
        N_("Corrective actions not done"),
        N_("Actions on any finding that are not done by the as-of date."),
        column="actions",
        filters={"is_open": 1},
    ),
    _action(
        "actions_late",
        N_("Corrective actions overdue"),
        N_("Actions not done whose due date lies before the as-of date."),
        column="late",
        filters={"is_open": 1, "is_late": 1},
    ),
)
"""The figures that stand on the dashboard and in charts only."""
FIGURES: dict[str, Figure] = {f.code: f for f in (*HEADLINES, *IN_SENTENCE, *BESIDE)}


def numbers(store: Store, view: Filters, codes: Iterable[str] = tuple(FIGURES)) -> dict[str, int]:
    """Return figures of a view by their codes, all of them unless ``codes`` are given."""
    return {code: FIGURES[code].number(store, view) for code in codes}
