"""Revisions of contingency plans 编修: their stages, and the version each of them ends with.

A revision is a line of its plan and has stages of its own. What changes the plan too (opening,
finishing, abandoning, another target date) goes through the plan's own checks in one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from drillbook.core import vocabulary
from drillbook.core.clock import office_day_begins
from drillbook.core.errors import DrillbookError, StaleError
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import plans
from drillbook.records.plans import Plan, PlanRevision, PlanVersion
from drillbook.records.record_type import Stored

TABLE = "plan_revision"
ISSUE, FILING, PUBLICATION = "issue", "filing", "publication"
VERSION_DATES = {ISSUE: "issued_on", FILING: "filed_on", PUBLICATION: "published_on"}
"""Stage → the date of the new version that it is."""
AFTERWARDS = (FILING, PUBLICATION)
"""Stages that may follow when the new version is out."""
SHARES = {
    "initiation": 5,
    "risk_assessment": 25,
    "drafting": 45,
    "consultation": 60,
    "review": 70,
    "legal_review": 78,
    "approval": 85,
    "issue": 90,
    "filing": 95,
    "publication": 100,
}
"""Stage → how much of the time, in hundredths, has gone when it is planned to be done."""


@dataclass(frozen=True)
class Stage:
    """One stage of a revision; ``done_on`` is also the day on which it was skipped."""

    stage: str
    position: int = 0
    planned_on: date | None = None
    done_on: date | None = None
    is_skipped: bool = False
    done_by: str = ""
    note: str = ""
    id: str = dataclasses.field(default="", compare=False)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is to be done any more: it is done or skipped."""
        return self.done_on is not None or self.is_skipped

    @property
    def label(self) -> str:
        """The stage's name in the language of this run."""
        return vocabulary.label("revision_stage", self.stage)


@dataclass(frozen=True)
class Revision:
    """A revision as the register holds it, with its plan and all stages in their order."""

    id: str
    plan_id: str
    plan: Stored[Plan]
    value: PlanRevision
    stages: tuple[Stage, ...]
    row_version: int

    @property
    def title(self) -> str:
        """The plan's title."""
        return self.plan.value.title

    @property
    def status(self) -> str:
        """A code of ``revision_status``."""
        if self.value.completed_on is None:
            return "open"
        return "abandoned" if self.value.is_abandoned else "finished"

    @property
    def current(self) -> Stage | None:
        """The first stage that is neither done nor skipped."""
        return next((stage for stage in self.stages if not stage.is_closed), None)

    @property
    def version(self) -> PlanVersion | None:
        """The version the revision brought, if it is still the plan's."""
        wanted = self.value.finished_version_id
        return next((v for v in self.plan.value.versions if wanted and v.id == wanted), None)

    def stage(self, code: str) -> Stage:
        """Return one stage; KeyError when there is no such code."""
        for stage in self.stages:
            if stage.stage == code:
                return stage
        raise KeyError(code)

    def may_change(self, code: str) -> bool:
        """Say whether a stage can still be marked: all while it is open, the last two after."""
        return self.status == "open" or (self.status == "finished" and code in AFTERWARDS)


# --- reading ------------------------------------------------------------------------------------


def load(store: Store, revision_id: str) -> Revision | None:
    """Return one revision, or nothing."""
    with store.reading() as reader:
        return load_in(reader, revision_id)


def load_in(tx: Reader, revision_id: str) -> Revision | None:
    """Do the same inside an open transaction."""
    row = tx.record(TABLE, revision_id)
    plan = plans.RECORD_TYPE.load_in(tx, row["plan_id"]) if row else None
    if row is None or plan is None:
        return None
    value = next(one for one in plan.value.revisions if one.id == revision_id)
    held = {line["stage"]: line for line in tx.lines("revision_stage", revision_id)}
    return Revision(
        id=revision_id,
        plan_id=plan.id,
        plan=plan,
        value=value,
        stages=tuple(
            _stage(held[code]) if code in held else Stage(code, place)
            for place, code in enumerate(vocabulary.codes("revision_stage"))
        ),
        row_version=row["row_version"],
    )


def _stage(row: Row) -> Stage:
    return Stage(**{spec.name: row[spec.name] for spec in dataclasses.fields(Stage)})


def changes_since(store: Store, day: date, until: date) -> list[Row]:
    """Return what happened to revisions from ``day`` to ``until``, the latest first.

    Rows: happened_on, change (opened, finished, abandoned, done, skipped, replanned),
    revision_id, plan_id, title, stage (a code or ""), by.
    """
    return store.query(
        "revision_changes",
        since=day,
        until=until,
        first_at=office_day_begins(day),
        end_at=office_day_begins(until + timedelta(days=1)),
    )


# --- planning -----------------------------------------------------------------------------------


# --- stages -------------------------------------------------------------------------------------


# --- the end ------------------------------------------------------------------------------------


# --- what all of it needs -----------------------------------------------------------------------


def live_plan(tx: Reader, plan_id: str) -> Stored[Plan]:
    stored = plans.RECORD_TYPE.load_in(tx, plan_id)
    if stored is None or stored.is_void:
        raise DrillbookError(_("This plan is no longer in the register."))
    return stored


def existing(tx: Reader, revision_id: str) -> Revision:
    revision = load_in(tx, revision_id)
    if revision is None:
        raise DrillbookError(_("This revision is no longer in the register. Reload the board."))
    live_plan(tx, revision.plan_id)
    return revision


def fresh(tx: Reader, revision: Revision, row_version: int | None) -> None:
    if row_version is not None and row_version != revision.row_version:
        stored = tx.record(TABLE, revision.id)
        raise StaleError(_("Somebody else saved this record while you were editing."), stored or {})


def open_in(tx: Reader, revision_id: str, row_version: int | None) -> Revision:
    revision = existing(tx, revision_id)
    if revision.status == "abandoned":
        raise DrillbookError(_("This revision was abandoned. Open a new one."))
    if revision.status == "finished":
        raise DrillbookError(_("This revision is finished already. Open a new one."))
    fresh(tx, revision, row_version)
    return revision


def save_line(tx: Transaction, revision: Revision, value: PlanRevision) -> None:
    plan = revision.plan.value
    revisions = tuple(value if one.id == revision.id else one for one in plan.revisions)
    save_plan(tx, revision.plan, replace(plan, revisions=revisions))


def save_plan(tx: Transaction, stored: Stored[Plan], plan: Plan) -> None:
    # No rule of a plan asks for today.
    plans.RECORD_TYPE.save_in(
        tx, plan, today=tx.at.date(), record_id=stored.id, row_version=stored.row_version
    )


def rows(stages: Sequence[Stage]) -> list[Row]:
    return [dataclasses.asdict(stage) for stage in stages]
