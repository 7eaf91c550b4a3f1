"""What the office's own screens show: the results of the checks, and the audit trail.

Both only read.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from drillbook import vocabulary
from drillbook.checks import CheckResult
from drillbook.i18n import N_, ngettext
from drillbook.i18n import gettext as _
from drillbook.store import Store
from drillbook.ui import lists, navigation, show
from drillbook.ui.history import changes
from drillbook.ui.lists import Column, Filter, ListSpec
from drillbook.ui.nouns import Names, Noun
from drillbook.ui.register_forms import planned_drills, plans, programmes, sessions, teams, units

NOUNS: dict[str, Noun[Any]] = {
    noun.table: noun
    for noun in (
        units.NOUN,
        plans.NOUN,
        programmes.NOUN,
        planned_drills.NOUN,
        sessions.NOUN,
        teams.NOUN,
    )
}
"""Table → how its records are shown."""

FINDINGS_SHOWN = 200
SOURCES = {
    "app": N_("Screen"),
    "import": N_("Imported"),
    "command": N_("Command line"),
}
"""By which way a change came in → its words."""


# --- checks -------------------------------------------------------------------------------------


def show_summary(results: list[CheckResult]) -> None:
    """Show every check with what it found, so that an all-clear can be believed."""
    show.table(
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
    st.subheader(show.plain(result.label), anchor=False)
    counted = ngettext("{count} record", "{count} records", len(result.rows))
    st.caption(counted.format(count=f"{len(result.rows):,}"))
    rows = result.rows[:FINDINGS_SHOWN]
    shown = pd.DataFrame([{**row, "label": row["label"] or row["id"]} for row in rows])
    columns = (
        Column("subject_type", N_("Kind of record"), "code", "subject_type", width=140),
        Column("label", N_("Record"), width=460),
    )
    chosen = lists.choose_row(shown, columns, f"check_{result.code}")
    if chosen is not None:
        go_to(str(rows[chosen]["subject_type"]), str(rows[chosen]["id"]))


def go_to(subject_type: str, record_id: str) -> None:
    """Leave for a record's own page, if its kind has one."""
    noun = NOUNS.get(subject_type)
    if noun:
        navigation.go(noun.url_path, {noun.parameter: record_id})


# --- the audit trail ----------------------------------------------------------------------------


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the audit trail's query."""
    return {
        "subject_type": chosen["kind"],
        "subject_id": lists.asked("subject"),
        "action": chosen["action"],
        "search": chosen["search"],
    }


def show_message(sentence: str) -> None:
    """Show one sentence in place of a list."""
    st.info(sentence)


AUDIT = ListSpec(
    key="audit",
    query="audit_list",
    columns=(
        Column("happened_at", N_("When"), "instant", width=140),
        Column("actor", N_("Who"), width=110),
        Column("action", N_("What"), "code", "audit_action", width=80),
        Column("subject_type", N_("Kind of record"), "code", "subject_type", width=120),
        Column("subject_label", N_("Record"), width=420),
        Column("source", N_("Through"), width=90, labels=SOURCES),
    ),
    filters=(
        Filter("kind", N_("Kind of record"), lists.code_options("subject_type")),
        Filter("action", N_("What"), lists.code_options("audit_action")),
    ),
    sort="happened_at",
    descending=True,
    parameters=parameters,
    nothing_yet=lambda: show_message(_("Nothing has been written yet.")),
    search_hint=N_("Record or person"),
)


def show_event(store: Store, event_id: str) -> None:
    """Show one line of the trail: what each field said before and after."""
    st.button(
        "← " + _("Back to the list"), key="audit_back", on_click=lists.ask, kwargs={"id": None}
    )
    event = store.one("audit_event", id=event_id)
    if event is None:
        st.error(_("There is no such line in the audit log."))
        return
    subject = vocabulary.label("subject_type", event["subject_type"])
    show.facts(
        [
            (_("When"), show.instant(event["happened_at"])),
            (_("Who"), event["actor"]),
            (_("What"), vocabulary.label("audit_action", event["action"])),
            (_("Kind of record"), subject),
            (_("Record"), show.text(event["subject_label"])),
        ]
    )
    noun = NOUNS.get(event["subject_type"])
    if noun is None:
        return
    told = list(changes(noun, event, Names(store)))
    if told:
        show.table([_("Field"), _("Before"), _("After")], told)
    navigation.link(noun.url_path, _("Open the record"), {noun.parameter: event["subject_id"]})
