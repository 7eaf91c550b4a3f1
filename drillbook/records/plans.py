"""Contingency plans 应急预案, their versions and their revisions 编修."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from drillbook.core import validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.records.record_type import NOT_LOGGED, Absent, LineTable, RecordType, Reference


@dataclass(frozen=True)
class PlanVersion:
    """One issued text of a plan; dates as far as they are known."""

    version_number: int = 1
    document_number: str = ""
    document_number_raw: str = ""
    issuing_unit: str = ""
    documented_on: date | None = None
    documented_on_raw: str = ""
    issued_on: date | None = None
    effective_on: date | None = None
    filed_on: date | None = None
    published_on: date | None = None
    supersedes: str = ""
    superseded_on: date | None = None
    note: str = ""
    id: str = field(default="", compare=False)


@dataclass(frozen=True)
class PlanRevision:
    """One run of drafting or revising a plan; open until ``completed_on``.

    ``finished_version_id`` is the version it brought; an abandoned one ended without any, for
    ``end_reason``.
    """

    kind: str = "full"
    reason: str = "other"
    owner_unit_id: str | None = None
    started_on: date | None = None
    target_on: date | None = None
    completed_on: date | None = None
    note: str = ""
    finished_version_id: str | None = None
    is_abandoned: bool = False
    end_reason: str = ""
    id: str = field(default="", compare=False)


@dataclass(frozen=True)
class PlanAssessment:
    """One assessment 评估 of a plan: when, by whom, and what came of it."""

    assessed_on: date
    assessed_by: str = ""
    conclusion: str = ""


@dataclass(frozen=True)
class Plan:
    """One contingency plan. Whether it is under revision follows from its revisions."""

    title: str
    category: str = "special"
    document_kind: str = "plan"
    event_class: str | None = None
    hazard: str | None = None
    lead_unit_id: str | None = None
    lifecycle: str = "in_force"
    repealed_on: date | None = None
    note: str = ""
    versions: tuple[PlanVersion, ...] = ()
    revisions: tuple[PlanRevision, ...] = ()
    assessments: tuple[PlanAssessment, ...] = ()


LIFECYCLES = ("drafting", "in_force", "repealed")


def problems(plan: Plan, today: date) -> Problems:
    """Return what is wrong with a plan, field → sentence."""
    found: Problems = {}
    validation.required(found, plan, "title", "category")
    validation.lengths(found, plan, long=("note",))
    validation.terms(
        found,
        plan,
        {
            "category": "plan_category",
            "document_kind": "document_kind",
            "event_class": "event_class",
            "hazard": "hazard",
        },
    )
    validation.hazard_in_class(found, plan.event_class, plan.hazard)
    validation.dates(found, plan, "repealed_on")
    if plan.lifecycle not in LIFECYCLES:
        found["lifecycle"] = _("“{code}” is not in the list.").format(code=plan.lifecycle[:50])
    _version_problems(found, plan)
    _revision_problems(found, plan)
    _assessment_problems(found, plan, today)
    return found


def _version_problems(found: Problems, plan: Plan) -> None:
    numbers = [version.version_number for version in plan.versions]
    if len(set(numbers)) != len(numbers):
        found["versions"] = _("Each version needs its own number.")
    for version in plan.versions:
        inner: Problems = {}
        validation.counts(inner, version, "version_number", least=1)
        validation.lengths(inner, version, long=("note",))
        validation.dates(
            inner,
            version,
            *("documented_on", "issued_on", "effective_on", "filed_on", "published_on"),
            "superseded_on",
        )
        if inner:
            found.setdefault("versions", next(iter(inner.values())))


def _revision_problems(found: Problems, plan: Plan) -> None:
    if sum(revision.completed_on is None for revision in plan.revisions) > 1:
        found["revisions"] = _("A plan has at most one open revision; finish the other first.")
    for revision in plan.revisions:
        inner: Problems = {}
        validation.terms(inner, revision, {"kind": "revision_kind", "reason": "revision_reason"})
        validation.lengths(inner, revision, long=("note", "end_reason"))
        validation.dates(inner, revision, "started_on", "target_on", "completed_on")
        for last in ("target_on", "completed_on"):
            validation.not_after(
                inner, revision, "started_on", last, _("A revision cannot end before it starts.")
            )
        if inner:
            found.setdefault("revisions", next(iter(inner.values())))


def _assessment_problems(found: Problems, plan: Plan, today: date) -> None:
    for assessment in plan.assessments:
        inner: Problems = {}
        validation.required(inner, assessment, "assessed_on")
        validation.lengths(inner, assessment, long=("conclusion",))
        validation.dates(inner, assessment, "assessed_on")
        validation.not_in_future(inner, "assessed_on", assessment.assessed_on, today)
        if inner:
            found.setdefault("assessments", next(iter(inner.values())))


def reference_problems(tx: Reader, plan: Plan, record_id: str | None) -> Problems:
    """Find a title that is taken."""
    found: Problems = {}
    taken = tx.first("plan_of_title", key=name_key(plan.title))
    if taken and taken["id"] != record_id:
        found["title"] = _("A plan with this title is already in the register.")
    return found


def derived(plan: Plan) -> Row:
    """Return the key by which titles are compared, and the event class its hazard belongs to."""
    event_class = vocabulary.class_of(plan.event_class, plan.hazard)
    return {"title_key": name_key(plan.title), "event_class": event_class}


class PlanType(RecordType[Plan]):
    """Plans; a revision names the version it brought while the plan has that version."""

    def line_rows(self, value: Plan) -> dict[str, list[Row]]:
        """Return line table → rows, without naming a version that was taken out."""
        there = {version.id for version in value.versions}
        rows = super().line_rows(value)
        for row in rows["plan_revision"]:
            if row["finished_version_id"] not in there:
                row["finished_version_id"] = None
        return rows


RECORD_TYPE = PlanType(
    table="plan",
    record=Plan,
    problems=problems,
    reference_problems=reference_problems,
    derived=derived,
    lines={
        "versions": ("plan_version", PlanVersion),
        "revisions": ("plan_revision", PlanRevision),
        "assessments": ("plan_assessment", PlanAssessment),
    },
    further_lines=(LineTable("revision_stage", "revision_id", "plan_revision"),),
    label="title",
    references=(
        Reference("lead_unit_id", "unit"),
        Reference("owner_unit_id", "unit", table="plan_revision"),
        Reference("finished_version_id", "plan_version", table="plan_revision", is_chosen=False),
        Reference(
            "revision_id",
            "plan_revision",
            table="revision_stage",
            is_chosen=False,
            may_be_gone="the stages of a revision that was taken out stay, for putting it back",
        ),
    ),
    with_files=("plan", "plan_version", "plan_revision"),
    absent=(
        NOT_LOGGED,
        Absent("list", "kept for the plan's own page", "document_kind hazard note"),
        Absent("list, workbook, public register", "shown as the status", "lifecycle"),
        Absent("list, workbook, public register", "a repealed plan is left out", "repealed_on"),
        Absent("list, workbook, public register", "the latest one is shown", "versions revisions"),
        Absent("list, workbook, public register", "read on the plan's own page", "assessments"),
        Absent("import word", "read from the column of the status", "lifecycle"),
        Absent("import", "made of the columns of document and dates", "versions revisions"),
        Absent("import", "no workbook of plans holds them", "assessments"),
        Absent("workbook, public register", "written for the office itself", "note"),
        Absent("public register", "the event class says enough", "document_kind hazard"),
    ),
    import_kind="plans",
    sheet="plans",
)


def choices(store: Store) -> dict[str, str]:
    """Return id → title of all plans, for selection lists."""
    return {row["id"]: row["title"] for row in store.query("plan_choices")}
