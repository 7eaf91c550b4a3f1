"""Small mistakes are drawn by a seed, made where they mean something, and tried by tests nearby."""

from __future__ import annotations

from tests.checks.conftest import Project
from tools.mutants import Copy, Mutant, Nearby, mutants_of, places, sample
from tools.report import ROOT

VIEW = (
    "-- What is due and open.\ncreate or replace view due as\nselect id from unit where x <= 1;\n"
)
RULE = "def is_late(days: int) -> bool:\n    return days > 3\n"
BLUNT = (
    "from drillbook.core.rule import is_late\n\n\ndef test_it() -> None:\n    assert is_late(9)\n"
)
SHARP = f"{BLUNT}    assert not is_late(3)\n"


def test_the_same_seed_draws_the_same_mistakes_and_another_draws_others() -> None:
    only = "drillbook/core/head_counts"
    drawn = [[one[0] for one in sample(ROOT, 6, seed, only)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert len({mutant.mistake for mutant in drawn[0]}) > 3


def test_every_file_of_the_core_has_tests_nearby() -> None:
    nearby = Nearby(ROOT)
    asked = [name for name in places(ROOT) if not name.endswith("__init__.py")]
    assert [name for name in asked if not nearby.tests_of(name)] == []


def test_words_in_comments_of_sql_are_no_mistakes_to_make(project: Project) -> None:
    root = project({"sql/views/due.sql": VIEW})
    found = {mutant.mistake: mutant for mutant in mutants_of(root, "sql/views/due.sql")}
    assert set(found) == {"<="}
    assert found["<="].made_in(VIEW) == VIEW.replace("<=", "<")


def test_a_mistake_that_changes_nothing_is_not_made() -> None:
    source = "width: Literal[1] = 0\n"
    assert Mutant("x.py", "NumberReplacer", 0).made_in(source) is None
    assert Mutant("x.py", "NumberReplacer", 2).made_in(source) == "width: Literal[1] = 1\n"


def test_a_mistake_is_caught_by_a_test_of_both_sides_only(project: Project) -> None:
    files = {"drillbook/core/rule.py": RULE, "tests/test_blunt.py": BLUNT}
    root = project(files | {"tests/test_sharp.py": SHARP})
    mutant = Mutant("drillbook/core/rule.py", "ReplaceComparisonOperator_Gt_GtE", 0)
    made = mutant.made_in(RULE)
    assert made == RULE.replace(">", ">=", 2).replace("->=", "->")
    copy = Copy(root, seconds=60)
    assert copy.tried(mutant, made, ["tests/test_blunt.py"]) == ""
    assert copy.tried(mutant, made, ["tests/test_sharp.py"]) == "tests/test_sharp.py::test_it"
    assert (root / mutant.place).read_text(encoding="utf-8") == RULE


def test_a_test_that_fails_anyway_catches_nothing(project: Project) -> None:
    broken = "def test_it() -> None:\n    assert False\n"
    root = project({"drillbook/core/rule.py": RULE, "tests/test_broken.py": broken})
    mutant = Mutant("drillbook/core/rule.py", "ReplaceComparisonOperator_Gt_GtE", 0)
    made = mutant.made_in(RULE) or ""
    answer = Copy(root, seconds=60).tried(mutant, made, ["tests/test_broken.py"])
    assert answer == "broken without it: tests/test_broken.py::test_it"
