"""Units 单位 on the screen: the list, the form, and what a unit hosts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import units
from drillbook.records.record_type import Stored
from drillbook.records.units import Unit
from drillbook.ui.components import current_user, list_view
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, RecordView
from drillbook.ui.record_forms import common, planned_drills

FIELDS = (
    common.NAME,
    Field("short_name", N_("Short name")),
    Field("kind", N_("Kind"), "code", "unit_kind"),
    Field("is_high_risk", N_("High risk"), "flag"),
    Field("is_crowded", N_("Crowded place"), "flag"),
    Field("is_public_safety", N_("Bears on public safety"), "flag", is_minor=True),
    Field("contact_name", N_("Contact")),
    Field("contact_phone", N_("Telephone")),
    Field("aliases", N_("Other names"), is_minor=True),
    Field("note", N_("Note"), is_minor=True),
)


def draw(form: Form, store: Store, unit: Unit | None) -> Unit:
    """Show the form of a unit; return what it says."""
    with form.section(_("Name")):
        cells = st.columns([3, 2, 2])
        with cells[0]:
            name = form.text("name", _("Name"), required=True)
        with cells[1]:
            short_name = form.text("short_name", _("Short name"))
        with cells[2]:
            kind = form.code("kind", _("Kind"), "unit_kind", required=True)
        aliases = form.text(
            "aliases",
            _("Other names"),
            long=True,
            hint=_("One name a line. Imported workbooks find the unit by each of them."),
        )
    with form.section(_("Particulars")):
        more = st.columns(5, vertical_alignment="bottom")
        with more[0]:
            contact_name = form.text("contact_name", _("Contact"))
        with more[1]:
            contact_phone = form.text("contact_phone", _("Telephone"))
        with more[2]:
            is_high_risk = form.flag("is_high_risk", _("High risk"))
        with more[3]:
            is_crowded = form.flag("is_crowded", _("Crowded place"))
        with more[4]:
            is_public_safety = form.flag("is_public_safety", _("Bears on public safety"))
        note = form.text("note", _("Note"), long=True)
    return Unit(
        name=name,
        short_name=short_name,
        aliases=aliases,
        kind=kind or "",
        is_high_risk=is_high_risk,
        is_crowded=is_crowded,
        is_public_safety=is_public_safety,
        contact_name=contact_name,
        contact_phone=contact_phone,
        note=note,
    )


RECORD_VIEW: RecordView[Unit] = RecordView(
    record_type=units.RECORD_TYPE,
    url_path="units",
    title=N_("Unit"),
    new_title=N_("New unit"),
    name=lambda unit: unit.name,
    fields=FIELDS,
    draw=draw,
)


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {
        "kind": chosen["kind"],
        "search": chosen["search"],
        "with_contacts": current_user.may("contacts"),
    }


LIST = ListSpec(
    key="units",
    query="unit_list",
    columns=(
        Column("name", N_("Name"), width=240),
        Column("short_name", N_("Short name"), width=120),
        Column("kind", N_("Kind"), "code", "unit_kind", width=110),
        Column("is_high_risk", N_("High risk"), "flag", width=80),
        Column("is_crowded", N_("Crowded place"), "flag", width=100),
        Column("planned_drills_hosted", N_("Planned drills hosted"), "number", width=110),
        Column("sessions_hosted", N_("Sessions hosted"), "number", width=110),
        Column("contact_name", N_("Contact"), width=90),
        Column("contact_phone", N_("Telephone"), width=120),
    ),
    filters=(Filter("kind", N_("Kind"), list_view.code_options("unit_kind")),),
    sort="name",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(
        lambda: _("No unit is recorded yet. Add the first one, or import a workbook.")
    ),
    void_query="unit_list_void",
    void_columns=(
        Column("name", N_("Name"), width=280),
        Column("kind", N_("Kind"), "code", "unit_kind", width=120),
        Column("void_reason", N_("Reason"), width=300),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Name or another name"),
)


def show_sections(store: Store, stored: Stored[Unit]) -> None:
    """Show what a unit hosts: planned drills of all years, and sessions."""
    planned_drills.show_items(store, _("Planned drills hosted"), "unit_items", host=stored.id)
    common.show_sessions(store, "unit_sessions", host=stored.id)
