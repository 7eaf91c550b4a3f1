"""The stages of a revision: shown, edited in a grid, saved, conflicts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.core import clock
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.store import Store
from drillbook.records import revision_stages
from drillbook.records.revisions import Revision, Stage
from drillbook.ui.components import formatting, forms, record_page
from drillbook.ui.components.record_view import Field, Names, tell
from drillbook.ui.screens.revision_status import acting_user

STAGE_FIELDS = (
    Field("planned_on", N_("Planned"), "date"),
    Field("done_on", N_("Done on"), "date"),
    Field("is_skipped", N_("Skipped"), "flag"),
    Field("done_by", N_("By whom")),
    Field("note", N_("Note")),
)


ROW_HEIGHT = 36


SKIPPED = "✓"


def _opened_key(revision: Revision) -> str:
    return f"revision_opened:{revision.id}"


def _opened(revision: Revision) -> Revision:
    """Return the revision as it was when its table was drawn first, while changes wait in it."""
    held = st.session_state.get(_opened_key(revision))
    return held if isinstance(held, Revision) else revision


def _editor_key(opened: Revision) -> str:
    number = st.session_state.get(f"revision_editor_{opened.id}", 0)
    return f"revision_stages:{opened.id}:{opened.row_version}:{number}"


def pending_edits(revision: Revision) -> Mapping[int, Mapping[str, Any]]:
    """Return what was changed in the table and is not saved: row → column → value."""
    state = st.session_state.get(_editor_key(_opened(revision)))
    edited = state.get("edited_rows", {}) if isinstance(state, Mapping) else {}
    return {int(row): changes for row, changes in edited.items() if changes}


def _drop(revision: Revision) -> None:
    key = f"revision_editor_{revision.id}"
    st.session_state[key] = st.session_state.get(key, 0) + 1
    st.session_state.pop(_opened_key(revision), None)


def show_stages(store: Store, revision: Revision, may_change: bool) -> None:
    st.subheader(_("Stages"), anchor=False)
    if not may_change or not any(revision.may_change(s.stage) for s in revision.stages):
        _show_plain_stages(revision.stages)
        return
    if not pending_edits(revision):
        st.session_state[_opened_key(revision)] = revision
    opened = _opened(revision)
    edited = st.data_editor(
        stage_frame(opened.stages),
        hide_index=True,
        disabled=["stage"],
        column_config=_columns(),
        key=_editor_key(opened),
        row_height=ROW_HEIGHT,
        height="content",
        placeholder="",
        alt=_("Table: {chart}").format(chart=_("Stages")),
    )
    mine = edited_stages(opened.stages, edited)
    if opened.row_version != revision.row_version:
        _show_both(store, revision, mine)
    elif pending_edits(revision):
        with st.container(horizontal=True, gap="small"):
            saving = forms.save_button(_("Save the stages"), "revision_save")
            st.button(_("Drop the changes"), key="revision_drop", on_click=_drop, args=(revision,))
        if saving:
            _save(store, revision, mine)
    _show_hint(revision)


def _show_hint(revision: Revision) -> None:
    if revision.status == "finished":
        st.caption(_("Filing and publication may follow; their days go into the new version."))
    elif revision.value.kind == "minor":
        st.caption(_("To skip a stage, choose ✓ in its row and say why in its note."))
    else:
        st.caption(_("This is a full revision: no stage can be skipped."))


def _columns() -> dict[str, Any]:
    day: dict[str, Any] = {"format": "YYYY-MM-DD", "width": 105}
    return {
        "stage": st.column_config.TextColumn(_("Stage"), width=145, pinned=True),
        "planned_on": st.column_config.DateColumn(_("Planned"), **day),
        "done_on": st.column_config.DateColumn(_("Done on"), **day),
        # A box would be read out as “false”, in English.
        "is_skipped": st.column_config.SelectboxColumn(_("Skipped"), options=[SKIPPED], width=70),
        "done_by": st.column_config.TextColumn(_("By whom"), width=120, max_chars=200),
        "note": st.column_config.TextColumn(_("Note"), width=300, max_chars=5000),
    }


def stage_frame(stages: Sequence[Stage]) -> pd.DataFrame:
    """Return stages as the table shows them."""
    frame = pd.DataFrame(
        [
            {
                "stage": stage.label,
                "planned_on": stage.planned_on,
                "done_on": stage.done_on,
                "is_skipped": SKIPPED if stage.is_skipped else None,
                "done_by": stage.done_by,
                "note": stage.note,
            }
            for stage in stages
        ]
    )
    for name in ("planned_on", "done_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def edited_stages(stages: Sequence[Stage], frame: pd.DataFrame) -> list[Stage]:
    """Return the stages as the table says them now."""
    return [
        replace(
            stage,
            planned_on=_day_of(row["planned_on"]),
            done_on=_day_of(row["done_on"]),
            is_skipped=formatting.given(row["is_skipped"]),
            done_by=_text_of(row["done_by"]),
            note=_text_of(row["note"]),
        )
        for stage, row in zip(stages, frame.to_dict("records"), strict=True)
    ]


def _day_of(value: Any) -> date | None:
    return pd.Timestamp(value).date() if formatting.given(value) else None


def _text_of(value: Any) -> str:
    return str(value) if formatting.given(value) else ""


def _save(store: Store, revision: Revision, mine: Sequence[Stage]) -> None:
    try:
        revision_stages.save_stages(
            store,
            revision.id,
            mine,
            row_version=revision.row_version,
            actor=acting_user(),
            today=clock.today(),
        )
    except ValidationError as error:
        for sentence in error.problems.values():
            st.error(formatting.plain(sentence))
    except StaleError:
        # The next run compares what is stored now with what was typed.
        st.rerun()
    except DrillbookError as error:
        st.error(formatting.plain(error.message))
    else:
        _drop(revision)
        record_page.say(N_("Saved: {name}"), name=revision.title)
        st.rerun()


def _show_both(store: Store, revision: Revision, mine: Sequence[Stage]) -> None:
    st.warning(
        _(
            "Somebody else saved this record while you were editing. Nothing is lost: compare the"
            " two versions, then decide."
        )
    )
    pairs = zip(revision.stages, mine, strict=True)
    lines = [
        (now.label, stage_words(vars(now)), stage_words(vars(own)))
        for now, own in pairs
        if now != own
    ]
    formatting.table([_("Stage"), _("Stored now"), _("Yours")], lines)
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Keep mine"), key="revision_keep"):
            _save(store, revision, mine)
        st.button(_("Take the stored one"), key="revision_take", on_click=_drop, args=(revision,))


def stage_words(stage: Mapping[str, Any], names: Names | None = None) -> str:
    """Return a stage's values in words, one line each."""
    names = names or Names(current.current())
    told = [(spec, tell(spec, stage, names)) for spec in STAGE_FIELDS]
    lines = [
        f"{_(spec.title)} {words}"
        for spec, words in told
        if words != formatting.EMPTY and (spec.kind != "flag" or stage.get(spec.name))
    ]
    return "\n".join(lines) or formatting.EMPTY


def _show_plain_stages(stages: Sequence[Stage]) -> None:
    names = Names(current.current())
    formatting.table(
        [_("Stage"), *(_(spec.title) for spec in STAGE_FIELDS)],
        [
            [stage.label, *(tell(spec, vars(stage), names) for spec in STAGE_FIELDS)]
            for stage in stages
        ],
    )
