"""Findings come back: into a revision of the plan, or to whoever has to put them right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import (
    corrective_actions,
    evaluations,
    finding_with_actions,
    findings,
    history,
    office_settings,
    plans,
    revision_finish,
    revision_planning,
    revision_stages,
    revisions,
    rules,
    sample_data,
    sessions,
)
from drillbook.records.corrective_actions import Action
from drillbook.records.evaluations import Evaluation
from drillbook.records.findings import Finding
from drillbook.records.office_settings import OfficeSettings, Scale
from drillbook.records.plans import PlanRevision, PlanVersion
from drillbook.reports import annual_figures, due_items
from drillbook.reports.files import annual_workbook
from tests.conftest import CLERK, TODAY
from tests.people import add_plan, add_session, add_unit
from tests.raw import raw

HELD = date(2023, 6, 15)
DONE = date(2023, 7, 3)
BEFORE_ISSUE = [stage for stage, share in revisions.SHARES.items() if share < 90]


@pytest.fixture
def session(store: Store) -> str:
    return add_session(store, host=add_unit(store), held_on=HELD)


def unit_of(store: Store) -> str:
    return str(store.query("unit_choices")[0]["id"])


def add_finding(
    store: Store, session: str, *acts: Action, today: date = TODAY, **given: Any
) -> str:
    opens = bool(given.pop("opens_revision", True))
    finding = Finding(session, **({"text": "通信中断五分钟"} | given))
    return finding_with_actions.add(
        store, finding, acts, actor=CLERK, today=today, opens_revision=opens
    )


def action(store: Store, due_on: date = date(2023, 7, 15), **given: Any) -> Action:
    return Action("", "配备中继台", owner_unit_id=unit_of(store), due_on=due_on, **given)


def actions_of(store: Store, finding_id: str, as_of: date = TODAY) -> list[Row]:
    nothing = dict.fromkeys(("session_id", "owner_unit_id", "is_open", "is_late"))
    return store.query("action_list", **nothing, finding_id=finding_id, as_of=as_of)


def status(store: Store, finding_id: str) -> tuple[str, date | None]:
    row = store.record("finding", finding_id)
    assert row
    return row["status"], row["closed_on"]


def done(store: Store, action_id: str, today: date = DONE) -> None:
    corrective_actions.mark_done(
        store, action_id, version(store, action_id), actor=CLERK, today=today
    )


def verified(store: Store, action_id: str, today: date = DONE) -> None:
    held = version(store, action_id)
    corrective_actions.verify(store, action_id, held, by="李强", actor=CLERK, today=today)


def reopened(store: Store, action_id: str) -> None:
    corrective_actions.reopen(store, action_id, version(store, action_id), actor=CLERK, today=TODAY)


def version(store: Store, record_id: str, table: str = "corrective_action") -> int:
    row = store.record(table, record_id)
    assert row
    return int(row["row_version"])


def counted(store: Store, *tables: str) -> list[int]:
    with raw(store) as cursor:
        found = [cursor.execute(f"select count(*) from {table}").fetchone() for table in tables]
    return [row[0] for row in found if row]


# --- closing and opening again ------------------------------------------------------------------


def test_a_finding_is_closed_when_all_its_actions_are_done_and_verified(
    store: Store, session: str
) -> None:
    finding = add_finding(store, session, action(store), action(store))
    first, second = (row["id"] for row in actions_of(store, finding))
    done(store, first)
    done(store, second)
    verified(store, first)
    assert status(store, finding) == ("open", None)
    verified(store, second, today=date(2023, 7, 9))
    assert status(store, finding) == ("closed", date(2023, 7, 9))


def test_a_finding_without_an_action_stays_open(store: Store, session: str) -> None:
    finding = add_finding(store, session)
    assert status(store, finding) == ("open", None)


def test_taking_a_verification_back_opens_the_finding_again(store: Store, session: str) -> None:
    finding = add_finding(store, session, action(store))
    (row,) = actions_of(store, finding)
    done(store, row["id"])
    verified(store, row["id"])
    reopened(store, row["id"])
    assert status(store, finding) == ("open", None)
    (now,) = actions_of(store, finding)
    assert (now["done_on"], now["verified_by"]) == (DONE, "")
    reopened(store, row["id"])
    (now,) = actions_of(store, finding)
    assert now["done_on"] is None


def test_a_further_action_opens_a_closed_finding_and_voiding_it_closes_it(
    store: Store, session: str
) -> None:
    finding = add_finding(store, session, action(store, done_on=DONE))
    verified(store, actions_of(store, finding)[0]["id"])
    assert status(store, finding)[0] == "closed"
    further = replace(action(store), finding_id=finding)
    action_id = corrective_actions.RECORD_TYPE.save(store, further, actor=CLERK, today=TODAY)
    assert status(store, finding) == ("open", None)
    corrective_actions.RECORD_TYPE.void(store, action_id, "重复", 1, actor=CLERK)
    assert status(store, finding) == ("closed", DONE)
    corrective_actions.RECORD_TYPE.restore(store, action_id, 2, actor=CLERK, today=TODAY)
    assert status(store, finding) == ("open", None)


def test_an_action_changed_by_two_people_is_overwritten_by_neither(
    store: Store, session: str
) -> None:
    finding = add_finding(store, session, action(store))
    (row,) = actions_of(store, finding)
    done(store, row["id"])
    with pytest.raises(StaleError):
        corrective_actions.mark_done(store, row["id"], row["row_version"], actor=CLERK, today=TODAY)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"owner_unit_id": None}, "owner_unit_id"),
        ({"due_on": None}, "due_on"),
        ({"done_on": TODAY + timedelta(days=1)}, "done_on"),
        ({"verified_on": TODAY, "verified_by": "李强"}, "done_on"),
        ({"done_on": TODAY, "verified_on": TODAY}, "verified_by"),
        ({"done_on": TODAY, "verified_by": "李强"}, "verified_on"),
        (
            {"done_on": TODAY, "verified_on": TODAY - timedelta(days=1), "verified_by": "李强"},
            "verified_on",
        ),
    ],
)
def test_an_action_that_cannot_be_right_is_refused_with_a_sentence(
    store: Store, session: str, zh: None, given: dict[str, Any], field: str
) -> None:
    wrong = replace(action(store), **given)
    with pytest.raises(ValidationError) as refused:
        add_finding(store, session, wrong)
    assert refused.value.problems[f"action.{field}"].endswith("。")
    assert counted(store, "finding", "corrective_action") == [0, 0]


def test_who_owns_an_action_cannot_be_voided(store: Store, session: str) -> None:
    from drillbook.records import units

    owner = add_unit(store, "建设局")
    add_finding(store, session, replace(action(store), owner_unit_id=owner))
    with pytest.raises(DrillbookError, match="配备中继台"):
        units.RECORD_TYPE.void(store, owner, "撤销", 1, actor=CLERK)


# --- findings on a plan -------------------------------------------------------------------------


def revisions_of(store: Store, plan: str) -> list[Row]:
    return store.lines("plan_revision", plan)


def save_plan(store: Store, plan: str, **changes: Any) -> None:
    stored = plans.RECORD_TYPE.load(store, plan)
    assert stored
    plans.RECORD_TYPE.save(
        store, replace(stored.value, **changes), actor=CLERK, today=TODAY,
        record_id=plan, row_version=stored.row_version,
    )  # fmt: skip


def end_revision(store: Store, plan: str, on: date, *, with_version: bool = True) -> None:
    """End the open revision in the plan's form, with or without its new version."""
    stored = plans.RECORD_TYPE.load(store, plan)
    assert stored
    ended = tuple(replace(one, completed_on=on) for one in stored.value.revisions)
    number = len(stored.value.versions) + 1
    issued = (PlanVersion(number, issued_on=on),) if with_version else ()
    save_plan(store, plan, revisions=ended, versions=(*stored.value.versions, *issued))


def test_a_finding_on_a_plan_opens_its_revision_and_is_closed_by_the_new_version(
    store: Store, session: str
) -> None:
    lead = unit_of(store)
    plan = add_plan(store, lead_unit_id=lead)
    finding = add_finding(store, session, kind="plan", severity="major", plan_id=plan, today=DONE)
    (running,) = revisions_of(store, plan)
    assert status(store, finding) == ("in_revision", None)
    assert (running["reason"], running["kind"]) == ("drill_finding", "full")
    assert (running["owner_unit_id"], running["started_on"]) == (lead, DONE)
    assert running["target_on"] == DONE + timedelta(days=90)
    end_revision(store, plan, TODAY)
    assert status(store, finding) == ("closed", TODAY)


def test_a_second_finding_joins_the_open_revision(store: Store, session: str) -> None:
    plan = add_plan(store)
    both = [add_finding(store, session, kind="plan", plan_id=plan) for _number in range(2)]
    (running,) = revisions_of(store, plan)
    held = [store.record("finding", finding) for finding in both]
    assert [row and row["plan_revision_id"] for row in held] == [running["id"]] * 2
    assert [row and row["position"] for row in held] == [1, 2]


def test_a_revision_that_ended_without_a_version_closes_no_finding(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, action(store), kind="plan", plan_id=plan)
    end_revision(store, plan, TODAY, with_version=False)
    done(store, actions_of(store, finding)[0]["id"])
    assert status(store, finding) == ("open", None)
    held = version(store, finding, "finding")
    findings.open_revision_for(store, finding, held, actor=CLERK, today=TODAY)
    assert status(store, finding) == ("in_revision", None)


def test_a_revision_takes_in_the_findings_that_wait_for_one(store: Store, session: str) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, opens_revision=False)
    with store.write(CLERK) as tx:
        revision_planning.open_revision(
            tx, plan, kind="full", reason="drill_finding", owner_unit_id=None,
            started_on=DONE, target_on=TODAY,
        )  # fmt: skip
    assert status(store, finding) == ("in_revision", None)
    end_revision(store, plan, TODAY)
    assert status(store, finding) == ("closed", TODAY)


def test_a_revision_put_back_to_open_opens_its_findings(store: Store, session: str) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=DONE)
    before = plans.RECORD_TYPE.load(store, plan)
    assert before
    end_revision(store, plan, TODAY)
    assert status(store, finding) == ("closed", TODAY)
    save_plan(store, plan, revisions=before.value.revisions, versions=before.value.versions)
    assert status(store, finding) == ("in_revision", None)
    save_plan(store, plan, revisions=())
    assert status(store, finding) == ("open", None)


def test_a_finding_restored_after_its_revision_was_abandoned_waits_for_another(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=DONE)
    held = version(store, finding, "finding")
    findings.RECORD_TYPE.void(store, finding, "误登", held, actor=CLERK)
    (running,) = revisions_of(store, plan)
    revision_finish.abandon(store, running["id"], "撤并", actor=CLERK, today=TODAY)
    findings.RECORD_TYPE.restore(store, finding, held + 1, actor=CLERK, today=TODAY)
    assert status(store, finding) == ("open", None)


def test_a_version_issued_before_the_drill_does_not_close_its_finding(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=date(2023, 5, 2))
    end_revision(store, plan, HELD - timedelta(days=1))
    assert status(store, finding) == ("open", None)


def test_a_version_issued_on_the_day_of_the_drill_answers_its_finding(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=date(2023, 5, 2))
    end_revision(store, plan, HELD)
    assert status(store, finding) == ("closed", HELD)


def test_findings_and_their_actions_exist_from_the_day_of_the_drill(
    store: Store, session: str
) -> None:
    finding = add_finding(store, session, action(store))
    with raw(store) as cursor:
        for table in ("finding_fact", "action_fact"):
            sql = f"select count(*) from {table} where as_of = $as_of"
            found = [
                cursor.execute(sql, {"as_of": day}).fetchone()
                for day in (HELD - timedelta(days=1), HELD)
            ]
            assert found == [(0,), (1,)], table
    assert standing(store, finding, HELD) == ("open", "open")


def test_a_finding_is_in_revision_from_the_first_day_of_its_revision(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=DONE)
    days = (DONE - timedelta(days=1), DONE)
    assert [standing(store, finding, day)[0] for day in days] == ["open", "in_revision"]


def test_a_finding_on_a_repealed_plan_is_closed_by_its_actions(store: Store, session: str) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, action(store), kind="plan", plan_id=plan, today=DONE)
    save_plan(store, plan, lifecycle="repealed", repealed_on=TODAY)
    assert status(store, finding) == ("open", None)
    held = version(store, finding, "finding")
    with pytest.raises(DrillbookError, match="废止"):
        findings.open_revision_for(store, finding, held, actor=CLERK, today=TODAY)
    (row,) = actions_of(store, finding)
    done(store, row["id"])
    verified(store, row["id"])
    assert status(store, finding) == ("closed", DONE)


def test_a_corrected_note_opens_no_finding_that_a_version_closed(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, action(store), kind="plan", plan_id=plan)
    end_revision(store, plan, TODAY)
    (row,) = actions_of(store, finding)
    stored = corrective_actions.RECORD_TYPE.load(store, row["id"])
    assert stored
    corrective_actions.RECORD_TYPE.save(
        store, replace(stored.value, note="补记"), actor=CLERK, today=TODAY,
        record_id=stored.id, row_version=stored.row_version,
    )  # fmt: skip
    assert status(store, finding) == ("closed", TODAY)


def test_what_a_voided_drill_showed_keeps_no_plan(store: Store, session: str) -> None:
    plan = add_plan(store)
    add_finding(store, session, kind="plan", plan_id=plan)
    held = version(store, plan, "plan")
    with pytest.raises(DrillbookError, match="1"):
        plans.RECORD_TYPE.void(store, plan, "重复", held, actor=CLERK)
    sessions.RECORD_TYPE.void(
        store, session, "重复", version(store, session, "drill_session"), actor=CLERK
    )
    plans.RECORD_TYPE.void(store, plan, "重复", held, actor=CLERK)
    assert plans.RECORD_TYPE.load(store, plan).is_void  # type: ignore[union-attr]


def test_an_action_opened_again_opens_a_finding_that_a_version_closed(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, action(store, done_on=DONE), kind="plan", plan_id=plan)
    end_revision(store, plan, TODAY)
    assert status(store, finding)[0] == "closed"
    (row,) = actions_of(store, finding)
    reopened(store, row["id"])
    assert status(store, finding) == ("open", None)
    done(store, row["id"])
    verified(store, row["id"])
    assert status(store, finding) == ("closed", DONE)


def test_who_may_not_open_a_revision_joins_one_or_leaves_the_finding_waiting(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    waiting = Finding(session, "疏散半径不符", kind="plan", plan_id=plan)
    finding = finding_with_actions.add(
        store, waiting, actor=CLERK, today=TODAY, opens_revision=False
    )
    assert status(store, finding) == ("open", None)
    assert revisions_of(store, plan) == []
    held = version(store, finding, "finding")
    findings.open_revision_for(store, finding, held, actor=CLERK, today=TODAY)
    assert status(store, finding)[0] == "in_revision"
    joining = finding_with_actions.add(
        store, waiting, actor=CLERK, today=TODAY, opens_revision=False
    )
    assert status(store, joining)[0] == "in_revision"
    assert len(revisions_of(store, plan)) == 1


def test_a_finding_that_is_on_no_plan_after_all_leaves_the_revision(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan)
    stored = findings.RECORD_TYPE.load(store, finding)
    assert stored
    findings.RECORD_TYPE.save(
        store,
        replace(stored.value, kind="people"),
        actor=CLERK,
        today=TODAY,
        record_id=finding,
        row_version=stored.row_version,
    )
    row = store.record("finding", finding)
    assert row
    assert (row["plan_id"], row["plan_revision_id"], row["status"]) == (None, None, "open")
    assert len(revisions_of(store, plan)) == 1


def test_a_finding_on_a_plan_names_the_plan(store: Store, session: str, zh: None) -> None:
    with pytest.raises(ValidationError) as refused:
        add_finding(store, session, kind="plan")
    assert list(refused.value.problems) == ["plan_id"]


def test_a_failure_leaves_neither_finding_nor_action_nor_revision(
    store: Store, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = add_plan(store)
    tables = ("finding", "corrective_action", "plan_revision", "audit_event")
    before = counted(store, *tables)
    opened = revision_planning.open_revision

    def fails(*given: Any, **named: Any) -> str:
        opened(*given, **named)
        raise duckdb.Error("the disk is gone")

    monkeypatch.setattr(revision_planning, "open_revision", fails)
    with pytest.raises(duckdb.Error, match="the disk is gone"):
        add_finding(store, session, action(store), kind="plan", plan_id=plan)
    assert counted(store, *tables) == before


def test_a_failed_action_leaves_no_finding_and_no_new_unit(store: Store, session: str) -> None:
    from drillbook.records import unit_creation

    tables = ("finding", "corrective_action", "unit", "audit_event")
    before = counted(store, *tables)
    named = replace(action(store), owner_unit_id=unit_creation.marked("新单位"))
    gone = replace(action(store), owner_unit_id="no-such-unit")
    with pytest.raises(ValidationError):
        add_finding(store, session, named, gone)
    assert counted(store, *tables) == before


def test_an_earlier_state_of_a_finding_can_be_put_back(store: Store, session: str) -> None:
    finding = add_finding(store, session)
    stored = findings.RECORD_TYPE.load(store, finding)
    assert stored
    findings.RECORD_TYPE.save(
        store,
        replace(stored.value, text="改过的说法"),
        actor=CLERK,
        today=TODAY,
        record_id=finding,
        row_version=stored.row_version,
    )
    events = store.query("record_history", subject_type="finding", subject_id=finding)
    history.put_back(
        store,
        findings.RECORD_TYPE,
        finding,
        events[0]["id"],
        version(store, finding, "finding"),
        actor=CLERK,
        today=TODAY,
    )
    row = store.record("finding", finding)
    assert row
    assert row["text"] == "通信中断五分钟"


# --- evaluations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "excellent"),
        (90, "excellent"),
        (89.9, "good"),
        (89, "good"),
        (80, "good"),
        (79, "pass"),
        (60, "pass"),
        (59, "fail"),
        (0, "fail"),
    ],
)
def test_the_grade_follows_from_the_score(score: float, grade: str) -> None:
    graded = evaluations.graded(Evaluation("s", score=score), Scale())
    assert graded.grade == grade


def test_the_offices_own_scale_counts_and_given_grades_stay(store: Store, session: str) -> None:
    def evaluate() -> str:
        given = Evaluation(session, evaluated_on=DONE, score=85)
        graded = evaluations.graded(given, office_settings.load(store).scale())
        return evaluations.RECORD_TYPE.save(store, graded, actor=CLERK, today=TODAY)

    before = evaluate()
    own = OfficeSettings(grade_excellent="85", grade_good="70", grade_pass="55")
    office_settings.save(store, own, actor=CLERK)
    after = evaluate()
    grades = [store.record("session_evaluation", one) for one in (before, after)]
    assert [row and row["grade"] for row in grades] == ["good", "excellent"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"grade_excellent": "80"}, "grade_good"),
        ({"grade_pass": "-1"}, "grade_pass"),
        ({"grade_good": "good"}, "grade_good"),
        ({"grade_excellent": "101"}, "grade_excellent"),
        ({"action_days": "soon"}, "action_days"),
    ],
)
def test_a_scale_that_makes_no_sense_is_refused(
    store: Store, wrong: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        office_settings.save(store, OfficeSettings(**wrong), actor=CLERK)
    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"score": 101.0, "grade": "excellent"}, "score"),
        ({"score": -1.0, "grade": "fail"}, "score"),
        ({}, "score"),
        ({"score": 90.0, "grade": "good"}, "grade"),
        ({"grade": "good", "evaluated_on": HELD - timedelta(days=1)}, "evaluated_on"),
        ({"grade": "good", "evaluated_on": TODAY + timedelta(days=1)}, "evaluated_on"),
        ({"grade": "good", "kind": "nobody"}, "kind"),
    ],
)
def test_an_evaluation_that_cannot_be_right_is_refused(
    store: Store, session: str, given: dict[str, Any], field: str
) -> None:
    wrong = Evaluation(session, **({"evaluated_on": DONE} | given))
    with pytest.raises(ValidationError) as refused:
        evaluations.RECORD_TYPE.save(store, wrong, actor=CLERK, today=TODAY)
    assert list(refused.value.problems) == [field]


def test_a_session_is_evaluated_while_it_has_an_evaluation(store: Store, session: str) -> None:
    def state() -> str:
        row = store.record("drill_session", session)
        assert row
        return str(row["status"])

    given = Evaluation(session, evaluated_on=DONE, grade="good")
    evaluation = evaluations.RECORD_TYPE.save(store, given, actor=CLERK, today=TODAY)
    assert state() == "evaluated"
    evaluations.RECORD_TYPE.void(store, evaluation, "登记有误", 1, actor=CLERK)
    assert state() == "logged"
    evaluations.RECORD_TYPE.restore(store, evaluation, 2, actor=CLERK, today=TODAY)
    assert state() == "evaluated"


def test_an_archived_session_stays_archived(store: Store) -> None:
    session = add_session(store, status="archived")
    given = Evaluation(session, evaluated_on=DONE, grade="good")
    evaluation = evaluations.RECORD_TYPE.save(store, given, actor=CLERK, today=TODAY)
    evaluations.RECORD_TYPE.void(store, evaluation, "登记有误", 1, actor=CLERK)
    row = store.record("drill_session", session)
    assert row
    assert row["status"] == "archived"


# --- as of a day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state", "days"),
    [
        (date(2023, 7, 7), "normal", 8),
        (date(2023, 7, 8), "due_soon", 7),
        (date(2023, 7, 15), "due_soon", 0),
        (date(2023, 7, 16), "late", -1),
        (date(2023, 7, 20), "done", -5),
    ],
)
def test_an_action_stands_differently_on_either_side_of_its_dates(
    store: Store, session: str, as_of: date, state: str, days: int
) -> None:
    finding = add_finding(store, session, action(store, done_on=date(2023, 7, 20)))
    (row,) = actions_of(store, finding, as_of)
    assert (row["state"], row["days"]) == (state, days)
    with raw(store) as cursor:
        sql = "select state, days, unit, source from action_due where as_of = $as_of"
        due = cursor.execute(sql, {"as_of": as_of}).fetchall()
    assert due == ([] if state == "done" else [(state, days, "应急管理局", "action")])


def test_how_early_an_action_is_due_soon_is_the_offices_to_say(store: Store, session: str) -> None:
    finding = add_finding(store, session, action(store))
    office_settings.save(store, OfficeSettings(action_soon_days="3"), actor=CLERK)
    days = (date(2023, 7, 11), date(2023, 7, 12))
    assert [actions_of(store, finding, day)[0]["state"] for day in days] == ["normal", "due_soon"]


def standing(store: Store, finding: str, as_of: date) -> tuple[str, str]:
    with raw(store) as cursor:
        sql = "select status, standing from finding_fact where id = $id and as_of = $as_of"
        row = cursor.execute(sql, {"id": finding, "as_of": as_of}).fetchone()
    assert row
    return row


@pytest.mark.parametrize(
    ("severity", "days", "expected"),
    [("major", 90, "open"), ("major", 91, "late"), ("moderate", 91, "open")],
)
def test_a_major_finding_on_a_plan_is_late_after_the_days_without_a_revision(
    store: Store, session: str, severity: str, days: int, expected: str
) -> None:
    plan = add_plan(store)
    waiting = Finding(session, "疏散半径不符", kind="plan", severity=severity, plan_id=plan)
    finding = finding_with_actions.add(
        store, waiting, actor=CLERK, today=TODAY, opens_revision=False
    )
    assert standing(store, finding, HELD + timedelta(days=days)) == ("open", expected)


def waiting(store: Store, session: str, plan: str, **given: Any) -> str:
    major: dict[str, Any] = {"kind": "plan", "severity": "major", "plan_id": plan}
    return add_finding(store, session, **(major | given), opens_revision=False)


def revise_due(store: Store, as_of: date) -> list[tuple[str, str, date | None]]:
    found = due_items.items(store, as_of, rule="REVISE-AFTER-DRILL")
    return [(row["subject_id"], row["state"], row["due_on"]) for row in found]


def test_the_rule_names_the_plan_and_its_article_until_a_revision_begins(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = waiting(store, session, plan)
    by = HELD + timedelta(days=90)
    assert revise_due(store, HELD - timedelta(days=1)) == []
    assert revise_due(store, by) == [(plan, "due_soon", by)]
    late = by + timedelta(days=1)
    assert revise_due(store, late) == [(plan, "late", by)]
    (row,) = due_items.items(store, late, rule="REVISE-AFTER-DRILL")
    assert "《生产安全事故应急条例》" in row["citation"]
    held = version(store, finding, "finding")
    findings.open_revision_for(store, finding, held, actor=CLERK, today=late)
    assert revise_due(store, late) == [(plan, "normal", None)]
    assert revise_due(store, by) == [(plan, "due_soon", by)]


def test_a_revision_whose_beginning_is_unknown_has_begun(store: Store, session: str) -> None:
    plan = add_plan(store, revisions=(PlanRevision(),))
    finding = add_finding(store, session, kind="plan", severity="major", plan_id=plan)
    late = HELD + timedelta(days=91)
    assert standing(store, finding, late) == ("in_revision", "open")
    assert revise_due(store, late) == [(plan, "normal", None)]


def test_a_plan_repealed_later_was_late_before(store: Store, session: str) -> None:
    plan = add_plan(store)
    waiting(store, session, plan)
    late = HELD + timedelta(days=91)
    save_plan(store, plan, lifecycle="repealed", repealed_on=late + timedelta(days=1))
    assert [state for _id, state, _on in revise_due(store, late)] == ["late"]
    assert revise_due(store, late + timedelta(days=1)) == []


def test_a_plan_with_several_major_findings_is_asked_for_one_revision(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    later = add_session(store, "再次演练", held_on=HELD + timedelta(days=9))
    waiting(store, later, plan)
    waiting(store, session, plan)
    by = HELD + timedelta(days=90)
    assert revise_due(store, by) == [(plan, "due_soon", by)]


def change_rule(store: Store, **changes: Any) -> None:
    with raw(store) as cursor:
        (found,) = cursor.execute(
            "select id from rule where code = 'REVISE-AFTER-DRILL'"
        ).fetchall()
    stored = rules.RECORD_TYPE.load(store, found[0])
    assert stored
    rules.RECORD_TYPE.save(
        store, replace(stored.value, **changes), actor=CLERK, today=TODAY,
        record_id=stored.id, row_version=stored.row_version,
    )  # fmt: skip


def test_without_the_rule_no_finding_is_late_and_a_revision_has_a_target_all_the_same(
    store: Store, session: str
) -> None:
    change_rule(store, is_switched_off=True)
    plan = add_plan(store)
    finding = waiting(store, session, plan)
    assert standing(store, finding, HELD + timedelta(days=400)) == ("open", "open")
    held = version(store, finding, "finding")
    findings.open_revision_for(store, finding, held, actor=CLERK, today=DONE)
    (running,) = revisions_of(store, plan)
    assert running["target_on"] == DONE + timedelta(days=90)


def test_a_changed_rule_moves_the_day_of_findings_found_under_it(
    store: Store, session: str
) -> None:
    change_rule(store, interval_count=30)
    plan = add_plan(store)
    finding = waiting(store, session, plan)
    assert standing(store, finding, HELD + timedelta(days=30))[1] == "open"
    assert standing(store, finding, HELD + timedelta(days=31))[1] == "late"


def test_what_revisions_actions_and_rules_ask_for_stands_in_one_list(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    add_finding(store, session, action(store), kind="plan", plan_id=plan, today=HELD)
    found = due_items.items(store, HELD + timedelta(days=1))
    told = {(row["source"], row["subject_type"]) for row in found}
    assert {("revision", "plan_revision"), ("action", "corrective_action")} <= told
    keys = [(row["source"], row["rule"], row["subject_id"], row["text"]) for row in found]
    assert len(keys) == len(set(keys))


def test_finishing_the_revision_closes_its_findings_in_the_same_step(
    store: Store, session: str
) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=HELD)
    other = add_finding(store, session, text="另一条")
    (running,) = revisions_of(store, plan)
    issued = HELD + timedelta(days=40)
    for stage in BEFORE_ISSUE:
        revision_stages.stage_done(store, running["id"], stage, on=issued, actor=CLERK, today=TODAY)
    new = PlanVersion(document_number="威高管发〔2023〕9号", issued_on=issued)
    version_id = revision_finish.finish(store, running["id"], new, actor=CLERK, today=TODAY)
    assert status(store, finding) == ("closed", issued)
    assert status(store, other) == ("open", None)
    chain = store.one("finding_chain", id=finding)
    assert chain
    assert (chain["version_id"], chain["document_number"]) == (version_id, "威高管发〔2023〕9号")


def test_the_findings_of_an_abandoned_revision_wait_for_another(store: Store, session: str) -> None:
    plan = add_plan(store)
    finding = add_finding(store, session, kind="plan", plan_id=plan, today=HELD)
    (running,) = revisions_of(store, plan)
    revision_finish.abandon(store, running["id"], "撤并", actor=CLERK, today=DONE)
    assert status(store, finding) == ("open", None)
    held = version(store, finding, "finding")
    findings.open_revision_for(store, finding, held, actor=CLERK, today=DONE)
    assert status(store, finding) == ("in_revision", None)
    assert len(revisions_of(store, plan)) == 2


def test_a_closed_finding_was_open_the_day_before(store: Store, session: str) -> None:
    finding = add_finding(store, session, action(store, done_on=DONE))
    verified(store, actions_of(store, finding)[0]["id"], today=date(2023, 7, 9))
    assert standing(store, finding, date(2023, 7, 8)) == ("open", "open")
    assert standing(store, finding, date(2023, 7, 9)) == ("closed", "closed")


def test_what_belongs_to_a_voided_session_counts_nowhere(store: Store, session: str) -> None:
    add_finding(store, session, action(store))
    asked: Row = {"as_of": TODAY, "year": 2023, "bound_unit_id": None}
    figure = store.one("count_findings", **asked)
    assert figure
    assert (figure["findings"], figure["late_actions"]) == (1, 1)
    sessions.RECORD_TYPE.void(
        store, session, "重复", version(store, session, "drill_session"), actor=CLERK
    )
    figure = store.one("count_findings", **asked)
    assert figure
    assert (figure["findings"], figure["actions"]) == (0, 0)


# --- the sample years ---------------------------------------------------------------------------


def codes(store: Store, sql: str) -> set[str]:
    with raw(store) as cursor:
        return {row[0] for row in cursor.execute(sql).fetchall()}


def test_the_sample_years_show_every_state_of_findings(demo_store: Store) -> None:
    day = "as_of = date '2023-12-31'"
    assert codes(demo_store, f"select status from finding_fact where {day}") == {
        *("open", "in_revision", "closed")
    }
    assert codes(demo_store, f"select standing from finding_fact where {day}") == {
        *("open", "late", "closed")
    }
    assert codes(demo_store, f"select state from action_fact where {day}") == {
        *("normal", "due_soon", "late", "done")
    }
    assert len(codes(demo_store, "select kind from finding")) == 6
    assert len(codes(demo_store, "select severity from finding")) == 3
    assert len(codes(demo_store, "select kind from session_evaluation")) == 3
    assert len(codes(demo_store, "select grade from session_evaluation")) == 4
    assert codes(demo_store, f"select plan_title from finding_fact where {day}"
                 " and is_revision_late = 1") == {"高区生产安全事故应急预案"}  # fmt: skip


def test_the_sample_chain_ends_with_the_published_version(demo_store: Store) -> None:
    with raw(demo_store) as cursor:
        sql = "select id from finding where kind = 'plan' and status = 'closed'"
        row = cursor.execute(sql).fetchone()
    assert row
    chain = demo_store.one("finding_chain", id=row[0])
    assert chain
    assert (chain["version_number"], chain["completed_on"]) == (3, date(2023, 9, 18))


def test_the_sample_years_go_with_their_findings(demo_store: Store) -> None:
    sample_data.remove(demo_store, CLERK)
    assert counted(demo_store, "session_evaluation", "finding", "corrective_action") == [0, 0, 0]


def test_the_annual_sheet_has_a_line_for_each_action_and_masks_who_verified(
    demo_store: Store, zh: None
) -> None:
    found = annual_figures.annual(demo_store, 2023, date(2023, 12, 31))
    assert (found.findings, found.numbers["findings_closed"], found.numbers["findings_late"]) == (
        14,
        4,
        5,
    )
    for with_contacts, name in ((True, "应急管理局"), (False, "应**")):
        sheet = annual_workbook.table(demo_store, found, "findings", with_contacts=with_contacts)
        # One finding waits without an action; three others have two.
        assert len(sheet.rows) == 17
        assert name in {row[11] for row in sheet.rows}
