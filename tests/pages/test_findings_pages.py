"""Findings on the screens: logged on the session's record, followed on a page of their own."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.core import clock
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import corrective_actions, evaluations, finding_with_actions
from drillbook.records.corrective_actions import Action
from drillbook.records.evaluations import Evaluation
from drillbook.records.findings import Finding
from tests.conftest import CLERK, TODAY
from tests.pages.log_screen import texts
from tests.pages.test_registers_editing import press
from tests.pages.test_registers_pages import healthy, shown_html
from tests.pages.test_roles import be, everything
from tests.people import add_plan, add_session, add_unit
from tests.raw import raw
from tests.ui.app_page import open_page

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture
def session(store: Store) -> str:
    return add_session(store, host=add_unit(store), plan_id=add_plan(store))


def log(store: Store, session: str, **given: str) -> str:
    unit = store.query("unit_choices")[0]["id"]
    action = Action("", "配备中继台", owner_unit_id=unit, due_on=date(2023, 7, 15))
    finding = Finding(session, **({"text": "通信中断五分钟"} | given))
    return finding_with_actions.add(store, finding, [action], actor=CLERK, today=TODAY)


def rows(store: Store, table: str) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(f"select * from {table} order by id")


def markdown(app: AppTest) -> str:
    return "\n".join(shown.value for shown in app.markdown)


@LANGUAGES
def test_a_finding_is_logged_with_its_action_on_the_sessions_record(
    store: Store, session: str, language: str
) -> None:
    app = healthy(open_page("sessions", language, id=session))
    press(app, f"finding_new_{session}")
    key = f"finding:new:{session}"
    app.text_area(key=f"{key}:text").set_value("前线 <b>通信</b> $中断$")
    app.text_area(key=f"{key}:action.text").set_value("配备中继台")
    press(app, f"{key}#save")
    (finding,) = rows(store, "finding")
    (action,) = rows(store, "corrective_action")
    assert (finding["text"], finding["status"]) == ("前线 <b>通信</b> $中断$", "open")
    assert action["owner_unit_id"] == store.query("unit_choices")[0]["id"]
    assert (action["due_on"] - clock.today()).days == 30
    assert "finding" not in app.query_params
    assert "配备中继台" in markdown(app)
    assert ("已保存" if language == "zh" else "Saved") in texts(app)


def test_a_finding_without_words_is_asked_for_them_and_nothing_typed_is_lost(
    store: Store, session: str
) -> None:
    app = healthy(open_page("sessions", id=session, finding="new"))
    key = f"finding:new:{session}"
    app.text_area(key=f"{key}:action.text").set_value("配备中继台")
    press(app, f"{key}#save")
    assert "请填写此项" in texts(app)
    assert app.text_area(key=f"{key}:action.text").value == "配备中继台"
    assert rows(store, "finding") == []


def test_a_finding_on_the_plan_opens_its_revision_from_the_form(store: Store, session: str) -> None:
    app = healthy(open_page("sessions", id=session, finding="new"))
    key = f"finding:new:{session}"
    app.selectbox(key=f"{key}:kind").select("plan").run()
    app.text_area(key=f"{key}:text").set_value("响应升级条件不明确")
    press(app, f"{key}#save")
    (finding,) = rows(store, "finding")
    (revision,) = rows(store, "plan_revision")
    assert (finding["status"], finding["plan_revision_id"]) == ("in_revision", revision["id"])


@LANGUAGES
def test_done_verified_and_taken_back_are_one_click_each(
    store: Store, session: str, language: str
) -> None:
    finding = log(store, session)
    (action,) = rows(store, "corrective_action")
    app = healthy(open_page("findings", language, id=finding))
    press(app, f"action_done_{action['id']}")
    press(app, f"action_verify_{action['id']}")
    (row,) = rows(store, "corrective_action")
    assert (row["done_on"], row["verified_by"]) == (clock.today(), CLERK)
    (row,) = rows(store, "finding")
    assert row["status"] == "closed"
    press(app, f"action_reopen_{action['id']}")
    (row,) = rows(store, "finding")
    assert row["status"] == "open"


def test_an_action_and_an_evaluation_are_changed_in_their_place(store: Store, session: str) -> None:
    log(store, session)
    (action,) = rows(store, "corrective_action")
    app = healthy(open_page("sessions", id=session))
    press(app, f"corrective_action_edit_{action['id']}")
    key = f"corrective_action:{action['id']}:main"
    app.text_area(key=f"{key}:text").set_value("配备两部中继台").run()
    press(app, f"{key}#save")
    assert "配备两部中继台" in markdown(app)
    assert "action" not in app.query_params
    press(app, f"session_evaluation_new_{session}")
    key = f"session_evaluation:new:{session}"
    app.number_input(key=f"{key}:score").set_value(89.0).run()
    assert "良好" in texts(app)
    press(app, f"{key}#save")
    (evaluation,) = rows(store, "session_evaluation")
    assert (evaluation["score"], evaluation["grade"]) == (89, "good")


def test_an_evaluation_is_voided_with_a_reason_and_brought_back(store: Store, session: str) -> None:
    given = Evaluation(session, evaluated_on=TODAY, grade="pass", conclusion="基本达到目的")
    evaluation = evaluations.RECORD_TYPE.save(store, given, actor=CLERK, today=TODAY)
    app = healthy(open_page("sessions", id=session))
    press(app, f"session_evaluation_void_{evaluation}")
    app.text_area(key=f"void:{evaluation}:reason").set_value("登记有误")
    press(app, "session_evaluation_void_now")
    assert rows(store, "session_evaluation")[0]["void_reason"] == "登记有误"
    press(app, "records_undo")
    assert rows(store, "session_evaluation")[0]["voided_at"] is None


def test_two_people_on_one_action_see_both_versions(store: Store, session: str) -> None:
    log(store, session)
    (action,) = rows(store, "corrective_action")
    app = healthy(open_page("sessions", id=session, action=action["id"]))
    key = f"corrective_action:{action['id']}:main"
    app.text_area(key=f"{key}:text").set_value("我的说法").run()
    corrective_actions.mark_done(store, action["id"], 1, actor=Actor("李强"), today=TODAY)
    press(app, f"{key}#save")
    assert "2024-01-11" in shown_html(app)
    press(app, f"{key}#keep")
    (row,) = rows(store, "corrective_action")
    assert (row["text"], row["done_on"]) == ("我的说法", None)


@LANGUAGES
def test_the_list_shows_figures_chart_and_rows(demo_store: Store, language: str) -> None:
    app = healthy(open_page("findings", language, year="2023"))
    assert app.title[0].value == ("问题整改" if language == "zh" else "Findings and actions")
    assert [metric.value for metric in app.metric] == ["14", "4", "10", "5", "9"]
    assert len(app.get("vega_lite_chart")) == 1
    assert len(app.dataframe[0].value) == 14
    late = healthy(open_page("findings", language, year="2023", state="late"))
    assert len(late.dataframe[0].value) == 5


@LANGUAGES
def test_an_empty_list_says_where_to_begin(store: Store, language: str) -> None:
    app = healthy(open_page("findings", language))
    assert len(app.info) == 1
    assert not app.dataframe


@LANGUAGES
@pytest.mark.parametrize("url_path", ["findings", "sessions", "plans"])
def test_the_whole_chain_is_shown_from_either_end(
    demo_store: Store, url_path: str, language: str
) -> None:
    with raw(demo_store) as cursor:
        sql = (
            "select id, session_id, plan_id from finding"
            " where kind = 'plan' and closed_on is not null"
        )
        row = cursor.execute(sql).fetchone()
    assert row
    record = dict(zip(("findings", "sessions", "plans"), row, strict=True))[url_path]
    app = healthy(open_page(url_path, language, id=record))
    labels = "\n".join(link.proto.label for link in app.get("page_link"))
    assert "双岛湾" in labels
    assert "转移安置点容量" in labels
    assert ("完成 1 条" if language == "zh" else "1 of 1 action done") in labels
    assert "高管办发示〔2023〕15号" in labels


def test_an_actions_id_leads_to_its_finding(store: Store, session: str) -> None:
    log(store, session)
    (action,) = rows(store, "corrective_action")
    app = healthy(open_page("findings", id=action["id"]))
    assert app.title[0].value == "通信中断五分钟"


# --- who sees what ------------------------------------------------------------------------------


def test_a_units_clerk_sees_the_findings_of_his_units_drills_only(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    first = log(store, add_session(store, "一小疏散演练", host=own), text="集结慢")
    second = log(store, add_session(store, "二小疏散演练", host=other), text="出口堵塞")
    be(monkeypatch, "unit_clerk", own)
    app = healthy(open_page("findings"))
    assert "集结慢" in everything(app)
    assert "出口堵塞" not in everything(app)
    assert app.metric[0].value == "1"
    assert not app.get("vega_lite_chart")
    assert healthy(open_page("findings", id=first)).title[0].value == "集结慢"
    hidden = healthy(open_page("findings", id=second))
    assert "没有这条记录" in texts(hidden)
    assert "出口堵塞" not in everything(hidden)


def test_a_units_clerk_logs_no_finding_on_another_units_drill(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = add_unit(store, "第一小学"), add_unit(store, "第二小学")
    session = add_session(store, "二小疏散演练", host=other)
    be(monkeypatch, "unit_clerk", own)
    app = healthy(open_page("findings", id="new", session=session))
    app.text_area(key="finding:new:text").set_value("出口堵塞")
    press(app, "finding:new#save")
    assert rows(store, "finding") == []


def test_a_clerks_finding_on_a_plan_waits_for_the_lead_to_open_the_revision(
    store: Store, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, "clerk")
    app = healthy(open_page("sessions", id=session, finding="new"))
    key = f"finding:new:{session}"
    app.selectbox(key=f"{key}:kind").select("plan").run()
    app.text_area(key=f"{key}:text").set_value("响应升级条件不明确")
    press(app, f"{key}#save")
    (finding,) = rows(store, "finding")
    assert (finding["status"], rows(store, "plan_revision")) == ("open", [])
    be(monkeypatch, "lead")
    app = healthy(open_page("findings", id=finding["id"]))
    press(app, f"finding_revision_{finding['id']}")
    (finding,) = rows(store, "finding")
    assert finding["status"] == "in_revision"


def test_a_viewer_reads_names_masked_and_changes_nothing(
    store: Store, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = log(store, session)
    (action,) = rows(store, "corrective_action")
    corrective_actions.mark_done(store, action["id"], 1, actor=CLERK, today=TODAY)
    corrective_actions.verify(store, action["id"], 2, by="张示例", actor=CLERK, today=TODAY)
    given = Evaluation(session, evaluated_on=TODAY, grade="good", evaluator="钱示例")
    evaluations.RECORD_TYPE.save(store, given, actor=CLERK, today=TODAY)
    be(monkeypatch, "viewer")
    for url_path, record in (("findings", finding), ("sessions", session)):
        app = healthy(open_page(url_path, id=record))
        said = everything(app) + markdown(app) + shown_html(app)
        assert "张示例" not in said
        assert "钱示例" not in said
        assert "张\\*\\*" in said
        assert not [b for b in app.button if str(b.key).startswith(("action_", "corrective_"))]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "至今未启动预案编修，应于2023-09-13前启动"),
        ("en", "No revision of the plan has begun"),
    ],
)
def test_a_major_finding_names_the_article_and_the_day_by_which_a_revision_has_to_begin(
    store: Store, session: str, language: str, told: str
) -> None:
    finding = Finding(
        session, "疏散半径不符", kind="plan", severity="major", plan_id=rows(store, "plan")[0]["id"]
    )
    record = finding_with_actions.add(
        store, finding, actor=CLERK, today=TODAY, opens_revision=False
    )
    app = healthy(open_page("findings", language, id=record))
    (error,) = [one.value for one in app.error]
    assert told in error
    assert "《生产安全事故应急条例》" in error
    press(app, f"finding_revision_{record}")
    assert not healthy(app).error
