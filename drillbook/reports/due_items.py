"""What falls due 到期事项: everything that rules and the programme ask for, as of a day.

The states are those of the vocabulary ``due_state``; who asks for what lies in the view due_item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from drillbook.core import vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports import query_cache

if TYPE_CHECKING:
    import pyarrow

OPEN_STATES = ("late", "due_soon", "never")
"""What somebody has to see to."""
STATES = (*OPEN_STATES, "normal", "not_applicable")


@dataclass(frozen=True)
class Chosen:
    """What is asked for: a unit's id, a rule's code, a source, a kind of subject, some states."""

    unit_id: str | None = None
    rule: str | None = None
    source: str | None = None
    subject_type: str | None = None
    states: tuple[str, ...] | None = None

    def parameters(self) -> Row:
        """Return the filter's parameters of the query ``due_list``."""
        states = ",".join(self.states) if self.states is not None else None
        return {
            "unit_id": self.unit_id,
            "rule": self.rule,
            "source": self.source,
            "subject_type": self.subject_type,
            "states": states,
        }


def items(
    store: Store,
    as_of: date,
    *,
    unit_id: str | None = None,
    rule: str | None = None,
    source: str | None = None,
    subject_type: str | None = None,
    states: Iterable[str] | None = None,
) -> list[Row]:
    """Return what falls due as of a day, the most urgent first; ``states`` are those wanted.

    Rows: source, subject_type, subject_id, subject, rule, state, due_on, days (negative: late),
    unit_id, unit, citation, text, is_verified, urgency (0 to 4).
    """
    asked = Chosen(unit_id, rule, source, subject_type, None if states is None else tuple(states))
    rows: list[Row] = table(store, as_of, asked).to_pylist()
    return rows


def table(store: Store, as_of: date, chosen: Chosen) -> pyarrow.Table:
    """Return the same as Arrow, from memory when nothing was written since; do not change it."""
    return query_cache.arrow(store, "due_list", as_of=as_of, **chosen.parameters())


def counts(store: Store, as_of: date, *, unit_id: str | None = None) -> dict[str, int]:
    """Return state → number of things, also for the states that nothing is in."""
    rows = query_cache.arrow(store, "due_counts", as_of=as_of, unit_id=unit_id).to_pylist()
    found = {row["state"]: row["items"] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def detail(store: Store, as_of: date, item: Row) -> Row | None:
    """Return measure, severity, reason and is_announced of what a rule asks, or nothing."""
    if item["source"] != "rule":
        return None
    wanted = {name: item[name] for name in ("rule", "subject_type", "subject_id")}
    return store.one("due_detail", as_of=as_of, **wanted)


def rules_in_force(store: Store, as_of: date) -> dict[str, str]:
    """Return the rules in force on a day, code → code and what it measures, in words."""
    rows = store.query("due_rules", as_of=as_of)
    return {row["code"]: f"{row['code']} {measure(row['measure'])}" for row in rows}


# --- words --------------------------------------------------------------------------------------


def measure(code: str | None) -> str:
    """Return what a rule looks at, in words."""
    return vocabulary.label("measure", code)


def subject(item: Row) -> str:
    """Return whom something is asked of; the office has no name of its own in the register."""
    return item["subject"] or vocabulary.label("subject_type", item["subject_type"])


def days(number: int | None) -> str:
    """Return how far a due date is, in words: in 5 days, today, 3 days over."""
    if number is None:
        return ""
    if number == 0:
        return _("today")
    if number > 0:
        return ngettext("in {number:,} day", "in {number:,} days", number).format(number=number)
    over = -number
    return ngettext("{number:,} day over", "{number:,} days over", over).format(number=over)


def unverified_mark() -> str:
    """Return the mark of a text that was not read in full: 待核."""
    return _("not yet verified")


def cited(item: Row) -> str:
    """Return the article, with its mark when the text was not read in full."""
    if item["is_verified"] or not item["citation"]:
        return str(item["citation"])
    mark = f"（{unverified_mark()}）" if language() == "zh" else f" ({unverified_mark()})"
    return f"{item['citation']}{mark}"


def what(item: Row, asked: dict[str, str]) -> str:
    """Return what is asked: the measure of the rule, else the source in words."""
    told = asked.get(item["rule"]) or vocabulary.label("due_source", item["source"])
    if item["source"] != "revision":
        return told
    stage = vocabulary.label("revision_stage", item["text"]) if item["text"] else _("target date")
    return _("{what}: {stage}").format(what=told, stage=stage)


def wording(item: Row) -> str:
    """Return the text beside what is due: that of the article, or where it was decided."""
    return "" if item["source"] == "revision" else str(item["text"])


def measures_of(store: Store) -> dict[str, str]:
    """Return rule code → what it measures, in words, for all rules ever."""
    return {row["code"]: measure(row["measure"]) for row in store.query("rule_measures")}


def as_json(item: Row) -> dict[str, Any]:
    """Return one thing as the command prints it."""
    return {
        "subject_type": item["subject_type"],
        "subject": subject(item),
        "rule": item["rule"],
        "state": item["state"],
        "due_on": item["due_on"],
        "days": item["days"],
        "citation": item["citation"],
        "verified": item["is_verified"],
    }
