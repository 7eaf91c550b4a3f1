"""A revision is opened with planned stages, and planned anew."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import date, timedelta

from drillbook.core import validation, vocabulary
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction, new_id
from drillbook.records.plans import PlanRevision
from drillbook.records.revision_stages import write_stages
from drillbook.records.revisions import (
    SHARES,
    TABLE,
    Stage,
    live_plan,
    open_in,
    rows,
    save_line,
    save_plan,
)


def planned(started_on: date | None, target_on: date | None) -> dict[str, date | None]:
    """Return stage → planned day, spread between start and target in proportion to ``SHARES``."""
    if started_on is None or target_on is None:
        return dict.fromkeys(SHARES)
    days = (target_on - started_on).days
    return {
        code: started_on + timedelta(days=days * share // 100) for code, share in SHARES.items()
    }


def open_revision(
    tx: Transaction,
    plan_id: str,
    *,
    kind: str,
    reason: str,
    owner_unit_id: str | None,
    started_on: date,
    target_on: date,
    note: str = "",
) -> str:
    """Open a revision of a plan with all its stages planned; return its id.

    Raises ValidationError, also when a revision of the plan is open already, and DrillbookError
    when the plan is gone.
    """
    stored = live_plan(tx, plan_id)
    if stored.value.lifecycle == "repealed":
        raise DrillbookError(_("This plan is repealed. Change its standing first."))
    revision = PlanRevision(
        kind=kind,
        reason=reason,
        owner_unit_id=owner_unit_id,
        started_on=started_on,
        target_on=target_on,
        note=note,
        id=new_id(),
    )
    problems: Problems = {}
    validation.required(problems, revision, "started_on", "target_on")
    if problems:
        raise ValidationError(problems)
    save_plan(tx, stored, replace(stored.value, revisions=(*stored.value.revisions, revision)))
    tx.run("touch_revision", at=tx.at, id=revision.id)
    days = planned(started_on, target_on)
    stages = [
        Stage(code, place, days[code], id=new_id())
        for place, code in enumerate(vocabulary.codes("revision_stage"))
    ]
    tx.replace_lines("revision_stage", revision.id, rows(stages))
    said = dataclasses.asdict(revision) | {"revision_stage": rows(stages)}
    tx.audit("insert", TABLE, revision.id, after=said, label=stored.value.title)
    return revision.id


def replan(
    store: Store,
    revision_id: str,
    *,
    target_on: date,
    actor: Actor,
    today: date,
    row_version: int | None = None,
) -> None:
    """Give an open revision another target date, and spread its open stages anew up to it."""
    with store.write(actor) as tx:
        revision = open_in(tx, revision_id, row_version)
        value = replace(
            revision.value, target_on=target_on, started_on=revision.value.started_on or today
        )
        save_line(tx, revision, value)
        days = planned(value.started_on, target_on)
        stages = [
            stage if stage.is_closed else replace(stage, planned_on=days[stage.stage])
            for stage in revision.stages
        ]
        write_stages(tx, revision, stages, today, "replan")
