"""Revisions of contingency plans 编修: their stages, and the version each of them ends with.

A revision is a line of its plan and has stages of its own. What changes the plan too (opening,
finishing, abandoning, another target date) goes through the plan's own checks in one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from drillbook.core import validation, vocabulary
from drillbook.core.clock import office_day_begins
from drillbook.core.document_numbers import parse_document_number
from drillbook.core.errors import DrillbookError, Problems, StaleError, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.duckdb_engine import Row
from drillbook.db.store import Store, Transaction, new_id
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
    with store.read() as cursor:
        return load_in(Transaction(cursor, "", ""), revision_id)


def load_in(tx: Transaction, revision_id: str) -> Revision | None:
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
    stored = _live_plan(tx, plan_id)
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
    _save_plan(tx, stored, replace(stored.value, revisions=(*stored.value.revisions, revision)))
    tx.execute(
        "update plan_revision set updated_at = $at where id = $id",
        {"at": tx.at, "id": revision.id},
    )
    days = planned(started_on, target_on)
    stages = [
        Stage(code, place, days[code], id=new_id())
        for place, code in enumerate(vocabulary.codes("revision_stage"))
    ]
    tx.replace_lines("revision_stage", revision.id, _rows(stages))
    said = dataclasses.asdict(revision) | {"revision_stage": _rows(stages)}
    tx.audit("insert", TABLE, revision.id, after=said, label=stored.value.title)
    return revision.id


def replan(
    store: Store,
    revision_id: str,
    *,
    target_on: date,
    actor: str,
    today: date,
    row_version: int | None = None,
) -> None:
    """Give an open revision another target date, and spread its open stages anew up to it."""
    with store.write(actor) as tx:
        revision = _open_in(tx, revision_id, row_version)
        value = replace(
            revision.value, target_on=target_on, started_on=revision.value.started_on or today
        )
        _save_line(tx, revision, value)
        days = planned(value.started_on, target_on)
        stages = [
            stage if stage.is_closed else replace(stage, planned_on=days[stage.stage])
            for stage in revision.stages
        ]
        _save_stages(tx, revision, stages, today, "replan")


# --- stages -------------------------------------------------------------------------------------


def stage_done(
    store: Store,
    revision_id: str,
    stage: str,
    *,
    on: date,
    actor: str,
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
    actor: str,
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
    actor: str,
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
    actor: str,
    today: date,
    row_version: int | None,
) -> None:
    with store.write(actor) as tx:
        revision = _existing(tx, revision_id)
        stages = [
            replace(one, **changes) if one.stage == stage else one  # type: ignore[arg-type]
            for one in revision.stages
        ]
        if tuple(stages) != revision.stages:
            _fresh(tx, revision, row_version)
            _save_stages(tx, revision, stages, today)


def save_stages(
    store: Store,
    revision_id: str,
    stages: Sequence[Stage],
    *,
    row_version: int,
    actor: str,
    today: date,
) -> None:
    """Save the whole table of stages at once; nothing is written when it says nothing new."""
    with store.write(actor) as tx:
        revision = _existing(tx, revision_id)
        _fresh(tx, revision, row_version)
        if tuple(stages) != revision.stages:
            _save_stages(tx, revision, stages, today)


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


def _save_stages(
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
    _keep_stages(tx, revision, stages, action)
    if revision.status == "finished" and revision.version:
        _date_version(tx, revision, stages)


def _keep_stages(tx: Transaction, revision: Revision, stages: Sequence[Stage], action: str) -> None:
    row = tx.record(TABLE, revision.id)
    assert row is not None
    lines = {"revision_stage": _rows(stages)}
    tx.update(TABLE, revision.id, {}, row["row_version"], lines, action, revision.title)


def _date_version(tx: Transaction, before: Revision, stages: Sequence[Stage]) -> None:
    """Carry what was filed or published after the end into the version; no day typed there goes."""
    revision = _existing(tx, before.id)
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
        _save_plan(tx, revision.plan, replace(plan, versions=versions))


# --- the end ------------------------------------------------------------------------------------


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
    actor: str,
    today: date,
    row_version: int | None = None,
) -> str:
    """End a revision with its new version, which becomes the plan's current one; return its id.

    One transaction: the version, the end of the one before, the revision, its stages, files and
    findings. The same version given again (a double click) changes nothing. Raises
    ValidationError with every problem, StaleError when somebody saved first.
    """
    with store.write(actor) as tx:
        revision = _existing(tx, revision_id)
        version = _as_filed(version, revision)
        if revision.version and _is_same(revision.version, version):
            return revision.version.id
        revision = _open_in(tx, revision_id, row_version)
        problems = finish_problems(revision, version, today)
        if problems:
            raise ValidationError(problems)
        assert version.issued_on is not None
        _issue(tx, revision, version, version.issued_on)
        _keep_stages(tx, revision, _stages_of(revision, version), "finish")
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
    _save_plan(tx, revision.plan, issued)


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
    for row in tx.all(
        "select kind, file_name, media_type, size_bytes, sha256 from attachment"
        " where subject_type = $table and subject_id = $id and stage = $stage"
        " and voided_at is null order by created_at, id",
        {"table": TABLE, "id": revision_id, "stage": ISSUE},
    ):
        tx.insert("attachment", row | {"subject_type": "plan_version", "subject_id": version_id})


def abandon(
    store: Store,
    revision_id: str,
    reason: str,
    *,
    actor: str,
    today: date,
    row_version: int | None = None,
) -> None:
    """End a revision without a new version; the reason is kept, and its findings are open again."""
    with store.write(actor) as tx:
        revision = _open_in(tx, revision_id, row_version)
        if not reason.strip():
            raise ValidationError({"end_reason": _("Please say why the revision is abandoned.")})
        started_on = revision.value.started_on
        ended = replace(
            revision.value,
            completed_on=max(today, started_on) if started_on else today,
            is_abandoned=True,
            end_reason=reason.strip()[:500],
        )
        _save_line(tx, revision, ended)
        said = {"end_reason": ended.end_reason, "completed_on": ended.completed_on}
        tx.audit("abandon", TABLE, revision_id, after=said, label=revision.title)


# --- what all of it needs -----------------------------------------------------------------------


def _live_plan(tx: Transaction, plan_id: str) -> Stored[Plan]:
    stored = plans.RECORD_TYPE.load_in(tx, plan_id)
    if stored is None or stored.is_void:
        raise DrillbookError(_("This plan is no longer in the register."))
    return stored


def _existing(tx: Transaction, revision_id: str) -> Revision:
    revision = load_in(tx, revision_id)
    if revision is None:
        raise DrillbookError(_("This revision is no longer in the register. Reload the board."))
    _live_plan(tx, revision.plan_id)
    return revision


def _fresh(tx: Transaction, revision: Revision, row_version: int | None) -> None:
    if row_version is not None and row_version != revision.row_version:
        stored = tx.record(TABLE, revision.id)
        raise StaleError(_("Somebody else saved this record while you were editing."), stored or {})


def _open_in(tx: Transaction, revision_id: str, row_version: int | None) -> Revision:
    revision = _existing(tx, revision_id)
    if revision.status == "abandoned":
        raise DrillbookError(_("This revision was abandoned. Open a new one."))
    if revision.status == "finished":
        raise DrillbookError(_("This revision is finished already. Open a new one."))
    _fresh(tx, revision, row_version)
    return revision


def _save_line(tx: Transaction, revision: Revision, value: PlanRevision) -> None:
    plan = revision.plan.value
    revisions = tuple(value if one.id == revision.id else one for one in plan.revisions)
    _save_plan(tx, revision.plan, replace(plan, revisions=revisions))


def _save_plan(tx: Transaction, stored: Stored[Plan], plan: Plan) -> None:
    # No rule of a plan asks for today.
    plans.RECORD_TYPE.save_in(
        tx, plan, today=tx.at.date(), record_id=stored.id, row_version=stored.row_version
    )


def _rows(stages: Sequence[Stage]) -> list[Row]:
    return [dataclasses.asdict(stage) for stage in stages]
