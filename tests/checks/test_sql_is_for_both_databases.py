"""SQL runs on DuckDB, parses for PostgreSQL, and says nothing that only one of them understands."""

from __future__ import annotations

import pytest

from tests.checks.conftest import Project
from tools import check_sql
from tools.report import ROOT
from tools.sql_words import code_only, forbidden_words, upper_case_words

TABLE = {
    "sql/migrations/0001_x.sql": "-- A table.\ncreate table plan (id varchar, made_on date);\n"
}
GOOD = "-- Every plan made by a day.\nselect id from plan where made_on <= $as_of;\n"


def sentences(root_files: dict[str, str], project: Project) -> str:
    return "\n".join(map(str, check_sql.findings(project({**TABLE, **root_files}))))


def test_the_products_own_sql_is_in_order() -> None:
    assert check_sql.sql_files(ROOT, "migrations")
    assert check_sql.findings(ROOT) == []


def test_a_good_query_is_in_order(project: Project) -> None:
    assert sentences({"sql/queries/plans/plans.sql": GOOD}, project) == ""


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("select id from plan qualify row_number() over () = 1", "qualify"),
        ("select id, count(*) from plan group  by\nall", "group by all"),
        ("select strftime(made_on, '%Y') from plan", "strftime"),
        ("select try_cast(id as integer) from plan", "try_cast"),
        ("select id from plan where made_on < current_date", "current_date"),
        ("select id from plan where made_on < today()", "today("),
        ("select year(made_on) from plan", "year("),
        ("create type kind as enum ('a')", "enum"),
        ("create macro twice(a) as a * 2", "macro"),
        ("create table line (plan_id varchar references plan (id))", "references"),
        ("create trigger late after insert on plan", "trigger"),
        ("create unique index one on plan (id) where made_on is null", "create unique index"),
        ("select [1, 2]", "["),
        ("select 7 // 2", "//"),
        ("select id from plan where id ~ 'a'", "~"),
        ("create table size (width double)", "double"),
        ("select made_on + interval 1 day from plan", "interval 1"),
        ("pivot plan on id", "pivot"),
    ],
)
def test_a_word_of_one_database_is_named_with_its_reason(statement: str, word: str) -> None:
    found = forbidden_words(statement)
    assert any(each.text.startswith(word) and each.reason for each in found), found


@pytest.mark.parametrize(
    "statement",
    [
        "select 'qualify', \"enum\" from plan -- current_date",
        "select extract(year from made_on) as year, $year as asked from plan",
        "create table size (width double precision, first_on date, import_kind varchar)",
        "select made_on + interval '1 day' from plan /* today() */",
    ],
)
def test_names_texts_and_comments_are_left_alone(statement: str) -> None:
    assert forbidden_words(statement) == []
    assert upper_case_words(statement) == []


def test_the_line_of_a_word_survives_texts_over_several_lines() -> None:
    assert forbidden_words("select 'a\nb',\n  year(made_on)\nfrom plan")[0].line == 3
    assert code_only("a -- b\nc").splitlines() == ["a     ", "c"]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("select id from plan", "begins with a comment"),
        ("-- Plans.\nSELECT id from plan", "lower case"),
        ("-- Plans.\nselect titel from plan", "DuckDB cannot run it"),
        ("-- Plans.\nselect id from plan where (", "PostgreSQL cannot read it"),
        ("-- Plans.\nselect 1; select 2;", "2 statements"),
        (
            "-- P.\nwith one as (\n  select 1\n),\ntwo as (\n  select 2\n)\nselect * from two",
            "instead of 'final'",
        ),
    ],
)
def test_a_query_out_of_form_is_named(query: str, complaint: str, project: Project) -> None:
    told = sentences({"sql/queries/plans/plans.sql": query}, project)
    assert "sql/queries/plans/plans.sql" in told
    assert complaint in told


def test_a_query_lies_in_an_area_and_its_name_is_taken_once(project: Project) -> None:
    told = sentences({"sql/queries/plans.sql": GOOD, "sql/queries/plans/plans.sql": GOOD}, project)
    assert "sql/queries/plans.sql: lies in no area" in told
    assert "sql/queries/plans.sql: has the name of sql/queries/plans/plans.sql" in told


def test_a_view_on_a_missing_table_is_named(project: Project) -> None:
    told = sentences({"sql/views/10_v.sql": "-- V.\ncreate view v as select * from unit;"}, project)
    assert told.startswith("sql/views/10_v.sql: DuckDB cannot run it")


def test_a_check_is_read_like_a_query(project: Project) -> None:
    told = sentences({"sql/checks/orphans.sql": "-- Orphans.\nselect id from nothing"}, project)
    assert told.startswith("sql/checks/orphans.sql: DuckDB cannot run it")
