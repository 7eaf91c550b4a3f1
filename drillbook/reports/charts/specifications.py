"""Kinds of bars, as Vega-Lite specifications without data.

Only channel objects: a shorthand such as ``"count:Q"`` is parsed anew for seven milliseconds.
Colours reach 3 : 1 on the light and on the dark page, so that one specification serves both;
all other colours come from the page's theme.
"""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from drillbook.core import vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.reports.drill_down import GROUPINGS

# Told apart by lightness too, not by hue alone.
BLUE = "#2f74b5"
GREY = "#8592a0"
VERMILION = "#d2603a"

# The page's own colour of text; Streamlit makes axes too pale and leaves numbers black.
TEXT = "currentColor"

PICK = "pick"
BAR_STEP = 24
MONTH_HEIGHT = 190
LABEL_WIDTH = 150
NUMBER_WIDTH = 42

Spec = dict[str, Any]


def bars(value: str, value_title: str, name_title: str) -> Spec:
    """Return one bar a row, its number at its end."""
    base = alt.Chart().encode(
        y=_names(), x=_length(value), tooltip=_tooltips("label", name_title, value, value_title)
    )
    is_group = f"indexof({json.dumps(GROUPINGS)}, datum.code) >= 0"
    drawn = base.mark_bar(cursor="pointer").encode(
        color=alt.when(is_group).then(alt.value(GREY)).otherwise(alt.value(BLUE)),
        opacity=_picked(),
    )
    return sized(drawn.add_params(_pick()) + _numbers(base, value), height=alt.Step(BAR_STEP))


def status_bars(value: str, value_title: str, name_title: str) -> Spec:
    """Return one bar a status, the late ones in another colour at its end."""
    base = alt.Chart().encode(y=_names("status_label"), order=alt.Order(field="position"))
    colour = alt.Color(
        field="lateness",
        type="nominal",
        scale=alt.Scale(domain=["on_time", "late"], range=[BLUE, VERMILION]),
        legend=legend({"on_time": _("Not late"), "late": vocabulary.label("due_state", "late")}),
    )
    drawn = base.mark_bar(cursor="pointer").encode(
        x=_length(value, stack="zero"),
        color=colour,
        opacity=_picked(),
        tooltip=_tooltips("label", name_title, "total", value_title),
    )
    whole = base.transform_filter("datum.lateness == 'on_time'")
    return sized(
        drawn.add_params(_pick()) + _numbers(whole, "total"), height=alt.Step(BAR_STEP + 4)
    )


def month_bars(value: str, value_title: str, name_title: str) -> Spec:
    """Return two bars a month: this year's and, before it, the year before's."""
    series = {"previous_year": _("Year before"), "this_year": _("This year")}
    drawn = (
        alt.Chart()
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X(
                field="label",
                type="ordinal",
                sort=alt.EncodingSortField(field="month", op="min"),
                axis=alt.Axis(title=None, labelAngle=0, labelOverlap="greedy", ticks=False),
            ),
            xOffset=alt.XOffset(field="series", type="nominal", sort=list(series)),
            y=alt.Y(
                field=value,
                type="quantitative",
                axis=alt.Axis(title=None, format=",d", tickMinStep=1, tickCount=4),
            ),
            color=alt.Color(
                field="series",
                type="nominal",
                scale=alt.Scale(domain=list(series), range=[GREY, BLUE]),
                legend=legend(series),
            ),
            opacity=_picked(),
            tooltip=_tooltips("code", name_title, value, value_title),
        )
        .add_params(_pick())
    )
    return sized(drawn, height=MONTH_HEIGHT)


def _names(field: str = "label") -> alt.Y:
    return alt.Y(
        field=field,
        type="nominal",
        sort=alt.EncodingSortField(field="position", op="min"),
        axis=alt.Axis(title=None, labelLimit=LABEL_WIDTH, ticks=False, domain=False),
    )


def _length(field: str, **more: Any) -> alt.X:
    # Room for the number at the end of the longest bar.
    room = alt.Scale(nice=False, zero=True, range=[0, {"expr": f"width - {NUMBER_WIDTH}"}])
    return alt.X(field=field, type="quantitative", axis=None, scale=room, **more)


def _numbers(base: Any, field: str) -> Any:
    return base.mark_text(align="left", dx=4, color=TEXT).encode(
        x=_length(field), text=alt.Text(field=field, type="quantitative", format=",")
    )


def _tooltips(name: str, name_title: str, value: str, value_title: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(field=name, type="nominal", title=name_title),
        alt.Tooltip(field=value, type="quantitative", title=value_title, format=","),
    ]


def legend(labels: dict[str, str]) -> alt.Legend:
    """Return a legend that names each code of ``labels`` in words."""
    names = " : ".join(f"datum.label == '{c}' ? {json.dumps(text)}" for c, text in labels.items())
    # An empty title, not none: Streamlit would write one into the shared specification.
    return alt.Legend(title="", orient="top", direction="horizontal", labelExpr=f"{names} : ''")


def _pick() -> alt.Parameter:
    return alt.selection_point(name=PICK, fields=["code"])


def _picked() -> Any:
    return alt.when(_pick()).then(alt.value(1)).otherwise(alt.value(0.45))


def sized(chart: alt.Chart | alt.LayerChart, height: int | alt.Step) -> Spec:
    """Return a chart as a specification without data that fits its page and its theme."""
    # English descriptions of every axis and bar would be read out in Chinese pages; the sentence
    # beside the chart and the table view say more.
    sized = chart.properties(
        height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    ).configure(
        axis={"aria": False, "labelColor": TEXT},
        legend={"aria": False, "labelColor": TEXT},
        mark={"aria": False},
    )
    made = _without_data(sized.to_dict())
    # Altair's own theme, for pages without one.
    del made["config"]["view"]
    return made


def _without_data(spec: Spec) -> Spec:
    """Drop Altair's placeholder rows: the data comes with each run, as Arrow."""
    dropped = {"data", "datasets"}
    kept = {name: part for name, part in spec.items() if name not in dropped}
    if "layer" in kept:
        kept["layer"] = [_without_data(layer) for layer in kept["layer"]]
    return kept
