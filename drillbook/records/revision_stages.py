"""The stages of a revision: done, undone, skipped, dated, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records.revisions import (
    AFTERWARDS,
    ISSUE,
    TABLE,
    VERSION_DATES,
    Revision,
    Stage,
    existing,
    fresh,
    rows,
    save_plan,
)


def stage_done(
    store: Store,
    revision_id: str,
    stage: str,
    *,
    on: date,
    actor: Actor,
    today: date,
    by: str = "",
    note: str = "",
    row_version: int | None = None,
) -> None:
    """Mark a stage as done on a day. Saying so again, with the same day, changes nothing."""
    changes = {"done_on": on, "is_skipped": False} | ({"done_by": by} if by else {})
    changes |= {"note": note} if note else {}
    _mark(store, revision_id, stage, changes, actor, today, row_version)


def stage_undone(
    store: Store,
    revision_id: str,
    stage: str,
    *,
    actor: Actor,
    today: date,
    row_version: int | None = None,
) -> None:
    """Take back that a stage is done or skipped."""
    changes = {"done_on": None, "is_skipped": False}
    _mark(store, revision_id, stage, changes, actor, today, row_version)


def skip(
    store: Store,
    revision_id: str,
    stage: str,
    *,
    reason: str,
    actor: Actor,
    today: date,
    row_version: int | None = None,
) -> None:
    """Record that a minor revision does without a stage, and why."""
    changes = {"done_on": today, "is_skipped": True, "note": reason}
    _mark(store, revision_id, stage, changes, actor, today, row_version)


def _mark(
    store: Store,
    revision_id: str,
    stage: str,
    changes: Mapping[str, object],
    actor: Actor,
    today: date,
    row_version: int | None,
) -> None:
    with store.write(actor) as tx:
        revision = existing(tx, revision_id)
        stages = [
            replace(one, **changes) if one.stage == stage else one  # type: ignore[arg-type]
            for one in revision.stages
        ]
        if tuple(stages) != revision.stages:
            fresh(tx, revision, row_version)
            write_stages(tx, revision, stages, today)


def save_stages(
    store: Store,
    revision_id: str,
    stages: Sequence[Stage],
    *,
    row_version: int,
    actor: Actor,
    today: date,
) -> None:
    """Save the whole table of stages at once; nothing is written when it says nothing new."""
    with store.write(actor) as tx:
        revision = existing(tx, revision_id)
        fresh(tx, revision, row_version)
        if tuple(stages) != revision.stages:
            write_stages(tx, revision, stages, today)


def stage_problems(revision: Revision, stages: Sequence[Stage], today: date) -> Problems:
    """Return what is wrong with stages, stage → sentence."""
    found: Problems = {}
    kind, started_on = revision.value.kind, revision.value.started_on
    last_planned: Stage | None = None
    for stage in stages:
        inner: Problems = {}
        validation.lengths(inner, stage, long=("note",))
        validation.dates(inner, stage, "planned_on", "done_on")
        validation.not_in_future(inner, "done_on", stage.done_on, today)
        inner |= _own_problems(stage, kind, started_on) | _issue_problems(stage, revision)
        # What is over may lie after what is planned anew.
        if not stage.is_closed:
            inner |= _order_problems(stage, last_planned)
        if stage != revision.stage(stage.stage) and not revision.may_change(stage.stage):
            inner["done_on"] = _("This revision has ended; its stages stay as they are.")
        last_planned = stage if stage.planned_on and not stage.is_closed else last_planned
        if inner:
            sentence = _("{stage}: {reason}")
            reason = next(iter(inner.values()))
            found[stage.stage] = sentence.format(stage=stage.label, reason=reason)
    return found


def _own_problems(stage: Stage, kind: str, started_on: date | None) -> Problems:
    if stage.is_skipped and kind != "minor":
        return {"is_skipped": _("A full revision skips no stage. Mark it as done when it is.")}
    if stage.is_skipped and stage.stage == ISSUE:
        return {"is_skipped": _("The new text must be issued; this stage cannot be skipped.")}
    if stage.is_skipped and not stage.note.strip():
        return {"note": _("Please say in the note why this stage is skipped.")}
    if stage.done_on and started_on and stage.done_on < started_on:
        sentence = _("The revision began on {day}; nothing of it was done before.")
        return {"done_on": sentence.format(day=started_on)}
    return {}


def _issue_problems(stage: Stage, revision: Revision) -> Problems:
    issued_on = revision.version.issued_on if revision.version else None
    if stage.stage not in AFTERWARDS or not stage.done_on or not issued_on:
        return {}
    if stage.done_on >= issued_on:
        return {}
    return {"done_on": _("The new version was issued on {day}.").format(day=issued_on)}


def _order_problems(stage: Stage, before: Stage | None) -> Problems:
    if before is None or stage.planned_on is None or before.planned_on is None:
        return {}
    if stage.planned_on >= before.planned_on:
        return {}
    sentence = _("It is planned before {stage}, which comes first.")
    return {"planned_on": sentence.format(stage=before.label)}


def write_stages(
    tx: Transaction,
    revision: Revision,
    stages: Sequence[Stage],
    today: date,
    action: str = "stage",
) -> None:
    stages = [
        replace(validation.cleaned(stage), done_on=stage.done_on or today)
        if stage.is_skipped
        else validation.cleaned(stage)
        for stage in stages
    ]
    problems = stage_problems(revision, stages, today)
    if problems:
        raise ValidationError(problems)
    keep_stages(tx, revision, stages, action)
    if revision.status == "finished" and revision.version:
        _date_version(tx, revision, stages)


def keep_stages(tx: Transaction, revision: Revision, stages: Sequence[Stage], action: str) -> None:
    row = tx.record(TABLE, revision.id)
    assert row is not None
    lines = {"revision_stage": rows(stages)}
    tx.update(TABLE, revision.id, {}, row["row_version"], lines, action, revision.title)


def _date_version(tx: Transaction, before: Revision, stages: Sequence[Stage]) -> None:
    """Carry what was filed or published after the end into the version; no day typed there goes."""
    revision = existing(tx, before.id)
    assert revision.version is not None
    days = {
        VERSION_DATES[stage.stage]: None if stage.is_skipped else stage.done_on
        for stage in stages
        if stage.stage in AFTERWARDS and stage != before.stage(stage.stage)
    }
    version = replace(revision.version, **days)  # type: ignore[arg-type]
    if version != revision.version:
        plan = revision.plan.value
        versions = tuple(version if v.id == version.id else v for v in plan.versions)
        save_plan(tx, revision.plan, replace(plan, versions=versions))
