"""One revision on the screen: its stages as a table, its files, its history, and its end.

Nobody's typing is lost: a refused save keeps the form, and what somebody else saved in between is
shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import revision_finish, revision_planning, revision_stages, revisions
from drillbook.records.revisions import Revision, Stage
from drillbook.ui.components import (
    attachments,
    current_user,
    formatting,
    list_view,
    navigation,
    record_page,
)
from drillbook.ui.components.history import said
from drillbook.ui.components.record_view import Names
from drillbook.ui.record_forms import finding_chain
from drillbook.ui.screens.revision_finish import show_finish
from drillbook.ui.screens.revision_stages import pending_edits, show_stages, stage_words
from drillbook.ui.screens.revision_status import (
    EDIT,
    FINISH,
    acting_user,
    back_to_board,
    late_badge,
    open_revision,
    stage_text,
    target_text,
    tried,
)

# --- a new one ----------------------------------------------------------------------------------


# --- one revision -------------------------------------------------------------------------------


def show_one(store: Store, revision_id: str) -> None:
    """Show one revision, or the form that ends it."""
    revision = revisions.load(store, revision_id)
    if revision is None or revision.plan.is_void:
        back_to_board(None, _("Back to the board"))
        st.title(_("Revision board"), anchor=False)
        st.error(_("There is no such revision. It may have been removed with the sample year."))
        return
    may_change = current_user.person().may_write(revisions.TABLE)
    if may_change and list_view.query_param(EDIT) == FINISH and revision.status == "open":
        show_finish(store, revision)
        return
    with st.container(gap=None):
        back_to_board(None, _("Back to the board"))
        st.title(formatting.plain(revision.title), anchor=False)
    record_page.show_flash()
    _show_standing(store, revision)
    if may_change:
        _show_actions(store, revision)
    show_stages(store, revision, may_change)
    finding_chain.show_revision_chains(store, revision.id)
    attachments.show_files(
        store, revisions.TABLE, revision.id, may_change=may_change, title=_("Files of the stages")
    )
    _show_history(store, revision)


def _show_standing(store: Store, revision: Revision) -> None:
    value, names = revision.value, Names(store)
    if revision.status == "abandoned":
        st.warning(
            _("Abandoned: {reason}").format(
                reason=formatting.plain(current_user.seen(value.end_reason))
            )
        )
    elif revision.version:
        number = formatting.plain(revision.version.document_number or formatting.EMPTY)
        st.success(_("Finished with the new version {number}.").format(number=number))
    row = store.one("revision_standing", id=revision.id, as_of=clock.today())
    if row and revision.status == "open":
        closed = row["stages_done"] + row["stages_skipped"]
        st.progress(closed / row["stages_total"], text=stage_text(row))
        st.markdown(f"{late_badge(row)} {target_text(row)}")
    facts = [
        (_("Kind"), formatting.code("revision_kind", value.kind)),
        (_("Reason"), formatting.code("revision_reason", value.reason)),
        (_("Done by"), names.of(value.owner_unit_id) if value.owner_unit_id else formatting.EMPTY),
        (_("Started on"), formatting.day(value.started_on)),
        (_("To be finished by"), formatting.day(value.target_on)),
    ]
    if value.completed_on:
        facts.append((_("Ended on"), formatting.day(value.completed_on)))
    if value.note:
        facts.append((_("Note"), current_user.seen(value.note)))
    formatting.facts(facts)
    navigation.link("plans", _("To the plan and its versions"), {"id": revision.plan_id})


# --- what can be done ---------------------------------------------------------------------------


def _show_actions(store: Store, revision: Revision) -> None:
    busy = bool(pending_edits(revision))
    with st.container(horizontal=True, gap="small", key="revision_actions"):
        _show_quick(revision, busy)
        if revision.status == "open":
            st.button(
                _("Finish…"),
                key="revision_finish",
                on_click=open_revision,
                args=(revision.id, FINISH),
                disabled=busy,
            )
            _show_skip(revision, busy)
            _show_replan(revision, busy)
            _show_abandon(revision, busy)
    if busy:
        st.caption(_("Save or drop what you changed in the table first."))


def _show_quick(revision: Revision, busy: bool) -> None:
    stage = next(
        (s for s in revision.stages if not s.is_closed and revision.may_change(s.stage)), None
    )
    if stage:
        st.button(
            _("Done today: {stage}").format(stage=stage.label),
            key="revision_done",
            type="primary",
            on_click=_done,
            args=(revision, stage),
            disabled=busy,
        )
    closed = [s for s in revision.stages if s.is_closed and revision.may_change(s.stage)]
    if closed:
        st.button(
            _("Undo: {stage}").format(stage=closed[-1].label),
            key="revision_undo",
            on_click=_undo,
            args=(revision, closed[-1]),
            disabled=busy,
        )


def _done(revision: Revision, stage: Stage) -> None:
    tried(
        lambda: revision_stages.stage_done(
            current.current(),
            revision.id,
            stage.stage,
            on=clock.today(),
            by=stage.done_by or current_user.person().name,
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        ),
        N_("Done: {name}"),
        name=stage.label,
    )


def _undo(revision: Revision, stage: Stage) -> None:
    tried(
        lambda: revision_stages.stage_undone(
            current.current(),
            revision.id,
            stage.stage,
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        ),
        N_("Open again: {name}"),
        name=stage.label,
    )


def _show_skip(revision: Revision, busy: bool) -> None:
    stage = revision.current
    if revision.value.kind != "minor" or stage is None or stage.stage == revisions.ISSUE:
        return
    with st.popover(_("Skip…"), key="revision_skip_box", disabled=busy):
        st.markdown(_("Skip: {stage}").format(stage=stage.label))
        key = f"revision_skip_reason_{revision.id}_{stage.stage}"
        st.text_input(_("Reason"), key=key, max_chars=500)
        st.button(
            _("Skip this stage"), key="revision_skip", on_click=_skip, args=(revision, stage, key)
        )


def _skip(revision: Revision, stage: Stage, key: str) -> None:
    tried(
        lambda: revision_stages.skip(
            current.current(),
            revision.id,
            stage.stage,
            reason=str(st.session_state.get(key) or ""),
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        ),
        N_("Skipped: {name}"),
        name=stage.label,
    )


def _show_replan(revision: Revision, busy: bool) -> None:
    with st.popover(_("Move the target…"), key="revision_replan_box", disabled=busy):
        key = f"revision_target_{revision.id}_{revision.row_version}"
        st.date_input(
            _("To be finished by"), value=revision.value.target_on, format="YYYY-MM-DD", key=key
        )
        st.caption(_("The stages still open are planned anew up to this day."))
        st.button(_("Plan anew"), key="revision_replan", on_click=_replan, args=(revision, key))


def _replan(revision: Revision, key: str) -> None:
    day = st.session_state.get(key)
    if not isinstance(day, date):
        record_page.say("{reason}", good=False, reason=_("Please choose the target date first."))
        return
    tried(
        lambda: revision_planning.replan(
            current.current(),
            revision.id,
            target_on=day,
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        ),
        N_("Planned anew up to {name}."),
        name=day.isoformat(),
    )


def _show_abandon(revision: Revision, busy: bool) -> None:
    with st.popover(_("Abandon…"), key="revision_abandon_box", disabled=busy):
        st.caption(_("The revision ends without a new version; the version in force stays."))
        key = f"revision_abandon_reason_{revision.id}"
        st.text_area(_("Reason"), key=key, max_chars=500)
        st.button(
            _("Abandon the revision"),
            key="revision_abandon",
            on_click=_abandon,
            args=(revision, key),
        )


def _abandon(revision: Revision, key: str) -> None:
    tried(
        lambda: revision_finish.abandon(
            current.current(),
            revision.id,
            str(st.session_state.get(key) or ""),
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        ),
        N_("Abandoned: {name}"),
        name=revision.title,
    )


# --- the table of stages ------------------------------------------------------------------------


# --- the end ------------------------------------------------------------------------------------


# --- history ------------------------------------------------------------------------------------


def _show_history(store: Store, revision: Revision) -> None:
    events = store.query("record_history", subject_type=revisions.TABLE, subject_id=revision.id)
    with st.expander(_("History"), key="revision_history"):
        headers = [_("When"), _("Who"), _("What"), _("Stage"), _("Before"), _("After")]
        formatting.table(headers, list(_history_rows(events, Names(store))))


def _history_rows(events: Sequence[Row], names: Names) -> Iterator[list[str]]:
    for event in reversed(events):
        head = [
            formatting.instant(event["happened_at"]),
            event["actor"],
            vocabulary.label("audit_action", event["action"]),
        ]
        for change in list(_stage_changes(event, names)) or [_reason_of(event)]:
            yield [*head, *change]
            head = ["", "", ""]


def _reason_of(event: Row) -> tuple[str, str, str]:
    return "", "", current_user.seen(str(said(event["after_json"]).get("end_reason") or ""))


def _stage_changes(event: Row, names: Names) -> Iterator[tuple[str, str, str]]:
    before = {line["stage"]: line for line in said(event["before_json"]).get("revision_stage", ())}
    after = {line["stage"]: line for line in said(event["after_json"]).get("revision_stage", ())}
    for code in vocabulary.codes("revision_stage") if before else ():
        told = [stage_words(side.get(code, {}), names) for side in (before, after)]
        if told[0] != told[1]:
            yield vocabulary.label("revision_stage", code), told[0], told[1]
