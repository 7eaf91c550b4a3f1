"""The files of one record on the screen: attach, download, take out with a reason."""

from __future__ import annotations

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.accounts.permissions import ROUTES, WRITES
from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records import attachments
from drillbook.ui.components import current_user, formatting, forms, notices, uploads

FAILED = "files_failed"
BY_NAME = "by name"
PICTURES = (".jpg", ".jpeg", ".png", ".mp4", ".mov", ".heic", ".webp", ".gif")


def show_files(
    store: Store,
    subject_type: str,
    subject_id: str,
    *,
    may_change: bool,
    title: str = "",
    of_part: bool = False,
) -> None:
    """Show a record's files by kind under ``title``, and the upload below them.

    Those of a part of a record stand without a heading.
    """
    rows = attachments.listed(store, subject_type, subject_id)
    may_open = current_user.person().may(ROUTES["/files/{id}"])
    if not of_part:
        st.subheader(title or _("Files"), anchor=False)
        if not rows:
            st.caption(_("No files yet."))
    for kind in vocabulary.codes("attachment_kind"):
        for row in rows:
            if row["kind"] == kind:
                _show_file(row, may_open, may_change)
    for sentence in st.session_state.pop(FAILED, []):
        st.error(formatting.plain(sentence))
    if may_change:
        _show_upload(subject_type, subject_id)


def size_text(size: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{-(-size // 1024)} KB"


def _show_file(row: Row, may_open: bool, may_change: bool) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        told = f"{formatting.code('attachment_kind', row['kind'])} · {size_text(row['size_bytes'])}"
        if row["stage"]:
            told = f"{formatting.code('revision_stage', row['stage'])} · {told}"
        name = current_user.seen(row["file_name"])
        st.text(f"{name}\n{told} · {formatting.instant(row['created_at'])}", width="stretch")
        if may_open:
            # A route of our own: who asks is looked up at each request, not only when it is shown.
            st.link_button(_("Download"), f"/files/{row['id']}", key=f"file_{row['id']}")
        if may_change:
            with st.popover(_("Take out"), key=f"file_out_{row['id']}"):
                _show_voiding(row)


def _show_voiding(row: Row) -> None:
    key = f"file_reason_{row['id']}"
    st.text_input(_("Reason"), key=key, max_chars=500)
    st.button(
        _("Take out of this record"),
        key=f"file_void_{row['id']}",
        on_click=_void,
        args=((row["subject_type"], row["subject_id"]), row["id"], row["row_version"], key),
    )


def _void(subject: tuple[str, str], attachment_id: str, row_version: int, key: str) -> None:
    reason = str(st.session_state.get(key) or "")
    try:
        attachments.void(
            current.current(), attachment_id, reason, row_version, actor=_writer(*subject)
        )
    except DrillbookError as error:
        st.session_state[FAILED] = [error.message]


def _writer(subject_type: str, subject_id: str) -> Actor:
    """Return who attaches or takes out, if he may change the record the file belongs to."""
    actor = current_user.actor(WRITES[subject_type])
    unit_access.require(current.current(), current_user.person(), subject_type, subject_id)
    return actor


def _show_upload(subject_type: str, subject_id: str) -> None:
    # A new key after each upload empties the field.
    count_key = f"files_{subject_id}_uploads"
    key = f"files_{subject_id}_{st.session_state.setdefault(count_key, 0)}"
    labels = {BY_NAME: _("By the file's name")} | forms.code_labels("attachment_kind")
    with st.expander(_("Attach files"), key=f"files_{subject_id}_upload"):
        kind_key = f"files_{subject_id}_kind"
        st.selectbox(
            _("Kind of file"),
            list(labels),
            format_func=lambda code: labels.get(code, code),
            key=kind_key,
            width=220,
        )
        if subject_type == "plan_revision":
            _stage_box(subject_id)
        # Kept at once: a second button of the same name would be overlooked, and the file lost.
        label = _("Files, at most 30 MB each; kept as soon as they are chosen")
        uploads.file_uploader(
            WRITES[subject_type],
            label,
            accept_multiple_files=True,
            key=key,
            on_change=_attach,
            args=(subject_type, subject_id, key, kind_key, count_key),
        )


def _stage_key(subject_id: str) -> str:
    return f"files_{subject_id}_stage"


def _stage_box(subject_id: str) -> None:
    labels = forms.code_labels("revision_stage")
    st.selectbox(
        _("Stage"),
        list(labels),
        format_func=lambda code: labels.get(code, code),
        key=_stage_key(subject_id),
        width=260,
    )


def _attach(subject_type: str, subject_id: str, key: str, kind_key: str, count_key: str) -> None:
    chosen = str(st.session_state.get(kind_key) or BY_NAME)
    failed, kept = [], []
    for upload in st.session_state.get(key) or []:
        try:
            attachments.add(
                current.current(),
                subject_type,
                subject_id,
                guessed_kind(upload.name) if chosen == BY_NAME else chosen,
                upload.name,
                upload.getvalue(),
                actor=_writer(subject_type, subject_id),
                stage=str(st.session_state.get(_stage_key(subject_id)) or ""),
            )
        except ValidationError as error:
            failed += list(error.problems.values())
        except DrillbookError as error:
            failed.append(error.message)
        else:
            kept.append(upload.name)
    st.session_state[FAILED] = failed
    if kept:
        notices.say(N_("Attached: {names}"), names="、".join(kept))
    st.session_state[count_key] += 1


def guessed_kind(name: str) -> str:
    """Return what a file most likely is, by its name."""
    if name.casefold().endswith(PICTURES):
        return "media"
    terms = vocabulary.terms("attachment_kind")
    known = (code for code, term in terms.items() if any(w in name for w in (term.zh, *term.words)))
    return next(known, "other")
