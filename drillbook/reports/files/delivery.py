"""Hands a file out: laid out in a process of its own, masked, with an audit line."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from drillbook.core import privacy
from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import ROOT
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.files.xlsx import Table, Workbook
from drillbook.reports.official_sentence import day_shown

CHILD_SECONDS = 600


_CHILD = "from drillbook.reports.files.xlsx import main; main()"


_one_child = threading.Semaphore(1)


def format_sheet(as_of: date, *, is_sample: bool) -> dict[str, Any]:
    """Return what every workbook carries around its tables, in the language of this run."""
    return {
        "cover": _("Cover"),
        "as_of": _("As of {day}").format(day=day_shown(as_of)),
        "page_footer": _("Page {page} of {pages}").format(page="&P", pages="&N"),
        "cut_mark": _("… (cut here: the cell is full)"),
        "font": _("Arial"),
        "mark": _("Sample data") if is_sample else "",
        "contents_title": _("Contents"),
    }


def without_telephones(made: Table) -> Table:
    """Return a table with everything masked that looks like a telephone number."""
    rows = (
        tuple(privacy.without_telephones(cell) if isinstance(cell, str) else cell for cell in row)
        for row in made.rows
    )
    return dataclasses.replace(made, rows=tuple(rows))


def export_details(
    file: str,
    year: int,
    as_of: date,
    tables: Iterable[str],
    *,
    with_contacts: bool = False,
    public: bool = False,
) -> Row:
    return {
        "file": file,
        "year": year,
        "as_of": as_of,
        "tables": ",".join(tables),
        "with_contacts": with_contacts,
        "public": public,
    }


def audit_export(
    store: Store, title: Callable[[], str], said: Row, *, actor: Actor, source: str = "app"
) -> None:
    """Leave the audit line of a file that is handed out; ``said`` tells what is in it."""
    # A stored word: always the office's language, whatever the file's is.
    with use_language(DEFAULT):
        label = title()
    with store.write(actor, source) as tx:
        tx.audit(
            "export", "register", str(said.get("year") or said["file"]), after=said, label=label
        )


def in_child(data: Workbook) -> bytes:
    """Return the workbook as an .xlsx file, laid out in a new interpreter.

    multiprocessing's spawn runs the parent's ``__main__`` again in the child, and under Streamlit
    that is the frame: it would import the screens and try to open the register.
    """
    with _one_child:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD],
            input=pickle.dumps(data),
            capture_output=True,
            cwd=ROOT,
            timeout=CHILD_SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the workbook was not made: {done.stderr.decode(errors='replace')}")
    return done.stdout
