"""What the record types' forms and lists share: selections, related rows, day counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from drillbook.core import clock
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import FIRST_YEAR, LAST_YEAR
from drillbook.db.current import current
from drillbook.db.store import Store
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter
from drillbook.ui.components.record_view import Field, Names

RELATED_SHOWN = 200
ALL_YEARS = "all"

NAME = Field("name", N_("Name"))
EVENT_CLASS = Field("event_class", N_("Event class"), "code", "event_class")
HAZARD = Field("hazard", N_("Hazard"), "code", "hazard")
FORM = Field("form", N_("Form"), "code", "form")
SCOPE = Field("scope", N_("Scope"), "code", "scope")
PURPOSE = Field("purpose", N_("Purpose"), "code", "purpose")
PLAN = Field("plan_id", N_("Contingency plan"), "record")
PLACE = Field("place", N_("Place"))

EVENT_CLASS_FILTER = Filter("event_class", N_("Event class"), list_view.code_options("event_class"))
FORM_FILTER = Filter("form", N_("Form"), list_view.code_options("form"))

SESSION_COLUMNS = (
    Column("held_on", N_("Date"), "date", width=100),
    Column("name", N_("Name"), width=280),
    Column("hosts", N_("Hosts"), width=150),
    Column("form", N_("Form"), "code", "form", width=90),
    Column("participants", N_("Participants"), "count", width=90),
    Column("place", N_("Place"), width=150),
)


def unit_options() -> Mapping[str, str]:
    """Return id → name of all units."""
    return {row["id"]: row["name"] for row in current().query("unit_choices")}


def year_options() -> dict[str, str]:
    """Return the years in which something was planned or held."""
    return {str(row["year"]): str(row["year"]) for row in current().query("figure_years")}


HOST_FILTER = Filter("host", N_("Host"), unit_options)
YEAR_FILTER = Filter("year", N_("Year"), year_options)


def with_held(options: Mapping[str, str], held: str | None, store: Store) -> dict[str, str]:
    """Return options that include the id a record already holds, by its name."""
    if held and held not in options:
        return {**options, held: Names(store).of(held)}
    return dict(options)


def drill_fields(form: Form, *, plans: Mapping[str, str]) -> dict[str, Any]:
    """Show the fields that planned drills and sessions share; return them by name."""
    first = st.columns(3)
    with first[0]:
        event_class = form.code("event_class", _("Event class"), "event_class")
    with first[1]:
        hazard = form.hazard("hazard", _("Hazard"), event_class)
    with first[2]:
        plan_id = form.choice("plan_id", _("Contingency plan"), plans)
    second = st.columns(3)
    with second[0]:
        drill_form = form.code("form", _("Form"), "form")
    with second[1]:
        scope = form.code("scope", _("Scope"), "scope")
    with second[2]:
        purpose = form.code("purpose", _("Purpose"), "purpose")
    return {
        "event_class": event_class,
        "hazard": hazard,
        "plan_id": plan_id,
        "form": drill_form,
        "scope": scope,
        "purpose": purpose,
    }


def as_of(year: int | None = None) -> date:
    """Return the day a list is counted to: ``as_of`` of the address, the year's, or today."""
    try:
        return date.fromisoformat(list_view.query_param("as_of") or "")
    except ValueError:
        today = clock.today()
        return today if year is None else min(clock.default_as_of(year, today), today)


def chosen_year(chosen: Mapping[str, str | None]) -> int | None:
    """Return the chosen year, or nothing for all years."""
    text = chosen.get("year") or ""
    is_year = len(text) == 4 and text.isascii() and text.isdigit()
    return int(text) if is_year and FIRST_YEAR <= int(text) <= LAST_YEAR else None


def nothing_yet(sentence: Callable[[], str], *, links: Sequence[str] = ("import",)) -> None:
    """Show that a register is empty and where to begin."""
    st.info(sentence())
    with st.container(horizontal=True):
        for url_path in links:
            navigation.link(url_path)


def show_related(
    title: str,
    store: Store,
    query: str,
    columns: Sequence[Column],
    url_path: str,
    *,
    sort: str,
    key: str,
    descending: bool = False,
    **parameters: Any,
) -> None:
    """Show the records that belong to this one; choosing a row opens it on its own page."""
    page = store.page(query, sort=sort, descending=descending, size=RELATED_SHOWN, **parameters)
    st.subheader(f"{title} ({page.total:,})", anchor=False)
    if page.total:
        list_view.show_rows(page.rows, columns, key, url_path=url_path)
    else:
        st.caption(_("None."))
    if page.total > RELATED_SHOWN:
        st.caption(_("Only the first {count} are shown.").format(count=RELATED_SHOWN))


def show_sessions(store: Store, key: str, **belonging: str) -> None:
    """Show the sessions of a record: ``planned_drill_id``, ``plan_id``, ``team_id`` or ``host``."""
    nothing = dict.fromkeys(("planned_drill_id", "plan_id", "team_id", "host"))
    show_related(
        _("Sessions held"),
        store,
        "session_related",
        SESSION_COLUMNS,
        "sessions",
        sort="held_on",
        descending=True,
        key=key,
        bound_unit_id=current_user.person().bound_unit_id,
        **(nothing | belonging),
    )


def show_link(url_path: str, record_id: str | None, label: str, store: Store) -> None:
    """Show a link to a record this one points at, if it does."""
    if record_id:
        name = Names(store).of(record_id)
        navigation.link(url_path, f"{label}: {formatting.plain(name)}", {"id": record_id})
