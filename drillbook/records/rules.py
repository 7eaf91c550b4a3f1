"""Rules 规则: what an article asks of whom, how often, and from when to when it is in force.

Those of ``data/rules`` come with the product. A rule is never replaced by another wording or
interval: it ends the day before, and the new one begins, so that every day keeps its own rule.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from drillbook.core import validation, vocabulary
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import DATA
from drillbook.core.validation import cleaned
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.transaction import Transaction, new_id
from drillbook.records.record_type import NOT_LOGGED, Absent, RecordType

SHIPPED = "shipped"
MEASURES: Mapping[str, frozenset[str]] = {
    "plan": frozenset(
        {"drill_held", "assessed", "filed_after_issue", "filed_after_revision", "published"}
        | {"revised_after_major_finding"}
    ),
    "unit": frozenset({"drill_held", "drill_held_and_reported"}),
    "team": frozenset({"joint_drill_held", "insured", "trained"}),
    "session": frozenset({"archive_complete"}),
    "office": frozenset(
        {"programme_made", "production_safety_plan_exists", "plans_cover_four_classes"}
        | {"team_list_published"}
    ),
}
"""Subject → what of it the register can measure."""
PERIODIC = frozenset(
    {"drill_held", "drill_held_and_reported", "assessed", "joint_drill_held", "insured", "trained"}
    | {"programme_made", "team_list_published"}
)
"""Measures of what must come back again and again, so that their rules need an interval."""
LONGEST_INTERVAL = 1000


@dataclass(frozen=True)
class Rule:
    """One rule while it is in force; ``applies_to`` holds codes of ``rule_group``, comma-joined.

    ``effective_to`` is the last day in force; empty while nothing ends it.
    """

    code: str
    effective_from: date
    subject: str = "plan"
    applies_to: str = "all"
    measure: str = "drill_held"
    interval_count: int | None = None
    interval_unit: str = "none"
    severity: str = "required"
    citation: str = ""
    text: str = ""
    effective_to: date | None = None
    is_text_verified: bool = False
    is_switched_off: bool = False
    note: str = ""


def problems(rule: Rule, today: date) -> Problems:
    """Return what is wrong with a rule, field → sentence."""
    found: Problems = {}
    validation.required(
        found, rule, "code", "subject", "applies_to", "measure", "citation", "text",
        "effective_from",
    )  # fmt: skip
    validation.lengths(found, rule, long=("text", "note", "citation"))
    validation.terms(
        found,
        rule,
        {
            "subject": "rule_subject",
            "measure": "measure",
            "interval_unit": "interval_unit",
            "severity": "severity",
        },
    )
    for code in filter(None, rule.applies_to.split(",")):
        if not vocabulary.is_code("rule_group", code):
            found["applies_to"] = _("“{code}” is not in the list.").format(code=code[:50])
    if rule.measure not in MEASURES.get(rule.subject, ()):
        found.setdefault("measure", _("This is not measured of that subject; choose another."))
    validation.dates(found, rule, "effective_from", "effective_to")
    validation.not_after(
        found, rule, "effective_from", "effective_to", _("The last day lies before the first.")
    )
    _interval_problems(found, rule)
    return found


def _interval_problems(found: Problems, rule: Rule) -> None:
    number, has_unit = rule.interval_count, rule.interval_unit != "none"
    if has_unit and number is None:
        found.setdefault("interval_count", _("Give a number, or choose “no interval”."))
    elif number is not None and not has_unit:
        found.setdefault("interval_unit", _("Say what the number counts: years, months or days."))
    elif number is not None and not 1 <= number <= LONGEST_INTERVAL:
        found.setdefault(
            "interval_count",
            _("Enter a whole number from 1 to {most}.").format(most=LONGEST_INTERVAL),
        )
    elif rule.measure in PERIODIC and number is None:
        found.setdefault("interval_count", _("What comes back needs an interval."))


def reference_problems(tx: Reader, rule: Rule, record_id: str | None) -> Problems:
    """Find another rule of the same code that is in force on one of the same days."""
    others = tx.query(
        "rules_between",
        code=rule.code,
        first=rule.effective_from,
        last=rule.effective_to or date(9999, 12, 31),
    )
    clash = next((other for other in others if other["id"] != record_id), None)
    if clash is None:
        return {}
    sentence = _("Another rule {code} is in force from {first}; end that one first.")
    return {
        "effective_from": sentence.format(code=rule.code, first=clash["effective_from"].isoformat())
    }


class RuleType(RecordType[Rule]):
    """Rules: one that is saved with a later beginning does not move, it is followed by another."""

    def save_in(
        self,
        tx: Transaction,
        value: Rule,
        *,
        today: date,
        record_id: str | None = None,
        row_version: int | None = None,
        origin: str = "entered",
        action: str = "update",
    ) -> str:
        """Add or change a rule inside an open transaction; return the id of what is saved.

        A later ``effective_from`` ends the stored rule the day before and adds a new one. Raises
        ValidationError with every problem, StaleError when somebody saved first.
        """
        stored = self.load_in(tx, record_id) if record_id else None
        if stored and stored.origin == SHIPPED:
            _tell_shipped(tx, stored.id)
        if stored and record_id and value.effective_from != stored.value.effective_from:
            if row_version is None:
                raise TypeError("row_version belongs to record_id")
            self._end(tx, record_id, row_version, stored.value, value)
            record_id = row_version = None
        return super().save_in(
            tx,
            value,
            today=today,
            record_id=record_id,
            row_version=row_version,
            origin=origin,
            action=action,
        )

    def _end(
        self, tx: Transaction, record_id: str, row_version: int, held: Rule, value: Rule
    ) -> None:
        first = held.effective_from + timedelta(days=1)
        if value.code != held.code:
            raise DrillbookError(_("A rule keeps its code when it changes from a day on."))
        if value.effective_from < first or (
            held.effective_to is not None and value.effective_from > held.effective_to
        ):
            sentence = _(
                "The change begins on {first} at the earliest, while the rule is in force."
            )
            raise ValidationError({"effective_from": sentence.format(first=first.isoformat())})
        last = value.effective_from - timedelta(days=1)
        tx.update("rule", record_id, {"effective_to": last}, row_version)

    def check(self, tx: Reader, value: Rule, today: date, record_id: str | None = None) -> Problems:
        """Return all problems; of a change from a day on, those of the rule that will follow."""
        found = self.problems(value, today)
        stored = self.load_in(tx, record_id) if record_id else None
        if stored and stored.value.effective_from != value.effective_from:
            return found
        return self.reference_problems(tx, value, record_id) | found


def _tell_shipped(tx: Transaction, rule_id: str) -> None:
    """Give a rule of the product its first line of the trail, to which it can be put back."""
    known = tx.first("rule_shipped", id=rule_id)
    if known is None:
        tx.audit("ship", "rule", rule_id, after=tx.record("rule", rule_id))


def after_save(tx: Transaction, rule_id: str, today: date | None) -> None:
    """Let the rule before a voided one go on for as long as that one would have."""
    voided = tx.record("rule", rule_id)
    if today is not None or voided is None:
        return
    before = tx.first(
        "rule_ending", code=voided["code"], day=voided["effective_from"] - timedelta(days=1)
    )
    if before is not None:
        changes = {"effective_to": voided["effective_to"]}
        tx.update("rule", before["id"], changes, before["row_version"])


RECORD_TYPE = RuleType(
    table="rule",
    record=Rule,
    problems=problems,
    reference_problems=reference_problems,
    after_save=after_save,
    label="code",
    is_counted=False,
    absent=(
        Absent("form", "switched off and on by an action", "is_switched_off"),
        NOT_LOGGED,
        Absent("list", "shown in the standing", "is_switched_off"),
        Absent("list", "its opposite marks the article", "is_text_verified"),
        Absent("list", "read on the rule's own page", "applies_to note severity text"),
        Absent("import", "the laws that all follow come with the product; an office adds few"),
        Absent("workbook, public register", "its outcome stands in the sheet of what is due"),
    ),
)


def successor(rule: Rule, first_day: date) -> Rule:
    """Return the rule that follows from a day on, to be changed before it is saved."""
    return replace(rule, effective_from=first_day)


# --- those of the product -----------------------------------------------------------------------


@cache
def shipped() -> tuple[Rule, ...]:
    """Return the rules of ``data/rules``, in their order; nothing in them is ours to word."""
    with (DATA / "rules" / "rules.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_rule(row) for row in csv.DictReader(file))


def _rule(row: Mapping[str, str]) -> Rule:
    return Rule(
        code=row["code"],
        subject=row["subject"],
        applies_to=row["applies_to"].replace(";", ","),
        measure=row["measure"],
        interval_count=int(row["interval"]) if row["interval"] else None,
        interval_unit=row["unit"] or "none",
        severity=row["severity"],
        citation=row["citation"],
        text=row["text"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
        is_text_verified=row["text_verified"] == "yes",
    )


def missing(tx: Reader) -> list[Row]:
    """Return the rows of shipped rules whose code the register does not know, voided or not."""
    known = {row["code"] for row in tx.query("rule_codes")}
    return [
        RECORD_TYPE.row(cleaned(rule)) | {"origin": SHIPPED}
        for rule in shipped()
        if rule.code not in known
    ]


def add_shipped(tx: Transaction) -> None:
    """Add the rules of the product that the register does not know; change none it has.

    Without audit lines, as nobody decided anything; the first change of one tells what it was.
    """
    stamp = {"created_at": tx.at, "updated_at": tx.at}
    tx.add_rows("rule", [{"id": new_id()} | row | stamp for row in missing(tx)])
