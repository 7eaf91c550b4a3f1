"""Findings 存在问题: what a drill showed, and how it is closed.

A finding of kind plan goes into a revision of that plan, in the transaction that records it, and
is closed when the new version is out. Every other finding is closed by its corrective actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from drillbook import new_units, revisions, validation
from drillbook.errors import DrillbookError, Problems, ValidationError
from drillbook.i18n import gettext as _
from drillbook.records import Register, must_exist
from drillbook.store import Row, Store, Transaction

if TYPE_CHECKING:
    from drillbook.actions import Action

PLAN = "plan"
REVISION_REASON = "drill_finding"
REVISION_DAYS = 90
"""The days a new revision is given where no rule says how many."""


@dataclass(frozen=True)
class Finding:
    """One finding of a session. ``plan_id`` names the plan that a finding of kind plan is on.

    ``status`` and ``plan_revision_id`` follow from what is recorded; nobody types them.
    """

    session_id: str
    text: str
    kind: str = "other"
    severity: str = "minor"
    position: int = 0
    plan_id: str | None = None
    plan_revision_id: str | None = None
    status: str = "open"
    closed_on: date | None = None
    note: str = ""


def problems(finding: Finding, _today: date) -> Problems:
    """Return what is wrong with a finding, field → sentence."""
    found: Problems = {}
    validation.required(found, finding, "text", "kind", "severity", "session_id")
    validation.lengths(found, finding, long=("text", "note"))
    validation.terms(found, finding, {"kind": "finding_kind", "severity": "finding_severity"})
    validation.dates(found, finding, "closed_on")
    if finding.kind == PLAN and not finding.plan_id:
        found["plan_id"] = _("Choose the plan that this finding is on.")
    return found


def reference_problems(tx: Transaction, finding: Finding, _record_id: str | None) -> Problems:
    """Find a session or a plan that is gone."""
    found: Problems = {}
    must_exist(found, tx, "drill_session", "session_id", finding.session_id)
    must_exist(found, tx, "plan", "plan_id", finding.plan_id)
    return found


def follow(
    tx: Transaction, finding_id: str, today: date | None, *, opens_revision: bool = True
) -> None:
    """Join or open the revision that a finding of kind plan asks for, and settle its status."""
    row = tx.record("finding", finding_id)
    if row is None or row["voided_at"] is not None:
        return
    changes: Row = {}
    if row["position"] == 0:
        changes["position"] = _next_position(tx, row["session_id"])
    revision_id = _revision(tx, row, today if opens_revision else None)
    if revision_id != row["plan_revision_id"]:
        changes["plan_revision_id"] = revision_id
    if row["kind"] != PLAN and row["plan_id"] is not None:
        changes["plan_id"] = None
    if changes:
        tx.update("finding", finding_id, changes, row["row_version"])
    settle(tx, finding_id)


REGISTER = Register(
    table="finding",
    record=Finding,
    problems=problems,
    reference_problems=reference_problems,
    follow=follow,
)
JOINING = replace(REGISTER, follow=partial(follow, opens_revision=False))
"""The same for who may not open a revision: a finding joins an open one, or waits for one."""


def check(finding: Finding, actions: Sequence[Action], today: date) -> Problems:
    """Return what is wrong with a finding and its actions, those at ``action.<field>``."""
    from drillbook import actions as corrective

    found = problems(validation.cleaned(finding), today)
    for action in actions:
        inner = corrective.problems(validation.cleaned(action), today)
        found |= {f"action.{name}": sentence for name, sentence in inner.items()}
    return found


def add(
    store: Store,
    finding: Finding,
    actions: Sequence[Action] = (),
    *,
    actor: str,
    today: date,
    opens_revision: bool = True,
) -> str:
    """Record a finding with its actions, and the revision it asks for, in one transaction.

    ``finding_id`` of the actions is filled in. Returns the finding's id; raises ValidationError
    with every problem, as ``check`` names them.
    """
    from drillbook import actions as corrective

    register = REGISTER if opens_revision else JOINING
    if found := check(finding, actions, today):
        raise ValidationError(found)
    with store.write(actor) as tx:
        finding_id = register.save_in(tx, finding, today=today)
        for action in actions:
            belonging = replace(action, finding_id=finding_id)
            new_units.save_in(tx, corrective.REGISTER, belonging, today=today)
        return finding_id


def open_revision_for(
    store: Store, finding_id: str, row_version: int, *, actor: str, today: date
) -> None:
    """Give a finding of kind plan that waits for one its revision.

    Raises DrillbookError when the finding is gone.
    """
    stored = REGISTER.load(store, finding_id)
    if stored is None or stored.is_void:
        raise DrillbookError(_("This record is no longer in the register. Reload the list."))
    REGISTER.save(
        store,
        stored.value,
        actor=actor,
        today=today,
        record_id=finding_id,
        row_version=row_version,
    )


def settle(tx: Transaction, finding_id: str, *, reopens: bool = False) -> None:
    """Let a finding's status follow from its revision and its actions.

    ``reopens``: an action of it was added or opened again, so that a closed finding opens too.
    """
    row = tx.record("finding", finding_id)
    if row is None or row["voided_at"] is not None:
        return
    status, closed_on = _standing(tx, row, reopens)
    if (status, closed_on) != (row["status"], row["closed_on"]):
        changes = {"status": status, "closed_on": closed_on}
        tx.update("finding", finding_id, changes, row["row_version"])


def close_for_revision(tx: Transaction, revision_id: str, on: date) -> list[str]:
    """Close the findings that a revision answers, its new version being out; return their ids."""
    rows = tx.all(
        "select id, row_version from finding"
        " where plan_revision_id = $id and status <> 'closed' and voided_at is null"
        " order by id",
        {"id": revision_id},
    )
    for row in rows:
        changes = {"status": "closed", "closed_on": on}
        tx.update("finding", row["id"], changes, row["row_version"])
    return [row["id"] for row in rows]


def release_from_revision(tx: Transaction, revision_id: str) -> None:
    """Let the findings of a revision that brings no version wait for another one."""
    for row in tx.all(
        "select id, row_version from finding"
        " where plan_revision_id = $id and status <> 'closed' and voided_at is null"
        " order by id",
        {"id": revision_id},
    ):
        changes = {"status": "open", "plan_revision_id": None}
        tx.update("finding", row["id"], changes, row["row_version"])


def _standing(tx: Transaction, row: Row, reopens: bool) -> tuple[str, date | None]:
    verified_on = _all_verified_on(tx, row["id"])
    revision = _revision_row(tx, row["plan_revision_id"])
    if row["kind"] != PLAN:
        return ("closed", verified_on) if verified_on else ("open", None)
    if revision is None:
        return "open", None
    if revision["completed_on"] is None:
        return "in_revision", None
    if row["status"] == "closed" and not reopens:
        return "closed", row["closed_on"]
    if row["status"] == "in_revision":
        # It waits for the version; ending the revision alone answers nothing.
        return "in_revision", None
    return ("closed", verified_on) if verified_on else ("open", None)


def _all_verified_on(tx: Transaction, finding_id: str) -> date | None:
    """Return the day on which the last action was verified; nothing while one is not."""
    found = tx.one(
        "select count(*) as actions, count(verified_on) as verified, max(verified_on) as last_on"
        " from corrective_action where finding_id = $id and voided_at is null",
        {"id": finding_id},
    )
    assert found is not None
    is_settled = found["actions"] > 0 and found["actions"] == found["verified"]
    return found["last_on"] if is_settled else None


def _revision_row(tx: Transaction, revision_id: str | None) -> Row | None:
    return tx.record("plan_revision", revision_id) if revision_id else None


def _revision(tx: Transaction, row: Row, today: date | None) -> str | None:
    """Return the revision a finding belongs to; without ``today`` none is opened."""
    if row["kind"] != PLAN or row["plan_id"] is None:
        return None
    held = _revision_row(tx, row["plan_revision_id"])
    if held is not None and held["plan_id"] == row["plan_id"]:
        return str(held["id"])
    running = tx.one(
        "select id from plan_revision where plan_id = $id and completed_on is null limit 1",
        {"id": row["plan_id"]},
    )
    if running is not None:
        return str(running["id"])
    if today is None:
        return None
    plan = tx.record("plan", row["plan_id"])
    assert plan is not None
    return revisions.open_revision(
        tx,
        row["plan_id"],
        kind="full" if row["severity"] == "major" else "minor",
        reason=REVISION_REASON,
        owner_unit_id=plan["lead_unit_id"],
        started_on=today,
        target_on=_target(tx, today),
        note=row["text"][:200],
    )


def _target(tx: Transaction, today: date) -> date:
    """Return by when a revision opened today should be out: as long as the rule allows one."""
    found = tx.one(
        "select min(cast(as_of + span as date)) as target_on"
        " from rule_in_force inner join rule_version using (id)"
        " where as_of = $today and rule_in_force.measure = 'revised_after_major_finding'",
        {"today": today},
    )
    return (found and found["target_on"]) or today + timedelta(days=REVISION_DAYS)


def _next_position(tx: Transaction, session_id: str) -> int:
    found = tx.one(
        "select coalesce(max(position), 0) + 1 as next from finding where session_id = $id",
        {"id": session_id},
    )
    return int(found["next"]) if found else 1
