"""What is due and the rules behind it on the screen, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from drillbook.core import clock
from drillbook.db.store import Store
from drillbook.records import office_events, office_settings, rules, working_days
from drillbook.reports import due_items
from drillbook.reports.files import calendar_feeds
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.pages.test_roles import be
from tests.people import CLERK, TODAY, add_planned_drill, add_programme, add_unit
from tests.raw import raw
from tests.ui.app_page import open_page

DAY = "2024-01-11"


def rule_id(store: Store, code: str) -> str:
    with raw(store) as cursor:
        row = cursor.execute("select id from rule where code = $code", {"code": code}).fetchone()
    assert row
    return str(row[0])


# --- what is due --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "figures"),
    [
        ("zh", "到期事项", ["超期", "临期", "从未"]),
        ("en", "What is due", ["Overdue", "Due soon", "Never"]),
    ],
)
def test_the_page_counts_and_lists_what_is_open(
    demo_store: Store, language: str, title: str, figures: list[str]
) -> None:
    app = healthy(open_page("due", language, as_of=DAY))
    assert app.title[0].value == title
    numbers = due_items.counts(demo_store, TODAY)
    shown = {metric.label: metric.value for metric in app.metric}
    assert [label.split("[")[-1].rstrip("]") for label in shown] == figures
    assert list(shown.values()) == [f"{numbers[s]:,}" for s in ("late", "due_soon", "never")]
    rows = app.dataframe[0].value
    assert len(rows) == sum(numbers[state] for state in due_items.OPEN_STATES)
    expected = "天" if language == "zh" else "day"
    assert all(expected in told for told in rows["days_told"] if told not in ("", "今天", "today"))


def test_the_filters_are_in_the_address(demo_store: Store) -> None:
    app = healthy(open_page("due", as_of=DAY, kind="team", state="late"))
    assert set(app.dataframe[0].value["state"]) == {"超期"}
    app = healthy(open_page("due", as_of=DAY, rule="TEAM-TRAINED", state="all"))
    assert set(app.dataframe[0].value["what"]) == {"队伍训练"}
    item = next(one for one in due_items.items(demo_store, TODAY) if one["unit_id"])
    app = healthy(open_page("due", as_of=DAY, unit=item["unit_id"], state="all"))
    assert set(app.dataframe[0].value["unit"]) == {item["unit"]}


def test_choosing_a_filter_changes_the_address(demo_store: Store) -> None:
    app = healthy(open_page("due", as_of=DAY))
    app.selectbox(key="due_state").set_value("late").run()
    assert app.query_params["state"] == "late"
    app.date_input(key="due_as_of").set_value(date(2022, 12, 31)).run()
    assert app.query_params["as_of"] == "2022-12-31"
    assert not app.exception


def test_an_address_that_says_nonsense_still_opens(demo_store: Store) -> None:
    for query in ({"as_of": "2024-02-30"}, {"state": "x"}, {"unit": "x"}, {"rule": "x"}):
        app = open_page("due", **query)
        assert not app.exception


@pytest.mark.parametrize(("language", "mark"), [("zh", "待核"), ("en", "not yet verified")])
def test_a_chosen_row_shows_its_article_and_whether_it_was_verified(
    demo_store: Store, language: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AppTest cannot click a row of a table.
    monkeypatch.setattr("drillbook.ui.components.list_view.choose_row", lambda *_args, **_more: 0)
    app = healthy(open_page("due", language, as_of=DAY, rule="ARCHIVE-9007"))
    assert "AQ/T 9007-2019" in shown_html(app)
    assert mark in shown_html(app)
    assert "归档保存" in app.text[0].value
    app = healthy(open_page("due", language, as_of=DAY, rule="TEAM-TRAINED"))
    assert mark not in shown_html(app)


def test_why_something_does_not_apply_is_told(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drillbook.ui.components.list_view.choose_row", lambda *_args, **_more: 0)
    app = healthy(open_page("due", as_of=DAY, rule="DRILL-3Y-2013", state="not_applicable"))
    assert "预案尚在编制" in shown_html(app)


@pytest.mark.parametrize(("language", "sentence"), [("zh", "没有超期"), ("en", "Nothing is late")])
def test_nothing_due_is_said(store: Store, language: str, sentence: str) -> None:
    app = healthy(open_page("due", language, as_of="2001-01-01"))
    assert sentence in texts(app)
    app = healthy(open_page("due", language, as_of="2001-01-01", kind="team"))
    assert app.button(key="due_clear")


def test_a_viewer_sees_what_is_due_and_no_telephone_number(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = add_unit(store, "值班 13812345678")
    add_planned_drill(store, add_programme(store), "防汛演练 13812345678", host)
    be(monkeypatch, "viewer")
    app = healthy(open_page("due", as_of=DAY, kind="planned_drill"))
    assert "13812345678" not in app.dataframe[0].value.to_string()


def test_a_calendar_address_is_made_shown_once_and_revoked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = be(monkeypatch, "clerk")
    app = healthy(open_page("account"))
    app.button(key="calendar_feed_make").click().run()
    assert not app.exception
    (address,) = [code.value for code in app.code]
    secret = address.rpartition("/")[2].removesuffix(".ics")
    app.run()
    assert not app.code
    assert calendar_feeds.made_at(store, person.account_id)
    assert len(secret) == 43
    app.button(key="calendar_feed_revoke").click().run()
    assert not app.exception
    assert calendar_feeds.made_at(store, person.account_id) is None


# --- rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("zh", "规则"), ("en", "Rules")])
def test_the_rules_are_listed_with_their_validity(store: Store, language: str, title: str) -> None:
    app = healthy(open_page("rules", language))
    assert app.title[0].value == title
    rows = app.dataframe[0].value
    assert len(rows) == len(rules.shipped())
    row = rows[rows["code"] == "DRILL-3Y-2013"].iloc[0]
    assert row["effective_to"] == date(2024, 1, 30)
    assert row["standing"] == ("已失效" if language == "zh" else "Ended")


def test_a_rule_is_changed_from_a_day_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2025, 6, 1))
    record = rule_id(store, "TEAM-TRAINED")
    app = healthy(open_page("rules", id=record, edit="change"))
    key = f"rule:{record}:change"
    app.number_input(key=f"{key}:interval_count").set_value(6)
    app.selectbox(key=f"{key}:interval_unit").set_value("month")
    app.button(key=f"{key}#save").click().run()
    assert not app.exception
    held = rules.RECORD_TYPE.load(store, record)
    assert held
    assert held.value.effective_to == date(2025, 5, 31)
    found = [r for r in store.query("rule_measures") if r["code"] == "TEAM-TRAINED"]
    assert len(found) == 1
    assert "TEAM-TRAINED" in due_items.rules_in_force(store, date(2025, 6, 1))
    app = healthy(open_page("rules", search="TEAM-TRAINED"))
    assert sorted(app.dataframe[0].value["interval_count"]) == [1, 6]


def test_a_change_that_is_wrong_says_so_at_its_field(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2025, 6, 1))
    record = rule_id(store, "TEAM-TRAINED")
    app = healthy(open_page("rules", id=record, edit="change"))
    key = f"rule:{record}:change"
    app.number_input(key=f"{key}:interval_count").set_value(0)
    app.button(key=f"{key}#save").click().run()
    assert not app.exception
    assert "请填写1至1000的整数" in texts(app)
    held = rules.RECORD_TYPE.load(store, record)
    assert held
    assert held.value.effective_to is None


def test_a_rule_is_switched_off_and_on(store: Store) -> None:
    record = rule_id(store, "TEAM-TRAINED")
    for action, is_off in (("off", True), ("on", False)):
        app = healthy(open_page("rules", id=record, edit=action))
        app.button(key=f"rule:{record}:{action}#save").click().run()
        assert not app.exception
        held = rules.RECORD_TYPE.load(store, record)
        assert held
        assert held.value.is_switched_off is is_off


def test_a_new_rule_is_added(store: Store) -> None:
    app = healthy(open_page("rules", id="new"))
    app.text_input(key="rule:new:code").set_value("OFFICE-1")
    app.number_input(key="rule:new:interval_count").set_value(1)
    app.selectbox(key="rule:new:interval_unit").set_value("year")
    app.text_input(key="rule:new:citation").set_value("区应急委通知")
    app.text_area(key="rule:new:text").set_value("每年演练一次。")
    app.button(key="rule:new#save").click().run()
    assert not app.exception
    assert rule_id(store, "OFFICE-1")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_working_day_and_an_event_of_the_office_are_recorded(store: Store, language: str) -> None:
    app = healthy(open_page("rules", language, day="new"))
    key = "working_day_correction:new"
    app.date_input(key=f"{key}:day").set_value(date(2024, 2, 19))
    app.text_input(key=f"{key}:reason").set_value("市政府通知")
    app.button(key=f"{key}#save").click().run()
    assert not app.exception
    app = healthy(open_page("rules", language, event="new"))
    app.selectbox(key="office_event:new:kind").set_value("team_list_published")
    app.date_input(key="office_event:new:happened_on").set_value(date(2023, 12, 20))
    app.button(key="office_event:new#save").click().run()
    assert not app.exception
    app = healthy(open_page("rules", language))
    assert app.dataframe[1].value["reason"].tolist() == ["市政府通知"]
    assert len(app.dataframe[2].value) == 1


def test_records_beside_the_rules_open_with_their_history(store: Store) -> None:
    event = office_events.OfficeEvent("team_list_published", date(2023, 12, 20), "一览表")
    record = office_events.RECORD_TYPE.save(store, event, actor=CLERK, today=TODAY)
    assert "一览表" in shown_html(healthy(open_page("rules", event=record)))
    correction = working_days.Correction(date(2024, 2, 19), False, "通知")
    record = working_days.RECORD_TYPE.save(store, correction, actor=CLERK, today=TODAY)
    assert "通知" in shown_html(healthy(open_page("rules", day=record)))


def test_how_soon_is_soon_is_decided_here(store: Store) -> None:
    app = healthy(open_page("rules"))
    app.text_input(key="rules_due_soon").set_value("7").run()
    assert not app.exception
    assert office_settings.load(store).due_soon_days == "7"
    app.text_input(key="rules_due_soon").set_value("-1").run()
    assert "最多365天" in texts(app)
    assert office_settings.load(store).due_soon_days == "7"


# --- what rules measure -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_rules_measure_is_shown_with_its_record(demo_store: Store, language: str) -> None:
    titles = {
        ("plan", "高区防台风应急预案"): ("plans", "2023-11-16"),
        ("team", "森林消防中队"): ("teams", "2023-10-24"),
    }
    for (table, name), (page, expected) in titles.items():
        label = "title" if table == "plan" else "name"
        with raw(demo_store) as cursor:
            row = cursor.execute(
                f"select id from {table} where {label} = $name", {"name": name}
            ).fetchone()
        assert row
        assert expected in shown_html(healthy(open_page(page, language, id=str(row[0]))))
