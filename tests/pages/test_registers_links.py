"""Records lead to each other both ways, and carry their files."""

from __future__ import annotations

import pytest

from drillbook.db.store import Store
from drillbook.records import attachments
from drillbook.records.programmes import PlannedDrillUnit
from drillbook.records.sessions import SessionTeam, SessionUnit
from drillbook.records.teams import TeamEquipment, TeamStrength
from tests.conftest import CLERK, TODAY
from tests.pages.log_screen import texts
from tests.pages.test_registers_editing import press
from tests.pages.test_registers_pages import healthy, shown_html
from tests.people import add_plan, add_planned_drill, add_programme, add_session, add_team, add_unit
from tests.ui.app_page import open_page


@pytest.fixture
def office(store: Store) -> dict[str, str]:
    """A plan, an item under it, and a session of that item with a unit and a team."""
    unit, school = add_unit(store, "应急管理局"), add_unit(store, "教育分局")
    plan = add_plan(store, "地震应急预案", lead_unit_id=unit)
    team = add_team(
        store,
        "海上搜救队",
        parent_unit_id=unit,
        strength=(TeamStrength(TODAY, 35),),
        equipment=(TeamEquipment("冲锋舟", 3, "艘"),),
    )
    item = add_planned_drill(
        store,
        add_programme(store, 2023),
        "地震疏散演练",
        plan_id=plan,
        units=(PlannedDrillUnit(unit), PlannedDrillUnit(school, "participant", "组织学校疏散")),
    )
    session = add_session(
        store,
        "第一小学地震疏散",
        planned_drill_id=item,
        units=(SessionUnit(unit), SessionUnit(school, "participant", "清点人数", 300)),
        teams=(SessionTeam(team, 12),),
    )
    return {"unit": unit, "plan": plan, "team": team, "item": item, "session": session}


def test_a_session_tells_units_teams_and_leads_to_item_and_plan(
    store: Store, office: dict[str, str]
) -> None:
    app = healthy(open_page("sessions", id=office["session"]))
    html = shown_html(app)
    for word in ("教育分局", "清点人数", "300", "海上搜救队", "12", "地震疏散演练"):
        assert word in html
    links = " ".join(link.label for link in app.get("page_link"))
    for word in ("地震疏散演练", "应急管理局", "海上搜救队"):
        assert word in links


def test_an_item_tells_its_duties_and_the_sessions_held_under_it(
    store: Store, office: dict[str, str]
) -> None:
    app = healthy(open_page("programme", id=office["item"]))
    assert "组织学校疏散" in shown_html(app)
    assert app.dataframe[0].value["name"].tolist() == ["第一小学地震疏散"]
    assert "已完成" in texts(app)
    assert any("登记" in link.label for link in app.get("page_link"))


def test_a_plan_tells_the_items_and_sessions_that_used_it(
    store: Store, office: dict[str, str]
) -> None:
    app = healthy(open_page("plans", id=office["plan"]))
    assert [frame.value["name"].tolist() for frame in app.dataframe] == [
        ["地震疏散演练"],
        ["第一小学地震疏散"],
    ]


def test_a_team_tells_strength_equipment_and_its_sessions(
    store: Store, office: dict[str, str]
) -> None:
    app = healthy(open_page("teams", id=office["team"]))
    html = shown_html(app)
    assert "35" in html
    assert "冲锋舟" in html
    assert app.dataframe[0].value["name"].tolist() == ["第一小学地震疏散"]


def test_a_unit_tells_what_it_hosts(store: Store, office: dict[str, str]) -> None:
    app = healthy(open_page("units", id=office["unit"]))
    assert [frame.value["name"].tolist() for frame in app.dataframe] == [
        ["地震疏散演练"],
        ["第一小学地震疏散"],
    ]


def test_a_file_is_attached_told_and_taken_out_with_a_reason(
    store: Store, office: dict[str, str]
) -> None:
    session = office["session"]
    app = healthy(open_page("sessions", id=session))
    app.selectbox(key=f"files_{session}_kind").select("sign_in_sheet")
    app.file_uploader[0].set_value([("签到表.pdf", b"%PDF-1.7", "application/pdf")])
    healthy(app.run())
    (row,) = attachments.listed(store, "drill_session", session)
    assert (row["file_name"], row["kind"]) == ("签到表.pdf", "sign_in_sheet")
    assert any("签到表.pdf" in text.value for text in app.text)
    press(app, f"file_void_{row['id']}")
    assert "请说明作废原因" in texts(app)
    app.text_input(key=f"file_reason_{row['id']}").set_value("传错了")
    press(app, f"file_void_{row['id']}")
    assert attachments.listed(store, "drill_session", session) == []


def test_a_file_is_kept_when_it_is_chosen_as_what_its_name_says(
    store: Store, office: dict[str, str]
) -> None:
    app = healthy(open_page("sessions", id=office["session"]))
    names = ("现场照片.jpg", "签到表.pdf", "说明.pdf")
    content = {
        "现场照片.jpg": b"\xff\xd8\xff\xe0",
        "签到表.pdf": b"%PDF-1.7",
        "说明.pdf": b"%PDF-1.7",
    }
    app.file_uploader[0].set_value([(name, content[name], "") for name in names])
    app = healthy(app.run())
    kept = attachments.listed(store, "drill_session", office["session"])
    assert {row["file_name"]: row["kind"] for row in kept} == dict(
        zip(names, ("media", "sign_in_sheet", "other"), strict=True)
    )
    assert "已上传：" in app.success[0].value


def test_the_files_of_a_voided_record_are_read_only(store: Store) -> None:
    from drillbook.records import units

    unit = add_unit(store)
    attachments.add(store, "unit", unit, "other", "说明.txt", b"text", actor=CLERK)
    units.RECORD_TYPE.void(store, unit, "已撤销", 1, actor=CLERK)
    app = healthy(open_page("units", id=unit))
    assert any("说明.txt" in text.value for text in app.text)
    assert not app.file_uploader
