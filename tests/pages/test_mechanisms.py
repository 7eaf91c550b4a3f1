"""The page of coordination mechanisms: list, record, a meeting with decisions, done and undone."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.core import clock
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import mechanisms, meetings
from drillbook.records.mechanisms import Mechanism, MechanismMember
from drillbook.records.meetings import Decision, Meeting
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.pages.test_roles import be
from tests.people import CLERK, TODAY, add_unit
from tests.ui.app_page import open_page

HELD = date(2023, 10, 19)


@pytest.fixture
def mechanism(store: Store) -> str:
    """A mechanism with a convener and one meeting that decided one thing."""
    unit = add_unit(store)
    value = Mechanism("应急救援队伍联席机制", members=(MechanismMember(unit, "convener", "林海"),))
    record_id = mechanisms.RECORD_TYPE.save(store, value, actor=CLERK, today=TODAY)
    decided = Decision("", "开展联合训练", unit, date(2023, 12, 10))
    meeting = Meeting(record_id, "联合训练安排会", HELD, place="三楼会议室")
    meetings.add(store, meeting, [decided], actor=CLERK, today=TODAY)
    return record_id


def decisions(store: Store) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all("select * from decision order by created_at, position")


def labels(app: AppTest) -> str:
    return "\n".join(link.proto.label for link in app.get("page_link")).replace("\\", "")


@pytest.mark.parametrize(("language", "title"), [("zh", "联席机制"), ("en", "Coordination")])
def test_the_list_shows_mechanisms_and_what_is_still_open(
    demo_store: Store, language: str, title: str
) -> None:
    app = healthy(open_page("mechanisms", language))
    assert app.title[0].value == title
    shown = app.dataframe[0].value
    assert shown["title"].tolist() == ["应急救援队伍联席机制", "自然灾害防治工作联席会议制度"]
    assert shown["conveners"].tolist() == ["应急管理局", "应急管理局"]
    assert "开展一次两支以上队伍参加的联合训练" in labels(app)
    assert "汛期各社会救援队伍按片区备勤" not in labels(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_register_says_what_a_mechanism_is(store: Store, language: str) -> None:
    app = healthy(open_page("mechanisms", language))
    assert len(app.info) == 1
    assert not app.dataframe


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mechanism_shows_members_meetings_decisions_files_and_history(
    store: Store, mechanism: str, language: str
) -> None:
    app = healthy(open_page("mechanisms", language, id=mechanism))
    assert app.title[0].value == "应急救援队伍联席机制"
    for word in ("应急管理局", "林海", "召集单位" if language == "zh" else "Convener"):
        assert word in shown_html(app)
    assert "联合训练安排会" in labels(app)
    assert "开展联合训练" in labels(app)
    assert ("附件" if language == "zh" else "Files") in [s.value for s in app.subheader]
    assert "三楼会议室" in texts(app)


def test_a_meeting_and_its_decisions_are_typed_into_one_form(
    store: Store, mechanism: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = healthy(open_page("mechanisms", id=mechanism, meeting="new"))
    key = f"meeting:new:{mechanism}"
    app.button(key=f"{key}#save").click().run()
    assert "尚未保存" in texts(app) or "请" in texts(app)
    assert len(decisions(store)) == 1
    app.text_input(key=f"{key}:title").set_value("汛期会商")
    app.date_input(key=f"{key}:held_on").set_value(HELD)
    app.text_input(key=f"{key}:decisions:0:text").set_value("备勤名单")
    app.date_input(key=f"{key}:decisions:0:due_on").set_value(date(2023, 12, 1))
    app.button(key=f"{key}:decisions#add").click().run()
    app.text_input(key=f"{key}:decisions:1:text").set_value("油料补充")
    app.button(key=f"{key}#save").click().run()
    healthy(app)
    assert app.title[0].value == "汛期会商"
    assert [row["text"] for row in decisions(store)] == ["开展联合训练", "备勤名单", "油料补充"]
    assert decisions(store)[1]["due_on"] == date(2023, 12, 1)


def test_a_decision_is_marked_done_and_open_again(store: Store, mechanism: str) -> None:
    app = healthy(open_page("mechanisms", id=mechanism))
    record = decisions(store)[0]["id"]
    app.button(key=f"decision_done_{record}").click().run()
    assert "已办结：开展联合训练" in texts(healthy(app))
    assert decisions(store)[0]["done_on"] == clock.today()
    app.button(key="decision_undo").click().run()
    assert decisions(store)[0]["done_on"] is None
    app = healthy(open_page("mechanisms", decision=record, edit="done"))
    app.date_input(key=f"decision:{record}:done:done_on").set_value(HELD)
    app.button(key=f"decision:{record}:done#save").click().run()
    assert decisions(store)[0]["done_on"] == HELD
    assert "decision_reopen" in {button.key for button in healthy(app).button}


def test_a_decision_is_added_to_a_meeting_that_was_held(store: Store, mechanism: str) -> None:
    meeting = decisions(store)[0]["meeting_id"]
    app = healthy(open_page("mechanisms", meeting=meeting))
    assert app.title[0].value == "联合训练安排会"
    app.button(key="decision_new").click().run()
    app.text_area(key="decision:new:text").set_value("补充议定")
    app.button(key="decision:new#save").click().run()
    assert healthy(app).title[0].value == "补充议定"
    assert [row["position"] for row in decisions(store)] == [0, 1]


def test_a_viewer_reads_and_sees_no_persons_name(
    store: Store, mechanism: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "viewer")
    app = healthy(open_page("mechanisms", id=mechanism))
    assert "林**" in shown_html(app)
    assert "林海" not in shown_html(app)
    keys = {str(button.key) for button in app.button}
    assert not {key for key in keys if key.startswith(("meeting_new", "decision_done"))}
    app = open_page("mechanisms", id=mechanism, meeting="new")
    assert "您的账号没有此项权限" in texts(app)
    assert not app.text_input


def test_a_viewer_finds_no_telephone_in_meetings_and_decisions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = add_unit(store)
    record = mechanisms.RECORD_TYPE.save(store, Mechanism("联席机制"), actor=CLERK, today=TODAY)
    told = "请拨13812345678"
    decided = Decision("", f"整理通讯录，{told}", unit, date(2023, 12, 10))
    meeting = Meeting(record, f"协调会，{told}", HELD, place=f"会议室，{told}")
    meeting_id = meetings.add(store, meeting, [decided], actor=CLERK, today=TODAY)
    (row,) = decisions(store)
    be(monkeypatch, "viewer")
    for query in ({}, {"id": record}, {"meeting": meeting_id}, {"decision": row["id"]}):
        app = healthy(open_page("mechanisms", **query))
        shown = shown_html(app) + texts(app) + labels(app)
        assert "13812345678" not in shown, query
