"""One revision on the screen: its stages as a table, its files, its history, and its end.

Nobody's typing is lost: a refused save keeps the form, and what somebody else saved in between is
shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.accounts.permissions import WRITES, AccessError
from drillbook.core import clock, vocabulary
from drillbook.core.errors import (
    DrillbookError,
    Problems,
    StaleError,
    ValidationError,
)
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.idempotency import once
from drillbook.db import store as stores
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Row, Store
from drillbook.records import plans, revisions
from drillbook.records.plans import PlanVersion
from drillbook.records.revisions import Revision, Stage
from drillbook.ui.components import (
    attachments,
    current_user,
    formatting,
    list_view,
    navigation,
    record_page,
)
from drillbook.ui.components.forms import Form
from drillbook.ui.components.history import said
from drillbook.ui.components.record_view import (
    Field,
    Names,
    tell,
)
from drillbook.ui.record_forms import common, finding_chain

NEW, EDIT, FINISH, PLAN = "new", "edit", "finish", "plan"
STAGE_FIELDS = (
    Field("planned_on", N_("Planned"), "date"),
    Field("done_on", N_("Done on"), "date"),
    Field("is_skipped", N_("Skipped"), "flag"),
    Field("done_by", N_("By whom")),
    Field("note", N_("Note")),
)
ROW_HEIGHT = 36
SKIPPED = "✓"


def open_revision(revision_id: str | None, edit: str | None = None) -> None:
    """Open one revision, the form of a new one, or the board (a callback)."""
    list_view.ask(id=revision_id, edit=edit, plan=None)


def back_to_board(revision_id: str | None, label: str) -> None:
    st.button(
        "← " + label,
        key="revision_back",
        type="tertiary",
        on_click=open_revision,
        args=(revision_id,),
    )


def acting_user() -> Actor:
    return current_user.actor(WRITES[revisions.TABLE])


def tried(action: Callable[[], object], message: str, name: str) -> None:
    """Do something in a callback; what came of it is said on the next run."""
    try:
        action()
    except ValidationError as error:
        record_page.say("{reason}", good=False, reason=" ".join(error.problems.values()))
    except DrillbookError as error:
        record_page.say("{reason}", good=False, reason=error.message)
    else:
        record_page.say(message, name=name)


# --- a new one ----------------------------------------------------------------------------------


def show_new(store: Store) -> None:
    """Show the form that opens a revision; ``?plan=`` names the plan."""
    current_user.person().require(WRITES[revisions.TABLE])
    back_to_board(None, _("Back to the board"))
    st.title(_("Open a revision"), anchor=False)
    record_page.show_flash()
    # A form of its own for each plan: a half-filled one of another plan stays with that plan.
    form = Form(f"revision:{list_view.asked(PLAN) or 'new'}")
    if not form.is_open():
        form.set("plan_id", list_view.asked(PLAN))
        form.set("started_on", clock.today())
        form.set("kind", "full")
    values = _draw_new(form, store)
    with st.container(horizontal=True, gap="small"):
        form.token()
        saving = st.button(_("Save"), key="revision_new_save", type="primary", shortcut="Ctrl+S")
        st.button(_("Cancel"), key="revision_new_cancel", on_click=leave_page, args=(form, None))
    problems: Problems = form.held("#refused") or {}
    if saving:
        problems = _open(store, form, values)
    if problems:
        form.show_problems(problems)
        st.error(_("Not saved yet: please see to the fields marked in red."))


def _draw_new(form: Form, store: Store) -> dict[str, Any]:
    plan_id = form.choice("plan_id", _("Contingency plan"), plans.choices(store), required=True)
    first = st.columns(3)
    with first[0]:
        kind = form.code(
            "kind",
            _("Kind"),
            "revision_kind",
            required=True,
            hint=_(
                "A minor revision may skip stages, each with its reason; a full one skips none."
            ),
        )
    with first[1]:
        reason = form.code("reason", _("Reason"), "revision_reason", required=True)
    with first[2]:
        owner = form.choice("owner_unit_id", _("Done by"), common.unit_options())
    second = st.columns(3)
    with second[0]:
        started_on = form.day("started_on", _("Started on"), required=True)
    with second[1]:
        target_on = form.day("target_on", _("To be finished by"), required=True)
    return {
        "plan_id": plan_id,
        "kind": kind,
        "reason": reason,
        "owner_unit_id": owner,
        "started_on": started_on,
        "target_on": target_on,
        "note": form.text("note", _("Note"), long=True),
    }


def _open(store: Store, form: Form, values: Mapping[str, Any]) -> Problems:
    needed = ("plan_id", "kind", "reason", "started_on", "target_on")
    problems = {name: _("Please fill this in.") for name in needed if not values[name]}
    given = dict(values)
    if not problems:
        try:
            revision_id = once(form.token(), partial(_write_new, store, given, acting_user()))
        except ValidationError as error:
            problems = error.problems
        except DrillbookError as error:
            problems = {"": error.message}
    form.set("#refused", problems)
    if not problems:
        form.discard()
        record_page.say(N_("The revision is open; its stages are planned up to the target date."))
        open_revision(revision_id)
        st.rerun()
    return problems


def _write_new(store: Store, given: Mapping[str, Any], actor: Actor) -> str:
    rest = {name: value for name, value in given.items() if name != "plan_id"}
    with store.write(actor) as tx:
        return revisions.open_revision(tx, given["plan_id"], **rest)


def leave_page(form: Form, revision_id: str | None) -> None:
    form.discard()
    open_revision(revision_id)


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
    if may_change and list_view.asked(EDIT) == FINISH and revision.status == "open":
        _show_finish(store, revision)
        return
    with st.container(gap=None):
        back_to_board(None, _("Back to the board"))
        st.title(formatting.plain(revision.title), anchor=False)
    record_page.show_flash()
    _show_standing(store, revision)
    if may_change:
        _show_actions(store, revision)
    _show_stages(store, revision, may_change)
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
        from drillbook.ui.screens import revision_board as board

        closed = row["stages_done"] + row["stages_skipped"]
        st.progress(closed / row["stages_total"], text=board.stage_text(row))
        st.markdown(f"{board.late_badge(row)} {board.target_text(row)}")
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
        lambda: revisions.stage_done(
            stores.current(),
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
        lambda: revisions.stage_undone(
            stores.current(),
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
        lambda: revisions.skip(
            stores.current(),
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
        lambda: revisions.replan(
            stores.current(),
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
        lambda: revisions.abandon(
            stores.current(),
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


def _show_stages(store: Store, revision: Revision, may_change: bool) -> None:
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
            saving = st.button(
                _("Save the stages"), key="revision_save", type="primary", shortcut="Ctrl+S"
            )
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
        revisions.save_stages(
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
    names = names or Names(stores.current())
    told = [(spec, tell(spec, stage, names)) for spec in STAGE_FIELDS]
    lines = [
        f"{_(spec.title)} {words}"
        for spec, words in told
        if words != formatting.EMPTY and (spec.kind != "flag" or stage.get(spec.name))
    ]
    return "\n".join(lines) or formatting.EMPTY


def _show_plain_stages(stages: Sequence[Stage]) -> None:
    names = Names(stores.current())
    formatting.table(
        [_("Stage"), *(_(spec.title) for spec in STAGE_FIELDS)],
        [
            [stage.label, *(tell(spec, vars(stage), names) for spec in STAGE_FIELDS)]
            for stage in stages
        ],
    )


# --- the end ------------------------------------------------------------------------------------


def _show_finish(store: Store, revision: Revision) -> None:
    form = Form(f"revision:{revision.id}:finish", revisions.proposed(revision))
    if form.held("#opened") is None:
        form.discard()
        form.set("#opened", revision)
    opened: Revision = form.held("#opened")
    back_to_board(revision.id, _("Back to the revision"))
    st.title(_("Finish: {name}").format(name=formatting.plain(revision.title)), anchor=False)
    st.caption(
        _(
            "The new version becomes the plan's current one, the one before is superseded, and the"
            " files of the stage “Issue” become the version's. Filing and publication may follow."
        )
    )
    if waiting := revisions.open_stages(revision):
        st.warning(formatting.plain(waiting["stages"]))
    version = _draw_version(form, revision)
    if opened.row_version != revision.row_version:
        _show_changed(form, opened, revision)
        return
    with st.container(horizontal=True, gap="small"):
        saving = st.button(
            _("Finish the revision"), key="revision_finish_now", type="primary", shortcut="Ctrl+S"
        )
        st.button(
            _("Cancel"), key="revision_finish_cancel", on_click=leave_page, args=(form, revision.id)
        )
    if saving:
        _finish(store, form, revision, version)
    if form.held("#refused"):
        problems = revisions.finish_problems(revision, version, clock.today())
        form.show_problems({n: said for n, said in problems.items() if n != "stages"})
        if problems:
            st.error(_("Not saved yet: please see to the fields marked in red."))


def _draw_version(form: Form, revision: Revision) -> PlanVersion:
    held = revisions.proposed(revision)
    first = st.columns([2, 2, 2])
    with first[0]:
        number = form.text("document_number", _("Document number"), required=True)
        filed = revisions.filed_number(number)
        if filed and filed != number.strip():
            st.caption(_("Filed as {number}").format(number=formatting.plain(filed)))
    with first[1]:
        issuing_unit = form.text("issuing_unit", _("Issued by"))
    with first[2]:
        supersedes = form.text("supersedes", _("Supersedes"))
    titles = {
        "documented_on": _("Date of the document"),
        "issued_on": _("Issued on"),
        "effective_on": _("In effect from"),
        "filed_on": _("Filed on"),
        "published_on": _("Published on"),
    }
    days: dict[str, Any] = {}
    for cell, (name, title) in zip(st.columns(len(titles)), titles.items(), strict=True):
        with cell:
            days[name] = form.day(name, title, required=name == "issued_on")
    return replace(
        held,
        document_number=number,
        issuing_unit=issuing_unit,
        supersedes=supersedes,
        note=form.text("note", _("Note")),
        **days,
    )


def _finish(store: Store, form: Form, revision: Revision, version: PlanVersion) -> None:
    try:
        revisions.finish(
            store,
            revision.id,
            version,
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        )
    except ValidationError as error:
        form.set("#refused", error.problems)
        return
    except StaleError:
        st.rerun()
    except (AccessError, DrillbookError) as error:
        st.error(formatting.plain(error.message))
        return
    form.discard()
    record_page.say(N_("Finished: {name}"), name=revision.title)
    open_revision(revision.id)
    st.rerun()


def _show_changed(form: Form, opened: Revision, revision: Revision) -> None:
    st.warning(_("Somebody else changed this revision while you were filling this in."))
    lines = [
        (then.label, stage_words(vars(then)), stage_words(vars(now)))
        for then, now in zip(opened.stages, revision.stages, strict=True)
        if then != now
    ]
    formatting.table([_("Stage"), _("When you began"), _("Stored now")], lines)
    st.button(
        _("Go on with what is stored"),
        key="revision_go_on",
        on_click=form.set,
        args=("#opened", revision),
    )


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
