"""The backups on the screen: what there is, a new one, what going back would change, going back.

Each deed runs in a callback: a click inside a dialog reaches nothing else.
"""

from __future__ import annotations

import streamlit as st

from drillbook.accounts.permissions import Permission
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db import backups
from drillbook.db.backups import Backup
from drillbook.db.current import current
from drillbook.db.store import Store
from drillbook.operations import restore
from drillbook.ui.components import current_user, formatting

CHOSEN, COMPARED, ASKED, TOLD = (f"backups#{name}" for name in ("id", "compared", "asked", "told"))
PERMISSION: Permission = "backup"
KINDS = {
    "added": N_("Added since"),
    "changed": N_("Changed since"),
    "removed": N_("Removed since"),
}


def show_backups(store: Store) -> None:
    """Show the state of the backups, the list, and what can be done with one."""
    _show_told()
    _show_failure(store)
    st.button(_("Back up now"), key="backups_now", type="primary", on_click=_back_up)
    found = backups.listed(store.path)
    if not found:
        st.info(
            _(
                "There is no backup yet. One is made every hour in which something was written,"
                " before every import and before every update."
            )
        )
        return
    formatting.table(
        [_("When"), _("Why"), _("Size"), _("Records")],
        [[when(one), why(one), size(one), f"{one.records:,}"] for one in found],
    )
    st.caption(_("They lie in {place}.").format(place=formatting.plain(str(found[0].file.parent))))
    _show_chosen(store, found)


def when(backup: Backup) -> str:
    """Return when a backup was made, on the office's clock."""
    return formatting.instant(backup.made_at)


def why(backup: Backup) -> str:
    """Return why a backup was made."""
    return _(backups.REASONS.get(backup.reason, backup.reason))


def size(backup: Backup) -> str:
    """Return the size of a backup."""
    return f"{backup.bytes / 1_000_000:,.1f} MB"


def _show_told() -> None:
    """Show once what the last click did."""
    if told := st.session_state.pop(TOLD, None):
        is_done, sentence = told
        (st.success if is_done else st.error)(formatting.plain(sentence))


def _show_failure(store: Store) -> None:
    failure = backups.last_failure(store.path)
    if failure:
        st.error(formatting.plain(failure.message), title=_("The last backup failed"))
        st.caption(formatting.instant(failure.at))


def _show_chosen(store: Store, found: list[Backup]) -> None:
    labels = {one.id: f"{when(one)}　{why(one)}" for one in found}
    st.subheader(_("Go back"), anchor=False)
    chosen = st.selectbox(
        _("Backup"),
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key=CHOSEN,
        on_change=_forget,
    )
    backup = next(one for one in found if one.id == chosen)
    with st.container(horizontal=True, key="backups_buttons"):
        st.button(_("Compare…"), key="backups_compare", on_click=_compare, args=(backup,))
        st.button(_("Restore…"), key="backups_restore", on_click=_ask, args=(backup,))
    compared_id, differences = st.session_state.get(COMPARED, ("", []))
    if compared_id == backup.id:
        if st.session_state.get(ASKED):
            _confirm(store, backup, differences)
        else:
            show_differences(differences)


def show_differences(differences: list[restore.Difference]) -> None:
    """Show what was added, changed and removed since the backup, with some names."""
    if not differences:
        st.success(_("The register holds what the backup holds."))
        return
    formatting.table(
        [_("Kind of record"), *(_(kind) for kind in KINDS.values()), _("For example")],
        [
            [
                restore.table_label(one.table),
                *(f"{getattr(one, kind):,}" for kind in KINDS),
                "；".join(name for _kind, name in one.examples),
            ]
            for one in differences
        ],
    )


def _confirm(store: Store, backup: Backup, differences: list[restore.Difference]) -> None:
    @st.dialog(_("Go back to this backup?"), width="large", on_dismiss=_forget)
    def dialog() -> None:
        if not st.session_state.get(ASKED):
            # A click in here runs the dialog alone; it closes with a run of the whole page.
            st.rerun()
        st.markdown(
            formatting.plain(
                _(
                    "Everybody's records become those of {when}. What was recorded since goes out"
                    " of the lists; a backup of it is made before, so you can come back to it."
                    " Accounts and the audit log stay."
                ).format(when=when(backup))
            )
        )
        show_differences(differences)
        with st.container(horizontal=True):
            st.button(
                _("Restore"),
                key="backups_confirm",
                type="primary",
                on_click=_restore,
                args=(backup,),
                disabled=not differences,
            )
            st.button(_("Leave it"), key="backups_leave", on_click=_forget)

    dialog()


# --- callbacks ----------------------------------------------------------------------------------


def _tell(is_done: bool, sentence: str) -> None:
    st.session_state[TOLD] = (is_done, sentence)


def _forget() -> None:
    st.session_state.pop(COMPARED, None)
    st.session_state.pop(ASKED, None)


def _back_up() -> None:
    _forget()
    try:
        made = backups.by_hand(current(), current_user.actor(PERMISSION))
    except DrillbookError as error:
        _tell(False, error.message)
    else:
        _tell(True, _("Backed up: {records:,} records.").format(records=made.records))


def _compare(backup: Backup) -> None:
    _forget()
    try:
        current_user.actor(PERMISSION)
        st.session_state[COMPARED] = (backup.id, restore.compare(current(), backup))
    except DrillbookError as error:
        _tell(False, error.message)


def _ask(backup: Backup) -> None:
    _compare(backup)
    st.session_state[ASKED] = True


def _restore(backup: Backup) -> None:
    _forget()
    try:
        restore.restore(current(), backup, current_user.actor(PERMISSION))
    except DrillbookError as error:
        _tell(False, error.message)
    else:
        _tell(True, _("The records are those of {when} again.").format(when=when(backup)))
