"""What each record type of the register refuses, and what it keeps."""

from __future__ import annotations

from datetime import date, time

import pytest

from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.db.store import Store
from drillbook.operations import data_checks
from drillbook.records import office_events, plans, programmes, sessions, teams, units
from tests.people import (
    CLERK,
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

pytestmark = pytest.mark.usefixtures("en")


def session_problems(**fields: object) -> dict[str, str]:
    given = {"name": "防汛演练", "held_on": date(2023, 6, 1), "participants": 10} | fields
    return sessions.problems(sessions.Session(**given), TODAY)  # type: ignore[arg-type]


def test_a_good_session_has_no_problems() -> None:
    assert session_problems() == {}


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "……"}),
        ("name", {"name": "演" * 100_000}),
        ("summary", {"summary": "字" * 5_001}),
        ("held_on", {"held_on": None}),
        ("held_on", {"held_on": date(2034, 1, 11)}),
        ("held_on", {"held_on": date(1023, 6, 1)}),
        ("ends_at", {"starts_at": time(10), "ends_at": time(9)}),
        ("reported_on", {"reported_on": date(2023, 5, 31)}),
        ("reported_on", {"reported_on": date(2024, 1, 12)}),
        ("participants", {"participants": -1}),
        ("participants", {"participants": 1_000_000}),
        ("participants", {"participants": None}),
        ("observers", {"observers": 5}),
        ("participants", {"participants_kind": "many"}),
        ("event_class", {"event_class": "flood"}),
        ("hazard", {"event_class": "public_health", "hazard": "earthquake"}),
        ("form", {"form": "综合"}),
        ("units", {"units": (sessions.SessionUnit("a"), sessions.SessionUnit("a"))}),
        ("units", {"units": (sessions.SessionUnit("a", role="boss"),)}),
        ("teams", {"teams": (sessions.SessionTeam("a", members=-2),)}),
    ],
)
def test_a_bad_session_gets_a_sentence_at_its_field(field: str, fields: dict[str, object]) -> None:
    found = session_problems(**fields)
    assert list(found) == [field]
    assert found[field].endswith(".")


def test_all_problems_are_told_at_once_and_nothing_is_saved(store: Store) -> None:
    bad = sessions.Session("  ", date(2033, 1, 1), participants=-5, planned_drill_id="gone")
    with pytest.raises(ValidationError) as refused:
        sessions.RECORD_TYPE.save(store, bad, actor=CLERK, today=TODAY)
    assert set(refused.value.problems) == {"name", "held_on", "participants", "planned_drill_id"}
    assert [row["records"] for row in store.query("register_size")] == []


def test_a_session_is_kept_with_its_units_and_teams(store: Store) -> None:
    unit, team = add_unit(store), add_team(store)
    session = sessions.Session(
        "防汛演练",
        date(2023, 6, 1),
        participants=200,
        participants_kind="over",
        starts_at=time(9, 30),
        units=(sessions.SessionUnit(unit, "host", participants=50),),
        teams=(sessions.SessionTeam(team, 12),),
        summary="转移群众；<b>演练</b> =1+1",
    )
    session_id = sessions.RECORD_TYPE.save(store, session, actor=CLERK, today=TODAY)
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored is not None
    assert stored.value == session


def test_blanks_and_unseen_characters_around_a_text_are_dropped(store: Store) -> None:
    unit_id = add_unit(store, " 应急\u200b管理局\u202e \n")
    assert store.record("unit", unit_id)["name"] == "应急管理局"


def test_hostile_text_is_kept_as_text(store: Store) -> None:
    name = "'); drop table unit; -- <script>alert(1)</script> =cmd|x"
    unit_id = add_unit(store, name)
    assert store.record("unit", unit_id)["name"] == name


def test_a_units_names_lead_to_one_unit_however_they_are_spelt(store: Store) -> None:
    add_unit(store, "消防救援大队", short_name="消防大队", aliases="高区消防、消防队")
    for other in ("消防救援 大队", "消防大队", "高区消防"):
        with pytest.raises(ValidationError, match="already the unit"):
            add_unit(store, other)


def test_a_renamed_unit_frees_its_old_name(store: Store) -> None:
    unit_id = add_unit(store, "安监局")
    units.RECORD_TYPE.save(
        store, units.Unit("应急管理局"), actor=CLERK, today=TODAY, record_id=unit_id, row_version=1
    )
    assert add_unit(store, "安监局") != unit_id


def test_a_record_in_use_is_not_voided(store: Store) -> None:
    unit_id = add_unit(store)
    add_session(store, host=unit_id)
    with pytest.raises(DrillbookError, match="防汛应急演练"):
        units.RECORD_TYPE.void(store, unit_id, "合并", 1, actor=CLERK)


def test_voiding_needs_a_reason_and_can_be_undone(store: Store) -> None:
    unit_id = add_unit(store)
    with pytest.raises(ValidationError):
        units.RECORD_TYPE.void(store, unit_id, "  ", 1, actor=CLERK)
    units.RECORD_TYPE.void(store, unit_id, "登记错误", 1, actor=CLERK)
    assert store.query("unit_choices") == []
    units.RECORD_TYPE.restore(store, unit_id, 2, actor=CLERK, today=TODAY)
    assert [row["name"] for row in store.query("unit_choices")] == ["应急管理局"]
    with pytest.raises(ValidationError, match="already the unit"):
        add_unit(store)


def test_a_voided_record_is_changed_by_nobody_until_it_is_restored(store: Store) -> None:
    unit_id = add_unit(store)
    units.RECORD_TYPE.void(store, unit_id, "并入", 1, actor=CLERK)
    for row_version in (1, 2):
        with pytest.raises(DrillbookError):
            units.RECORD_TYPE.save(
                store, units.Unit("改名"), actor=CLERK, today=TODAY,
                record_id=unit_id, row_version=row_version,
            )  # fmt: skip
    row = store.record("unit", unit_id)
    assert row is not None
    assert (row["name"], row["row_version"]) == ("应急管理局", 2)
    units.RECORD_TYPE.restore(store, unit_id, 2, actor=CLERK, today=TODAY)
    units.RECORD_TYPE.save(
        store, units.Unit("改名"), actor=CLERK, today=TODAY, record_id=unit_id, row_version=3
    )


def test_a_voided_name_can_be_used_anew_and_then_blocks_the_restore(store: Store) -> None:
    team_id = add_team(store)
    teams.RECORD_TYPE.void(store, team_id, "登记错误", 1, actor=CLERK)
    add_team(store)
    with pytest.raises(ValidationError, match="already in the register"):
        teams.RECORD_TYPE.restore(store, team_id, 2, actor=CLERK, today=TODAY)


def test_a_year_has_one_programme_and_a_number_one_item(store: Store) -> None:
    programme = add_programme(store)
    add_planned_drill(store, programme)
    with pytest.raises(ValidationError, match="already has a programme"):
        add_programme(store)
    with pytest.raises(ValidationError, match="already taken"):
        add_planned_drill(store, programme, "地震演练")
    assert programmes.next_number(store, programme) == 2


def test_a_planned_drill_keeps_hosts_and_the_division_of_responsibilities(store: Store) -> None:
    host, helper = add_unit(store, "应急管理局"), add_unit(store, "教育分局")
    lines = (
        programmes.PlannedDrillUnit(host, "host", "统筹", 0),
        programmes.PlannedDrillUnit(helper, "participant", "组织学校疏散", 1),
    )
    drill = add_planned_drill(store, add_programme(store), units=lines)
    stored = programmes.RECORD_TYPE.load(store, drill)
    assert stored is not None
    assert stored.value.units == lines


def test_due_dates_must_be_in_order() -> None:
    drill = programmes.PlannedDrill("p", "演练", due_from=date(2023, 6, 2), due_to=date(2023, 6, 1))
    assert list(programmes.problems(drill, TODAY)) == ["due_to"]


def test_a_plan_has_one_open_revision_and_versions_with_their_own_numbers() -> None:
    plan = plans.Plan(
        "地震应急预案",
        versions=(plans.PlanVersion(1), plans.PlanVersion(1)),
        revisions=(plans.PlanRevision(), plans.PlanRevision()),
    )
    assert list(plans.problems(plan, TODAY)) == ["versions", "revisions"]


def test_two_plans_do_not_share_a_title(store: Store) -> None:
    add_plan(store, "地震应急预案")
    with pytest.raises(ValidationError, match="this title"):
        add_plan(store, "地震 应急预案")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("kind", {"kind": "private"}),
        ("fields", {"fields": "flying"}),
        ("latitude", {"latitude": 137.5}),
        ("longitude", {"longitude": 237.5}),
        ("dissolved_on", {"founded_on": date(2023, 2, 1), "dissolved_on": date(2023, 1, 1)}),
        ("strength", {"strength": (teams.TeamStrength(date(2023, 1, 1), -1),)}),
        ("equipment", {"equipment": (teams.TeamEquipment("艇"), teams.TeamEquipment("艇"))}),
    ],
)
def test_a_bad_team_gets_a_sentence_at_its_field(field: str, fields: dict[str, object]) -> None:
    team = teams.Team("海上搜救队", **fields)  # type: ignore[arg-type]
    assert list(teams.problems(team, TODAY)) == [field]


def test_likely_duplicates_share_day_host_and_a_similar_name(store: Store) -> None:
    host, other = add_unit(store, "应急管理局"), add_unit(store, "建设局")
    add_session(store, "2023年防汛应急演练", host=host)

    def found(name: str, unit: str, day: date = date(2023, 6, 15)) -> int:
        typed = sessions.Session(name, day, units=(sessions.SessionUnit(unit),))
        return len(sessions.likely_duplicates(store, typed))

    assert found("防汛应急演练", host) == 1
    assert found("防汛应急演练", other) == 0
    assert found("防汛应急演练", host, date(2023, 6, 16)) == 0
    assert found("燃气泄漏处置", host) == 0


def test_the_checks_name_what_is_missing_and_are_silent_when_all_is_well(store: Store) -> None:
    host = add_unit(store)
    drill = add_planned_drill(store, add_programme(store), host=host)
    add_session(store, planned_drill_id=drill, host=host)
    assert {result.code: result.rows for result in data_checks.run(store) if result.rows} == {}
    add_session(store, "消防演练", participants=None)
    with store.write(CLERK) as tx:
        tx.execute("update drill_session set planned_drill_id = 'gone' where name = '消防演练'")
    found = {result.code for result in data_checks.run(store) if result.rows}
    assert found == {"session_without_host", "session_count_unknown", "reference_missing"}


# --- what rules measure -------------------------------------------------------------------------


def test_assessments_trainings_and_marks_are_kept(store: Store) -> None:
    assessed = plans.PlanAssessment(date(2023, 3, 1), "应急管理局", "适用")
    plan = plans.RECORD_TYPE.load(store, add_plan(store, assessments=(assessed,)))
    assert plan
    assert plan.value.assessments == (assessed,)
    trained = teams.TeamTraining(date(2023, 5, 1), "水域救援")
    team = teams.RECORD_TYPE.load(store, add_team(store, trainings=(trained,)))
    assert team
    assert team.value.trainings == (trained,)
    unit = units.RECORD_TYPE.load(store, add_unit(store, is_public_safety=True))
    assert unit
    assert unit.value.is_public_safety
    session = add_session(store, reported_on=date(2023, 6, 20))
    held = sessions.RECORD_TYPE.load(store, session)
    assert held
    assert held.value.reported_on == date(2023, 6, 20)


def test_nothing_that_rules_measure_lies_in_the_future() -> None:
    later = date(2024, 1, 12)
    plan = plans.Plan("预案", assessments=(plans.PlanAssessment(later),))
    assert set(plans.problems(plan, TODAY)) == {"assessments"}
    team = teams.Team("队伍", trainings=(teams.TeamTraining(later),))
    assert set(teams.problems(team, TODAY)) == {"trainings"}
    event = office_events.OfficeEvent("other", later)
    assert set(office_events.problems(event, TODAY)) == {"happened_on"}
