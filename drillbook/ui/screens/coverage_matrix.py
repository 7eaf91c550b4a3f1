"""The matrix of hazards and what covers each, as a table with links to its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import urlencode

import streamlit as st

from drillbook.core import vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.reports.coverage import Coverage, HazardRow
from drillbook.ui.components import current_user, list_view
from drillbook.ui.screens.coverage import AS_OF, CELL, PARTED, SPAN, STYLES


def show_matrix(covered: Coverage) -> None:
    """Show the matrix: hazards by class, plans, sessions by year, participants, next year's items.

    It scrolls inside its own box.
    """
    last = covered.as_of.isoformat()
    told = _("Calendar years; {year} up to {day}.").format(year=covered.as_of.year, day=last)
    if current_user.person().may_write("planned_drill"):
        told += " " + _("＋ plans a drill for {year}.").format(year=covered.next_year)
    st.caption(told)
    head = "".join(f"<th scope='col'>{escape(title)}</th>" for title in _headings(covered))
    groups = groupby(covered.rows, key=lambda row: row.event_class)
    body = "".join(_group(covered, code, list(rows)) for code, rows in groups)
    styles = STYLES.read_text(encoding="utf-8")
    name = escape(_("Coverage by hazard"))
    st.html(
        f"<style>{styles}</style><div class='drillbook-coverage' tabindex='0' role='region'"
        f" aria-label='{name}'><table><thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def _headings(covered: Coverage) -> Iterator[str]:
    yield _("Hazard")
    yield _("Plans")
    for year in covered.years:
        yield _("Sessions {year}").format(year=year)
    yield _("Participants")
    yield _("Items {year}").format(year=covered.next_year)


def _group(covered: Coverage, event_class: str, rows: Sequence[HazardRow]) -> str:
    title = vocabulary.label("event_class", event_class) or _("No class named")
    width = 4 + len(covered.years)
    head = f"<th colspan='{width}' scope='rowgroup'>{escape(title)}</th>"
    return f"<tbody><tr class='group'>{head}</tr>{''.join(_row(covered, r) for r in rows)}</tbody>"


def hazard_label(row: HazardRow) -> str:
    """Return what a row is called: its hazard, or that it names none."""
    return vocabulary.label("hazard", row.hazard) or _("no hazard named")


def _row(covered: Coverage, row: HazardRow) -> str:
    name = hazard_label(row)
    cells = [
        _number(_("{hazard}: plans in force").format(hazard=name), row.plans, row, "plans")
        if row.plans
        else _missing_plan(row)
    ]
    for year, held in row.sessions.items():
        told = _("{hazard}: sessions of {year}").format(hazard=name, year=year)
        cells.append(
            _number(told, held, row, "sessions", year, year) if held else _empty(covered, row, told)
        )
    cells.append(_participants(covered, row, name))
    told = _("{hazard}: planned for {year}").format(hazard=name, year=covered.next_year)
    following = covered.next_year
    cells.append(
        _number(told, row.planned_drills, row, "items", following, following)
        if row.planned_drills
        else _empty(covered, row, told)
    )
    return f"<tr><th scope='row'>{escape(name)}</th>{''.join(cells)}</tr>"


def _participants(covered: Coverage, row: HazardRow, name: str) -> str:
    if not row.held:
        return "<td><span>0</span></td>"
    told = _("{hazard}: participants since {year}").format(hazard=name, year=covered.years[0])
    years = covered.years[0], covered.years[-1]
    return _number(told, row.participants, row, "sessions", *years)


def _number(
    told: str, number: int, row: HazardRow, kind: str, first_year: int = 0, last_year: int = 0
) -> str:
    cell = PARTED.join((kind, row.event_class, row.hazard, str(first_year), str(last_year)))
    address = "coverage?" + urlencode(_kept() | {CELL: cell})
    label = escape(f"{told}: {number:,}")
    return f"<td><a href='{escape(address)}' aria-label='{label}'>{number:,}</a></td>"


def _missing_plan(row: HazardRow) -> str:
    if not row.hazard:
        return "<td><span>0</span></td>"
    told = escape(_("{hazard}: no plan").format(hazard=hazard_label(row)))
    none = escape(_("none"))
    return f"<td class='empty'><span title='{told}'>{none}</span></td>"


def _empty(covered: Coverage, row: HazardRow, told: str) -> str:
    """Return an empty cell; it leads to next year's planned drill where one may be added."""
    told = escape(f"{told}: 0. " + _("Plan a drill for {year}").format(year=covered.next_year))
    if not row.hazard or not current_user.person().may_write("planned_drill"):
        return "<td class='empty'><span>0</span></td>"
    wanted = {
        "id": "new",
        "year": str(covered.next_year),
        "event_class": row.event_class,
        "hazard": row.hazard,
    }
    if row.plan_id:
        wanted["plan"] = row.plan_id
    address = "programme?" + urlencode(_language() | wanted)
    link = f"<a href='{escape(address)}' aria-label='{told}' title='{told}'>＋</a>"
    return f"<td class='empty'>{link}</td>"


def _language() -> dict[str, str]:
    asked = list_view.query_param(current_user.LANGUAGE_PARAMETER)
    return {current_user.LANGUAGE_PARAMETER: asked} if asked else {}


def _kept() -> dict[str, str]:
    """Return what the address says of the view, for links that stay on this page."""
    asked = {name: list_view.query_param(name) for name in (SPAN, AS_OF)}
    return _language() | {name: value for name, value in asked.items() if value}
