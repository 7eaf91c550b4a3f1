"""The sample years: loaded and removed in one action, without touching the office's own records."""

from __future__ import annotations

import re
from datetime import date

import pytest

from drillbook.core.errors import DrillbookError
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.db.tables import LINES
from drillbook.operations import data_checks
from drillbook.records import (
    attachments,
    corrective_actions,
    evaluations,
    findings,
    mechanisms,
    meetings,
    office_events,
    plans,
    programmes,
    registry,
    revisions,
    sample_data,
    sessions,
    teams,
    units,
)
from drillbook.records.record_type import RecordType
from drillbook.records.sessions import Session, SessionTeam, SessionUnit
from tests.conftest import CLERK, TODAY

RECORDS = tuple(one.table for one in registry.in_order_of_removal())


def rows(store: Store, sql: str, **parameters: object) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(sql, parameters)


def number(store: Store, table: str, where: str = "true") -> int:
    return int(rows(store, f"select count(*) as number from {table} where {where}")[0]["number"])


def id_of(store: Store, table: str, name: str) -> str:
    column = "title" if table in ("plan", "programme", "mechanism", "meeting") else "name"
    found = rows(store, f"select id from {table} where {column} = $name", name=name)
    return str(found[0]["id"])


def own_session(store: Store, **given: object) -> str:
    values = {"name": "自办演练", "held_on": date(2023, 12, 20), "participants": 9} | given
    return sessions.RECORD_TYPE.save(
        store,
        Session(**values),  # type: ignore[arg-type]
        actor=CLERK,
        today=TODAY,
    )


def origin(store: Store, record_type: RecordType, record_id: str) -> str | None:
    stored = record_type.load(store, record_id)
    return stored.origin if stored else None


def errors(store: Store) -> list[tuple[str, str]]:
    return [(r.code, str(row["label"])) for r in data_checks.run(store) for row in r.rows]


# --- what the rows are --------------------------------------------------------------------------


def test_every_row_of_the_files_becomes_a_record_marked_as_sample(demo_store: Store) -> None:
    files = {
        "unit": "units",
        "plan": "plans",
        "programme": "programmes",
        "planned_drill": "planned_drills",
        "drill_session": "sessions",
        "team": "teams",
        "mechanism": "mechanisms",
        "meeting": "meetings",
        "decision": "decisions",
        "mechanism_member": "mechanism_members",
        "plan_version": "plan_versions",
        "plan_revision": "plan_revisions",
        "revision_stage": "revision_stages",
        "planned_drill_unit": "planned_drill_units",
        "session_unit": "session_units",
        "session_team": "session_teams",
        "team_strength": "team_strength",
        "team_equipment": "team_equipment",
        "team_training": "team_trainings",
        "plan_assessment": "plan_assessments",
        "office_event": "office_events",
        "session_evaluation": "session_evaluations",
        "finding": "findings",
        "corrective_action": "corrective_actions",
    }
    for table, name in files.items():
        assert number(demo_store, table) == len(sample_data.rows(name)), table
    for table in RECORDS:
        assert number(demo_store, table, "origin <> 'sample'") == 0
    assert {path.stem for path in sample_data.FOLDER.glob("*.csv")} == set(files.values())


def test_every_column_of_the_files_is_read() -> None:
    kinds = {
        "units": units.Unit,
        "plan_versions": plans.PlanVersion,
        "plan_revisions": plans.PlanRevision,
        "revision_stages": revisions.Stage,
        "programmes": programmes.Programme,
        "planned_drills": programmes.PlannedDrill,
        "planned_drill_units": programmes.PlannedDrillUnit,
        "sessions": sessions.Session,
        "session_units": sessions.SessionUnit,
        "session_teams": sessions.SessionTeam,
        "plans": plans.Plan,
        "teams": teams.Team,
        "team_strength": teams.TeamStrength,
        "team_equipment": teams.TeamEquipment,
        "team_trainings": teams.TeamTraining,
        "plan_assessments": plans.PlanAssessment,
        "office_events": office_events.OfficeEvent,
        "session_evaluations": evaluations.Evaluation,
        "findings": findings.Finding,
        "corrective_actions": corrective_actions.Action,
        "mechanisms": mechanisms.Mechanism,
        "mechanism_members": mechanisms.MechanismMember,
        "meetings": meetings.Meeting,
        "decisions": meetings.Decision,
    }
    links = {"mechanism", "meeting"} | {
        "finding",
        "revision",
        "plan",
        "brought_version",
        "owner_unit",
        "lead_unit",
        "parent_unit",
        "item",
        "session",
        "unit",
        "team",
    }
    for name, kind in kinds.items():
        columns = set(sample_data.rows(name)[0])
        assert columns - links <= set(kind.__dataclass_fields__), name


def test_the_register_has_no_failed_check_but_sessions_nobody_counted(demo_store: Store) -> None:
    assert {code for code, _ in errors(demo_store)} == {"session_count_unknown"}


def test_the_years_show_everything_a_screen_must_show(demo_store: Store) -> None:
    year_end = "as_of = date '2023-12-31' and programme_year = 2023"
    found = rows(demo_store, f"select distinct status from planned_drill_fact where {year_end}")
    assert {row["status"] for row in found} == {
        "not_started",
        "in_progress",
        "completed",
        "postponed",
        "cancelled",
    }
    assert number(demo_store, "planned_drill_fact", f"{year_end} and due_state = 'late'") > 0
    assert number(demo_store, "planned_drill_fact", f"{year_end} and sessions_held > 1") > 3
    for year in (2022, 2023):
        for membership in ("inside", "outside"):
            where = f"held_year = {year} and membership = '{membership}'"
            assert number(demo_store, "session_fact", where) > 20
    kinds = rows(demo_store, "select distinct participants_kind as kind from session_fact")
    assert {row["kind"] for row in kinds} == {"exact", "approximate", "over", "unknown"}
    assert number(demo_store, "session_fact", "held_on_precision = 'month'") > 0
    plan_states = rows(
        demo_store, "select distinct status from plan_fact where as_of = date '2023-12-31'"
    )
    assert {row["status"] for row in plan_states} == {
        "drafting",
        "in_force",
        "under_revision",
        "repealed",
    }


def test_two_social_teams_were_founded_after_august(demo_store: Store) -> None:
    social = "kind = 'social' and as_of = date "
    assert number(demo_store, "team_fact", social + "'2023-08-31'") == 5
    assert number(demo_store, "team_fact", social + "'2023-12-31'") == 7


def test_people_and_telephones_are_invented() -> None:
    phones = [row["contact_phone"] for row in sample_data.rows("units")]
    phones += [row["duty_phone"] for row in sample_data.rows("teams")]
    assert all(re.fullmatch(r"0631-555\d{4}", phone) for phone in phones)
    people = [row["contact_name"] for row in sample_data.rows("units")]
    people += [row["leader"] for row in sample_data.rows("teams")]
    people += [row["person"] for row in sample_data.rows("mechanism_members") if row["person"]]
    assert all(name.endswith("示例") for name in people)


# --- loading ------------------------------------------------------------------------------------


def test_loading_writes_one_line_for_each_record_and_one_for_the_action(demo_store: Store) -> None:
    records = sum(number(demo_store, table) for table in RECORDS)
    assert number(demo_store, "audit_event", "action = 'insert'") == records
    (line,) = rows(demo_store, "select * from audit_event where action = 'sample_load'")
    assert (line["actor"], line["subject_type"]) == (CLERK, "register")


def test_loading_is_told_by_table(store: Store) -> None:
    added = sample_data.load(store, CLERK, TODAY)
    assert added == {table: number(store, table) for table in RECORDS}
    assert sample_data.is_loaded(store)


def test_loading_twice_is_refused_and_changes_nothing(demo_store: Store) -> None:
    before = number(demo_store, "audit_event")
    with pytest.raises(DrillbookError):
        sample_data.load(demo_store, CLERK, TODAY)
    assert number(demo_store, "audit_event") == before


def test_a_unit_the_office_has_already_is_taken_as_it_is(store: Store) -> None:
    own = units.Unit(name="高区应急管理局", kind="committee_department")
    unit_id = units.RECORD_TYPE.save(store, own, actor=CLERK, today=TODAY)
    sample_data.load(store, CLERK, TODAY)
    assert number(store, "unit", "name = '应急管理局'") == 0
    assert number(store, "session_unit", f"unit_id = '{unit_id}'") > 5
    sample_data.remove(store, CLERK)
    assert units.RECORD_TYPE.load(store, unit_id).value == own  # type: ignore[union-attr]
    assert number(store, "unit") == 1


def test_a_year_that_has_its_programme_refuses_the_samples_and_stays_as_it_was(
    store: Store,
) -> None:
    own = programmes.Programme(year=2023, title="自己的计划")
    programmes.PROGRAMMES.save(store, own, actor=CLERK, today=TODAY)
    with pytest.raises(DrillbookError, match="2023"):
        sample_data.load(store, CLERK, TODAY)
    assert number(store, "unit") == 0
    assert not sample_data.is_loaded(store)


# --- removing -----------------------------------------------------------------------------------


def test_removing_leaves_nothing_behind(demo_store: Store) -> None:
    subject = id_of(demo_store, "drill_session", "初村镇低温雨雪冰冻应急演练")
    attachments.add(
        demo_store, "drill_session", subject, "media", "照片.png", b"\x89PNG\r\n\x1a\n", actor=CLERK
    )
    removal = sample_data.remove(demo_store, CLERK)
    assert removal.kept == {}
    assert set(removal.removed) == set(RECORDS)
    for table in (*RECORDS, *LINES, "attachment"):
        assert number(demo_store, table) == 0, table
    assert not sample_data.is_loaded(demo_store)
    assert errors(demo_store) == []


def test_every_table_of_lines_belongs_to_a_record_that_is_removed() -> None:
    removed = registry.in_order_of_removal()
    assert {line.table for one in removed for line in one.line_tables} == set(LINES)


def test_removing_is_one_action_in_the_trail(demo_store: Store) -> None:
    before = number(demo_store, "audit_event")
    sample_data.remove(demo_store, CLERK)
    (line,) = rows(demo_store, "select * from audit_event where action = 'sample_remove'")
    assert (line["actor"], line["subject_type"]) == (CLERK, "register")
    assert number(demo_store, "audit_event") == before + 1


def test_what_the_offices_own_session_points_at_is_kept_and_becomes_its_own(
    demo_store: Store,
) -> None:
    item = id_of(demo_store, "planned_drill", "粮食应急保供演练")
    team = id_of(demo_store, "team", "山友山地救援队")
    host = id_of(demo_store, "unit", "海港城购物中心")
    session = own_session(
        demo_store,
        planned_drill_id=item,
        units=(SessionUnit(unit_id=host),),
        teams=(SessionTeam(team_id=team, members=5),),
    )
    removal = sample_data.remove(demo_store, CLERK)
    # The item brings its programme, its plan and its hosts; the team brings its parent unit.
    assert removal.kept == {
        "planned_drill": 1,
        "programme": 1,
        "plan": 1,
        "team": 1,
        "unit": 5,
    }
    kept_units = rows(demo_store, "select name from unit order by name")
    assert {row["name"] for row in kept_units} == {
        "海港城购物中心",
        "经济发展局",
        "市场监管局",
        "财政金融局",
        "山友户外运动协会",
    }
    assert origin(demo_store, sessions.RECORD_TYPE, session) == "entered"
    assert origin(demo_store, programmes.RECORD_TYPE, item) == "entered"
    assert origin(demo_store, teams.RECORD_TYPE, team) == "entered"
    kept_item = programmes.RECORD_TYPE.load(demo_store, item)
    assert kept_item is not None
    assert len(kept_item.value.units) == 3
    assert errors(demo_store) == []
    assert not sample_data.is_loaded(demo_store)


def test_each_kept_record_has_its_own_line_in_the_trail(demo_store: Store) -> None:
    host = id_of(demo_store, "unit", "海港城购物中心")
    own_session(demo_store, units=(SessionUnit(unit_id=host),))
    sample_data.remove(demo_store, CLERK)
    (line,) = rows(
        demo_store,
        "select * from audit_event where action = 'update' and subject_id = $id",
        id=host,
    )
    assert '"entered"' in line["after_json"]


def test_an_own_drill_in_the_sample_programme_keeps_the_programme(demo_store: Store) -> None:
    programme = id_of(demo_store, "programme", "2023年度全区应急演练计划")
    own = programmes.PlannedDrill(programme_id=programme, name="新增演练", number=28)
    programmes.RECORD_TYPE.save(demo_store, own, actor=CLERK, today=TODAY)
    assert sample_data.remove(demo_store, CLERK).kept == {"programme": 1}
    assert number(demo_store, "planned_drill") == 1
    assert origin(demo_store, programmes.PROGRAMMES, programme) == "entered"


def test_own_plans_and_teams_keep_the_units_they_name(demo_store: Store) -> None:
    lead, owner, parent = (
        id_of(demo_store, "unit", name) for name in ("建设局", "初村镇", "双岛街道")
    )
    plan = plans.Plan(
        title="自己的预案", lead_unit_id=lead, revisions=(plans.PlanRevision(owner_unit_id=owner),)
    )
    plans.RECORD_TYPE.save(demo_store, plan, actor=CLERK, today=TODAY)
    team = teams.Team(name="自己的队伍", parent_unit_id=parent)
    teams.RECORD_TYPE.save(demo_store, team, actor=CLERK, today=TODAY)
    assert sample_data.remove(demo_store, CLERK).kept == {"unit": 3}
    assert errors(demo_store) == []


def test_a_voided_record_of_the_office_still_keeps_what_it_points_at(demo_store: Store) -> None:
    host = id_of(demo_store, "unit", "海港城购物中心")
    session = own_session(demo_store, units=(SessionUnit(unit_id=host),))
    sessions.RECORD_TYPE.void(demo_store, session, "重复", 1, actor=CLERK)
    assert sample_data.remove(demo_store, CLERK).kept == {"unit": 1}
    sessions.RECORD_TYPE.restore(demo_store, session, 2, actor=CLERK, today=TODAY)
    assert origin(demo_store, units.RECORD_TYPE, host) == "entered"


def test_a_sample_record_somebody_changed_is_still_a_sample(demo_store: Store) -> None:
    record = id_of(demo_store, "team", "山友山地救援队")
    stored = teams.RECORD_TYPE.load(demo_store, record)
    assert stored is not None
    teams.RECORD_TYPE.save(
        demo_store,
        stored.value,
        actor=CLERK,
        today=TODAY,
        record_id=record,
        row_version=stored.row_version,
    )
    sample_data.remove(demo_store, CLERK)
    assert teams.RECORD_TYPE.load(demo_store, record) is None


def test_removing_from_a_register_without_samples_is_refused(store: Store) -> None:
    with pytest.raises(DrillbookError):
        sample_data.remove(store, CLERK)


def test_the_samples_can_come_back_after_they_were_removed(demo_store: Store) -> None:
    sample_data.remove(demo_store, CLERK)
    assert sum(sample_data.load(demo_store, CLERK, TODAY).values()) == sum(
        number(demo_store, table) for table in RECORDS
    )
