"""Rules 规则 on the screen, with what belongs beside them: working days and the office's events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core import clock
from drillbook.core.errors import ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.store import Store
from drillbook.records import office_events, office_settings, rules, working_days
from drillbook.records.office_events import OfficeEvent
from drillbook.records.record_type import Stored
from drillbook.records.rules import MEASURES, Rule
from drillbook.records.working_days import Correction
from drillbook.ui.components import current_user, formatting, list_view, navigation, record_page
from drillbook.ui.components.forms import Form
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Action, Field, RecordView
from drillbook.ui.record_forms import common

INTERVAL_COUNT = Field("interval_count", N_("Interval"), "number")
INTERVAL_UNIT = Field("interval_unit", N_("Counted in"), "code", "interval_unit")
FIELDS = (
    Field("code", N_("Code")),
    Field("subject", N_("Whom it asks"), "code", "rule_subject"),
    Field("applies_to", N_("Applies to"), "codes", "rule_group"),
    Field("measure", N_("What it looks at"), "code", "measure"),
    INTERVAL_COUNT,
    INTERVAL_UNIT,
    Field("severity", N_("Weight"), "code", "severity"),
    Field("effective_from", N_("In force from"), "date"),
    Field("effective_to", N_("In force until"), "date", is_minor=True),
    Field("is_text_verified", N_("Wording verified"), "flag"),
    Field("is_switched_off", N_("Switched off"), "flag"),
    Field("citation", N_("Article")),
    Field("text", N_("Wording")),
    Field("note", N_("Note"), is_minor=True),
)


# --- rules --------------------------------------------------------------------------------------


def draw(form: Form, store: Store, rule: Rule | None) -> Rule:
    """Show the form of a rule; return what it says. Of a stored one, code and first day stay."""
    if rule is None and form.value is None:
        form.value = Rule("", clock.today(), citation="", text="")
    with form.section(_("The rule")):
        begun = _validity(form, rule)
        asks = _asks(form)
    with form.section(_("The article")):
        said = _said(form)
    note = form.text("note", _("Note"), long=True)
    held = rule or Rule("", clock.today())
    return replace(held, **begun, **asks, **said, note=note)


def _validity(form: Form, rule: Rule | None) -> dict[str, Any]:
    cells = st.columns(3, vertical_alignment="bottom")
    if rule is None:
        with cells[0]:
            code = form.text("code", _("Code"), required=True)
        with cells[1]:
            first = form.day("effective_from", _("In force from"), required=True)
    else:
        code, first = rule.code, rule.effective_from
        with cells[0]:
            st.text("\n".join((code, _("In force from {day}").format(day=formatting.day(first)))))
    with cells[2]:
        last = form.day("effective_to", _("In force until"))
    return {"code": code, "effective_from": first, "effective_to": last}


def _asks(form: Form) -> dict[str, Any]:
    cells = st.columns(3)
    with cells[0]:
        subject = form.code("subject", _("Whom it asks"), "rule_subject", required=True)
    with cells[1]:
        measure = form.code(
            "measure", _("What it looks at"), "measure", codes=_measures(form, subject)
        )
    with cells[2]:
        severity = form.code("severity", _("Weight"), "severity", required=True)
    applies_to = form.codes("applies_to", _("Applies to"), "rule_group")
    return {
        "subject": subject or "",
        "measure": measure or "",
        "severity": severity or "required",
        "applies_to": applies_to,
        **_interval(form),
    }


def _measures(form: Form, subject: str | None) -> list[str]:
    codes = sorted(MEASURES.get(subject or "", ()))
    held = form.held("measure") or getattr(form.value, "measure", "")
    # The subject was changed after the measure: the measure stays, and validation says so.
    return codes if not held or held in codes else [*codes, str(held)]


def _interval(form: Form) -> dict[str, Any]:
    cells = st.columns(3)
    with cells[0]:
        count = form.number("interval_count", _("Interval"))
    with cells[1]:
        unit = form.code("interval_unit", _("Counted in"), "interval_unit", required=True)
    return {"interval_count": count, "interval_unit": unit or "none"}


def _said(form: Form) -> dict[str, Any]:
    return {
        "citation": form.text("citation", _("Article"), required=True),
        "text": form.text("text", _("Wording"), long=True, required=True),
        "is_text_verified": form.flag("is_text_verified", _("Wording verified in the full text")),
    }


def _change(form: Form, store: Store, rule: Rule) -> Rule:
    form.value = rules.successor(rule, clock.today())
    with form.section(_("From a day on")):
        first = form.day("effective_from", _("In force from"), required=True)
        asks = _asks(form)
        said = _said(form)
    assert isinstance(form.value, Rule)
    day: dict[str, Any] = {"effective_from": first}
    return replace(form.value, **day, **asks, **said)


def _switch(form: Form, store: Store, rule: Rule) -> Rule:
    form.value = rule
    note = form.text("note", _("Note"), long=True, hint=_("Why, for whoever asks later."))
    return replace(rule, note=note, is_switched_off=not rule.is_switched_off)


RECORD_VIEW: RecordView[Rule] = RecordView(
    record_type=rules.RECORD_TYPE,
    url_path="rules",
    title=N_("Rule"),
    new_title=N_("New rule"),
    name=lambda rule: rule.code,
    fields=FIELDS,
    draw=draw,
    actions=(
        Action(
            "change",
            N_("Change from a day on"),
            _change,
            explanation=N_(
                "The rule as it stands ends the day before and keeps judging the days it was in"
                " force. “Edit” is for mistakes in what is recorded."
            ),
        ),
        Action("off", N_("Switch off"), _switch, lambda rule: not rule.is_switched_off),
        Action("on", N_("Switch on"), _switch, lambda rule: rule.is_switched_off),
    ),
)


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the list's query."""
    return {
        "as_of": common.as_of(),
        "standing": chosen["standing"],
        "subject": chosen["subject"],
        "search": chosen["search"],
    }


LIST = ListSpec(
    key="rules",
    query="rule_list",
    columns=(
        Column("code", N_("Code"), width=150),
        Column("standing", N_("Validity"), "code", "rule_standing", width=64),
        Column("subject", N_("Whom it asks"), "code", "rule_subject", width=80),
        Column("measure", N_("What it looks at"), "code", "measure", width=130),
        Column("interval_count", N_("Interval"), "number", width=50),
        Column("interval_unit", N_("Counted in"), "code", "interval_unit", width=64),
        Column("effective_from", N_("In force from"), "date", width=88),
        Column("effective_to", N_("In force until"), "date", width=88),
        Column("is_unverified", N_("Not yet verified"), "flag", width=50),
        Column("citation", N_("Article"), width=330),
    ),
    filters=(
        Filter("standing", N_("Validity"), list_view.code_options("rule_standing")),
        Filter("subject", N_("Whom it asks"), list_view.code_options("rule_subject")),
    ),
    sort="code",
    parameters=parameters,
    nothing_yet=lambda: common.nothing_yet(lambda: _("There is no rule yet."), links=()),
    void_query="rule_list_void",
    void_columns=(
        Column("code", N_("Code"), width=150),
        Column("citation", N_("Article"), width=330),
        Column("void_reason", N_("Reason"), width=260),
        Column("voided_at", N_("Voided"), "instant", width=140),
    ),
    search_hint=N_("Code, article, wording"),
)


def show_sections(store: Store, stored: Stored[Rule]) -> None:
    """Show the way from a rule to what it asks for today."""
    navigation.link("due", _("What this rule asks for"), {"rule": stored.value.code})


# --- events of the office -----------------------------------------------------------------------


def _draw_event(form: Form, store: Store, event: OfficeEvent | None) -> OfficeEvent:
    with form.section(_("The event")):
        cells = st.columns(2)
        with cells[0]:
            kind = form.code("kind", _("Kind"), "office_event_kind", required=True)
        with cells[1]:
            happened_on = form.day("happened_on", _("Date"), required=True)
        document = form.text("document", _("Document or page"))
        note = form.text("note", _("Note"), long=True)
    return OfficeEvent(kind or "", happened_on, document, note)  # type: ignore[arg-type]


EVENTS: RecordView[OfficeEvent] = RecordView(
    record_type=office_events.RECORD_TYPE,
    url_path="rules",
    title=N_("Event of the office"),
    new_title=N_("New event of the office"),
    name=lambda event: formatting.code("office_event_kind", event.kind),
    fields=(
        Field("kind", N_("Kind"), "code", "office_event_kind"),
        Field("happened_on", N_("Date"), "date"),
        Field("document", N_("Document or page")),
        Field("note", N_("Note"), is_minor=True),
    ),
    draw=_draw_event,
    parameter="event",
)


# --- working days -------------------------------------------------------------------------------


def _draw_day(form: Form, store: Store, correction: Correction | None) -> Correction:
    with form.section(_("Working day")):
        cells = st.columns(2, vertical_alignment="bottom")
        with cells[0]:
            day = form.day("day", _("Day"), required=True)
        with cells[1]:
            is_working = form.flag("is_working", _("Is a working day"))
        reason = form.text("reason", _("Reason"), required=True)
    return Correction(day, is_working, reason)  # type: ignore[arg-type]


DAYS: RecordView[Correction] = RecordView(
    record_type=working_days.RECORD_TYPE,
    url_path="rules",
    title=N_("Correction of a working day"),
    new_title=N_("Correct a working day"),
    name=lambda correction: formatting.day(correction.day),
    fields=(
        Field("day", N_("Day"), "date"),
        Field("is_working", N_("Is a working day"), "flag"),
        Field("reason", N_("Reason")),
    ),
    draw=_draw_day,
    parameter="day",
)


# --- beside the list ----------------------------------------------------------------------------


def show_nothing(_store: Store, _stored: Stored[Any]) -> None:
    """Show nothing more of a record: its fields say it all."""


def show_beside(store: Store) -> None:
    """Show below the rules what they are counted with: due soon, working days, office events."""
    st.subheader(_("Counted with"), anchor=False)
    _show_due_soon(store)
    first, second = st.columns(2, gap="large")
    with first:
        known = store.one("working_day_known")
        last: date | None = known["last_day"] if known else None
        st.markdown("**" + _("Working days") + "**")
        st.caption(
            _(
                "Holidays and make-up days are known until {day}; later days count Monday to Friday"
                " until they are announced."
            ).format(day=formatting.day(last))
        )
        _show_small(store, DAYS, "working_day_corrections", DAY_COLUMNS)
    with second:
        st.markdown("**" + _("Events of the office") + "**")
        st.caption(_("What the office published, for the rules that ask for it."))
        _show_small(store, EVENTS, "office_event_list", EVENT_COLUMNS)


DAY_COLUMNS = (
    Column("day", N_("Day"), "date", width=100),
    Column("is_working", N_("Is a working day"), "flag", width=90),
    Column("reason", N_("Reason"), width=240),
)
EVENT_COLUMNS = (
    Column("happened_on", N_("Date"), "date", width=100),
    Column("kind", N_("Kind"), "code", "office_event_kind", width=150),
    Column("document", N_("Document or page"), width=200),
)


def _show_small(store: Store, view: RecordView[Any], query: str, columns: Sequence[Column]) -> None:
    rows = store.query(query)
    if rows:
        chosen = list_view.choose_row(pd.DataFrame(rows), columns, f"{view.table}_rows")
        if chosen is not None:
            list_view.ask(**{view.parameter: str(rows[chosen]["id"])})
            st.rerun()
    record_page.new_button(view, key="small")


def _show_due_soon(store: Store) -> None:
    key = "rules_due_soon"
    st.session_state[key] = office_settings.load(store).due_soon_days
    st.text_input(
        office_settings.label("due_soon_days"),
        key=key,
        placeholder=office_settings.DUE_SOON_DAYS,
        max_chars=3,
        width=320,
        on_change=_save_due_soon,
        args=(key,),
    )
    for sentence in st.session_state.pop(f"{key}_refused", []):
        st.error(formatting.plain(sentence))


def _save_due_soon(key: str) -> None:
    decided = replace(
        office_settings.load(current()), due_soon_days=str(st.session_state[key] or "")
    )
    try:
        office_settings.save(current(), decided, actor=current_user.actor(WRITES["office_setting"]))
    except ValidationError as error:
        st.session_state[f"{key}_refused"] = list(error.problems.values())
