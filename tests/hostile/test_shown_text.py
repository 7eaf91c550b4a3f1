"""Whatever somebody typed is shown as text on every page, in both languages: nothing acts on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drillbook.accounts.permissions import Person
from drillbook.db.current import set_current
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.ui.components import current_user, navigation
from tests.hostile import files
from tests.hostile.office import BOTH, SMILE, fill
from tests.pages.log_screen import screen
from tests.pages.test_import_workbook import upload
from tests.ui.app_page import open_page

# Message and field of Streamlit's protocol that its page shows letter by letter, or never shows.
PLAIN = frozenset(
    {
        "Text.body",
        "Code.code_text",
        "TextInput.default",
        "TextInput.value",
        "TextInput.placeholder",
        "TextArea.default",
        "TextArea.value",
        "TextArea.placeholder",
        "Selectbox.options",
        "Selectbox.raw_value",
        "Selectbox.placeholder",
        "MultiSelect.options",
        "MultiSelect.raw_values",
        "MultiSelect.placeholder",
        "MultiSelect.default",
        "DownloadButton.file_name",
        "FileUploader.label_name",
        "PageLink.query_string",
        "Arrow.columns",
        "Arrow.editing_mode",
        "Arrow.placeholder",
        "Arrow.id",
        "VegaLiteChart.alt",
        "VegaLiteChart.spec",
        "ArrowVegaLiteChart.spec",
    }
)
ACTS_IN_MARKDOWN = (
    "<b>zqa",
    "<script>zqb",
    "<img src=//e",
    "[zqd](",
    "![zqe]",
    ":material/zqf:",
    ":red[zqg",
    "$zqh$",
    "**zqi",
    "`zqj",
    "http://e.test/zqk",
    SMILE,
    "&lt;zql",
)
ACTS_IN_HTML = ("<b>zqa", "<script>zqb", "<img src=//e", "&lt;zql")
ALWAYS_ID = re.compile(r"(^|_)(id|ids|key|hash|url)$")


@pytest.fixture(scope="module")
def hostile_office(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Store, dict[str, str]]]:
    """A register full of hostile text, and the ids of its records."""
    store = open_store(tmp_path_factory.mktemp("hostile") / "register.duckdb")
    set_current(store)
    yield store, fill(store)
    set_current(None)
    store.close()


@pytest.fixture(autouse=True)
def hostile_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the screen has a hostile name too."""
    person = Person(BOTH, "administrator", account_id="account-1", login="<b>zqa</b>")
    monkeypatch.setattr(current_user, "holder", lambda: person)


def is_message(value: object) -> bool:
    return hasattr(value, "ListFields")


def strings(message: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield (``Message.field``, text) for every text of a protocol message and those in it."""
    for spec, value in message.ListFields():
        where = f"{message.DESCRIPTOR.name}.{spec.name}"
        values = list(value) if hasattr(value, "append") or hasattr(value, "extend") else [value]
        for one in values:
            if is_message(one):
                yield from strings(one, where)
            elif isinstance(one, str):
                yield where, one


def nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def acting(app: AppTest) -> list[str]:
    """Return every place of a page where typed text would be acted upon."""
    found = []
    for node in nodes(app._tree):
        proto = getattr(node, "proto", None)
        if not is_message(proto):
            continue
        for place, text in strings(proto, ""):
            name = place.rpartition(".")[2]
            if place in PLAIN or ALWAYS_ID.search(name):
                continue
            marks = ACTS_IN_HTML if place.startswith("Html") else ACTS_IN_MARKDOWN
            # What follows a backslash is shown as it stands.
            bare = text if place.startswith("Html") else re.sub(r"\\.", "·", text)
            acts = [mark for mark in marks if mark in bare]
            found += [f"{place}: {mark} in {text[:80]!r}" for mark in acts]
    return found


def shown(app: AppTest) -> str:
    return " ".join(
        text
        for node in nodes(app._tree)
        if is_message(getattr(node, "proto", None))
        for _place, text in strings(node.proto, "")
    )


ADDRESSES: list[tuple[str, dict[str, str]]] = [
    *((page.url_path, {}) for page in navigation.PAGES),
    ("dashboard", {"year": "2023"}),
    ("dashboard", {"year": "2023", "tab": "plans"}),
    ("dashboard", {"year": "2023", "tab": "teams"}),
    ("statistics", {"year": "2023"}),
    *((page, {"search": BOTH}) for page in ("sessions", "plans", "audit", "units")),
    *((page, {"voided": "1"}) for page in ("sessions", "programme", "plans", "teams", "units")),
    *((page, {"id": "new"}) for page in ("sessions", "programme", "plans", "teams", "units")),
]
RECORDS = ("sessions", "programme", "plans", "teams", "units")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("url_path", "query"), ADDRESSES, ids=str)
@pytest.mark.usefixtures("hostile_office")
def test_no_page_acts_on_what_somebody_typed(
    url_path: str, query: dict[str, str], language: str
) -> None:
    app = open_page(url_path, language, **query)
    assert not app.exception
    assert acting(app) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url_path", RECORDS)
def test_no_record_form_dialog_or_message_acts_on_it(
    hostile_office: tuple[Store, dict[str, str]], url_path: str, language: str
) -> None:
    _store, ids = hostile_office
    app = open_page(url_path, language, id=ids[url_path])
    assert "zqa" in shown(app)
    assert acting(app) == []
    voiding = next(button for button in app.button if str(button.key).endswith("_void"))
    app = voiding.click().run()
    assert acting(app) == []
    app = open_page(url_path, language, id=ids[url_path], edit="main")
    assert not app.exception
    assert acting(app) == []
    app = next(button for button in app.button if str(button.key).endswith("#save")).click().run()
    assert not app.exception
    assert acting(app) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_of_the_audit_log_acts_on_it(
    hostile_office: tuple[Store, dict[str, str]], language: str
) -> None:
    store, _ids = hostile_office
    filters = ("subject_type", "subject_id", "action", "search")
    more = ("actor", "source", "first_at", "end_at")
    everything = dict.fromkeys((*filters, *more))
    events = store.page("audit_list", sort="position", size=60, **everything).rows["id"]
    assert len(events) > 10
    for event in list(events)[::3]:
        app = open_page("audit", language, id=str(event))
        assert not app.exception
        assert acting(app) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_step_of_an_import_acts_on_it(
    hostile_office: tuple[Store, dict[str, str]], language: str
) -> None:
    header = ["演练名称", "演练时间", "主办单位", "参演人数", BOTH]
    rows: list[list[object]] = [
        [BOTH],
        list(header),
        [f"{BOTH}新", "2023-05-12", f"{BOTH}新", 30, BOTH],
        [BOTH, f"2023-02-30 {BOTH}", BOTH, BOTH, BOTH],
        [BOTH, "2023-06-15", f"{BOTH[:-1]}", 31, BOTH],
    ]
    app = upload(screen("import", language), files.workbook(rows), f"{BOTH}.xlsx")
    assert "zqa" in shown(app)
    assert acting(app) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_file_is_named_as_text(
    hostile_office: tuple[Store, dict[str, str]], language: str
) -> None:
    _store, ids = hostile_office
    record = ids["sessions"]
    app = open_page("sessions", language, id=record)
    app.file_uploader[0].set_value([(f"{BOTH}.html", b"<html>", "text/html")])
    app = app.run()
    assert app.error
    assert acting(app) == []


def test_the_search_for_acting_text_finds_it(tmp_path: Path) -> None:
    script = tmp_path / "page.py"
    script.write_text(
        f"import streamlit as st\ntext = {BOTH!r}\n"
        "st.caption(text); st.html(text); st.button(text); st.expander(text); st.text(text)\n"
        "st.selectbox('a', [text]); st.radio('b', [text]); st.tabs([text]); st.error(text)\n",
        encoding="utf-8",
    )
    found = acting(AppTest.from_file(script).run())
    places = {line.partition(":")[0] for line in found}
    assert len(places) >= 6, places
    assert not {place for place in places if place in PLAIN}
