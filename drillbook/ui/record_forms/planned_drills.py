"""Planned drills 项 on the screen: a year's list, the form, and what was held under an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import clock, validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import DEFAULT, N_, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.entry import proposal_words
from drillbook.records import plans, programmes
from drillbook.records.programmes import PlannedDrill, PlannedDrillUnit
from drillbook.records.record_type import Stored
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components.forms import Form, units_editor
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Action, Field, Names, RecordView, show_lines
from drillbook.ui.record_forms import common

PREFILLED = ("hazard", "event_class", "plan")
"""What the address may say of a new item, as the coverage matrix does."""
ASKED = "planned_drill#asked"

UNIT_FIELDS = (
    Field("unit_id", N_("Unit"), "record"),
    Field("role", N_("Role"), "code", "role"),
    Field("duty", N_("Duty")),
)
FIELDS = (
    Field("programme_id", N_("Programme"), "record"),
    Field("number", N_("No."), "number"),
    common.NAME,
    common.EVENT_CLASS,
    common.HAZARD,
    common.PLAN,
    common.FORM,
    common.SCOPE,
    common.PURPOSE,
    Field("due_text", N_("Due, as written")),
    Field("due_from", N_("Not before"), "date"),
    Field("due_to", N_("Due by"), "date"),
    common.PLACE,
    Field("target_sessions", N_("Sessions to hold"), "number"),
    Field("target_participants", N_("Participants to reach"), "number"),
    Field("postponed_on", N_("Postponed on"), "date", is_minor=True),
    Field("cancelled_on", N_("Cancelled on"), "date", is_minor=True),
    Field("status_reason", N_("Reason for the change"), is_minor=True),
    Field("note", N_("Note"), is_minor=True),
    Field("units", N_("Hosts and division of responsibilities"), "lines", fields=UNIT_FIELDS),
)
ITEM_COLUMNS = (
    Column("programme_year", N_("Year"), "text", width=60),
    Column("number", N_("No."), "number", width=50),
    Column("name", N_("Name"), width=280),
    Column("hosts", N_("Hosts"), width=160),
    Column("due_on", N_("Due by"), "date", width=100),
    Column("sessions_held", N_("Sessions held"), "number", width=60),
    Column("status", N_("Status"), "code", "planned_status", width=80),
    Column("due_state", N_("Due state"), "code", "due_state", width=80),
)


def draw(form: Form, store: Store, drill: PlannedDrill | None) -> PlannedDrill:
    """Show the form of a planned drill; return what it says."""
    if drill is None and form.value is None:
        _follow_address(form)
        form.value = _blank(store)
        _offer_programme(store, form)
    with form.section(_("The drill")):
        basics = _basics(form, store)
        basics |= common.drill_fields(
            form, plans=common.with_held(plans.choices(store), form.held("plan_id"), store)
        )
    with form.section(_("Hosts and division of responsibilities")):
        units = units_editor(form, common.unit_options())
    with form.section(_("When and how much")):
        targets = _targets(form)
    note = form.text("note", _("Note"), long=True)
    kept = drill or PlannedDrill(programme_id="", name="")
    return replace(
        kept,
        **basics,
        **targets,
        note=note,
        units=tuple(PlannedDrillUnit(u.unit_id, u.role, u.duty, u.position) for u in units),
    )


def _blank(store: Store) -> PlannedDrill:
    """Return what a new item begins with: the programme of the list's year, the next number.

    A year that has no programme gets no other year's.
    """
    years = programmes.years(store)
    wanted = common.chosen_year({"year": list_view.query_param("year")})
    of_year = (k for k, year in years.items() if wanted is None or year == wanted)
    programme_id = next(of_year, "")
    number = programmes.next_number(store, programme_id)
    return replace(_asked_drill(store), programme_id=programme_id, number=number)


def _asked_drill(store: Store) -> PlannedDrill:
    """Return what the address says of a new item: class, hazard and plan, and a name of them."""
    hazard, event_class, plan_id = (list_view.query_param(name) for name in PREFILLED)
    plan = store.record("plan", plan_id) if plan_id else None
    if plan is None or plan["voided_at"] is not None:
        plan, plan_id = None, None
    hazard = hazard if vocabulary.is_code("hazard", hazard) else None
    with use_language(DEFAULT):
        name = proposal_words.name_of(plan["title"] if plan else None, hazard)
    return PlannedDrill(
        programme_id="",
        name=name,
        event_class=event_class if vocabulary.is_code("event_class", event_class) else None,
        hazard=hazard,
        plan_id=plan_id,
    )


def _follow_address(form: Form) -> None:
    """Begin anew when the address asks for another drill than the one that was being typed."""
    asked = tuple(list_view.query_param(name) for name in (*PREFILLED, "year"))
    if any(asked[: len(PREFILLED)]) and st.session_state.get(ASKED) != asked:
        form.discard()
        st.session_state[ASKED] = asked


def _offer_programme(store: Store, form: Form) -> None:
    """Say that the year asked for has no programme yet, and offer to make it."""
    year = common.chosen_year({"year": list_view.query_param("year")})
    if year is None or year in programmes.years(store).values():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(_("{year} has no programme yet.").format(year=year))
        st.button(
            _("Make the programme of {year}").format(year=year),
            key="planned_drill_programme",
            on_click=_make_programme,
            args=(store, form, year),
        )


def _make_programme(store: Store, form: Form, year: int) -> None:
    programme_id = programmes.make_for_year(
        store, year, actor=current_user.actor(WRITES["programme"]), today=clock.today()
    )
    form.set("programme_id", programme_id)
    form.set("number", programmes.next_number(store, programme_id))


def _basics(form: Form, store: Store) -> dict[str, Any]:
    cells = st.columns([2, 1, 5])
    with cells[0]:
        years = {k: str(year) for k, year in programmes.years(store).items()}
        programme_id = form.choice(
            "programme_id",
            _("Programme of"),
            common.with_held(years, form.held("programme_id"), store),
            required=True,
        )
    with cells[1]:
        number = form.number("number", _("No."), required=True)
    with cells[2]:
        name = form.text("name", _("Name"), required=True)
    return {"programme_id": programme_id or "", "number": number or 0, "name": name}


def _targets(form: Form) -> dict[str, Any]:
    first = st.columns([2, 1, 1])
    with first[0]:
        due_text = form.text(
            "due_text", _("Due, as written"), hint=_("As in the programme, e.g. “by end of April”.")
        )
    with first[1]:
        due_from = form.day("due_from", _("Not before"))
    with first[2]:
        due_to = form.day("due_to", _("Due by"))
    second = st.columns([2, 1, 1])
    with second[0]:
        place = form.text("place", _("Place"))
    with second[1]:
        target_sessions = form.number("target_sessions", _("Sessions to hold"), required=True)
    with second[2]:
        target_participants = form.number("target_participants", _("Participants to reach"))
    return {
        "due_text": due_text,
        "due_from": due_from,
        "due_to": due_to,
        "place": place,
        "target_sessions": target_sessions or 0,
        "target_participants": target_participants,
    }


# --- postponing and cancelling ------------------------------------------------------------------


def _reason_and_day(form: Form, name: str, label: str) -> tuple[date | None, str]:
    if form.held(name) is None:
        form.set(name, clock.today())
    cells = st.columns([1, 3])
    with cells[0]:
        day = form.day(name, label, required=True)
    with cells[1]:
        reason = form.text("status_reason", _("Reason"), required=True)
    return day, reason


def _postpone(form: Form, store: Store, drill: PlannedDrill) -> PlannedDrill:
    day, reason = _reason_and_day(form, "postponed_on", _("Postponed on"))
    cells = st.columns([1, 3])
    with cells[0]:
        due_to = form.day("due_to", _("New due date"))
    return replace(drill, postponed_on=day, status_reason=reason, due_to=due_to)


def _cancel(form: Form, store: Store, drill: PlannedDrill) -> PlannedDrill:
    day, reason = _reason_and_day(form, "cancelled_on", _("Cancelled on"))
    return replace(drill, cancelled_on=day, status_reason=reason)


def _resume(form: Form, store: Store, drill: PlannedDrill) -> PlannedDrill:
    note = form.text("note", _("Note"), long=True)
    return replace(drill, postponed_on=None, cancelled_on=None, status_reason="", note=note)


def _reason_needed(drill: PlannedDrill) -> Problems:
    problems: Problems = {}
    validation.required(problems, drill, "status_reason")
    return problems


def _is_running(drill: PlannedDrill) -> bool:
    return drill.postponed_on is None and drill.cancelled_on is None


RECORD_VIEW: RecordView[PlannedDrill] = RecordView(
    record_type=programmes.RECORD_TYPE,
    url_path="programme",
    title=N_("Item of the programme"),
    new_title=N_("New planned drill"),
    name=lambda drill: drill.name,
    fields=FIELDS,
    draw=draw,
    actions=(
        Action(
            "postpone",
            N_("Postpone"),
            _postpone,
            lambda drill: drill.cancelled_on is None,
            problems=_reason_needed,
        ),
        Action(
            "cancel",
            N_("Cancel the drill"),
            _cancel,
            lambda drill: drill.cancelled_on is None,
            problems=_reason_needed,
        ),
        Action(
            "resume",
            N_("Take up again"),
            _resume,
            lambda drill: not _is_running(drill),
            N_("The date and the reason of postponing or cancelling are taken out of the record."),
        ),
    ),
)


# --- the list -----------------------------------------------------------------------------------


def year_options() -> Mapping[str, str]:
    """Return the years to choose from; all of them together come last."""
    return common.year_options() | {common.ALL_YEARS: _("All years")}


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    year = common.chosen_year(chosen)
    return {
        "as_of": common.as_of(year),
        "year": year,
        "status": chosen["status"],
        "due_state": chosen["due_state"],
        "event_class": chosen["event_class"],
        "host": chosen["host"],
        "bound_unit_id": current_user.person().bound_unit_id,
        "search": chosen["search"],
    }


LIST = ListSpec(
    key="planned_drills",
    query="planned_drill_list",
    columns=(
        Column("number", N_("No."), "number", width=44),
        Column("name", N_("Name"), width=190),
        Column("hosts", N_("Hosts"), width=116),
        Column("event_class", N_("Event class"), "code", "event_class", width=86),
        Column("due_text", N_("Due, as written"), width=96),
        Column("due_on", N_("Due by"), "date", width=88),
        Column("target_sessions", N_("To hold"), "number", width=62),
        Column("sessions_held", N_("Sessions held"), "number", width=76),
        Column("participants_held", N_("Participants"), "number", width=62),
        Column("status", N_("Status"), "code", "planned_status", width=62),
        Column("due_state", N_("Due state"), "code", "due_state", width=62),
    ),
    filters=(
        Filter("year", N_("Year"), year_options, is_required=True),
        Filter("status", N_("Status"), list_view.code_options("planned_status")),
        Filter("due_state", N_("Due state"), list_view.code_options("due_state")),
        common.EVENT_CLASS_FILTER,
        common.HOST_FILTER,
    ),
    sort="number",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("This year has no planned drill yet. Add the first one, or import a programme.")
    ),
    void_query="planned_drill_list_void",
    void_columns=(
        Column("programme_year", N_("Year"), width=60),
        Column("number", N_("No."), "number", width=50),
        Column("name", N_("Name"), width=300),
        Column("void_reason", N_("Reason"), width=280),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Name, host, place"),
)


def show_items(
    store: Store, title: str, key: str, *, plan_id: str | None = None, host: str | None = None
) -> None:
    """Show the planned drills of a plan, or those a unit hosts, as they stand today."""
    common.show_related(
        title,
        store,
        "planned_drill_related",
        ITEM_COLUMNS,
        "programme",
        sort="programme_year",
        descending=True,
        key=key,
        as_of=clock.today(),
        plan_id=plan_id,
        host=host,
    )


# --- one item -----------------------------------------------------------------------------------


def show_sections(store: Store, stored: Stored[PlannedDrill]) -> None:
    """Show how an item stands, who does what, and the sessions held under it."""
    drill, names = stored.value, Names(store)
    standing = store.one("planned_drill_standing", id=stored.id, as_of=clock.today())
    if standing:
        _show_standing(standing)
    st.subheader(_("Hosts and division of responsibilities"), anchor=False)
    show_lines(UNIT_FIELDS, drill.units, names)
    common.show_sessions(store, "item_sessions", planned_drill_id=stored.id)
    with st.container(horizontal=True, gap="medium"):
        if not stored.is_void:
            navigation.link(
                "log", _("Log a session of this planned drill"), {"planned_drill": stored.id}
            )
        common.show_link("plans", drill.plan_id, _("Contingency plan"), store)
        for unit in drill.units:
            common.show_link("units", unit.unit_id, vocabulary.label("role", unit.role), store)


def _show_standing(standing: Row) -> None:
    st.caption(
        _(
            "Today: {status}, {due_state}. Held {held} of {target} sessions,"
            " {participants} participants."
        ).format(
            status=formatting.plain(vocabulary.label("planned_status", standing["status"])),
            due_state=formatting.plain(vocabulary.label("due_state", standing["due_state"])),
            held=standing["sessions_held"],
            target=standing["target_sessions"],
            participants=formatting.number(standing["participants_held"]),
        )
    )
