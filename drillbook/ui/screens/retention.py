"""How long personal data is kept: the time limits and their form."""

from __future__ import annotations

import dataclasses

import streamlit as st

from drillbook.core.errors import ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import office_settings
from drillbook.ui.components import current_user, formatting

LIMITS_REFUSED = "limits_refused"


LIMITS = {
    "audit_kept_days": N_("At least 180; empty: for ever."),
    "contacts_kept_days": N_(
        "Counted from the day the unit, team or mechanism was voided or dissolved, at the earliest"
        " from its last change. Then names and telephones are cleared, in the audit log too."
    ),
}
"""Setting → what to know before changing it (an English msgid)."""


def show_time_limits(store: Store) -> None:
    """Show how long the audit log and contacts are kept, and let the administrator decide."""
    office = office_settings.load(store)
    st.caption(
        _(
            "Once a day, what is past its limit is taken out, and the audit log says so. Backups"
            " keep it until they are themselves removed."
        )
    )
    for sentence in st.session_state.pop(LIMITS_REFUSED, []):
        st.error(formatting.plain(sentence))
    with st.form("time_limits", border=False):
        for name, hint in LIMITS.items():
            st.text_input(
                office_settings.label(name),
                value=getattr(office, name),
                placeholder=_("for ever"),
                max_chars=6,
                key=f"limits_{name}",
                help=_(hint),
                width=320,
            )
        st.form_submit_button(
            _("Save the time limits"), key="limits_save", on_click=_save_limits, args=(store,)
        )


def _save_limits(store: Store) -> None:
    values = {name: str(st.session_state[f"limits_{name}"] or "") for name in LIMITS}
    decided = dataclasses.replace(office_settings.load(store), **values)
    try:
        office_settings.save(store, decided, actor=current_user.actor("backup"))
    except ValidationError as error:
        st.session_state[LIMITS_REFUSED] = list(error.problems.values())
    else:
        st.toast(_("Saved."))
