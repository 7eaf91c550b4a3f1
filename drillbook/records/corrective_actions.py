"""Corrective actions 整改措施: who puts a finding right by when, and who has seen that it is done.

A finding is closed by its actions; every write here settles the finding in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from drillbook.core import validation
from drillbook.core.errors import DrillbookError, Problems
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import findings
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference, Stored


@dataclass(frozen=True)
class Action:
    """One corrective action: open until ``done_on``, settled once somebody verified it."""

    finding_id: str
    text: str
    owner_unit_id: str | None = None
    due_on: date | None = None
    done_on: date | None = None
    evidence: str = ""
    verified_by: str = ""
    verified_on: date | None = None
    note: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it is reported as done."""
        return self.done_on is not None

    @property
    def is_verified(self) -> bool:
        """Whether somebody has seen that it is done."""
        return self.verified_on is not None


def due_from(today: date, days: int) -> date:
    """Return the day on which an action set today is due unless another is chosen."""
    return today + timedelta(days=days)


def problems(action: Action, today: date) -> Problems:
    """Return what is wrong with an action, field → sentence."""
    found: Problems = {}
    validation.required(found, action, "text", "owner_unit_id", "due_on")
    validation.lengths(found, action, long=("text", "evidence", "note"))
    validation.dates(found, action, "due_on", "done_on", "verified_on")
    validation.not_in_future(found, "done_on", action.done_on, today)
    validation.not_in_future(found, "verified_on", action.verified_on, today)
    validation.not_after(
        found, action, "done_on", "verified_on", _("It cannot be verified before it was done.")
    )
    if action.is_verified and not action.is_done:
        found["done_on"] = _("Say when it was done before it is verified.")
    if action.is_verified and not action.verified_by.strip():
        found["verified_by"] = _("Say who has verified it.")
    if action.verified_by.strip() and not action.is_verified:
        found["verified_on"] = _("Say on which day it was verified.")
    return found


def after_save(
    tx: Transaction, record_id: str, today: date | None, *, reopens: bool | None = None
) -> None:
    """Settle the finding: an action that is still to do, or again, opens it."""
    row = tx.record("corrective_action", record_id)
    if row is None:
        return
    is_to_do = today is not None and row["done_on"] is None
    findings.update_status(tx, row["finding_id"], reopens=is_to_do if reopens is None else reopens)


class ActionType(RecordType[Action]):
    """Corrective actions: one that is changed opens its finding only where a step is taken back."""

    def save_in(
        self,
        tx: Transaction,
        value: Action,
        *,
        today: date,
        record_id: str | None = None,
        **known: Any,
    ) -> str:
        """Add or change an action and settle its finding, inside an open transaction."""
        held = self.load_in(tx, record_id) if record_id else None
        if held is None:
            return super().save_in(tx, value, today=today, record_id=record_id, **known)
        before = held.value
        reopens = (before.is_done and not value.is_done) or (
            before.is_verified and not value.is_verified
        )
        settling = replace(self, after_save=partial(after_save, reopens=reopens))
        return RecordType.save_in(settling, tx, value, today=today, record_id=record_id, **known)


RECORD_TYPE = ActionType(
    table="corrective_action",
    record=Action,
    problems=problems,
    after_save=after_save,
    label="text",
    references=(
        Reference("finding_id", "finding", goes_with=True),
        Reference("owner_unit_id", "unit"),
    ),
    write_right="log",
    is_unit_scoped=True,
    with_files=("corrective_action",),
    absent=(
        Absent("form", "the action is added within its finding", "finding_id"),
        NOT_LOGGED,
        Absent("list", "shown on its finding's page and among what is due"),
        Absent("import", "no workbook that offices keep holds them"),
        Absent("workbook", "stands in the lines of its finding"),
        Absent("public register", "what went wrong is the office's to mend, not to publish"),
    ),
)


def mark_done(
    store: Store, action_id: str, row_version: int, *, actor: Actor, today: date, evidence: str = ""
) -> None:
    """Report an action as done today; what is said of the evidence is kept."""
    stored = _held(store, action_id)
    changed = replace(stored.value, done_on=today, evidence=evidence or stored.value.evidence)
    _save(store, stored, changed, row_version, actor, today)


def verify(
    store: Store, action_id: str, row_version: int, *, by: str, actor: Actor, today: date
) -> None:
    """Say that somebody has seen today that a done action is done; it may close the finding.

    Raises ValidationError when it is not done yet.
    """
    stored = _held(store, action_id)
    changed = replace(stored.value, verified_by=by, verified_on=today)
    _save(store, stored, changed, row_version, actor, today)


def reopen(store: Store, action_id: str, row_version: int, *, actor: Actor, today: date) -> None:
    """Take back the last step: the verification, else the report that it is done."""
    stored = _held(store, action_id)
    if stored.value.is_verified:
        changed = replace(stored.value, verified_by="", verified_on=None)
    else:
        changed = replace(stored.value, done_on=None)
    _save(store, stored, changed, row_version, actor, today)


def _held(store: Store, action_id: str) -> Stored[Action]:
    stored = RECORD_TYPE.load(store, action_id)
    if stored is None or stored.is_void:
        raise DrillbookError(_("This record is no longer in the register. Reload the list."))
    return stored


def _save(
    store: Store,
    stored: Stored[Action],
    action: Action,
    row_version: int,
    actor: Actor,
    today: date,
) -> None:
    RECORD_TYPE.save(
        store, action, actor=actor, today=today, record_id=stored.id, row_version=row_version
    )
