"""The steps of an import on one page: file, sheets, columns, preview, result.

What was read stays in the visitor's session, so a language switch or any other rerun loses
nothing. Nothing is written before the user confirms; the writing is done beside the screen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from drillbook import importing
from drillbook.accounts.permissions import IMPORTS
from drillbook.core import clock, validation
from drillbook.core.background_jobs import Job, Progress
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.db import current, store
from drillbook.importing import Choices, ImportPlan, ImportResult, Kind, Problem, Sheet, Table
from drillbook.importing.templates import TITLES, template
from drillbook.ui.components import current_user, formatting, navigation, uploads

T = TypeVar("T")

ORDER: tuple[Kind, ...] = ("units", "plans", "programme", "teams", "sessions")
"""What other tables refer to is imported first."""
LISTS = {
    "units": "units",
    "plans": "plans",
    "programme": "programme",
    "sessions": "sessions",
    "teams": "teams",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 1.5
SHOWN = 200
ASKED = 40
STATE = "import#state"
LEFT_OUT = ""


@dataclass
class Import:
    """One file on its way into the register, kept in the visitor's session."""

    name: str
    sheets: list[Sheet]
    digest: str
    mapping: dict[str, dict[int, str]] = field(default_factory=dict)
    plans: list[ImportPlan] = field(default_factory=list)
    prepared_for: tuple[Any, ...] = ()
    refused: dict[Kind, str] = field(default_factory=dict)
    writing: Job[list[ImportResult]] | None = None
    results: list[ImportResult] = field(default_factory=list)


def held() -> Import | None:
    """Return the file the visitor is importing, or nothing."""
    found: Import | None = st.session_state.get(STATE)
    return found


def _waiting_for(job: Job[T], sentence: str) -> T:
    """Return a job's result; while it takes long, show how far it is."""
    if not job.is_finished(PATIENCE):
        bar = st.progress(0.0, sentence)
        while not job.is_finished(0.3):
            bar.progress(job.share(), sentence)
        bar.empty()
    return job.result()


# --- 1. the file --------------------------------------------------------------------------------


def choose_file() -> None:
    """Show the uploader and read a new file; one that is refused leaves the page usable."""
    number = st.session_state.setdefault("import#number", 0)
    uploaded = uploads.file_uploader(
        "edit", _("Workbook or table (.xlsx, .xls, .ods, .csv)"), key=f"import_file_{number}"
    )
    if uploaded is None:
        return
    content = uploaded.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    current = held()
    if current and (current.digest, current.name) == (digest, uploaded.name):
        return
    st.session_state.pop(STATE, None)
    job = Job(
        current_user.deferred(
            "edit", lambda _report: importing.read_sheets(content, uploaded.name)
        ),
        language(),
    )
    try:
        sheets = _waiting_for(job, _("Reading the file …"))
    except DrillbookError as error:
        st.error(formatting.plain(error.message), title=formatting.plain(error.title) or None)
        return
    st.session_state[STATE] = Import(uploaded.name, sheets, digest)


def offer_templates() -> None:
    """Show the downloads of empty workbooks."""
    with st.expander(_("Empty workbooks to fill in"), key="import_templates"):
        st.caption(
            _("Your own tables need no template: headers are found by their words, in any order.")
        )
        with st.container(horizontal=True):
            for kind, title in TITLES.items():
                st.download_button(
                    _(title),
                    data=current_user.deferred("edit", partial(template, kind)),
                    file_name=f"{_(title)}.xlsx",
                    mime=XLSX,
                    on_click="ignore",
                    key=f"import_template_{kind}",
                )


def start_again() -> None:
    """Forget the file (a callback)."""
    st.session_state.pop(STATE, None)
    st.session_state["import#number"] = st.session_state.get("import#number", 0) + 1
    for key in [key for key in st.session_state if str(key).startswith("import:")]:
        del st.session_state[key]


# --- 2. the sheets ------------------------------------------------------------------------------


def choose_kinds(file: Import) -> dict[Kind, list[Sheet]]:
    """Show what each sheet was taken for, changeable; return kind → sheets."""
    kinds: dict[Kind, list[Sheet]] = {}
    shown = [sheet for sheet in file.sheets if sheet.rows]
    for position, sheet in enumerate(shown[:ASKED]):
        key = f"import:kind:{file.digest}:{position}"
        if key not in st.session_state:
            guess = None if sheet.hidden else importing.guess_kind(sheet)
            st.session_state[key] = guess or LEFT_OUT
        label = ngettext(
            "Sheet “{sheet}” ({count} row) holds",
            "Sheet “{sheet}” ({count} rows) holds",
            len(sheet.rows),
        )
        _speak(key)
        kind = st.selectbox(
            formatting.plain(label.format(sheet=sheet.name, count=f"{len(sheet.rows):,}")),
            [*TITLES, LEFT_OUT],
            format_func=lambda kind: _(TITLES[kind]) if kind else _("Nothing to import"),
            key=key,
        )
        if kind in TITLES:
            kinds.setdefault(kind, []).append(sheet)
    return kinds


def choose_year(file: Import) -> int | None:
    """Show the year for dates without one; empty, it is taken from the file's titles."""
    key = f"import:year:{file.digest}"
    year = st.number_input(
        _("Year for dates without one"),
        min_value=validation.FIRST_YEAR,
        max_value=validation.LAST_YEAR,
        value=None,
        step=1,
        key=key,
        placeholder=_("as the file says"),
    )
    return None if year is None else int(year)


def _speak(key: str) -> None:
    """Re-send a selection after a language switch: the browser knows it by its old label."""
    spoken = f"{key}#language"
    if st.session_state.get(spoken, language()) != language():
        st.session_state[key] = st.session_state[key]
    st.session_state[spoken] = language()


# --- the plan -----------------------------------------------------------------------------------


def prepare(file: Import, kinds: Mapping[Kind, Sequence[Sheet]], year: int | None) -> None:
    """Bring ``file.plans`` up to date with what was chosen, the register and the language."""
    register = current.current()
    chosen = tuple((kind, tuple(s.name for s in kinds[kind])) for kind in ORDER if kind in kinds)
    mapping = repr(sorted((key, sorted(m.items())) for key, m in file.mapping.items()))
    # Not the store's revision: everybody's drafts make that grow.
    latest = register.query("audit_latest")
    wanted = (chosen, year, mapping, language(), str(latest), clock.today())
    if file.prepared_for == wanted:
        return
    work = partial(_prepared, register, kinds, file.name, year, dict(file.mapping), clock.today())
    job = Job(current_user.deferred("edit", work), language())
    file.plans, file.refused = _waiting_for(job, _("Looking at the rows …"))
    file.prepared_for = wanted


def _prepared(
    register: store.Store,
    kinds: Mapping[Kind, Sequence[Sheet]],
    name: str,
    year: int | None,
    mapping: Mapping[str, Mapping[int, str]],
    today: date,
    report: Progress,
) -> tuple[list[ImportPlan], dict[Kind, str]]:
    plans: list[ImportPlan] = []
    refused: dict[Kind, str] = {}
    for kind in ORDER:
        if kind not in kinds:
            continue
        try:
            plan = importing.prepare(
                register,
                kind,
                kinds[kind],
                today=today,
                filename=name,
                year=year,
                mapping=mapping,
                progress=report,
            )
        except DrillbookError as error:
            refused[kind] = error.message
        else:
            plans.append(plan)
    return plans, refused


# --- 3. the columns -----------------------------------------------------------------------------


def choose_columns(file: Import, plan: ImportPlan) -> None:
    """Show which column was taken for which field; what is changed here is remembered."""
    for place, table in enumerate(plan.tables):
        missing = table.missing()
        title = _("Columns of “{sheet}”, header in row {row}").format(
            sheet=table.sheet, row=table.header_row
        )
        key = f"import_columns_{plan.kind}_{place}"
        with st.expander(formatting.plain(title), expanded=bool(missing), key=key):
            if missing:
                names = "、".join(one.label() for one in missing)
                sentence = _("No column was found for: {names}. Choose it below.")
                st.warning(formatting.plain(sentence.format(names=names)))
            _column_choices(file, table, place)


def _column_choices(file: Import, table: Table, place: int) -> None:
    labels = {name: one.label() for name, one in importing.fields(table.kind).items()}
    header = importing.header_key(table)
    columns = [c for c in range(len(table.headers)) if table.headers[c] or c in table.mapping]
    cells = st.columns(4)
    for number, column in enumerate(columns[:60]):
        key = f"import:column:{file.digest}:{header}:{place}:{column}"
        if key not in st.session_state:
            st.session_state[key] = table.mapping.get(column, LEFT_OUT)
        _speak(key)
        with cells[number % 4]:
            st.selectbox(
                formatting.plain(table.headers[column]) or str(column + 1),
                [LEFT_OUT, *labels],
                format_func=lambda name: labels.get(name, _("(left out)")),
                key=key,
                help=formatting.plain(_sample(table, column)) or None,
                on_change=_map_column,
                args=(header, dict(table.mapping), column, key),
            )


def _sample(table: Table, column: int) -> str:
    texts = (importing.text_of(row.cells[column])[:30] for row in table.rows[:50])
    return " / ".join(list(dict.fromkeys(filter(None, texts)))[:3])


def _map_column(header: str, mapping: dict[int, str], column: int, key: str) -> None:
    file = held()
    if file is None:
        return
    mapping = {**file.mapping.get(header, mapping)}
    mapping.pop(column, None)
    if chosen := st.session_state[key]:
        mapping[column] = chosen
    file.mapping[header] = mapping


# --- 4. the preview -----------------------------------------------------------------------------


def show_preview(plan: ImportPlan) -> Choices:
    """Show what would happen, and ask about near misses; return what was decided."""
    _show_counts(plan)
    _show_added(plan)
    _show_changes(plan)
    choices = Choices(units=_ask_units(plan), links=_ask_links(plan))
    _show_problems(plan)
    _show_remarks(plan)
    return choices


def _show_counts(plan: ImportPlan) -> None:
    tiles = (
        (_("Added"), plan.count("add")),
        (_("Changed"), plan.count("change")),
        (_("Unchanged"), plan.count("unchanged")),
        (_("Bad rows"), plan.count("bad")),
        (_("New units"), len(plan.new_units)),
        (_("Set aside"), len(plan.set_aside)),
    )
    with st.container(horizontal=True, gap="small"):
        for label, number in tiles:
            st.metric(label, f"{number:,}", width=120)


def _rows_table(title: str, rows: Sequence[Mapping[str, Any]], key: str, opened: bool) -> None:
    if not rows:
        return
    label = f"{title} ({len(rows):,})"
    with st.expander(label, expanded=opened, key=f"import_{key}"):
        st.dataframe(
            pd.DataFrame(list(rows[:SHOWN])),
            hide_index=True,
            key=f"import_table_{key}",
            row_height=32,
            column_config={_("Row"): st.column_config.NumberColumn(width=60)},
        )
        if len(rows) > SHOWN:
            st.caption(_("The first {count} are shown.").format(count=SHOWN))


def _show_added(plan: ImportPlan) -> None:
    rows = [
        {_("Sheet"): row.sheet, _("Row"): row.row, _("Record"): row.label}
        for row in plan.rows
        if row.state == "add"
    ]
    _rows_table(_("What will be added"), rows, f"added_{plan.kind}", False)


def _show_changes(plan: ImportPlan) -> None:
    rows = [
        {
            _("Row"): row.row,
            _("Record"): row.label,
            _("Field"): change.field,
            _("Now"): change.before,
            _("Then"): change.after,
        }
        for row in plan.rows
        if row.state == "change"
        for change in row.changes
    ]
    _rows_table(_("What will change"), rows, f"changed_{plan.kind}", True)


def _show_problems(plan: ImportPlan) -> None:
    _rows_table(_("Bad rows, not imported"), _listed(plan.problems), f"bad_{plan.kind}", True)


def _listed(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [
        {
            _("Sheet"): one.sheet,
            _("Row"): one.row,
            _("Column"): one.column,
            _("Cell"): one.value[:200],
            _("Reason"): one.reason,
        }
        for one in problems
    ]


def _show_remarks(plan: ImportPlan) -> None:
    for notice in plan.notices:
        st.info(formatting.plain(notice))
    remarks = _listed(plan.warnings)
    _rows_table(_("Imported, with a remark"), remarks, f"remarks_{plan.kind}", False)
    aside = [
        {_("Sheet"): one.sheet, _("Row"): one.row, _("Text"): one.text, _("Reason"): one.reason}
        for one in plan.set_aside
    ]
    _rows_table(_("Rows that are no records"), aside, f"aside_{plan.kind}", False)


def _ask_units(plan: ImportPlan) -> dict[str, str]:
    """Ask whether a new name means a known unit; without an answer it is a new one."""
    if not plan.new_units:
        return {}
    near = [unit for unit in plan.new_units if unit.similar][:ASKED]
    chosen: dict[str, str] = {}
    title = _("New units")
    with st.expander(
        f"{title} ({len(plan.new_units):,})", expanded=bool(near), key=f"import_units_{plan.kind}"
    ):
        for unit in near:
            names = dict(unit.similar)
            label = _("“{name}” is").format(name=unit.name)
            answer = _answer(f"unit:{plan.kind}:{unit.key}", label, names, _("a new unit"))
            if answer:
                chosen[unit.key] = answer
        new = [unit.name for unit in plan.new_units if unit.key not in chosen]
        st.caption(
            formatting.plain(_("Will be added: {names}").format(names="、".join(new[:SHOWN])))
        )
    return chosen


def _ask_links(plan: ImportPlan) -> dict[tuple[str, int], str]:
    """Ask whether a session belongs to a planned drill of a similar name."""
    if not plan.links:
        return {}
    chosen: dict[tuple[str, int], str] = {}
    title = _("Sessions that may belong to a planned drill")
    with st.expander(f"{title} ({len(plan.links):,})", expanded=True, key="import_links"):
        for link in plan.links[:ASKED]:
            label = _("Row {row}: {session}").format(row=link.row, session=link.session)
            key = f"link:{link.sheet}:{link.row}"
            answer = _answer(key, label, dict(link.options), _("outside the programme"))
            if answer:
                chosen[link.sheet, link.row] = answer
        if len(plan.links) > ASKED:
            st.caption(_("The first {count} are shown.").format(count=ASKED))
    return chosen


def _answer(key: str, label: str, names: Mapping[str, str], otherwise: str) -> str:
    key = f"import:{key}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = LEFT_OUT
    _speak(key)
    return str(
        st.selectbox(
            formatting.plain(label),
            [LEFT_OUT, *names],
            format_func=lambda option: names.get(option, otherwise),
            key=key,
        )
    )


# --- 5. writing and the result ------------------------------------------------------------------


def confirm(file: Import, choices: Sequence[Choices]) -> None:
    """Show the button that writes; the rows go in beside the screen."""
    good = sum(plan.count("add") + plan.count("change") for plan in file.plans)
    if not good:
        st.info(_("There is nothing to import: every good row is in the register already."))
        _offer_corrections(file)
        return
    if not all(current_user.may(IMPORTS[plan.kind]) for plan in file.plans):
        st.warning(
            _("Plans and programmes are imported by the office lead. Leave those sheets out above.")
        )
        return
    label = ngettext("Import {count} row", "Import {count} rows", good)
    if st.button(label.format(count=f"{good:,}"), type="primary", key="import_confirm"):
        work = partial(_write, current.current(), file.plans, list(choices))
        file.writing = Job(current_user.deferred("edit", work), language())
        file.writing.is_finished(PATIENCE)
        st.rerun()


def _write(
    register: store.Store,
    plans: Sequence[ImportPlan],
    choices: Sequence[Choices],
    report: Progress,
) -> list[ImportResult]:
    # All are asked before the first is written: a workbook goes in as a whole.
    actors = [current_user.actor(IMPORTS[plan.kind]) for plan in plans]
    return [
        importing.apply(register, plan, actor, chosen, report)
        for plan, actor, chosen in zip(plans, actors, choices, strict=True)
    ]


@st.fragment(run_every=0.5)
def show_progress() -> None:
    """Show how far the writing is; the page goes on when it is over."""
    file = held()
    if file is None or file.writing is None:
        return
    job = file.writing
    if job.is_finished():
        st.rerun()
    sentence = _("{done} of {total} rows written").format(
        done=f"{job.done:,}", total=f"{job.total:,}"
    )
    st.progress(job.share(), sentence)
    st.caption(_("You may leave this page; the import goes on."))


def is_writing(file: Import) -> bool:
    """Say whether rows are being written; take the result over once they are."""
    if file.writing is None:
        return False
    if not file.writing.is_finished():
        return True
    job, file.writing = file.writing, None
    try:
        file.results = job.result()
    except DrillbookError as error:
        st.error(formatting.plain(error.message), title=formatting.plain(error.title) or None)
        file.prepared_for = ()
    return False


def show_result(file: Import) -> None:
    """Show what was done, where to see it, and the bad rows to mend."""
    for plan, result in zip(file.plans, file.results, strict=True):
        counts = _("{added} added, {changed} changed, {unchanged} unchanged, {rejected} rejected")
        figures = {
            name: f"{getattr(result, name):,}"
            for name in ("added", "changed", "unchanged", "rejected")
        }
        st.success(f"**{_(TITLES[plan.kind])}** · {counts.format(**figures)}")
        label = _("Open “{list}”").format(list=_(TITLES[plan.kind]))
        with st.container(key=f"import_list_{plan.kind}"):
            navigation.link(LISTS[plan.kind], label)
        if result.new_units:
            names = "、".join(result.new_units[:SHOWN])
            st.caption(formatting.plain(_("New units: {names}").format(names=names)))
        _rows_table(
            _("Bad rows, not imported"), _listed(result.problems), f"left_{plan.kind}", True
        )
    _offer_corrections(file)
    st.caption(_("Importing the same file again changes nothing."))
    st.button(_("Import another file"), key="import_again", on_click=start_again)


def _offer_corrections(file: Import) -> None:
    for plan in file.plans:
        if not plan.count("bad"):
            continue
        corrections = current_user.deferred(
            IMPORTS[plan.kind], partial(importing.correction_workbook, plan)
        )
        title, purpose = _(TITLES[plan.kind]), _("to mend")
        st.download_button(
            _("Download the bad rows of “{kind}” to mend").format(kind=title),
            data=corrections,
            file_name=f"{title}-{purpose}.xlsx",
            mime=XLSX,
            on_click="ignore",
            key=f"import_corrections_{plan.kind}",
        )
