"""What a screen must know of a record type to list, show, edit and compare its records.

A record type's rules stay in its own module below; here are only titles, order and how a value is
told in words. Words come from stored values and from the audit trail's JSON alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

from drillbook.accounts import unit_access
from drillbook.core import privacy
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.db.store import Store
from drillbook.records import unit_creation
from drillbook.records.record_type import RecordType
from drillbook.ui.components import current_user, formatting
from drillbook.ui.components.forms import Form

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Field:
    """One field of a record: its name, its title (an English msgid) and how it is told.

    Kinds: text, date (its precision may lie in ``<name>_precision``), time, number, count (its
    kind lies in ``<name>_kind``), code, codes, flag, record (an id), lines (``fields`` are those
    of one). A minor field is not shown while empty.
    """

    name: str
    title: str
    kind: str = "text"
    vocabulary: str = ""
    fields: tuple[Field, ...] = ()
    is_minor: bool = False


@dataclass(frozen=True)
class Action(Generic[T]):
    """One way to change a record: ``draw(form, store, value)`` shows fields, returns the value.

    ``problems(value)`` finds what this way of changing asks for beyond the record type's own rules.
    """

    name: str
    title: str
    draw: Callable[[Form, Store, T], T]
    offered: Callable[[T], bool] = lambda _value: True
    explanation: str = ""
    problems: Callable[[T], Problems] = lambda _value: {}


@dataclass(frozen=True)
class RecordView(Generic[T]):
    """One record type on the screens. ``draw`` shows the whole form; a new record has no value.

    ``parameter`` names the record in the address of the page ``url_path``. A part is shown and
    changed within the record it belongs to: in the address only while its form is open.
    """

    record_type: RecordType[T]
    url_path: str
    title: str
    new_title: str
    name: Callable[[T], str]
    fields: tuple[Field, ...]
    draw: Callable[[Form, Store, T | None], T]
    actions: tuple[Action[T], ...] = ()
    parameter: str = "id"
    is_part: bool = False

    @property
    def table(self) -> str:
        """The table of the record type's records."""
        return self.record_type.table

    @property
    def link_parameter(self) -> str:
        """The parameter under which the page ``url_path`` finds one of the records."""
        return "id" if self.is_part else self.parameter


@dataclass
class Names:
    """Record ids told by name, each asked of the register once.

    Also knows whether the visitor sees personal data: who tells a value in words needs both.
    """

    store: Store
    sees_contacts: bool = field(default_factory=lambda: current_user.may("contacts"))
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, record_id: str) -> str:
        """Return a record's name, voided or not; a unit still to be made has the typed one."""
        typed = unit_creation.typed_name(record_id)
        if typed is not None:
            return typed
        if record_id not in self._known:
            row = self.store.one("record_name", id=record_id)
            name = _("(no longer in the register)")
            # What a client sends is any id: its name is for those who may see the record.
            if row and unit_access.may_name(
                self.store, current_user.person(), row["subject_type"], record_id
            ):
                name = row["name"]
            self._known[record_id] = name if self.sees_contacts else privacy.masked("name", name)
        return self._known[record_id]


def tell(spec: Field, record: Mapping[str, Any], names: Names) -> str:
    """Return a field of a record (a value's ``vars`` or stored JSON) in words; a dash if empty."""
    value = record.get(spec.name)
    if spec.kind == "lines":
        lines = [_tell_line(spec, line, names) for line in value or ()]
        return "\n".join(lines) or formatting.EMPTY
    if spec.kind == "flag":
        return formatting.flag(value)
    if spec.kind == "count" and (formatting.given(value) or not spec.is_minor):
        return formatting.count(value, record.get(f"{spec.name}_kind"))
    if not formatting.given(value):
        return formatting.EMPTY
    if spec.kind == "code":
        return formatting.code(spec.vocabulary, str(value))
    if spec.kind == "codes":
        return formatting.codes(spec.vocabulary, str(value))
    if spec.kind == "record":
        return names.of(str(value))
    if spec.kind == "number":
        return formatting.number(value)
    if spec.kind == "time":
        return str(value)[:5]
    if spec.kind == "date":
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
        return formatting.day(day, record.get(f"{spec.name}_precision") or "day")
    return str(value) if names.sees_contacts else privacy.masked(spec.name, str(value))


def _tell_line(spec: Field, line: Any, names: Names) -> str:
    held = line if isinstance(line, Mapping) else vars(line)
    parts = [(inner, tell(inner, held, names)) for inner in spec.fields]
    joiner = "，" if language() == "zh" else ", "
    return joiner.join(
        told if inner.kind in ("record", "code") else f"{_(inner.title)} {told}"
        for inner, told in parts
        if told != formatting.EMPTY
    )


def facts_of(view: RecordView[Any], value: Any, names: Names) -> list[tuple[str, str]]:
    """Return title–words pairs of a record's fields, without name, lines and empty minor ones."""
    told = [(spec, tell(spec, vars(value), names)) for spec in view.fields]
    return [
        (_(spec.title), words)
        for spec, words in told
        # The name stands above them as the heading.
        if spec.kind != "lines"
        and spec.name not in ("name", "title", "text")
        and not (spec.is_minor and words == formatting.EMPTY)
    ]


def differences(
    view: RecordView[Any], first: Any, second: Any, names: Names
) -> list[tuple[str, str, str]]:
    """Return the fields in which two values differ: title, first in words, second in words."""
    told = [
        (_(spec.title), tell(spec, vars(first), names), tell(spec, vars(second), names))
        for spec in view.fields
    ]
    return [line for line in told if line[1] != line[2]]


def show_lines(fields: Sequence[Field], lines: Sequence[Any], names: Names) -> None:
    """Show a record's lines as a table, without the columns that are empty in all of them."""
    told = [[tell(spec, vars(line), names) for spec in fields] for line in lines]
    used = [i for i, _spec in enumerate(fields) if any(row[i] != formatting.EMPTY for row in told)]
    if not told:
        st.caption(_("None."))
        return
    formatting.table([_(fields[i].title) for i in used], [[row[i] for i in used] for row in told])
