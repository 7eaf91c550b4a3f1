"""Calendar feeds 日历订阅: what falls due, under an address with a secret, for one account each.

Whoever has the address reads the calendar without signing in, so it names no person, follows what
the account may see today, and ends when the account is disabled or the address revoked.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from drillbook.accounts.accounts import digest
from drillbook.accounts.permissions import Person, effective_role
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import Language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.reports import due_items
from drillbook.reports.files import due_files

STATES = (*due_items.OPEN_STATES, "normal")


def made_at(store: Store, account_id: str) -> datetime | None:
    """Return when the account's address was made, or nothing."""
    row = store.one("calendar_feed_made", account_id=account_id)
    return row["made_at"] if row else None


def make(store: Store, person: Person) -> str:
    """Return the secret of a new address; an older one ends. It is not kept and not shown again.

    Raises DrillbookError without an account.
    """
    if not person.account_id:
        raise DrillbookError(_("A calendar address belongs to an account. Sign in with one."))
    secret = secrets.token_urlsafe(32)
    with store.write(person.actor()) as tx:
        tx.run("delete_calendar_feed", id=person.account_id)
        tx.run("add_calendar_feed", id=digest(secret), account=person.account_id, made_at=tx.at)
        tx.audit("feed", "account", person.account_id, label=person.name)
    return secret


def revoke(store: Store, person: Person) -> None:
    """End the account's address."""
    with store.write(person.actor()) as tx:
        tx.run("delete_calendar_feed", id=person.account_id)
        tx.audit("revoke_feed", "account", person.account_id, label=person.name)


def holder(store: Store, secret: str) -> Person | None:
    """Return whose address it is, while account and address hold."""
    row = store.one("calendar_feed_holder", id=digest(secret))
    if row is None:
        return None
    role = effective_role(row["role"], row["unit_id"])
    return Person(row["name"], role, row["account_id"], row["login"], row["unit_id"])


def content(store: Store, secret: str, today: date, language: Language) -> bytes | None:
    """Return the calendar behind an address as of a day, or nothing for an address of nobody.

    A clerk bound to a unit gets what that unit has to see to.
    """
    person = holder(store, secret)
    if person is None:
        return None
    found = due_items.items(store, today, unit_id=person.bound_unit_id, states=STATES)
    return due_files.calendar(store, found, today, language)
