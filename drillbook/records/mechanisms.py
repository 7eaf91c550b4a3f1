"""Coordination mechanisms 联席机制 and joint-meeting systems 联席会议制度, with their members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference


@dataclass(frozen=True)
class MechanismMember:
    """One unit of a mechanism; ``person`` is who sits there for it, if that is known."""

    unit_id: str
    role: str = "member"
    person: str = ""
    position: int = 0


@dataclass(frozen=True)
class Mechanism:
    """One mechanism as its document set it up."""

    title: str
    document_number: str = ""
    document_number_raw: str = ""
    issued_on: date | None = None
    kind: str = "joint_mechanism"
    note: str = ""
    members: tuple[MechanismMember, ...] = ()


def problems(mechanism: Mechanism, today: date) -> Problems:
    """Return what is wrong with a mechanism, field → sentence."""
    found: Problems = {}
    validation.required(found, mechanism, "title", "kind")
    validation.lengths(found, mechanism, long=("note",))
    validation.terms(found, mechanism, {"kind": "mechanism_kind"})
    validation.dates(found, mechanism, "issued_on")
    if mechanism.title and not name_key(mechanism.title):
        found["title"] = _("A name needs letters or characters, not only signs.")
    if len({line.unit_id for line in mechanism.members}) != len(mechanism.members):
        found["members"] = _("A unit is a member only once; keep one of the two rows.")
    for line in mechanism.members:
        inner: Problems = {}
        validation.terms(inner, line, {"role": "mechanism_role"})
        validation.lengths(inner, line)
        if inner:
            found.setdefault("members", next(iter(inner.values())))
    return found


def reference_problems(tx: Reader, mechanism: Mechanism, record_id: str | None) -> Problems:
    """Find a title that is taken."""
    found: Problems = {}
    taken = tx.first("mechanism_of_title", key=name_key(mechanism.title), id=record_id)
    if taken:
        found["title"] = _("A mechanism with this title is already in the register.")
    return found


def derived(mechanism: Mechanism) -> Row:
    """Return the key by which titles are compared."""
    return {"title_key": name_key(mechanism.title)}


RECORD_TYPE = RecordType(
    table="mechanism",
    record=Mechanism,
    problems=problems,
    reference_problems=reference_problems,
    derived=derived,
    lines={"members": ("mechanism_member", MechanismMember)},
    label="title",
    references=(Reference("unit_id", "unit", table="mechanism_member"),),
    with_files=("mechanism",),
    absent=(
        NOT_LOGGED,
        Absent("list", "the number is shown as it is filed", "document_number_raw"),
        Absent("list view", "the list's query counts them itself", "members"),
        Absent("list", "read on the mechanism's own page", "note"),
        Absent("import", "an office has a few of them"),
        Absent("workbook, public register", "the year's tables speak of drills, teams and plans"),
        Absent("form", "the form keeps what was typed of the number", "document_number_raw"),
        Absent("record, history", "the number is shown as it is filed", "document_number_raw"),
    ),
    personal={"mechanism_member": ("person",)},
)


def choices(store: Store) -> dict[str, str]:
    """Return id → title of all mechanisms, for selection lists."""
    return {row["id"]: row["title"] for row in store.query("mechanism_choices")}
