"""Records are made, changed, voided, brought back, and never overwritten unseen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.db.store import Store
from drillbook.records import plans, programmes, sessions, teams, units
from drillbook.records.record_type import RecordType
from tests.conftest import COLLEAGUE
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.people import (
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.ui.app_page import open_page


def _item(store: Store) -> str:
    return add_planned_drill(store, add_programme(store))


@dataclass(frozen=True)
class Case:
    """One record type: its page, the field that names it, how to make one, what a new one needs."""

    url_path: str
    register: RecordType[Any]
    field: str
    add: Callable[[Store], str]
    needed: Callable[[AppTest], None] = lambda app: None
    before: Callable[[Store], object] = lambda store: None

    @property
    def table(self) -> str:
        return self.register.table

    def open(self, record_id: str, edit: str = "", language: str = "zh") -> AppTest:
        query = {"id": record_id} | ({"edit": edit} if edit else {})
        return healthy(open_page(self.url_path, language, **query))

    def name(self, store: Store, record_id: str) -> str:
        stored = self.register.load(store, record_id)
        assert stored
        return str(getattr(stored.value, self.field))


def _session_needs(app: AppTest) -> None:
    app.date_input(key="drill_session:new:held_on").set_value(date(2023, 6, 15))


CASES = {
    "session": Case("sessions", sessions.RECORD_TYPE, "name", add_session, _session_needs),
    "planned_drill": Case("programme", programmes.RECORD_TYPE, "name", _item, before=add_programme),
    "plan": Case(
        "plans",
        plans.RECORD_TYPE,
        "title",
        add_plan,
        lambda app: app.number_input(key="plan:new:versions:0:version_number").set_value(1),
    ),
    "team": Case(
        "teams",
        teams.RECORD_TYPE,
        "name",
        add_team,
        lambda app: app.selectbox(key="team:new:kind").select("social"),
    ),
    "unit": Case(
        "units",
        units.RECORD_TYPE,
        "name",
        add_unit,
        lambda app: app.selectbox(key="unit:new:kind").select("school"),
    ),
}
record_views = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return healthy(app.run())


@record_views
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_is_made_and_shown(store: Store, case: Case, language: str) -> None:
    case.before(store)
    app = case.open("new", language=language)
    app.text_input(key=f"{case.table}:new:{case.field}").set_value("防汛 <b>抢险</b> $x$")
    case.needed(app)
    app.run()
    press(app, f"{case.table}:new#save")
    assert [said.value.replace("\\", "") for said in app.success] == [
        ("已保存：" if language == "zh" else "Saved: ") + "防汛 <b>抢险</b> $x$"
    ]
    record_id = app.query_params["id"]
    assert case.name(store, record_id) == "防汛 <b>抢险</b> $x$"
    assert app.title[0].value.replace("\\", "") == "防汛 <b>抢险</b> $x$"


@record_views
def test_a_refused_save_keeps_what_was_typed_and_says_why(store: Store, case: Case) -> None:
    record_id = case.add(store)
    app = case.open(record_id, "main")
    key = f"{case.table}:{record_id}:main:{case.field}"
    app.text_input(key=key).set_value("  ").run()
    press(app, f"{case.table}:{record_id}:main#save")
    assert "请填写此项" in texts(app)
    assert app.text_input(key=key).value == "  "
    app.text_input(key=key).set_value("改好的名称").run()
    assert "请填写此项" not in texts(app)
    press(app, f"{case.table}:{record_id}:main#save")
    assert case.name(store, record_id) == "改好的名称"


@record_views
def test_opening_and_saving_changes_nothing(store: Store, case: Case) -> None:
    record_id = case.add(store)
    before = case.register.load(store, record_id)
    app = case.open(record_id, "main")
    press(app, f"{case.table}:{record_id}:main#save")
    after = case.register.load(store, record_id)
    assert before
    assert after
    assert before.value == after.value
    assert after.row_version == before.row_version
    assert "没有改动" in texts(app)


@record_views
def test_a_record_is_voided_with_a_reason_and_undone(store: Store, case: Case) -> None:
    record_id = case.add(store)
    app = case.open(record_id)
    press(app, f"{case.table}_void")
    press(app, f"{case.table}_void_now")
    assert "请说明作废原因" in texts(app)
    app.text_area(key=f"void:{record_id}:reason").set_value("重复登记")
    press(app, f"{case.table}_void_now")
    stored = case.register.load(store, record_id)
    assert stored
    assert (stored.is_void, stored.void_reason) == (True, "重复登记")
    assert "已作废" in texts(app)
    press(app, "records_undo")
    stored = case.register.load(store, record_id)
    assert stored
    assert not stored.is_void


@record_views
def test_a_voided_record_is_found_read_and_restored(store: Store, case: Case) -> None:
    record_id = case.add(store)
    case.register.void(store, record_id, "登记有误", 1, actor=COLLEAGUE)
    app = healthy(open_page(case.url_path, voided="1"))
    assert app.dataframe[0].value["void_reason"].tolist() == ["登记有误"]
    app = case.open(record_id)
    assert "登记有误" in texts(app)
    assert not [button for button in app.button if button.key == f"{case.table}_main"]
    press(app, f"{case.table}_restore")
    stored = case.register.load(store, record_id)
    assert stored
    assert not stored.is_void


def saved_by_a_colleague(store: Store, case: Case, record_id: str, name: str) -> None:
    stored = case.register.load(store, record_id)
    assert stored
    case.register.save(
        store,
        dataclasses.replace(stored.value, **{case.field: name}),
        actor=COLLEAGUE,
        today=TODAY,
        record_id=record_id,
        row_version=stored.row_version,
    )


@record_views
@pytest.mark.parametrize("keep", [True, False], ids=["keep mine", "take the stored one"])
def test_the_second_to_save_sees_both_versions_and_decides(
    store: Store, case: Case, keep: bool
) -> None:
    record_id = case.add(store)
    app = case.open(record_id, "main")
    form = f"{case.table}:{record_id}:main"
    app.text_input(key=f"{form}:{case.field}").set_value("我的名称").run()
    saved_by_a_colleague(store, case, record_id, "同事的名称")
    press(app, f"{form}#save")
    assert case.name(store, record_id) == "同事的名称"
    assert "同事的名称" in shown_html(app)
    assert "我的名称" in shown_html(app)
    press(app, f"{form}#{'keep' if keep else 'take'}")
    assert case.name(store, record_id) == ("我的名称" if keep else "同事的名称")
    assert app.title[0].value == case.name(store, record_id)


@record_views
def test_a_third_save_in_between_is_not_overwritten_either(store: Store, case: Case) -> None:
    record_id = case.add(store)
    app = case.open(record_id, "main")
    form = f"{case.table}:{record_id}:main"
    app.text_input(key=f"{form}:{case.field}").set_value("我的名称").run()
    saved_by_a_colleague(store, case, record_id, "同事的名称")
    healthy(app.run())
    assert "同事的名称" in shown_html(app)
    press(app, f"{form}#take")
    app = case.open(record_id, "main")
    assert app.text_input(key=f"{form}:{case.field}").value == "同事的名称"


@record_views
def test_the_history_tells_the_change_in_words(store: Store, case: Case) -> None:
    record_id = case.add(store)
    old = case.name(store, record_id)
    saved_by_a_colleague(store, case, record_id, "<i>新名称</i>")
    for language, word in (("zh", "修改"), ("en", "Changed")):
        html = shown_html(case.open(record_id, language=language))
        for told in (old, "&lt;i&gt;新名称&lt;/i&gt;", COLLEAGUE, word):
            assert told in html
        assert "<i>新名称" not in html


@record_views
def test_typed_text_survives_the_language_switch(store: Store, case: Case) -> None:
    record_id = case.add(store)
    app = case.open(record_id, "main")
    key = f"{case.table}:{record_id}:main:{case.field}"
    app.text_input(key=key).set_value("打了一半").run()
    press(app, "frame_language")
    assert app.text_input(key=key).value == "打了一半"
    press(app, f"{case.table}:{record_id}:main#save")
    assert case.name(store, record_id) == "打了一半"
    assert app.success[0].value.startswith("Saved")


def test_leaving_a_form_forgets_what_was_typed(store: Store) -> None:
    unit_id = add_unit(store)
    app = CASES["unit"].open(unit_id, "main")
    app.text_input(key=f"unit:{unit_id}:main:name").set_value("不要了").run()
    press(app, f"unit:{unit_id}:main#cancel")
    press(app, "unit_main")
    assert app.text_input(key=f"unit:{unit_id}:main:name").value == "应急管理局"


def test_a_unit_in_use_is_not_voided_and_the_reason_is_told(store: Store) -> None:
    unit_id = add_unit(store)
    add_session(store, "防汛演练", host=unit_id)
    app = CASES["unit"].open(unit_id)
    press(app, "unit_void")
    app.text_area(key=f"void:{unit_id}:reason").set_value("合并")
    press(app, "unit_void_now")
    assert "防汛演练" in texts(app)
    stored = units.RECORD_TYPE.load(store, unit_id)
    assert stored
    assert not stored.is_void


def test_a_host_typed_for_the_first_time_becomes_a_unit(store: Store) -> None:
    session_id = add_session(store)
    app = CASES["session"].open(session_id)
    press(app, "drill_session_main")
    form = f"drill_session:{session_id}:main"
    press(app, f"{form}:units#add")
    app.session_state[f"{form}:units:2:unit_id"] = "怡园街道"
    press(app, f"{form}:units#add")
    press(app, f"{form}#save")
    assert list(units.choices(store).values()) == ["怡园街道"]
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored
    assert [line.role for line in stored.value.units] == ["host"]


def test_a_row_with_a_duty_but_no_unit_is_asked_for(store: Store) -> None:
    item_id = _item(store)
    app = CASES["planned_drill"].open(item_id, "main")
    form = f"planned_drill:{item_id}:main"
    app.text_input(key=f"{form}:units:0:duty").set_value("组织疏散").run()
    press(app, f"{form}#save")
    assert "请为每一行选择单位" in texts(app)
    assert app.text_input(key=f"{form}:units:0:duty").value == "组织疏散"


@pytest.mark.parametrize(
    ("name", "field"), [("postpone", "postponed_on"), ("cancel", "cancelled_on")]
)
def test_a_planned_drill_is_put_off_with_day_and_reason_and_taken_up_again(
    store: Store, name: str, field: str
) -> None:
    item_id = _item(store)
    app = CASES["planned_drill"].open(item_id, name)
    form = f"planned_drill:{item_id}:{name}"
    press(app, f"{form}#save")
    assert "请填写此项" in texts(app)
    app.text_input(key=f"{form}:status_reason").set_value("台风影响")
    app.date_input(key=f"{form}:{field}").set_value(date(2023, 7, 1)).run()
    press(app, f"{form}#save")
    stored = programmes.RECORD_TYPE.load(store, item_id)
    assert stored
    assert getattr(stored.value, field) == date(2023, 7, 1)
    assert stored.value.status_reason == "台风影响"
    press(app, "planned_drill_resume")
    press(app, f"planned_drill:{item_id}:resume#save")
    stored = programmes.RECORD_TYPE.load(store, item_id)
    assert stored
    assert (getattr(stored.value, field), stored.value.status_reason) == (None, "")


def test_a_programme_is_made_and_changed_above_its_items(store: Store) -> None:
    app = healthy(open_page("programme", programme="new"))
    form = "programme:new"
    app.number_input(key=f"{form}:year").set_value(2024)
    app.text_input(key=f"{form}:document_number").set_value("高应急委发【2024】 2 号").run()
    press(app, f"{form}#save")
    programme_id = app.query_params["programme"]
    stored = programmes.PROGRAMMES.load(store, programme_id)
    assert stored
    assert (stored.value.year, stored.value.document_number) == (2024, "高应急委发〔2024〕2号")
    press(app, "programme_items")
    assert app.title[0].value == "年度演练计划"
    press(app, "planned_drill_new_list")
    held = app.selectbox(key="planned_drill:new:programme_id").value
    assert held == programme_id


def test_a_second_programme_of_one_year_is_refused(store: Store) -> None:
    add_programme(store, 2023)
    app = healthy(open_page("programme", programme="new"))
    app.number_input(key="programme:new:year").set_value(2023).run()
    press(app, "programme:new#save")
    assert "2023" in texts(app)
    assert app.query_params["programme"] == "new"


def test_a_version_is_added_by_itself(store: Store) -> None:
    plan_id = add_plan(store)
    case = CASES["plan"]
    app = case.open(plan_id, "version")
    form = f"plan:{plan_id}:version"
    app.text_input(key=f"{form}:document_number").set_value("高管发[2019]11号")
    app.date_input(key=f"{form}:issued_on").set_value(date(2019, 8, 17)).run()
    press(app, f"{form}#save")
    stored = plans.RECORD_TYPE.load(store, plan_id)
    assert stored
    (version,) = stored.value.versions
    assert (version.version_number, version.document_number) == (1, "高管发〔2019〕11号")
    assert version.document_number_raw == "高管发[2019]11号"
