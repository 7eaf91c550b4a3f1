"""Code that nothing uses is named; what a framework calls by its name has a reason."""

from __future__ import annotations

import pytest

from tests.checks.conftest import Project
from tools.check_dead import CALLED_BY_NAME, findings

CLASS = "from dataclasses import dataclass\n\n\n@dataclass\nclass Line:\n    note: str = ''\n"
DEAD = {
    "function": "def nobody() -> int:\n    return 1\n",
    "constant": "NOBODY = 1\n",
    "method": f"{CLASS}\n    def nobody(self) -> str:\n        return self.note\n\n\n"
    "print(Line())\n",
    "property": f"{CLASS}\n    @property\n    def nobody(self) -> int:\n        return 1\n\n\n"
    "print(Line())\n",
}


@pytest.mark.parametrize("code", DEAD.values(), ids=DEAD)
def test_what_nothing_uses_is_named_with_its_line(project: Project, code: str) -> None:
    root = project({"drillbook/x.py": code})
    (found,) = findings(root)
    assert "nobody" in found.sentence.lower()
    assert found.line


def test_a_test_is_no_use(project: Project) -> None:
    files = {
        "drillbook/x.py": DEAD["function"],
        "tests/test_x.py": "from drillbook.x import nobody\n",
    }
    assert findings(project(files))


def test_fields_of_a_dataclass_and_commands_are_left_alone(project: Project) -> None:
    command = (
        "def command(name):\n    return name\n\n\n@command('a')\ndef nobody():\n    return 1\n"
    )
    assert findings(project({"drillbook/x.py": f"{CLASS}\n\nprint(Line())\n"})) == []
    assert findings(project({"drillbook/y.py": command})) == []


def test_a_reason_that_is_no_longer_needed_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CALLED_BY_NAME, ("drillbook/x.py", "gone"), "somebody calls it")
    (found,) = findings(project({"drillbook/x.py": ""}))
    assert "gone" in found.sentence
