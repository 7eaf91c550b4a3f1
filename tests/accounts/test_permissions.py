"""The policy table names everything there is, and every role gets what it is meant to have."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import cast, get_args

import pytest
from starlette.routing import Route

from drillbook.accounts import accounts, permissions, unit_access
from drillbook.accounts.permissions import PERMISSIONS, AccessError, Permission, Person, Role
from drillbook.cli.framework import KINDS
from drillbook.cli.main import command_line
from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import attachments, finding_with_actions
from drillbook.records.corrective_actions import Action
from drillbook.records.evaluations import Evaluation
from drillbook.records.findings import Finding
from drillbook.records.sessions import Session, SessionUnit
from drillbook.ui.components import navigation
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from tests.accounts import matrix
from tests.people import TODAY, add_planned_drill, add_programme, add_session, add_team, add_unit

POLICY: dict[str, Mapping[str, Permission]] = {
    "right": {right: right for right in get_args(Permission)},
    "page": permissions.PAGES,
    "write": permissions.WRITES,
    "import": permissions.IMPORTS,
    "route": permissions.ROUTES,
    "command": permissions.COMMANDS,
}


@pytest.mark.parametrize("kind", POLICY)
def test_the_policy_and_the_written_matrix_name_the_same(kind: str) -> None:
    assert set(POLICY[kind]) == matrix.names(kind)


@pytest.mark.parametrize("who", matrix.PEOPLE)
def test_everybody_may_what_the_written_matrix_says_and_nothing_else(who: str) -> None:
    person = None if who == "stranger" else Person("a", cast(Role, who), "1")
    granted = {
        (kind, name)
        for kind, policy in POLICY.items()
        for name, right in policy.items()
        if permissions.may(person, right)
    }
    assert granted == {one for one, people in matrix.ALLOWED.items() if who in people}


def test_the_written_matrix_knows_every_role() -> None:
    assert set(matrix.PEOPLE) == {"stranger", *get_args(Role)} == {"stranger", *PERMISSIONS}


@pytest.mark.parametrize("who", get_args(Role))
def test_writing_is_asked_of_the_table_and_refused_in_words(who: Role) -> None:
    person = Person("a", who, "1")
    for table in permissions.WRITES:
        assert person.may_write(table) == matrix.may(who, "write", table), table
    for right in get_args(Permission):
        if matrix.may(who, "right", right):
            person.require(right)
        else:
            with pytest.raises(AccessError):
                person.require(right)


def test_every_page_is_in_the_policy_and_the_policy_names_no_other() -> None:
    assert set(permissions.PAGES) == {page.url_path for page in navigation.PAGES}


def test_every_command_is_in_the_policy_and_the_policy_names_no_other() -> None:
    assert set(permissions.COMMANDS) == set(command_line.commands)
    assert set(permissions.IMPORTS) == set(KINDS)


def test_every_route_of_the_launcher_is_in_the_policy() -> None:
    from app import app

    ours = {route.path for route in app._user_routes if isinstance(route, Route)}
    scripts = {"/dashboard", "/drillbook-texts.js", "/presence.js"}
    assert set(permissions.ROUTES) == ours - scripts


def test_every_kind_of_record_says_who_may_write_it() -> None:
    assert set(RECORD_VIEWS) | attachments.SUBJECTS <= set(permissions.WRITES)


def test_roles_grow_from_viewer_to_administrator() -> None:
    ladder = [PERMISSIONS[role] for role in permissions.ACCOUNT_ROLES]
    assert all(lower < higher for lower, higher in pairwise(ladder))
    assert PERMISSIONS["unit_clerk"] < PERMISSIONS["clerk"]


def test_a_viewer_changes_nothing_and_sees_no_telephone_number() -> None:
    viewer = Person("a", "viewer", "1")
    assert not any(viewer.may_write(table) for table in permissions.WRITES)
    assert not viewer.may("contacts")


def test_a_stranger_may_do_what_is_public_and_nothing_else() -> None:
    assert permissions.may(None, "public")
    assert not any(permissions.may(None, p) for p in PERMISSIONS["administrator"] - {"public"})


def test_what_a_role_does_not_include_is_refused_in_words() -> None:
    with use_language("zh"), pytest.raises(AccessError, match="系统管理员"):
        Person("a", "viewer", "1").require("log")


# --- a clerk of one unit ------------------------------------------------------------------------


def bound_to(unit_id: str) -> Person:
    return Person("b", "unit_clerk", "2", unit_id=unit_id)


def test_a_clerk_with_a_unit_is_that_units_clerk() -> None:
    assert permissions.effective_role("clerk", "u") == "unit_clerk"
    assert permissions.effective_role("clerk", None) == "clerk"
    assert permissions.effective_role("lead", "u") == "lead"


def test_a_units_clerk_sees_the_drills_his_unit_takes_part_in(store: Store) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    programme = add_programme(store)
    seen = {
        "drill_session": add_session(store, host=own),
        "planned_drill": add_planned_drill(store, programme, host=own),
        "programme": programme,
    }
    hidden = {
        "drill_session": add_session(store, "地震演练", host=other),
        "planned_drill": add_planned_drill(store, programme, "地震演练", host=other, number=2),
        "unit": own,
        "team": add_team(store),
    }
    person = bound_to(own)
    assert all(unit_access.sees(store, person, table, key) for table, key in seen.items())
    assert not any(unit_access.sees(store, person, table, key) for table, key in hidden.items())
    anybody = Person("a", "clerk", "1")
    assert all(unit_access.sees(store, anybody, table, key) for table, key in hidden.items())


def test_a_units_clerk_logs_only_drills_of_his_unit(store: Store, zh: None) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    foreign = add_planned_drill(store, add_programme(store), host=other)
    person = bound_to(own)
    mine = Session("防火演练", TODAY, units=(SessionUnit(other), SessionUnit(own, "participant")))
    assert unit_access.problems(store, person, mine) == {}
    theirs = Session("防火演练", TODAY, planned_drill_id=foreign, units=(SessionUnit(other),))
    found = unit_access.problems(store, person, theirs)
    assert "第一小学" in found["units"]
    assert "planned_drill_id" in found


def test_a_units_clerk_adds_no_action_to_another_units_finding(store: Store, zh: None) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    drills = {unit: add_session(store, f"演练{unit}", host=unit) for unit in (own, other)}
    found = {
        unit: finding_with_actions.add(
            store,
            Finding(drill, "通信中断"),
            actor=Actor("王敏"),
            today=TODAY,
            opens_revision=False,
        )
        for unit, drill in drills.items()
    }
    person, anybody = bound_to(own), Person("a", "clerk", "1")

    def parts(unit: str) -> list[tuple[str, object]]:
        return [
            ("finding_id", Action(found[unit], "配备中继台", owner_unit_id=own, due_on=TODAY)),
            ("session_id", Finding(drills[unit], "通信又断")),
            ("session_id", Evaluation(drills[unit], evaluated_on=TODAY, grade="good")),
        ]

    for name, part in parts(other):
        assert "您的单位" in unit_access.part_problems(store, person, part)[name]
        assert unit_access.part_problems(store, anybody, part) == {}
    for _name, part in parts(own):
        assert unit_access.part_problems(store, person, part) == {}


def test_an_account_bound_to_a_unit_must_be_a_clerks(zh: None) -> None:
    lead = accounts.Account("lead", "李", "lead", unit_id="u")
    assert "经办人员" in accounts.problems(lead, TODAY)["unit_id"]
