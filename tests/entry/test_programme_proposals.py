"""Proposals for a year's programme: what makes one, how they merge, and the items made of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.core import clock
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.entry import programme_proposals, proposal_words, proposed_programme
from drillbook.entry.programme_proposals import Gathered
from drillbook.entry.proposal_words import Proposal
from drillbook.entry.proposed_programme import Choice
from drillbook.operations.opening import open_store
from drillbook.records import programmes, sessions
from drillbook.records.programmes import PlannedDrillUnit
from drillbook.records.sessions import SessionTeam
from tests.conftest import copied
from tests.examples import examples
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

END = date(2023, 12, 31)
YEAR = 2024


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with use_language("zh"):
        yield


def propose(store: Store, as_of: date = END) -> dict[str, Proposal]:
    return {found.key: found for found in programme_proposals.propose(store, YEAR, as_of)}


def sources(proposal: Proposal) -> list[str]:
    return [reason.source for reason in proposal.reasons]


def items(store: Store) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(
            "select planned_drill.* from planned_drill inner join programme"
            " on planned_drill.programme_id = programme.id"
            " where programme.year = $year and planned_drill.voided_at is null order by number",
            {"year": YEAR},
        )


# --- what is proposed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_proposed"),
    [
        ({}, True),
        ({"postponed_on": date(2023, 9, 1), "status_reason": "台风"}, True),
        ({"cancelled_on": date(2023, 9, 1)}, False),
        # Postponed only after the day that is asked about: not held all the same.
        ({"postponed_on": date(2024, 1, 5)}, True),
    ],
)
def test_an_item_that_was_not_held_is_carried_over(
    store: Store, fields: dict[str, Any], is_proposed: bool
) -> None:
    host = add_unit(store)
    units = (PlannedDrillUnit(host, "host", "牵头组织"),)
    item = add_planned_drill(
        store,
        add_programme(store),
        number=7,
        form="tabletop",
        due_from=date(2023, 2, 1),
        due_to=date(2023, 2, 28),
        target_sessions=2,
        units=units,
        **fields,
    )
    found = propose(store).get(f"item:{item}")
    assert (found is not None) == is_proposed
    if found is None:
        return
    assert (found.name, found.form, found.target_sessions) == ("防汛应急演练", "tabletop", 2)
    assert (found.due_from, found.due_to) == (date(2024, 2, 1), date(2024, 2, 28))
    assert found.units == units
    assert "2023年第7项" in found.reasons[0].in_words()


def test_an_item_that_was_begun_is_not_carried_over(store: Store) -> None:
    item = add_planned_drill(store, add_programme(store), target_sessions=2)
    add_session(store, planned_drill_id=item, held_on=date(2023, 12, 31))
    assert f"item:{item}" not in propose(store)
    assert f"item:{item}" in propose(store, date(2023, 12, 30))


def test_the_29th_of_february_becomes_the_28th() -> None:
    assert programme_proposals._in_year(date(2024, 2, 29), 2025) == date(2025, 2, 28)
    assert programme_proposals._in_year(date(2024, 2, 29), 2028) == date(2028, 2, 29)


def test_a_plan_never_drilled_is_proposed_as_a_tabletop_of_its_lead_unit(store: Store) -> None:
    lead = add_unit(store)
    plan = add_plan(
        store,
        "高区地震应急预案",
        category="joint",  # which no rule asks to drill
        lead_unit_id=lead,
        event_class="natural_disaster",
        hazard="earthquake",
    )
    found = propose(store)[f"plan:{plan}"]
    assert (found.name, found.form, found.host_ids) == ("高区地震应急演练", "tabletop", (lead,))
    assert found.due_to == date(2024, 12, 31)
    assert [reason.code for reason in found.reasons] == ["plan", "hazard"]
    assert "hazard:earthquake" not in propose(store)
    add_session(store, "地震演练", plan_id=plan, held_on=date(2021, 1, 1), form="operational")
    assert f"plan:{plan}" not in propose(store)


def test_a_hazard_nobody_drilled_is_proposed_but_not_ticked(store: Store) -> None:
    found = propose(store)["hazard:earthquake"]
    assert found.is_optional
    assert found.name == "地震灾害应急演练"
    add_session(store, hazard="earthquake", event_class="natural_disaster")
    assert "hazard:earthquake" not in propose(store)


def test_all_teams_without_a_joint_drill_make_one_proposal(store: Store) -> None:
    first, second = add_team(store, "甲队"), add_team(store, "乙队")
    assert [reason.name for reason in propose(store)[proposal_words.TEAMS].reasons] == [
        "乙队",
        "甲队",
    ]
    add_session(store, teams=(SessionTeam(first), SessionTeam(second)))
    assert proposal_words.TEAMS not in propose(store)


def test_one_drill_answers_all_reasons_about_one_plan(store: Store) -> None:
    plan = add_plan(store, hazard="earthquake", event_class="natural_disaster")
    item = add_planned_drill(store, add_programme(store), plan_id=plan)
    found = propose(store)
    assert sources(found[f"item:{item}"]) == ["carried_over", "rule", "coverage", "coverage"]
    assert f"plan:{plan}" not in found
    assert not found[f"item:{item}"].is_optional


def test_two_items_of_one_plan_stay_two_drills(store: Store) -> None:
    plan, programme = add_plan(store), add_programme(store)
    first = add_planned_drill(store, programme, "东片演练", plan_id=plan)
    second = add_planned_drill(store, programme, "西片演练", plan_id=plan, number=2)
    found = propose(store)
    assert {f"item:{first}", f"item:{second}"} <= set(found)


def test_what_the_year_has_planned_already_is_not_proposed(store: Store) -> None:
    plan = add_plan(store)
    programme = add_programme(store, YEAR)
    planned = add_planned_drill(store, programme, "别的名称", plan_id=plan)
    assert f"plan:{plan}" not in propose(store)
    programmes.RECORD_TYPE.void(store, planned, "重复", 1, actor=CLERK)
    assert f"plan:{plan}" in propose(store)


RULE = {
    "rule": "DRILL-3Y",
    "subject_type": "plan",
    "subject": "地震应急预案",
    "state": "normal",
    "unit_id": None,
    "citation": "《某办法》第二十二条",
    "text": "条文",
    "is_verified": True,
    "interval_count": 3,
    "interval_unit": "year",
}
PLAN = {
    "id": "p1",
    "title": "地震应急预案",
    "event_class": "natural_disaster",
    "hazard": "earthquake",
    "lead_unit_id": "u1",
    "last_held_on": date(2021, 5, 1),
    "last_form": "operational",
}


@pytest.mark.parametrize(
    ("due_on", "due_to"),
    [
        (None, date(2024, 3, 31)),
        (date(2023, 12, 31), date(2024, 3, 31)),
        (date(2024, 1, 1), date(2024, 1, 1)),
        (date(2024, 5, 12), date(2024, 5, 12)),
        (date(2024, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_rule_that_falls_due_sets_the_day_and_what_is_late_comes_first(
    due_on: date | None, due_to: date
) -> None:
    rule = RULE | {"subject_id": "p1", "due_on": due_on}
    (found,) = programme_proposals.proposals(Gathered(plans=[PLAN], rules=[rule]), YEAR)
    assert (found.key, found.due_to, found.form) == ("plan:p1", due_to, "operational")
    assert found.host_ids == ("u1",)
    words = found.reasons[0].in_words()
    assert "《某办法》第二十二条" in words
    assert "待核" not in words


def test_a_rule_nobody_verified_says_so() -> None:
    rule = RULE | {"subject_id": "p1", "due_on": date(2024, 5, 1), "is_verified": False}
    (found,) = programme_proposals.proposals(Gathered(plans=[PLAN], rules=[rule]), YEAR)
    assert "待核" in found.reasons[0].in_words()


def test_a_half_yearly_rule_of_a_unit_asks_for_two_sessions() -> None:
    rule = RULE | {
        "subject_type": "unit",
        "subject_id": "u9",
        "subject": "远澜化工",
        "unit_id": "u9",
        "due_on": date(2024, 2, 1),
        "interval_count": 6,
        "interval_unit": "month",
    }
    (found,) = programme_proposals.proposals(Gathered(rules=[rule]), YEAR)
    assert (found.key, found.target_sessions, found.host_ids) == ("unit:u9", 2, ("u9",))
    # The duty is the unit's: the office decides whether its programme names it.
    assert found.is_optional


def test_a_finding_asks_for_another_drill_of_its_plan_in_the_first_half_year() -> None:
    finding = {
        "id": "f1",
        "text": "通讯录过期",
        "severity": "major",
        "session_id": "s1",
        "session": "地震演练",
        "held_on": date(2023, 5, 12),
        "event_class": "natural_disaster",
        "hazard": "earthquake",
        "plan_id": "p1",
        "unit_id": "u2",
    }
    rule = RULE | {"subject_id": "p1", "due_on": date(2024, 9, 1)}
    (found,) = programme_proposals.proposals(
        Gathered(plans=[PLAN], rules=[rule], findings=[finding]), YEAR
    )
    assert sources(found) == ["rule", "finding"]
    assert found.due_to == date(2024, 6, 30)
    assert "通讯录过期" in found.reasons[1].in_words()
    (without,) = programme_proposals.proposals(
        Gathered(findings=[finding | {"plan_id": None}]), YEAR
    )
    assert (without.key, without.host_ids) == ("hazard:earthquake", ("u2",))


# --- properties ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def facts(demo_register: Any, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """What the sample years say at the end of 2023, with rules and findings beside it."""

    path = tmp_path_factory.mktemp("facts") / "register.duckdb"
    copied(demo_register, path)
    opened = open_store(path)
    known = programme_proposals.gather(opened, YEAR, END)
    opened.close()
    rules = [
        RULE | {"subject_id": plan["id"], "subject": plan["title"], "due_on": day}
        for plan, day in zip(known.plans, [None, END, date(2024, 6, 1)] * 20, strict=False)
    ]
    return replace(known, rules=rules)


@settings(max_examples=examples(40), deadline=None)
@given(seed=st.integers())
def test_the_order_of_the_rows_changes_nothing(facts: Gathered, seed: int) -> None:
    chance = random.Random(seed)
    shuffled = {name: chance.sample(list(rows), len(rows)) for name, rows in vars(facts).items()}
    assert programme_proposals.proposals(
        Gathered(**shuffled), YEAR
    ) == programme_proposals.proposals(facts, YEAR)


@settings(max_examples=examples(20), deadline=None)
@given(year=st.integers(2001, 2098))
def test_no_proposal_lies_outside_its_year(facts: Gathered, year: int) -> None:
    for found in programme_proposals.proposals(facts, year):
        assert found.due_to is None or found.due_to.year == year
        assert found.due_from is None or found.due_from.year == year
        assert found.reasons


@pytest.mark.parametrize("today", [date(2001, 1, 1), date(2023, 12, 31), date(2090, 6, 1)])
def test_proposals_never_depend_on_the_clock(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    expected = programme_proposals.propose(demo_store, YEAR, END)
    monkeypatch.setattr(clock, "today", lambda: today)
    monkeypatch.setattr(clock, "now", lambda: datetime(today.year, today.month, today.day))
    assert programme_proposals.propose(demo_store, YEAR, END) == expected
    assert expected


def test_names_are_the_offices_whatever_the_visitor_speaks(store: Store) -> None:
    add_plan(store, "高区地震应急预案")
    with use_language("en"):
        names = {found.name for found in programme_proposals.propose(store, YEAR, END)}
    assert "高区地震应急演练" in names


# --- the programme ------------------------------------------------------------------------------


def make(store: Store, *choices: Choice) -> proposed_programme.Made:
    return proposed_programme.make(store, YEAR, choices, actor=CLERK, today=TODAY)


def accepted(store: Store) -> list[Choice]:
    return [Choice.of(found) for found in programme_proposals.propose(store, YEAR, END)]


def test_accepted_proposals_become_a_draft_programme_in_order(demo_store: Store) -> None:
    choices = accepted(demo_store)[:5]
    made = make(demo_store, *choices)
    found = items(demo_store)
    assert [row["number"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["name"] for row in found] == [choice.name for choice in choices]
    assert made.is_new_programme
    programme = demo_store.record("programme", made.programme_id)
    assert programme
    assert (programme["approved_on"], programme["title"]) == (None, "2024年度应急演练计划")
    states = demo_store.query("planned_drill_standing", id=found[0]["id"], as_of=date(2024, 1, 1))
    assert states[0]["status"] == "not_started"
    assert "结转" in found[0]["note"]
    for item in made.item_ids:
        lines = demo_store.query("record_history", subject_type="planned_drill", subject_id=item)
        assert [line["action"] for line in lines] == ["insert"]


def test_what_was_made_is_not_proposed_and_not_made_again(demo_store: Store) -> None:
    choices = accepted(demo_store)
    first = make(demo_store, *choices)
    assert len(first.item_ids) == len(choices)
    assert programme_proposals.propose(demo_store, YEAR, END) == ()
    again = make(demo_store, *choices)
    assert (again.item_ids, again.is_new_programme) == ((), False)
    assert len(items(demo_store)) == len(choices)


def test_a_year_that_has_its_programme_gets_the_items_after_its_last(store: Store) -> None:
    programme = add_programme(store, YEAR)
    add_planned_drill(store, programme, "已有的演练", number=9)
    add_plan(store)
    choice = next(c for c in accepted(store) if c.proposal.plan_id)
    made = make(store, choice)
    assert (made.programme_id, made.is_new_programme) == (programme, False)
    assert [row["number"] for row in items(store)] == [9, 10]


def test_an_edited_proposal_is_made_as_it_was_edited(store: Store) -> None:
    first, second = add_unit(store, "应急管理局"), add_unit(store, "建设局")
    add_plan(store, lead_unit_id=first)
    choice = next(c for c in accepted(store) if c.proposal.plan_id)
    edited = replace(
        choice,
        name="改了名的演练",
        host_ids=(second,),
        due_to=date(2024, 5, 12),
        target_sessions=3,
    )
    (item,) = make(store, edited).item_ids
    stored = programmes.RECORD_TYPE.load(store, item)
    assert stored
    assert (stored.value.name, stored.value.target_sessions) == ("改了名的演练", 3)
    assert stored.value.due_to == date(2024, 5, 12)
    assert [(unit.unit_id, unit.role) for unit in stored.value.units] == [(second, "host")]


def test_one_bad_item_makes_none(store: Store) -> None:
    add_plan(store, "地震应急预案")
    good, bad = accepted(store)[:2]
    with pytest.raises(ValidationError, match=bad.name):
        make(store, good, replace(bad, target_sessions=0))
    assert items(store) == []
    assert programmes.years(store) == {}


def test_undoing_voids_what_was_made_and_it_can_be_made_anew(demo_store: Store) -> None:
    choices = accepted(demo_store)[:3]
    made = make(demo_store, *choices)
    proposed_programme.undo(demo_store, made, actor=CLERK)
    assert items(demo_store) == []
    assert YEAR not in programmes.years(demo_store).values()
    again = make(demo_store, *choices)
    assert (again.programme_id, again.is_new_programme) == (made.programme_id, True)
    assert len(items(demo_store)) == 3


def test_undoing_keeps_a_programme_in_which_there_is_more(store: Store) -> None:
    add_plan(store)
    made = make(store, *accepted(store)[:1])
    add_planned_drill(store, made.programme_id, "另加的演练", number=20)
    proposed_programme.undo(store, made, actor=CLERK)
    assert [row["name"] for row in items(store)] == ["另加的演练"]
    assert YEAR in programmes.years(store).values()


def test_undoing_is_refused_once_something_was_held_or_changed(store: Store) -> None:
    add_plan(store)
    made = make(store, *accepted(store)[:1])
    (item,) = made.item_ids
    session = add_session(store, planned_drill_id=item)
    with pytest.raises(DrillbookError, match="已登记在其中一项之下"):
        proposed_programme.undo(store, made, actor=CLERK)
    sessions.RECORD_TYPE.void(store, session, "重复", 1, actor=CLERK)
    stored = programmes.RECORD_TYPE.load(store, item)
    assert stored
    renamed = replace(stored.value, name="改过的名称")
    programmes.RECORD_TYPE.save(
        store, renamed, actor=CLERK, today=TODAY, record_id=item, row_version=1
    )
    with pytest.raises(StaleError):
        proposed_programme.undo(store, made, actor=CLERK)
    assert len(items(store)) == 1


def test_a_hazard_of_another_class_does_not_keep_a_drill_out(store: Store) -> None:
    plan = add_plan(store, event_class="natural_disaster", hazard="earthquake")
    programme = add_programme(store)
    item = add_planned_drill(store, programme, plan_id=plan, event_class="accident_disaster")
    choice = proposed_programme.Choice.of(propose(store)[f"item:{item}"])
    made = proposed_programme.make(store, 2024, [choice], actor=CLERK, today=TODAY)
    stored = programmes.RECORD_TYPE.load(store, made.item_ids[0])
    assert stored
    assert (stored.value.event_class, stored.value.hazard) == ("accident_disaster", None)
