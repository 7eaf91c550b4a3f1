"""What was typed into the form of a record outlives the page, until it is saved or given up."""

from __future__ import annotations

from drillbook.db.store import Store
from tests.pages.log_screen import texts
from tests.pages.test_registers_editing import (
    CASES,
    Case,
    press,
    record_views,
    saved_by_a_colleague,
)
from tests.pages.test_registers_pages import healthy, shown_html
from tests.people import add_session, add_unit

RESTORED = "尚未保存"


@record_views
def test_a_new_record_half_typed_is_there_after_a_refresh(store: Store, case: Case) -> None:
    case.before(store)
    key = f"{case.table}:new:{case.field}"
    case.open("new").text_input(key=key).set_value("打了一半").run()
    app = case.open("new")
    assert RESTORED in texts(app)
    assert app.text_input(key=key).value == "打了一半"
    press(app, f"{case.table}:new#afresh")
    assert app.text_input(key=key).value != "打了一半"
    assert RESTORED not in texts(case.open("new"))


@record_views
def test_a_record_half_changed_is_there_after_a_refresh_and_gone_when_saved(
    store: Store, case: Case
) -> None:
    record_id = case.add(store)
    form = f"{case.table}:{record_id}:main"
    key = f"{form}:{case.field}"
    case.open(record_id, "main").text_input(key=key).set_value("打了一半").run()
    app = case.open(record_id, "main")
    assert RESTORED in texts(app)
    assert app.text_input(key=key).value == "打了一半"
    press(app, f"{form}#save")
    assert case.name(store, record_id) == "打了一半"
    app = case.open(record_id, "main")
    assert RESTORED not in texts(app)


@record_views
def test_a_draft_of_an_older_version_is_shown_beside_what_is_stored(
    store: Store, case: Case
) -> None:
    record_id = case.add(store)
    form = f"{case.table}:{record_id}:main"
    key = f"{form}:{case.field}"
    case.open(record_id, "main").text_input(key=key).set_value("我的名称").run()
    saved_by_a_colleague(store, case, record_id, "同事的名称")
    app = case.open(record_id, "main")
    for name in ("同事的名称", "我的名称"):
        assert name in shown_html(app)
    press(app, f"{form}#keep")
    assert case.name(store, record_id) == "我的名称"


def test_a_form_that_was_only_opened_or_was_given_up_leaves_no_draft(store: Store) -> None:
    case, record_id = CASES["unit"], add_unit(store)
    form = f"unit:{record_id}:main"
    assert RESTORED not in texts(case.open(record_id, "main"))
    app = case.open(record_id, "main")
    app.text_input(key=f"{form}:name").set_value("改错了").run()
    press(app, f"{form}#cancel")
    assert RESTORED not in texts(case.open(record_id, "main"))


def test_rows_come_back_with_what_stands_in_them(store: Store) -> None:
    unit_id = add_unit(store)
    case, record_id = CASES["session"], add_session(store, host=unit_id)
    form = f"drill_session:{record_id}:main"
    app = press(case.open(record_id, "main"), f"{form}:units#add")
    app.text_input(key=f"{form}:units:1:duty").set_value("医疗保障")
    healthy(app.run())
    app = case.open(record_id, "main")
    assert app.text_input(key=f"{form}:units:1:duty").value == "医疗保障"
    assert app.selectbox(key=f"{form}:units:0:unit_id").value == unit_id
