"""Imports the workbooks of an office: read, find the table, say what would happen, do it.

The steps are ``read_sheets`` (file → sheets), ``prepare`` (sheets → plan, writes nothing),
``apply`` (plan → register) and ``correction_workbook`` (what was bad, to mend and import again).
"""

from drillbook.importing.applying import ImportResult, apply, preview
from drillbook.importing.columns import (
    KINDS,
    Field,
    Kind,
    SetAside,
    Table,
    fields,
    find_tables,
    guess_kind,
    header_key,
)
from drillbook.importing.correction import correction_workbook
from drillbook.importing.plan import (
    Choices,
    FieldChange,
    ImportPlan,
    LinkProposal,
    NewUnit,
    PlannedRow,
    Problem,
)
from drillbook.importing.planning import prepare
from drillbook.importing.workbook_reader import Sheet, read_sheets, text_of

__all__ = [
    "KINDS",
    "Choices",
    "Field",
    "FieldChange",
    "ImportPlan",
    "ImportResult",
    "Kind",
    "LinkProposal",
    "NewUnit",
    "PlannedRow",
    "Problem",
    "SetAside",
    "Sheet",
    "Table",
    "apply",
    "correction_workbook",
    "fields",
    "find_tables",
    "guess_kind",
    "header_key",
    "prepare",
    "preview",
    "read_sheets",
    "text_of",
]
