"""“Add a field to a drill session” and its kin: the check names the place that was forgotten."""

from __future__ import annotations

import pytest

from tests.checks.conftest import Project
from tools import check_structure
from tools.report import ROOT

TECHNICAL = ", ".join(f"{name} varchar" for name in sorted(check_structure.TECHNICAL_COLUMNS))
PRODUCT = {
    "pages/log/log_drill.py": 'store.query("sessions")\n',
    check_structure.SESSION_FORM: (
        'FIELDS = (Field("place"), Field("units"))\nform.text("place")\nunits_editor(form)\n'
    ),
    check_structure.SHARED_FORM: "",
    "drillbook/ui/components/navigation.py": 'PAGES = (Page("log/log_drill.py", "log"),)\n',
    "drillbook/records/sessions.py": "class Session:\n    place: str\n    units: tuple[int, ...]\n",
    "sql/migrations/0001_x.sql": f"create table drill_session ({TECHNICAL}, place varchar);",
    "sql/queries/sessions/sessions.sql": "-- Sessions.\nselect 1",
    "sql/checks/orphans.sql": "-- Orphans.\nselect 1",
    "data/vocabulary/check.csv": "code,parent,zh,en,words\norphans,error,孤儿,Orphans,\n",
    "tests/test_sessions.py": '"""The place and the units."""\n',
}


def told(project: Project, changes: dict[str, str]) -> list[str]:
    """Return what the check says of a product in order but for ``changes``."""
    return [str(finding) for finding in check_structure.findings(project({**PRODUCT, **changes}))]


def test_the_product_is_in_order() -> None:
    assert check_structure.registered_pages(ROOT)
    assert check_structure.session_fields(ROOT)
    assert check_structure.findings(ROOT) == []


def test_a_product_in_order_has_no_findings(project: Project) -> None:
    assert told(project, {}) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("pages/log.py", "", "pages/log.py: lies directly in pages/"),
        ("pages/log/new.py", "", "pages/log/new.py: is not registered"),
        (
            "drillbook/ui/components/navigation.py",
            'PAGES = (Page("log/log_drill.py", "log"), Page("log/gone.py", "gone"))\n',
            "registers pages/log/gone.py, which does not exist",
        ),
        (
            "sql/queries/teams/teams.sql",
            "-- Teams.",
            "sql/queries/teams/teams.sql: is asked by nobody",
        ),
        (
            "drillbook/records/teams.py",
            'store.frame("team_strength")',
            "asks 'team_strength', which is not in sql/queries",
        ),
        ("drillbook/long.py", "def f():\n" + "    x = 1\n" * 50, "f has 51 lines"),
        ("sql/checks/late.sql", "-- Late.", "sql/checks/late.sql: has no label"),
        (
            "data/vocabulary/check.csv",
            PRODUCT["data/vocabulary/check.csv"] + "late,error,迟,Late,\n",
            "'late' has no file in sql/checks",
        ),
        (
            "sql/migrations/0002_y.sql",
            "alter table drill_session add column evacuated integer;",
            "Session has no field for the column 'evacuated'",
        ),
    ],
)
def test_what_was_forgotten_is_named(
    path: str, text: str, complaint: str, project: Project
) -> None:
    sentences = told(project, {path: text})
    assert len(sentences) == 1
    assert complaint in sentences[0]


def test_a_new_field_is_missed_in_table_form_record_and_tests(project: Project) -> None:
    field = PRODUCT["drillbook/records/sessions.py"] + "    evacuated: int | None = None\n"
    sentences = told(project, {"drillbook/records/sessions.py": field})
    assert [sentence.partition(":")[0] for sentence in sentences] == [
        "sql/migrations",
        check_structure.SESSION_FORM,
        check_structure.SESSION_FORM,
        "tests",
    ]
    assert all("'evacuated'" in sentence for sentence in sentences)


def test_a_query_named_by_an_f_string_is_asked(project: Project) -> None:
    asked = {
        "sql/queries/teams/team_list.sql": "-- Teams.",
        "drillbook/lists.py": 'store.page(f"{view}_list", sort="name")\n',
    }
    assert told(project, asked) == []


@pytest.mark.parametrize("way", sorted(check_structure.QUERY_METHODS))
def test_a_name_without_a_query_is_named_however_it_is_asked(way: str, project: Project) -> None:
    (sentence,) = told(project, {"drillbook/lists.py": f'tx.{way}("team_lists")\n'})
    assert "asks 'team_lists', which is not in sql/queries" in sentence


def test_a_statement_is_no_name_of_a_query(project: Project) -> None:
    assert told(project, {"drillbook/lists.py": 'tx.one("select 1")\n'}) == []


def test_a_head_count_shows_its_kind_and_a_date_its_precision(project: Project) -> None:
    form = 'Field("guests", N_("Guests"), "count")\nField("held_on", N_("Date"), "date")\n'
    form += 'form.count("guests")\n'
    root = project({check_structure.SESSION_FORM: form, check_structure.SHARED_FORM: ""})
    asked, shown = check_structure.form_fields(root)
    assert asked == {"guests", "guests_kind"}
    assert shown == {"guests", "guests_kind", "held_on", "held_on_precision"}
