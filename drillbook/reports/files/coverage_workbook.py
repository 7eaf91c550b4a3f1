"""The coverage as a workbook 覆盖情况表: the matrix and the lists beneath it, each a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from drillbook.core import vocabulary
from drillbook.core.i18n import Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.reports import coverage
from drillbook.reports.coverage import Coverage
from drillbook.reports.files import delivery
from drillbook.reports.files.xlsx import Cell, Column, Table, Workbook
from drillbook.reports.official_sentence import day_shown


def workbook_bytes(
    store: Store, as_of: date, span: int, language: Language, *, actor: Actor, source: str = "app"
) -> bytes:
    """Return the coverage as of a day as a workbook (.xlsx); leaves an audit line."""
    content = delivery.in_child(collect(store, as_of, span, language))
    said = {"file": file_name(as_of, span), "as_of": as_of, "tables": "coverage"}
    delivery.audit_export(store, partial(_title, as_of), said, actor=actor, source=source)
    return content


def file_name(as_of: date, span: int) -> str:
    """Return the name of the workbook."""
    return f"drillbook-coverage-{as_of:%Y%m%d}-{span}.xlsx"


def _title(as_of: date) -> str:
    return _("Coverage of plans and drills as of {day}").format(day=day_shown(as_of))


def collect(store: Store, as_of: date, span: int, language: Language) -> Workbook:
    """Return everything the workbook says, worded in ``language``."""
    with use_language(language):
        covered = coverage.coverage(store, as_of, span)
        is_sample = any(row["sample_records"] for row in store.query("register_size"))
        return Workbook(
            title=_title(as_of),
            cover=_("Cover"),
            as_of=_("As of {day}").format(day=day_shown(as_of)),
            page_footer=_("Page {page} of {pages}").format(page="&P", pages="&N"),
            cut_mark=_("… (cut here: the cell is full)"),
            font=_("Arial"),
            mark=_("Sample data") if is_sample else "",
            facts=tuple(_facts(covered)),
            contents_title=_("Contents"),
            notes_title=_("How it was counted"),
            notes=(
                _("Calendar years; {year} up to {day}.").format(
                    year=as_of.year, day=day_shown(as_of)
                ),
                _("A joint drill is a session in which at least two teams took part."),
            ),
            tables=(_matrix(covered), _plans(covered), _hazards(covered), _teams(covered)),
        )


def _facts(covered: Coverage) -> Iterable[tuple[str, str]]:
    yield _("As of"), day_shown(covered.as_of)
    yield _("Years looked back"), str(len(covered.years))
    yield _("Plans not drilled"), str(len(covered.plans_not_drilled))
    yield _("Hazards without a plan"), str(len(covered.hazards_without_plan))
    yield _("Teams without a joint drill"), str(len(covered.teams_not_joined))
    for requirement in covered.requirements:
        if requirement.citation:
            yield requirement.citation, _("There.") if requirement.is_met else _("Missing")


def _number(title: str) -> Column:
    return Column(title, 11)


def _matrix(covered: Coverage) -> Table:
    columns = (
        Column(_("Event class"), 16),
        Column(_("Hazard"), 26),
        _number(_("Plans")),
        *(_number(_("Sessions {year}").format(year=year)) for year in covered.years),
        _number(_("Participants")),
        _number(_("Items {year}").format(year=covered.next_year)),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            vocabulary.label("event_class", row.event_class),
            vocabulary.label("hazard", row.hazard),
            row.plans,
            *row.sessions.values(),
            row.participants,
            row.planned_drills,
        )
        for row in covered.rows
    )
    total: tuple[Cell, ...] = (
        _("Total"),
        "",
        sum(row.plans for row in covered.rows),
        *(sum(row.sessions[year] for row in covered.rows) for year in covered.years),
        sum(row.participants for row in covered.rows),
        sum(row.planned_drills for row in covered.rows),
    )
    name = _("Coverage by hazard")
    return Table("matrix", name, name, columns, rows, total=total)


def _list(key: str, title: str, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> Table:
    return Table(key, title, title, columns, tuple(rows))


def _plans(covered: Coverage) -> Table:
    columns = (
        Column(_("Plan"), 40),
        Column(_("Category"), 12),
        Column(_("Hazard"), 20),
        Column(_("Lead unit"), 20),
        Column(_("Last drilled"), 12),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row["title"],
            vocabulary.label("plan_category", row["category"]),
            vocabulary.label("hazard", row["hazard"]),
            row["lead_unit"],
            row["last_held_on"],
        )
        for row in covered.plans_not_drilled
    ]
    return _list("plans", _("Plans not drilled"), columns, rows)


def _hazards(covered: Coverage) -> Table:
    columns = (Column(_("Event class"), 20), Column(_("Hazard"), 30))
    rows: list[tuple[Cell, ...]] = [
        (
            vocabulary.label("event_class", row.event_class),
            vocabulary.label("hazard", row.hazard),
        )
        for row in covered.hazards_without_plan
    ]
    return _list("hazards", _("Hazards without a plan"), columns, rows)


def _teams(covered: Coverage) -> Table:
    columns = (
        Column(_("Team"), 30),
        Column(_("Kind"), 14),
        Column(_("Parent unit"), 24),
        Column(_("Last drill"), 12),
        Column(_("Last joint drill"), 14),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row["name"],
            vocabulary.label("team_kind", row["kind"]),
            row["parent_unit"],
            row["last_held_on"],
            row["last_joint_on"],
        )
        for row in covered.teams_not_joined
    ]
    return _list("teams", _("Teams without a joint drill"), columns, rows)
