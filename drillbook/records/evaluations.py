"""Evaluations 评估 of a drill session: by the office, by a superior authority, by a third party.

The six criteria are those of Article 23 of the measures of 2013. No official scale of grades
exists; the office's own says which grade a score is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from drillbook.core import validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.db.reader import Reader
from drillbook.db.transaction import Transaction
from drillbook.records import office_settings
from drillbook.records.office_settings import Scale
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference

CRITERIA = ("execution", "plan_soundness", "command", "response", "equipment", "advice")


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of a session: a score from 0 to 100, or a grade alone, and six criteria."""

    session_id: str
    kind: str = "self"
    evaluated_on: date | None = None
    evaluator: str = ""
    score: float | None = None
    grade: str | None = None
    execution: str = ""
    plan_soundness: str = ""
    command: str = ""
    response: str = ""
    equipment: str = ""
    advice: str = ""
    conclusion: str = ""
    note: str = ""


def graded(evaluation: Evaluation, scale: Scale) -> Evaluation:
    """Return the evaluation with the grade that its score has; without a score, as it is."""
    if evaluation.score is None:
        return evaluation
    return replace(evaluation, grade=scale.grade(evaluation.score))


def problems(evaluation: Evaluation, today: date) -> Problems:
    """Return what is wrong with an evaluation, field → sentence."""
    found: Problems = {}
    validation.required(found, evaluation, "kind", "evaluated_on")
    validation.lengths(found, evaluation, long=(*CRITERIA, "conclusion", "note"))
    validation.terms(found, evaluation, {"kind": "evaluation_kind", "grade": "grade"})
    validation.dates(found, evaluation, "evaluated_on")
    validation.not_in_future(found, "evaluated_on", evaluation.evaluated_on, today)
    score = evaluation.score
    if score is not None and not 0 <= score <= 100:
        found["score"] = _("A score lies between 0 and 100.")
    elif score is None and not evaluation.grade and not evaluation.conclusion.strip():
        found["score"] = _("Give a score, a grade or a conclusion.")
    return found


def reference_problems(tx: Reader, evaluation: Evaluation, record_id: str | None) -> Problems:
    """Find a session that was held later, and a grade that is not the score's."""
    found: Problems = {}
    session = tx.record("drill_session", evaluation.session_id)
    day = evaluation.evaluated_on
    if session and day and day < session["held_on"] and session["held_on_precision"] == "day":
        found["evaluated_on"] = _("An evaluation cannot come before the drill of {day}.").format(
            day=session["held_on"].isoformat()
        )
    # A stored grade stays as it was given: the scale may have changed since.
    if record_id is None and evaluation.score is not None:
        grade = office_settings.load_in(tx).scale().grade(evaluation.score)
        if evaluation.grade != grade:
            found["grade"] = _("By the office's scale this score is “{grade}”.").format(
                grade=vocabulary.label("grade", grade)
            )
    return found


def after_save(tx: Transaction, record_id: str, _today: date | None) -> None:
    """Let the session be evaluated while it has an evaluation; what is archived stays so."""
    evaluation = tx.record("session_evaluation", record_id)
    session = tx.record("drill_session", evaluation["session_id"]) if evaluation else None
    if session is None:
        return
    has_one = tx.first("session_evaluation_known", id=session["id"])
    before, after = ("logged", "evaluated") if has_one else ("evaluated", "logged")
    if session["status"] == before:
        tx.update("drill_session", session["id"], {"status": after}, session["row_version"])


RECORD_TYPE = RecordType(
    table="session_evaluation",
    record=Evaluation,
    problems=problems,
    reference_problems=reference_problems,
    after_save=after_save,
    label="evaluator",
    references=(Reference("session_id", "drill_session", goes_with=True),),
    write_right="log",
    is_unit_scoped=True,
    with_files=("session_evaluation",),
    absent=(
        Absent("form", "the evaluation is added within its session", "session_id"),
        NOT_LOGGED,
        Absent("list", "shown on its session's page"),
        Absent("import", "no workbook that offices keep holds it"),
        Absent("workbook, public register", "an evaluation is the office's own paper"),
        Absent("form", "asked in one loop over the criteria", " ".join(CRITERIA)),
    ),
)
