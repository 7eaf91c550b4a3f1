"""Annual programmes 年度演练计划 on the screen: the heading above a year's planned drills."""

from __future__ import annotations

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import programmes
from drillbook.records.programmes import Programme
from drillbook.records.record_type import Stored
from drillbook.records.revision_finish import filed_number
from drillbook.ui.components import current_user, formatting, list_view, record_page
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Field, RecordView
from drillbook.ui.record_forms import common

FIELDS = (
    Field("year", N_("Year"), "text"),
    Field("title", N_("Title")),
    Field("document_number", N_("Document number")),
    Field("approved_on", N_("Approved on"), "date"),
    Field("note", N_("Note"), is_minor=True),
)


def draw(form: Form, store: Store, programme: Programme | None) -> Programme:
    """Show the form of a programme; return what it says."""
    if programme is None and form.value is None:
        year = common.chosen_year({"year": list_view.query_param("year")}) or clock.today().year
        form.value = Programme(year=year, title=_("Drill programme {year}").format(year=year))
    with form.section(_("Programme")):
        cells = st.columns([1, 4])
        with cells[0]:
            year_typed = form.number("year", _("Year"), required=True)
        with cells[1]:
            title = form.text("title", _("Title"), required=True)
        cells = st.columns([3, 2])
        with cells[0]:
            document_number = form.text("document_number", _("Document number"))
        with cells[1]:
            approved_on = form.day("approved_on", _("Approved on"))
        note = form.text("note", _("Note"), long=True)
    return Programme(
        year=int(year_typed or 0),
        title=title,
        document_number=filed_number(document_number),
        approved_on=approved_on,
        note=note,
    )


RECORD_VIEW: RecordView[Programme] = RecordView(
    record_type=programmes.PROGRAMMES,
    url_path="programme",
    title=N_("Annual programme"),
    new_title=N_("New programme"),
    name=lambda programme: programme.title,
    fields=FIELDS,
    draw=draw,
    parameter="programme",
)


def choose_year(store: Store) -> None:
    """Put the latest programme's year into an address that names none, so that it can be mailed."""
    if list_view.query_param("year") is None and list_view.query_param("voided") is None:
        latest = next(iter(programmes.years(store).values()), None)
        if latest is not None:
            list_view.ask(year=str(latest))


def show_heading(store: Store) -> None:
    """Show the programme of the chosen year above its items, or how to make it."""
    year = common.chosen_year({"year": list_view.query_param("year")})
    record_id = next((k for k, y in programmes.years(store).items() if y == year), None)
    if record_id is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            if year is not None:
                st.caption(_("{year} has no programme yet.").format(year=year), width="content")
            if current_user.person().may_write(RECORD_VIEW.table):
                record_page.new_button(RECORD_VIEW, key="heading")
        return
    stored = programmes.PROGRAMMES.load(store, record_id)
    assert stored is not None
    programme = stored.value
    told = [programme.title, programme.document_number]
    if programme.approved_on:
        told.append(_("approved on {day}").format(day=formatting.day(programme.approved_on)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text("　".join(filter(None, told)), width="content")
        st.button(
            _("Programme: particulars, files, history"),
            key="programme_open",
            on_click=list_view.ask,
            kwargs={"programme": record_id},
        )


def show_sections(store: Store, stored: Stored[Programme]) -> None:
    """Show the way to the programme's items."""
    year = stored.value.year
    st.button(
        _("Planned drills of {year}").format(year=year),
        key="programme_items",
        on_click=list_view.ask,
        kwargs={"programme": None, "year": str(year)},
    )
