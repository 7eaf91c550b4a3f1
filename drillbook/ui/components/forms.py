"""The widgets of every form: keyed, labelled, each with room for its problem below.

A form never validates and never saves. It seeds its widgets once from a value, so that what was
typed survives a language switch and a failed save, and hands back typed values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from itertools import count as counter
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from drillbook.accounts.form_drafts import Values
from drillbook.core import vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.transaction import new_id
from drillbook.records import unit_creation
from drillbook.ui.components import form_drafts, formatting

T = TypeVar("T")

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2099, 12, 31)
DAY_FORMAT = "YYYY-MM-DD"
NOTHING = ""
# What a draft can keep of a field.
PLAIN = (str, int, float, date, time, list, type(None))


@dataclass
class Form:
    """One form on the screen. ``key`` starts the keys of all its widgets.

    ``value`` (any object with attributes, or nothing) gives what the fields hold at first.
    """

    key: str
    value: object = None

    def __post_init__(self) -> None:
        self._slots: dict[str, DeltaGenerator] = {}

    # --- single fields ----------------------------------------------------------------------

    def text(
        self,
        name: str,
        label: str,
        *,
        long: bool = False,
        required: bool = False,
        hint: str = "",
        labelled: bool = True,
        height: int = 96,
    ) -> str:
        """Show a text field; ``long`` gives it several lines. Returns the text as typed."""
        key = self._seed(name, "")
        look = self._look(label, required, labelled, hint)
        if long:
            typed = st.text_area(key=key, height=height, **look)
        else:
            # Heard while it is typed, so that a draft is as new as the last pause.
            typed = st.text_input(key=key, live="400ms", **look)
        self._slot(name)
        return typed or ""

    def choice(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        *,
        required: bool = False,
        empty: str | None = None,
        labelled: bool = True,
        hint: str = "",
    ) -> str | None:
        """Show a selection from id → label with type-to-search; None when nothing is chosen.

        ``required`` leaves the empty option out once something is chosen. A value held by the
        record but missing in ``options`` stays selectable under its id.
        """
        key = self._seed(name, NOTHING)
        held = st.session_state[key]
        shown = dict(options)
        if held and held not in shown:
            shown[held] = _("(no longer in the register)")
        empty_label = empty if empty is not None else _("Not given")
        chosen = st.selectbox(
            options=list(shown) if required and held else [NOTHING, *shown],
            format_func=lambda option: shown.get(option, empty_label),
            key=key,
            **self._look(label, required, labelled, hint),
        )
        self._slot(name)
        return chosen or None

    def code(
        self,
        name: str,
        label: str,
        kind: str,
        *,
        codes: Sequence[str] | None = None,
        required: bool = False,
        labelled: bool = True,
        hint: str = "",
    ) -> str | None:
        """Show a selection from a classification, or from ``codes`` of it; codes come back."""
        options = code_labels(kind, codes)
        return self.choice(name, label, options, required=required, labelled=labelled, hint=hint)

    def hazard(self, name: str, label: str, event_class: str | None) -> str | None:
        """Show the hazards of one event class, or all when none is chosen."""
        codes = vocabulary.codes("hazard", event_class)
        key = self._seed(name, NOTHING)
        held = st.session_state[key]
        if held and held not in codes and vocabulary.is_code("hazard", held):
            # The class was changed after the hazard: the hazard stays, and validation says so.
            codes = [*codes, held]
        return self.code(name, label, "hazard", codes=codes)

    def codes(self, name: str, label: str, kind: str) -> str:
        """Show a choice of several codes; returns them joined by commas, in official order."""
        key = self._key(name)
        if key not in st.session_state:
            held = str(getattr(self.value, name, "") or "")
            st.session_state[key] = [code for code in held.split(",") if code]
        self._speak(key)
        labels = code_labels(kind)
        chosen = st.multiselect(
            formatting.plain(label),
            list(labels),
            format_func=lambda code: labels.get(code, code),
            key=key,
            placeholder=_("Choose"),
            persist_state="session",
            # One key pressed once too often would take them all.
            select_all=False,
        )
        self._slot(name)
        return ",".join(code for code in labels if code in chosen)

    def day(
        self,
        name: str,
        label: str,
        *,
        required: bool = False,
        labelled: bool = True,
        hint: str = "",
    ) -> date | None:
        """Show a date that may stay empty, typed or picked."""
        key = self._seed(name, None)
        chosen = st.date_input(
            value=None,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format=DAY_FORMAT,
            key=key,
            **self._look(label, required, labelled, hint),
        )
        self._slot(name)
        return chosen if isinstance(chosen, date) else None

    def clock_time(self, name: str, label: str) -> time | None:
        """Show a time of day that may stay empty."""
        key = self._seed(name, None)
        chosen = st.time_input(value=None, key=key, step=300, **self._look(label))
        self._slot(name)
        return chosen

    def number(
        self,
        name: str,
        label: str,
        *,
        required: bool = False,
        labelled: bool = True,
        hint: str = "",
        decimal: bool = False,
        places: int = 4,
    ) -> Any:
        """Show a whole number (or a decimal one, with ``places``) that may stay empty."""
        key = self._seed(name, None)
        kind: dict[str, Any] = (
            {"step": 10.0**-places, "format": f"%.{places}f"} if decimal else {"step": 1}
        )
        # No limits here: the browser would refuse in its own words, the register has better ones.
        typed = st.number_input(
            value=None, key=key, **kind, **self._look(label, required, labelled, hint)
        )
        self._slot(name)
        return typed

    def flag(self, name: str, label: str, *, hint: str = "") -> bool:
        """Show a yes-or-no field."""
        key = self._seed(name, False)
        ticked = st.checkbox(
            formatting.plain(label), key=key, help=hint or None, persist_state="session"
        )
        self._slot(name)
        return bool(ticked)

    def count(self, name: str, label: str, *, required: bool = False) -> tuple[int | None, str]:
        """Show a head count and its kind (exact, about, over, unknown); returns both.

        An empty number is unknown, whatever the kind says; so nothing need be set for it.
        """
        kind_key = self._seed(f"{name}_kind", "exact")
        if self.value is None and st.session_state[kind_key] == NOTHING:
            st.session_state[kind_key] = "exact"
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            key = self._seed(name, None)
            typed = st.number_input(
                value=None, step=1, key=key, **self._look(label, required, True, "")
            )
            labels = code_labels("count_kind")
            kind = st.selectbox(
                formatting.plain(_("Count kind of {field}").format(field=label)),
                list(labels),
                format_func=lambda code: labels.get(code, code),
                key=kind_key,
                label_visibility="collapsed",
                persist_state="session",
                width=110,
            )
        self._slot(name)
        number = None if typed is None else int(typed)
        return number, "unknown" if number is None else str(kind)

    def unit(
        self,
        name: str,
        label: str,
        names: Mapping[str, str],
        *,
        required: bool = False,
        labelled: bool = True,
    ) -> str | None:
        """Show a unit picker: id → name with type-to-search; a new name may be typed.

        Returns an id, or ``new_units.marked(name)`` for a unit that is to be made on saving.
        """
        key = self._seed(name, NOTHING)
        held = st.session_state[key]
        empty_label = _("Choose a unit, or type a new one")
        known = dict(names)
        if held and held not in names:
            known[held] = _("(no longer in the register)") if _is_id(held) else str(held)
        chosen = st.selectbox(
            options=[NOTHING, *known],
            format_func=lambda option: known.get(option, str(option or "") or empty_label),
            key=key,
            accept_new_options=True,
            **self._look(label, required, labelled, ""),
        )
        self._slot(name)
        text = str(chosen or "").strip()
        if not text:
            return None
        return text if text in names or _is_id(text) else unit_creation.marked(text)

    # --- rows -------------------------------------------------------------------------------

    def rows(
        self,
        name: str,
        draw: Callable[[Form, bool], T],
        *,
        add_label: str,
        start_with: int = 0,
        new_row: Callable[[], object] | None = None,
        boxed: bool = False,
    ) -> list[T]:
        """Show rows that can be added and removed; ``draw(row_form, is_first)`` shows one row.

        ``boxed`` draws a frame around each row, for rows of several lines.
        ``draw`` returns the row's value; ``new_row()`` gives what a further row holds at first.
        Rows seed from the lines in ``value.<name>``; their problems appear below all of them.
        """
        key = self._key(f"{name}#rows")
        if key not in st.session_state:
            held = list(getattr(self.value, name, ()) or ())
            held += [new_row() if new_row else None] * max(0, start_with - len(held))
            st.session_state[key] = dict(enumerate(held))
        drawn = []
        for position, (number, seed) in enumerate(st.session_state[key].items()):
            row = Form(f"{self._key(name)}:{number}", seed)
            with st.container(horizontal=True, vertical_alignment="bottom", border=boxed):
                with st.container(gap="small"):
                    drawn.append(draw(row, position == 0))
                self._remove_button(key, row, number)
        self._slot(name)
        st.button(
            formatting.plain(f"＋ {add_label}"),
            key=self._key(f"{name}#add"),
            on_click=_add_row,
            args=(key, new_row),
        )
        return drawn

    def _remove_button(self, key: str, row: Form, number: int) -> None:
        st.button(
            "✕",
            key=f"{row.key}#remove",
            help=_("Remove this row"),
            on_click=_remove_row,
            args=(key, number),
            type="tertiary",
        )

    # --- problems ---------------------------------------------------------------------------

    def show_problems(self, problems: Problems) -> None:
        """Put every sentence under its field; those without a field come together on top."""
        for name, sentence in problems.items():
            slot = self._slots.get(name)
            if slot is not None:
                # The key marks the place: the browser's script leads to the first one.
                slot.container(key=f"problem-{self._key(name)}").markdown(problem_text(sentence))
            else:
                st.error(formatting.plain(sentence))

    @contextmanager
    def section(self, title: str) -> Iterator[None]:
        """Group fields under a small heading."""
        with st.container(border=True, gap="small"):
            st.markdown(f"**{formatting.plain(title)}**")
            yield

    # --- state ------------------------------------------------------------------------------

    def is_open(self) -> bool:
        """Say whether the visitor's session holds something of this form."""
        return any(str(key).startswith(f"{self.key}:") for key in st.session_state)

    def token(self) -> str:
        """Return the mark of this filling of the form, under which it is saved once."""
        return str(st.session_state.setdefault(self._key("#token"), new_id()))

    def discard(self) -> None:
        """Forget everything typed in this form, its draft too; the next run seeds it anew."""
        form_drafts.drop_of(self)
        forget(self.key)

    def typed(self) -> Values:
        """Return what every field holds, and of rows the numbers with the ids of their lines."""
        found: Values = {}
        for key, held in st.session_state.items():
            name = str(key).removeprefix(f"{self.key}:")
            if name == key:
                continue
            if name.endswith("#rows"):
                found[name] = [[number, getattr(seed, "id", "")] for number, seed in held.items()]
            elif "#" not in name and isinstance(held, PLAIN):
                found[name] = held
        return dict(sorted(found.items()))

    def put_back(self, typed: Values) -> None:
        """Fill the fields, before they are drawn, with what ``typed`` returned earlier."""
        for name, held in typed.items():
            if name.endswith("#rows"):
                lines = list(getattr(self.value, name.removesuffix("#rows"), ()) or ())
                known = {getattr(line, "id", ""): line for line in lines}
                held = {number: known.get(line_id) if line_id else None for number, line_id in held}
            st.session_state[self._key(name)] = held

    def set(self, name: str, value: object) -> None:
        """Put a value into a field before it is drawn, e.g. prefilled from another record."""
        st.session_state[self._key(name)] = NOTHING if value is None else value

    def held(self, name: str, otherwise: object = None) -> Any:
        """Return what a field holds at this moment, also before it is drawn."""
        return st.session_state.get(self._key(name), otherwise)

    def _key(self, name: str) -> str:
        return f"{self.key}:{name}"

    def _seed(self, name: str, otherwise: object) -> str:
        key = self._key(name)
        if key not in st.session_state:
            held = getattr(self.value, name, otherwise) if self.value is not None else otherwise
            st.session_state[key] = otherwise if held is None else held
        self._speak(key)
        return key

    def _speak(self, key: str) -> None:
        """Re-send a selection after a language switch: the browser knows it by its old label."""
        spoken = f"{key}#language"
        if st.session_state.get(spoken, language()) != language():
            st.session_state[key] = st.session_state[key]
        st.session_state[spoken] = language()

    def _look(
        self, label: str, required: bool = False, labelled: bool = True, hint: str = ""
    ) -> dict[str, Any]:
        return {
            "label": formatting.plain(label) + (" :red[\\*]" if required else ""),
            "label_visibility": "visible" if labelled else "collapsed",
            "help": hint or None,
            # Kept when the visitor looks at another page in between.
            "persist_state": "session",
        }

    def _slot(self, name: str) -> None:
        self._slots[name] = st.empty()


def save_button(label: str, key: str, **look: Any) -> bool:
    """Show the button of a form that saves, and say whether it was pressed.

    Ctrl+S presses it (form_input.js) once the field with the cursor has handed over its text;
    Streamlit's own ``shortcut`` would press it before.
    """
    with st.container(key=f"save-{key}", width="content"):
        return st.button(label, key=key, type="primary", **look)


def code_labels(kind: str, codes: Sequence[str] | None = None) -> dict[str, str]:
    """Return code → label of a classification, or of some codes of it."""
    return {
        code: vocabulary.label(kind, code)
        for code in (vocabulary.codes(kind) if codes is None else codes)
    }


def problem_text(sentence: str) -> str:
    """Return the Markdown of one problem as it stands under a field."""
    return f":red[{formatting.plain(sentence)}]"


def forget(key: str) -> None:
    """Forget all widget and row state of the form with this key."""
    for held in [k for k in st.session_state if str(k).startswith(f"{key}:")]:
        del st.session_state[held]


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _add_row(key: str, new_row: Callable[[], object] | None) -> None:
    rows = dict(st.session_state[key])
    rows[next(n for n in counter(max(rows, default=-1) + 1))] = new_row() if new_row else None
    st.session_state[key] = rows


def _remove_row(key: str, number: int) -> None:
    st.session_state[key] = {n: seed for n, seed in st.session_state[key].items() if n != number}


# --- units with role and duty -------------------------------------------------------------------


@dataclass(frozen=True)
class UnitLine:
    """What one row of the units editor holds; ``participants`` only where it was asked for."""

    unit_id: str
    role: str
    duty: str
    participants: int | None
    position: int


@dataclass(frozen=True)
class _EmptyUnit:
    unit_id: str = ""
    role: str = "host"
    duty: str = ""
    participants: int | None = None


def units_editor(
    form: Form, names: Mapping[str, str], *, head_counts: bool = False, start_with: int = 1
) -> list[UnitLine]:
    """Show the rows of units with role and duty (and own head count); empty rows go.

    ``names`` maps unit id → name. New names come back as ``new_units.marked(name)``.
    """
    widths = [3.2, 1.4, 4, 1.6] if head_counts else [3.2, 1.4, 5]

    def draw(row: Form, is_first: bool) -> tuple[str | None, str, str, int | None]:
        cells = st.columns(widths, vertical_alignment="bottom", gap="small")
        with cells[0]:
            unit_id = row.unit("unit_id", _("Unit"), names, labelled=is_first)
        with cells[1]:
            role = row.code("role", _("Role"), "role", required=True, labelled=is_first)
        with cells[2]:
            duty = row.text("duty", _("Duty"), labelled=is_first)
        if not head_counts:
            return unit_id, role or "", duty, None
        with cells[3]:
            own = row.number("participants", _("Of them (people)"), labelled=is_first)
        return unit_id, role or "", duty, own

    def further() -> object:
        return _EmptyUnit(role="participant")

    drawn = form.rows(
        "units",
        draw,
        add_label=_("Add a unit"),
        start_with=start_with,
        new_row=further if getattr(form.value, "units", ()) else _EmptyUnit,
    )
    # A row with a duty but no unit stays, so that saving can ask for the unit.
    filled = [line for line in drawn if line[0] or line[2].strip() or line[3] is not None]
    return [
        UnitLine(unit_id or "", role, duty, own, position)
        for position, (unit_id, role, duty, own) in enumerate(filled)
    ]
