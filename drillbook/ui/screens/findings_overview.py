"""The parts of the screen "findings and actions" around its list: figures, chart, settings."""

from __future__ import annotations

import dataclasses

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.records.office_settings import DAYS, GRADES
from drillbook.reports import query_cache
from drillbook.reports.counting import ALL, counts
from drillbook.ui.components import current_user, formatting, list_view, navigation, record_page
from drillbook.ui.components.chart_card import show_card
from drillbook.ui.record_forms import common, corrective_actions, evaluations

DECIDED = (*GRADES, *DAYS)


def lead_to_record(store: Store) -> None:
    """Lead from the id of an action to its finding, from that of an evaluation to its session."""
    asked_for = list_view.query_param("id")
    if asked_for is None:
        return
    action = store.record(corrective_actions.RECORD_VIEW.table, asked_for)
    if action is not None:
        list_view.ask(id=action["finding_id"])
        return
    evaluation = store.record(evaluations.RECORD_VIEW.table, asked_for)
    if evaluation is not None:
        navigation.go("sessions", {"id": evaluation["session_id"]})


def show_above(store: Store) -> None:
    """Show the figures and the chart that stand above the list."""
    figure = _figures(store)
    if figure["findings"]:
        _show_figures(figure)
        if current_user.person().bound_unit_id is None:
            year = common.chosen_year({"year": list_view.query_param("year")})
            as_of = common.as_of(year)
            show_card("actions_by_unit", query_cache.Filters(year or as_of.year, as_of))
    if list_view.query_param("session") or list_view.query_param("plan"):
        st.button(
            _("Show the findings of all drills"),
            key="findings_all",
            on_click=list_view.ask,
            kwargs={"session": None, "plan": None},
        )
    if current_user.person().may_write("office_setting"):
        _show_settings(store)


def _figures(store: Store) -> Row:
    """Return the findings of the year asked for, or of all, that the person may see."""
    year = common.chosen_year({"year": list_view.query_param("year")})
    as_of = common.as_of(year)
    bound = current_user.person().bound_unit_id
    view = query_cache.Filters(year or as_of.year, as_of)
    return counts(store, "count_findings", view, year=year, bound_unit_id=bound)[ALL, ALL]


def _show_figures(figure: Row) -> None:
    year = common.chosen_year({"year": list_view.query_param("year")})
    st.caption(_("As of {day}").format(day=formatting.day(common.as_of(year))))
    rate = _("{share:.0%} of those found").format(share=figure["closed"] / figure["findings"])
    waiting = _("waiting for a revision: {count:,}").format(count=figure["revisions_late"])
    major = _("major: {count:,}").format(count=figure["open_major"])
    actions_late = _("overdue: {count:,}").format(count=figure["late_actions"])
    tiles = (
        (_("Found"), figure["findings"], _("{count:,} actions").format(count=figure["actions"])),
        (_("Closed"), figure["closed"], rate),
        (_("Open"), figure["open"], major),
        (_("Overdue"), figure["late"], waiting),
        (_("Actions not done"), figure["open_actions"], actions_late),
    )
    with st.container(horizontal=True, gap="small", key="findings_figures"):
        for label, value, note in tiles:
            st.metric(label, f"{value:,}", note, delta_color="gray", delta_arrow="off", border=True)


def _show_settings(store: Store) -> None:
    office = office_settings.load(store)
    with st.expander(_("Grades and days"), key="findings_settings"):
        st.caption(
            _(
                "No official scale of grades exists: these are the ones often used, until the"
                " office decides. A grade once given stays."
            )
        )
        with st.form("findings_settings_form", border=False):
            columns = st.columns(3)
            for number, name in enumerate(DECIDED):
                with columns[number % 3]:
                    st.text_input(
                        office_settings.label(name),
                        value=getattr(office, name),
                        placeholder=str((GRADES | DAYS)[name]),
                        key=f"findings_{name}",
                        max_chars=5,
                    )
            st.form_submit_button(_("Save"), key="findings_settings_save", on_click=_save)


def _save() -> None:
    store = current()
    values = {name: str(st.session_state[f"findings_{name}"]) for name in DECIDED}
    decided = dataclasses.replace(office_settings.load(store), **values)
    try:
        office_settings.save(store, decided, actor=current_user.actor(WRITES["office_setting"]))
    except DrillbookError as error:
        record_page.say_error(error)
    else:
        st.toast(_("Saved."))
