"""The parts of the screen "coverage": the matrix as a table of links, and the lists beneath it.

The view is kept in the address. Each number leads to its rows, each empty cell to next year's
planned drill; as links, so that they open in another tab and work from the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.core import vocabulary
from drillbook.core.clock import default_as_of
from drillbook.core.i18n import N_, language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.entry.proposal_words import cited
from drillbook.reports import coverage, query_cache
from drillbook.reports.coverage import Coverage, Requirement
from drillbook.reports.files import coverage_workbook
from drillbook.ui.components import current_user, formatting, list_view
from drillbook.ui.components.list_view import Column
from drillbook.ui.components.theme import STATIC
from drillbook.ui.record_forms import common, planned_drills

SPAN, AS_OF, CELL = "years", "as_of", "cell"
FIRST_DAY, LAST_DAY = date(2004, 1, 1), date(2098, 12, 31)
"""The days of which the register's calendar holds all the years that are shown."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STYLES = STATIC / "coverage.css"
PARTED = "."
ROWS_SHOWN = 200
PLAN_COLUMNS = (
    Column("title", N_("Plan")),
    Column("category", N_("Category"), "code", "plan_category"),
    Column("status", N_("Status"), "code", "plan_status"),
    Column("lead_unit", N_("Lead unit")),
    Column("last_held_on", N_("Last drilled"), "date"),
)
NOT_DRILLED_COLUMNS = (
    Column("title", N_("Plan")),
    Column("category", N_("Category"), "code", "plan_category"),
    Column("hazard", N_("Hazard"), "code", "hazard"),
    Column("lead_unit", N_("Lead unit")),
    Column("last_held_on", N_("Last drilled"), "date"),
)
TEAM_COLUMNS = (
    Column("name", N_("Team")),
    Column("kind", N_("Kind"), "code", "team_kind"),
    Column("parent_unit", N_("Parent unit")),
    Column("last_held_on", N_("Last drill"), "date"),
    Column("last_joint_on", N_("Last joint drill"), "date"),
)


@dataclass(frozen=True)
class View:
    """What the address asks for: the day, and how many years back."""

    as_of: date
    span: int


@dataclass(frozen=True)
class Asked:
    """The cell whose rows are asked for; ``kind`` is plans, sessions or items."""

    kind: str
    event_class: str
    hazard: str
    first_year: int
    last_year: int


# --- the view, kept in the address --------------------------------------------------------------


def read_view(store: Store, today: date) -> View:
    """Return the view the address asks for; what it cannot mean is left out."""
    text = list_view.query_param(SPAN) or ""
    span = next((span for span in coverage.SPANS if str(span) == text), coverage.DEFAULT_SPAN)
    as_of = list_view.query_day(AS_OF, FIRST_DAY, LAST_DAY)
    if as_of is None:
        as_of = default_as_of(query_cache.default_year(query_cache.years(store), today), today)
    return View(as_of, span)


def show_controls(store: Store, view: View, today: date) -> None:
    """Show the choice of years and day, and the workbook."""
    st.session_state["coverage_span"] = view.span
    st.session_state["coverage_as_of"] = view.as_of
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            _("Years looked back"),
            coverage.SPANS,
            key="coverage_span",
            on_change=_follow,
            width=120,
        )
        st.date_input(
            _("As of"),
            min_value=FIRST_DAY,
            max_value=max(today, view.as_of),
            key="coverage_as_of",
            format="YYYY-MM-DD",
            on_change=_follow,
            required=True,
            width=150,
        )
        if current_user.person().may("export"):
            st.download_button(
                _("Download the workbook"),
                data=current_user.deferred("export", partial(_workbook, store, view)),
                file_name=coverage_workbook.file_name(view.as_of, view.span),
                mime=XLSX,
                key="coverage_workbook",
                on_click="ignore",
            )


def _workbook(store: Store, view: View) -> bytes:
    actor = current_user.actor("export")
    return coverage_workbook.workbook_bytes(store, view.as_of, view.span, language(), actor=actor)


def _follow() -> None:
    day = st.session_state["coverage_as_of"]
    list_view.ask(
        years=str(st.session_state["coverage_span"]),
        as_of=day.isoformat() if day else None,
        cell=None,
    )


@lru_cache(maxsize=32)
def _counted(store: Store, revision: int, as_of: date, span: int) -> Coverage:
    return coverage.coverage(store, as_of, span)


def covered(store: Store, view: View) -> Coverage:
    """Return what is covered, asked once per state of the register."""
    return _counted(store, store.revision, view.as_of, view.span)


# --- the matrix ---------------------------------------------------------------------------------


# --- the rows behind a number -------------------------------------------------------------------


def asked_cell(covered: Coverage) -> Asked | None:
    """Return the cell the address names, if there is such a one."""
    parts = (list_view.query_param(CELL) or "").split(PARTED)
    if len(parts) != 5 or parts[0] not in ("plans", "sessions", "items"):
        return None
    known = {(row.event_class, row.hazard) for row in covered.rows}
    if (parts[1], parts[2]) not in known or not all(
        part.isascii() and part.isdigit() and len(part) <= 4 for part in parts[3:]
    ):
        return None
    return Asked(parts[0], parts[1], parts[2], int(parts[3]), int(parts[4]))


def show_asked_rows(store: Store, covered: Coverage) -> None:
    """Show the rows behind the number that was clicked, above the matrix."""
    asked = asked_cell(covered)
    if asked is None:
        return
    queries: dict[str, tuple[str, Sequence[Column], str, str]] = {
        "plans": ("coverage_cell_plans", PLAN_COLUMNS, "plans", "title"),
        "sessions": ("coverage_cell_sessions", common.SESSION_COLUMNS, "sessions", "held_on"),
        "items": ("coverage_cell_items", planned_drills.ITEM_COLUMNS, "programme", "number"),
    }
    query, columns, url_path, sort = queries[asked.kind]
    years = {"first_year": asked.first_year, "last_year": asked.last_year}
    belonging = {} if asked.kind == "plans" else years
    with st.container(border=True, key="coverage_rows"):
        common.show_related(
            _title(asked),
            store,
            query,
            columns,
            url_path,
            sort=sort,
            descending=asked.kind == "sessions",
            key="coverage_cell",
            as_of=covered.as_of,
            event_class=asked.event_class,
            hazard=asked.hazard,
            **belonging,
        )
        st.button(_("Close"), key="coverage_close", on_click=list_view.ask, kwargs={CELL: None})


def _title(asked: Asked) -> str:
    name = (
        vocabulary.label("hazard", asked.hazard)
        or vocabulary.label("event_class", asked.event_class)
        or _("no hazard named")
    )
    titles: dict[str, str] = {
        "plans": _("{hazard}: plans in force"),
        "items": _("{hazard}: planned for {year}"),
        "sessions": _("{hazard}: sessions of {year}"),
    }
    year = str(asked.last_year)
    if asked.first_year != asked.last_year:
        year = f"{asked.first_year}–{asked.last_year}"
    return formatting.plain(titles[asked.kind].format(hazard=name, year=year))


# --- what has to be there -----------------------------------------------------------------------


def show_requirements(covered: Coverage) -> None:
    """Show whether the four classes and the zone's own plan are there, with the rule's words."""
    st.subheader(_("Plans that have to be there"), anchor=False)
    cells = st.columns(len(covered.requirements), border=True)
    for cell, requirement in zip(cells, covered.requirements, strict=True):
        with cell:
            _show_requirement(requirement)


def _show_requirement(requirement: Requirement) -> None:
    titles: dict[str, Callable[[], str]] = {
        coverage.FOUR_CLASSES: lambda: _("Plans for all four event classes"),
        coverage.ZONE_PLAN: lambda: _("The zone's own plan for production safety accidents"),
    }
    st.markdown(f"**{formatting.plain(titles[requirement.code]())}**")
    if requirement.is_met:
        st.markdown("✓ " + _("There."))
    else:
        kind = "event_class" if requirement.code == coverage.FOUR_CLASSES else "hazard"
        names = formatting.codes(kind, ",".join(requirement.missing))
        st.markdown("✗ " + _("Missing: {names}").format(names=formatting.plain(names)))
    for plan in requirement.found:
        st.caption(formatting.plain(plan["title"]))
    if requirement.citation:
        st.caption(formatting.plain(cited(requirement.citation, requirement.is_verified)))
        st.caption(formatting.plain(requirement.text))


# --- the lists beneath --------------------------------------------------------------------------


def show_lists(covered: Coverage) -> None:
    """Show which plans were not drilled, which hazards have no plan, which teams drill alone."""
    since = covered.years[0]
    _show_list(
        _("Plans not drilled since {year} ({count:,})"),
        since,
        covered.plans_not_drilled,
        NOT_DRILLED_COLUMNS,
        "plans",
    )
    _show_hazards(covered)
    _show_list(
        _("Teams without a joint drill since {year} ({count:,})"),
        since,
        covered.teams_not_joined,
        TEAM_COLUMNS,
        "teams",
    )
    st.caption(_("A joint drill is a session in which at least two teams took part."))


def _show_list(
    title: str, since: int, rows: Sequence[Any], columns: Sequence[Column], url_path: str
) -> None:
    st.subheader(title.format(year=since, count=len(rows)), anchor=False)
    if not rows:
        st.caption(_("None."))
        return
    list_view.show_rows(
        pd.DataFrame(rows[:ROWS_SHOWN]), columns, f"coverage_{url_path}", url_path=url_path
    )
    if len(rows) > ROWS_SHOWN:
        st.caption(_("Only the first {count} are shown.").format(count=ROWS_SHOWN))


def _show_hazards(covered: Coverage) -> None:
    rows = covered.hazards_without_plan
    title = _("Hazards without a plan ({count:,})").format(count=len(rows))
    st.subheader(title, anchor=False)
    groups = groupby(rows, key=lambda row: row.event_class)
    for code, hazards in groups:
        names = formatting.codes("hazard", ",".join(row.hazard for row in hazards))
        st.markdown(formatting.plain(f"{vocabulary.label('event_class', code)}: {names}"))
    if not rows:
        st.caption(_("None."))
