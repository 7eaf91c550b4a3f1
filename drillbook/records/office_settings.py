"""What the office decides and the software never guesses, each decision with its audit line.

A setting that was never decided stays empty; who reads it must have words for that case.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from drillbook.core.errors import Problems, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import NAME_LENGTH, cleaned, whole_number
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store

REVISION_READINGS = {
    "apart": N_("The number counts the special plans; the overall plan comes on top (1 + 4)"),
    "together": N_("The number counts the overall plan too (4 in all)"),
}
PERSON_WORDS = {
    "people": N_("participants (people)"),
    "person_times": N_("person-times"),
}
NAMES = {
    "revision_reading": N_("How the plans under revision are counted"),
    "named_plans": N_("Special plans named in the official sentence"),
    "person_word": N_("What the head count is called"),
    "district_zh": N_("Name of the area in the Chinese sentence"),
    "district_en": N_("Name of the area in the English sentence"),
    "office_name": N_("Name of the office on published files"),
    "audit_kept_days": N_("Days the audit log is kept"),
    "contacts_kept_days": N_("Days contacts are kept after a unit, team or mechanism has ended"),
    "due_soon_days": N_("Days before its date something is due soon"),
    "grade_excellent": N_("Excellent from a score of"),
    "grade_good": N_("Good from a score of"),
    "grade_pass": N_("Pass from a score of"),
    "action_days": N_("Days a new corrective action is given"),
    "action_soon_days": N_("Days before its date an action is due soon"),
}
AUDIT_KEPT_AT_LEAST = 180
LONGEST_KEPT = 36_500
GRADES = {"grade_excellent": 90, "grade_good": 80, "grade_pass": 60}
"""Setting → the score from which the grade is given; no official scale exists."""
DAYS = {"action_days": 30, "action_soon_days": 7}
"""Setting → the days that count until the office decides; the views name the same numbers."""
DUE_SOON_DAYS, LONGEST_DUE_SOON = "30", 365
LONGEST_DAYS = 3_650


@dataclass(frozen=True)
class Scale:
    """The scores from which a grade is given; below ``passing`` an evaluation has failed."""

    excellent: float = GRADES["grade_excellent"]
    good: float = GRADES["grade_good"]
    passing: float = GRADES["grade_pass"]

    def grade(self, score: float) -> str:
        """Return the grade of a score."""
        steps = (("excellent", self.excellent), ("good", self.good), ("pass", self.passing))
        return next((grade for grade, least in steps if score >= least), "fail")


@dataclass(frozen=True)
class OfficeSettings:
    """The office's decisions; ``named_plans`` holds plan ids joined by commas.

    ``…_kept_days`` are numbers as text; empty: for ever. ``due_soon_days`` empty: 30.
    """

    revision_reading: str = ""
    named_plans: str = ""
    person_word: str = ""
    district_zh: str = ""
    district_en: str = ""
    office_name: str = ""
    audit_kept_days: str = ""
    contacts_kept_days: str = ""
    due_soon_days: str = ""
    grade_excellent: str = ""
    grade_good: str = ""
    grade_pass: str = ""
    action_days: str = ""
    action_soon_days: str = ""

    def scale(self) -> Scale:
        """Return the office's scale of grades."""
        return Scale(*(self.number(name) for name in GRADES))

    def number(self, name: str) -> int:
        """Return a number the office decided, or the one that counts until it does."""
        decided = str(getattr(self, name))
        return int(decided) if decided else (GRADES | DAYS)[name]

    def named_plan_ids(self) -> list[str]:
        """Return the ids of the plans to name, in the office's order."""
        return [plan_id for plan_id in self.named_plans.split(",") if plan_id]


def label(name: str) -> str:
    """Return what a setting is called in the language of this run."""
    return _(NAMES[name]) if name in NAMES else name


def days(text: str) -> int | None:
    """Return a number of days as it is stored; nothing for ever."""
    return int(text) if text else None


def problems(settings: OfficeSettings) -> Problems:
    """Return what is wrong with the settings, field → sentence."""
    found: Problems = {}
    for name, choices in (("revision_reading", REVISION_READINGS), ("person_word", PERSON_WORDS)):
        code = getattr(settings, name)
        if code and code not in choices:
            found[name] = _("“{code}” is not in the list.").format(code=code[:50])
    for name, least in (("audit_kept_days", AUDIT_KEPT_AT_LEAST), ("contacts_kept_days", 0)):
        text = getattr(settings, name)
        if text and not _is_number(text, least, LONGEST_KEPT):
            found[name] = _(
                "{name}: enter a whole number from {least} to {most}, or nothing to keep them"
                " for ever."
            ).format(name=label(name), least=least, most=LONGEST_KEPT)
    soon = settings.due_soon_days
    if soon and not _is_number(soon, 0, LONGEST_DUE_SOON):
        found["due_soon_days"] = _("Enter a whole number of days, at most {most}.").format(
            most=LONGEST_DUE_SOON
        )
    _number_problems(found, settings)
    for name in ("district_zh", "district_en", "office_name"):
        length = len(getattr(settings, name))
        if length > NAME_LENGTH:
            found[name] = _("Too long: {length} characters; at most {limit} fit here.").format(
                length=length, limit=NAME_LENGTH
            )
    return found


def _is_number(text: str, least: int, most: int) -> bool:
    number = whole_number(text, most)
    return number is not None and number >= least


def _number_problems(found: Problems, settings: OfficeSettings) -> None:
    """Find scores and days that are no whole numbers, and grades that do not go down."""
    limits = dict.fromkeys(GRADES, (0, 100)) | dict.fromkeys(DAYS, (0, LONGEST_DAYS))
    for name, (least, most) in limits.items():
        text = getattr(settings, name)
        if text and not _is_number(text, least, most):
            found[name] = _("{name}: enter a whole number from {least} to {most}.").format(
                name=label(name), least=least, most=most
            )
    if not set(GRADES) & set(found):
        scale = settings.scale()
        if not scale.excellent > scale.good > scale.passing:
            found["grade_good"] = _("Each grade must begin at a lower score than the better one.")


def load(store: Store) -> OfficeSettings:
    """Return what the office has decided so far."""
    return _of_rows(store.query("office_settings"))


def load_in(tx: Reader) -> OfficeSettings:
    """Do the same inside an open transaction."""
    return _of_rows(tx.query("office_settings"))


def _of_rows(rows: list[Row]) -> OfficeSettings:
    known = {spec.name for spec in dataclasses.fields(OfficeSettings)}
    return OfficeSettings(**{row["name"]: row["value"] for row in rows if row["name"] in known})


def told(name: str, value: str) -> str:
    """Return a setting's value in words, as far as words stand for it."""
    words = {"revision_reading": REVISION_READINGS, "person_word": PERSON_WORDS}.get(name, {})
    return _(words[value]) if value in words else value


def save(store: Store, settings: OfficeSettings, *, actor: Actor) -> None:
    """Keep the decisions; each one that changed gets an audit line.

    Raises ValidationError with every problem.
    """
    settings = cleaned(settings)
    found = problems(settings)
    if found:
        raise ValidationError(found)
    with store.write(actor) as tx:
        held = {row["name"]: row["value"] for row in tx.query("office_settings")}
        for name, value in dataclasses.asdict(settings).items():
            before = held.get(name, "")
            if value == before:
                continue
            tx.run("keep_office_setting", name=name, value=value)
            tx.audit(
                "update",
                "office_setting",
                name,
                {"value": before},
                {"value": value},
                label=label(name),
            )
