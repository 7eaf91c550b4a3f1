"""An import within a function says why it stands there, or is named by the check."""

from __future__ import annotations

import pytest

from tests.checks.conftest import Project
from tools import check_late
from tools.report import ROOT


def test_the_product_is_in_order() -> None:
    assert check_late.findings(ROOT) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    from drillbook.db import store\n",
        "def f():\n    import drillbook.db.store\n",
        "class A:\n    async def f(self):\n        if 1:\n            from drillbook import db\n",
    ],
)
def test_a_late_import_is_named(source: str, project: Project) -> None:
    (found,) = check_late.findings(project({"drillbook/records/plans.py": source}))
    assert str(found).startswith("drillbook/records/plans.py:")
    assert "within a function" in str(found)


def test_imports_at_the_top_and_of_libraries_are_none(project: Project) -> None:
    source = "from drillbook.db import store\ndef f():\n    import pandas\n"
    assert check_late.findings(project({"drillbook/records/plans.py": source})) == []


def test_commands_load_the_register_when_they_run(project: Project) -> None:
    source = "def f():\n    from drillbook.records import plans\n"
    assert check_late.findings(project({"drillbook/cli/main.py": source})) == []


def test_a_reason_for_nothing_is_named(project: Project) -> None:
    found = check_late.findings(project({"drillbook/ui/shell/server.py": "x = 1\n"}))
    here = [name for place, name in check_late.LATE if place == "drillbook/ui/shell/server.py"]
    assert len(found) == len(here) > 0
