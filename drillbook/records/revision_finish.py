"""The end of a revision: the version it issues, or why it was abandoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from drillbook.core import validation
from drillbook.core.document_numbers import parse_document_number
from drillbook.core.errors import Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction, new_id
from drillbook.records.plans import PlanVersion
from drillbook.records.revision_stages import keep_stages
from drillbook.records.revisions import (
    ISSUE,
    TABLE,
    VERSION_DATES,
    Revision,
    Stage,
    existing,
    open_in,
    save_line,
    save_plan,
)


def filed_number(typed: str) -> str:
    """Return a document number the one way the office files it, e.g. 〔2023〕 around the year."""
    return parse_document_number(typed.strip()).text if typed.strip() else ""


def proposed(revision: Revision) -> PlanVersion:
    """Return what is known of the new version: its number, what it replaces, days of the stages."""
    held = revision.plan.value.versions
    latest = max(held, key=lambda version: version.version_number, default=None)
    days = {
        name: stage.done_on
        for code, name in VERSION_DATES.items()
        if not (stage := revision.stage(code)).is_skipped
    }
    return PlanVersion(
        version_number=latest.version_number + 1 if latest else 1,
        issuing_unit=latest.issuing_unit if latest else "",
        supersedes=latest.document_number if latest else "",
        **days,  # type: ignore[arg-type]
    )


def finish(
    store: Store,
    revision_id: str,
    version: PlanVersion,
    *,
    actor: Actor,
    today: date,
    row_version: int | None = None,
) -> str:
    """End a revision with its new version, which becomes the plan's current one; return its id.

    One transaction: the version, the end of the one before, the revision, its stages, files and
    findings. The same version given again (a double click) changes nothing. Raises
    ValidationError with every problem, StaleError when somebody saved first.
    """
    with store.write(actor) as tx:
        revision = existing(tx, revision_id)
        version = _as_filed(version, revision)
        if revision.version and _is_same(revision.version, version):
            return revision.version.id
        revision = open_in(tx, revision_id, row_version)
        problems = finish_problems(revision, version, today)
        if problems:
            raise ValidationError(problems)
        assert version.issued_on is not None
        _issue(tx, revision, version, version.issued_on)
        keep_stages(tx, revision, _stages_of(revision, version), "finish")
        _hand_over_files(tx, revision_id, version.id)
    return version.id


def _as_filed(version: PlanVersion, revision: Revision) -> PlanVersion:
    version = validation.cleaned(version)
    typed = version.document_number_raw or version.document_number
    return replace(
        version,
        id=new_id(),
        version_number=proposed(revision).version_number,
        document_number=filed_number(version.document_number),
        document_number_raw=typed,
        supersedes=version.supersedes or proposed(revision).supersedes,
    )


def _is_same(first: PlanVersion, second: PlanVersion) -> bool:
    names = ("document_number", "issued_on")
    return all(getattr(first, name) == getattr(second, name) for name in names)


def finish_problems(revision: Revision, version: PlanVersion, today: date) -> Problems:
    """Return why a revision cannot end with this version yet, field → sentence."""
    found: Problems = {}
    validation.required(found, version, "document_number", "issued_on")
    for name in ("documented_on", *VERSION_DATES.values()):
        validation.not_in_future(found, name, getattr(version, name), today)
    for name, sentence in (
        ("filed_on", _("A plan is filed after it was issued.")),
        ("published_on", _("A plan is published after it was issued.")),
    ):
        validation.not_after(found, version, "issued_on", name, sentence)
    started_on = revision.value.started_on
    if version.issued_on and started_on and version.issued_on < started_on:
        sentence = _("The revision began on {day}; nothing of it was done before.")
        found["issued_on"] = sentence.format(day=started_on)
    number = filed_number(version.document_number)
    for held in revision.plan.value.versions:
        if number and held.document_number == number:
            sentence = _("Version {number} of this plan has this document number already.")
            found["document_number"] = sentence.format(number=held.version_number)
    found |= open_stages(revision)
    return found


def open_stages(revision: Revision) -> Problems:
    """Return which stages must be done before the end, as one sentence at ``stages``."""
    missing = [
        stage.label
        for stage in revision.stages
        if not stage.is_closed and stage.stage not in VERSION_DATES
    ]
    if not missing:
        return {}
    if revision.value.kind == "minor":
        sentence = _("Not done yet: {stages}. Mark these stages as done or skip them first.")
    else:
        sentence = _("Not done yet: {stages}. Mark these stages as done first.")
    joiner = "、" if language() == "zh" else ", "
    return {"stages": sentence.format(stages=joiner.join(missing))}


def _stages_of(revision: Revision, version: PlanVersion) -> list[Stage]:
    """Return the stages with the days that the version tells."""
    return [
        replace(stage, done_on=told, is_skipped=False)
        if stage.stage in VERSION_DATES and (told := getattr(version, VERSION_DATES[stage.stage]))
        else stage
        for stage in revision.stages
    ]


def _issue(tx: Transaction, revision: Revision, version: PlanVersion, on: date) -> None:
    plan = revision.plan.value
    done = replace(
        revision.value,
        completed_on=on,
        finished_version_id=version.id,
        is_abandoned=False,
        end_reason="",
    )
    issued = replace(
        plan,
        lifecycle="in_force" if plan.lifecycle == "drafting" else plan.lifecycle,
        versions=_superseded((*plan.versions, version)),
        revisions=tuple(done if one.id == revision.id else one for one in plan.revisions),
    )
    save_plan(tx, revision.plan, issued)


def _superseded(versions: Sequence[PlanVersion]) -> tuple[PlanVersion, ...]:
    """Return versions by number, each but the last with the day on which the next replaced it."""
    ordered = sorted(versions, key=lambda version: version.version_number)
    ended = [
        replace(
            one, superseded_on=one.superseded_on or following.effective_on or following.issued_on
        )
        for one, following in pairwise(ordered)
    ]
    return (*ended, *ordered[-1:])


def _hand_over_files(tx: Transaction, revision_id: str, version_id: str) -> None:
    """Give the version the files of the stage 印发; their content is kept once."""
    for row in tx.query("attachments_at_stage", table=TABLE, id=revision_id, stage=ISSUE):
        tx.insert("attachment", row | {"subject_type": "plan_version", "subject_id": version_id})


def abandon(
    store: Store,
    revision_id: str,
    reason: str,
    *,
    actor: Actor,
    today: date,
    row_version: int | None = None,
) -> None:
    """End a revision without a new version; the reason is kept, and its findings are open again."""
    with store.write(actor) as tx:
        revision = open_in(tx, revision_id, row_version)
        if not reason.strip():
            raise ValidationError({"end_reason": _("Please say why the revision is abandoned.")})
        started_on = revision.value.started_on
        ended = replace(
            revision.value,
            completed_on=max(today, started_on) if started_on else today,
            is_abandoned=True,
            end_reason=reason.strip()[:500],
        )
        save_line(tx, revision, ended)
        said = {"end_reason": ended.end_reason, "completed_on": ended.completed_on}
        tx.audit("abandon", TABLE, revision_id, after=said, label=revision.title)
