"""The charts of the register: the figure each shows and by what, its specification, its sentence.

Altair is the language they are written in. A specification holds no data and is made once per
chart and language; nothing here counts or groups: a chart asks the figure's own entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from drillbook.core.i18n import LANGUAGES, N_, Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language as language_now
from drillbook.db.store import Store
from drillbook.reports import query_cache
from drillbook.reports.charts import captions, revision_timeline, specifications, tables
from drillbook.reports.counting import Figure
from drillbook.reports.drill_down import DrillDown
from drillbook.reports.figures import FIGURES
from drillbook.reports.query_cache import Filters

if TYPE_CHECKING:
    import pyarrow

Spec = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """One chart: the figure it shows, the dimension it is counted by, and how it is worded.

    ``value`` is the column that is drawn; ``columns`` are those of the table view, column →
    header. Texts are msgids. ``late`` is the figure behind the late part of a bar.
    """

    name: str
    figure: Figure
    by: str
    value: str
    numbers: tuple[str, ...]
    title: str
    lay_out: Callable[[Store, Filters, str, Sequence[str]], pyarrow.Table]
    build: Callable[[str, str, str], Spec]
    sentence: Callable[[pyarrow.Table, Filters], str]
    columns: dict[str, str]
    late: Figure | None = None
    listed: str = ""

    @property
    def listed_value(self) -> str:
        """The column whose number stands beside a bar's name in the selection list."""
        return self.listed or self.value

    def table(self, store: Store, view: Filters) -> pyarrow.Table:
        """Return what the chart draws, from memory when nothing was written since."""
        question = ("chart", self.lay_out, self.by, self.numbers, language_now(), view)
        return query_cache.remembered(
            store, question, lambda: self.lay_out(store, view, self.by, self.numbers)
        )

    def rows(self, code: str, table: pyarrow.Table, view: Filters) -> DrillDown:
        """Return the rows behind the bar ``code`` of the chart that draws ``table``."""
        if self.late and code.endswith(tables.LATE):
            return self.late.rows(view, self.by, code.removesuffix(tables.LATE))
        if self.by == "host":
            named = ",".join(table.column("code").to_pylist())
            return self.figure.rows(view, self.by, code, named_hosts=named)
        return self.figure.rows(view, self.by, code)


SESSIONS = {"sessions": N_("Sessions"), "participants": N_("Participants (person-times)")}
MONTHS = {"code": N_("Month"), **SESSIONS, "participants_unknown": N_("Head count unknown")}
TEAMS = {"label": N_("Kind of team"), "teams": N_("Teams"), "members": N_("Members")}

CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            name="planned_status",
            figure=FIGURES["planned_drills"],
            by="planned_status",
            value="value",
            numbers=("planned_drills",),
            title=N_("Planned drills by status"),
            lay_out=tables.status_bars,
            build=specifications.status_bars,
            sentence=captions.planned_status,
            columns={"label": N_("Status"), "total": N_("Planned drills")},
            late=FIGURES["planned_drills_late"],
            listed="total",
        ),
        Chart(
            name="sessions_by_month",
            figure=FIGURES["sessions"],
            by="month",
            value="sessions",
            numbers=(*SESSIONS, "participants_unknown"),
            title=N_("Drill sessions by month"),
            lay_out=tables.month_bars,
            build=specifications.month_bars,
            sentence=captions.sessions_by_month,
            columns=MONTHS,
        ),
        Chart(
            name="participants_by_month",
            figure=FIGURES["participants"],
            by="month",
            value="participants",
            numbers=(*SESSIONS, "participants_unknown"),
            title=N_("Participants by month (person-times)"),
            lay_out=tables.month_bars,
            build=specifications.month_bars,
            sentence=captions.participants_by_month,
            columns=MONTHS,
        ),
        Chart(
            name="sessions_by_event_class",
            figure=FIGURES["sessions"],
            by="event_class",
            value="sessions",
            numbers=tuple(SESSIONS),
            title=N_("Drill sessions by event class"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.sessions_by_group,
            columns={"label": N_("Event class"), **SESSIONS},
        ),
        Chart(
            name="sessions_by_form",
            figure=FIGURES["sessions"],
            by="form",
            value="sessions",
            numbers=tuple(SESSIONS),
            title=N_("Drill sessions by form"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.sessions_by_group,
            columns={"label": N_("Form"), **SESSIONS},
        ),
        Chart(
            name="sessions_by_host",
            figure=FIGURES["sessions"],
            by="host",
            value="sessions",
            numbers=tuple(SESSIONS),
            title=N_("Drill sessions by host unit"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.sessions_by_host,
            columns={"label": N_("Host unit"), **SESSIONS},
        ),
        Chart(
            name="plans_by_status",
            figure=FIGURES["plans"],
            by="plan_status",
            value="plans",
            numbers=("plans",),
            title=N_("Contingency plans by revision state"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.plans_by_status,
            columns={"label": N_("Status"), "plans": N_("Plans")},
        ),
        Chart(
            name="plans_by_category",
            figure=FIGURES["plans"],
            by="plan_category",
            value="plans",
            numbers=("plans",),
            title=N_("Contingency plans by category"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.plans_by_category,
            columns={"label": N_("Category"), "plans": N_("Plans")},
        ),
        Chart(
            name="teams_by_kind",
            figure=FIGURES["teams"],
            by="team_kind",
            value="teams",
            numbers=("teams", "members", "members_unknown"),
            title=N_("Rescue teams by kind"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.teams_by_kind,
            columns=TEAMS,
        ),
        Chart(
            name="members_by_kind",
            figure=FIGURES["members"],
            by="team_kind",
            value="members",
            numbers=("teams", "members", "members_unknown"),
            title=N_("Members of rescue teams by kind"),
            lay_out=tables.bars,
            build=specifications.bars,
            sentence=captions.members_by_kind,
            columns=TEAMS,
        ),
        Chart(
            name="actions_by_unit",
            figure=FIGURES["actions_open"],
            by="owner",
            value="value",
            numbers=("actions",),
            title=N_("Corrective actions not done, by owner unit"),
            lay_out=tables.status_bars,
            build=specifications.status_bars,
            sentence=captions.actions_by_unit,
            columns={"label": N_("Owner unit"), "total": N_("Actions not done")},
            late=FIGURES["actions_late"],
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
