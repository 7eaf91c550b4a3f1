"""What is typed into a form comes back typed, and stays where it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.core.errors import ValidationError
from drillbook.core.paths import ROOT
from drillbook.db.store import Store
from drillbook.records import sessions, unit_creation, units
from drillbook.ui.components import formatting
from tests.conftest import CLERK, TODAY

HOSTILE = "<b>x</b> **y** $a$ :material/home: :smile: [l](http://e.example) `c`"


def one_form() -> None:
    """The script under test: one field of each kind."""
    import streamlit as st

    from drillbook.core import i18n
    from drillbook.ui.components.forms import Form, units_editor

    speaking = st.selectbox("language", ["zh", "en"], key="speaking")
    with i18n.use_language(speaking):
        form = Form("drill", st.session_state.get("value"))
        name = form.text("name", "Name", required=True)
        event_class = form.code("event_class", "Class", "event_class")
        hazard = form.hazard("hazard", "Hazard", event_class)
        day = form.day("held_on", "Day")
        count = form.count("participants", "Participants")
        fields = form.codes("fields", "Fields", "team_field")
        lines = units_editor(form, {"u1": "应急管理局", "u2": "教育分局"}, head_counts=True)
        form.show_problems(st.session_state.get("problems", {}))
    st.session_state["read"] = (name, event_class, hazard, day, count, fields, lines)


@pytest.fixture
def form() -> Iterator[AppTest]:
    at = AppTest.from_function(one_form).run()
    assert not at.exception
    yield at
    assert not at.exception


def key(name: str) -> str:
    return f"drill:{name}"


def test_an_empty_form_reads_as_nothing_not_as_empty_words(form: AppTest) -> None:
    assert form.session_state["read"] == ("", None, None, None, (None, "unknown"), "", [])


def test_what_is_typed_comes_back_typed(form: AppTest) -> None:
    form.text_input(key=key("name")).set_value("防汛演练")
    form.selectbox(key=key("event_class")).select("natural_disaster")
    form.date_input(key=key("held_on")).set_value(date(2023, 5, 12))
    form.number_input(key=key("participants")).set_value(30)
    form.selectbox(key=key("participants_kind")).select("over")
    form.multiselect(key=key("fields")).set_value(["flood_rescue", "forest_fire"])
    form.selectbox(key=key("units:0:unit_id")).select("u1")
    form.run()
    name, event_class, _, day, count, fields, lines = form.session_state["read"]
    assert (name, event_class, day) == ("防汛演练", "natural_disaster", date(2023, 5, 12))
    assert count == (30, "over")
    assert fields == "forest_fire,flood_rescue"
    assert [(line.unit_id, line.role) for line in lines] == [("u1", "host")]


def test_hazards_are_those_of_the_event_class(form: AppTest) -> None:
    form.selectbox(key=key("event_class")).select("public_health").run()
    hazards = form.selectbox(key=key("hazard")).options
    assert "地震灾害" not in hazards
    assert "传染病疫情" in hazards or any("传染病" in hazard for hazard in hazards)


def test_everything_survives_a_language_switch(form: AppTest) -> None:
    form.text_input(key=key("name")).set_value("防汛演练")
    form.selectbox(key=key("event_class")).select("natural_disaster")
    form.selectbox(key=key("participants_kind")).select("approximate")
    form.number_input(key=key("participants")).set_value(100)
    form.selectbox(key=key("units:0:unit_id")).select("u2")
    form.selectbox(key=key("units:0:role")).select("support")
    form.run()
    before = form.session_state["read"]
    form.selectbox(key="speaking").select("en").run()
    assert form.session_state["read"] == before
    form.run()
    assert form.session_state["read"] == before
    assert "Natural disaster" in form.selectbox(key=key("event_class")).options


def test_rows_are_added_and_removed_without_touching_the_others(form: AppTest) -> None:
    form.button(key=key("units#add")).click().run()
    form.selectbox(key=key("units:0:unit_id")).select("u1")
    form.selectbox(key=key("units:1:unit_id")).select("u2")
    form.text_input(key=key("units:1:duty")).set_value("组织疏散").run()
    form.button(key=key("units:0#remove")).click().run()
    lines = form.session_state["read"][6]
    assert [(line.unit_id, line.duty, line.position) for line in lines] == [("u2", "组织疏散", 0)]


def test_a_problem_stands_under_its_field_as_plain_text(form: AppTest) -> None:
    form.session_state["problems"] = {"name": HOSTILE, "elsewhere": "Unknown field"}
    form.run()
    assert f":red[{formatting.plain(HOSTILE)}]" in [shown.value for shown in form.markdown]
    assert [error.value for error in form.error] == ["Unknown field"]


def test_a_form_opens_with_what_the_record_holds() -> None:
    at = AppTest.from_function(one_form)
    at.session_state["value"] = sessions.Session(
        name="地震疏散",
        held_on=date(2023, 5, 12),
        event_class="natural_disaster",
        hazard="earthquake",
        participants=300,
        participants_kind="over",
        units=(sessions.SessionUnit("u2", "host", "组织学校疏散", 80),),
    )
    at.run()
    name, event_class, hazard, day, count, _, lines = at.session_state["read"]
    assert (name, event_class, hazard, day) == (
        "地震疏散",
        "natural_disaster",
        "earthquake",
        date(2023, 5, 12),
    )
    assert count == (300, "over")
    assert [(line.unit_id, line.duty, line.participants) for line in lines] == [
        ("u2", "组织学校疏散", 80)
    ]


def saved_with_host(store: Store, unit_id: str, name: str = "防汛演练") -> str:
    value = sessions.Session(
        name=name,
        held_on=date(2023, 5, 12),
        participants=1,
        units=(sessions.SessionUnit(unit_id),),
    )
    return unit_creation.save(store, sessions.RECORD_TYPE, value, actor=CLERK, today=TODAY)


def test_a_unit_typed_for_the_first_time_is_made_with_the_record(store: Store) -> None:
    record_id = saved_with_host(store, unit_creation.marked("怡园街道"))
    assert list(units.choices(store).values()) == ["怡园街道"]
    assert store.lines("session_unit", record_id)[0]["unit_id"] in units.choices(store)


def test_a_typed_alias_leads_to_the_unit_it_belongs_to(store: Store) -> None:
    unit = units.Unit(name="应急管理局", aliases="应急局")
    known = units.RECORD_TYPE.save(store, unit, actor=CLERK, today=TODAY)
    record_id = saved_with_host(store, unit_creation.marked("应急局 "))
    assert store.lines("session_unit", record_id)[0]["unit_id"] == known
    assert len(units.choices(store)) == 1


def test_a_failed_save_leaves_no_half_made_unit(store: Store) -> None:
    with pytest.raises(ValidationError):
        saved_with_host(store, unit_creation.marked("怡园街道"), name=" ")
    assert units.choices(store) == {}


def test_a_new_unit_needs_a_name_of_letters(store: Store) -> None:
    with pytest.raises(ValidationError) as refused:
        saved_with_host(store, unit_creation.marked("——"))
    assert set(refused.value.problems) == {"units"}


def calls_on_screens() -> list[ast.Call]:
    """Return every call in the code of the screens."""
    files = [*(ROOT / "drillbook" / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_button_has_a_key_that_fires_before_the_field_with_the_cursor_is_heard() -> None:
    assert not [c for c in calls_on_screens() if any(k.arg == "shortcut" for k in c.keywords)]


def test_no_list_offers_to_choose_everything_with_one_key() -> None:
    lists = [c for c in calls_on_screens() if ast.unparse(c.func) == "st.multiselect"]
    assert len(lists) >= 4
    for one in lists:
        assert "select_all=False" in [f"{k.arg}={ast.unparse(k.value)}" for k in one.keywords]
