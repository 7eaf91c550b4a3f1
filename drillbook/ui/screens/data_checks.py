"""The findings of the data checks, each with the way to the record."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from drillbook.core.i18n import N_, ngettext
from drillbook.core.i18n import gettext as _
from drillbook.operations.data_checks import CheckResult
from drillbook.ui.components import formatting, list_view
from drillbook.ui.components.list_view import Column
from drillbook.ui.record_forms.registry import go_to

FINDINGS_SHOWN = 200


def show_summary(results: list[CheckResult]) -> None:
    """Show every check with what it found, so that an all-clear can be believed."""
    formatting.table(
        [_("Check"), _("Weight"), _("Found")],
        [[r.label, severity(r.severity), f"{len(r.rows):,}"] for r in results],
    )


def severity(code: str) -> str:
    """Return how much a finding weighs, in words."""
    return _("Error") if code == "error" else _("Hint")


def show_all_clear() -> None:
    """Say that nothing was found."""
    st.success(_("All clear: no check found anything."))


def show_finding(result: CheckResult) -> None:
    """Show the records a check found; choosing one opens it."""
    st.subheader(formatting.plain(result.label), anchor=False)
    counted = ngettext("{count} record", "{count} records", len(result.rows))
    st.caption(counted.format(count=f"{len(result.rows):,}"))
    rows = result.rows[:FINDINGS_SHOWN]
    shown = pd.DataFrame([{**row, "label": row["label"] or row["id"]} for row in rows])
    columns = (
        Column("subject_type", N_("Kind of record"), "code", "subject_type", width=140),
        Column("label", N_("Record"), width=460),
    )
    chosen = list_view.choose_row(shown, columns, f"check_{result.code}")
    if chosen is not None:
        go_to(str(rows[chosen]["subject_type"]), str(rows[chosen]["id"]))
