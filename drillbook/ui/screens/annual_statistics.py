"""The parts of the screen "annual statistics"; each number leads to the rows it counts.

The year and the day are kept in the address, so that the view can be mailed. It shows figures and
refuses to compute any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.core import head_counts, vocabulary
from drillbook.core.clock import default_as_of
from drillbook.core.i18n import Language, language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.reports import annual_figures, comparison, query_cache
from drillbook.reports.annual_figures import AnnualStatistics, Group
from drillbook.reports.counting import Figure
from drillbook.reports.figures import HEADLINES
from drillbook.reports.files import annual_workbook, public_register, tables
from drillbook.ui.components import current_user, list_view, navigation
from drillbook.ui.screens import annual_rows

YEAR, AS_OF = "year", "as_of"
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""The years the register's calendar covers."""
MOST_ROWS = 12
# A metric's label is cut, not wrapped; English needs more room.
TILE_WIDTHS: dict[Language, int] = {"zh": 154, "en": 190}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Asked = Callable[[int], tuple[str, str, str, str]]
ALWAYS_SHOWN = frozenset(
    {"planned_drills", "planned_drills_held", "planned_drills_late", "sessions"}
    | {"sessions_in_programme", "sessions_outside_programme", "participants"}
    | {"plans", "plans_under_revision", "teams"}
)


# --- year and day ----------------------------------------------------------------------------


def read_period(store: Store, today: date) -> tuple[int, date]:
    """Return the year and the day the address asks for; what it cannot mean is left out."""
    year = _asked_year() or query_cache.default_year(query_cache.years(store), today)
    first, last = _days(year, today)
    return year, list_view.query_day(AS_OF, first, last) or default_as_of(year, today)


def _asked_year() -> int | None:
    text = list_view.query_param(YEAR) or ""
    is_year = len(text) == 4 and text.isascii() and text.isdigit()
    return int(text) if is_year and FIRST_YEAR <= int(text) <= LAST_YEAR else None


def _days(year: int, today: date) -> tuple[date, date]:
    return date(year, 1, 1), max(date(year, 12, 31), today)


def statistics_of(store: Store, year: int, as_of: date) -> AnnualStatistics:
    """Return the year's figures, counted once per state of the register."""
    return query_cache.remembered(
        store, ("annual", year, as_of), lambda: annual_figures.annual(store, year, as_of)
    )


def show_period(store: Store, annual: AnnualStatistics, today: date) -> None:
    """Show which year is counted to which day, and the files of it."""
    first, last = _days(annual.year, today)
    years = sorted({*annual_figures.years(store, today), annual.year}, reverse=True)
    st.session_state["annual_year"] = annual.year
    st.session_state["annual_as_of"] = annual.as_of
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            _("Year"), years, key="annual_year", on_change=_follow_year, required=True, width=110
        )
        st.date_input(
            _("As of"),
            min_value=first,
            max_value=last,
            key="annual_as_of",
            format="YYYY-MM-DD",
            on_change=_follow_day,
            required=True,
            width=150,
        )
        if not annual.is_empty:
            _show_downloads(store, annual)


def _follow_year() -> None:
    list_view.ask(year=str(st.session_state["annual_year"]), as_of=None)


def _follow_day() -> None:
    day = st.session_state["annual_as_of"]
    if day:
        list_view.ask(year=str(st.session_state["annual_year"]), as_of=day.isoformat())


def _show_downloads(store: Store, annual: AnnualStatistics) -> None:
    if not current_user.may("export"):
        return

    def made(make: Callable[..., bytes], *more: str, **known: Any) -> bytes:
        period = (store, annual.year, annual.as_of, language())
        return make(*period, *more, actor=current_user.actor("export"), **known)

    def with_contacts(make: Callable[..., bytes], *more: str) -> bytes:
        return made(make, *more, with_contacts=current_user.may("contacts"))

    st.download_button(
        _("Download the workbook"),
        data=current_user.deferred(
            "export", partial(with_contacts, annual_workbook.workbook_bytes)
        ),
        file_name=annual_workbook.file_name(annual.year, annual.as_of),
        mime=XLSX,
        key="annual_workbook",
        type="primary",
        on_click="ignore",
    )
    with st.popover(_("One table as CSV"), key="annual_tables"):
        for key, title in tables.TABLES.items():
            st.download_button(
                _(title),
                data=current_user.deferred(
                    "export", partial(with_contacts, annual_workbook.csv_table, key)
                ),
                file_name=annual_workbook.file_name(annual.year, annual.as_of, key),
                mime="text/csv",
                key=f"annual_csv_{key}",
                type="tertiary",
                on_click="ignore",
            )
    st.download_button(
        _("Public register"),
        data=current_user.deferred("export", partial(made, public_register.public_workbook)),
        file_name=public_register.public_file_name(annual.year, annual.as_of),
        mime=XLSX,
        key="annual_public",
        help=_("For publication: no contacts, no telephone numbers, no free texts."),
        on_click="ignore",
    )


def show_nothing(annual: AnnualStatistics) -> None:
    """Say that nothing is recorded, and where to begin."""
    st.info(
        _("For {year} nothing is on record yet: no programme, no session, no plan and no team.")
        .format(year=annual.year)
    )  # fmt: skip
    with st.container(horizontal=True):
        navigation.link("log")
        navigation.link("import")


# --- figures and breakdowns ------------------------------------------------------------------


def show_headlines(annual: AnnualStatistics) -> None:
    """Show the year's figures, each with a button to its rows."""
    st.subheader(_("Key figures"), anchor=False)
    with st.container(horizontal=True, gap="small", key="annual_headlines"):
        for figure in HEADLINES:
            if figure.code in ALWAYS_SHOWN or annual.numbers[figure.code]:
                _show_tile(annual, figure)


def _show_tile(annual: AnnualStatistics, figure: Figure) -> None:
    number = annual.numbers[figure.code]
    with st.container(border=True, width=TILE_WIDTHS[language()], height="stretch", gap="xxsmall"):
        unit = _("Unit: {unit}.").format(unit=_(figure.unit))
        st.metric(figure.label_shown(), f"{number:,}", help=f"{figure.how_shown()} {unit}")
        if figure.code == "participants":
            in_report = head_counts.total_shown(annual.participants, annual.is_inexact)
            st.caption(_("In the report: {text}").format(text=in_report))
        if number:
            st.button(
                _("Show the rows"),
                key=f"annual_rows_{figure.code}",
                type="tertiary",
                on_click=annual_rows.ask,
                args=(figure.code,),
            )


def show_breakdowns(annual: AnnualStatistics) -> None:
    """Show the year by month, class, form, host, status and team; a row leads to its records."""
    st.subheader(_("Breakdowns"), anchor=False)
    st.caption(_("Choose a row to see its records. A session with two hosts counts for each."))
    left, right = st.columns(2)
    with left:
        _show_months(annual)
        _show_statuses(annual)
        _show_teams(annual)
    with right:
        for title, column, kind, groups in (
            (_("By event class"), _("Event class"), "event_class", annual.by_event_class),
            (_("By form"), _("Form"), "form", annual.by_form),
            (_("By host unit"), _("Host unit"), "host", annual.by_host),
        ):
            _show_groups(title, column, kind, groups)


def _show_table(
    title: str,
    key: str,
    columns: Sequence[tuple[str, Sequence[Any]]],
    asked: Asked,
) -> None:
    """Show a small table; ``asked(row)`` tells what ``annual_rows.ask`` opens for a row."""
    (heading, names), *numbers = columns
    columns = [(heading, [current_user.seen(str(name)) for name in names]), *numbers]
    state = f"annual_table_{key}"
    st.markdown(f"**{title}**")
    st.dataframe(
        pd.DataFrame({str(number): list(values) for number, (_t, values) in enumerate(columns)}),
        hide_index=True,
        column_config={
            str(number): st.column_config.NumberColumn(name, format="localized")
            if number
            else st.column_config.TextColumn(name)
            for number, (name, _values) in enumerate(columns)
        },
        key=state,
        on_select=partial(_follow_row, state, asked),
        selection_mode="single-row",
        row_height=list_view.ROW_HEIGHT,
        height=(min(len(columns[0][1]), MOST_ROWS) + 1) * list_view.ROW_HEIGHT + 3,
        alt=title,
    )


def _follow_row(state: str, asked: Asked) -> None:
    rows = st.session_state[state]["selection"]["rows"]
    if rows:
        annual_rows.ask(*asked(rows[0]))


def _show_months(annual: AnnualStatistics) -> None:
    months, before = annual.by_month, annual.year - 1
    columns: list[tuple[str, Sequence[Any]]] = [
        (_("Month"), [month.label for month in months]),
        (_("Sessions"), [month.sessions for month in months]),
        (_("Person-times"), [month.participants for month in months]),
    ]
    if annual.has_year_before:
        sessions = [month.previous_sessions for month in months]
        participants = [month.previous_participants for month in months]
        columns.insert(2, (_("Sessions {year}").format(year=before), sessions))
        columns.append((_("Person-times {year}").format(year=before), participants))
    _show_table(
        _("By month"),
        "months",
        columns,
        lambda row: ("sessions", "month", str(months[row].month), months[row].label),
    )
    st.caption(comparison.compared_days(annual.view, annual.has_year_before))


def _show_groups(title: str, column: str, kind: str, groups: Sequence[Group]) -> None:
    if not groups:
        return
    _show_table(
        title,
        kind,
        [
            (column, [group.label for group in groups]),
            (_("Sessions"), [group.sessions for group in groups]),
            (_("Person-times"), [group.participants for group in groups]),
            (_("Head count unknown"), [group.participants_unknown for group in groups]),
        ],
        lambda row: ("sessions", kind, groups[row].code, groups[row].label),
    )


def _show_statuses(annual: AnnualStatistics) -> None:
    codes = list(annual.planned_drills_by_status)
    labels = [vocabulary.label("planned_status", code) for code in codes]
    _show_table(
        _("By status"),
        "statuses",
        [
            (_("Status"), labels),
            (_("Planned drills (items)"), list(annual.planned_drills_by_status.values())),
        ],
        lambda row: ("planned_drills", "planned_status", codes[row], labels[row]),
    )


def _show_teams(annual: AnnualStatistics) -> None:
    kinds = [kind for kind in annual.teams_by_kind if kind.teams]
    if not kinds:
        return
    _show_table(
        _("Rescue teams by kind"),
        "teams",
        [
            (_("Kind"), [kind.label for kind in kinds]),
            (_("Teams"), [kind.teams for kind in kinds]),
            (_("Members"), [kind.members for kind in kinds]),
        ],
        lambda row: ("teams", "team_kind", kinds[row].code, kinds[row].label),
    )
