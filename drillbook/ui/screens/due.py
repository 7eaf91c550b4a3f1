"""What is due 到期事项 on the screen: key figures, filters in the address, rows, article, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_, language, ngettext
from drillbook.core.i18n import gettext as _
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import units
from drillbook.reports import due_items
from drillbook.reports.due_items import Chosen
from drillbook.reports.files import due_files
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components.list_view import Column
from drillbook.ui.record_forms import registry
from drillbook.ui.screens.annual_statistics import XLSX

FILTERS = ("unit", "rule", "kind", "state")
AS_OF = "as_of"
OPEN = "open"
ROWS_SHOWN = 500
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
KINDS = (
    *("plan", "unit", "team", "drill_session", "office", "planned_drill"),
    *("plan_revision", "corrective_action", "decision"),
)
COLUMNS = (
    Column("state", N_("State"), "code", "due_state", width=52),
    Column("days_told", N_("Days"), width=106),
    Column("subject", N_("Whose"), width=200),
    Column("what", N_("What is asked"), width=150),
    Column("due_on", N_("Falls due on"), "date", width=88),
    Column("unit", N_("Unit"), width=130),
    Column("cited", N_("Article"), width=300),
)


def asked_day() -> date:
    """Return the day of the address, else today."""
    return list_view.query_day(AS_OF, FIRST_DAY, LAST_DAY) or clock.today()


def asked() -> Chosen:
    """Return what the address asks for; unless it says otherwise, only what is open."""
    state = list_view.query_param("state") or OPEN
    states = due_items.OPEN_STATES if state not in (*due_items.STATES, "all") else (state,)
    return Chosen(
        unit_id=list_view.query_param("unit"),
        rule=list_view.query_param("rule"),
        subject_type=list_view.query_param("kind"),
        states=None if state == "all" else states,
    )


# --- heading, figures, filters ------------------------------------------------------------------


def show_heading(store: Store, as_of: date, chosen: Chosen) -> None:
    """Show the title, the files to take away, and the figures of the day."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        st.title(_("What is due"), anchor=False, width="content")
        with st.container(horizontal=True, gap="small", width="content"):
            _show_downloads(store, as_of, chosen)
    numbers = due_items.counts(store, as_of, unit_id=chosen.unit_id)
    with st.container(horizontal=True, gap="small"):
        for state in due_items.OPEN_STATES:
            number, label = numbers[state], vocabulary.label("due_state", state)
            label = f":red-badge[{label}]" if state == "late" and number else label
            st.metric(label, f"{number:,}", border=True, width=112)


def _show_downloads(store: Store, as_of: date, chosen: Chosen) -> None:
    if not current_user.may("export"):
        return

    def made(make: Callable[..., bytes]) -> bytes:
        return make(store, as_of, chosen, language(), actor=current_user.actor("export"))

    st.download_button(
        _("Download the workbook"),
        data=current_user.deferred("export", partial(made, due_files.workbook_bytes)),
        file_name=due_files.file_name(as_of, "xlsx"),
        mime=XLSX,
        key="due_workbook",
        on_click="ignore",
    )
    st.download_button(
        _("Download for a calendar"),
        data=current_user.deferred("export", partial(made, due_files.calendar_file)),
        file_name=due_files.file_name(as_of, "ics"),
        mime="text/calendar",
        key="due_calendar",
        on_click="ignore",
    )


def show_filters(store: Store, as_of: date) -> None:
    """Show the filters; what is chosen stands in the address."""
    options: dict[str, tuple[str, dict[str, str]]] = {
        "state": (_("State"), _state_options()),
        "kind": (_("Kind"), {code: vocabulary.label("subject_type", code) for code in KINDS}),
        "unit": (_("Unit"), units.choices(store)),
        "rule": (_("Rule"), due_items.rules_in_force(store, as_of)),
    }
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, (title, known) in options.items():
            _filter(name, title, known)
        key = "due_as_of"
        st.session_state[key] = as_of
        st.date_input(
            _("As of"),
            key=key,
            format="YYYY-MM-DD",
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            on_change=_follow,
            args=(AS_OF, key),
            width=130,
        )


def _state_options() -> dict[str, str]:
    states = {state: vocabulary.label("due_state", state) for state in due_items.STATES}
    return {OPEN: _("Overdue, due soon, never"), **states, "all": _("All states")}


def _filter(name: str, title: str, known: dict[str, str]) -> None:
    key, known = f"due_{name}", current_user.seen_all(known)
    is_state = name == "state"
    empty = OPEN if is_state else list_view.ALL
    value = list_view.query_param(name)
    st.session_state[key] = value if value in known else empty
    st.selectbox(
        title,
        list(known) if is_state else [list_view.ALL, *known],
        format_func=lambda option: known.get(option, _("All")),
        key=key,
        on_change=_follow,
        args=(name, key),
        width=165,
    )


def _follow(name: str, key: str) -> None:
    value = st.session_state[key]
    list_view.ask(**{name: str(value) if value not in (None, "", OPEN) else None})


# --- rows ---------------------------------------------------------------------------------------


def show_items(store: Store, as_of: date, chosen: Chosen) -> None:
    """Show the rows, the most urgent first, and the article of the chosen one."""
    found = due_items.table(store, as_of, chosen)
    if not found.num_rows:
        _show_nothing()
        return
    shown = found.slice(0, ROWS_SHOWN).to_pylist()
    measures = due_items.measures_of(store)
    table = pd.DataFrame([_told(item, measures) for item in shown])
    rows_side, article_side = st.columns([5, 3], gap="medium")
    with rows_side:
        position = list_view.choose_row(table, COLUMNS, f"due_rows_{as_of}_{hash(chosen)}")
    number = found.num_rows
    counted = ngettext("{count} item", "{count} items", number).format(count=f"{number:,}")
    if number > len(shown):
        counted += "  " + _("Only the first {count} are shown.").format(count=len(shown))
    with rows_side:
        st.caption(counted)
    with article_side:
        if position is None:
            st.caption(_("Choose a row to read its article."))
        else:
            _show_chosen(store, as_of, shown[position], measures)


def _told(item: Row, measures: dict[str, str]) -> Row:
    return {
        **item,
        "subject": due_items.subject(item),
        "what": due_items.what(item, measures),
        "days_told": due_items.days(item["days"]),
        "cited": due_items.cited(item),
    }


def _show_nothing() -> None:
    if any(list_view.query_param(name) for name in FILTERS):
        st.info(_("Nothing matches the filters."))
        st.button(
            _("Clear the filters"),
            key="due_clear",
            on_click=list_view.clear_filters,
            args=(FILTERS,),
        )
        return
    st.success(_("Nothing is late, due soon or still to be done for the first time."))


def _show_chosen(store: Store, as_of: date, item: Row, measures: dict[str, str]) -> None:
    detail = due_items.detail(store, as_of, item)
    with st.container(border=True, gap="small"):
        st.subheader(formatting.plain(current_user.seen(due_items.subject(item))), anchor=False)
        formatting.facts(_facts(item, detail, measures))
        if due_items.wording(item):
            st.text(current_user.seen(due_items.wording(item)))
        if not item["is_verified"]:
            st.caption(
                _("Not yet verified: wording or article number was not read in the full text.")
            )
        if detail and not detail["is_announced"]:
            st.caption(
                _(
                    "The holidays of that year are not announced yet; the day counts Monday to"
                    " Friday and may still move."
                )
            )
        with st.container(horizontal=True, gap="medium"):
            _show_links(item, detail)


def _facts(item: Row, detail: Row | None, measures: dict[str, str]) -> list[tuple[str, str]]:
    told = [
        (_("What is asked"), due_items.what(item, measures)),
        (_("State"), vocabulary.label("due_state", item["state"])),
        (_("Falls due on"), formatting.day(item["due_on"])),
        (_("Days"), due_items.days(item["days"]) or formatting.EMPTY),
        (_("Unit"), formatting.text(item["unit"])),
    ]
    if item["citation"]:
        told.append((_("Article"), due_items.cited(item)))
    if detail:
        told.append((_("Weight"), vocabulary.label("severity", detail["severity"])))
        if detail["reason"]:
            told.append((_("Reason"), vocabulary.label("due_reason", detail["reason"])))
    return told


def _show_links(item: Row, detail: Row | None) -> None:
    if item["source"] == "revision":
        navigation.link("revisions", _("Open the revision"), {"id": item["subject_id"]})
        return
    view = registry.RECORD_VIEWS.get(item["subject_type"])
    if view and item["subject_id"]:
        navigation.link(
            view.url_path,
            _("Open the record"),
            {view.link_parameter: item["subject_id"]},
        )
    if detail:
        navigation.link("rules", _("Open the rule"), {"id": detail["rule_id"]})
