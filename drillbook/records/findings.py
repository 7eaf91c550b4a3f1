"""Findings 存在问题: what a drill showed, and how it is closed.

A finding of kind plan goes into a revision of that plan, in the transaction that records it, and
is closed when the new version is out. Every other finding is closed by its corrective actions.
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
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import revision_planning
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference

PLAN = "plan"
REVISION_REASON = "drill_finding"
FOLLOWING = ("position", "status", "closed_on", "plan_revision_id")
"""Fields that follow from what is recorded; no form changes them."""
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


def after_save(
    tx: Transaction, finding_id: str, today: date | None, *, opens_revision: bool = False
) -> None:
    """Join or open the revision that a finding of kind plan asks for, and settle its status."""
    row = tx.record("finding", finding_id)
    if row is None or row["voided_at"] is not None:
        return
    revision_id = _revision(tx, row, today if opens_revision else None)
    # A revision that was opened has taken this finding in, as all that waited for one.
    row = tx.record("finding", finding_id)
    assert row is not None
    changes: Row = {}
    if row["position"] == 0:
        changes["position"] = _next_position(tx, row["session_id"])
    if revision_id != row["plan_revision_id"]:
        changes["plan_revision_id"] = revision_id
    if row["kind"] != PLAN and row["plan_id"] is not None:
        changes["plan_id"] = None
    if changes:
        tx.update("finding", finding_id, changes, row["row_version"])
    update_status(tx, finding_id)


@dataclass(frozen=True)
class FindingType(RecordType[Finding]):
    """Findings; without ``opens_revision`` they join an open revision, or wait for one."""

    opens_revision: bool = True

    def save_in(
        self,
        tx: Transaction,
        value: Finding,
        *,
        today: date,
        record_id: str | None = None,
        **known: Any,
    ) -> str:
        """Add or change a finding inside an open transaction.

        One that is new on its plan may open a revision; changed words, or words put back, do not.
        """
        held = self.load_in(tx, record_id) if record_id else None
        is_new = held is None or (held.value.kind, held.value.plan_id) != (
            value.kind,
            value.plan_id,
        )
        if held is not None:
            value = replace(value, **{name: getattr(held.value, name) for name in FOLLOWING})
        opens = self.opens_revision and is_new
        following = replace(self, after_save=partial(after_save, opens_revision=opens))
        return RecordType.save_in(following, tx, value, today=today, record_id=record_id, **known)


RECORD_TYPE = FindingType(
    table="finding",
    record=Finding,
    problems=problems,
    after_save=after_save,
    label="text",
    references=(
        Reference("session_id", "drill_session", goes_with=True),
        Reference("plan_id", "plan"),
        Reference("plan_revision_id", "plan_revision", is_chosen=False),
    ),
    write_right="log",
    is_unit_scoped=True,
    with_files=("finding",),
    absent=(
        Absent("form", "follows from what is recorded; nobody types it", " ".join(FOLLOWING)),
        Absent("record, history", "the chain shows the revision itself", "plan_revision_id"),
        NOT_LOGGED,
        Absent("list", "read on the finding's own page", "closed_on note plan_id"),
        Absent("list, workbook", "says only where it stands among the others", "position"),
        Absent("list, workbook", "shown by name or day", "session_id plan_revision_id"),
        Absent("import", "no workbook that offices keep holds them"),
        Absent("workbook", "the plan's title is shown", "plan_id"),
        Absent("workbook", "written for the office itself", "note"),
        Absent("public register", "what went wrong is the office's to mend, not to publish"),
    ),
    sheet="findings",
)
JOINING = replace(RECORD_TYPE, opens_revision=False)
"""The same for who may not open a revision: a finding joins an open one, or waits for one."""


def open_revision_for(
    store: Store, finding_id: str, row_version: int, *, actor: Actor, today: date
) -> None:
    """Give a finding of kind plan that waits for one, or was opened again, its revision.

    Raises DrillbookError when the finding is gone or its plan repealed, StaleError when somebody
    saved first.
    """
    with store.write(actor) as tx:
        row = tx.record("finding", finding_id)
        if row is None or row["voided_at"] is not None:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        if _is_repealed(tx, row["plan_id"]):
            raise DrillbookError(_("This plan is repealed. Change its standing first."))
        tx.update("finding", finding_id, {"plan_revision_id": None}, row_version)
        after_save(tx, finding_id, today, opens_revision=True)


def update_status(tx: Transaction, finding_id: str, *, reopens: bool = False) -> None:
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


def update_plan_findings(tx: Transaction, plan_id: str, _today: date | None = None) -> None:
    """Let the findings on a plan follow its revisions: begun, ended, put back, or taken out."""
    for row in tx.query("findings_of_plan", id=plan_id, kind=PLAN):
        after_save(tx, row["id"], None)


def _standing(tx: Reader, row: Row, reopens: bool) -> tuple[str, date | None]:
    verified_on = _all_verified_on(tx, row["id"])
    by_actions = ("closed", verified_on) if verified_on else ("open", None)
    if row["kind"] != PLAN:
        return by_actions
    revision = _revision_row(tx, row["plan_revision_id"])
    if revision is None:
        # Nobody revises a repealed plan any more.
        return by_actions if _is_repealed(tx, row["plan_id"]) else ("open", None)
    if revision["completed_on"] is None:
        return "in_revision", None
    if row["status"] == "closed" and not reopens:
        return "closed", row["closed_on"]
    return ("closed", revision["completed_on"]) if row["status"] == "in_revision" else by_actions


def _all_verified_on(tx: Reader, finding_id: str) -> date | None:
    """Return the day on which the last action was verified; nothing while one is not."""
    found = tx.first("finding_actions", id=finding_id)
    assert found is not None
    is_settled = found["actions"] > 0 and found["actions"] == found["verified"]
    return found["last_on"] if is_settled else None


def _revision_row(tx: Reader, revision_id: str | None) -> Row | None:
    return tx.record("plan_revision", revision_id) if revision_id else None


def _is_repealed(tx: Reader, plan_id: str | None) -> bool:
    plan = tx.record("plan", plan_id) if plan_id else None
    return plan is not None and plan["lifecycle"] == "repealed"


def _brought_version(tx: Reader, revision: Row) -> bool:
    """Say whether an ended revision brought a version: by itself, or entered in the plan's form."""
    if revision["finished_version_id"] is not None:
        return True
    issued = tx.first(
        "plan_version_since",
        plan_id=revision["plan_id"],
        first=revision["started_on"] or revision["completed_on"],
    )
    return issued is not None


def _answers(tx: Reader, revision: Row | None, row: Row) -> bool:
    """Say whether a revision is, or was, the answer to a finding."""
    if revision is None or revision["plan_id"] != row["plan_id"] or revision["is_abandoned"]:
        return False
    ended_on = revision["completed_on"]
    if ended_on is None:
        return not _is_repealed(tx, row["plan_id"])
    session = tx.record("drill_session", row["session_id"])
    # What a drill showed after the new version was issued, that version does not answer.
    was_known = session is not None and session["held_on"] <= ended_on
    return was_known and _brought_version(tx, revision)


def _revision(tx: Transaction, row: Row, today: date | None) -> str | None:
    """Return the revision a finding belongs to; without ``today`` none is opened."""
    if row["kind"] != PLAN or row["plan_id"] is None:
        return None
    held = _revision_row(tx, row["plan_revision_id"])
    held = held if _answers(tx, held, row) else None
    # One that was opened again after its revision had ended may go into the next.
    if held is not None and (held["completed_on"] is None or row["status"] != "open"):
        return str(held["id"])
    if _is_repealed(tx, row["plan_id"]):
        return None
    running = tx.first("revision_running", id=row["plan_id"])
    if running is not None:
        return str(running["id"])
    if held is not None:
        return str(held["id"])
    return _opened(tx, row, today) if today is not None else None


def _opened(tx: Transaction, row: Row, today: date) -> str:
    plan = tx.record("plan", row["plan_id"])
    assert plan is not None
    return revision_planning.open_revision(
        tx,
        row["plan_id"],
        kind="full" if row["severity"] == "major" else "minor",
        reason=REVISION_REASON,
        owner_unit_id=plan["lead_unit_id"],
        started_on=today,
        target_on=_target(tx, today),
        note=row["text"][:200],
    )


def _target(tx: Reader, today: date) -> date:
    """Return by when a revision opened today should be out: as long as the rule allows one."""
    found = tx.first("revision_target_day", today=today)
    return (found and found["target_on"]) or today + timedelta(days=REVISION_DAYS)


def _next_position(tx: Reader, session_id: str) -> int:
    found = tx.first("finding_next_position", id=session_id)
    return int(found["next"]) if found else 1
