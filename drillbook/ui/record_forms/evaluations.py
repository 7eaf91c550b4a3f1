"""Evaluations 演练评估 on the screen: fields in words, and the form within a session's record."""

from __future__ import annotations

from typing import Any

import streamlit as st

from drillbook.core import vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import evaluations, office_settings
from drillbook.records.evaluations import CRITERIA, Evaluation
from drillbook.ui.components import formatting
from drillbook.ui.components.forms import Form
from drillbook.ui.components.record_view import Field, RecordView

CRITERION_TITLES = dict(
    zip(
        CRITERIA,
        (
            N_("How the drill was carried out"),
            N_("Whether the plan is sound and workable"),
            N_("Command, coordination and linkage"),
            N_("Handling by the responders"),
            N_("Fitness of the equipment"),
            N_("On the plan, preparation, mechanism and measures"),
        ),
        strict=True,
    )
)
CRITERION_FIELDS = tuple(
    Field(name, title, is_minor=True) for name, title in CRITERION_TITLES.items()
)
FIELDS = (
    Field("session_id", N_("Drill session"), "record"),
    Field("kind", N_("Kind of evaluation"), "code", "evaluation_kind"),
    Field("evaluated_on", N_("Evaluated on"), "date"),
    Field("evaluator", N_("Evaluated by")),
    Field("score", N_("Score"), "number"),
    Field("grade", N_("Grade"), "code", "grade"),
    *CRITERION_FIELDS,
    Field("conclusion", N_("Conclusion")),
    Field("note", N_("Note"), is_minor=True),
)


def draw(form: Form, store: Store, evaluation: Evaluation | None) -> Evaluation:
    """Show the form of an evaluation; return what it says, graded by the office's scale."""
    held: Any = evaluation or form.value
    values = _judgement(form) | {"session_id": held.session_id}
    graded = evaluations.graded(
        Evaluation(**values, conclusion=form.text("conclusion", _("Conclusion"), long=True)),
        office_settings.load(store).scale(),
    )
    if graded.score is not None:
        grade = formatting.plain(vocabulary.label("grade", graded.grade or ""))
        st.caption(_("By the office's scale this score is “{grade}”.").format(grade=grade))
    with st.expander(_("The six criteria"), key=f"{form.key}#criteria"):
        criteria = {
            name: form.text(name, _(title), long=True, height=68)
            for name, title in CRITERION_TITLES.items()
        }
        note = form.text("note", _("Note"))
    return Evaluation(**(vars(graded) | criteria | {"note": note}))


def _judgement(form: Form) -> dict[str, Any]:
    first = st.columns([2, 2, 3, 2, 2], vertical_alignment="bottom")
    with first[0]:
        kind = form.code("kind", _("Kind of evaluation"), "evaluation_kind", required=True)
    with first[1]:
        day = form.day("evaluated_on", _("Evaluated on"), required=True)
    with first[2]:
        evaluator = form.text("evaluator", _("Evaluated by"))
    with first[3]:
        score = form.number("score", _("Score (0–100)"), decimal=True, places=1)
    with first[4]:
        grade = form.code(
            "grade", _("Grade"), "grade", hint=_("Only without a score: a score has its grade.")
        )
    return {
        "kind": kind or "self",
        "evaluated_on": day,
        "evaluator": evaluator,
        "score": score,
        "grade": grade,
    }


def name(evaluation: Evaluation) -> str:
    """Return what an evaluation is called: its kind and its day."""
    kind = vocabulary.label("evaluation_kind", evaluation.kind)
    return f"{kind} {formatting.day(evaluation.evaluated_on)}"


RECORD_VIEW: RecordView[Evaluation] = RecordView(
    record_type=evaluations.RECORD_TYPE,
    url_path="findings",
    title=N_("Evaluation"),
    new_title=N_("Add an evaluation"),
    name=name,
    fields=FIELDS,
    draw=draw,
    parameter="evaluation",
    is_part=True,
)
