"""Drill sessions 场次 on the screen: the list, the form, and what belongs to one session."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import plans, programmes, sessions, teams
from drillbook.records.record_type import Stored
from drillbook.records.sessions import Session, SessionTeam, SessionUnit
from drillbook.ui.components import current_user, list_view, navigation
from drillbook.ui.components.forms import Form, units_editor
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, Names, RecordView, show_lines
from drillbook.ui.record_forms import common, session_findings

UNIT_FIELDS = (
    Field("unit_id", N_("Unit"), "record"),
    Field("role", N_("Role"), "code", "role"),
    Field("duty", N_("Duty")),
    Field("participants", N_("Of them (people)"), "number"),
)
TEAM_FIELDS = (
    Field("team_id", N_("Team"), "record"),
    Field("members", N_("Members"), "number"),
)
FIELDS = (
    common.NAME,
    Field("held_on", N_("Date"), "date"),
    Field("held_on_raw", N_("Date as written"), is_minor=True),
    Field("starts_at", N_("Begins"), "time", is_minor=True),
    Field("ends_at", N_("Ends"), "time", is_minor=True),
    Field("planned_drill_id", N_("Item of the programme"), "record"),
    common.EVENT_CLASS,
    common.HAZARD,
    common.PLAN,
    common.FORM,
    common.SCOPE,
    common.PURPOSE,
    Field("is_no_notice", N_("No notice, no script"), "flag"),
    common.PLACE,
    Field("participants", N_("Participants"), "count"),
    Field("participants_raw", N_("Participants as written"), is_minor=True),
    Field("observers", N_("Observers"), "count", is_minor=True),
    Field("support", N_("Support staff"), "count", is_minor=True),
    Field("weather", N_("Weather"), is_minor=True),
    Field("status", N_("Status"), "code", "session_status"),
    Field("reported_on", N_("Reported to the authority on"), "date", is_minor=True),
    Field("summary", N_("Summary")),
    Field("units", N_("Units"), "lines", fields=UNIT_FIELDS),
    Field("teams", N_("Teams"), "lines", fields=TEAM_FIELDS),
)
STATUSES = ("logged", "evaluated", "archived")


def draw(form: Form, store: Store, session: Session | None) -> Session:
    """Show the form of a session; return what it says."""
    with form.section(_("What and when")):
        basics = _basics(form, store, session)
        basics |= common.drill_fields(
            form, plans=common.with_held(plans.choices(store), form.held("plan_id"), store)
        )
    with form.section(_("Who took part")):
        units = units_editor(form, common.unit_options(), head_counts=True)
        team_lines = _teams(form, store)
    with form.section(_("How many")):
        counts = _counts(form, session)
    with form.section(_("What came of it")):
        outcome = _outcome(form)
    return Session(
        **basics,
        **counts,
        **outcome,
        units=tuple(
            SessionUnit(u.unit_id, u.role, u.duty, u.participants, u.position) for u in units
        ),
        teams=tuple(team_lines),
    )


def _basics(form: Form, store: Store, session: Session | None) -> dict[str, Any]:
    name = form.text("name", _("Name"), required=True)
    cells = st.columns(4)
    with cells[0]:
        day = form.day("held_on", _("Date"), required=True)
    with cells[1]:
        precision = form.code(
            "held_on_precision", _("Date known by"), "date_precision", required=True
        )
    with cells[2]:
        starts_at = form.clock_time("starts_at", _("Begins"))
    with cells[3]:
        ends_at = form.clock_time("ends_at", _("Ends"))
    year = (day or clock.today()).year
    items = common.with_held(
        programmes.choices(store, year, current_user.person().bound_unit_id),
        form.held("planned_drill_id"),
        store,
    )
    planned_drill_id = form.choice(
        "planned_drill_id",
        _("Planned drill of {year}").format(year=year),
        items,
        empty=_("Outside the programme"),
    )
    place = form.text("place", _("Place"))
    return {
        "name": name,
        "held_on": day,
        "held_on_precision": precision or "day",
        "held_on_raw": session.held_on_raw if session and session.held_on == day else "",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "planned_drill_id": planned_drill_id,
        "place": place,
    }


def _teams(form: Form, store: Store) -> list[SessionTeam]:
    names = teams.choices(store)

    def one(row: Form, is_first: bool) -> SessionTeam:
        cells = st.columns([4, 2], vertical_alignment="bottom")
        with cells[0]:
            team_id = row.choice(
                "team_id",
                _("Team"),
                common.with_held(names, row.held("team_id"), store),
                labelled=is_first,
            )
        with cells[1]:
            members = row.number("members", _("Members"), labelled=is_first)
        return SessionTeam(team_id or "", members)

    drawn = form.rows("teams", one, add_label=_("Add a team"))
    return [line for line in drawn if line.team_id or line.members is not None]


def _counts(form: Form, session: Session | None) -> dict[str, Any]:
    cells = st.columns(3)
    with cells[0]:
        participants, participants_kind = form.count("participants", _("Participants"))
    with cells[1]:
        observers, observers_kind = form.count("observers", _("Observers"))
    with cells[2]:
        support, support_kind = form.count("support", _("Support staff"))
    unchanged = session is not None and (session.participants, session.participants_kind) == (
        participants,
        participants_kind,
    )
    return {
        "participants": participants,
        "participants_kind": participants_kind,
        "participants_raw": session.participants_raw if session and unchanged else "",
        "observers": observers,
        "observers_kind": observers_kind,
        "support": support,
        "support_kind": support_kind,
    }


def _outcome(form: Form) -> dict[str, Any]:
    summary = form.text("summary", _("Summary"), long=True)
    cells = st.columns([2, 2, 2, 2], vertical_alignment="bottom")
    with cells[3]:
        reported_on = form.day("reported_on", _("Reported to the authority on"))
    with cells[0]:
        weather = form.text("weather", _("Weather"))
    with cells[1]:
        status = form.code("status", _("Status"), "session_status", codes=STATUSES, required=True)
    with cells[2]:
        no_notice = form.flag("is_no_notice", _("No notice, no script"))
    return {
        "summary": summary,
        "weather": weather,
        "status": status or "logged",
        "reported_on": reported_on,
        "is_no_notice": no_notice,
    }


RECORD_VIEW: RecordView[Session] = RecordView(
    record_type=sessions.RECORD_TYPE,
    url_path="sessions",
    title=N_("Drill session"),
    new_title=N_("New session"),
    name=lambda session: session.name,
    fields=FIELDS,
    draw=draw,
)


# --- the list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Days:
    """The first and the last day a list covers; nothing where it is open."""

    first: date | None
    last: date | None


def days_of(chosen: Mapping[str, str | None]) -> Days:
    """Return the days of the chosen year and month."""
    year = common.chosen_year(chosen)
    if year is None:
        return Days(None, None)
    month = chosen.get("month")
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    last = monthrange(year, int(month))[1]
    return Days(date(year, int(month), 1), date(year, int(month), last))


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    days = days_of(chosen)
    return {
        "first_day": days.first,
        "last_day": days.last,
        "event_class": chosen["event_class"],
        "form": chosen["form"],
        "membership": chosen["membership"],
        "host": chosen["host"],
        "planned_drill_id": None,
        "bound_unit_id": current_user.person().bound_unit_id,
        "search": chosen["search"],
    }


def month_options() -> dict[str, str]:
    """Return the months, where a year is chosen."""
    if not list_view.query_param("year"):
        return {}
    return {str(month): _("Month {month}").format(month=month) for month in range(1, 13)}


LIST = ListSpec(
    key="sessions",
    query="session_list",
    columns=(
        Column("held_on", N_("Date"), "date", width=88),
        Column("name", N_("Name"), width=206),
        Column("hosts", N_("Hosts"), width=130),
        Column("membership", N_("In the programme?"), "code", "membership", width=74),
        Column("planned_drill_number", N_("Item no."), "number", width=50),
        Column("event_class", N_("Event class"), "code", "event_class", width=100),
        Column("form", N_("Form"), "code", "form", width=76),
        Column("participants", N_("Participants"), "count", width=76),
        Column("place", N_("Place"), width=100),
        Column("status", N_("Status"), "code", "session_status", width=66),
    ),
    filters=(
        common.YEAR_FILTER,
        Filter("month", N_("Month"), month_options),
        common.EVENT_CLASS_FILTER,
        common.HOST_FILTER,
        Filter("membership", N_("In the programme?"), list_view.code_options("membership")),
        common.FORM_FILTER,
    ),
    sort="held_on",
    descending=True,
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("No session is recorded yet. Log the first drill, or import a workbook."),
        links=("log", "import"),
    ),
    void_query="session_list_void",
    void_columns=(
        Column("held_on", N_("Date"), "date", width=100),
        Column("name", N_("Name"), width=300),
        Column("place", N_("Place"), width=150),
        Column("void_reason", N_("Reason"), width=260),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Name, host, place"),
)


# --- one session --------------------------------------------------------------------------------


def show_sections(store: Store, stored: Stored[Session]) -> None:
    """Show the units, teams and links of one session."""
    session, names = stored.value, Names(store)
    st.subheader(_("Units"), anchor=False)
    show_lines(UNIT_FIELDS, session.units, names)
    if session.teams:
        st.subheader(_("Teams"), anchor=False)
        show_lines(TEAM_FIELDS, session.teams, names)
    with st.container(horizontal=True, gap="medium"):
        common.show_link("programme", session.planned_drill_id, _("Item of the programme"), store)
        common.show_link("plans", session.plan_id, _("Contingency plan"), store)
        for unit in session.units:
            common.show_link("units", unit.unit_id, vocabulary.label("role", unit.role), store)
        for team in session.teams:
            common.show_link("teams", team.team_id, _("Team"), store)
    if session.planned_drill_id:
        navigation.link(
            "log",
            _("Log another session of this planned drill"),
            {"planned_drill": session.planned_drill_id},
        )
    session_findings.show_section(store, stored)
