"""The office's own screens: what is wrong in the register, and who did what."""

from __future__ import annotations

import pytest

from drillbook import sessions, units
from drillbook.store import Store
from tests.conftest import CLERK, COLLEAGUE
from tests.pages.log_screen import texts
from tests.pages.test_registers_pages import healthy, shown_html
from tests.people import TODAY, add_session, add_unit
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
    units.REGISTER.save(store, units.Unit("教育分局"), actor=COLLEAGUE, today=TODAY)
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
    stored = sessions.REGISTER.load(store, session_id)
    assert stored
    sessions.REGISTER.save(
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
