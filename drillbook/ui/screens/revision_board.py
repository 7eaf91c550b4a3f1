"""The revision board's parts: figures, a card per plan, the line of time, changes, what ended.

It shows what the views say of a day and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_, language
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import revisions
from drillbook.reports import query_cache
from drillbook.reports.charts import revision_timeline
from drillbook.ui.components import current_user, formatting, list_view, record_page
from drillbook.ui.components.list_view import Column
from drillbook.ui.screens.revision_status import (
    NEW,
    late_badge,
    open_revision,
    stage_text,
    target_text,
)

SINCE, YEAR = "since", "year"
CARD_WIDTH = 316
FIRST_DAY = date(2000, 1, 1)
CHANGES_SHOWN = 100
CHANGES = {
    "opened": N_("Revision opened"),
    "finished": N_("Revision finished"),
    "abandoned": N_("Revision abandoned"),
    "replanned": N_("Target date moved"),
    "skipped": N_("Skipped: {stage}"),
    "done": N_("Done: {stage}"),
}
ENDED_COLUMNS = (
    Column("title", N_("Plan"), width=260),
    Column("kind", N_("Kind"), "code", "revision_kind", width=90),
    Column("completed_on", N_("Finished on"), "date", width=95),
    Column("status", N_("Status"), "code", "revision_status", width=80),
    Column("document_number", N_("Document number"), width=150),
    Column("owner_unit", N_("Done by"), width=130),
)


def show_board(store: Store) -> None:
    """Show the board as of the year the address asks for, or of today."""
    year, as_of = _as_of(store)
    figure = store.one("revision_figures", as_of=as_of, first_day=date(year, 1, 1))
    assert figure is not None
    _show_heading(as_of)
    record_page.show_flash()
    ended = store.query("revision_list", as_of=as_of, status=None, ended_from=date(year, 1, 1))
    if not figure["open"] and not ended:
        _show_empty(store, year)
        return
    _show_filter(store, year)
    _show_figures(figure, year)
    running = store.query("revision_list", as_of=as_of, status="open", ended_from=None)
    _show_cards(running)
    if running:
        first, second = st.columns([3, 2])
        with first:
            _show_timeline(store, figure, as_of)
        with second:
            _show_progress(running)
    _show_changes(store, as_of)
    _show_ended(ended, year)


def _as_of(store: Store) -> tuple[int, date]:
    text, today = list_view.query_param(YEAR) or "", clock.today()
    is_year = len(text) == 4 and text.isascii() and text.isdigit()
    if is_year and 2000 <= int(text) <= today.year:
        year = int(text)
    else:
        year = _default_year(_years(store), today)
    return year, min(clock.default_as_of(year, today), today)


def _default_year(years: Sequence[int], today: date) -> int:
    """Return this year, or the latest one with news when nothing happened for a whole year."""
    latest = max((year for year in years if year <= today.year), default=today.year)
    return today.year if latest >= today.year - 1 else latest


def _years(store: Store) -> list[int]:
    return list(query_cache.arrow(store, "revision_years").column("year").to_pylist())


def _show_heading(as_of: date) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            st.title(_("Revision board"), anchor=False, width="content")
            st.caption(_("Figures as of {as_of}").format(as_of=as_of), width="content")
        if current_user.person().may_write(revisions.TABLE):
            st.button(
                _("Open a revision"),
                key="revisions_new",
                type="primary",
                on_click=open_revision,
                args=(NEW,),
            )


def _show_filter(store: Store, year: int) -> None:
    years = sorted({*_years(store), clock.today().year, year}, reverse=True)
    key = "revisions_year"
    st.session_state[key] = str(year)
    st.selectbox(
        _("Year"), [str(y) for y in years], key=key, on_change=_follow_year, args=(key,), width=110
    )


def _follow_year(key: str) -> None:
    list_view.ask(**{YEAR: st.session_state[key], SINCE: None})


def _show_empty(store: Store, year: int) -> None:
    st.info(
        _("No plan is under revision, and none was finished in {year}.").format(year=year)
        + " "
        + _("A revision takes a plan from its approval through ten stages to a new version.")
    )
    st.caption(_("Open one here or from the record of a plan; findings of drills open one too."))
    _show_filter(store, year)


# --- figures and cards --------------------------------------------------------------------------


def _show_figures(figure: Row, year: int) -> None:
    with st.container(horizontal=True, gap="small", key="revisions_figures"):
        new = _("of them new plans: {count}").format(count=figure["new_plans"])
        _tile(_("Under way"), str(figure["open"]), new)
        late, behind = figure["late"], figure["behind"]
        days = _("up to {count} days").format(count=figure["days_late"])
        label = _("Past the target date")
        _tile(
            f":red-badge[{label}]" if late else label, str(late), days if late else _("all in time")
        )
        label = _("Behind schedule")
        note = _("a stage is late, the target date is not")
        _tile(f":orange-badge[{label}]" if behind else label, str(behind), note)
        done = f"{figure['stages_closed']} / {figure['stages_total']}"
        planned = _("planned by now: {count}").format(count=figure["stages_planned"])
        _tile(_("Stages done"), done, planned)
        abandoned = _("abandoned: {count}").format(count=figure["abandoned"])
        _tile(_("Finished in {year}").format(year=year), str(figure["finished"]), abandoned)


def _tile(label: str, value: str, note: str) -> None:
    st.metric(label, value, note, delta_color="gray", delta_arrow="off", border=True)


def _show_cards(running: Sequence[Row]) -> None:
    if not running:
        st.caption(_("No plan is under revision."))
        return
    with st.container(horizontal=True, gap="small", key="revisions_cards"):
        for row in running:
            with st.container(border=True, gap="xsmall", width=CARD_WIDTH, key=f"card_{row['id']}"):
                _show_card(row)


def _show_card(row: Row) -> None:
    st.button(
        formatting.plain(row["title"]),
        key=f"revision_open_{row['id']}",
        type="tertiary",
        on_click=open_revision,
        args=(row["id"],),
    )
    badges = f":gray-badge[{formatting.plain(vocabulary.label('revision_kind', row['kind']))}]"
    if row["lifecycle"] == "drafting":
        new = _("new plan")
        badges += f" :blue-badge[{new}]"
    st.markdown(f"{badges} {late_badge(row)}")
    closed = row["stages_done"] + row["stages_skipped"]
    st.progress(min(closed / row["stages_total"], 1.0), text=stage_text(row))
    st.caption(formatting.plain(row["owner_unit"] or _("Nobody is named")))
    st.caption(target_text(row))


# --- the line of time, and progress against it --------------------------------------------------


def _show_timeline(store: Store, figure: Row, as_of: date) -> None:
    with st.container(border=True, gap="xsmall", key="revisions_timeline"):
        st.subheader(_("Planned against done"), anchor=False)
        sentence = revision_timeline.sentence(figure, as_of)
        st.caption(sentence)
        table = query_cache.arrow(store, revision_timeline.QUERY, as_of=as_of, language=language())
        st.vega_lite_chart(
            table, revision_timeline.spec(language()), key=f"revisions_chart_{as_of}", alt=sentence
        )
        if st.toggle(_("Table"), key="revisions_table", persist_state="page"):
            _show_stage_table(table.to_pylist())


def _show_stage_table(rows: Sequence[Row]) -> None:
    told = [
        [row["title"], row["stage_label"], row["planned"] or "—", row["done"] or "—"]
        for row in {(r["id"], r["position"]): r for r in rows if r["series"] != "late"}.values()
    ]
    formatting.table([_("Plan"), _("Stage"), _("Planned"), _("Done")], told)


def _show_progress(running: Sequence[Row]) -> None:
    """Show each revision's share of stages done beside its share of time gone."""
    with st.container(border=True, gap="xsmall", key="revisions_progress"):
        st.subheader(_("Progress and time"), anchor=False)
        st.caption(_("Stages done, beside the time gone between start and target date."))
        rows = [
            {
                "title": row["title"],
                "done": 100 * (row["stages_done"] + row["stages_skipped"]) / row["stages_total"],
                "time": _time_gone(row),
            }
            for row in running
        ]
        share: dict[str, Any] = {"format": "%.0f%%", "min_value": 0, "max_value": 100}
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config={
                "title": st.column_config.TextColumn(_("Plan"), width=170),
                "done": st.column_config.ProgressColumn(_("Stages"), width=90, **share),
                "time": st.column_config.ProgressColumn(_("Time"), width=90, **share),
            },
            key="revisions_shares",
            row_height=list_view.ROW_HEIGHT,
            placeholder="",
            alt=_("Table: {chart}").format(chart=_("Progress and time")),
        )


def _time_gone(row: Row) -> float | None:
    if row["started_on"] is None or row["target_on"] is None:
        return None
    whole = (row["target_on"] - row["started_on"]).days
    gone = (row["as_of"] - row["started_on"]).days
    return 100 * min(gone / whole, 1.0) if whole > 0 else 100.0


# --- what changed, what ended -------------------------------------------------------------------


def _show_changes(store: Store, as_of: date) -> None:
    st.subheader(_("What changed"), anchor=False)
    since = list_view.query_day(SINCE, FIRST_DAY, as_of) or as_of - timedelta(days=30)
    key = "revisions_since"
    st.session_state[key] = since
    st.date_input(
        _("Since"),
        key=key,
        min_value=FIRST_DAY,
        max_value=as_of,
        format="YYYY-MM-DD",
        on_change=_follow_since,
        args=(key,),
        width=150,
    )
    changes = revisions.changes_since(store, since, as_of)
    if not changes:
        st.caption(_("Nothing changed from {since} to {until}.").format(since=since, until=as_of))
        return
    formatting.table(
        [_("Day"), _("Plan"), _("What"), _("By")],
        [
            [
                change["happened_on"],
                change["title"],
                change_text(change),
                current_user.seen(change["by"], "done_by") or "—",
            ]
            for change in changes[:CHANGES_SHOWN]
        ],
    )
    if len(changes) > CHANGES_SHOWN:
        st.caption(_("Only the first {count} are shown.").format(count=CHANGES_SHOWN))


def change_text(change: Row) -> str:
    """Say what a line of ``revisions.changes_since`` tells."""
    stage = vocabulary.label("revision_stage", change["stage"])
    sentence = CHANGES[change["change"]]
    return _(sentence).format(stage=stage)


def _follow_since(key: str) -> None:
    day = st.session_state[key]
    list_view.ask(since=day.isoformat() if day else None)


def _show_ended(ended: Sequence[Row], year: int) -> None:
    title = _("Ended in {year}").format(year=year)
    rows = [row for row in ended if row["status"] != "open"]
    st.subheader(_("{title} ({count:,})").format(title=title, count=len(rows)), anchor=False)
    if rows:
        frame = pd.DataFrame(rows).sort_values("completed_on", ascending=False, ignore_index=True)
        list_view.show_rows(frame, ENDED_COLUMNS, "revisions_ended")
    else:
        st.caption(_("None."))
