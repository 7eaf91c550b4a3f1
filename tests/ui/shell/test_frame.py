"""What every screen has around it: navigation, language, visitor, banner, guard, run slots."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts import permissions, preferences
from drillbook.accounts.permissions import Person
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.ui.components import current_user, navigation
from drillbook.ui.components.markdown_escape import literal
from drillbook.ui.shell import error_page
from drillbook.ui.shell.run_limit import RUN_SLOTS
from tests.conftest import ADMINISTRATOR
from tests.people import add_unit
from tests.raw import raw
from tests.ui.app_page import FRAME

HEAD = (
    "from drillbook.ui.shell.page_guard import require_frame\n"
    "require_frame()\nimport streamlit as st\n"
)
FIRST = HEAD + "st.title('first')\n"
SECOND = HEAD + (
    "from drillbook.core.i18n import gettext as _\n"
    "from drillbook.ui.components import current_user\n"
    "def keep():\n"
    "    st.session_state['said'] = _('Dashboard')\n"
    "st.button('say', key='say', on_click=keep)\n"
    "st.caption(current_user.actor('look'))\n"
)
MARK = "f" * 32


@pytest.fixture
def two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small pages in the navigation instead of the product's."""
    (tmp_path / "overview").mkdir()
    (tmp_path / "overview" / "first.py").write_text(FIRST, encoding="utf-8")
    (tmp_path / "overview" / "second.py").write_text(SECOND, encoding="utf-8")
    (tmp_path / "overview" / "account.py").write_text(HEAD, encoding="utf-8")
    pages = (
        navigation.Page("overview/first.py", "first", "Dashboard"),
        navigation.Page("overview/second.py", "second", "Units"),
        navigation.Page("overview/account.py", "account", "My account"),
    )
    monkeypatch.setattr(
        permissions, "PAGES", {**permissions.PAGES, "first": "drills", "second": "look"}
    )
    monkeypatch.setattr(navigation, "PAGES_FOLDER", tmp_path)
    monkeypatch.setattr(navigation, "PAGES", pages)
    monkeypatch.setattr(navigation, "DEFAULT", pages[0])
    monkeypatch.setattr(current_user, "visitor_id", lambda: MARK)
    return tmp_path


def opened() -> AppTest:
    return AppTest.from_file(FRAME, default_timeout=30).run()


def write_first(folder: Path, code: str) -> None:
    (folder / "overview" / "first.py").write_text(HEAD + code, encoding="utf-8")


def free_slots() -> int:
    taken = [RUN_SLOTS.acquire(blocking=False) for _ in range(3)]
    for success in taken:
        if success:
            RUN_SLOTS.release()
    return sum(taken)


# --- language ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("store", "two_pages")
def test_frame_speaks_chinese_first() -> None:
    app = opened()
    assert not app.exception
    assert app.title[0].value == "first"
    assert app.sidebar.button(key="frame_language").label == "English"
    assert app.sidebar.button(key="frame_sign_out").label == "退出登录"


def test_one_click_switches_the_language_and_it_is_remembered(
    store: Store, two_pages: Path
) -> None:
    app = opened()
    app.sidebar.button(key="frame_language").click().run()
    assert not app.exception
    assert app.sidebar.button(key="frame_sign_out").label == "Sign out"
    assert preferences.get(store, MARK, current_user.LANGUAGE) == "en"
    assert opened().sidebar.button(key="frame_language").label == "中文"


@pytest.mark.usefixtures("store", "two_pages")
def test_address_chooses_the_language_until_the_visitor_does() -> None:
    app = AppTest.from_file(FRAME, default_timeout=30)
    app.query_params["lang"] = "en"
    app.run()
    assert app.sidebar.button(key="frame_language").label == "中文"
    app.sidebar.button(key="frame_language").click().run()
    assert app.sidebar.button(key="frame_language").label == "English"
    assert "lang" not in app.query_params


def test_address_does_not_change_what_is_remembered(store: Store, two_pages: Path) -> None:
    app = AppTest.from_file(FRAME, default_timeout=30)
    app.query_params["lang"] = "en"
    app.run()
    assert preferences.get(store, MARK, current_user.LANGUAGE) is None


@pytest.mark.usefixtures("store", "two_pages")
def test_callbacks_speak_the_visitors_language_too() -> None:
    app = AppTest.from_file(FRAME, default_timeout=30)
    app.session_state[current_user.LANGUAGE] = "en"
    app.run()
    app.switch_page(str(navigation.PAGES[1].file)).run()
    app.button(key="say").click().run()
    assert app.session_state["said"] == "Dashboard"


def test_outside_a_session_nobody_has_a_language() -> None:
    assert current_user.session_language() is None


def test_unknown_languages_are_ignored() -> None:
    assert current_user.as_language("fr") is None
    assert current_user.as_language(None) is None


# --- visitor ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("store", "two_pages")
def test_writes_name_the_account_that_is_signed_in() -> None:
    app = opened()
    app.switch_page(str(navigation.PAGES[1].file)).run()
    assert app.main.caption[0].value == ADMINISTRATOR.name


@pytest.mark.usefixtures("store", "two_pages")
def test_without_a_session_the_frame_shows_the_way_in_and_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(current_user, "holder", lambda: None)
    app = opened()
    assert not app.exception
    assert not app.title
    assert any("drillbook-signed-out" in shown.proto.body for shown in app.get("html"))


@pytest.mark.usefixtures("store", "two_pages")
def test_a_page_that_is_not_meant_for_the_role_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = Person("李强", "unit_clerk", account_id="a", unit_id="u")
    monkeypatch.setattr(current_user, "holder", lambda: person)
    app = opened()
    assert app.title[0].value == "first"
    app.switch_page(str(navigation.PAGES[1].file)).run()
    assert not app.title
    assert "管理员" in app.error[0].value


def test_preference_is_no_audit_event(store: Store) -> None:
    preferences.put(store, MARK, "name", "one")
    preferences.put(store, MARK, "name", "two")
    assert preferences.get(store, MARK, "name") == "two"
    with raw(store) as cursor:
        assert cursor.execute("select count(*) from audit_event").fetchone() == (0,)


@pytest.mark.usefixtures("store")
def test_without_a_cookie_the_mark_lasts_for_the_tab() -> None:
    def script() -> None:
        import streamlit as st

        from drillbook.ui.components import current_user

        st.caption(current_user.visitor_id())

    app = AppTest.from_function(script).run()
    first = app.caption[0].value
    assert current_user.valid_mark(first)
    assert app.run().caption[0].value == first


# --- the frame around the page ----------------------------------------------------------------


@pytest.mark.usefixtures("two_pages")
def test_banner_is_there_while_sample_rows_are(store: Store) -> None:
    assert not opened().warning
    unit_id = add_unit(store, "示例单位")
    with store.write(Actor("test")) as tx:
        tx.execute("update unit set origin = 'sample' where id = $id", {"id": unit_id})
    assert "示例数据" in opened().warning[0].value
    with store.write(Actor("test")) as tx:
        tx.execute("delete from unit where id = $id", {"id": unit_id})
    assert not opened().warning


@pytest.mark.usefixtures("store")
def test_page_without_the_frame_shows_nothing_and_says_so(two_pages: Path) -> None:
    app = AppTest.from_file(two_pages / "overview" / "first.py").run()
    assert not app.title
    assert len(app.error) == 1


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("code", ["st.stop()", "1 / 0", "st.switch_page('nowhere.py')"])
def test_run_slot_is_free_again_however_the_page_ends(two_pages: Path, code: str) -> None:
    write_first(two_pages, code)
    opened()
    assert free_slots() == 2


@pytest.mark.usefixtures("store")
def test_run_slot_is_free_again_after_a_rerun(two_pages: Path) -> None:
    write_first(
        two_pages,
        "if st.session_state.setdefault('runs', 0) < 1:\n"
        "    st.session_state['runs'] += 1\n"
        "    st.rerun()\n"
        "st.title('second run')\n",
    )
    assert opened().title[0].value == "second run"
    assert free_slots() == 2


@pytest.mark.usefixtures("store")
def test_page_runs_inside_a_slot(two_pages: Path) -> None:
    write_first(
        two_pages,
        "from drillbook.ui.shell.run_limit import RUN_SLOTS\n"
        "one = RUN_SLOTS.acquire(blocking=False)\n"
        "two = RUN_SLOTS.acquire(blocking=False)\n"
        "one and RUN_SLOTS.release()\n"
        "st.title(f'{one} {two}')\n",
    )
    assert opened().title[0].value == "True False"


# --- failures ---------------------------------------------------------------------------------


def fail_with_user_text() -> None:
    from drillbook.core.errors import DrillbookError
    from drillbook.ui.shell.error_page import show_failure

    show_failure(DrillbookError("单位 ![x](http://elsewhere/x.png) 已存在", title="未保存"))


def test_known_mistake_shows_its_sentence_letter_by_letter() -> None:
    app = AppTest.from_function(fail_with_user_text).run()
    assert "\\!\\[x\\]\\(http\\://elsewhere" in app.error[0].value


def test_unknown_error_is_logged_with_the_number_the_visitor_sees(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(error_page.LOGGER, "propagate", True)
    monkeypatch.setattr(error_page.st, "error", lambda body, title: shown.append(body))
    with use_language("zh"):
        with pytest.raises(ZeroDivisionError) as caught:
            raise ZeroDivisionError("secret detail")
        assert error_page.show_failure(caught.value) is True
    reference = shown[0].rpartition("：")[2]
    assert f"Reference {reference}" in caplog.text
    assert "Traceback" in caplog.text
    assert "secret detail" not in shown[0]


def test_known_mistake_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    error_page.show_failure(DrillbookError("sentence"))
    assert "sentence" not in caplog.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a*b*", r"a\*b\*"),
        ("$x$", r"\$x\$"),
        (":smile:", r"\:smile\:"),
        ("<b>", r"\<b\>"),
        ("![a](b)", r"\!\[a\]\(b\)"),
        ("1. x", r"1\. x"),
        ("防汛演练", "防汛演练"),
    ],
)
def test_literal_text_holds_no_markdown(text: str, shown: str) -> None:
    assert literal(text) == shown


# --- navigation -------------------------------------------------------------------------------


def test_every_page_lies_in_a_section_and_is_registered() -> None:
    found = navigation.PAGES_FOLDER.rglob("*.py")
    files = {path.relative_to(navigation.PAGES_FOLDER).as_posix() for path in found}
    assert {name for name in files if "/" not in name} == set()
    assert files == {page.path for page in navigation.PAGES}


def test_every_page_begins_with_its_guard() -> None:
    for page in navigation.PAGES:
        code = page.file.read_text(encoding="utf-8")
        assert "require_frame()" in code, page.path


def test_every_section_has_pages_and_every_address_is_its_own() -> None:
    assert {page.section for page in navigation.PAGES} == set(navigation.SECTIONS)
    assert len({page.url_path for page in navigation.PAGES}) == len(navigation.PAGES)


def test_titles_follow_the_language_and_addresses_do_not() -> None:
    with use_language("zh"):
        from drillbook.core.i18n import gettext

        assert gettext(navigation.page_at("log").title) == "登记演练"
    assert navigation.page_at("programme").path == "registers/planned_drills.py"
    with pytest.raises(KeyError):
        navigation.page_at("nowhere")
