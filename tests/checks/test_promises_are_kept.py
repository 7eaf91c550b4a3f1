"""What README, lock and the page of reasons say is compared with what is."""

from __future__ import annotations

import click
import pytest

from tests.checks.conftest import Project
from tools import check_promises
from tools.report import ROOT

PYPROJECT = """
[project]
dependencies = ["click>=8"]
[project.optional-dependencies]
dev = ["pytest>=9"]
"""
PRODUCT = {
    "pyproject.toml": PYPROJECT,
    "requirements.txt": "click==8.5.1 \\\n    --hash=sha256:00\n    # via drillbook\n",
    "requirements-dev.txt": "click==8.5.1 \\\n    --hash=sha256:00\npytest==9.2.0\n",
    "docs/decisions/0007-dependencies.md": "| `click` | a | b |\n| `pytest` | a | b |\n",
    "drillbook/cli/main.py": "import click\nfrom drillbook import plans\n",
    "tests/test_cli.py": "import pytest\nimport click\n",
}
TABLE = """| command | does |
|---|---|
| `drillbook init` | x |
| `drillbook import {plans,units} FILE [--year Y] [--json]` | x |
"""


def told(project: Project, changes: dict[str, str]) -> list[str]:
    """Return what the check says of a product in order but for ``changes``."""
    return [str(finding) for finding in check_promises.findings(project({**PRODUCT, **changes}))]


def commands() -> dict[str, click.Command]:
    """A command line of ``init`` and ``import``."""
    kind = click.Argument(["kind"], type=click.Choice(["plans", "units"]))
    options = [click.Option(["--year"]), click.Option(["--json"]), click.Option(["--db"])]
    return {
        "init": click.Command("init"),
        "import": click.Command("import", params=[kind, *options]),
    }


def test_the_products_promises_are_kept() -> None:
    assert check_promises.dependencies(ROOT)["requirements.txt"]
    assert check_promises.findings(ROOT) == []


def test_the_products_readme_lists_its_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = check_promises.product_commands()
    assert "serve" in known
    assert list(check_promises.check_readme(readme, known)) == []


def test_kept_promises_have_no_findings(project: Project) -> None:
    assert told(project, {}) == []
    assert list(check_promises.check_readme(TABLE, commands())) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        (
            "docs/decisions/0007-dependencies.md",
            "| `click` | a | b |\n",
            "no line says why 'pytest' is needed",
        ),
        (
            "docs/decisions/0007-dependencies.md",
            PRODUCT["docs/decisions/0007-dependencies.md"] + "| `flask` | a | b |\n",
            "'flask' is not in pyproject.toml",
        ),
        ("requirements.txt", "click==7.0\n", "does not hold click>=8: run make lock"),
        ("requirements-dev.txt", "click==8.5.1\n", "does not hold pytest>=9: run make lock"),
        ("requirements.txt", "--find-links x\nclick==8.5.1\n", "names an address, a path"),
        ("requirements.txt", "click==8.5.1\n# from https://x/simple\n", "names an address, a path"),
        ("drillbook/web.py", "import flask.views\n", "imports 'flask'"),
        ("drillbook/web.py", "def late():\n    import pytest\n", "imports 'pytest'"),
    ],
)
def test_a_broken_promise_is_named(path: str, text: str, complaint: str, project: Project) -> None:
    sentences = told(project, {path: text})
    assert len(sentences) == 1
    assert complaint in sentences[0]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (TABLE.replace("| `drillbook init` | x |\n", ""), "no row for 'init'"),
        (TABLE + "| `drillbook dance` | x |\n", "no command 'dance'"),
        (TABLE.replace("plans", ""), "'import' does not mention 'plans'"),
        (TABLE.replace("--year", "--years"), "'import' does not mention '--year'"),
        (TABLE.replace("init", "init --fast"), "'init' has no option '--fast'"),
    ],
)
def test_a_readme_that_drifted_is_named(table: str, complaint: str) -> None:
    found = [finding.sentence for finding in check_promises.check_readme(table, commands())]
    assert any(complaint in sentence for sentence in found), found


def test_every_locked_line_is_pinned_and_hashed() -> None:
    assert list(check_promises.check_hashes(ROOT)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("idna>=3 --hash=sha256:00", "not pinned"),
        ("idna==3.* --hash=sha256:00", "not pinned"),
        ("idna", "not pinned"),
        ("idna==3.10", "has no hash"),
        ("idna==3.10 \\\n    --hash=md5:00", "has no hash"),
    ],
)
def test_a_loose_line_of_the_lock_is_found(project: Project, line: str, words: str) -> None:
    lock = f"{PRODUCT['requirements.txt']}{line}\n"
    root = project({**PRODUCT, "requirements.txt": lock})
    assert any(words in str(finding) for finding in check_promises.check_hashes(root))
