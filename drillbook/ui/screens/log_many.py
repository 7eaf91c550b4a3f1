"""The grid for many drills at once: typing, pasting, checking cell by cell, saving what is good.

The table on the screen starts from a fixed frame and Streamlit keeps the edits to it; whenever
that frame has to change, the rows are put into a new table under a new key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.accounts import unit_access
from drillbook.core import clock, validation
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.db import current
from drillbook.db.transaction import new_id
from drillbook.entry import drill_log, paste_grid
from drillbook.entry.paste_grid import COLUMNS, Checked, CheckedRow, Checker
from drillbook.ui.components import current_user, formatting, forms, navigation
from drillbook.ui.components import form_drafts as shown_drafts

FORM = "log_many"
SPARE_ROWS = 12
BASE, NUMBER, SPOKEN = "grid#base", "grid#number", "grid#language"
WIDTHS = {"held_on": 100, "name": 180, "hosts": 160, "planned_drill": 150, "form": 90}
WIDTHS |= {"participants": 90, "observers": 90, "place": 120, "summary": 200}

Rows = list[dict[str, str]]


def show_grid() -> Rows:
    """Show the table and keep what is in it; return its rows, empty ones included."""
    key = f"grid_table_{st.session_state.get(NUMBER, 0)}"
    if BASE not in st.session_state or key not in st.session_state or _language_changed():
        held = shown_drafts.begun(FORM) or {"rows": []}
        put(held["rows"])
        key = f"grid_table_{st.session_state[NUMBER]}"
    shown_drafts.show_notice(FORM, start_afresh)
    edited = st.data_editor(
        st.session_state[BASE],
        key=key,
        num_rows="dynamic",
        hide_index=False,
        height=420,
        row_height=32,
        column_config={
            name: st.column_config.TextColumn(_(title), width=WIDTHS[name])
            for name, title in COLUMNS.items()
        },
        placeholder="",
    )
    rows = _rows_of(edited)
    if _trimmed(rows) and len(rows) > len(st.session_state[BASE]):
        # Rows the browser added have no number yet; problems are told by number.
        put(rows)
        shown_drafts.keep(FORM, {"rows": _trimmed(rows)}, {"rows": []})
        st.rerun()
    shown_drafts.keep(FORM, {"rows": _trimmed(rows)}, {"rows": []})
    return rows


def _language_changed() -> bool:
    return bool(st.session_state.get(SPOKEN) != language())


def put(rows: Sequence[paste_grid.GridRow]) -> None:
    """Make these the rows of the table."""
    kept = _trimmed([dict(row) for row in rows])
    padded = [*kept, *(paste_grid.empty_row() for _spare in range(SPARE_ROWS))]
    index = pd.RangeIndex(1, len(padded) + 1)
    st.session_state[BASE] = pd.DataFrame(padded, columns=list(COLUMNS), index=index, dtype="str")
    st.session_state[NUMBER] = st.session_state.get(NUMBER, 0) + 1
    st.session_state[SPOKEN] = language()


def _rows_of(edited: pd.DataFrame) -> Rows:
    return [
        {name: str(row[name]) if formatting.given(row[name]) else "" for name in COLUMNS}
        for row in edited.to_dict("records")
    ]


def _trimmed(rows: Rows) -> Rows:
    last = max((n for n, row in enumerate(rows, 1) if any(map(str.strip, row.values()))), default=0)
    return rows[:last]


def start_afresh() -> None:
    """Empty the table (a callback)."""
    shown_drafts.start(FORM)
    _forget_answers()
    put([])


def _forget_answers() -> None:
    for key in ("grid#checked", "grid#token"):
        st.session_state.pop(key, None)
    for key in [key for key in st.session_state if str(key).startswith("grid_answer")]:
        del st.session_state[key]


def offer_paste(rows: Rows) -> None:
    """Show the box for text from a spreadsheet, for browsers where the table takes no paste."""
    with st.expander(_("Paste as text"), key="grid_paste_box"):
        st.text_area(
            _("Rows copied from a spreadsheet, with or without the header"),
            key="grid_paste",
            height=120,
        )
        st.button(_("Put into the table"), key="grid_put", on_click=_put_pasted, args=(rows,))


def _put_pasted(rows: Rows) -> None:
    pasted = paste_grid.from_text(st.session_state["grid_paste"])
    full = [*_trimmed(rows), *pasted]
    put(full[: paste_grid.LARGEST])
    st.session_state["grid_paste"] = ""
    shown_drafts.keep(FORM, {"rows": full[: paste_grid.LARGEST]}, {"rows": []})
    if len(full) > paste_grid.LARGEST:
        st.session_state["grid#told"] = _(
            "At most {count} rows fit here; import the rest as a workbook."
        ).format(count=paste_grid.LARGEST)


def choose_year() -> int:
    """Show the year for dates without one."""
    year = st.number_input(
        _("Year for dates without one"),
        min_value=validation.FIRST_YEAR,
        max_value=validation.LAST_YEAR,
        value=clock.today().year,
        step=1,
        key="grid_year",
        width=220,
    )
    return int(year)


def check_and_save(rows: Rows) -> None:
    """Show the check when asked for it, then what the user decides, and save the good rows."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="grid_buttons"):
        year = choose_year()
        if forms.save_button(_("Check"), "grid_check", on_click=_forget_saved):
            st.session_state["grid#checked"] = True
        st.button(_("Start afresh"), key="grid_afresh", type="tertiary", on_click=start_afresh)
    if not st.session_state.get("grid#checked"):
        return
    today = clock.today()
    checked = Checker(current.current(), year, today, current_user.person()).check(rows)
    if not checked.rows:
        st.info(_("The table is empty: type or paste some rows first."))
        return
    _show_problems(checked)
    refused = _ask_new_units(checked)
    wanted = [row for row in checked.good() if not refused & set(row.typed.new_units)]
    repeated = _ask_duplicates(wanted)
    _offer_saving(checked, [row for row in wanted if row.row not in repeated], rows, today)


def _show_problems(checked: Checked) -> None:
    problems = checked.problems()
    if not problems:
        return
    sentence = ngettext(
        "{count} cell needs another look; its row stays here.",
        "{count} cells need another look; their rows stay here.",
        len(problems),
    )
    st.error(sentence.format(count=len(problems)))
    st.dataframe(
        pd.DataFrame(
            [
                {
                    _("Row"): one.row,
                    _("Column"): _(COLUMNS[one.column]),
                    _("Cell"): one.value,
                    _("Reason"): one.reason,
                }
                for one in problems
            ]
        ),
        hide_index=True,
        row_height=32,
        key="grid_problems",
        column_config={_("Row"): st.column_config.NumberColumn(width=60)},
    )


def _ask_new_units(checked: Checked) -> set[str]:
    """Ask which unknown names become units; return those that shall not."""
    names = checked.new_units()
    if not names:
        return set()
    title = _("New units, added with the rows")
    st.markdown(f"**{title}**")
    with st.container(horizontal=True):
        return {
            name
            for name in names
            if not st.checkbox(formatting.plain(name), value=True, key=f"grid_answer_unit:{name}")
        }


def _ask_duplicates(rows: Sequence[CheckedRow]) -> set[int]:
    """Point out likely duplicates; return the numbers of rows that shall wait."""
    waiting: set[int] = set()
    for row in rows:
        if not row.duplicates:
            continue
        first = row.duplicates[0]
        if first["id"]:
            sentence = _("Row {row} resembles “{name}”, registered on the same day. Save it too.")
        else:
            sentence = _("Row {row} resembles row {other} above it. Save it too.")
        label = sentence.format(row=row.row, name=first["name"], other=first.get("row"))
        if not st.checkbox(formatting.plain(label), key=f"grid_answer_again:{row.row}"):
            waiting.add(row.row)
    return waiting


def _offer_saving(checked: Checked, ready: list[CheckedRow], rows: Rows, today: date) -> None:
    if not ready:
        return
    label = ngettext("Save {count} row", "Save {count} rows", len(ready))
    if not st.button(label.format(count=len(ready)), key="grid_save", type="primary"):
        return
    logged = [row.typed.session for row in ready]
    register = current.current()
    try:
        for session in logged:
            if refused := unit_access.problems(register, current_user.person(), session):
                raise ValidationError(refused)
        saved = drill_log.save_once(
            register, _token(), logged, actor=current_user.actor("log"), today=today
        )
    except DrillbookError as error:
        st.error(formatting.plain(error.message), title=formatting.plain(error.title) or None)
        return
    done = {row.row for row in ready}
    left = [dict(row) for number, row in enumerate(rows, 1) if number not in done]
    left = [row for row in left if any(map(str.strip, row.values()))]
    _forget_answers()
    shown_drafts.start(FORM)
    shown_drafts.keep(FORM, {"rows": left}, {"rows": []})
    put(left)
    st.session_state["grid#checked"] = bool(left)
    st.session_state["grid#saved"] = saved
    st.rerun()


def _token() -> str:
    return str(st.session_state.setdefault("grid#token", new_id()))


def show_saved() -> None:
    """Show what was saved last, with the undo of the whole batch."""
    if told := st.session_state.pop("grid#told", ""):
        st.info(formatting.plain(told))
    saved: Any = st.session_state.get("grid#saved")
    if saved is None:
        return
    count = len(saved.session_ids)
    sentence = ngettext("{count} drill is saved.", "{count} drills are saved.", count)
    with st.container(horizontal=True, vertical_alignment="center", key="grid_saved"):
        st.success(sentence.format(count=count))
        navigation.link("sessions")
        st.button(_("Undo all of them"), key="grid_undo", on_click=_undo)


def _forget_saved() -> None:
    """An old confirmation never stands beside what comes of the next check (a callback)."""
    st.session_state.pop("grid#saved", None)


def _undo() -> None:
    saved = st.session_state.pop("grid#saved")
    try:
        drill_log.undo(current.current(), saved.session_ids, actor=current_user.actor("log"))
    except DrillbookError as error:
        st.session_state["grid#told"] = error.message
    else:
        st.session_state["grid#told"] = _(
            "The drills were taken back; they are kept among the voided sessions."
        )
