"""Makes the programme that was chosen from the proposals, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.entry.proposal_words import NOTE_LENGTH, Proposal
from drillbook.records import programmes
from drillbook.records.programmes import PlannedDrill, PlannedDrillUnit


@dataclass(frozen=True)
class Choice:
    """One accepted proposal as the office wants it."""

    proposal: Proposal
    name: str
    host_ids: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    target_sessions: int = 1

    @staticmethod
    def of(proposal: Proposal) -> Choice:
        """Return the proposal as it is."""
        return Choice(
            proposal,
            proposal.name,
            proposal.host_ids,
            proposal.due_from,
            proposal.due_to,
            proposal.target_sessions,
        )

    def drill(self, programme_id: str, number: int) -> PlannedDrill:
        """Return the item of a programme; its note says why it is there."""
        proposal = self.proposal
        others = [unit for unit in proposal.units if unit.role != "host"]
        duties = {unit.unit_id: unit.duty for unit in proposal.units if unit.role == "host"}
        hosts = [PlannedDrillUnit(one, duty=duties.get(one, "")) for one in self.host_ids]
        units = (replace(unit, position=i) for i, unit in enumerate((*hosts, *others)))
        with use_language(DEFAULT):
            note = "\n".join(reason.in_words() for reason in proposal.reasons)
        copied = ("event_class", "hazard", "plan_id", "form", "scope", "purpose", "place")
        given = {name: getattr(proposal, name) for name in copied}
        if proposal.event_class != vocabulary.class_of(None, proposal.hazard):
            # The class stands in the item, the hazard came from its plan.
            given["hazard"] = None
        return PlannedDrill(
            programme_id,
            self.name,
            number,
            **given,
            due_from=self.due_from,
            due_to=self.due_to,
            target_sessions=self.target_sessions,
            target_participants=proposal.target_participants,
            note=note[:NOTE_LENGTH],
            units=tuple(units),
        )


@dataclass(frozen=True)
class Made:
    """What was made: the programme, whether it is new, and the ids of its new items."""

    programme_id: str
    is_new_programme: bool
    item_ids: tuple[str, ...] = field(default=())


def make(store: Store, year: int, choices: Sequence[Choice], *, actor: Actor, today: date) -> Made:
    """Put the accepted proposals into the year's programme, all or none, and return what was made.

    A year without a programme gets one, not approved yet; items get the numbers after the last.
    An item whose name the programme has already is not made a second time. Raises ValidationError
    with the problems of the first item that cannot be saved.
    """
    with store.write(actor) as tx:
        programme_id, is_new = programmes.programme_for(tx, year, today)
        rows = tx.query("planned_drill_names", id=programme_id)
        taken = {row["name_key"] for row in rows}
        number = max((row["number"] for row in rows), default=0)
        made: list[str] = []
        for choice in choices:
            key = name_key(choice.name)
            if key and key in taken:
                continue
            number += 1
            drill = choice.drill(programme_id, number)
            try:
                made.append(programmes.RECORD_TYPE.save_in(tx, drill, today=today))
            except ValidationError as error:
                named = choice.name or choice.proposal.name
                raise ValidationError({"items": f"{named}: {error.message}"}) from error
            taken.add(key)
    return Made(programme_id, is_new, tuple(made))


def undo(store: Store, made: Made, *, actor: Actor) -> None:
    """Void what was made, all or none; the programme too if it was new and nothing else is in it.

    Raises StaleError when somebody changed an item since, DrillbookError when one is in use.
    """
    reason = _("Made by mistake")
    with store.write(actor) as tx:
        for item_id in made.item_ids:
            used = tx.first("planned_drill_sessions", id=item_id)
            if used:
                raise DrillbookError(
                    _("“{name}” was held under one of these items; take that back first.").format(
                        name=used["name"]
                    )
                )
            stored = programmes.RECORD_TYPE.load_in(tx, item_id)
            if stored is not None and not stored.is_void:
                tx.void("planned_drill", item_id, reason, 1)
        _void_programme(tx, made, reason)


def _void_programme(tx: Transaction, made: Made, reason: str) -> None:
    row = tx.record("programme", made.programme_id)
    left = tx.first("planned_drill_ids", id=made.programme_id)
    if made.is_new_programme and row and row["voided_at"] is None and left is None:
        tx.void("programme", made.programme_id, reason, row["row_version"])
