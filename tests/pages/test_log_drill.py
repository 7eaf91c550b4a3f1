"""The daily job on its screen: what is prefilled, kept, pointed out, saved and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import form_drafts
from drillbook.core import clock
from drillbook.db.store import Store
from drillbook.records import sessions
from drillbook.records.programmes import PlannedDrillUnit
from tests.conftest import ADMINISTRATOR
from tests.pages.log_screen import healthy, screen, texts
from tests.people import add_planned_drill, add_programme, add_session, add_team, add_unit
from tests.raw import raw

TODAY = clock.today()


class Office:
    """A small office: two units and this year's programme with two items."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.bureau = add_unit(store, short_name="应急局")
        self.brigade = add_unit(store, "消防救援大队")
        programme = add_programme(store, TODAY.year)
        self.flood = add_planned_drill(
            store,
            programme,
            units=(PlannedDrillUnit(self.bureau), PlannedDrillUnit(self.brigade, "support")),
            form="operational",
            scope="full",
            purpose="test",
            place="文化路",
            event_class="natural_disaster",
        )
        self.fire = add_planned_drill(
            store, programme, "高层建筑火灾演练", number=2, host=self.brigade, form="tabletop"
        )

    def logged(self) -> list[dict[str, Any]]:
        with raw(self.store) as cursor:
            rows = cursor.execute("select id from drill_session where voided_at is null").fetchall()
        return [vars(sessions.RECORD_TYPE.load(self.store, row[0]))["value"] for row in rows]


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


def choose(app: AppTest, planned: str) -> AppTest:
    return healthy(app.selectbox(key="log:planned_drill_id").set_value(planned).run())


def write(app: AppTest, **fields: str) -> AppTest:
    for name, text in fields.items():
        widgets = app.text_area if name == "summary" else app.text_input
        widgets(key=f"log:{name}").set_value(text)
    return healthy(app.run())


def press(app: AppTest, name: str = "save") -> AppTest:
    return healthy(app.button(key=f"log_{name}").click().run())


def held(app: AppTest, name: str) -> Any:
    return app.session_state[f"log:{name}"]


@pytest.mark.parametrize(
    ("language", "title", "save"), [("zh", "登记演练", "保存"), ("en", "Log a drill", "Save")]
)
def test_the_screen_speaks_both_languages(
    language: str, title: str, save: str, office: Office
) -> None:
    app = screen("log", language)
    assert app.title[0].value == title
    assert app.button(key="log_save").label == save


def test_an_empty_register_has_the_form_too(store: Store) -> None:
    assert screen("log").selectbox(key="log:planned_drill_id").options == ["计划外"]


def test_three_choices_and_a_number_log_a_planned_drill(office: Office) -> None:
    app = press(write(choose(screen("log"), office.flood), participants="30余"))
    assert "已登记：防汛应急演练" in texts(app)
    (session,) = office.logged()
    assert session.planned_drill_id == office.flood
    assert [(line.unit_id, line.role) for line in session.units] == [(office.bureau, "host")]
    assert (session.form, session.scope, session.purpose) == ("operational", "full", "test")
    assert (session.place, session.event_class) == ("文化路", "natural_disaster")
    assert (session.participants, session.participants_kind) == (30, "over")
    assert session.participants_raw == "30余"
    assert (session.observers_kind, session.support_kind) == ("unknown", "unknown")
    assert session.held_on == TODAY


def test_the_address_chooses_the_planned_drill(office: Office) -> None:
    app = screen("log", planned_drill=office.fire)
    assert held(app, "planned_drill_id") == office.fire
    assert held(app, "name") == "高层建筑火灾演练"


def test_an_address_that_leads_nowhere_is_passed_over(office: Office) -> None:
    app = screen("log", planned_drill="'; drop table unit; --")
    assert held(app, "planned_drill_id") == ""


def test_another_planned_drill_replaces_only_what_nobody_touched(office: Office) -> None:
    app = write(choose(screen("log"), office.flood), place="人民广场")
    app = choose(app, office.fire)
    assert held(app, "name") == "高层建筑火灾演练"
    assert held(app, "hosts") == [office.brigade]
    assert held(app, "place") == "人民广场"
    app = choose(app, "")
    assert (held(app, "name"), held(app, "hosts"), held(app, "form")) == ("", [], None)
    assert held(app, "place") == "人民广场"


def test_an_item_of_another_year_asks_for_a_look_at_the_date(store: Store) -> None:
    planned = add_planned_drill(store, add_programme(store, TODAY.year - 1))
    app = screen("log", planned_drill=planned)
    assert held(app, "planned_drill_id") == planned
    assert f"{TODAY.year - 1} 年度计划，请核对日期" in texts(app)


def test_problems_are_shown_all_at_once_and_nothing_typed_is_lost(office: Office) -> None:
    app = write(screen("log", "en"), name=" ", participants="-5", place="文化路")
    app.date_input(key="log:held_on").set_value(TODAY + timedelta(days=1))
    app = press(app)
    assert "3 fields need another look; nothing is saved yet." in texts(app)
    assert "Please fill this in." in texts(app)
    assert "negative" in texts(app)
    assert "has not come yet" in texts(app)
    assert held(app, "place") == "文化路"
    assert office.logged() == []
    app.date_input(key="log:held_on").set_value(TODAY)
    app = write(app, name="<b>演练</b>", participants="5")
    assert "another look" not in texts(app)
    assert "已登记" not in texts(app)
    press(app)
    assert [session.name for session in office.logged()] == ["<b>演练</b>"]


def test_a_kind_chosen_by_hand_stays(office: Office) -> None:
    app = write(screen("log"), name="疏散", participants="100")
    app.selectbox(key="log:participants_kind").set_value("approximate").run()
    press(write(app, participants="120"))
    (session,) = office.logged()
    assert (session.participants, session.participants_kind) == (120, "approximate")


def test_an_unknown_count_is_said_by_its_kind(office: Office) -> None:
    app = press(write(screen("log", "en"), name="疏散"))
    assert "mark it as unknown" in texts(app)
    app.selectbox(key="log:participants_kind").set_value("unknown")
    press(app)
    assert [session.participants_kind for session in office.logged()] == ["unknown"]


def test_everything_else_has_its_place(office: Office) -> None:
    team = add_team(office.store)
    app = healthy(screen("log").button(key="log:teams#add").click().run())
    app.selectbox(key="log:teams:0:team_id").set_value(team)
    app.number_input(key="log:teams:0:members").set_value(8)
    app.selectbox(key="log:units:0:unit_id").set_value(office.brigade)
    app.selectbox(key="log:units:0:role").set_value("support")
    app.number_input(key="log:units:0:participants").set_value(6)
    app.checkbox(key="log:is_no_notice").check()
    app.checkbox(key="log:is_month_only").check()
    app.multiselect(key="log:hosts").set_value([office.bureau])
    press(write(app, name="海上搜救", participants="20", weather="晴", summary="甲\n乙"))
    (session,) = office.logged()
    assert [(line.team_id, line.members) for line in session.teams] == [(team, 8)]
    assert [(line.unit_id, line.role, line.participants) for line in session.units] == [
        (office.bureau, "host", None),
        (office.brigade, "support", 6),
    ]
    assert session.is_no_notice
    assert session.held_on_precision == "month"
    assert (session.weather, session.summary) == ("晴", "甲\n乙")


def test_save_and_next_keeps_what_repeats(office: Office) -> None:
    day = TODAY - timedelta(days=3)
    app = choose(screen("log"), office.flood)
    app.date_input(key="log:held_on").set_value(day)
    app = press(write(app, place="二中", participants="40", summary="第一场"), "save_next")
    assert held(app, "planned_drill_id") == office.flood
    assert (held(app, "held_on"), held(app, "place")) == (day, "二中")
    assert (held(app, "hosts"), held(app, "form")) == ([office.bureau], "operational")
    assert (held(app, "participants"), held(app, "summary")) == ("", "")


def test_save_begins_an_empty_form(office: Office) -> None:
    app = press(write(choose(screen("log"), office.flood), participants="40"))
    assert (held(app, "name"), held(app, "planned_drill_id")) == ("", "")
    assert held(app, "held_on") == TODAY


def test_a_likely_duplicate_is_pointed_out_before_saving(office: Office) -> None:
    add_session(office.store, "防汛演练", date(2023, 6, 15), office.bureau)
    app = choose(screen("log"), office.flood)
    app.date_input(key="log:held_on").set_value(date(2023, 6, 15))
    app = press(write(app, participants="40"), "save_next")
    assert "同一主办单位当天已登记过名称相近的演练" in texts(app)
    assert len(office.logged()) == 1
    app = press(app, "another")
    assert "已登记：防汛应急演练" in texts(app)
    assert len(office.logged()) == 2
    assert held(app, "place") == "文化路"


def test_a_warning_is_over_when_the_form_changes(office: Office) -> None:
    add_session(office.store, "防汛演练", TODAY.replace(year=2023), office.bureau)
    app = choose(screen("log"), office.flood)
    app.date_input(key="log:held_on").set_value(TODAY.replace(year=2023))
    app = press(write(app, participants="40"))
    app.date_input(key="log:held_on").set_value(TODAY)
    app = healthy(app.run())
    assert "名称相近" not in texts(app)


def test_what_was_saved_can_be_taken_back(office: Office) -> None:
    app = press(write(choose(screen("log"), office.flood), participants="40"))
    app = press(app, "undo")
    assert "已撤销登记" in texts(app)
    assert office.logged() == []


def test_a_new_host_is_added_with_the_session(office: Office) -> None:
    app = screen("log")
    app.multiselect(key="log:hosts").set_value(["第一小学", "应急局"])
    app = write(app, name="地震疏散演练", participants="900")
    assert "新单位，保存时一并登记：第一小学" in texts(app)
    press(app)
    (session,) = office.logged()
    names = {row["id"]: row["name"] for row in office.store.query("unit_choices")}
    assert [names[line.unit_id] for line in session.units] == ["第一小学", "应急管理局"]


def test_a_half_typed_form_survives_a_refresh(office: Office) -> None:
    app = write(
        choose(screen("log"), office.flood), place="二中", participants="约1", summary="一半"
    )
    app = reopened()
    assert (held(app, "place"), held(app, "participants")) == ("二中", "约1")
    assert (held(app, "summary"), held(app, "participants_kind")) == ("一半", "approximate")
    assert held(app, "hosts") == [office.bureau]
    assert "尚未保存" in texts(app)
    assert "附件需要重新选择" in texts(app)
    app = choose(app, office.fire)
    assert (held(app, "name"), held(app, "place")) == ("高层建筑火灾演练", "二中")
    app = healthy(app.button(key="draft_log_afresh").click().run())
    assert (held(app, "name"), held(app, "place")) == ("", "")
    assert "尚未保存" not in texts(app)
    assert form_drafts.get(office.store, ADMINISTRATOR.account_id, "log") is None


def reopened() -> AppTest:
    """Open the page in a new session of the same person."""
    return screen("log")


def test_rows_of_units_survive_a_refresh(office: Office) -> None:
    app = screen("log")
    app.selectbox(key="log:units:0:unit_id").set_value(office.brigade)
    app = healthy(app.run())
    app = reopened()
    assert app.selectbox(key="log:units:0:unit_id").value == office.brigade


def test_an_untouched_form_leaves_no_draft(office: Office) -> None:
    screen("log")
    assert form_drafts.get(office.store, ADMINISTRATOR.account_id, "log") is None


def test_a_draft_is_written_only_when_something_changed(office: Office) -> None:
    app = write(screen("log"), place="二中")
    before = office.store.revision
    healthy(app.run())
    assert office.store.revision == before


def test_the_form_survives_a_language_switch(office: Office) -> None:
    app = write(choose(screen("log"), office.flood), place="二中", participants="30")
    app = healthy(app.button(key="frame_language").click().run())
    assert app.title[0].value == "Log a drill"
    assert (held(app, "place"), held(app, "form")) == ("二中", "operational")
    assert held(app, "planned_drill_id") == office.flood


def test_text_of_100000_characters_gets_a_sentence_and_stays(office: Office) -> None:
    app = press(write(screen("log", "en"), name="疏散", participants="1", summary="长" * 100_000))
    assert "Too long: 100000 characters" in texts(app)
    assert len(held(app, "summary")) == 100_000


def test_formula_and_markup_are_text(office: Office) -> None:
    name = "=1+1 <script>alert(1)</script> [x](http://x) $x$ :smile:"
    app = press(write(screen("log"), name=name, participants="1"))
    assert [session.name for session in office.logged()] == [name]
    assert "<script>" not in app.success[0].value.replace("\\<", "")
