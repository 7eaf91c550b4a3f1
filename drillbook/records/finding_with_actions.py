"""A finding and its corrective actions, entered and saved as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from drillbook.core import validation
from drillbook.core.errors import Problems, ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import corrective_actions as corrective
from drillbook.records import unit_creation
from drillbook.records.corrective_actions import Action
from drillbook.records.findings import JOINING, RECORD_TYPE, Finding, problems


def check(finding: Finding, actions: Sequence[Action], today: date) -> Problems:
    """Return what is wrong with a finding and its actions, those at ``action.<field>``."""
    found = problems(validation.cleaned(finding), today)
    for action in actions:
        inner = corrective.problems(validation.cleaned(action), today)
        found |= {f"action.{name}": sentence for name, sentence in inner.items()}
    return found


def add(
    store: Store,
    finding: Finding,
    actions: Sequence[Action] = (),
    *,
    actor: Actor,
    today: date,
    opens_revision: bool = True,
) -> str:
    """Record a finding with its actions, and the revision it asks for, in one transaction.

    ``finding_id`` of the actions is filled in. Returns the finding's id; raises ValidationError
    with every problem, as ``check`` names them.
    """
    record_type = RECORD_TYPE if opens_revision else JOINING
    if found := check(finding, actions, today):
        raise ValidationError(found)
    with store.write(actor) as tx:
        tx.answer = finding_id = record_type.save_in(tx, finding, today=today)
        for action in actions:
            belonging = replace(action, finding_id=finding_id)
            unit_creation.save_in(tx, corrective.RECORD_TYPE, belonging, today=today)
        return finding_id
