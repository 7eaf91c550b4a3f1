"""Writes the annual workbook, one of its tables or the public register to a path."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import Language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.files.annual_workbook import csv_table, workbook_bytes
from drillbook.reports.files.public_register import public_workbook

DEFAULT_CSV = "sessions"


def write(
    store: Store,
    year: int,
    as_of: date,
    path: Path,
    language: Language,
    table: str | None = None,
    *,
    actor: Actor,
    with_contacts: bool = False,
    public: bool = False,
    source: str = "command",
) -> None:
    """Write the year's workbook (.xlsx) or one table (.csv; the sessions unless named) to a file.

    Raises DrillbookError for another kind of file, an unknown table, or a place that cannot be
    written to. The public register is a workbook only.
    """
    kind = path.suffix.casefold()
    known: Row = {"actor": actor, "source": source}
    if public and (kind != ".xlsx" or table is not None):
        raise DrillbookError(
            _("The public register is a workbook: end the name in .xlsx and name no table.")
        )
    if public:
        content = public_workbook(store, year, as_of, language, **known)
    elif kind == ".xlsx" and table is None:
        known["with_contacts"] = with_contacts
        content = workbook_bytes(store, year, as_of, language, **known)
    elif kind == ".csv":
        known["with_contacts"] = with_contacts
        content = csv_table(store, year, as_of, language, table or DEFAULT_CSV, **known)
    else:
        raise DrillbookError(
            _("{name} cannot be made: end the name in .xlsx for the workbook, or in .csv for one"
              " table.").format(name=path.name)
        )  # fmt: skip
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DrillbookError(
            _(
                "{path} cannot be written: {reason}. Choose another folder or close the file."
            ).format(path=path, reason=error.strerror)
        ) from error
