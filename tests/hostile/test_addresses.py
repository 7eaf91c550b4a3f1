"""Whatever an address asks for, a page answers with a sentence or with its list; nothing fails."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from drillbook.db.store import Store
from drillbook.ui.components import navigation
from drillbook.ui.shell.auth_gate import local_address
from tests.examples import examples
from tests.hostile.values import FORMULAS, MARKS
from tests.ui.app_page import open_page

PARAMETERS = (
    "id programme edit sort page search voided year as_of lang tab event_class host membership"
    " since years plan session mechanism meeting decision state rule unit"
    " status due_state month form kind field category action subject next unknown"
)
NAMES = PARAMETERS.split()
VALUES = (
    *FORMULAS,
    *MARKS,
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "²",
    "１２",
    "9" * 400,
    "9" * 5000,
    "2023",
    "0000",
    "9999",
    "99999",
    "2023-02-30",
    "0001-01-01",
    "9999-12-31",
    "2023-12-31",
    "-2023-12-31",
    "20231231",
    "new",
    "main",
    "None",
    "null",
    "NaN",
    "all",
    "1",
    "name",
    "-name",
    "name; drop table unit",
    "id",
    "rowid",
    "--",
    "\x00",
    "\u202e",
    "长" * 5000,
    "01a210db-1e1e-77ca-8c3d-685c5a6b3066",
    "' or 1=1 --",
    "$name",
    "{}",
    "%",
    "_",
    "zh",
    "en",
    "fr",
    "lead",
    "dashboard",
    "../../etc",
)
URL_PATHS = [page.url_path for page in navigation.PAGES]


def answered(app: AppTest) -> None:
    assert not app.exception, app.exception[0].value
    unknown = [error.value for error in app.error if "管理员" in error.value]
    assert unknown == []


def ask(app: AppTest, query: dict[str, str]) -> None:
    for name in list(app.query_params):
        del app.query_params[name]
    for name, value in query.items():
        app.query_params[name] = value
    answered(app.run())


@pytest.mark.parametrize("url_path", URL_PATHS)
def test_a_page_answers_whatever_its_address_says(demo_store: Store, url_path: str) -> None:
    dice, app = random.Random(url_path), open_page(url_path)
    for value in dice.sample(VALUES, 12):
        # A record's page knows fewer parameters than a list: every other time without one.
        names = dice.sample(NAMES, 8) if dice.random() < 0.3 else dice.sample(NAMES[2:], 8)
        others = zip(names, dice.sample(VALUES, 8), strict=True)
        ask(app, {**dict(others), names[0]: value})


COMPUTED_WITH = {
    "sessions": ("year", "month", "page", "sort"),
    "programme": ("year", "as_of", "page"),
    "plans": ("year", "as_of"),
    "statistics": ("year", "as_of"),
    "dashboard": ("year", "as_of"),
    "due": ("as_of",),
    "revisions": ("year", "since"),
    "coverage": ("as_of", "years"),
    "findings": ("year",),
    "propose": ("year",),
}
DAYS_AND_NUMBERS = VALUES[VALUES.index("0") : VALUES.index("new")]


@pytest.mark.parametrize("url_path", COMPUTED_WITH)
def test_what_is_computed_with_may_be_anything(demo_store: Store, url_path: str) -> None:
    app = open_page(url_path)
    for value in DAYS_AND_NUMBERS:
        for name in COMPUTED_WITH[url_path]:
            given = {"year": "2023"} if name == "month" else {}
            ask(app, {**given, name: value})


@pytest.mark.parametrize("url_path", ["sessions", "audit"])
def test_a_page_answers_invented_addresses(demo_store: Store, url_path: str) -> None:
    app = open_page(url_path)

    @settings(
        max_examples=examples(15),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30), max_size=4))
    def asked(query: dict[str, str]) -> None:
        ask(app, query)

    asked()


@settings(max_examples=examples(500), deadline=None, database=None)
@given(
    st.text(max_size=60) | st.sampled_from(["//e.test", "/\\e.test", "/\te.test", "https:e.test"])
)
def test_the_way_back_never_leads_to_another_host(text: str) -> None:
    address = local_address(text)
    assert address.startswith("/")
    assert not address.startswith(("//", "/\\"))
    scope = {"type": "http", "path": address.partition("?")[0], "headers": [], "query_string": b""}
    assert "e.test" not in (Request({**scope, "server": ("here", 80)}).url.hostname or "")
