"""The command line: ``drillbook serve | init | demo | import | stats | export | due | verify`` and
``backup | restore | recover``.

Exit codes: 0 done, 1 done with problems (rejected rows, failed checks), 2 could not be done.
With ``--json`` exactly one JSON value goes to standard output, also when something fails.
It refuses to know the trade: every command calls what the screens call and says what came of it.
Modules that take long to import are imported by the command that needs them.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from drillbook.cli import (
    account_command,
    backup_commands,
    click_i18n,
    import_command,
    report_commands,
)
from drillbook.cli.framework import (
    DONE,
    PORT,
    actor,
    answer,
    command,
    command_line,
    opened_register,
    option,
)
from drillbook.core import clock
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import register_path

if TYPE_CHECKING:
    from drillbook.db.store import Store


__all__ = ["command_line", "main"]

# Importing a module of commands adds them to the command line.
COMMAND_MODULES = (import_command, report_commands, account_command, backup_commands)

click_i18n.speak()


def _records(numbers: dict[str, int]) -> Iterator[str]:
    from drillbook.core import vocabulary

    for table, number in numbers.items():
        yield f"  {vocabulary.label('subject_type', table)}: {number:,}"


def _size(store: Store) -> dict[str, int]:
    return {row["subject_type"]: row["records"] for row in store.query("register_size")}


# --- commands -----------------------------------------------------------------------------------


@command("serve", N_("Start the app in the browser; Ctrl+C stops it."), reports=False)
@option("--host", default="127.0.0.1", help=N_("The address to listen on."))
@option("--port", type=PORT, metavar="PORT", default=8501, help=N_("The port to listen on."))
def serve(db: Path | None, host: str, port: int) -> int:
    """Run the app until it is stopped."""
    from drillbook.ui.shell import server

    return server.serve(db=db, port=port, address=host)


@command("init", N_("Make an empty register, or bring an existing one up to date."))
def init(db: Path | None, as_json: bool) -> int:
    """Make or migrate the register."""
    path = register_path(db)
    is_new = not path.exists()
    with opened_register(db, make=True) as store:
        records = _size(store)
    text = _("Made an empty register: {path}") if is_new else _("The register is ready: {path}")
    value = {"register": str(path), "created": is_new, "records": records}
    answer(as_json, value, [text.format(path=path), *_records(records)])
    return DONE


@command("demo", N_("Load the sample years 2022 and 2023, or remove them."))
@option("--remove", is_flag=True, help=N_("Remove the sample years; your own records stay."))
def demo(db: Path | None, remove: bool, as_json: bool) -> int:
    """Load or remove the sample years."""
    from drillbook.records import sample_data

    if remove:
        with opened_register(db) as store:
            removal = sample_data.remove(store, actor(store), source="command")
        lines = [_("Removed the sample years:"), *_records(dict(removal.removed))]
        if removal.kept:
            lines += [_("Kept, because your own records use them:"), *_records(dict(removal.kept))]
        answer(as_json, dataclasses.asdict(removal), lines)
        return DONE
    with opened_register(db, make=True) as store:
        added = sample_data.load(store, actor(store), clock.today(), source="command")
    answer(as_json, {"added": added}, [_("Loaded the sample years:"), *_records(added)])
    return DONE


def main() -> None:
    """Run the command line (the installed ``drillbook``)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that knows no Chinese shows signs instead of ending with an error.
            stream.reconfigure(errors="replace")
    command_line(prog_name="drillbook")
