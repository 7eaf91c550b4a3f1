"""One chart on the screen: sentence, picture, table view, and the rows behind a bar.

A card runs by itself (a fragment), so that a click on one chart redraws no other. What a click
does, the selection list beside the chart does for the keyboard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from drillbook.core import privacy
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.db import current
from drillbook.reports.charts import catalogue
from drillbook.reports.charts.captions import total
from drillbook.reports.charts.catalogue import Chart
from drillbook.reports.charts.specifications import PICK
from drillbook.reports.drill_down import DrillDown
from drillbook.reports.query_cache import Filters
from drillbook.ui.components import (
    current_user,
    drill_down_rows,
    formatting,
    list_view,
    navigation,
)

if TYPE_CHECKING:
    import pyarrow

ROWS = 10


@st.fragment
def show_card(name: str, filters: Filters) -> None:
    """Show one chart of the catalogue for a view, with everything that belongs to it."""
    chart = catalogue.CHARTS[name]
    table = _seen(chart.table(current.current(), filters))
    with st.container(border=True, key=f"card_{name}", gap="xsmall"):
        st.subheader(_(chart.title), anchor=False)
        sentence = catalogue.text(name, table, filters)
        st.caption(formatting.plain(sentence))
        if not total(table, chart.value):
            return
        key = f"{name}_{_view_key(filters)}"
        _show_picture(chart, table, sentence, key)
        _show_controls(chart, table, key)
        _show_rows(chart, table, filters, key)


def _seen(table: pyarrow.Table) -> pyarrow.Table:
    """Return a chart's table with its labels as the visitor may read them."""
    if "label" not in table.column_names or current_user.may("contacts"):
        return table
    labels = [
        privacy.without_telephones(label) if isinstance(label, str) else label
        for label in table.column("label").to_pylist()
    ]
    place = table.column_names.index("label")
    return table.set_column(place, table.field(place), [labels])


def _view_key(filters: Filters) -> str:
    # A new view has its own widgets: what was picked in another one is not picked in this one.
    parts = (filters.year, filters.event_class, filters.host, filters.membership)
    return "_".join(str(part or "all") for part in parts)


def _pick_key(key: str) -> str:
    return f"pick_{key}"


def _picture_key(key: str) -> str:
    return f"chart_{key}_{st.session_state.get(f'redrawn_{key}', 0)}"


def _show_picture(chart: Chart, table: pyarrow.Table, sentence: str, key: str) -> None:
    st.vega_lite_chart(
        table,
        catalogue.spec(chart.name, language()),
        key=_picture_key(key),
        on_select=lambda: _follow_click(key),
        alt=sentence,
    )


def _follow_click(key: str) -> None:
    """Carry a click on a bar into the selection list."""
    points = st.session_state[_picture_key(key)]["selection"].get(PICK, [])
    st.session_state[_pick_key(key)] = points[0]["code"] if points else None
    st.session_state.pop(f"page_{key}", None)


def _follow_list(key: str) -> None:
    """Redraw the chart: a bar that was clicked before is no longer the chosen one."""
    st.session_state[f"redrawn_{key}"] = st.session_state.get(f"redrawn_{key}", 0) + 1
    st.session_state.pop(f"page_{key}", None)


def _show_controls(chart: Chart, table: pyarrow.Table, key: str) -> None:
    labels = bar_labels(chart, table)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            _("Show the rows behind: {chart}").format(chart=_(chart.title)),
            list(labels),
            index=None,
            format_func=lambda code: labels.get(code, code),
            placeholder=_("Choose a bar to see its rows"),
            key=_pick_key(key),
            on_change=_follow_list,
            args=(key,),
            label_visibility="collapsed",
        )
        as_table = st.toggle(_("Table"), key=f"table_{chart.name}", persist_state="page")
    if as_table:
        _show_table(chart, table)


def bar_labels(chart: Chart, table: pyarrow.Table) -> dict[str, str]:
    """Return code → name and number of every bar that is not empty, in the chart's order."""
    names = "code" if chart.by == "month" else "label"
    columns = (table.column(c).to_pylist() for c in ("code", names, chart.listed_value))
    return {
        code: _("{name} ({number:,})").format(name=name, number=number)
        for code, name, number in zip(*columns, strict=True)
        if number
    }


def _show_table(chart: Chart, table: pyarrow.Table) -> None:
    config: dict[str, Any] = {
        column: st.column_config.NumberColumn(_(title), format="localized")
        if column not in ("code", "label")
        else st.column_config.TextColumn(_(title))
        for column, title in chart.columns.items()
    }
    st.dataframe(
        table.select(list(chart.columns)),
        hide_index=True,
        column_config=config,
        row_height=list_view.ROW_HEIGHT,
        key=f"figures_{chart.name}",
        placeholder="",
        alt=_("Table: {chart}").format(chart=_(chart.title)),
    )


def _show_rows(chart: Chart, table: pyarrow.Table, filters: Filters, key: str) -> None:
    code = st.session_state.get(_pick_key(key))
    if code is None:
        return
    drill_down = chart.rows(code, table, filters)
    number = int(st.session_state.get(f"page_{key}", 1))
    page = drill_down.page(current.current(), number, ROWS)
    drill_down_rows.show(drill_down, page.rows, f"rows_{key}_{code}_{number}")
    _show_foot(drill_down, page.total, key)


def _show_foot(drill_down: DrillDown, records: int, key: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        counted = ngettext("{count} record", "{count} records", records)
        st.caption(counted.format(count=f"{records:,}"), width="content")
        if records > ROWS:
            st.pagination(-(-records // ROWS), key=f"page_{key}")
        if drill_down.link is not None:
            page = drill_down.record_list.page
            navigation.link(page, _("Open in the register"), drill_down.link)
