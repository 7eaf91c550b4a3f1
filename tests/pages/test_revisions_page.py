"""The revision board and one revision on the screen, in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts.permissions import Person
from drillbook.core import clock
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import plans, revision_finish, revision_planning, revision_stages, revisions
from drillbook.records.plans import PlanVersion
from drillbook.ui.components import current_user
from drillbook.ui.screens.revision_stages import edited_stages, stage_frame
from tests.pages.log_screen import screen, texts
from tests.people import CLERK, TODAY, add_plan, add_unit
from tests.raw import raw

ENGLISH_WORD = re.compile(r"[A-Za-z]{3,}")
OVERALL = "高区突发事件总体应急预案"
RELIEF = "高区自然灾害救助应急预案"


def revision_of(store: Store, title: str) -> str:
    """Return the id of a plan's only revision."""
    with raw(store) as cursor:
        row = cursor.execute(
            "select plan_revision.id from plan_revision inner join plan on plan_id = plan.id"
            " where title = $title",
            {"title": title},
        ).fetchone()
    assert row
    return str(row[0])


def opened(store: Store, kind: str = "full") -> str:
    plan_id = add_plan(
        store, versions=(PlanVersion(1, "高管发〔2019〕3号", issued_on=date(2019, 3, 1)),)
    )
    with store.write(CLERK) as tx:
        return revision_planning.open_revision(
            tx, plan_id, kind=kind, reason="other", owner_unit_id=add_unit(store),
            started_on=date(2023, 1, 1), target_on=date(2023, 12, 31),
        )  # fmt: skip


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def figures(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_board_shows_a_card_for_each_plan_and_how_late_it_is(
    demo_store: Store, language: str
) -> None:
    app = screen("revisions", language, year="2023")
    cards = [b for b in app.button if (b.key or "").startswith("revision_open_")]
    assert len(cards) == 6
    assert RELIEF in cards[0].label
    assert figures(app) == ["6", "1", "2", "20 / 60", "3"]
    said = texts(app)
    assert ("已超过时限 16 天" if language == "zh" else "16 days past its target") in said
    assert ("编修进度" if language == "zh" else "Revision board") == app.title[0].value


def test_the_board_is_chinese_throughout(demo_store: Store) -> None:
    app = screen("revisions", year="2023")
    said = [texts(app), *(m.label for m in app.metric), *(b.label for b in app.button)]
    tables = [str(h.proto.body) for h in app.get("html") if "drillbook-table" in h.proto.body]
    said += [re.sub(r"<style>.*?</style>|<[^>]*>", "", body, flags=re.S) for body in tables]
    plain = re.sub(r":\w+(-badge)?\[", "", "\n".join(said)).replace("English", "")
    assert ENGLISH_WORD.findall(plain) == []


def test_what_changed_since_a_day_follows_the_address(demo_store: Store) -> None:
    app = screen("revisions", year="2023", since="2023-12-01")
    tables = [h.proto.body for h in app.get("html") if "合法性审核" in h.proto.body]
    assert len(tables) == 1
    assert "高区森林防火应急预案" in tables[0]
    app = screen("revisions", year="2023", since="2023-12-20")
    assert "没有变化" in texts(app)


def test_an_empty_register_says_how_to_open_a_revision(store: Store) -> None:
    app = screen("revisions")
    assert "十个阶段" in texts(app)
    assert app.button(key="revisions_new")


def test_a_revision_is_opened_marked_and_finished(store: Store) -> None:
    plan_id = add_plan(store, versions=(PlanVersion(1, "旧〔2019〕3号"),))
    unit = add_unit(store)
    app = screen("revisions", id="new", plan=plan_id)
    app.selectbox(key=f"revision:{plan_id}:owner_unit_id").set_value(unit)
    app.selectbox(key=f"revision:{plan_id}:reason").set_value("risk_changed")
    press(app, "revision_new_save")
    assert "请填写" in texts(app)
    app.date_input(key=f"revision:{plan_id}:target_on").set_value(date(2099, 1, 1))
    press(app, "revision_new_save")
    stored = plans.RECORD_TYPE.load(store, plan_id)
    assert stored
    revision_id = stored.value.revisions[0].id
    for _stage in range(7):
        press(app, "revision_done")
    press(app, "revision_finish")
    app.text_input(key=f"revision:{revision_id}:finish:document_number").set_value("新[2026]8 号")
    press(app, "revision_finish_now")
    assert "请填写" in texts(app)
    assert "新〔2026〕8号" in texts(app)
    app.date_input(key=f"revision:{revision_id}:finish:issued_on").set_value(clock.today())
    press(app, "revision_finish_now")
    held = revisions.load(store, revision_id)
    assert held
    assert held.version
    assert (held.status, held.version.document_number) == ("finished", "新〔2026〕8号")
    assert "新〔2026〕8号" in texts(app)
    press(app, "revision_done")
    again = revisions.load(store, revision_id)
    assert again
    assert again.version
    assert again.version.filed_on == clock.today()


def test_undo_skip_move_and_abandon(store: Store) -> None:
    revision_id = opened(store, "minor")
    app = screen("revisions", id=revision_id)
    press(app, "revision_done")
    press(app, "revision_undo")
    press(app, "revision_skip")
    assert "说明" in texts(app)
    app.text_input(key=f"revision_skip_reason_{revision_id}_initiation").set_value("只改联络表")
    press(app, "revision_skip")
    held = revisions.load(store, revision_id)
    assert held
    assert held.stages[0].is_skipped
    key = f"revision_target_{revision_id}_{held.row_version}"
    app.date_input(key=key).set_value(date(2024, 6, 30))
    press(app, "revision_replan")
    held = revisions.load(store, revision_id)
    assert held
    assert held.value.target_on == date(2024, 6, 30)
    app.text_area(key=f"revision_abandon_reason_{revision_id}").set_value("暂缓")
    press(app, "revision_abandon")
    held = revisions.load(store, revision_id)
    assert held
    assert held.status == "abandoned"
    assert "暂缓" in texts(app)


def test_who_finishes_what_somebody_changed_sees_both_and_goes_on(store: Store) -> None:
    revision_id = opened(store)
    app = screen("revisions", id=revision_id, edit="finish")
    app.text_input(key=f"revision:{revision_id}:finish:document_number").set_value("新〔2023〕8号")
    today = clock.today()
    revision_stages.stage_done(
        store, revision_id, "initiation", on=today, actor=Actor("李强"), today=today
    )
    press(app, "revision_finish_now")
    assert "其他人" in texts(app)
    press(app, "revision_go_on")
    field = app.text_input(key=f"revision:{revision_id}:finish:document_number")
    assert field.value == "新〔2023〕8号"
    assert app.button(key="revision_finish_now")


def test_the_table_says_back_what_it_shows(store: Store) -> None:
    held = revisions.load(store, opened(store))
    assert held
    assert tuple(edited_stages(held.stages, stage_frame(held.stages))) == held.stages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_marks_its_current_version_and_folds_the_old(
    demo_store: Store, language: str
) -> None:
    with raw(demo_store) as cursor:
        row = cursor.execute(
            "select id from plan where title = $title", {"title": OVERALL}
        ).fetchone()
    assert row
    app = screen("plans", language, id=row[0])
    said = texts(app)
    assert "高管发示〔2019〕11号" in said
    labels = [expander.label for expander in app.expander]
    assert ("已被替代的版本（1）" if language == "zh" else "Superseded versions (1)") in labels
    # One is open, so no other is offered.
    assert "plan_open_revision" not in {b.key for b in app.button}


def test_the_plans_form_keeps_the_ids_of_versions_and_revisions(store: Store) -> None:
    revision_id = opened(store)
    held = revisions.load(store, revision_id)
    assert held
    app = screen("plans", id=held.plan_id, edit="main")
    form = f"plan:{held.plan_id}:main"
    app.text_input(key=f"{form}:title").set_value("改名的预案").run()
    press(app, f"{form}#save")
    again = revisions.load(store, revision_id)
    assert again
    assert again.title == "改名的预案"
    assert [v.id for v in again.plan.value.versions] == [v.id for v in held.plan.value.versions]
    assert again.stages == held.stages


def test_a_viewer_reads_the_board_and_changes_nothing(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person("孙宇", "viewer", "account-viewer", "sunyu")
    monkeypatch.setattr(current_user, "holder", lambda: person)
    app = screen("revisions", year="2023")
    assert "revisions_new" not in {b.key for b in app.button}
    app = screen("revisions", id=revision_of(demo_store, RELIEF), edit="finish")
    keys = {b.key for b in app.button}
    assert not keys & {
        "revision_done",
        "revision_finish",
        "revision_finish_now",
        "revision_abandon",
    }
    new = screen("revisions")
    new.query_params["id"] = "new"
    new.run()
    assert "没有此项权限" in texts(new)


def test_an_address_that_names_no_revision_says_so(store: Store) -> None:
    assert "没有这项编修" in texts(screen("revisions", id="nothing"))


def test_a_viewer_reads_no_name_and_no_telephone_of_a_revision(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = add_plan(store)
    with store.write(CLERK) as tx:
        revision_id = revision_planning.open_revision(
            tx, plan_id, kind="full", reason="risk_changed", owner_unit_id=None,
            started_on=date(2023, 1, 1), target_on=date(2023, 12, 31), note="请拨13812345678",
        )  # fmt: skip
    revision_stages.stage_done(
        store, revision_id, "initiation", on=date(2023, 1, 5), by="赵立新", actor=CLERK, today=TODAY
    )
    revision_finish.abandon(store, revision_id, "找13812345678", actor=CLERK, today=TODAY)
    assert "13812345678" in texts(screen("revisions", id=revision_id))
    person = Person("孙宇", "viewer", "account-viewer", "sunyu")
    monkeypatch.setattr(current_user, "holder", lambda: person)
    for query in ({"id": revision_id}, {"since": "2023-01-01"}):
        shown = texts(screen("revisions", **query))
        assert "13812345678" not in shown
        assert "赵立新" not in shown


def test_the_form_of_another_plan_does_not_keep_the_plan_that_was_left(store: Store) -> None:
    first, second = add_plan(store, "甲预案"), add_plan(store, "乙预案")
    app = screen("revisions", id="new", plan=first)
    app.text_area(key=f"revision:{first}:note").set_value("写了一半").run()
    app.query_params["plan"] = second
    app.run()
    assert app.selectbox(key=f"revision:{second}:plan_id").value == second
    app.query_params["plan"] = first
    app.run()
    assert app.text_area(key=f"revision:{first}:note").value == "写了一半"
