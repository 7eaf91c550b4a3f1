"""Coordination mechanisms 联席机制 on the screen: members, meetings, and what they decided."""

from __future__ import annotations

from typing import Any

import streamlit as st

from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import mechanisms
from drillbook.records.mechanisms import Mechanism, MechanismMember
from drillbook.records.record_type import Stored
from drillbook.records.revision_finish import filed_number
from drillbook.ui.components import list_view
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, Names, RecordView, show_lines
from drillbook.ui.record_forms import common, meetings

MEMBER_FIELDS = (
    Field("unit_id", N_("Unit"), "record"),
    Field("role", N_("Role"), "code", "mechanism_role"),
    Field("person", N_("Person")),
)
FIELDS = (
    Field("title", N_("Title")),
    Field("kind", N_("Kind"), "code", "mechanism_kind"),
    Field("document_number", N_("Document number")),
    Field("issued_on", N_("Issued on"), "date"),
    Field("note", N_("Note"), is_minor=True),
    Field("members", N_("Members of the mechanism"), "lines", fields=MEMBER_FIELDS),
)


def draw(form: Form, store: Store, mechanism: Mechanism | None) -> Mechanism:
    """Show the form of a mechanism with its members; return what it says."""
    if mechanism is None and form.value is None:
        form.value = Mechanism(title="", members=(MechanismMember("", "convener"),))
    with form.section(_("The mechanism")):
        basics = _basics(form, mechanism)
    with form.section(_("Members of the mechanism")):
        members = form.rows(
            "members",
            _member,
            add_label=_("Add a member"),
            new_row=lambda: MechanismMember(""),
        )
    filled = [line for line in members if line.unit_id or line.person.strip()]
    return Mechanism(
        **basics,
        members=tuple(
            MechanismMember(line.unit_id, line.role, line.person, position)
            for position, line in enumerate(filled)
        ),
    )


def _basics(form: Form, mechanism: Mechanism | None) -> dict[str, Any]:
    title = form.text("title", _("Title"), required=True)
    cells = st.columns([2, 3, 2])
    with cells[0]:
        kind = form.code("kind", _("Kind"), "mechanism_kind", required=True)
    with cells[1]:
        typed = form.text("document_number", _("Document number"))
    with cells[2]:
        issued_on = form.day("issued_on", _("Issued on"))
    number = filed_number(typed)
    is_held = mechanism is not None and number == mechanism.document_number
    return {
        "title": title,
        "kind": kind or "",
        "document_number": number,
        # As it was written, where that is not how it is filed.
        "document_number_raw": mechanism.document_number_raw if mechanism and is_held else typed,
        "issued_on": issued_on,
        "note": form.text("note", _("Note"), long=True),
    }


def _member(row: Form, is_first: bool) -> MechanismMember:
    cells = st.columns([4, 2, 3], vertical_alignment="bottom")
    with cells[0]:
        unit_id = row.unit("unit_id", _("Unit"), common.unit_options(), labelled=is_first)
    with cells[1]:
        role = row.code("role", _("Role"), "mechanism_role", required=True, labelled=is_first)
    with cells[2]:
        person = row.text("person", _("Person"), labelled=is_first)
    return MechanismMember(unit_id or "", role or "member", person)


RECORD_VIEW: RecordView[Mechanism] = RecordView(
    record_type=mechanisms.RECORD_TYPE,
    url_path="mechanisms",
    title=N_("Coordination mechanism"),
    new_title=N_("New mechanism"),
    name=lambda mechanism: mechanism.title,
    fields=FIELDS,
    draw=draw,
)


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {"as_of": common.as_of(), "kind": chosen["kind"], "search": chosen["search"]}


LIST = ListSpec(
    key="mechanisms",
    query="mechanism_list",
    columns=(
        Column("title", N_("Title"), width=190),
        Column("kind", N_("Kind"), "code", "mechanism_kind", width=92),
        Column("conveners", N_("Convened by"), width=96),
        Column("decisions_open", N_("Open decisions"), "number", width=76),
        Column("decisions_late", N_("Of them late"), "number", width=66),
        Column("meetings", N_("Meetings"), "number", width=46),
        Column("last_held_on", N_("Last meeting"), "date", width=88),
        Column("document_number", N_("Document number"), width=150),
        Column("issued_on", N_("Issued on"), "date", width=88),
        Column("members", N_("Member units"), "number", width=56),
    ),
    filters=(Filter("kind", N_("Kind"), list_view.code_options("mechanism_kind")),),
    sort="title",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _(
            "No coordination mechanism is recorded yet. Add the first one: its title, its document"
            " and the units that belong to it."
        ),
        links=(),
    ),
    void_query="mechanism_list_void",
    void_columns=(
        Column("title", N_("Title"), width=320),
        Column("kind", N_("Kind"), "code", "mechanism_kind", width=110),
        Column("void_reason", N_("Reason"), width=280),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Title, document number, convener"),
)


def show_open_decisions(store: Store) -> None:
    """Show what the meetings of all mechanisms decided and nobody has done yet."""
    rows = meetings.decision_rows(store, only_open=True)
    if rows:
        st.subheader(_("Open decisions ({count:,})").format(count=len(rows)), anchor=False)
        meetings.show_decisions(rows, with_meeting=True)


def show_sections(store: Store, stored: Stored[Mechanism]) -> None:
    """Show a mechanism's members, its meetings and what is still open of their decisions."""
    st.subheader(_("Members of the mechanism"), anchor=False)
    show_lines(MEMBER_FIELDS, stored.value.members, Names(store))
    meetings.show_meetings(store, stored)
    rows = meetings.decision_rows(store, mechanism_id=stored.id, only_open=True)
    st.subheader(_("Open decisions ({count:,})").format(count=len(rows)), anchor=False)
    meetings.show_decisions(rows, with_meeting=True)
