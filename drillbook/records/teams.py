"""Rescue teams 救援队伍: kind, fields, who leads them, their strength and equipment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drillbook.core import validation, vocabulary
from drillbook.core.errors import Problems
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType, Reference


@dataclass(frozen=True)
class TeamStrength:
    """How many members a team had on one day."""

    counted_on: date
    members: int


@dataclass(frozen=True)
class TeamEquipment:
    """One kind of equipment a team holds."""

    item: str
    quantity: int = 1
    unit_of_count: str = ""
    next_inspection_on: date | None = None


@dataclass(frozen=True)
class TeamTraining:
    """One training of a team."""

    trained_on: date
    topic: str = ""


@dataclass(frozen=True)
class Team:
    """One rescue team; ``fields`` holds codes of ``team_field`` joined by commas."""

    name: str
    kind: str = "social"
    fields: str = ""
    parent_unit_id: str | None = None
    founded_on: date | None = None
    dissolved_on: date | None = None
    naming_document: str = ""
    base: str = ""
    longitude: float | None = None
    latitude: float | None = None
    leader: str = ""
    duty_phone: str = ""
    insured_until: date | None = None
    verified_on: date | None = None
    note: str = ""
    strength: tuple[TeamStrength, ...] = ()
    equipment: tuple[TeamEquipment, ...] = ()
    trainings: tuple[TeamTraining, ...] = ()


def problems(team: Team, today: date) -> Problems:
    """Return what is wrong with a team, field → sentence."""
    found: Problems = {}
    validation.required(found, team, "name", "kind")
    validation.lengths(found, team, long=("note",))
    validation.terms(found, team, {"kind": "team_kind"})
    for code in filter(None, team.fields.split(",")):
        if not vocabulary.is_code("team_field", code):
            found["fields"] = _("“{code}” is not in the list.").format(code=code[:50])
    validation.dates(found, team, "founded_on", "dissolved_on", "insured_until", "verified_on")
    validation.not_after(
        found, team, "founded_on", "dissolved_on", _("A team cannot end before it was founded.")
    )
    if team.longitude is not None and not -180 <= team.longitude <= 180:
        found["longitude"] = _("Longitude lies between -180 and 180 degrees.")
    if team.latitude is not None and not -90 <= team.latitude <= 90:
        found["latitude"] = _("Latitude lies between -90 and 90 degrees.")
    _line_problems(found, team, today)
    return found


def _line_problems(found: Problems, team: Team, today: date) -> None:
    if len({line.counted_on for line in team.strength}) != len(team.strength):
        found["strength"] = _("There are two counts for the same day; keep one.")
    for line in team.strength:
        inner: Problems = {}
        validation.counts(inner, line, "members")
        validation.dates(inner, line, "counted_on")
        validation.not_in_future(inner, "counted_on", line.counted_on, today)
        if inner:
            found.setdefault("strength", next(iter(inner.values())))
    if len({line.item for line in team.equipment}) != len(team.equipment):
        found["equipment"] = _("An item is listed twice; add the quantities up.")
    for item in team.equipment:
        inner = {}
        validation.required(inner, item, "item")
        validation.lengths(inner, item)
        validation.counts(inner, item, "quantity")
        validation.dates(inner, item, "next_inspection_on")
        if inner:
            found.setdefault("equipment", next(iter(inner.values())))
    for training in team.trainings:
        inner = {}
        validation.required(inner, training, "trained_on")
        validation.lengths(inner, training)
        validation.dates(inner, training, "trained_on")
        validation.not_in_future(inner, "trained_on", training.trained_on, today)
        if inner:
            found.setdefault("trainings", next(iter(inner.values())))


def reference_problems(tx: Reader, team: Team, record_id: str | None) -> Problems:
    """Find a name that is taken."""
    found: Problems = {}
    taken = tx.first("team_of_name", key=name_key(team.name))
    if taken and taken["id"] != record_id:
        found["name"] = _("A team with this name is already in the register.")
    return found


def derived(team: Team) -> Row:
    """Return the key by which names are compared."""
    return {"name_key": name_key(team.name)}


_FOR_THE_OFFICE = "duty_phone note trainings verified_on"
_NOT_PUBLIC = "base equipment insured_until leader naming_document"


RECORD_TYPE = RecordType(
    table="team",
    record=Team,
    problems=problems,
    reference_problems=reference_problems,
    derived=derived,
    lines={
        "strength": ("team_strength", TeamStrength),
        "equipment": ("team_equipment", TeamEquipment),
        "trainings": ("team_training", TeamTraining),
    },
    references=(Reference("parent_unit_id", "unit"),),
    write_right="edit",
    with_files=("team",),
    personal={"team": ("leader", "duty_phone")},
    absent=(
        NOT_LOGGED,
        Absent("list", "read on the team's own page", "dissolved_on founded_on latitude longitude"),
        Absent("list", "read on the team's own page", "equipment naming_document note trainings"),
        Absent("list", "read on the team's own page", "verified_on"),
        Absent("list, workbook, public register", "shown as members on a day", "strength"),
        Absent("import", "read as members and the day they were counted", "strength"),
        Absent("import", "no workbook of teams holds them", "trainings"),
        Absent(
            "workbook, public register", "a team that was dissolved is left out", "dissolved_on"
        ),
        Absent("workbook, public register", "read on the team's own page", "latitude longitude"),
        Absent("workbook", "counted: kinds of equipment", "equipment"),
        Absent("workbook, public register", "kept for the office itself", _FOR_THE_OFFICE),
        Absent("public register", "a contact, or more than a reader needs", _NOT_PUBLIC),
    ),
    import_kind="teams",
    sheet="teams",
)


def choices(store: Store) -> dict[str, str]:
    """Return id → name of all teams, for selection lists."""
    return {row["id"]: row["name"] for row in store.query("team_choices")}
