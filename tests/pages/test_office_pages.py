"""The office's own screens: what is wrong in the register, and who did what."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations import audit_verification
from drillbook.records import office_settings, sessions, units
from drillbook.ui.screens import audit_log
from tests.conftest import CLERK, COLLEAGUE
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.people import TODAY, add_session, add_unit
from tests.raw import raw
from tests.ui.app_page import open_page


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "全部正常"), ("en", "All clear: no check found anything")]
)
def test_a_sound_register_is_told_so(store: Store, language: str, sentence: str) -> None:
    app = healthy(open_page("checks", language))
    assert sentence in texts(app)
    assert "drillbook-table" in shown_html(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_finding_names_its_record(store: Store, language: str) -> None:
    add_session(store, "没有主办单位的演练", participants=None)
    app = healthy(open_page("checks", language))
    found = [frame.value["label"].tolist() for frame in app.dataframe]
    assert found == [["没有主办单位的演练"], ["没有主办单位的演练"]]
    kinds = {frame.value["subject_type"][0] for frame in app.dataframe}
    assert kinds == {"演练场次" if language == "zh" else "Drill session"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_trail_shows_the_newest_first_on_the_offices_clock(
    demo_store: Store, language: str
) -> None:
    unit_id = add_unit(demo_store, "新成立的单位")
    app = healthy(open_page("audit", language))
    first = app.dataframe[0].value.iloc[0]
    assert (first["actor"], first["subject_label"]) == (CLERK, "新成立的单位")
    event = demo_store.query("record_history", subject_type="unit", subject_id=unit_id)[0]
    assert first["happened_at"][:2] == "20"
    assert event["happened_at"].strftime("%H:%M") != first["happened_at"][-5:]


def test_the_trail_is_searched_by_record_and_person(store: Store) -> None:
    add_unit(store, "应急管理局")
    units.RECORD_TYPE.save(store, units.Unit("教育分局"), actor=COLLEAGUE, today=TODAY)
    app = healthy(open_page("audit", search="教育"))
    assert app.dataframe[0].value["subject_label"].tolist() == ["教育分局"]
    app = healthy(open_page("audit", search=COLLEAGUE))
    assert app.dataframe[0].value["actor"].tolist() == [COLLEAGUE]
    app = healthy(open_page("audit", search="无此记录"))
    assert not app.dataframe
    assert app.button(key="audit_clear")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_line_of_the_trail_tells_each_field_before_and_after(store: Store, language: str) -> None:
    host = add_unit(store, "应急管理局")
    session_id = add_session(store, "防汛演练", host=host)
    stored = sessions.RECORD_TYPE.load(store, session_id)
    assert stored
    sessions.RECORD_TYPE.save(
        store,
        sessions.Session("防汛抢险演练", stored.value.held_on, participants=300,
                         participants_kind="over", form="tabletop"),
        actor=COLLEAGUE, today=TODAY, record_id=session_id, row_version=1,
    )  # fmt: skip
    event = store.query("record_history", subject_type="drill_session", subject_id=session_id)[-1]
    app = healthy(open_page("audit", language, id=event["id"]))
    table = shown_html(app)
    over, form = ("300余", "桌面推演") if language == "zh" else ("over 300", "Tabletop")
    for word in ("防汛演练", "防汛抢险演练", over, form, "应急管理局"):
        assert word in table


def test_a_line_that_is_gone_is_told(store: Store) -> None:
    assert len(healthy(open_page("audit", id="no-such-line")).error) == 1


# --- the trail's state, filters and file --------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "操作记录完整"), ("en", "The log is whole")]
)
def test_the_trail_says_that_it_is_whole_and_up_to_which_hash(
    store: Store, language: str, words: str
) -> None:
    add_unit(store)
    told = texts(healthy(open_page("audit", language)))
    assert words in told
    assert audit_verification.verify(store).short_head in told


def test_a_long_trail_is_checked_when_somebody_asks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_unit(store)
    monkeypatch.setattr(audit_log, "LINES_CHECKED_UNASKED", 0)
    app = healthy(open_page("audit"))
    assert audit_verification.verify(store).short_head in texts(app)
    assert "操作记录完整" not in texts(app)
    assert "操作记录完整" in texts(healthy(app.button(key=audit_log.CHECKING).click().run()))


def test_a_broken_trail_is_told_on_both_screens(store: Store) -> None:
    add_unit(store)
    with raw(store) as cursor:
        cursor.execute("update audit_event set actor = '别人'")
    assert "操作记录有 1 处被改动或缺失" in texts(healthy(open_page("audit")))
    app = healthy(open_page("checks"))
    assert "第 1 行：此行或前一行被改动" in app.dataframe[0].value["label"][0]


def test_the_trail_is_searched_by_what_was_before_and_after(store: Store) -> None:
    unit_id = add_unit(store, "应急管理局", note="原址老街")
    units.RECORD_TYPE.save(
        store, units.Unit("应急管理局", note="新址大厦"), actor=COLLEAGUE, today=TODAY,
        record_id=unit_id, row_version=1,
    )  # fmt: skip
    assert len(healthy(open_page("audit", search="新址大厦")).dataframe[0].value) == 1
    assert len(healthy(open_page("audit", search="原址老街")).dataframe[0].value) == 2


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"person": COLLEAGUE}, 1),
        ({"person": CLERK}, 2),
        ({"source": "command"}, 1),
        ({"action": "export"}, 1),
        ({"kind": "unit"}, 2),
        ({"from": "2024-05-02"}, 2),
        ({"to": "2024-05-01"}, 1),
        ({"from": "2024-05-02", "to": "2024-05-02"}, 1),
        ({"from": "soon"}, 3),
    ],
)
def test_the_trail_is_filtered_with_days_at_the_office(
    store: Store, query: dict[str, str], rows: int
) -> None:
    # 16:30 in Greenwich is half past midnight of the next day at the office.
    moments = [datetime(2024, 5, 1, 3), datetime(2024, 5, 1, 16, 30), datetime(2024, 5, 2, 17)]
    people = [(CLERK, "app"), (COLLEAGUE, "app"), (CLERK, "command")]
    for number, (at, (who, source)) in enumerate(zip(moments, people, strict=True)):
        with store.write(who, source) as tx:
            tx.at = at
            kind = "register" if source == "command" else "unit"
            tx.audit("export" if source == "command" else "insert", kind, str(number), label="x")
    app = healthy(open_page("audit", **query))
    assert len(app.dataframe[0].value) == rows


def test_the_trail_is_in_the_order_of_writing_whatever_the_clock_says(store: Store) -> None:
    for number, year in enumerate((2024, 2099, 2025)):
        with store.write(CLERK) as tx:
            tx.at = datetime(year, 1, 1)
            tx.audit("insert", "unit", str(number), label=f"第{number}条")
    shown = healthy(open_page("audit")).dataframe[0].value["subject_label"].tolist()
    assert shown == ["第2条", "第1条", "第0条"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_kinds_without_a_screen_are_told_with_labels(store: Store, language: str) -> None:
    office_settings.save(store, office_settings.OfficeSettings(person_word="people"), actor=CLERK)
    with store.write(Actor(CLERK, "account-1", "10.0.0.7")) as tx:
        tx.audit("update", "account", "a", {"role": "viewer"}, {"role": "clerk"}, label="李强")
        tx.audit("backup", "backup", "b", after={"file": "a.zip", "reason": "daily"}, label="a.zip")
    lines = store.page("audit_list", sort="position", **dict.fromkeys(PARAMETERS)).rows
    told = [shown_html(healthy(open_page("audit", language, id=key))) for key in lines["id"]]
    zh = language == "zh"
    assert ("参与人数" if zh else "participants (people)") in told[0]
    assert ("查看人员" if zh else "Viewer") in told[1]
    assert ("经办人员" if zh else "Clerk") in told[1]
    assert "10.0.0.7" in told[1]
    assert "a.zip" in told[2]
    assert "daily" in told[2]


PARAMETERS = (
    *("subject_type", "subject_id", "action", "actor", "source"),
    *("first_at", "end_at", "search"),
)


def test_the_filtered_trail_is_a_file_without_formulas_and_leaves_a_line(
    store: Store, zh: None
) -> None:
    add_unit(store, "=HYPERLINK(1)", note="备注一")
    add_unit(store, "教育分局")
    asked = dict.fromkeys(PARAMETERS) | {"search": "HYPERLINK"}
    content = audit_log.trail_csv(store, asked)
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(lines) == 2
    assert lines[0][0] == "序号"
    assert "'=HYPERLINK(1)" in lines[1]
    assert "备注: 备注一" in lines[1][-1]
    (line,) = store.query(
        "record_history", subject_type="register", subject_id="drillbook-audit.csv"
    )
    assert (line["action"], line["actor"], line["subject_label"]) == (
        "export",
        CLERK,
        "操作记录",
    )
    assert '"lines": 1' in line["after_json"]
    assert '"search": "HYPERLINK"' in line["after_json"]


# --- time limits --------------------------------------------------------------------------------


def test_time_limits_are_decided_by_the_administrator_and_told_in_the_trail(store: Store) -> None:
    app = healthy(open_page("retention"))
    app.text_input(key="limits_audit_kept_days").set_value("100")
    app = healthy(app.button(key="limits_save").click().run())
    assert "请填 180 至 36500 的整数" in texts(app)
    app.text_input(key="limits_audit_kept_days").set_value("365")
    app.text_input(key="limits_contacts_kept_days").set_value("90")
    healthy(app.button(key="limits_save").click().run())
    decided = office_settings.load(store)
    assert (decided.audit_kept_days, decided.contacts_kept_days) == ("365", "90")
    lines = store.query(
        "record_history", subject_type="office_setting", subject_id="audit_kept_days"
    )
    assert [line["after_json"] for line in lines] == ['{"value": "365"}']


def test_deciding_the_wording_leaves_time_limits_as_they_are(store: Store) -> None:
    add_session(store, host=add_unit(store))
    office_settings.save(store, office_settings.OfficeSettings(audit_kept_days="400"), actor=CLERK)
    app = healthy(open_page("statistics", year="2023"))
    app.text_input(key="annual_office_name").set_value("经开区应急管理局")
    healthy(app.button(key="annual_save").click().run())
    decided = office_settings.load(store)
    assert (decided.audit_kept_days, decided.office_name) == ("400", "经开区应急管理局")


# --- putting back -------------------------------------------------------------------------------


def changed_unit(store: Store) -> tuple[str, str]:
    """A unit that was renamed, and the line of its first state."""
    unit_id = add_unit(store, "应急管理局", note="旧备注")
    units.RECORD_TYPE.save(
        store, units.Unit("应急局", note="新备注"), actor=COLLEAGUE, today=TODAY,
        record_id=unit_id, row_version=1,
    )  # fmt: skip
    first = store.query("record_history", subject_type="unit", subject_id=unit_id)[0]
    return unit_id, first["id"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_is_put_back_after_its_differences_were_shown(store: Store, language: str) -> None:
    unit_id, event_id = changed_unit(store)
    app = healthy(open_page("units", language, id=unit_id))
    app = healthy(app.button(key=f"unit_put_back_{event_id}").click().run())
    shown = shown_html(app)
    assert "旧备注" in shown
    assert "新备注" in shown
    app = healthy(app.button(key="unit_put_back_now").click().run())
    stored = units.RECORD_TYPE.load(store, unit_id)
    assert stored
    assert (stored.value.name, stored.value.note) == ("应急管理局", "旧备注")
    assert ("已退回旧版：应急管理局" if language == "zh" else "Put back: 应急管理局") in texts(app)
    assert len([b for b in app.button if "unit_put_back_" in str(b.key)]) == 2


def test_what_stands_in_the_way_of_putting_back_is_told_and_nothing_changes(store: Store) -> None:
    unit_id, event_id = changed_unit(store)
    add_unit(store, "应急管理局")
    app = healthy(open_page("units", id=unit_id))
    app = healthy(app.button(key=f"unit_put_back_{event_id}").click().run())
    app = healthy(app.button(key="unit_put_back_now").click().run())
    assert "名称：“应急管理局”" in texts(app)
    stored = units.RECORD_TYPE.load(store, unit_id)
    assert stored
    assert stored.value.name == "应急局"
