"""Accounts: who may enter, how one proves it, and for how long that holds.

It knows passwords, sessions and links only by their hashes. It refuses to say whether a login
exists: an unknown one is answered like a wrong password, and takes as long.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from drillbook.accounts import sign_in_delays
from drillbook.accounts.permissions import ACCOUNT_ROLES, Person, Role, effective_role
from drillbook.accounts.sign_in_delays import SignInRefused
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import DEFAULT, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.validation import NAME_LENGTH
from drillbook.db.audit_chain import PROGRAM, Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records.record_type import RecordType, Reference

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
SESSION_LASTS = timedelta(days=14)
SESSION_IDLES = timedelta(hours=24)
# A page is run many times a minute; writing each time would only wear the disk.
SEEN_EVERY = timedelta(minutes=1)
LINK_LASTS = timedelta(days=7)
SAMPLE_ROLE: Role = "lead"
# What a browser brings of earlier successes: account id → device.
Devices = Mapping[str, str] | None

_LOGIN = re.compile(r"[\w.@-]{2,40}")
# Each hash takes 64 MB of memory: more at once would be an attack on the machine.
_HASHING = threading.BoundedSemaphore(2)
_hasher: PasswordHasher | None = None
_decoy = ""


@dataclass(frozen=True)
class Account:
    """One person's way in: ``login`` is typed, ``name`` stands in the audit log."""

    login: str
    name: str
    role: str = "viewer"
    unit_id: str | None = None
    is_disabled: bool = False
    note: str = ""


def login_key(text: str) -> str:
    """Return a login as it is stored: case and full-width letters make no difference."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


# --- accounts -----------------------------------------------------------------------------------


def problems(account: Account, _today: date) -> Problems:
    """Return what is wrong with an account, field → sentence."""
    found: Problems = {}
    if not _LOGIN.fullmatch(account.login):
        found["login"] = _("A login has 2 to 40 letters, digits or . _ - @, without blanks.")
    if not account.name.strip():
        found["name"] = _("Please give the name the audit log shall show.")
    elif len(account.name) > NAME_LENGTH:
        found["name"] = _("Too long: {length} characters; at most {limit} fit here.").format(
            length=len(account.name), limit=NAME_LENGTH
        )
    if account.role not in ACCOUNT_ROLES:
        found["role"] = _("Please choose a role.")
    if account.unit_id and account.role != "clerk":
        found["unit_id"] = _("Only a clerk can be bound to a unit.")
    return found


def reference_problems(tx: Reader, account: Account, account_id: str | None) -> Problems:
    """Return what does not fit the register: the login is taken, or nobody would be left."""
    found: Problems = {}
    taken = tx.first("account_of_login", login=account.login)
    if taken and taken["id"] != account_id:
        found["login"] = _("This login is taken. Choose another.")
    if (account.role != "administrator" or account.is_disabled) and account_id:
        others = tx.first("administrators_but", id=account_id)
        was = tx.record("account", account_id)
        if was and was["role"] == "administrator" and not (others and others["number"]):
            found["role"] = _("This is the last administrator. Make another one first.")
    return found


RECORD_TYPE: RecordType[Account] = RecordType(
    "account",
    Account,
    problems,
    reference_problems,
    references=(Reference("unit_id", "unit"),),
    write_right="accounts",
)


def save(
    store: Store,
    account: Account,
    *,
    actor: Actor,
    today: date,
    account_id: str | None = None,
    row_version: int | None = None,
) -> str:
    """Add or change an account; return its id. Disabling it ends its sessions and its calendar.

    Raises ValidationError with every problem, StaleError when somebody saved first.
    """
    account = replace(account, login=login_key(account.login))
    with store.write(actor) as tx:
        saved = RECORD_TYPE.save_in(
            tx, account, today=today, record_id=account_id, row_version=row_version
        )
        if account.is_disabled:
            _end_access(tx, saved)
    return saved


def row_of(store: Store, login: str) -> Row | None:
    """Return one row of ``account_list`` by what its holder types, disabled or not."""
    key = login_key(login)
    return next((row for row in store.query("account_list") if row["login"] == key), None)


def by_login(store: Store, login: str) -> Person | None:
    """Return who an account in use belongs to, for work without a browser."""
    row = row_of(store, login)
    if row is None or row["is_disabled"]:
        return None
    role = effective_role(row["role"], row["unit_id"])
    return Person(row["name"], role, row["id"], row["login"], row["unit_id"])


def switch(store: Store, account_id: str, is_disabled: bool, *, actor: Actor, today: date) -> None:
    """Switch an account off or on; switched off, it is signed out everywhere.

    Raises ValidationError when nobody could administer the register any more.
    """
    stored = RECORD_TYPE.load(store, account_id)
    if stored is None:
        raise DrillbookError(_("This record is no longer in the register. Reload the list."))
    save(
        store,
        replace(stored.value, is_disabled=is_disabled),
        actor=actor,
        today=today,
        account_id=account_id,
        row_version=stored.row_version,
    )


def any_exists(store: Store) -> bool:
    """Say whether the register has an account at all; without one, the setup link makes it."""
    return bool(store.query("account_list"))


def create_first(
    store: Store, account: Account, password: str, repeated: str, *, today: date, address: str
) -> str:
    """Make the first administrator; return the account's id.

    Raises ValidationError with every problem, DrillbookError when there is an account already.
    """
    account = replace(account, login=login_key(account.login), role="administrator")
    found = problems(account, today) | password_problems(password, repeated, account.login)
    if found:
        raise ValidationError(found)
    hashed = hash_of(password)
    with store.write(Actor(account.name, address=address)) as tx:
        if tx.first("account_ids"):
            raise DrillbookError(_("There is an administrator already. Sign in instead."))
        account_id = RECORD_TYPE.save_in(tx, account, today=today)
        _keep_password(tx, account_id, hashed)
        # The sample was open to anybody at this computer; from now on one signs in.
        tx.run("end_all_access", at=tx.at)
    return account_id


# --- passwords ----------------------------------------------------------------------------------


def password_problems(password: str, repeated: str, login: str) -> Problems:
    """Return what is wrong with a new password, field → sentence."""
    if len(password) < SHORTEST_PASSWORD:
        sentence = _("A password has at least {number} characters; a short sentence is fine.")
        return {"password": sentence.format(number=SHORTEST_PASSWORD)}
    if len(password) > LONGEST_PASSWORD:
        sentence = _("A password has at most {number} characters.")
        return {"password": sentence.format(number=LONGEST_PASSWORD)}
    if len(set(password)) < 5 or login_key(password) == login:
        return {"password": _("This password is too easy to guess. Choose another.")}
    if password != repeated:
        return {"repeated": _("The two passwords differ. Type them again.")}
    return {}


def hasher() -> PasswordHasher:
    """Return the Argon2id hasher with the parameters of RFC 9106 (low memory)."""
    global _hasher
    if _hasher is None:
        from argon2 import PasswordHasher

        _hasher = PasswordHasher()
    return _hasher


def hash_of(password: str) -> str:
    """Return the hash that is stored in place of a password."""
    with _HASHING:
        return hasher().hash(password)


def _matches(stored: str | None, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    global _decoy
    if stored is None and not _decoy:
        _decoy = hash_of(secrets.token_urlsafe())
    with _HASHING:
        try:
            hasher().verify(stored or _decoy, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def _keep_password(tx: Transaction, account_id: str, hashed: str) -> None:
    tx.run("set_password", account_id=account_id, password_hash=hashed, changed_at=tx.at)
    account = tx.record("account", account_id)
    tx.audit("password", "account", account_id, label=account["name"] if account else "")


def change_password(
    store: Store, person: Person, old: str, password: str, repeated: str, *, at: datetime
) -> None:
    """Change one's own password; every other session of the account ends.

    Raises ValidationError; a wrong old password counts as a failed attempt to sign in.
    """
    try:
        # The session proves an earlier success: strangers' failures keep nobody from changing.
        _proven(store, person.login, old, person.address, at, f"session {person.session_id}")
    except SignInRefused as error:
        raise ValidationError({"old": error.message}) from error
    found = password_problems(password, repeated, person.login)
    if found:
        raise ValidationError(found)
    hashed = hash_of(password)
    with store.write(person.actor()) as tx:
        _keep_password(tx, person.account_id, hashed)
        _end_access(tx, person.account_id, but=person.session_id)


# --- one-time links -----------------------------------------------------------------------------


def make_link(store: Store, account_id: str, *, actor: Actor, at: datetime) -> str:
    """Return the secret of a new link with which the holder sets a password, within 7 days."""
    secret = secrets.token_urlsafe(32)
    with store.write(actor) as tx:
        account = tx.record("account", account_id)
        if account is None or account["is_disabled"]:
            raise DrillbookError(_("This account is disabled. Enable it first."))
        # An older link would be a second way in that nobody remembers.
        tx.run("delete_access_links", id=account_id)
        tx.run("add_access_link", id=digest(secret), account=account_id, expires=at + LINK_LASTS)
        tx.audit("link", "account", account_id, label=account["name"])
    return secret


def account_of_link(store: Store, secret: str, at: datetime) -> Row | None:
    """Return id, login and name of the account a link is for, while it holds."""
    return store.one("account_by_link", id=digest(secret), at=at)


def use_link(
    store: Store, secret: str, password: str, repeated: str, *, at: datetime, address: str
) -> str:
    """Set the password the link is for; return the account's id. The account's sessions end.

    Raises ValidationError, and DrillbookError when the link was used or is too old.
    """
    account = account_of_link(store, secret, at)
    gone = DrillbookError(
        _("This link was used already or is too old. Ask your administrator for a new one.")
    )
    if account is None:
        raise gone
    found = password_problems(password, repeated, account["login"])
    if found:
        raise ValidationError(found)
    hashed = hash_of(password)
    with store.write(Actor(account["name"], account["id"], address)) as tx:
        # Asked again inside: two clicks on one link are two attempts.
        if not tx.first("account_by_link", id=digest(secret), at=at):
            raise gone
        tx.run("use_access_link", id=digest(secret), at=at)
        _keep_password(tx, account["id"], hashed)
        _end_access(tx, account["id"])
    return str(account["id"])


# --- signing in ---------------------------------------------------------------------------------


def sign_in(
    store: Store, login: str, password: str, *, address: str, at: datetime, devices: Devices = None
) -> str:
    """Return the id of the account that login and password prove.

    ``devices`` is what the browser has of earlier successes, account id → device. Raises
    SignInRefused with one sentence for every reason; the delay grows with each failure.
    """
    key = login_key(login)[:LONGEST_PASSWORD]
    account = store.one("account_by_login", login=key)
    device = (devices or {}).get(account["id"], "") if account else ""
    return str(_proven(store, key, password, address, at, device)["id"])


def _proven(
    store: Store, login: str, password: str, address: str, at: datetime, device: str
) -> Row:
    account = store.one("account_by_login", login=login)
    attempt = sign_in_delays.count(
        store, login, address, device=device, is_account=account is not None, at=at
    )
    if not _matches(account["password_hash"] if account else None, password) or account is None:
        raise SignInRefused(_("Login or password is wrong."))
    if account["is_disabled"]:
        raise SignInRefused(_("This account is disabled. Ask your administrator."))
    sign_in_delays.take_back(store, attempt)
    return account


def account_of_identity(
    store: Store, issuer: str, subject: str, name: str, role: Role, *, today: date, address: str
) -> str:
    """Return the account of somebody an identity provider vouches for, made at the first visit.

    Name and role follow the provider at every visit. Raises SignInRefused when it is disabled.
    """
    who = {"issuer": issuer, "subject": subject}
    with store.write(Actor(name, address=address), "single-sign-on") as tx:
        known = tx.first("account_of_identity", **who)
        if known is None:
            login = f"sso-{digest(issuer + ' ' + subject)[:12]}"
            account_id = RECORD_TYPE.save_in(tx, Account(login, name, role), today=today)
            tx.run("add_account_identity", **who, account_id=account_id)
            return account_id
        account = tx.record("account", known["account_id"])
        if account is None or account["is_disabled"]:
            raise SignInRefused(_("This account is disabled. Ask your administrator."))
        if (account["name"], account["role"]) != (name, role):
            changes = {"name": name, "role": role}
            tx.update("account", account["id"], changes, account["row_version"])
        return str(account["id"])


# --- sessions -----------------------------------------------------------------------------------


def digest(secret: str) -> str:
    """Return what is stored of a secret that a cookie or link holds."""
    return sha256(secret.encode()).hexdigest()


def last_sign_out(store: Store, account_id: str) -> datetime | None:
    """Return when a session of the account was last ended, by its holder or by force."""
    row = store.one("access_last_end", account_id=account_id)
    return row["ended_at"] if row else None


def open_session(
    store: Store,
    account_id: str | None,
    *,
    address: str,
    at: datetime,
    lasts: timedelta = SESSION_LASTS,
) -> str:
    """Begin a session; return the secret for the cookie. Without an account: sample mode."""
    secret = secrets.token_urlsafe(32)
    account = store.record("account", account_id) if account_id else None
    name = account["name"] if account else sample_name()
    with store.write(Actor(name, account_id or "", address)) as tx:
        tx.run(
            "add_access_session",
            id=digest(secret),
            account_id=account_id,
            address=address,
            at=at,
            expires_at=at + lasts,
        )
        tx.audit("sign_in", "account", account_id or "", label=name)
    return secret


def sample_name() -> str:
    """Return what the audit log calls a visitor without an account."""
    # A stored word: always the office's language, whatever this visitor reads.
    with use_language(DEFAULT):
        return _("Visitor of the sample years")


def person_of(store: Store, secret: str, *, at: datetime, is_seen: bool = True) -> Person | None:
    """Return who holds a session, or nothing when it ended, is too old or its account is barred.

    ``is_seen`` counts the question as a sign of life; a tab that only asks is none.
    """
    row = store.one("access_person", id=digest(secret))
    if row is None or row["is_barred"] or at >= row["expires_at"]:
        return None
    if at - row["seen_at"] >= SESSION_IDLES:
        return None
    if row["account_id"] is None and any_exists(store):
        return None
    if is_seen and at - row["seen_at"] >= SEEN_EVERY:
        with store.write(row["session_id"], "session", is_record=False) as tx:
            tx.run("see_access_session", at=at, id=row["session_id"])
    is_sample = row["account_id"] is None
    return Person(
        name=sample_name() if is_sample else row["name"],
        role=SAMPLE_ROLE if is_sample else effective_role(row["role"], row["unit_id"]),
        account_id=row["account_id"] or "",
        login=row["login"] or "",
        unit_id=row["unit_id"],
        address=row["address"],
        session_id=row["session_id"],
    )


def end_session(store: Store, person: Person) -> None:
    """Sign somebody out: the session is over in every tab that uses it."""
    with store.write(person.actor()) as tx:
        tx.run("end_access_session", at=tx.at, id=person.session_id)
        tx.audit("sign_out", "account", person.account_id, label=person.name)


def end_sessions(store: Store, account_id: str, *, actor: Actor) -> None:
    """Sign somebody out everywhere: his sessions and his calendar address end.

    A one-time link stays: whoever administers accounts may just have made it for him.
    """
    with store.write(actor) as tx:
        _end_sessions(tx, account_id)
        account = tx.record("account", account_id)
        tx.audit("sign_out", "account", account_id, label=account["name"] if account else "")


def _end_access(tx: Transaction, account_id: str, but: str = "") -> None:
    """End every way in that was open until now: sessions, calendar address, one-time links."""
    _end_sessions(tx, account_id, but)
    tx.run("delete_access_links", id=account_id)


def _end_sessions(tx: Transaction, account_id: str, but: str = "") -> None:
    tx.run("end_access_of_account", at=tx.at, account_id=account_id, but=but)
    tx.run("delete_calendar_feed", id=account_id)


def signing_secret(store: Store) -> str:
    """Return what cookies are signed with; it stays over restarts."""
    made = {"name": "cookie", "value": secrets.token_urlsafe(48)}
    with store.write(PROGRAM, "start", is_record=False) as tx:
        tx.run("add_access_secret", **made)
        held = tx.first("cookie_secret")
    return str(held["value"]) if held else made["value"]
