"""``drillbook stats``, ``export`` and ``due``: the figures and lists that leave the house."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.cli.framework import (
    DAY,
    DONE,
    FILE,
    YEAR,
    actor,
    answer,
    command,
    opened_register,
    option,
    person,
    print_json,
)
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_, language
from drillbook.core.i18n import gettext as _

if TYPE_CHECKING:
    from drillbook.db.engine import Row
    from drillbook.db.store import Store


@command("stats", N_("Show the figures of a year as of a day, with the official sentence."))
@option("--year", type=YEAR, metavar="YEAR", required=True, help=N_("The year to count."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("Count what had happened by this day."))
def stats(db: Path | None, year: int, as_of: date | None, as_json: bool) -> int:
    """Show the annual statistics."""
    from drillbook.reports import annual_figures, official_sentence
    from drillbook.reports.files import annual_workbook

    as_of = as_of or clock.default_as_of(year, clock.today())
    with opened_register(db) as store:
        annual = annual_figures.annual(store, year, as_of)
        may = person(store).may("contacts")
        table = annual_workbook.table(store, annual, "summary", with_contacts=may)
    sentence = official_sentence.official(annual).text
    value = annual.as_json(sentence)
    lines = [f"{name}: {number:,}" for name, number, *_how in table.rows]
    answer(as_json, value, [*lines, "", sentence])
    return DONE


@command("export", N_("Write the annual workbook (.xlsx) or one of its tables (.csv)."))
@option("--year", type=YEAR, metavar="YEAR", required=True, help=N_("The year to count."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("Count what had happened by this day."))
@option(
    "--out",
    type=FILE,
    metavar="FILE",
    required=True,
    help=N_("The file to write; its ending, .xlsx or .csv, decides what."),
)
@option(
    "--table",
    metavar="NAME",
    help=N_("The table for .csv; the sessions unless named."),
)
@option(
    "--public",
    is_flag=True,
    help=N_("Write the register for publication: without contacts and free texts (.xlsx)."),
)
def export(
    db: Path | None,
    year: int,
    as_of: date | None,
    out: Path,
    table: str | None,
    public: bool,
    as_json: bool,
) -> int:
    """Write the annual workbook, one table, or the public register."""
    from drillbook.reports.files import export

    as_of = as_of or clock.default_as_of(year, clock.today())
    with opened_register(db) as store:
        export.write(
            store,
            year,
            as_of,
            out,
            language(),
            table,
            actor=actor(store),
            with_contacts=person(store).may("contacts"),
            public=public,
        )
    value = {"file": str(out), "bytes": out.stat().st_size, "year": year, "as_of": as_of}
    answer(as_json, value, [_("Written: {path}").format(path=out)])
    return DONE


@command("due", N_("Show what falls due as of a day: what is late, due soon or was never done."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("As it stood on this day; otherwise today."))
@option("--unit", metavar="NAME", help=N_("Only what this unit has to see to."))
@option("--rule", metavar="CODE", help=N_("Only what this rule asks for."))
@option("--all", "everything", is_flag=True, help=N_("Also what is on schedule or not applicable."))
def due(
    db: Path | None,
    as_of: date | None,
    unit: str | None,
    rule: str | None,
    everything: bool,
    as_json: bool,
) -> int:
    """Show what falls due."""
    from drillbook.core import privacy
    from drillbook.reports import due_items

    as_of = as_of or clock.today()
    states = due_items.STATES if everything else due_items.OPEN_STATES
    with opened_register(db) as store:
        unit_id = _unit_named(store, unit) if unit else None
        found = due_items.items(store, as_of, unit_id=unit_id, rule=rule, states=states)
        measures = due_items.measures_of(store)
        if not person(store).may("contacts"):
            masked = privacy.without_telephones
            found = [item | {"subject": masked(item["subject"])} for item in found]
    if rule and rule not in measures:
        raise DrillbookError(_("There is no rule “{code}”.").format(code=rule[:50]))
    if as_json:
        print_json([due_items.as_json(item) for item in found])
        return DONE
    for line in _due_lines(found, measures):
        click.echo(line)
    return DONE


def _unit_named(store: Store, name: str) -> str:
    from drillbook.core.name_keys import name_key

    row = store.one("unit_of_name_key", name_key=name_key(name))
    if row is None:
        raise DrillbookError(_("There is no unit “{name}”.").format(name=name[:50]))
    return str(row["unit_id"])


def _due_lines(found: Sequence[Row], measures: dict[str, str]) -> Iterator[str]:
    from drillbook.core import vocabulary
    from drillbook.reports import due_items

    if not found:
        yield _("Nothing falls due.")
    for item in found:
        cells = (
            vocabulary.label("due_state", item["state"]),
            str(item["due_on"] or "-"),
            due_items.days(item["days"]),
            due_items.subject(item),
            due_items.what(item, measures),
            item["rule"],
            due_items.cited(item),
        )
        yield "  ".join(cell for cell in cells if cell)
