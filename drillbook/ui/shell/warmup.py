"""Everything slow that would otherwise meet the first visitor: 3.5 to 6 seconds of imports."""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

import drillbook
from drillbook.reports.charts import catalogue

HEAVY = ("altair", "duckdb", "pandas", "pyarrow", "streamlit.elements.arrow")
# The command line and the frame are scripts: importing them would run them.
SCRIPTS = {"drillbook.cli.main", "drillbook.__main__", "drillbook.ui.shell.frame"}


def warm_up() -> None:
    """Import what pages need, prepare the charts, and keep all of it out of later collections."""
    for name in HEAVY:
        import_module(name)
    for module in pkgutil.walk_packages(drillbook.__path__, "drillbook."):
        if module.name not in SCRIPTS:
            import_module(module.name)
    catalogue.prepare()
    gc.collect()
    gc.freeze()
