"""Rescue teams 救援队伍 on the screen: strength over time, equipment, the drills they joined."""

from __future__ import annotations

from typing import Any

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import teams
from drillbook.records.record_type import Stored
from drillbook.records.teams import Team, TeamEquipment, TeamStrength, TeamTraining
from drillbook.ui.components import current_user, list_view
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, Names, RecordView, show_lines
from drillbook.ui.record_forms import common

STRENGTH_FIELDS = (
    Field("counted_on", N_("Counted on"), "date"),
    Field("members", N_("Members"), "number"),
)
EQUIPMENT_FIELDS = (
    Field("item", N_("Item")),
    Field("quantity", N_("Quantity"), "number"),
    Field("unit_of_count", N_("Counted in")),
    Field("next_inspection_on", N_("Next inspection"), "date"),
)
TRAINING_FIELDS = (
    Field("trained_on", N_("Trained on"), "date"),
    Field("topic", N_("Training topic")),
)
FIELDS = (
    common.NAME,
    Field("kind", N_("Kind"), "code", "team_kind"),
    Field("fields", N_("Fields"), "codes", "team_field"),
    Field("parent_unit_id", N_("Parent unit"), "record"),
    Field("leader", N_("Leader")),
    Field("duty_phone", N_("Duty telephone")),
    Field("base", N_("Base")),
    Field("longitude", N_("Longitude"), "number", is_minor=True),
    Field("latitude", N_("Latitude"), "number", is_minor=True),
    Field("founded_on", N_("Founded on"), "date"),
    Field("dissolved_on", N_("Dissolved on"), "date", is_minor=True),
    Field("naming_document", N_("Naming document")),
    Field("insured_until", N_("Insured until"), "date"),
    Field("verified_on", N_("Last verified on"), "date"),
    Field("note", N_("Note"), is_minor=True),
    Field("strength", N_("Strength"), "lines", fields=STRENGTH_FIELDS),
    Field("equipment", N_("Equipment"), "lines", fields=EQUIPMENT_FIELDS),
    Field("trainings", N_("Trainings"), "lines", fields=TRAINING_FIELDS),
)


def draw(form: Form, store: Store, team: Team | None) -> Team:
    """Show the form of a team with its counts and equipment; return what it says."""
    with form.section(_("The team")):
        basics = _basics(form)
    with form.section(_("Base and readiness")):
        readiness = _readiness(form)
    with form.section(_("Strength")):
        strength = form.rows(
            "strength",
            _strength,
            add_label=_("Add a count"),
            start_with=0 if team else 1,
            new_row=lambda: TeamStrength(clock.today(), 0) if team else None,
        )
    with form.section(_("Equipment")):
        equipment = form.rows("equipment", _equipment, add_label=_("Add equipment"))
    with form.section(_("Trainings")):
        trainings = form.rows("trainings", _training, add_label=_("Add a training"))
    note = form.text("note", _("Note"), long=True)
    return Team(
        **basics,
        **readiness,
        note=note,
        strength=tuple(line for line in strength if line is not None),
        equipment=tuple(line for line in equipment if line is not None),
        trainings=tuple(line for line in trainings if line is not None),
    )


def _basics(form: Form) -> dict[str, Any]:
    first = st.columns([4, 2, 3])
    with first[0]:
        name = form.text("name", _("Name"), required=True)
    with first[1]:
        kind = form.code("kind", _("Kind"), "team_kind", required=True)
    with first[2]:
        parent_unit_id = form.unit("parent_unit_id", _("Parent unit"), common.unit_options())
    fields = form.codes("fields", _("Fields"), "team_field")
    second = st.columns(4)
    with second[0]:
        leader = form.text("leader", _("Leader"))
    with second[1]:
        duty_phone = form.text("duty_phone", _("Duty telephone"))
    with second[2]:
        founded_on = form.day("founded_on", _("Founded on"))
    with second[3]:
        dissolved_on = form.day("dissolved_on", _("Dissolved on"))
    return {
        "name": name,
        "kind": kind or "",
        "fields": fields,
        "parent_unit_id": parent_unit_id,
        "leader": leader,
        "duty_phone": duty_phone,
        "founded_on": founded_on,
        "dissolved_on": dissolved_on,
        "naming_document": form.text("naming_document", _("Naming document")),
    }


def _readiness(form: Form) -> dict[str, Any]:
    first = st.columns([4, 2, 2])
    with first[0]:
        base = form.text("base", _("Base"))
    with first[1]:
        longitude = form.number("longitude", _("Longitude"), decimal=True)
    with first[2]:
        latitude = form.number("latitude", _("Latitude"), decimal=True)
    second = st.columns(2)
    with second[0]:
        insured_until = form.day("insured_until", _("Insured until"))
    with second[1]:
        verified_on = form.day("verified_on", _("Last verified on"))
    return {
        "base": base,
        "longitude": longitude,
        "latitude": latitude,
        "insured_until": insured_until,
        "verified_on": verified_on,
    }


def _strength(row: Form, is_first: bool) -> TeamStrength | None:
    cells = st.columns(2)
    with cells[0]:
        counted_on = row.day("counted_on", _("Counted on"), labelled=is_first)
    with cells[1]:
        members = row.number("members", _("Members"), labelled=is_first)
    if counted_on is None and members is None:
        return None
    return TeamStrength(counted_on, members)  # type: ignore[arg-type]


def _equipment(row: Form, is_first: bool) -> TeamEquipment | None:
    cells = st.columns([4, 2, 2, 3])
    with cells[0]:
        item = row.text("item", _("Item"), labelled=is_first)
    with cells[1]:
        quantity = row.number("quantity", _("Quantity"), labelled=is_first)
    with cells[2]:
        unit_of_count = row.text("unit_of_count", _("Counted in"), labelled=is_first)
    with cells[3]:
        next_inspection_on = row.day("next_inspection_on", _("Next inspection"), labelled=is_first)
    if not item.strip() and quantity is None and not unit_of_count.strip():
        return None
    return TeamEquipment(
        item, 1 if quantity is None else quantity, unit_of_count, next_inspection_on
    )


def _training(row: Form, is_first: bool) -> TeamTraining | None:
    cells = st.columns([2, 5])
    with cells[0]:
        trained_on = row.day("trained_on", _("Trained on"), labelled=is_first)
    with cells[1]:
        topic = row.text("topic", _("Training topic"), labelled=is_first)
    if trained_on is None and not topic.strip():
        return None
    return TeamTraining(trained_on, topic)  # type: ignore[arg-type]


RECORD_VIEW: RecordView[Team] = RecordView(
    record_type=teams.RECORD_TYPE,
    url_path="teams",
    title=N_("Rescue team"),
    new_title=N_("New team"),
    name=lambda team: team.name,
    fields=FIELDS,
    draw=draw,
)


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {
        "as_of": common.as_of(common.chosen_year({"year": list_view.query_param("year")})),
        "kind": chosen["kind"],
        "field": chosen["field"],
        "search": chosen["search"],
        "with_contacts": current_user.may("contacts"),
    }


LIST = ListSpec(
    key="teams",
    query="team_list",
    columns=(
        Column("name", N_("Name"), width=180),
        Column("kind", N_("Kind"), "code", "team_kind", width=64),
        Column("fields", N_("Fields"), "codes", "team_field", width=130),
        Column("members", N_("Members"), "number", width=50),
        Column("counted_on", N_("Counted on"), "date", width=88),
        Column("parent_unit", N_("Parent unit"), width=110),
        Column("leader", N_("Leader"), width=64),
        Column("duty_phone", N_("Duty telephone"), width=100),
        Column("base", N_("Base"), width=116),
        Column("insured_until", N_("Insured until"), "date", width=88),
    ),
    filters=(
        Filter("kind", N_("Kind"), list_view.code_options("team_kind")),
        Filter("field", N_("Field of rescue"), list_view.code_options("team_field")),
    ),
    sort="name",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("No rescue team is recorded yet. Add the first one, or import a workbook.")
    ),
    void_query="team_list_void",
    void_columns=(
        Column("name", N_("Name"), width=300),
        Column("kind", N_("Kind"), "code", "team_kind", width=110),
        Column("void_reason", N_("Reason"), width=280),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Name, parent unit, base"),
)


def show_sections(store: Store, stored: Stored[Team]) -> None:
    """Show a team's strength over time, its equipment, and the sessions it took part in."""
    team, names = stored.value, Names(store)
    cells = st.columns(2)
    with cells[0]:
        st.subheader(_("Strength"), anchor=False)
        counts = sorted(team.strength, key=lambda line: line.counted_on, reverse=True)
        show_lines(STRENGTH_FIELDS, counts, names)
    with cells[1]:
        st.subheader(_("Equipment"), anchor=False)
        show_lines(EQUIPMENT_FIELDS, team.equipment, names)
    st.subheader(_("Trainings"), anchor=False)
    trainings = sorted(team.trainings, key=lambda line: line.trained_on, reverse=True)
    show_lines(TRAINING_FIELDS, trainings, names)
    common.show_sessions(store, "team_sessions", team_id=stored.id)
    common.show_link("units", team.parent_unit_id, _("Parent unit"), store)
