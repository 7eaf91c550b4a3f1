"""Revisions of plans: stages, what full and minor ones may do, the end in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.core.document_numbers import parse_document_number
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import (
    attachments,
    history,
    plans,
    record_type,
    revision_finish,
    revision_planning,
    revision_stages,
    revisions,
)
from drillbook.records.plans import PlanRevision, PlanVersion
from drillbook.records.revisions import Revision
from tests.conftest import CLERK, COLLEAGUE
from tests.people import add_plan, add_unit
from tests.raw import rows_of

START, TARGET = date(2023, 1, 1), date(2023, 12, 31)
ISSUED, TODAY = date(2023, 11, 20), date(2023, 11, 30)
BEFORE_ISSUE = [code for code in revisions.SHARES if code not in revisions.VERSION_DATES]
OLD = PlanVersion(1, "高管发〔2019〕3号", issued_on=date(2019, 3, 1), issuing_unit="高区管委")
NEW = PlanVersion(document_number="高管发【2023】 8 号", issued_on=ISSUED)


def opened(store: Store, kind: str = "full", **fields: Any) -> str:
    """Open a revision of a plan that has one version; return the revision's id."""
    plan_id = add_plan(store, **({"versions": (OLD,)} | fields))
    with store.write(CLERK) as tx:
        return revision_planning.open_revision(
            tx,
            plan_id,
            kind=kind,
            reason="risk_changed",
            owner_unit_id=add_unit(store) if kind == "full" else None,
            started_on=START,
            target_on=TARGET,
        )


def held(store: Store, revision_id: str) -> Revision:
    found = revisions.load(store, revision_id)
    assert found
    return found


def mark(store: Store, revision_id: str, *codes: str, on: date = date(2023, 10, 1)) -> None:
    for code in codes:
        revision_stages.stage_done(store, revision_id, code, on=on, actor=CLERK, today=TODAY)


def finish(store: Store, revision_id: str, version: PlanVersion = NEW, **given: Any) -> str:
    return revision_finish.finish(store, revision_id, version, actor=CLERK, today=TODAY, **given)


def ready(store: Store, **fields: Any) -> str:
    """Open a revision and mark everything that comes before the issue."""
    revision_id = opened(store, **fields)
    mark(store, revision_id, *BEFORE_ISSUE)
    return revision_id


def rows(store: Store, sql: str, **parameters: Any) -> list[Row]:
    return rows_of(store, sql, parameters)


def everything(store: Store) -> list[list[Row]]:
    tables = ("plan", "plan_version", "plan_revision", "revision_stage", "attachment")
    found = [rows(store, f"select * from {table} order by id") for table in tables]
    return [*found, rows(store, "select * from audit_event order by position")]


# --- ids ----------------------------------------------------------------------------------------


def test_editing_a_plan_keeps_the_ids_of_its_versions_and_revisions(store: Store) -> None:
    revision_id = opened(store)
    plan = held(store, revision_id).plan
    version_id = plan.value.versions[0].id
    renamed = replace(plan.value, title="新名称", versions=(*plan.value.versions, PlanVersion(2)))
    plans.RECORD_TYPE.save(
        store, renamed, actor=CLERK, today=TODAY, record_id=plan.id, row_version=plan.row_version
    )
    again = held(store, revision_id)
    assert again.plan.value.title == "新名称"
    assert [v.id == version_id for v in again.plan.value.versions] == [True, False]
    assert [stage.planned_on for stage in again.stages][-1] == TARGET
    assert again.row_version == 1


def test_a_revision_changed_in_the_plans_form_is_another_one_for_who_had_it_open(
    store: Store,
) -> None:
    revision_id = opened(store)
    plan = held(store, revision_id).plan
    other = replace(plan.value.revisions[0], reason="law_changed")
    plans.RECORD_TYPE.save(
        store, replace(plan.value, revisions=(other,)), actor=COLLEAGUE, today=TODAY,
        record_id=plan.id, row_version=plan.row_version,
    )  # fmt: skip
    with pytest.raises(StaleError):
        revision_stages.stage_done(
            store, revision_id, "initiation", on=START, actor=CLERK, today=TODAY, row_version=1
        )


def test_putting_a_plan_back_brings_its_revision_with_its_stages(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, "initiation")
    plan = held(store, revision_id).plan
    plans.RECORD_TYPE.save(
        store, replace(plan.value, revisions=(), versions=()), actor=CLERK, today=TODAY,
        record_id=plan.id, row_version=plan.row_version,
    )  # fmt: skip
    assert rows(store, "select * from revision_fact where as_of = date '2023-11-30'") == []
    events = store.query("record_history", subject_type="plan", subject_id=plan.id)
    history.put_back(
        store, plans.RECORD_TYPE, plan.id, events[1]["id"], plan.row_version + 1, CLERK, TODAY
    )
    again = held(store, revision_id)
    assert again.stage("initiation").done_on == date(2023, 10, 1)
    assert again.plan.value.versions[0].id == plan.value.versions[0].id


# --- opening and planning -----------------------------------------------------------------------


def test_an_opened_revision_has_all_stages_planned_up_to_its_target(store: Store) -> None:
    revision = held(store, opened(store))
    days = [stage.planned_on for stage in revision.stages]
    assert len(days) == 10
    assert days == sorted(days, key=str)
    assert days[-1] == TARGET
    assert min(days) > START  # type: ignore[type-var]
    assert revision.current == revision.stages[0]
    (line,) = rows(store, "select * from audit_event where subject_type = 'plan_revision'")
    assert (line["action"], line["actor"]) == ("insert", CLERK)


def test_a_plan_has_one_open_revision(store: Store) -> None:
    revision = held(store, opened(store))
    with pytest.raises(ValidationError, match="只能有一项"), store.write(CLERK) as tx:
        revision_planning.open_revision(
            tx, revision.plan_id, kind="full", reason="other", owner_unit_id=None,
            started_on=START, target_on=TARGET,
        )  # fmt: skip


def test_the_target_lies_after_the_start(store: Store) -> None:
    plan_id = add_plan(store)
    with pytest.raises(ValidationError), store.write(CLERK) as tx:
        revision_planning.open_revision(
            tx, plan_id, kind="full", reason="other", owner_unit_id=None,
            started_on=TARGET, target_on=START,
        )  # fmt: skip


def test_another_target_moves_only_what_is_still_open(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, "initiation")
    before = held(store, revision_id)
    revision_planning.replan(
        store, revision_id, target_on=date(2024, 6, 30), actor=CLERK, today=TODAY,
        row_version=before.row_version,
    )  # fmt: skip
    after = held(store, revision_id)
    assert after.stages[0] == before.stages[0]
    assert after.stages[-1].planned_on == after.value.target_on == date(2024, 6, 30)
    changes = revisions.changes_since(store, START, date(2099, 1, 1))
    assert "replanned" in {change["change"] for change in changes}


# --- stages -------------------------------------------------------------------------------------


def test_a_stage_is_done_and_undone(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, "initiation")
    revision = held(store, revision_id)
    assert revision.current
    assert revision.current.stage == "risk_assessment"
    mark(store, revision_id, "initiation")
    assert held(store, revision_id).row_version == revision.row_version
    revision_stages.stage_undone(store, revision_id, "initiation", actor=CLERK, today=TODAY)
    assert held(store, revision_id).stages[0].done_on is None
    actions = [r["action"] for r in rows(store, "select action from audit_event order by position")]
    assert actions.count("stage") == 2


@pytest.mark.parametrize(
    ("on", "said"), [(date(2023, 12, 1), "2023-12-01"), (date(2022, 12, 31), "2023-01-01")]
)
def test_a_stage_is_done_neither_in_the_future_nor_before_the_start(
    store: Store, on: date, said: str
) -> None:
    revision_id = opened(store)
    with pytest.raises(ValidationError, match=said):
        mark(store, revision_id, "initiation", on=on)


def test_a_full_revision_skips_nothing_and_a_minor_one_says_why(store: Store) -> None:
    full = opened(store)
    with pytest.raises(ValidationError):
        revision_stages.skip(
            store, full, "legal_review", reason="内容不涉及", actor=CLERK, today=TODAY
        )
    minor = opened(store, "minor", title="防汛应急预案", versions=())
    with pytest.raises(ValidationError):
        revision_stages.skip(store, minor, "legal_review", reason=" ", actor=CLERK, today=TODAY)
    with pytest.raises(ValidationError):
        revision_stages.skip(store, minor, "issue", reason="不印发", actor=CLERK, today=TODAY)
    revision_stages.skip(
        store, minor, "legal_review", reason="内容不涉及", actor=CLERK, today=TODAY
    )
    stage = held(store, minor).stage("legal_review")
    assert (stage.is_skipped, stage.done_on, stage.note) == (True, TODAY, "内容不涉及")


def test_a_stale_table_of_stages_is_refused_and_nothing_is_overwritten(store: Store) -> None:
    revision_id = opened(store)
    mine = held(store, revision_id)
    mark(store, revision_id, "initiation")
    with pytest.raises(StaleError) as refused:
        revision_stages.save_stages(
            store, revision_id, mine.stages, row_version=mine.row_version, actor=COLLEAGUE,
            today=TODAY,
        )  # fmt: skip
    assert refused.value.stored["row_version"] == mine.row_version + 1
    assert held(store, revision_id).stages[0].done_on == date(2023, 10, 1)


def test_planned_days_follow_the_order_of_the_stages(store: Store) -> None:
    revision = held(store, opened(store))
    late = replace(revision.stages[1], planned_on=date(2023, 12, 1))
    stages = (revision.stages[0], late, *revision.stages[2:])
    with pytest.raises(ValidationError):
        revision_stages.save_stages(
            store, revision.id, stages, row_version=revision.row_version, actor=CLERK, today=TODAY
        )


# --- the end ------------------------------------------------------------------------------------


def test_finishing_makes_the_one_current_version_and_ends_the_old_one(store: Store) -> None:
    revision_id = ready(store)
    version_id = finish(store, revision_id)
    revision = held(store, revision_id)
    old, new = revision.plan.value.versions
    assert new.id == version_id == revision.value.finished_version_id
    assert (new.version_number, new.document_number) == (2, "高管发〔2023〕8号")
    assert new.document_number_raw == "高管发【2023】 8 号"
    assert (new.supersedes, old.superseded_on) == ("高管发〔2019〕3号", ISSUED)
    assert new.superseded_on is None
    assert (revision.status, revision.value.completed_on) == ("finished", ISSUED)
    assert revision.stage("issue").done_on == ISSUED
    (fact,) = rows(store, "select * from plan_fact where as_of = date '2023-11-30'")
    assert (fact["version_number"], fact["status"]) == (2, "in_force")
    (fact,) = rows(store, "select * from plan_fact where as_of = date '2023-11-19'")
    assert (fact["version_number"], fact["status"]) == (1, "under_revision")


def test_the_files_of_the_issue_become_the_versions(store: Store) -> None:
    revision_id = ready(store)
    for stage, name in (("issue", "正文.pdf"), ("drafting", "初稿.pdf")):
        attachments.add(
            store, "plan_revision", revision_id, "plan_text", name, b"%PDF-1.7", actor=CLERK,
            stage=stage,
        )  # fmt: skip
    version_id = finish(store, revision_id)
    files = attachments.listed(store, "plan_version", version_id)
    assert [file["file_name"] for file in files] == ["正文.pdf"]
    assert attachments.read(store, files[0]["id"]).content == b"%PDF-1.7"
    assert len(attachments.listed(store, "plan_revision", revision_id)) == 2


def test_a_voided_file_of_the_issue_goes_into_no_version(store: Store) -> None:
    revision_id = ready(store)
    kept, gone = (
        attachments.add(
            store, "plan_revision", revision_id, "plan_text", name, b"%PDF-1.7", actor=CLERK,
            stage="issue",
        )
        for name in ("正文.pdf", "误传.pdf")
    )  # fmt: skip
    attachments.void(store, gone, "传错了", 1, actor=CLERK)
    version_id = finish(store, revision_id)
    files = attachments.listed(store, "plan_version", version_id)
    assert [file["file_name"] for file in files] == ["正文.pdf"]
    assert kept != files[0]["id"]


def test_a_version_is_issued_on_the_first_day_of_its_revision_or_later(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, *BEFORE_ISSUE, on=START)
    with pytest.raises(ValidationError) as refused:
        finish(store, revision_id, replace(NEW, issued_on=START - timedelta(days=1)))
    assert "issued_on" in refused.value.problems
    assert finish(store, revision_id, replace(NEW, issued_on=START))


def test_a_double_click_finishes_once(store: Store) -> None:
    revision_id = ready(store)
    version_id = finish(store, revision_id, row_version=held(store, revision_id).row_version)
    before = everything(store)
    assert finish(store, revision_id, row_version=1) == version_id
    assert everything(store) == before
    with pytest.raises(DrillbookError):
        finish(store, revision_id, replace(NEW, document_number="高管发〔2023〕9号"))


def test_a_failure_in_the_middle_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision_id = ready(store)
    attachments.add(
        store, "plan_revision", revision_id, "plan_text", "正文.pdf", b"%PDF-1.7", actor=CLERK,
        stage="issue",
    )  # fmt: skip
    before, seen = everything(store), []

    def fail(_tx: object, plan_id: str, _today: object) -> None:
        seen.append(plan_id)
        raise OSError("power cut")

    monkeypatch.setattr(record_type, "_followers", {"plan": (fail,)})
    with pytest.raises(OSError, match="power cut"):
        finish(store, revision_id)
    assert seen == [held(store, revision_id).plan.id]
    assert everything(store) == before


def test_who_finishes_what_somebody_changed_is_told_so(store: Store) -> None:
    revision_id = ready(store)
    opened_at = held(store, revision_id).row_version
    revision_stages.stage_undone(store, revision_id, "review", actor=COLLEAGUE, today=TODAY)
    with pytest.raises(StaleError):
        finish(store, revision_id, row_version=opened_at)


def test_everything_that_is_missing_is_said_at_once(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, *BEFORE_ISSUE[:-1])
    empty = PlanVersion(filed_on=date(2024, 1, 1))
    with pytest.raises(ValidationError) as refused:
        finish(store, revision_id, empty)
    assert set(refused.value.problems) == {"document_number", "issued_on", "filed_on", "stages"}
    assert "审批" in refused.value.problems["stages"]
    with pytest.raises(ValidationError) as refused:
        finish(store, revision_id, replace(NEW, document_number="高管发[2019]3 号"))
    assert set(refused.value.problems) == {"document_number", "stages"}


def test_a_minor_revision_ends_with_skipped_stages(store: Store) -> None:
    revision_id = opened(store, "minor")
    mark(store, revision_id, "drafting", "approval")
    for code in ("initiation", "risk_assessment", "consultation", "review", "legal_review"):
        revision_stages.skip(
            store, revision_id, code, reason="只改联络表", actor=CLERK, today=TODAY
        )
    finish(store, revision_id)
    (fact,) = rows(store, "select * from revision_fact where as_of = date '2023-11-30'")
    assert (fact["stages_done"], fact["stages_skipped"], fact["status"]) == (3, 5, "finished")


def test_filing_and_publishing_may_follow_and_reach_the_version(store: Store) -> None:
    revision_id = ready(store)
    finish(store, revision_id)
    mark(store, revision_id, "filing", on=date(2023, 11, 25))
    mark(store, revision_id, "publication", on=date(2023, 11, 28))
    version = held(store, revision_id).version
    assert version
    assert (version.filed_on, version.published_on) == (
        date(2023, 11, 25),
        date(2023, 11, 28),
    )
    revision_stages.stage_undone(store, revision_id, "filing", actor=CLERK, today=TODAY)
    version = held(store, revision_id).version
    assert version
    assert version.filed_on is None
    with pytest.raises(ValidationError):
        revision_stages.stage_undone(store, revision_id, "review", actor=CLERK, today=TODAY)


def test_what_the_stages_know_is_proposed_for_the_version(store: Store) -> None:
    revision_id = ready(store)
    mark(store, revision_id, "issue", on=ISSUED)
    proposed = revision_finish.proposed(held(store, revision_id))
    assert (proposed.version_number, proposed.issued_on) == (2, ISSUED)
    assert (proposed.supersedes, proposed.issuing_unit) == ("高管发〔2019〕3号", "高区管委")


def test_a_plan_being_drafted_is_in_force_with_its_first_version(store: Store) -> None:
    revision_id = ready(store, versions=(), lifecycle="drafting")
    finish(store, revision_id)
    assert held(store, revision_id).plan.value.lifecycle == "in_force"


def test_an_abandoned_revision_keeps_its_reason_and_brings_no_version(store: Store) -> None:
    revision_id = opened(store)
    with pytest.raises(ValidationError):
        revision_finish.abandon(store, revision_id, " ", actor=CLERK, today=TODAY)
    revision_finish.abandon(store, revision_id, "上级预案暂缓", actor=CLERK, today=TODAY)
    revision = held(store, revision_id)
    assert (revision.status, revision.value.end_reason) == ("abandoned", "上级预案暂缓")
    assert len(revision.plan.value.versions) == 1
    with pytest.raises(DrillbookError):
        finish(store, revision_id)
    with pytest.raises(ValidationError):
        mark(store, revision_id, "initiation")


def test_a_revision_from_the_plans_form_can_be_planned_and_marked(store: Store) -> None:
    plan_id = add_plan(store, revisions=(PlanRevision(started_on=START),))
    stored = plans.RECORD_TYPE.load(store, plan_id)
    assert stored
    revision_id = stored.value.revisions[0].id
    assert {stage.planned_on for stage in held(store, revision_id).stages} == {None}
    revision_planning.replan(store, revision_id, target_on=TARGET, actor=CLERK, today=TODAY)
    mark(store, revision_id, "initiation")
    assert held(store, revision_id).stages[-1].planned_on == TARGET


# --- document numbers ---------------------------------------------------------------------------

NUMBERS = st.text(alphabet="高管发办〔〕[]【】()（）《》 　2023１９年号第①⑵字-", max_size=24)


@given(NUMBERS)
def test_a_document_number_written_the_offices_way_stays_as_it_is(typed: str) -> None:
    once = parse_document_number(typed)
    assert parse_document_number(once.text).text == once.text


@given(
    st.sampled_from("〔[【（("), st.sampled_from("〕]】）)"), st.integers(1949, 2099),
    st.integers(1, 999), st.sampled_from(["", " ", "　", "  "]),
)  # fmt: skip
def test_brackets_and_blanks_make_no_other_number_and_the_raw_text_stays(
    left: str, right: str, year: int, number: int, blank: str
) -> None:
    typed = f"高管发{blank}{left}{year}{right}{blank}{number}{blank}号"
    found = parse_document_number(typed)
    assert found.text == f"高管发〔{year}〕{number}号"
    assert found.raw == typed


# --- what the views say -------------------------------------------------------------------------


def due(store: Store, day: date) -> list[Row]:
    sql = "select * from revision_due where as_of = $day order by due_on"
    return rows(store, sql, day=day)


def fact(store: Store, day: date) -> Row:
    (row,) = rows(store, "select * from revision_fact where as_of = $day", day=day)
    return row


def test_a_stage_is_late_from_the_day_after_its_planned_one(store: Store) -> None:
    revision = held(store, opened(store))
    planned = revision.stages[0].planned_on
    assert planned
    on_time, late = fact(store, planned), fact(store, planned.replace(day=planned.day + 1))
    assert (on_time["stages_late"], on_time["days_late"], on_time["stage"]) == (0, 0, "initiation")
    assert (late["stages_late"], late["days_late"], late["is_late"]) == (1, 1, 0)
    states = [due(store, day)[0]["state"] for day in (date(2023, 1, 2), planned, date(2023, 1, 20))]
    assert states == ["due_soon", "due_soon", "late"]


def test_a_stage_done_later_was_open_before(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, "initiation", on=date(2023, 2, 10))
    assert fact(store, date(2023, 2, 9))["stage"] == "initiation"
    after = fact(store, date(2023, 2, 10))
    assert (after["stage"], after["stages_done"], after["stages_late"]) == ("risk_assessment", 1, 0)


def test_a_revision_is_late_from_the_day_after_its_target(store: Store) -> None:
    opened(store)
    on_target, after = fact(store, TARGET), fact(store, date(2024, 1, 1))
    assert (on_target["is_late"], on_target["days_to_target"]) == (0, 0)
    assert (after["is_late"], after["days_to_target"]) == (1, -1)
    target = [row for row in due(store, TARGET) if row["due_on"] == TARGET]
    assert [(row["state"], row["days"]) for row in target] == [("due_soon", 0)]
    assert {row["state"] for row in due(store, date(2024, 1, 1))} == {"late"}


def test_before_its_start_and_after_its_end_nothing_of_a_revision_is_due(store: Store) -> None:
    revision_id = ready(store)
    assert due(store, date(2022, 12, 31)) == []
    assert rows(store, "select * from revision_fact where as_of = date '2022-12-31'") == []
    finish(store, revision_id)
    assert len(due(store, date(2023, 11, 19))) == 2
    assert due(store, ISSUED) == []
    assert fact(store, ISSUED)["document_number"] == "高管发〔2023〕8号"


def test_a_plan_whose_revision_is_over_its_target_is_late_from_the_day_after(store: Store) -> None:
    opened(store)
    sql = "select is_revision_late from plan_fact where as_of = $day"
    assert rows(store, sql, day=TARGET) == [{"is_revision_late": 0}]
    assert rows(store, sql, day=TARGET + timedelta(days=1)) == [{"is_revision_late": 1}]


def test_a_revision_is_not_shown_from_the_day_its_plan_is_repealed(store: Store) -> None:
    plan = held(store, opened(store)).plan
    repealed = replace(plan.value, lifecycle="repealed", repealed_on=date(2023, 6, 1))
    plans.RECORD_TYPE.save(
        store, repealed, actor=CLERK, today=TODAY, record_id=plan.id, row_version=plan.row_version
    )
    assert fact(store, date(2023, 5, 31))["status"] == "open"
    assert due(store, date(2023, 5, 31))
    assert rows(store, "select id from revision_fact where as_of = date '2023-06-01'") == []
    assert due(store, date(2023, 6, 1)) == []


def test_a_stage_counts_as_planned_from_its_day(store: Store) -> None:
    planned = held(store, opened(store)).stages[0].planned_on
    assert planned
    days = (planned - timedelta(days=1), planned)
    assert [fact(store, day)["stages_planned"] for day in days] == [0, 1]


def test_what_happened_on_the_first_and_the_last_day_is_told(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, "initiation", on=date(2023, 3, 1))
    day = timedelta(days=1)

    def told(since: date, until: date) -> list[str]:
        return [row["change"] for row in revisions.changes_since(store, since, until)]

    assert told(START, START) == ["opened"]
    assert told(START + day, date(2023, 3, 1) - day) == []
    assert told(date(2023, 3, 1), date(2023, 3, 1)) == ["done"]
    assert told(START - day, START - day) == []


@pytest.mark.parametrize(("first_day", "number"), [(ISSUED, 1), (ISSUED + timedelta(days=1), 0)])
@pytest.mark.parametrize("is_abandoned", [False, True])
def test_a_revision_that_ended_on_the_first_day_ended_in_the_period(
    store: Store, first_day: date, number: int, is_abandoned: bool
) -> None:
    revision_id = ready(store)
    if is_abandoned:
        revision_finish.abandon(store, revision_id, "合并", actor=CLERK, today=ISSUED)
    else:
        finish(store, revision_id)
    found = store.one("revision_figures", as_of=TODAY, first_day=first_day)
    assert found
    assert found["abandoned" if is_abandoned else "finished"] == number
    ended = store.query("revision_list", as_of=TODAY, status=None, ended_from=first_day)
    assert len(ended) == number


def test_what_is_due_has_the_columns_that_all_dues_have(store: Store) -> None:
    opened(store)
    (first, _target) = due(store, date(2023, 1, 2))
    assert list(first) == [
        "as_of", "source", "subject_type", "subject_id", "subject", "rule", "state", "due_on",
        "days", "unit_id", "unit", "citation", "text", "is_verified",
    ]  # fmt: skip
    assert (first["subject"], first["unit"], first["text"]) == (
        "地震应急预案",
        "应急管理局",
        "initiation",
    )


def test_what_changed_since_a_day_is_told_once(store: Store) -> None:
    revision_id = ready(store)
    mark(store, revision_id, "approval", on=date(2023, 11, 1))
    finish(store, revision_id)
    told = revisions.changes_since(store, date(2023, 11, 1), TODAY)
    assert [(str(row["happened_on"]), row["change"], row["stage"]) for row in told] == [
        ("2023-11-20", "finished", ""),
        ("2023-11-20", "done", "issue"),
        ("2023-11-01", "done", "approval"),
    ]
    assert len(revisions.changes_since(store, START, TODAY)) == 10
    assert revisions.changes_since(store, date(2023, 11, 21), TODAY) == []


# --- what may be changed afterwards --------------------------------------------------------------


def test_publishing_keeps_the_filing_day_that_was_typed_into_the_version(store: Store) -> None:
    revision_id = ready(store)
    finish(store, revision_id)
    plan = held(store, revision_id).plan
    filed = date(2023, 11, 25)
    old, new = plan.value.versions
    plans.RECORD_TYPE.save(
        store, replace(plan.value, versions=(old, replace(new, filed_on=filed))),
        actor=CLERK, today=TODAY, record_id=plan.id, row_version=plan.row_version,
    )  # fmt: skip
    mark(store, revision_id, "publication", on=TODAY)
    version = held(store, revision_id).version
    assert version
    assert (version.filed_on, version.published_on) == (filed, TODAY)


def test_nothing_is_filed_before_it_was_issued(store: Store) -> None:
    revision_id = ready(store)
    finish(store, revision_id)
    with pytest.raises(ValidationError, match="2023-11-20"):
        mark(store, revision_id, "filing", on=ISSUED - timedelta(days=1))
    mark(store, revision_id, "filing", on=ISSUED)
    version = held(store, revision_id).version
    assert version
    assert version.filed_on == ISSUED


def test_a_target_may_move_to_an_earlier_day_when_stages_were_done_early(store: Store) -> None:
    revision_id = opened(store)
    mark(store, revision_id, *BEFORE_ISSUE[:5], on=date(2023, 2, 1))
    earlier = date(2023, 6, 30)
    revision_planning.replan(store, revision_id, target_on=earlier, actor=CLERK, today=TODAY)
    stages = held(store, revision_id).stages
    assert stages[-1].planned_on == earlier
    assert all(
        stage.planned_on and stage.planned_on <= earlier for stage in stages if not stage.is_closed
    )


def test_an_abandoned_revision_that_goes_on_and_ends_is_finished(store: Store) -> None:
    revision_id = ready(store)
    revision_finish.abandon(store, revision_id, "误点", actor=CLERK, today=TODAY)
    plan = held(store, revision_id).plan
    again = replace(plan.value.revisions[0], completed_on=None)
    plans.RECORD_TYPE.save(
        store, replace(plan.value, revisions=(again,)), actor=CLERK, today=TODAY,
        record_id=plan.id, row_version=plan.row_version,
    )  # fmt: skip
    finish(store, revision_id)
    revision = held(store, revision_id)
    assert (revision.status, revision.value.end_reason) == ("finished", "")
