"""Every page × every role, through the frame: who may see it does, who may not is told so."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import permissions
from drillbook.accounts.permissions import Person, Role
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.entry import drill_log, paste_grid
from drillbook.records import findings
from drillbook.records.sessions import Session, SessionUnit
from drillbook.ui.components import current_user, navigation
from tests.accounts import matrix
from tests.pages.log_screen import texts
from tests.people import (
    LEAD,
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.ui.app_page import open_page

REFUSED = "您的账号没有此项权限"
ROLES: tuple[Role, ...] = ("viewer", "unit_clerk", "clerk", "lead", "administrator")
URLS = [page.url_path for page in navigation.PAGES]


def be(monkeypatch: pytest.MonkeyPatch, role: Role, unit_id: str | None = None) -> Person:
    person = Person("孙宇", role, f"account-{role}", "sunyu", unit_id)
    monkeypatch.setattr(current_user, "holder", lambda: person)
    return person


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("url_path", URLS)
def test_a_page_is_shown_to_those_it_is_meant_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, role: Role, url_path: str
) -> None:
    be(monkeypatch, role, "unit" if role == "unit_clerk" else None)
    app = open_page(url_path)
    assert not app.exception
    allowed = matrix.may(role, "page", url_path)
    is_first = navigation.page_at(url_path) is navigation.DEFAULT
    if allowed or is_first:
        # Whoever may not see the first page is led to the first one he may see.
        assert app.title
        assert REFUSED not in texts(app)
    else:
        assert not app.title
        assert REFUSED in texts(app)


@pytest.mark.parametrize("url_path", URLS)
def test_nobody_sees_a_page_without_a_session(
    store: Store, monkeypatch: pytest.MonkeyPatch, url_path: str
) -> None:
    app = AppTest.from_file(str(navigation.PAGES_FOLDER.parent / "drillbook/ui/shell/frame.py"))
    monkeypatch.setattr(current_user, "holder", lambda: None)
    app.query_params["id"] = "1"
    app.run()
    assert not app.exception
    assert not app.title
    assert not app.dataframe
    assert any("drillbook-signed-out" in shown.proto.body for shown in app.get("html"))


# --- buttons that write -----------------------------------------------------------------------

NEW = {
    "sessions": "drill_session",
    "plans": "plan",
    "teams": "team",
    "units": "unit",
    "mechanisms": "mechanism",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("url_path", NEW)
def test_only_those_who_may_write_are_offered_a_new_record(
    store: Store, monkeypatch: pytest.MonkeyPatch, role: Role, url_path: str
) -> None:
    be(monkeypatch, role, "unit" if role == "unit_clerk" else None)
    table = NEW[url_path]
    keys = [button.key for button in open_page(url_path).button]
    may = matrix.may(role, "page", url_path) and matrix.may(role, "write", table)
    assert (f"{table}_new_list" in keys) == may


ADD = {
    "sessions": lambda store, unit: add_session(store, host=unit),
    "programme": lambda store, unit: add_planned_drill(store, add_programme(store), host=unit),
    "plans": lambda store, unit: add_plan(store),
    "teams": lambda store, unit: add_team(store),
    "units": lambda store, unit: unit,
}
TABLES = {**NEW, "programme": "planned_drill"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("url_path", ADD)
def test_only_those_who_may_write_are_offered_to_change_and_to_void(
    store: Store, monkeypatch: pytest.MonkeyPatch, role: Role, url_path: str
) -> None:
    unit, table = add_unit(store), TABLES[url_path]
    record = ADD[url_path](store, unit)
    be(monkeypatch, role, unit if role == "unit_clerk" else None)
    keys = {button.key for button in open_page(url_path, id=record).button}
    may = matrix.may(role, "page", url_path) and matrix.may(role, "write", table)
    for action in ("main", "void"):
        assert (f"{table}_{action}" in keys) == may, action


@pytest.mark.parametrize("url_path", NEW)
def test_the_address_of_a_form_gives_no_more_than_its_button(
    store: Store, monkeypatch: pytest.MonkeyPatch, url_path: str
) -> None:
    be(monkeypatch, "viewer")
    app = open_page(url_path, id="new")
    assert REFUSED in texts(app)
    assert not app.text_input


def test_a_viewer_reads_a_record_and_changes_nothing_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = add_session(store, host=add_unit(store))
    be(monkeypatch, "viewer")
    for query in ({"id": session}, {"id": session, "edit": "main"}):
        app = open_page("sessions", **query)
        assert app.title[0].value == "防汛应急演练"
        keys = {button.key for button in app.button}
        assert not keys & {"drill_session_main", "drill_session_void", "drill_session_restore"}
        assert not app.text_input


def test_a_form_left_open_writes_nothing_after_the_session_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "clerk")
    app = open_page("units", id="new")
    app.text_input(key="unit:new:name").set_value("第三小学")
    # The frame still finds somebody when the run begins; the write asks anew.
    monkeypatch.setattr(current_user, "actor", _gone)
    app.button(key="unit:new#save").click().run()
    assert store.query("unit_choices") == []
    assert app.text_input(key="unit:new:name").value == "第三小学"
    assert "登录已失效" in texts(app)


def _gone(_permission: str) -> None:
    raise permissions.AccessError("登录已失效")


# --- a clerk of one unit ----------------------------------------------------------------------


@pytest.fixture
def two_schools(store: Store) -> dict[str, str]:
    """Two schools with a drill each, planned and held."""
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    programme = add_programme(store)
    return {
        "own": own,
        "other": other,
        "own_session": add_session(store, "第一小学疏散演练", host=own),
        "other_session": add_session(store, "第二小学疏散演练", host=other),
        "own_item": add_planned_drill(store, programme, "一小消防演练", host=own),
        "other_item": add_planned_drill(store, programme, "二小消防演练", host=other, number=2),
        "team": add_team(store),
    }


def everything(app: AppTest) -> str:
    """Return all that a page says, lists and selections included."""
    frames = [frame.value.to_csv() for frame in app.dataframe]
    options = [str(box.options) for box in app.selectbox]
    titles = [title.value for title in app.title]
    return "\n".join([texts(app), *frames, *options, *titles])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_units_clerk_sees_his_units_drills_only(
    store: Store, two_schools: dict[str, str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    be(monkeypatch, "unit_clerk", two_schools["own"])
    for url_path, own, other in (
        ("sessions", "第一小学疏散演练", "第二小学疏散演练"),
        ("programme", "一小消防演练", "二小消防演练"),
    ):
        said = everything(open_page(url_path, language, year="2023"))
        assert own in said
        assert other not in said
        assert other not in everything(open_page(url_path, language, voided="1"))


@pytest.mark.parametrize("edit", [{}, {"edit": "main"}])
def test_the_address_of_another_units_drill_leads_nowhere(
    store: Store, two_schools: dict[str, str], monkeypatch: pytest.MonkeyPatch, edit: dict[str, str]
) -> None:
    be(monkeypatch, "unit_clerk", two_schools["own"])
    for url_path, record in (("sessions", "other_session"), ("programme", "other_item")):
        app = open_page(url_path, id=two_schools[record], **edit)
        assert "没有这条记录" in texts(app)
        assert "二小" not in everything(app)
        assert "第二小学" not in everything(app)


def test_a_units_clerk_is_offered_his_units_items_and_hosts_by_himself(
    store: Store, two_schools: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "unit_clerk", two_schools["own"])
    app = open_page("log", planned_drill=two_schools["other_item"])
    assert "二小消防演练" not in everything(app)
    assert app.multiselect(key="log:hosts").value == [two_schools["own"]]


def test_a_units_clerk_cannot_log_a_drill_of_another_unit(
    store: Store, two_schools: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "unit_clerk", two_schools["own"])
    app = open_page("log")
    app.text_input(key="log:name").set_value("别人的演练")
    app.text_input(key="log:participants").set_value("30")
    app.multiselect(key="log:hosts").set_value([])
    app.button(key="log_save").click().run()
    assert "第一小学" in texts(app)
    assert len(store.query("session_list", **_all(), bound_unit_id=None)) == 2


def _all() -> dict[str, None]:
    names = "first_day last_day event_class form membership host planned_drill_id search"
    return dict.fromkeys(names.split())


# --- a crafted client of a clerk of one unit ----------------------------------------------------


@pytest.fixture
def strangers(store: Store, two_schools: dict[str, str]) -> dict[str, str]:
    """Every kind of record of another unit's that a form could be asked for: id → name."""
    finding = findings.Finding(
        two_schools["other_session"], "别校的问题", kind="other", severity="minor"
    )
    found = findings.RECORD_TYPE.save(store, finding, actor=Actor("x"), today=TODAY)
    return {
        two_schools["other_session"]: "第二小学疏散演练",
        two_schools["other_item"]: "二小消防演练",
        found: "别校的问题",
    }


FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("sessions", {"id": "own_session", "edit": "main"}),
    ("sessions", {"edit": "new"}),
    ("findings", {"edit": "new"}),
    ("findings", {"edit": "new", "session": "other_session"}),
)


@pytest.mark.parametrize(("url_path", "query"), FORMS)
def test_no_selection_tells_the_name_of_another_units_record(
    store: Store,
    two_schools: dict[str, str],
    strangers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    url_path: str,
    query: dict[str, str],
) -> None:
    be(monkeypatch, "unit_clerk", two_schools["own"])
    asked = {name: two_schools.get(value, value) for name, value in query.items()}
    keys = [box.key for box in open_page(url_path, **asked).selectbox if box.key]
    assert keys
    for other, name in strangers.items():
        app = open_page(url_path, claims=dict.fromkeys(keys, other), **asked)
        assert name not in everything(app)
        assert all(name not in str(error.value) for error in app.exception)


def test_a_warning_of_duplicates_names_no_drill_of_another_unit(
    store: Store, two_schools: dict[str, str]
) -> None:
    clerk = Person("孙宇", "unit_clerk", unit_id=two_schools["own"])
    hosts = (SessionUnit(two_schools["other"]), SessionUnit(two_schools["own"], "participant"))
    again = Session("第二小学疏散演练", date(2023, 6, 15), units=hosts)
    assert drill_log.likely_duplicates(store, clerk, again) == []
    assert drill_log.likely_duplicates(store, LEAD, again)


def test_the_grid_means_no_item_of_another_unit_and_fills_nothing_in(
    store: Store, two_schools: dict[str, str]
) -> None:
    clerk = Person("孙宇", "unit_clerk", unit_id=two_schools["own"])
    row = paste_grid.empty_row() | {"held_on": "2023-06-15", "name": "演练", "participants": "5"}
    for planned in ("二小消防演习", "二小消防演练", "2"):
        rows = [row | {"planned_drill": planned}]
        (checked,) = paste_grid.Checker(store, 2023, TODAY, clerk).check(rows).rows
        assert "2. 二小消防演练" not in str(checked.problems)
        assert checked.typed.session.planned_drill_id is None
        assert two_schools["other"] not in str(checked.typed.session)
    rows = [row | {"planned_drill": "二小消防演习"}]
    assert "2. 二小消防演练" in str(paste_grid.Checker(store, 2023, TODAY, LEAD).check(rows))
    assert drill_log.prefill(store, clerk, two_schools["other_item"])["hosts"] == []
    assert drill_log.prefill(store, clerk, two_schools["own_item"])["hosts"] == [two_schools["own"]]


def test_whoever_may_not_add_units_adds_none_by_typing_a_name(
    store: Store, two_schools: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = be(monkeypatch, "unit_clerk", two_schools["own"])
    app = open_page("log")
    app.text_input(key="log:name").set_value("新单位的演练")
    app.text_input(key="log:participants").set_value("30")
    app.multiselect(key="log:hosts").set_value([two_schools["own"], "凭空的单位"])
    app.button(key="log_save").click().run()
    assert "凭空的单位" in texts(app)
    assert "凭空的单位" not in str(store.query("unit_choices"))
    row = paste_grid.empty_row() | {"held_on": "2023-06-15", "name": "演练", "participants": "5"}
    checker = paste_grid.Checker(store, 2023, TODAY, person)
    (checked,) = checker.check([row | {"hosts": "第一小学、凭空的单位"}]).rows
    assert not checked.is_good
    (known,) = checker.check([row | {"hosts": "第一小学"}]).rows
    assert known.is_good
