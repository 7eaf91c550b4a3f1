"""The page that proposes a year's programme: ticked, changed, dropped, kept, made, undone."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import form_drafts
from drillbook.core import clock
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import programmes
from tests.conftest import ADMINISTRATOR
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy
from tests.people import add_plan, add_planned_drill, add_programme, add_unit
from tests.ui.app_page import open_page

FORM = "propose:2024"


@pytest.fixture
def item(store: Store) -> str:
    """An item of 2023 that was not held, with its host."""
    host = add_unit(store)
    return add_planned_drill(store, add_programme(store), "防汛应急演练", host, number=4)


def items(store: Store) -> list[Row]:
    with store.write(Actor("test")) as tx:
        return tx.all(
            "select planned_drill.* from planned_drill inner join programme"
            " on planned_drill.programme_id = programme.id"
            " where programme.year = 2024 and planned_drill.voided_at is null order by number"
        )


def key(item: str, name: str) -> str:
    return f"{FORM}:item:{item}:{name}"


def draft(store: Store) -> form_drafts.Values:
    held = form_drafts.get(store, ADMINISTRATOR.account_id, FORM)
    return held.values if held else {}


def opened(language: str = "zh") -> AppTest:
    return healthy(open_page("propose", language))


@pytest.mark.parametrize(
    ("language", "title", "reason"),
    [
        ("zh", "编制下年度计划", "结转：2023年第4项，未开展"),
        ("en", "Propose next year's programme", "Carried over from 2023, item 4: not held"),
    ],
)
def test_proposals_are_shown_with_their_reasons(
    store: Store, item: str, language: str, title: str, reason: str
) -> None:
    app = opened(language)
    assert app.title[0].value == title
    assert reason in texts(app)
    assert "应急管理局" in texts(app)
    assert app.checkbox(key=key(item, "accepted")).value is True
    assert app.checkbox(key=f"{FORM}:hazard:earthquake:accepted").value is False


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_years_make_proposals(demo_store: Store, language: str) -> None:
    app = opened(language)
    assert app.selectbox(key="propose_year").value == 2024
    assert len(app.checkbox) > 10
    assert not app.error


def test_accepted_proposals_become_the_programme_once(store: Store, item: str) -> None:
    app = opened()
    app.button(key="propose_make").click().run()
    assert "已向 2024 年度计划编入 1 项" in texts(healthy(app))
    assert [row["name"] for row in items(store)] == ["防汛应急演练"]
    assert 2024 in programmes.years(store).values()
    assert app.button(key="propose_make").disabled
    assert len(items(store)) == 1


def test_a_second_tab_adds_nothing_twice(store: Store, item: str) -> None:
    first, second = opened(), opened()
    first.button(key="propose_make").click().run()
    second.button(key="propose_make").click().run()
    assert not second.exception
    assert len(items(store)) == 1


def test_what_was_changed_is_what_is_made(store: Store, item: str) -> None:
    other = add_unit(store, "建设局")
    app = opened()
    app.toggle(key=f"{FORM}:item:{item}#open").set_value(True).run()
    app.text_input(key=key(item, "name")).set_value("防汛联合演练")
    app.multiselect(key=key(item, "hosts")).set_value([other])
    app.date_input(key=key(item, "due_to")).set_value(date(2024, 6, 30))
    app.number_input(key=key(item, "target_sessions")).set_value(2).run()
    app.button(key="propose_make").click().run()
    (made,) = items(healthy(app) and store)
    assert (made["name"], made["due_to"]) == ("防汛联合演练", date(2024, 6, 30))
    assert made["target_sessions"] == 2
    assert [line["unit_id"] for line in store.lines("planned_drill_unit", made["id"])] == [other]
    # Under another name it is the same proposal: not proposed again, unless asked for.
    assert key(item, "accepted") not in {box.key for box in app.checkbox}
    app.button(key="propose_hidden").click().run()
    assert key(item, "accepted") in {box.key for box in healthy(app).checkbox}


def test_what_was_typed_and_dropped_survives_a_refresh(store: Store, item: str) -> None:
    app = opened()
    app.toggle(key=f"{FORM}:item:{item}#open").set_value(True).run()
    app.text_input(key=key(item, "name")).set_value("改过的名称").run()
    app.checkbox(key=key(item, "accepted")).set_value(False).run()
    assert list(draft(store)["rows"]) == [f"item:{item}"]
    again = opened()
    assert again.checkbox(key=key(item, "accepted")).value is False
    assert again.checkbox(key=key(item, "accepted")).label == "改过的名称"
    assert again.button(key="propose_make").disabled
    assert "尚未保存" in texts(again)
    again.button(key=f"draft_{FORM}_afresh").click().run()
    assert healthy(again).checkbox(key=key(item, "accepted")).value is True
    assert draft(store) == {}


def test_all_are_accepted_and_dropped_at_once(store: Store, item: str) -> None:
    app = opened()
    app.button(key="propose_all_True").click().run()
    assert all(box.value for box in app.checkbox)
    app.button(key="propose_all_False").click().run()
    assert not any(box.value for box in app.checkbox)
    assert app.button(key="propose_make").disabled


def test_an_item_that_cannot_be_is_told_and_nothing_is_made(store: Store, item: str) -> None:
    app = opened()
    app.toggle(key=f"{FORM}:item:{item}#open").set_value(True).run()
    app.number_input(key=key(item, "target_sessions")).set_value(0).run()
    app.button(key="propose_make").click().run()
    assert "防汛应急演练" in app.error[0].value
    assert items(store) == []
    assert app.number_input(key=key(item, "target_sessions")).value == 0


def test_making_is_undone(store: Store, item: str) -> None:
    app = opened()
    app.button(key="propose_make").click().run()
    app.button(key="propose_undo").click().run()
    assert items(store) == []
    assert 2024 not in programmes.years(store).values()
    assert healthy(app).checkbox(key=key(item, "accepted")).value is True


def test_another_year_is_asked_for_in_the_address(store: Store, item: str) -> None:
    app = healthy(open_page("propose", year="2025"))
    assert "结转" not in texts(app)
    add_plan(store)
    assert app.selectbox(key="propose_year").value == 2025


@pytest.mark.parametrize(("today", "year"), [(date(2026, 9, 30), 2026), (date(2026, 10, 1), 2027)])
def test_without_a_programme_the_last_quarter_asks_for_the_next_year(
    store: Store, monkeypatch: pytest.MonkeyPatch, today: date, year: int
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    assert opened().selectbox(key="propose_year").value == year
