"""The form of the daily job: what it prefills, keeps, warns about and does after saving.

The page names the fields; this module knows the planned drill behind them, the draft, likely
duplicates and what repeats in the next session.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace

import streamlit as st

from drillbook.accounts import form_drafts, unit_access
from drillbook.accounts.form_drafts import Values
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import ngettext
from drillbook.db import current
from drillbook.db.engine import Row
from drillbook.db.transaction import new_id
from drillbook.entry import drill_log
from drillbook.records import programmes, teams, units
from drillbook.records.record_type import Stored
from drillbook.ui.components import (
    attachments,
    current_user,
    formatting,
    forms,
    navigation,
    uploads,
)
from drillbook.ui.components import form_drafts as shown_drafts
from drillbook.ui.components.forms import Form, code_labels

KEY = "log"
ASKED = "planned_drill"
REPEATED = ("planned_drill_id", "hosts", "place", "form", "held_on")
SEGMENTS = ("form", "scope", "purpose")
FOLDED = {"starts_at", "ends_at", "plan_id", "weather", "teams"}


class LogForm(Form):
    """The widgets of the form, seeded from the visitor's draft."""

    def __init__(self, today: date) -> None:
        self.today = today
        held = shown_drafts.begun(KEY) or {}
        self.prefilled: Values = held.get("prefilled", _prefill(None))
        st.session_state.setdefault("log#token", held.get("token") or new_id())
        super().__init__(KEY, _seeds(_blank(today) | held))
        if self._key("name") not in st.session_state:
            # Back from another page: rows outlive their widgets and would come back empty.
            self.discard()
        self._follow_address()

    def _follow_address(self) -> None:
        wanted = st.query_params.get(ASKED, "")
        if wanted and st.session_state.get("log#asked") != wanted:
            st.session_state["log#asked"] = wanted
            if _planned(wanted):
                self.set("planned_drill_id", wanted)

    # --- fields -----------------------------------------------------------------------------

    def planned_drill(self) -> str | None:
        """Show the planned drills of the date's year; a choice fills what nobody touched."""
        day = self.held("held_on", getattr(self.value, "held_on", None)) or self.today
        options = programmes.choices(
            current.current(), day.year, current_user.person().bound_unit_id
        )
        held = self.held("planned_drill_id", getattr(self.value, "planned_drill_id", None))
        other = _planned(held) if held and held not in options else None
        if other:
            options = {other.id: f"{other.value.number}. {other.value.name}", **options}
        chosen = self.choice(
            "planned_drill_id",
            _("Planned drill of {year}").format(year=day.year),
            options,
            empty=_("Outside the programme"),
        )
        self._prefill(chosen)
        year = _year_of(other) if other and chosen == other.id else day.year
        if year != day.year:
            st.caption(
                _("This item belongs to the programme of {year}; check the date.").format(year=year)
            )
        return chosen

    def _prefill(self, planned_drill_id: str | None) -> None:
        given = _prefill(planned_drill_id)
        if given == self.prefilled:
            return
        for name in drill_log.PREFILLED:
            held = self.held(name, getattr(self.value, name))
            if (held or None) == (self.prefilled[name] or None):
                self._put(name, given[name])
        self.prefilled = given

    def _put(self, name: str, value: object) -> None:
        if name in SEGMENTS or name == "hosts":
            st.session_state[self._key(name)] = value
        else:
            self.set(name, value)

    def live_text(self, name: str, label: str, *, required: bool = False) -> str:
        """Show a one-line text that is kept while it is being typed."""
        typed = st.text_input(key=self._seed(name, ""), live="400ms", **self._look(label, required))
        self._slot(name)
        return typed or ""

    def hosts(self) -> list[str]:
        """Show the hosts: known units by type-to-search, or new names."""
        names = units.choices(current.current())
        key = self._seed("hosts", [])
        chosen = st.multiselect(
            options=[*names, *(one for one in st.session_state[key] if one not in names)],
            format_func=lambda one: names.get(one, one),
            key=key,
            accept_new_options=True,
            placeholder=_("Choose a unit, or type a new one"),
            **self._look(_("Host units")),
            select_all=False,
        )
        self._slot("hosts")
        new = [one for one in chosen if one not in names]
        if new:
            st.caption(
                _("New, added when you save: {names}").format(
                    names=formatting.plain("、".join(new))
                )
            )
        return list(chosen)

    def segments(self, name: str, label: str, kind: str) -> str | None:
        """Show the few codes of a classification side by side; one click chooses."""
        labels = code_labels(kind)
        chosen = st.segmented_control(
            label,
            list(labels),
            format_func=lambda code: labels.get(code, code),
            key=self._seed(name, None),
        )
        self._slot(name)
        return chosen

    def head_count(self, name: str, label: str) -> tuple[str, str]:
        """Show a head count: a number, or words such as 30余 and 约100, and its kind."""
        otherwise = str(drill_log.blank(self.today)[f"{name}_kind"])
        key, kind_key = self._seed(name, ""), self._seed(f"{name}_kind", otherwise)
        # A row of its own keeps number and kind together on a phone.
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", wrap=False):
            typed = st.text_input(key=key, live="400ms", **self._look(label)) or ""
            seen = st.session_state.setdefault(f"{key}#seen", typed)
            if typed != seen:
                kind = drill_log.kind_as_typed(typed, st.session_state[kind_key], otherwise)
                st.session_state[kind_key] = kind
                st.session_state[f"{key}#seen"] = typed
            labels = code_labels("count_kind")
            kind = st.selectbox(
                formatting.plain(_("Count kind of {field}").format(field=label)),
                list(labels),
                format_func=lambda code: labels.get(code, code),
                key=kind_key,
                label_visibility="collapsed",
                width=104,
            )
        self._slot(name)
        return typed, str(kind)

    def files(self) -> list[drill_log.ChosenFile]:
        """Show the uploader and what each file is."""
        uploaded = uploads.file_uploader(
            "log",
            _("Files: scheme, script, sign-in sheet, pictures, reports"),
            accept_multiple_files=True,
            key=f"log#files:{_token()}",
        )
        self._slot("files")
        labels = code_labels("attachment_kind")
        chosen = []
        for file in uploaded or []:
            kind = st.selectbox(
                formatting.plain(file.name),
                list(labels),
                index=list(labels).index(attachments.guessed_kind(file.name)),
                format_func=lambda code: labels[code],
                key=f"log#file:{file.file_id}",
            )
            chosen.append(drill_log.ChosenFile(kind, file.name, file.getvalue()))
        return chosen

    def teams(self) -> list[Row]:
        """Show the rows of teams with the members that took part."""
        options = teams.choices(current.current())

        def draw(row: Form, is_first: bool) -> Row:
            cells = st.columns([3, 1], vertical_alignment="bottom")
            with cells[0]:
                team_id = row.choice("team_id", _("Team"), options, labelled=is_first)
            with cells[1]:
                members = row.number("members", _("Members present"), labelled=is_first)
            return {"team_id": team_id, "members": members}

        return self.rows("teams", draw, add_label=_("Add a team"))

    # --- saving -----------------------------------------------------------------------------

    def finish(self, raw: Values, files: Sequence[drill_log.ChosenFile]) -> None:
        """Keep the draft, show problems and likely duplicates, and save when asked to."""
        shown_drafts.keep(
            KEY,
            raw | {"prefilled": self.prefilled, "token": _token()},
            _blank(self.today) | {"prefilled": _prefill(None), "token": _token()},
        )
        confirmed = self._show_duplicates(raw)
        with st.container(horizontal=True, key="log_buttons"):
            save = forms.save_button(_("Save"), "log_save", on_click=_forget_saved)
            following = st.button(
                _("Save and log the next"), key="log_save_next", on_click=_forget_saved
            )
            st.button(_("Start afresh"), type="tertiary", key="log_afresh", on_click=start_afresh)
        if save or following:
            st.session_state["log#attempted"] = True
            st.session_state["log#following"] = following
        if not st.session_state.get("log#attempted"):
            return
        typed = drill_log.read(raw, drill_log.UnitNames(current.current()), self.today)
        problems = (
            typed.problems
            | unit_access.problems(current.current(), current_user.person(), typed.session)
            | drill_log.file_problems(files)
        )
        if problems:
            self._point_at(problems)
        elif confirmed or ((save or following) and not self._warned(raw, typed)):
            self._save(raw, typed, files)

    def _point_at(self, problems: Problems) -> None:
        shown = {("hosts" if name == "units" else name): text for name, text in problems.items()}
        self.show_problems(shown)
        sentence = ngettext(
            "{count} field needs another look; nothing is saved yet.",
            "{count} fields need another look; nothing is saved yet.",
            len(shown),
        )
        hidden = [formatting.plain(shown[name]) for name in shown if name in FOLDED]
        st.error("  \n".join([sentence.format(count=len(shown)), *hidden]))

    def _warned(self, raw: Values, typed: drill_log.Typed) -> bool:
        found = drill_log.likely_duplicates(current.current(), current_user.person(), typed.session)
        if found:
            st.session_state["log#duplicates"] = (form_drafts.encoded(raw), found)
            st.rerun()
        return bool(found)

    def _show_duplicates(self, raw: Values) -> bool:
        of, found = st.session_state.get("log#duplicates", ("", []))
        if not found or of != form_drafts.encoded(raw):
            return False
        with st.container(border=True, key="log_duplicates"):
            st.warning(_("A similar drill of the same host on the same day is already registered."))
            for row in found[:5]:
                label = f"{formatting.day(row['held_on'])}　{row['name']}　{row['hosts']}"
                st.markdown(formatting.plain(label))
                with st.container(horizontal=True):
                    navigation.link("sessions", _("Open the existing one"), {"id": row["id"]})
            return st.button(_("It is another one, save"), type="primary", key="log_another")

    def _save(
        self, raw: Values, typed: drill_log.Typed, files: Sequence[drill_log.ChosenFile]
    ) -> None:
        try:
            saved = drill_log.save_once(
                current.current(),
                _token(),
                [typed.session],
                files,
                actor=current_user.actor("log"),
                today=self.today,
            )
        except ValidationError as error:
            self._point_at(error.problems)
            return
        except DrillbookError as error:
            st.error(formatting.plain(error.message), title=formatting.plain(error.title) or None)
            return
        st.session_state["log#saved"] = (saved, typed.session.name, typed.session.held_on)
        repeated = {name: raw[name] for name in REPEATED}
        _begin(self.today, repeated if st.session_state["log#following"] else None)
        st.rerun()


def _prefill(planned_drill_id: str | None) -> Values:
    """Return what a planned drill fills in; a unit's clerk hosts what nobody else does."""
    person = current_user.person()
    given = drill_log.prefill(current.current(), person, planned_drill_id)
    bound = person.bound_unit_id
    return given | {"hosts": [bound]} if bound and not given["hosts"] else given


def _blank(today: date) -> Values:
    return drill_log.blank(today) | {"hosts": _prefill(None)["hosts"]}


def _seeds(values: Values) -> SimpleNamespace:
    lines = {
        name: [SimpleNamespace(**line) for line in values[name]] for name in ("units", "teams")
    }
    # The units editor starts with one empty row, whose role is not the host's.
    lines["units"] = lines["units"] or [
        SimpleNamespace(unit_id="", role="participant", duty="", participants=None)
    ]
    return SimpleNamespace(**(values | lines))


def _planned(planned_drill_id: str) -> Stored[programmes.PlannedDrill] | None:
    register = current.current()
    if not unit_access.sees(register, current_user.person(), "planned_drill", planned_drill_id):
        return None
    stored = programmes.RECORD_TYPE.load(register, planned_drill_id)
    return stored if stored and not stored.is_void else None


def _year_of(stored: Stored[programmes.PlannedDrill]) -> int | None:
    return programmes.years(current.current()).get(stored.value.programme_id)


def _token() -> str:
    """Return the mark of this filling of the form: it is saved once, however often one clicks."""
    return str(st.session_state.setdefault("log#token", new_id()))


def _begin(today: date, repeated: Values | None = None) -> None:
    """Empty the form but for ``repeated``; a planned drill fills in its part again."""
    values = None
    if repeated:
        given = _prefill(repeated["planned_drill_id"])
        values = _blank(today) | given | repeated | {"prefilled": given}
    Form(KEY).discard()
    shown_drafts.start(KEY, values)
    st.query_params.pop(ASKED, None)
    for name in ("attempted", "duplicates", "token"):
        st.session_state.pop(f"log#{name}", None)


def start_afresh() -> None:
    """Empty the form (a callback)."""
    st.session_state.pop("log#saved", None)
    _begin(clock.today())


def show_notices() -> None:
    """Show what was saved last, with its undo, and that a draft was restored."""
    if "log#saved" in st.session_state:
        saved, name, held_on = st.session_state["log#saved"]
        with st.container(horizontal=True, vertical_alignment="center", key="log_saved"):
            sentence = _("Saved: {name}, {day}").format(name=name, day=formatting.day(held_on))
            st.success(formatting.plain(sentence))
            navigation.link("sessions", _("Open it"), {"id": saved.session_ids[0]})
            st.button(_("Undo"), key="log_undo", on_click=_undo)
    elif "log#undone" in st.session_state:
        st.info(formatting.plain(st.session_state.pop("log#undone")))
    lost = _("Files have to be chosen again.")
    shown_drafts.show_notice(KEY, start_afresh, lost)


def _forget_saved() -> None:
    """An old confirmation never stands beside what comes of the next save (a callback)."""
    st.session_state.pop("log#saved", None)


def _undo() -> None:
    saved, name, _held_on = st.session_state.pop("log#saved")
    try:
        drill_log.undo(current.current(), saved.session_ids, actor=current_user.actor("log"))
    except DrillbookError as error:
        st.session_state["log#undone"] = error.message
    else:
        sentence = _("“{name}” was taken back; it is kept among the voided sessions.")
        st.session_state["log#undone"] = sentence.format(name=name)
