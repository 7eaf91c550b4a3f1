"""The charts of the register: what each shows, its prepared specification and its sentence.

Altair is the language they are written in. A specification holds no data and is made once per
chart and language; nothing here counts or groups, that is done in ``sql/queries/charts/``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from drillbook.core.i18n import LANGUAGES, N_, Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.reports.charts import captions, revision_timeline, specifications

if TYPE_CHECKING:
    import pyarrow

    from drillbook.reports.query_cache import Filters

Spec = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """One chart: the query behind it, the column it draws, and how it is worded.

    ``code`` columns of the query name what a bar stands for; ``columns`` are those of the table
    view, column → header. Texts are msgids.
    """

    name: str
    query: str
    value: str
    title: str
    build: Callable[[str, str, str], Spec]
    sentence: Callable[[pyarrow.Table, Filters], str]
    columns: dict[str, str]
    register: str
    listed: str = ""

    @property
    def listed_value(self) -> str:
        """The column whose number stands beside a bar's name in the selection list."""
        return self.listed or self.value


SESSIONS = {"sessions": N_("Sessions"), "participants": N_("Participants (person-times)")}
MONTHS = {"code": N_("Month"), **SESSIONS, "participants_unknown": N_("Head count unknown")}
TEAMS = {"label": N_("Kind of team"), "teams": N_("Teams"), "members": N_("Members")}

CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            name="planned_status",
            query="chart_planned_status",
            value="value",
            title=N_("Planned drills by status"),
            build=specifications.status_bars,
            sentence=captions.planned_status,
            columns={"label": N_("Status"), "total": N_("Planned drills")},
            register="programme",
            listed="total",
        ),
        Chart(
            name="sessions_by_month",
            query="chart_month",
            value="sessions",
            title=N_("Drill sessions by month"),
            build=specifications.month_bars,
            sentence=captions.sessions_by_month,
            columns=MONTHS,
            register="sessions",
        ),
        Chart(
            name="participants_by_month",
            query="chart_month",
            value="participants",
            title=N_("Participants by month (person-times)"),
            build=specifications.month_bars,
            sentence=captions.participants_by_month,
            columns=MONTHS,
            register="sessions",
        ),
        Chart(
            name="sessions_by_event_class",
            query="chart_event_class",
            value="sessions",
            title=N_("Drill sessions by event class"),
            build=specifications.bars,
            sentence=captions.sessions_by_group,
            columns={"label": N_("Event class"), **SESSIONS},
            register="sessions",
        ),
        Chart(
            name="sessions_by_form",
            query="chart_form",
            value="sessions",
            title=N_("Drill sessions by form"),
            build=specifications.bars,
            sentence=captions.sessions_by_group,
            columns={"label": N_("Form"), **SESSIONS},
            register="sessions",
        ),
        Chart(
            name="sessions_by_host",
            query="chart_host",
            value="sessions",
            title=N_("Drill sessions by host unit"),
            build=specifications.bars,
            sentence=captions.sessions_by_host,
            columns={"label": N_("Host unit"), **SESSIONS},
            register="sessions",
        ),
        Chart(
            name="plans_by_status",
            query="chart_plan_status",
            value="plans",
            title=N_("Contingency plans by revision state"),
            build=specifications.bars,
            sentence=captions.plans_by_status,
            columns={"label": N_("Status"), "plans": N_("Plans")},
            register="plans",
        ),
        Chart(
            name="plans_by_category",
            query="chart_plan_category",
            value="plans",
            title=N_("Contingency plans by category"),
            build=specifications.bars,
            sentence=captions.plans_by_category,
            columns={"label": N_("Category"), "plans": N_("Plans")},
            register="plans",
        ),
        Chart(
            name="teams_by_kind",
            query="chart_team_kind",
            value="teams",
            title=N_("Rescue teams by kind"),
            build=specifications.bars,
            sentence=captions.teams_by_kind,
            columns=TEAMS,
            register="teams",
        ),
        Chart(
            name="members_by_kind",
            query="chart_team_kind",
            value="members",
            title=N_("Members of rescue teams by kind"),
            build=specifications.bars,
            sentence=captions.members_by_kind,
            columns=TEAMS,
            register="teams",
        ),
        Chart(
            name="actions_by_unit",
            query="chart_actions",
            value="value",
            title=N_("Corrective actions not done, by owner unit"),
            build=specifications.status_bars,
            sentence=captions.actions_by_unit,
            columns={"label": N_("Owner unit"), "total": N_("Actions not done")},
            register="findings",
            listed="total",
        ),
    )
}


@cache
def spec(name: str, language: Language) -> Spec:
    """Return the Vega-Lite specification of a chart, made once; do not change it."""
    chart = CHARTS[name]
    with use_language(language):
        name_title = _(next(iter(chart.columns.values())))
        return chart.build(chart.value, _(chart.columns[chart.listed_value]), name_title)


def prepare() -> None:
    """Make every specification in every language, before the first visitor needs one."""
    for name in CHARTS:
        for language in LANGUAGES:
            spec(name, language)
    for language in LANGUAGES:
        revision_timeline.spec(language)


def text(name: str, table: pyarrow.Table, filters: Filters) -> str:
    """Return what a chart shows, as one sentence in the language of this run."""
    return CHARTS[name].sentence(table, filters)
