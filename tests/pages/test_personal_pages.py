"""Who may not read contacts finds them nowhere: on no screen, by no search, in no order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import permissions
from drillbook.accounts.permissions import Person
from drillbook.core.errors import DrillbookError
from drillbook.db.store import Store
from drillbook.records import attachments, plans, programmes, teams, units
from drillbook.ui.components import current_user, navigation
from tests.conftest import CLERK
from tests.pages.log_screen import healthy
from tests.people import (
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)
from tests.ui.app_page import open_page

VIEWER = Person("张看", "viewer", account_id="account-2", login="viewer")
NAME, LEADER = "欧阳明月", "诸葛清风"
MOBILE, DUTY, WRITTEN = "13900001234", "0631-5550123", "13711112222"
HIDDEN = (NAME, LEADER, MOBILE, DUTY, WRITTEN, "5550123")
Ids = dict[str, str]


@pytest.fixture
def ids(store: Store) -> Ids:
    """One record of each kind, changed once, with a contact or a number wherever one can stand."""
    unit = add_unit(store, "应急管理局", contact_name="旧欧阳明月", contact_phone="13900000000")
    units.RECORD_TYPE.save(
        store, units.Unit("应急管理局", contact_name=NAME, contact_phone=MOBILE, note=WRITTEN),
        actor=CLERK, today=TODAY, record_id=unit, row_version=1,
    )  # fmt: skip
    other = add_unit(store, "消防救援大队", contact_name="丁某", contact_phone="13100000000")
    team = add_team(store, leader="旧队长", duty_phone="0631-5559999", parent_unit_id=unit)
    teams.RECORD_TYPE.save(
        store, teams.Team("海上搜救队", leader=LEADER, duty_phone=DUTY, parent_unit_id=unit),
        actor=CLERK, today=TODAY, record_id=team, row_version=1,
    )  # fmt: skip
    plan = add_plan(store, lead_unit_id=unit, note=f"联系{WRITTEN}",
                    revisions=(plans.PlanRevision(owner_unit_id=unit, note=WRITTEN,
                                                  started_on=date(2023, 2, 1)),))  # fmt: skip
    host = programmes.PlannedDrillUnit(unit, duty=f"总指挥，电话{WRITTEN}")
    drill = add_planned_drill(store, add_programme(store), plan_id=plan, units=(host,),
                              note=WRITTEN, place=f"拨{WRITTEN}")  # fmt: skip
    session = add_session(store, host=unit, planned_drill_id=drill, summary=f"总结{WRITTEN}",
                          place=f"拨{WRITTEN}")  # fmt: skip
    gone = add_unit(store, "已撤销的单位", contact_name=NAME, contact_phone=MOBILE)
    units.RECORD_TYPE.void(store, gone, f"并入，联系{WRITTEN}", 1, actor=CLERK)
    return {"units": unit, "teams": team, "plans": plan, "programme": drill,
            "sessions": session, "gone": gone, "other": other}  # fmt: skip


@pytest.fixture
def viewing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_user, "holder", lambda: VIEWER)


def everything(app: AppTest) -> bytes:
    """All that a page sends to the browser: messages as they are written, tables among them."""
    return b"\n".join(
        node.proto.SerializeToString() for node in nodes(app._tree) if has_proto(node)
    )


def nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def has_proto(node: Any) -> bool:
    return getattr(node, "proto", None) is not None


def open_pages() -> list[str]:
    """The pages a viewer may open."""
    return [
        page.url_path
        for page in navigation.PAGES
        if VIEWER.may(permissions.PAGES[page.url_path])
    ]  # fmt: skip


def found(app: AppTest) -> list[str]:
    told = everything(app)
    return [value for value in HIDDEN if value.encode() in told]


@pytest.mark.usefixtures("viewing")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_viewer_finds_no_contact_on_any_page(ids: Ids, language: str) -> None:
    opened = open_pages()
    assert {"units", "teams", "plans", "programme", "sessions", "statistics"} <= set(opened)
    for url_path in opened:
        assert found(healthy(open_page(url_path, language, year="2023"))) == [], url_path


@pytest.mark.usefixtures("viewing")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_viewer_finds_no_contact_on_any_record_form_or_voided_list(
    ids: Ids, language: str
) -> None:
    for url_path, record_id in ids.items():
        address = url_path if url_path in permissions.PAGES else "units"
        for more in ({}, {"edit": "main"}):
            app = healthy(open_page(address, language, id=record_id, **more))
            assert found(app) == [], (url_path, more)
            assert not app.text_input, "a viewer has no form"
    for url_path in ("units", "teams", "plans", "programme", "sessions"):
        assert found(healthy(open_page(url_path, language, voided="1"))) == []


@pytest.mark.usefixtures("viewing")
def test_a_viewer_sees_the_mask_in_list_record_and_history(ids: Ids) -> None:
    row = open_page("units").dataframe[0].value.set_index("name").loc["应急管理局"]
    assert (row["contact_name"], row["contact_phone"]) == ("欧**", "139****1234")
    told = everything(open_page("units", id=ids["units"]))
    assert "欧**".encode() in told
    assert b"139****0000" in told
    row = open_page("teams").dataframe[0].value.iloc[0]
    assert (row["leader"], row["duty_phone"]) == ("诸**", "0631-***0123")


@pytest.mark.parametrize("url_path", ["units", "teams"])
@pytest.mark.parametrize("search", [NAME, LEADER, MOBILE, "3900001", DUTY])
def test_only_who_may_read_contacts_finds_a_record_by_them(
    ids: Ids, monkeypatch: pytest.MonkeyPatch, url_path: str, search: str
) -> None:
    expected = (search in (LEADER, DUTY)) == (url_path == "teams")
    assert bool(healthy(open_page(url_path, search=search)).dataframe) == expected
    monkeypatch.setattr(current_user, "holder", lambda: VIEWER)
    assert not healthy(open_page(url_path, search=search)).dataframe


@pytest.fixture
def in_names(store: Store) -> str:
    """Numbers written into names of every kind, a file's too; returns the session's id."""
    unit = add_unit(store, "热线138.1234.0004的单位")
    plan = add_plan(store, "预案（1381 234 0008）", lead_unit_id=unit)
    add_planned_drill(store, add_programme(store), "演练+8613812340001", host=unit, plan_id=plan)
    add_team(store, "队伍 0631-523-0010", parent_unit_id=unit)
    session = add_session(
        store, "联系0631-523-0010的演练", host=unit, place="拨１３８—１２３４—０００１"
    )
    attachments.add(
        store, "drill_session", session, "scheme", "名单13812340001.pdf", b"%PDF-1", actor=CLERK
    )
    return session


IN_NAMES = ("1234.0004", "234 0008", "13812340001", "523-0010", "１２３４—０００１", "12340001")


@pytest.mark.usefixtures("viewing")
def test_a_viewer_reads_no_number_that_somebody_wrote_into_a_name(in_names: str) -> None:
    opened = {url_path: open_page(url_path, year="2023") for url_path in open_pages()}
    opened["record"] = open_page("sessions", id=in_names)
    told = {
        url_path: everything(healthy(app)).decode(errors="replace")
        for url_path, app in opened.items()
    }
    assert {u: [v for v in IN_NAMES if v in said] for u, said in told.items()} == {
        url_path: [] for url_path in told
    }
    assert "138****0001.pdf" in told["record"]


@pytest.mark.usefixtures("viewing")
def test_no_search_for_digits_finds_out_a_masked_number(in_names: str) -> None:
    number = "523-0010"
    windows = {number[i : i + 3] for i in range(len(number) - 2)} - {"001", "010"}
    for search in windows:
        assert not healthy(open_page("sessions", search=search)).dataframe, search
    assert healthy(open_page("sessions", search="***0010")).dataframe is not None
    assert names(open_page("sessions", search="0631")) == ["联系0631-***0010的演练"]
    assert names(open_page("sessions", search="演练")) == ["联系0631-***0010的演练"]


@pytest.mark.parametrize("order", ["contact_phone", "-contact_phone", "contact_name"])
def test_a_masked_column_gives_no_order(
    ids: Ids, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    plain = names(open_page("units", sort="name"))
    assert names(open_page("units", sort="-contact_phone")) != names(
        open_page("units", sort="contact_phone")
    )
    monkeypatch.setattr(current_user, "holder", lambda: VIEWER)
    assert names(open_page("units", sort=order)) == plain


def names(app: AppTest) -> list[str]:
    told: list[str] = healthy(app).dataframe[0].value["name"].tolist()
    return told


def test_the_office_sees_contacts_as_they_are(ids: Ids) -> None:
    """Also shows that the tests above look where contacts would be."""
    assert {NAME, MOBILE} <= set(found(open_page("units")))
    assert {LEADER, DUTY} <= set(found(open_page("teams")))
    told = everything(open_page("units", id=ids["units"]))
    assert NAME.encode() in told
    assert MOBILE.encode() in told


@pytest.mark.usefixtures("viewing")
def test_a_viewer_is_offered_no_earlier_state_and_no_time_limits(ids: Ids) -> None:
    app = healthy(open_page("units", id=ids["units"]))
    assert not [b for b in app.button if "put_back" in str(b.key)]
    with pytest.raises(DrillbookError):
        current_user.actor("backup")
