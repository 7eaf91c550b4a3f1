"""The dashboard's parts: filters kept in the address, key figures, what is late, charts in tabs.

It shows what the views of the register say and changes nothing, except that it loads and removes
the sample year when asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_, language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import sample_data
from drillbook.reports import comparison, figures, query_cache
from drillbook.reports.counting import has_year_before
from drillbook.reports.figures import FIGURES
from drillbook.reports.query_cache import Filters
from drillbook.ui.components import current_user, list_view, navigation
from drillbook.ui.components.chart_card import show_card
from drillbook.ui.components.list_view import Column

YEAR, TAB = "year", "tab"
NARROWING = ("event_class", "host", "membership")
OTHER_YEARS = 6
AT_A_GLANCE = (
    *("planned_drills", "planned_drills_held", "planned_drills_late", "planned_drills_due_soon"),
    *("plans", "plans_under_revision", "revisions_late", "teams", "members"),
)
LISTED = 100

Tone = Literal["gray", "orange", "red"]

DUE_COLUMNS = (
    Column("number", N_("No."), "number", width=50),
    Column("name", N_("Planned drill")),
    Column("due_on", N_("Due on"), "date", width=95),
    Column("hosts", N_("Host units")),
)
DAYS_LATE = Column("days_late", N_("Days overdue"), "number", width=70)
DAYS_LEFT = Column("days_left", N_("Days left"), "number", width=70)
LATE_COLUMNS = (*DUE_COLUMNS[:2], DAYS_LATE, *DUE_COLUMNS[2:])
SOON_COLUMNS = (*DUE_COLUMNS[:2], DAYS_LEFT, *DUE_COLUMNS[2:])
REVISION_COLUMNS = (
    Column("title", N_("Plan")),
    DAYS_LATE,
    Column("revision_target_on", N_("Target date"), "date", width=95),
    Column("lead_unit", N_("Lead unit")),
)

# --- an empty register --------------------------------------------------------------------------


def is_empty(store: Store) -> bool:
    """Say whether nothing at all was recorded yet."""
    return not query_cache.arrow(store, "register_size").num_rows


def show_welcome(store: Store) -> None:
    """Greet a new office with its two ways to begin."""
    st.subheader(_("The register is empty. How would you like to begin?"), anchor=False)
    first, second = st.columns(2, border=True)
    with first:
        st.markdown(_("**Look around with a sample year**"))
        st.caption(
            _("Invented rows of two years, marked as sample data; one click removes them again.")
        )
        st.button(
            _("Load the sample year"),
            key="dashboard_load_sample",
            type="primary",
            on_click=_load_sample,
            args=(store,),
        )
    with second:
        st.markdown(_("**Start with the office's own workbook**"))
        st.caption(
            _("Units, plans, the annual programme, sessions and teams from Excel or CSV files.")
        )
        if st.button(_("Import a workbook"), key="dashboard_import"):
            navigation.go("import")


def _load_sample(store: Store) -> None:
    sample_data.load(store, current_user.actor(WRITES["sample"]), clock.today())


def _remove_sample(store: Store) -> None:
    removal = sample_data.remove(store, current_user.actor(WRITES["sample"]))
    list_view.ask(**dict.fromkeys((YEAR, TAB, *NARROWING)))
    if removal.kept:
        st.toast(
            _("Kept, because your own records use them: {count:,} sample records.").format(
                count=sum(removal.kept.values())
            ),
            duration="long",
        )


def show_sample_removal(store: Store) -> None:
    """Offer to take the invented rows out again, while there are any."""
    if not any(query_cache.arrow(store, "register_size").column("sample_records").to_pylist()):
        return
    with st.popover(_("Remove the sample data"), key="dashboard_sample"):
        st.markdown(_("All invented rows leave the register; your own records stay."))
        st.button(
            _("Remove the sample data now"),
            key="dashboard_remove_sample",
            on_click=_remove_sample,
            args=(store,),
        )


# --- the view, kept in the address --------------------------------------------------------------


def hosts(store: Store) -> dict[str, str]:
    """Return id → name of the units that host anything."""
    table = query_cache.arrow(store, "chart_hosts")
    names = table.column("name").to_pylist()
    return dict(zip(table.column("id").to_pylist(), names, strict=True))


def read_filters(store: Store, today: date) -> Filters:
    """Return the view the address asks for; what it cannot mean is left out."""
    event_class, host, membership = (list_view.query_param(name) for name in NARROWING)
    year = _asked_year() or query_cache.default_year(query_cache.years(store), today)
    return query_cache.view_of(
        year,
        today,
        event_class=event_class if vocabulary.is_code("event_class", event_class) else None,
        host=host if host in hosts(store) else None,
        membership=membership if vocabulary.is_code("membership", membership) else None,
    )


def _asked_year() -> int | None:
    text = list_view.query_param(YEAR) or ""
    is_year = len(text) == 4 and text.isascii() and text.isdigit()
    return int(text) if is_year and 1990 <= int(text) <= 2099 else None


def show_heading(filters: Filters) -> None:
    """Show the page's title and the day its figures are counted to."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(_("Dashboard"), anchor=False, width="content")
        st.caption(_("Figures as of {as_of}").format(as_of=filters.as_of), width="content")


def show_filters(store: Store, filters: Filters) -> None:
    """Show the filters; each change goes into the address, and the page follows the address."""
    years = sorted({*query_cache.years(store), filters.year}, reverse=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _show_filter(YEAR, _("Year"), {str(year): str(year) for year in years}, filters, 100)
        for name, title, options, width in (
            ("event_class", _("Event class"), list_view.code_options("event_class")(), 170),
            ("host", _("Host unit"), hosts(store), 200),
            ("membership", _("In the programme"), list_view.code_options("membership")(), 150),
        ):
            _show_filter(name, title, options, filters, width)
        if any(getattr(filters, name) for name in NARROWING):
            st.button(
                _("Clear filters"),
                key="dashboard_clear",
                on_click=list_view.ask,
                kwargs=dict.fromkeys(NARROWING),
            )


def _show_filter(
    name: str, title: str, options: Mapping[str, str], filters: Filters, width: int
) -> None:
    key, options = f"dashboard_{name}", current_user.seen_all(options)
    held = getattr(filters, name)
    st.session_state[key] = str(held) if held else None
    st.selectbox(
        title,
        list(options),
        index=0 if name == YEAR else None,
        format_func=lambda code: options.get(code, code),
        placeholder=_("All"),
        key=key,
        on_change=_follow,
        args=(name, key, filters.year),
        width=width,
    )


def _follow(name: str, key: str, year: int) -> None:
    # The year goes along: a mailed view shows the same year when the next one has begun.
    list_view.ask(**{YEAR: str(year), name: st.session_state[key]})


# --- key figures --------------------------------------------------------------------------------


def show_key_figures(store: Store, filters: Filters) -> None:
    """Show the year in seven figures; what is late or due soon stands out."""
    figure = figures.numbers(store, filters, AT_A_GLANCE)
    planned, held = figure["planned_drills"], figure["planned_drills_held"]
    late, soon = figure["planned_drills_late"], figure["planned_drills_due_soon"]
    with st.container(horizontal=True, gap="small", key="dashboard_figures"):
        _tile(_("Planned drills"), planned, _("programme of {year}").format(year=filters.year))
        _tile(_("Held"), held, _("{share:.0%} of planned").format(share=held / max(planned, 1)))
        note = _("due soon: {count:,}").format(count=soon)
        _tile(_alarm(_("Overdue"), late), late, note, "orange" if soon else "gray")
        _tile_compared(store, filters, _("Sessions held"), "sessions")
        _tile_compared(store, filters, _("Person-times"), "participants")
        _tile_plans(figure)
        members = _("{count:,} members").format(count=figure["members"])
        _tile(_("Rescue teams"), figure["teams"], members)


def _alarm(label: str, number: int) -> str:
    return f":red-badge[{label}]" if number else label


def _tile(label: str, value: int, note: str, tone: Tone = "gray") -> None:
    st.metric(
        label,
        f"{value:,}",
        note,
        delta_color=tone,
        delta_arrow="off",
        border=True,
    )


def _tile_compared(store: Store, filters: Filters, label: str, code: str) -> None:
    now = FIGURES[code].number(store, filters)
    before = FIGURES[code].number(store, filters.year_before())
    note = comparison.difference(now, before, has_year_before(store, filters))
    _tile(label, now, note)


def _tile_plans(figure: Mapping[str, int]) -> None:
    late = figure["revisions_late"]
    note = _("of {count:,} plans").format(count=figure["plans"])
    if late:
        note = _("overdue: {count:,}").format(count=late)
    title = _alarm(_("Plans under revision"), late)
    _tile(title, figure["plans_under_revision"], note, "red" if late else "gray")


# --- charts in tabs -----------------------------------------------------------------------------


def show_tabs(store: Store, filters: Filters) -> None:
    """Show drills, plans and teams in tabs; only the open one is computed."""
    shown: dict[str, tuple[str, Callable[[Store, Filters], None]]] = {
        "drills": (_("Drills"), _show_drills),
        "plans": (_("Plans"), _show_plans),
        "teams": (_("Teams"), _show_teams),
    }
    labels = {label: code for code, (label, _show) in shown.items()}
    key = f"dashboard_tab_{language()}"
    default = shown.get(list_view.query_param(TAB) or "", shown["drills"])[0]
    tabs = st.tabs(
        list(labels), default=default, key=key, on_change=_follow_tab, args=(key, labels)
    )
    for tab, (_label, show_tab) in zip(tabs, shown.values(), strict=True):
        if tab.open:
            with tab:
                show_tab(store, filters)


def _follow_tab(key: str, labels: Mapping[str, str]) -> None:
    list_view.ask(tab=labels.get(st.session_state[key]))


def _show_drills(store: Store, filters: Filters) -> None:
    if filters.year not in query_cache.years(store):
        _show_other_years(store, filters)
        return
    first, second = st.columns([2, 3])
    with first:
        show_card("planned_status", filters)
    with second:
        _show_late(store, filters)
    first, second = st.columns(2)
    with first:
        show_card("sessions_by_month", filters)
        show_card("sessions_by_event_class", filters)
        show_card("sessions_by_form", filters)
    with second:
        show_card("participants_by_month", filters)
        show_card("sessions_by_host", filters)


def _show_other_years(store: Store, filters: Filters) -> None:
    st.info(
        _("For {year} there is neither a programme nor a drill session.").format(year=filters.year)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        for year in list(query_cache.years(store))[:OTHER_YEARS]:
            st.button(
                _("Show {year}").format(year=year),
                key=f"dashboard_year_{year}",
                on_click=list_view.ask,
                kwargs={YEAR: str(year)},
            )
        navigation.link("log")


def _show_late(store: Store, filters: Filters) -> None:
    with st.container(border=True, key="dashboard_late", gap="xsmall"):
        for code, title, columns in (
            ("planned_drills_late", _("Overdue planned drills"), LATE_COLUMNS),
            ("planned_drills_due_soon", _("Due within 30 days"), SOON_COLUMNS),
        ):
            key = f"due_{FIGURES[code].filters['due_state']}"
            _show_due(store, filters, code, title, columns, key, sort="due_on")


def _show_due(
    store: Store,
    filters: Filters,
    code: str,
    title: str,
    columns: Sequence[Column],
    key: str,
    sort: str,
) -> None:
    """Show the rows of a figure with their days, the earliest due first."""
    figure = FIGURES[code]
    rows = figure.rows(filters)
    page = rows.page(store, 1, LISTED, sort=sort)
    st.subheader(_("{title} ({count:,})").format(title=title, count=page.total), anchor=False)
    if not page.total:
        st.caption(figure.none_shown(filters))
        return
    list_view.show_rows(page.rows, columns, key, url_path=rows.record_list.page)


def _show_plans(store: Store, filters: Filters) -> None:
    _tell_reach(filters, ("host", "membership"))
    first, second = st.columns(2)
    with first:
        show_card("plans_by_status", filters)
        with st.container(border=True, key="dashboard_late_revisions", gap="xsmall"):
            title, sort = _("Overdue plan revisions"), "revision_target_on"
            _show_due(
                store, filters, "revisions_late", title, REVISION_COLUMNS, "due_revisions", sort
            )
    with second:
        show_card("plans_by_category", filters)


def _show_teams(store: Store, filters: Filters) -> None:
    _tell_reach(filters, NARROWING)
    first, second = st.columns(2)
    with first:
        show_card("teams_by_kind", filters)
    with second:
        show_card("members_by_kind", filters)


def _tell_reach(filters: Filters, without: Sequence[str]) -> None:
    """Say that a chosen filter means nothing here, instead of silently showing everything."""
    titles = {
        "event_class": _("Event class"),
        "host": _("Host unit"),
        "membership": _("In the programme"),
    }
    unused = [titles[name] for name in without if getattr(filters, name)]
    if unused:
        names = ("、" if language() == "zh" else ", ").join(unused)
        st.caption(_("Not applied here: {names}.").format(names=names))
