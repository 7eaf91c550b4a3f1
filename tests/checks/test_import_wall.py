"""The register does not know Streamlit: a transaction must never contain a call that can be cut."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.conftest import Project
from tools.report import ROOT

LINTER = Path(sys.executable).parent / "lint-imports"
ROOMS = (
    *("accounts", "cli", "core", "db", "entry", "importing", "operations", "records", "reports"),
    *("ui", "ui/components", "ui/record_forms", "ui/screens", "ui/shell"),
)
PRODUCT = {
    "drillbook/__init__.py": "",
    **{f"drillbook/{room}/__init__.py": "" for room in ROOMS},
    "drillbook/records/plans.py": "",
    "drillbook/reports/figures.py": "",
    "drillbook/ui/shell/frame.py": "import streamlit\nfrom drillbook.records import plans\n",
}

# Imports every module of the register while Streamlit cannot be had, also from within functions.
WITHOUT_STREAMLIT = """
import importlib, pkgutil, sys
sys.modules["streamlit"] = None
import drillbook
for module in pkgutil.walk_packages(drillbook.__path__, "drillbook."):
    if not module.name.startswith("drillbook.ui"):
        importlib.import_module(module.name)
        print(module.name)
# What `drillbook serve` needs before the server has a process of its own.
import drillbook.ui.shell.server
"""


def lint(folder: Path) -> tuple[int, str]:
    """Run the contracts of the product on the package in ``folder``."""
    config = str(ROOT / "pyproject.toml")
    command = [str(LINTER), "--no-cache", "--no-logo", "--config", config]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_the_product_keeps_its_contracts() -> None:
    assert lint(ROOT)[0] == 0


def test_screens_may_import_streamlit_and_the_register(project: Project) -> None:
    assert lint(project(PRODUCT))[0] == 0


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("import streamlit\n", "Streamlit may abort a script at any st.* call"),
        ("def later():\n    import streamlit\n", "Streamlit may abort a script at any st.* call"),
        ("from drillbook.ui.shell import frame\n", "drillbook.ui is for app.py and pages/"),
        ("from drillbook.reports import figures\n", "which rooms lean on it: those above"),
        ("import duckdb\n", "What only DuckDB knows lies behind the seam"),
    ],
)
def test_a_hole_in_the_wall_is_named_with_the_reason(
    module: str, reason: str, project: Project
) -> None:
    code, told = lint(project({**PRODUCT, "drillbook/records/plans.py": module}))
    assert code == 1
    assert "drillbook.records.plans" in told
    assert reason in told


def test_the_register_imports_where_streamlit_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMLIT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "drillbook.db.store" in done.stdout.split()


def test_a_blocked_streamlit_is_noticed() -> None:
    command = [sys.executable, "-c", WITHOUT_STREAMLIT.replace("drillbook.ui", "nothing")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "streamlit" in done.stderr
    assert done.returncode == 1
