"""How far a revision is, in words, and the ways between board and revision."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.records import revisions
from drillbook.ui.components import current_user, list_view, record_page
from drillbook.ui.components.forms import Form


def stage_text(row: Row) -> str:
    """Say at which of its stages a revision is."""
    if row["stage"] is None:
        return _("All stages are done")
    return _("Stage {number} of {total}: {stage}").format(
        number=row["stage_position"] + 1,
        total=row["stages_total"],
        stage=vocabulary.label("revision_stage", row["stage"]),
    )


def late_badge(row: Row) -> str:
    """Return a badge (Markdown) that says how late a revision is, or nothing."""
    if row["is_late"]:
        text = _("{days} days past its target").format(days=-row["days_to_target"])
        return f":red-badge[{text}]"
    if row["stages_late"]:
        text = _("{count} stage(s) late, {days} days").format(
            count=row["stages_late"], days=row["days_late"]
        )
        return f":orange-badge[{text}]"
    text = _("on schedule")
    return f":green-badge[{text}]"


def target_text(row: Row) -> str:
    """Say by when a revision is to be finished."""
    if row["target_on"] is None:
        return _("No target date")
    days = row["days_to_target"]
    target = _("Target {day}").format(day=row["target_on"])
    if days < 0:
        late = _("{count} days ago").format(count=-days)
        return f":red[{target} · {late}]"
    return f"{target} · " + _("{count} days left").format(count=days)


NEW, EDIT, FINISH, PLAN = "new", "edit", "finish", "plan"


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


def leave_page(form: Form, revision_id: str | None) -> None:
    form.discard()
    open_revision(revision_id)
