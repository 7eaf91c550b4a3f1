"""The screen on which next year's programme is put together from proposals.

What is ticked and typed is a draft until the programme is made; it survives a refresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import streamlit as st

from drillbook.accounts.form_drafts import Values
from drillbook.accounts.permissions import WRITES
from drillbook.core import clock, vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import ngettext
from drillbook.db.current import current
from drillbook.db.store import Store
from drillbook.entry import programme_proposals, proposed_programme
from drillbook.entry.proposal_words import Proposal
from drillbook.entry.proposed_programme import Choice, Made
from drillbook.records import programmes, units
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components import form_drafts as shown_drafts
from drillbook.ui.components.forms import Form
from drillbook.ui.record_forms import common

YEAR = "year"
LAST_QUARTER = 10
"""From this month on a register without a programme is asked for that of the next year."""
MADE, FAILED = "propose#made", "propose#failed"


@dataclass(frozen=True)
class View:
    """The year that is planned for, and the day as of which the register is asked."""

    year: int
    as_of: date

    @property
    def form(self) -> str:
        """The name of the year's draft."""
        return f"propose:{self.year}"


def read_view(store: Store, today: date) -> View:
    """Return the year the address asks for, or the one after the latest programme."""
    year = common.chosen_year({"year": list_view.query_param(YEAR)})
    if year is None:
        latest = next(iter(programmes.years(store).values()), None)
        year = latest + 1 if latest else today.year + (today.month >= LAST_QUARTER)
        # Kept: once that programme is made, another year would be the next one.
        list_view.ask(year=str(year))
    # A year long past is proposed as it stood at the end of the year before.
    return View(year, today if today.year <= year else date(year - 1, 12, 31))


def show_controls(store: Store, view: View) -> None:
    """Show the choice of the year."""
    latest = next(iter(programmes.years(store).values()), view.as_of.year)
    years = sorted({latest, latest + 1, view.as_of.year, view.as_of.year + 1, view.year})
    st.session_state["propose_year"] = view.year
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(_("Year"), years, key="propose_year", on_change=_follow_year, width=110)
        st.caption(
            _("From what the register says as of {day}.").format(day=formatting.day(view.as_of)),
            width="content",
        )


def _follow_year() -> None:
    list_view.ask(year=str(st.session_state["propose_year"]))


@lru_cache(maxsize=16)
def _proposed(store: Store, revision: int, year: int, as_of: date) -> tuple[Proposal, ...]:
    return programme_proposals.propose(store, year, as_of)


# --- proposals ----------------------------------------------------------------------------------


def show_proposals(store: Store, view: View) -> None:
    """Show the proposals with their reasons, to be accepted, changed or dropped."""
    proposed = _proposed(store, store.revision, view.year, view.as_of)
    draft = shown_drafts.begun(view.form) or {}
    made: list[str] = draft.get("made", [])
    left = [proposal for proposal in proposed if proposal.key not in made]
    shown_drafts.show_notice(view.form, lambda: _start_afresh(view))
    if not left:
        st.info(_("Nothing is left to propose for {year}.").format(year=view.year))
        navigation.link("programme", query={YEAR: str(view.year)})
        _offer_hidden(view, draft)
        return
    _show_all_or_none(view, left)
    names = units.choices(store)
    rows = {p.key: _row(view, p, draft.get("rows", {}).get(p.key, {}), names) for p in left}
    changed = {p.key: rows[p.key] for p in left if rows[p.key] != _seed(p)}
    shown_drafts.keep(view.form, _values(changed, made), {})
    choices = [_choice(p, rows[p.key]) for p in left if rows[p.key]["accepted"]]
    _show_make(store, view, choices, changed, made)
    _offer_hidden(view, draft)


def _values(rows: Mapping[str, Values], made: Sequence[str]) -> Values:
    parts: Values = {"rows": dict(rows), "made": list(made)}
    return {name: held for name, held in parts.items() if held}


def _seed(proposal: Proposal) -> Values:
    return {
        "accepted": not proposal.is_optional,
        "name": proposal.name,
        "hosts": list(proposal.host_ids),
        "due_from": proposal.due_from,
        "due_to": proposal.due_to,
        "target_sessions": proposal.target_sessions,
    }


def _row(view: View, proposal: Proposal, typed: Values, names: Mapping[str, str]) -> Values:
    """Show one proposal; return what is to become of it."""
    values = _seed(proposal) | typed
    form = Form(f"{view.form}:{proposal.key}", SimpleNamespace(**values))
    with st.container(border=True, gap="xsmall", key=f"proposal_{proposal.key}"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            values["accepted"] = form.flag("accepted", form.held("name") or values["name"])
            is_open = st.toggle(_("Change"), key=f"{form.key}#open")
        st.caption(_summary(values if not is_open else _as_drawn(form, values), proposal, names))
        # A break is two blanks and a line's end; one element for all of them.
        st.markdown(
            "  \n".join(formatting.plain(r.in_words()) for r in proposal.reasons), width="stretch"
        )
        if is_open:
            values |= _fields(form, values, names)
    return values


def _as_drawn(form: Form, values: Values) -> Values:
    return values | {name: form.held(name, values[name]) for name in values}


def _summary(values: Values, proposal: Proposal, names: Mapping[str, str]) -> str:
    hosts = _(", ").join(names[one] for one in values["hosts"] if one in names)
    first, last = values["due_from"], values["due_to"]
    due = " – ".join(formatting.day(day) for day in (first, last) if day)
    sessions = ngettext("{count} session", "{count} sessions", values["target_sessions"] or 0)
    parts = (
        hosts or _("no host yet"),
        due,
        sessions.format(count=values["target_sessions"] or 0),
        vocabulary.label("form", proposal.form),
        vocabulary.label("hazard", proposal.hazard),
    )
    return "　".join(formatting.plain(part) for part in parts if part)


def _fields(form: Form, values: Values, names: Mapping[str, str]) -> Values:
    first, second = st.columns(2)
    with first:
        name = form.text("name", _("Name"), required=True)
    with second:
        hosts = _hosts(form, values["hosts"], names)
    cells = st.columns(3)
    with cells[0]:
        due_from = form.day("due_from", _("Not before"))
    with cells[1]:
        due_to = form.day("due_to", _("Due by"))
    with cells[2]:
        target_sessions = form.number("target_sessions", _("Sessions to hold"), required=True)
    return {
        "name": name,
        "hosts": hosts,
        "due_from": due_from,
        "due_to": due_to,
        "target_sessions": int(target_sessions or 0),
    }


def _hosts(form: Form, held: Sequence[str], names: Mapping[str, str]) -> list[str]:
    key = f"{form.key}:hosts"
    st.session_state.setdefault(key, [one for one in held if one in names])
    chosen = st.multiselect(
        _("Host units"),
        list(names),
        format_func=lambda one: names.get(one, one),
        key=key,
        placeholder=_("Choose"),
        persist_state="session",
        select_all=False,
    )
    return list(chosen)


def _choice(proposal: Proposal, values: Values) -> Choice:
    return Choice(
        proposal,
        values["name"].strip(),
        tuple(values["hosts"]),
        values["due_from"],
        values["due_to"],
        values["target_sessions"],
    )


def _show_all_or_none(view: View, left: Sequence[Proposal]) -> None:
    counted = ngettext("{count} proposal", "{count} proposals", len(left))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(counted.format(count=len(left)), width="content")
        for label, accepted in ((_("Accept all"), True), (_("Drop all"), False)):
            st.button(
                label,
                key=f"propose_all_{accepted}",
                type="tertiary",
                on_click=_accept,
                args=(view, [proposal.key for proposal in left], accepted),
            )


def _accept(view: View, keys: Sequence[str], accepted: bool) -> None:
    for key in keys:
        Form(f"{view.form}:{key}").set("accepted", accepted)


def _start_afresh(view: View) -> None:
    Form(view.form).discard()
    shown_drafts.start(view.form)


def _offer_hidden(view: View, draft: Values) -> None:
    count = len(draft.get("made", []))
    if not count:
        return
    sentence = ngettext(
        "{count} accepted proposal is in the programme and is not proposed again.",
        "{count} accepted proposals are in the programme and are not proposed again.",
        count,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(sentence.format(count=count), width="content")
        st.button(
            _("Propose them again"),
            key="propose_hidden",
            type="tertiary",
            on_click=_keep_made,
            args=(view, draft.get("rows", {}), []),
        )


def _keep_made(view: View, rows: Mapping[str, Values], made: Sequence[str]) -> None:
    shown_drafts.keep(view.form, _values(rows, made), {})


# --- the programme ------------------------------------------------------------------------------


def _show_make(
    store: Store,
    view: View,
    choices: Sequence[Choice],
    changed: Mapping[str, Values],
    made: Sequence[str],
) -> None:
    counted = ngettext(
        "{count} item goes into the programme of {year}.",
        "{count} items go into the programme of {year}.",
        len(choices),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            _("Make the programme"), key="propose_make", type="primary", disabled=not choices
        )
        st.caption(counted.format(count=len(choices), year=view.year), width="content")
    if not pressed:
        return
    try:
        done = proposed_programme.make(
            store,
            view.year,
            choices,
            actor=current_user.actor(WRITES["programme"]),
            today=clock.today(),
        )
    except DrillbookError as error:
        st.error(formatting.plain(error.message))
        return
    keys = [choice.proposal.key for choice in choices]
    left = {key: values for key, values in changed.items() if key not in keys}
    _keep_made(view, left, [*made, *keys])
    for key in keys:
        Form(f"{view.form}:{key}").discard()
    st.session_state[MADE] = (view, done, keys)
    st.rerun()


def show_made() -> None:
    """Show what was made last, with the way to it and its undo."""
    if FAILED in st.session_state:
        st.error(formatting.plain(st.session_state.pop(FAILED)))
    if MADE not in st.session_state:
        return
    view, made, _keys = st.session_state[MADE]
    count = len(made.item_ids)
    sentence = ngettext(
        "{count} item was added to the programme of {year}. It is a draft until it is approved.",
        "{count} items were added to the programme of {year}. It is a draft until it is approved.",
        count,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="propose_made"):
        st.success(sentence.format(count=count, year=view.year))
        label = _("Open the programme of {year}").format(year=view.year)
        navigation.link("programme", label, {YEAR: str(view.year)})
        st.button(_("Undo"), key="propose_undo", on_click=_undo)


def _undo() -> None:
    held: tuple[View, Made, list[str]] | None = st.session_state.pop(MADE, None)
    if held is None:
        return
    view, made, keys = held
    try:
        proposed_programme.undo(current(), made, actor=current_user.actor(WRITES["programme"]))
    except DrillbookError as error:
        st.session_state[FAILED] = error.message
        return
    draft: dict[str, Any] = shown_drafts.begun(view.form) or {}
    left = [key for key in draft.get("made", []) if key not in keys]
    _keep_made(view, draft.get("rows", {}), left)
