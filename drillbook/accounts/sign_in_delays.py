"""The delay that failed attempts to sign in earn, and who does not have to bear it.

Attempts are counted for login and address together, for the login, and for the address. Who brings
what only an earlier success gives (a device that signed in to this account before, or the session
itself) is counted apart: strangers' failures never slow him, and his never slow an office.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import DEFAULT, ngettext, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import PROGRAM, Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction

FORGOTTEN_AFTER = timedelta(hours=1)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=5), timedelta(minutes=15)
# What is counted → attempts that are free of delay. A whole office may share one address, and a
# stranger who keeps failing must not lock the account's holder out at once.
FREE_ATTEMPTS = {"device": 5, "pair": 5, "login": 15, "address": 30}
# One customer of a provider has at least so many addresses of IPv6.
IPV6_NETWORK = 64


class SignInRefused(DrillbookError):
    """Login and password do not match, or a delay still runs."""


@dataclass(frozen=True)
class Attempt:
    """One counted attempt: its subjects, kind → subject, and the delays it has earned itself."""

    subjects: Mapping[str, str]
    delays: Mapping[str, datetime]


def network_of(address: str) -> str:
    """Return what an address is counted by: itself, or its network where it is one of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))


def _subjects(login: str, address: str, device: str) -> Mapping[str, str]:
    if device:
        return {"device": f"device:{device}"}
    network = network_of(address)
    return {
        "pair": f"pair:{login} {network}",
        "login": f"login:{login}",
        "address": f"address:{network}",
    }


def count(
    store: Store, login: str, address: str, *, device: str, is_account: bool, at: datetime
) -> Attempt:
    """Count an attempt before its password is looked at: a hundred at once are a hundred.

    ``device`` is what proves an earlier success, or empty. Raises SignInRefused while a delay runs.
    """
    subjects = _subjects(login, address, device)
    with store.write(PROGRAM, "sign-in", is_record=False) as tx:
        held = {kind: _held(tx, subject) for kind, subject in subjects.items()}
        locks = [row["locked_until"] for row in held.values() if row and row["locked_until"]]
        # A clock that was set back must not lock anybody out for longer than the longest delay.
        left = [until - at for until in locks if at < until <= at + LONGEST_DELAY]
        if left:
            raise SignInRefused(_wait(max(left)))
        added = {kind: _add(tx, kind, subjects[kind], held[kind], at) for kind in subjects}
    delays = {kind: until for kind, until in added.items() if until}
    if delays:
        _say(store, login if is_account else "", address)
    return Attempt(subjects, delays)


def _held(tx: Reader, subject: str) -> Row | None:
    return tx.first("access_failure", subject=subject)


def _add(
    tx: Transaction, kind: str, subject: str, held: Row | None, at: datetime
) -> datetime | None:
    recent = held is not None and abs(at - held["failed_at"]) < FORGOTTEN_AFTER
    failures = (held["failures"] if held and recent else 0) + 1
    excess = failures - FREE_ATTEMPTS[kind]
    delay = min(FIRST_DELAY * 2 ** min(excess, 10), LONGEST_DELAY) if excess >= 0 else None
    until = at + delay if delay else None
    tx.run("keep_access_failure", subject=subject, failures=failures, at=at, until=until)
    return until


def _say(store: Store, login: str, address: str) -> None:
    # What a stranger typed names nobody, and may be a password in the wrong field: the line has
    # the login of an account that exists, and nothing else of his.
    with use_language(DEFAULT):
        name = _("Somebody who is not signed in")
    with store.write(Actor(name, address=address)) as tx:
        tx.audit("sign_in_refused", "account", "", after={"login": login, "address": address})


def take_back(store: Store, attempt: Attempt) -> None:
    """Take back what a correct attempt was counted for, and forget what led up to it.

    The address gets this one attempt back and no more: else whoever has one account could guess at
    all others without end. A delay that others have earned meanwhile stays.
    """
    with store.write(PROGRAM, "sign-in", is_record=False) as tx:
        for kind, subject in attempt.subjects.items():
            if kind != "address":
                tx.run("delete_access_failure", name=subject)
                continue
            tx.run("take_access_failure_back", name=subject, until=attempt.delays.get(kind))


def _wait(left: timedelta) -> str:
    seconds = max(1, round(left.total_seconds()))
    minutes = -(-seconds // 60)
    if seconds <= 90:
        return ngettext(
            "Too many failed attempts. Try again in {number} second.",
            "Too many failed attempts. Try again in {number} seconds.",
            seconds,
        ).format(number=seconds)
    return ngettext(
        "Too many failed attempts. Try again in {number} minute.",
        "Too many failed attempts. Try again in {number} minutes.",
        minutes,
    ).format(number=minutes)
