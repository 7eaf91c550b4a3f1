"""The chain of a finding in links: session → finding → actions → revision → version.

The same line stands on the session's, the finding's and the plan's record, so that the whole chain
is seen from either end.
"""

from __future__ import annotations

import streamlit as st

from drillbook.accounts.permissions import PAGES
from drillbook.core import clock
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import ngettext
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.ui.components import current_user, formatting, navigation

SHOWN = 20
LONGEST = 40


def show_chain(store: Store, finding_id: str) -> None:
    """Show one finding's chain as far as it goes; each link that may be opened leads on."""
    row = store.one("finding_chain", id=finding_id)
    if row is None:
        return
    today = clock.today()
    acted = store.query("action_list", **_actions_of(finding_id), as_of=today)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        held_on = formatting.day(row["held_on"], row["held_on_precision"])
        _link("sessions", f"{held_on} {_cut(row['session_name'])}", row["session_id"])
        _arrow()
        _link("findings", _cut(row["text"]), finding_id)
        _arrow()
        _link("findings", _actions_told(acted), finding_id)
        if row["plan_id"]:
            _arrow()
            _show_plan(row)
        elif row["closed_on"]:
            _arrow()
            _tell(_("closed on {day}").format(day=formatting.day(row["closed_on"])))


def _show_plan(row: Row) -> None:
    if row["revision_id"] is None:
        _link("plans", _cut(row["plan_title"]), row["plan_id"])
        _arrow()
        _tell(_("no revision yet"))
        return
    if row["completed_on"]:
        told = _("revision of {title}, finished on {day}")
        day = row["completed_on"]
    else:
        told = _("revision of {title}, to be finished by {day}")
        day = row["target_on"]
    label = told.format(title=_cut(row["plan_title"]), day=formatting.day(day))
    _link("revisions", label, row["revision_id"])
    if row["version_number"] is None:
        return
    _arrow()
    version = _("version {number}").format(number=row["version_number"])
    _link("plans", f"{version} {row['document_number']}".strip(), row["plan_id"])


def _actions_told(rows: list[Row]) -> str:
    if not rows:
        return _("no action yet")
    done = sum(row["done_on"] is not None for row in rows)
    counted = ngettext("{done} of {count} action done", "{done} of {count} actions done", len(rows))
    return counted.format(done=done, count=len(rows))


def _actions_of(finding_id: str) -> Row:
    nothing = dict.fromkeys(("session_id", "owner_unit_id", "is_open", "is_late"))
    return nothing | {"finding_id": finding_id}


def _cut(text: str) -> str:
    told = current_user.seen(text)
    return told if len(told) <= LONGEST else told[:LONGEST] + "…"


def _link(url_path: str, label: str, record_id: str) -> None:
    if current_user.may(PAGES[url_path]):
        navigation.link(url_path, formatting.plain(label), {"id": record_id})
    else:
        _tell(label)


def _arrow() -> None:
    st.markdown("→", width="content")


def _tell(text: str) -> None:
    st.markdown(formatting.plain(text), width="content")


def show_revision_chains(store: Store, revision_id: str) -> None:
    """Show the findings a revision answers, each with its chain; nothing where there are none."""
    rows = store.query("revision_findings", id=revision_id)
    if not rows:
        return
    title = _("Findings it answers")
    st.subheader(f"{title} ({len(rows):,})", anchor=False)
    for row in rows:
        with st.container(border=True):
            show_chain(store, row["id"])


def show_plan_chains(store: Store, plan_id: str) -> None:
    """Show the findings that led to a plan's revisions, each with its chain."""
    asked: Row = dict.fromkeys(
        ("year", "standing", "kind", "severity", "unit", "session_id", "search")
    )
    asked |= {"as_of": clock.today(), "plan_id": plan_id}
    asked["bound_unit_id"] = current_user.person().bound_unit_id
    page = store.page("finding_list", sort="held_on", descending=True, size=SHOWN, **asked)
    title = _("Findings on this plan")
    st.subheader(f"{title} ({page.total:,})", anchor=False)
    if not page.total:
        st.caption(_("None."))
        return
    for finding_id in page.rows["id"]:
        with st.container(border=True):
            show_chain(store, str(finding_id))
    navigation.link("findings", _("Open in the register"), {"plan": plan_id})
