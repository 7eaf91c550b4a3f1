"""Log a drill: the daily job, three clicks and less than half a minute."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from drillbook.accounts.form_drafts import Values
from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.records import plans, units
from drillbook.ui.components.forms import units_editor
from drillbook.ui.screens import log_drill
from drillbook.ui.screens.log_drill import LogForm
from drillbook.ui.shell.page_guard import require_frame


def show_main(form: LogForm) -> Values:
    """Show what nearly every session needs; return it."""
    raw: Values = {}
    first, second = st.columns([3, 1])
    with first:
        raw["planned_drill_id"] = form.planned_drill()
    with second:
        raw["held_on"] = form.day("held_on", _("Date"), required=True)
    first, second = st.columns(2)
    with first:
        raw["name"] = form.live_text("name", _("Name of the drill"), required=True)
        raw["form"] = form.segments("form", _("Form"), "form")
    with second:
        raw["hosts"] = form.hosts()
        raw["place"] = form.live_text("place", _("Place"))
    cells = st.columns(3)
    with cells[0]:
        raw["participants"], raw["participants_kind"] = form.head_count(
            "participants", _("Participants")
        )
    with cells[1]:
        raw["observers"], raw["observers_kind"] = form.head_count("observers", _("Observers"))
    with cells[2]:
        raw["support"], raw["support_kind"] = form.head_count("support", _("Support staff"))
    raw["summary"] = form.text("summary", _("Summary"), long=True, height=72)
    return raw


def show_kind(form: LogForm) -> Values:
    """Show how the drill is classified; a planned drill has filled it in."""
    raw: Values = {}
    cells = st.columns(4)
    with cells[0]:
        raw["event_class"] = form.code("event_class", _("Event class"), "event_class")
    with cells[1]:
        raw["hazard"] = form.hazard("hazard", _("Hazard"), raw["event_class"])
    with cells[2]:
        raw["scope"] = form.segments("scope", _("Scope"), "scope")
    with cells[3]:
        raw["purpose"] = form.segments("purpose", _("Purpose"), "purpose")
    return raw


def show_more(form: LogForm) -> Values:
    """Show what only some sessions have."""
    raw: Values = {}
    cells = st.columns([1, 1, 2, 1])
    with cells[0]:
        raw["starts_at"] = form.clock_time("starts_at", _("Start"))
    with cells[1]:
        raw["ends_at"] = form.clock_time("ends_at", _("End"))
    with cells[2]:
        options = plans.choices(current.current())
        raw["plan_id"] = form.choice("plan_id", _("Plan it follows"), options)
    with cells[3]:
        raw["weather"] = form.text("weather", _("Weather"))
    with st.container(horizontal=True):
        raw["is_no_notice"] = form.flag("is_no_notice", _("No notice, no script"))
        raw["is_month_only"] = form.flag("is_month_only", _("Only the month is known"))
    names = units.choices(current.current())
    raw["units"] = [asdict(line) for line in units_editor(form, names, head_counts=True)]
    raw["teams"] = form.teams()
    return raw


def show_form() -> None:
    """Show the form.

    No fragment: a click on the language switch while a field is being typed in would be answered
    by a run of the fragment alone, and leave the page in two languages.
    """
    form = LogForm(clock.today())
    log_drill.show_notices()
    raw = show_main(form) | show_kind(form)
    with st.expander(_("Times, other units, teams"), key="log_more"):
        raw |= show_more(form)
    with st.expander(_("Files"), key="log_files"):
        files = form.files()
    form.finish(raw, files)


require_frame()
st.title(_("Log a drill"))
show_form()
