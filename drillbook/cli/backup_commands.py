"""``drillbook verify``, ``backup``, ``restore`` and ``recover``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.framework import (
    DONE,
    SHOWN_PROBLEMS,
    WITH_PROBLEMS,
    actor,
    answer,
    asked_login,
    command,
    computer_user,
    opened_register,
    option,
)
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import register_path

if TYPE_CHECKING:
    from drillbook.db.backups import Backup
    from drillbook.db.engine import Row
    from drillbook.operations.restore import Difference


@command("verify", N_("Run every check on the register and report the bad rows."))
def verify(db: Path | None, as_json: bool) -> int:
    """Run the checks of the register, of its attached files and its newest backup."""
    from drillbook.operations import data_checks, file_integrity

    with opened_register(db) as store:
        journal = list(store.notices)
        results = data_checks.run(store)
        files = file_integrity.file_faults(store)
        backup_fault = file_integrity.newest_backup_fault(store)
    failed = [result for result in results if result.rows and result.severity == "error"]
    is_sound = not (failed or files or backup_fault or journal)
    value = {
        "ok": is_sound,
        "checks": [
            {"code": r.code, "label": r.label, "severity": r.severity, "rows": r.rows}
            for r in results
        ],
        "files": files,
        "backup": backup_fault,
        "journal": journal,
    }
    lines = [*_check_lines(results), *_beside_lines(files, backup_fault)]
    answer(as_json, value, lines)
    return DONE if is_sound else WITH_PROBLEMS


def _beside_lines(files: Sequence[Row], backup_fault: str) -> Iterator[str]:
    none = _("none")
    number = f"{len(files):,}" if files else none
    yield _("Attached files missing or damaged: {number}").format(number=number)
    for row in files[:SHOWN_PROBLEMS]:
        yield f"  {row['label']}"
    yield _("Fault of the newest backup: {fault}").format(fault=backup_fault or none)


def _check_lines(results: Iterable[Any]) -> Iterator[str]:
    from drillbook.core import vocabulary

    words = {"error": _("error"), "warning": _("note")}
    for result in results:
        if not result.rows:
            yield _("{check}: none").format(check=result.label)
            continue
        yield _("{check}: {number:,} ({severity})").format(
            check=result.label, number=len(result.rows), severity=words[result.severity]
        )
        for row in result.rows[:SHOWN_PROBLEMS]:
            yield f"  {vocabulary.label('subject_type', row['subject_type'])} {row['label']}"


@command("backup", N_("Make a backup; while the app runs, the app makes it."))
def backup(db: Path | None, as_json: bool) -> int:
    """Make a backup by hand."""
    from drillbook.core.errors import InUseError
    from drillbook.db import backups
    from drillbook.operations import app_control

    try:
        with opened_register(db) as store:
            made = backups.by_hand(store, actor(store), "command").as_json()
    except InUseError:
        running = app_control.running(register_path(db))
        if running is None:
            raise
        made = app_control.ask(running, "backup", actor=computer_user(), login=asked_login())
    answer(as_json, made, [_("Backed up: {path}").format(path=made["file"])])
    return DONE


@command("restore", N_("Go back to a backup; without a name, list the backups."))
@click.argument("backup", required=False)
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
def restore(db: Path | None, backup: str | None, dry_run: bool, as_json: bool) -> int:
    """Make the records those of a backup."""
    from drillbook.db import backups
    from drillbook.operations import restore

    if backup is None:
        if asked_login():
            with opened_register(db):
                pass
        found = backups.listed(register_path(db))
        answer(as_json, {"backups": [one.as_json() for one in found]}, _backup_lines(found))
        return DONE
    with opened_register(db) as store:
        chosen = backups.found(store.path, backup)
        if dry_run:
            differences = restore.compare(store, chosen)
        else:
            differences = restore.restore(store, chosen, actor(store), "command")
    value = {
        "backup": chosen.id,
        "dry_run": dry_run,
        "differences": [dataclasses.asdict(difference) for difference in differences],
    }
    answer(as_json, value, _difference_lines(differences, dry_run))
    return DONE


def _backup_lines(found: Sequence[Backup]) -> Iterator[str]:
    from drillbook.db.backups import REASONS

    for one in found:
        made_at = f"{clock.at_office(one.made_at):%Y-%m-%d %H:%M}"
        reason, records = _(REASONS.get(one.reason, one.reason)), f"{one.records:,}"
        yield _("{id}  {made_at}  {reason}, {records} records").format(
            id=one.id, made_at=made_at, reason=reason, records=records
        )
    if not found:
        yield _("There are no backups yet.")


def _difference_lines(differences: Sequence[Difference], dry_run: bool) -> Iterator[str]:
    from drillbook.operations import restore

    if not differences:
        yield _("The register holds what the backup holds.")
        return
    if dry_run:
        yield _("Nothing was written; this is what would happen:")
    for one in differences:
        yield _(
            "{table}: {added:,} removed, {changed:,} put back, {removed:,} brought back"
        ).format(
            table=restore.table_label(one.table),
            added=one.added,
            changed=one.changed,
            removed=one.removed,
        )


@command("recover", N_("Rebuild a damaged register from its backups and its journal."))
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
@option(
    "--keep-file",
    is_flag=True,
    help=N_("Take the file as it is and set its journal aside."),
)
def recover(db: Path | None, dry_run: bool, keep_file: bool, as_json: bool) -> int:
    """Rebuild the register and say what was done."""
    from drillbook.db.audit_chain import Actor
    from drillbook.operations import recover

    if asked_login():
        raise DrillbookError(
            _("A register that has to be rebuilt cannot be asked for accounts: leave --as out.")
        )
    register = register_path(db)
    report = recover.recover(register, Actor(computer_user()), dry_run=dry_run, keep_file=keep_file)
    answer(as_json, report.as_json(), recover.sentences(report))
    return DONE if report.is_complete else WITH_PROBLEMS
