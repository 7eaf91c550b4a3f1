"""Revisions 编修 that something else in the register asks for."""

from __future__ import annotations

from datetime import date

from drillbook.errors import DrillbookError
from drillbook.i18n import gettext as _
from drillbook.store import Transaction, new_id


def open_revision(
    tx: Transaction,
    plan_id: str,
    *,
    kind: str,
    reason: str,
    owner_unit_id: str | None,
    started_on: date,
    target_on: date | None,
    note: str = "",
) -> str:
    """Open a revision of a plan inside an open transaction; return its id."""
    plan = tx.record("plan", plan_id)
    if plan is None or plan["voided_at"] is not None:
        raise DrillbookError(_("This plan is no longer in the register. Choose another."))
    revision = {
        "id": new_id(),
        "kind": kind,
        "reason": reason,
        "owner_unit_id": owner_unit_id,
        "started_on": started_on,
        "target_on": target_on,
        "completed_on": None,
        "note": note,
    }
    held = tx.lines("plan_revision", plan_id)
    columns = list(revision)
    lines = [{name: line[name] for name in columns} for line in held]
    tx.update("plan", plan_id, {}, plan["row_version"], {"plan_revision": [*lines, revision]})
    return str(revision["id"])
