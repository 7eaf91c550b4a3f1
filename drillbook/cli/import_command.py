"""``drillbook import``: reads a workbook, says what would happen, writes it, returns bad rows."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.accounts.permissions import IMPORTS
from drillbook.cli.framework import (
    DONE,
    FILE,
    KINDS,
    SHOWN_PROBLEMS,
    WITH_PROBLEMS,
    YEAR,
    actor,
    answer,
    command,
    opened_register,
    option,
    person,
    remark,
)
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_, ngettext
from drillbook.core.i18n import gettext as _

if TYPE_CHECKING:
    from drillbook.db.engine import Row
    from drillbook.db.store import Store
    from drillbook.importing import ImportPlan, ImportResult, Kind, Sheet


@command("import", N_("Import a workbook or CSV file: good rows go in, bad rows are reported."))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=FILE)
@option("--year", type=YEAR, metavar="YEAR", help=N_("The year of dates that name none."))
@option("--sheet", metavar="NAME", help=N_("Read this sheet only."))
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
@option(
    "--corrections",
    type=FILE,
    metavar="OUT.xlsx",
    help=N_("Write the bad rows and their reasons to this workbook, to mend and import again."),
)
def import_(
    db: Path | None,
    kind: Kind,
    file: Path,
    year: int | None,
    sheet: str | None,
    dry_run: bool,
    corrections: Path | None,
    as_json: bool,
) -> int:
    """Import one file, unattended."""
    from drillbook import importing

    sheets = _sheets(file, sheet)
    with opened_register(db, make=not dry_run) as store:
        person(store).require(IMPORTS[kind])
        plan = importing.prepare(
            store, kind, sheets, today=clock.today(), filename=file.name, year=year
        )
        for notice in plan.notices:
            remark(notice)
        result = importing.preview(plan)
        if corrections and result.rejected:
            # Before anything goes in: a file that cannot be written must not leave half a job.
            _write(corrections, importing.correction_workbook(plan))
        if not dry_run:
            result = _apply(store, plan)
    answer(as_json, _imported(result, plan, dry_run), _import_lines(result, plan, dry_run))
    return WITH_PROBLEMS if result.rejected else DONE


def _sheets(file: Path, wanted: str | None) -> list[Sheet]:
    from drillbook import importing

    sheets = importing.read_sheets(_content(file), file.name)
    if wanted is None:
        return sheets
    found = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
    if not found:
        raise DrillbookError(
            _("There is no sheet “{name}”. The file has: {names}").format(
                name=wanted, names=_(", ").join(sheet.name for sheet in sheets)
            )
        )
    return [dataclasses.replace(sheet, hidden=False) for sheet in found]


def _content(file: Path) -> bytes:
    from drillbook.importing.workbook_reader import MAX_BYTES

    try:
        with file.open("rb") as opened:
            # One byte more than allowed is enough to be refused; the rest stays on the disk.
            return opened.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise DrillbookError(
            _("There is no file {path}. Check the folder and the name.").format(path=file)
        ) from error
    except OSError as error:
        raise DrillbookError(
            _("{path} cannot be read: {reason}. Close it elsewhere, or copy it first.").format(
                path=file, reason=error.strerror
            )
        ) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DrillbookError(
            _(
                "{path} cannot be written: {reason}. Choose another folder or close the file."
            ).format(path=path, reason=error.strerror)
        ) from error


def _apply(store: Store, plan: ImportPlan) -> ImportResult:
    from drillbook import importing

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done:,} / {total:,}", nl=done == total, err=True)

    return importing.apply(
        store, plan, actor(store), progress=show if sys.stderr.isatty() else None
    )


def _imported(result: ImportResult, plan: ImportPlan, dry_run: bool) -> Row:
    return dataclasses.asdict(result) | {
        "notices": plan.notices,
        "proposed_links": [
            {
                "sheet": link.sheet,
                "row": link.row,
                "session": link.session,
                "planned_drills": [{"id": key, "name": name} for key, name in link.options],
            }
            for link in plan.links
        ],
        "dry_run": dry_run,
    }


def _import_lines(result: ImportResult, plan: ImportPlan, dry_run: bool) -> Iterator[str]:
    if dry_run:
        yield _("Nothing was written; this is what would happen:")
    yield _(
        "Accepted {accepted:,} (added {added:,}, changed {changed:,}),"
        " unchanged {unchanged:,}, rejected {rejected:,}."
    ).format(**{name: getattr(result, name) for name in _COUNTED})
    if result.new_units:
        yield _("New units: {names}").format(names=_(", ").join(result.new_units))
    for problem in result.problems[:SHOWN_PROBLEMS]:
        yield _("{sheet}, row {row}, {column}: {reason}").format(**dataclasses.asdict(problem))
    left = len(result.problems) - SHOWN_PROBLEMS
    if left > 0:
        yield ngettext(
            "… and {number:,} more problem; --corrections or --json shows all.",
            "… and {number:,} more problems; --corrections or --json shows all.",
            left,
        ).format(number=left)
    for link in plan.links[:SHOWN_PROBLEMS]:
        yield _("{sheet}, row {row}: “{session}” may belong to: {drills}").format(
            sheet=link.sheet,
            row=link.row,
            session=link.session,
            drills=_(", ").join(name for _id, name in link.options),
        )


_COUNTED = ("accepted", "added", "changed", "unchanged", "rejected")
