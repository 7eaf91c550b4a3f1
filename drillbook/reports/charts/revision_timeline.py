"""The revisions of plans on a line of time: planned above, done below, what is late at its end.

As for every chart, the specification holds no data and is made once per language.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt

from drillbook.core import vocabulary
from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.reports.charts import specifications

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERY = "chart_revision_timeline"
STEP, BAR = 40, 10


@cache
def spec(language: Language) -> specifications.Spec:
    """Return the Vega-Lite specification in a language; do not change it."""
    with use_language(language):
        return _drawn()


def _drawn() -> specifications.Spec:
    series = {
        "planned": _("Planned"),
        "done": _("Done"),
        "late": vocabulary.label("due_state", "late"),
    }
    colour = alt.Color(
        field="series",
        type="nominal",
        scale=alt.Scale(
            domain=list(series),
            range=[specifications.GREY, specifications.BLUE, specifications.VERMILION],
        ),
        legend=specifications.legend(series),
    )
    base = alt.Chart().encode(
        y=alt.Y(
            field="title",
            type="nominal",
            sort=alt.EncodingSortField(field="place", op="min"),
            axis=alt.Axis(
                title=None, labelLimit=specifications.LABEL_WIDTH, ticks=False, domain=False
            ),
        ),
        x=_day("from_on", axis=alt.Axis(title=None, format="%Y-%m", labelOverlap="parity")),
        x2=alt.X2(field="to_on"),
        color=colour,
        opacity=alt.when("datum.position % 2 == 0").then(alt.value(1)).otherwise(alt.value(0.72)),
        tooltip=[
            alt.Tooltip(field=name, type="nominal", title=title)
            for name, title in (
                ("title", _("Plan")),
                ("stage_label", _("Stage")),
                ("planned", _("Planned")),
                ("done", _("Done")),
            )
        ],
    )
    planned = base.transform_filter("datum.series == 'planned'").mark_bar(size=BAR, yOffset=-7)
    done = base.transform_filter("datum.series != 'planned'").mark_bar(size=BAR, yOffset=6)
    today = (
        alt.Chart().mark_rule(strokeDash=[4, 3], color=specifications.TEXT).encode(x=_day("as_of"))
    )
    return specifications.sized(planned + done + today, height=alt.Step(STEP))


def _day(field: str, **more: Any) -> alt.X:
    return alt.X(field=field, type="temporal", scale=alt.Scale(type="utc"), **more)


def sentence(figure: Mapping[str, int], as_of: object) -> str:
    """Say how many revisions run, are late, and how many of their stages are done.

    ``figure``: open, late, stages_done, stages_total, stages_planned.
    """
    if not figure["open"]:
        return _("As of {as_of} no plan is under revision.").format(as_of=as_of)
    return _(
        "As of {as_of}: {open} revisions under way, {late} past their target date;"
        " {done} of {total} stages done or skipped, {planned} were planned to be by now."
    ).format(
        as_of=as_of,
        open=figure["open"],
        late=figure["late"],
        done=figure["stages_closed"],
        total=figure["stages_total"],
        planned=figure["stages_planned"],
    )
