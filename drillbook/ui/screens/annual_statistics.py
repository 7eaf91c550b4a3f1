"""The parts of the screen "annual statistics"; each number leads to the rows it counts.

The year and the day are kept in the address, so that the view can be mailed. It shows figures and
refuses to compute any.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import head_counts, vocabulary
from drillbook.core.clock import default_as_of
from drillbook.core.errors import ValidationError
from drillbook.core.i18n import LANGUAGES, N_, Language, language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import office_settings, plans
from drillbook.records.office_settings import OfficeSettings
from drillbook.reports import annual_figures, official_sentence
from drillbook.reports.annual_figures import AnnualStatistics, Group
from drillbook.reports.figure_catalogue import FIGURES, HEADLINES, Figure, rows_behind
from drillbook.reports.files import annual_workbook, public_register, tables
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components.list_view import Column

YEAR, AS_OF = "year", "as_of"
ASKED_ROWS = "annual_asked_rows"
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""The years the register's calendar covers."""
PAGE_SIZE = 15
MOST_ROWS = 12
# A metric's label is cut, not wrapped; English needs more room.
TILE_WIDTHS: dict[Language, int] = {"zh": 154, "en": 190}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALWAYS_SHOWN = frozenset(
    {"planned_drills", "planned_drills_held", "planned_drills_late", "sessions"}
    | {"sessions_in_programme", "sessions_outside_programme", "participants"}
    | {"plans", "plans_under_revision", "teams"}
)
LANGUAGE_TITLES: dict[Language, str] = {"zh": N_("In Chinese"), "en": N_("In English")}
WORDING = (
    *("revision_reading", "named_plans", "person_word"),
    *("district_zh", "district_en", "office_name"),
)
"""The settings that are decided on this screen."""
ADDRESSES = {
    "sessions": "sessions",
    "planned_drills": "programme",
    "plans": "plans",
    "teams": "teams",
    "findings": "findings",
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "sessions": (
        Column("held_on", N_("Date"), "date"),
        Column("name", N_("Drill")),
        Column("membership", N_("In the programme"), "code", "membership"),
        Column("hosts", N_("Host")),
        Column("participants", N_("Participants"), "count"),
        Column("place", N_("Place")),
    ),
    "planned_drills": (
        Column("number", N_("No."), "number", width=50),
        Column("name", N_("Drill")),
        Column("hosts", N_("Host")),
        Column("due_on", N_("Due"), "date"),
        Column("sessions_held", N_("Sessions held"), "number"),
        Column("status", N_("Status"), "code", "planned_status"),
        Column("due_state", N_("Due state"), "code", "due_state"),
    ),
    "plans": (
        Column("title", N_("Plan")),
        Column("category", N_("Category"), "code", "plan_category"),
        Column("status", N_("Status"), "code", "plan_status"),
        Column("lead_unit", N_("Lead unit")),
        Column("revision_target_on", N_("Revision due"), "date"),
    ),
    "teams": (
        Column("name", N_("Team")),
        Column("kind", N_("Kind"), "code", "team_kind"),
        Column("fields", N_("Fields"), "codes", "team_field"),
        Column("members", N_("Members"), "number"),
        Column("founded_on", N_("Founded on"), "date"),
    ),
    "findings": (
        Column("held_on", N_("Date"), "date"),
        Column("text", N_("Finding")),
        Column("kind", N_("Kind"), "code", "finding_kind"),
        Column("severity", N_("Severity"), "code", "finding_severity"),
        Column("status", N_("Status"), "code", "finding_status"),
        Column("open_actions", N_("Actions open"), "number"),
        Column("next_due_on", N_("Next due"), "date"),
    ),
}


# --- year and day ----------------------------------------------------------------------------


def read_period(store: Store, today: date) -> tuple[int, date]:
    """Return the year and the day the address asks for; what it cannot mean is left out."""
    year = _asked_year() or _default_year(store, today)
    first, last = _days(year, today)
    return year, list_view.query_day(AS_OF, first, last) or default_as_of(year, today)


def _asked_year() -> int | None:
    text = list_view.query_param(YEAR) or ""
    is_year = len(text) == 4 and text.isascii() and text.isdigit()
    return int(text) if is_year and FIRST_YEAR <= int(text) <= LAST_YEAR else None


def _default_year(store: Store, today: date) -> int:
    """Return the latest year with records that has begun; this year when there is none."""
    recorded = [row["year"] for row in store.query("annual_years") if row["year"] <= today.year]
    return max(recorded, default=today.year)


def _days(year: int, today: date) -> tuple[date, date]:
    return date(year, 1, 1), max(date(year, 12, 31), today)


@lru_cache(maxsize=32)
def _counted(store: Store, revision: int, year: int, as_of: date) -> AnnualStatistics:
    return annual_figures.annual(store, year, as_of)


def statistics_of(store: Store, year: int, as_of: date) -> AnnualStatistics:
    """Return the year's figures, counted once per state of the register."""
    return _counted(store, store.revision, year, as_of)


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


# --- the official sentence -------------------------------------------------------------------


def show_sentence(annual: AnnualStatistics) -> None:
    """Show the sentence in both languages to copy, and each of its numbers with its rows."""
    st.subheader(_("Official sentence"), anchor=False)
    own = language()
    for code in sorted(LANGUAGES, key=lambda each: each != own):
        with use_language(code):
            text = official_sentence.official(annual).text
        st.caption(_(LANGUAGE_TITLES[code]))
        st.code(text, language=None, wrap_lines=True)
    # A plan's name and the plans' number lead to the same rows: one button for both.
    measures = dict.fromkeys(
        str(part.measure) for part in official_sentence.official(annual).numbers
    )
    with st.container(horizontal=True, gap="xsmall", key="annual_numbers"):
        st.caption(_("Rows behind:"), width="content")
        for measure in measures:
            figure = FIGURES[measure]
            label = _("{figure}: {number}").format(
                figure=figure.label_shown(), number=f"{figure.value(annual):,}"
            )
            st.button(label, key=f"annual_part_{measure}", on_click=_ask_rows, args=(measure,))


def _ask_rows(measure: str, narrowed: dict[str, Any] | None = None, title: str = "") -> None:
    st.session_state[ASKED_ROWS] = (measure, narrowed or {}, title)


def show_settings(store: Store, annual: AnnualStatistics) -> None:
    """Show what the office has to decide about the wording, and let it decide."""
    waiting = official_sentence.official(annual).waiting
    if waiting:
        names = _(", ").join(office_settings.label(name) for name in waiting)
        st.info(_("Waiting for the office's decision: {names}.").format(names=names))
    with st.expander(_("Wording of the sentence"), key="annual_settings"):
        _show_settings_form(store, annual)


def _show_settings_form(store: Store, annual: AnnualStatistics) -> None:
    office = annual.settings
    revised = store.query(
        "annual_plans", as_of=annual.as_of, status="under_revision", categories="special"
    )
    titles = {row["id"]: row["title"] for row in revised}
    kept = {i: title for i, title in plans.choices(store).items() if i in office.named_plan_ids()}
    titles = titles | kept
    with st.form("annual_wording", border=False):
        _choice("revision_reading", office_settings.REVISION_READINGS, office)
        st.multiselect(
            office_settings.label("named_plans"),
            list(titles),
            default=[plan for plan in office.named_plan_ids() if plan in titles],
            format_func=lambda plan: titles.get(plan, plan),
            placeholder=_("The first three"),
            select_all=False,
            key="annual_named_plans",
        )
        _choice("person_word", office_settings.PERSON_WORDS, office)
        st.caption(
            _("The figure adds up sessions, so one person may count several times; the report calls"
              " it participants.")
        )  # fmt: skip
        with st.container(horizontal=True):
            for name in ("district_zh", "district_en"):
                code: Language = "zh" if name.endswith("zh") else "en"
                with use_language(code):
                    default = _("the whole district")
                st.text_input(
                    office_settings.label(name),
                    value=getattr(office, name),
                    placeholder=default,
                    max_chars=60,
                    key=f"annual_{name}",
                )
        st.text_input(
            office_settings.label("office_name"),
            value=office.office_name,
            max_chars=60,
            key="annual_office_name",
        )
        st.form_submit_button(
            _("Save the decisions"), key="annual_save", on_click=_save, args=(store,)
        )


def _choice(name: str, options: dict[str, str], office: OfficeSettings) -> None:
    codes = ["", *options]
    st.radio(
        office_settings.label(name),
        codes,
        index=codes.index(getattr(office, name)),
        format_func=lambda code: _(options[code]) if code else _("Not decided"),
        key=f"annual_{name}",
        horizontal=True,
    )


def _save(store: Store) -> None:
    values = {name: st.session_state[f"annual_{name}"] for name in WORDING}
    values["named_plans"] = ",".join(values["named_plans"])
    decided = dataclasses.replace(office_settings.load(store), **values)
    try:
        office_settings.save(store, decided, actor=current_user.actor(WRITES["office_setting"]))
    except ValidationError as error:
        st.toast(formatting.plain(error.message))
    else:
        st.toast(_("Saved. The sentence follows the office's decisions."))


# --- figures and breakdowns ------------------------------------------------------------------


def show_headlines(annual: AnnualStatistics) -> None:
    """Show the year's figures, each with a button to its rows."""
    st.subheader(_("Key figures"), anchor=False)
    with st.container(horizontal=True, gap="small", key="annual_headlines"):
        for figure in HEADLINES:
            if figure.code in ALWAYS_SHOWN or figure.value(annual):
                _show_tile(annual, figure)


def _show_tile(annual: AnnualStatistics, figure: Figure) -> None:
    with st.container(border=True, width=TILE_WIDTHS[language()], height="stretch", gap="xxsmall"):
        st.metric(figure.label_shown(), f"{figure.value(annual):,}", help=figure.how_shown())
        if figure.code == "participants":
            in_report = head_counts.total_shown(annual.participants, annual.is_inexact)
            st.caption(_("In the report: {text}").format(text=in_report))
        if figure.value(annual):
            st.button(
                _("Show the rows"),
                key=f"annual_rows_{figure.code}",
                type="tertiary",
                on_click=_ask_rows,
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
    asked: Callable[[int], tuple[str, dict[str, Any], str]],
) -> None:
    """Show a small table; ``asked(row)`` tells the figure, its narrowing and a title."""
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


def _follow_row(state: str, asked: Callable[[int], tuple[str, dict[str, Any], str]]) -> None:
    rows = st.session_state[state]["selection"]["rows"]
    if rows:
        _ask_rows(*asked(rows[0]))


def _show_months(annual: AnnualStatistics) -> None:
    months = annual.by_month
    last_day = annual_figures.last_day(annual.year, annual.as_of)

    def asked(row: int) -> tuple[str, dict[str, Any], str]:
        first = date(annual.year, row + 1, 1)
        end = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = {"first_day": first, "last_day": min(end, last_day)}
        return "sessions", days, months[row].label

    _show_table(
        _("By month"),
        "months",
        [
            (_("Month"), [month.label for month in months]),
            (_("Sessions"), [month.sessions for month in months]),
            (
                _("Sessions {year}").format(year=annual.year - 1),
                [month.previous_sessions for month in months],
            ),
            (_("Person-times"), [month.participants for month in months]),
            (
                _("Person-times {year}").format(year=annual.year - 1),
                [month.previous_participants for month in months],
            ),
        ],
        asked,
    )


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
        lambda row: ("sessions", {kind: groups[row].code}, groups[row].label),
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
        lambda row: ("planned_drills", {"status": codes[row]}, labels[row]),
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
        lambda row: ("teams", {"kind": kinds[row].code}, kinds[row].label),
    )


# --- rows ------------------------------------------------------------------------------------


def show_asked_rows(store: Store, annual: AnnualStatistics) -> None:
    """Open the rows behind the number that was clicked, once."""
    asked = st.session_state.pop(ASKED_ROWS, None)
    if asked is None:
        return
    measure, narrowed, title = asked
    label = FIGURES[measure].label_shown()
    heading = _("{figure}: {number}").format(figure=label, number=title) if title else label
    st.dialog(formatting.plain(heading), width="large")(_show_rows)(
        store, annual, measure, narrowed
    )


def _show_rows(
    store: Store, annual: AnnualStatistics, measure: str, narrowed: dict[str, Any]
) -> None:
    behind = rows_behind(measure, annual.year, annual.as_of, **narrowed)
    key = "annual_dialog_page"
    number = int(st.session_state.get(key) or 1)
    page = store.page(
        behind.query, sort=behind.sort, number=number, size=PAGE_SIZE, **behind.parameters
    )
    st.caption(FIGURES[measure].how_shown())
    if not page.total:
        st.info(_("No rows."))
        return
    list_view.show_rows(
        page.rows,
        COLUMNS[behind.table],
        f"annual_dialog_{measure}_{number}",
        url_path=ADDRESSES[behind.table],
    )
    st.caption(_("Rows in all: {number:,}").format(number=page.total))
    if page.total > PAGE_SIZE:
        st.pagination(-(-page.total // PAGE_SIZE), key=key)
