"""A module that grew long, or a room nobody described, is named."""

from __future__ import annotations

import pytest

from tests.checks.conftest import Project
from tools.check_house import LONGEST_MODULE, findings
from tools.report import ROOT

LONG = "x = 1\n" * (LONGEST_MODULE + 1)
PLAN = "| where | what |\n|---|---|\n| `drillbook/records/` | record types |\n"


def told(project: Project, **files: str) -> list[str]:
    """Return what is said of a small house with these files."""
    paths = {"plan": "docs/architecture.md", "plans": "drillbook/records/plans.py"}
    house = {"docs/architecture.md": PLAN, "drillbook/records/plans.py": "x = 1\n"}
    root = project(house | {paths[name]: text for name, text in files.items()})
    return [str(finding) for finding in findings(root)]


def test_the_product_keeps_its_plan() -> None:
    assert findings(ROOT) == []


def test_a_house_as_described_is_in_order(project: Project) -> None:
    assert told(project) == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"plans": LONG}, "has 401 lines and no reason"),
        ({"plan": PLAN + "| `drillbook/records/plans.py` | long |\n"}, "needs no reason any more"),
        ({"plan": "nothing\n"}, "says nothing of drillbook/records"),
        ({"plan": PLAN + "| `drillbook/attic/` | old things |\n"}, "describes drillbook/attic"),
    ],
)
def test_what_does_not_agree_is_named(
    files: dict[str, str], sentence: str, project: Project
) -> None:
    assert [text for text in told(project, **files) if sentence in text]


def test_a_long_module_with_its_reason_is_left_alone(project: Project) -> None:
    plan = PLAN + "| `drillbook/records/plans.py` | one table of the trade |\n"
    assert told(project, plans=LONG, plan=plan) == []
