"""Who may do what: the one table that pages, routes, writes and commands are guarded by.

It decides and refuses; it does not know how somebody proved who he is (accounts) or where he
stands (screens, routes, command line).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor

Role = Literal["viewer", "clerk", "unit_clerk", "lead", "administrator"]
Permission = Literal[
    "public",  # nothing is asked
    "enter",  # be signed in: one's own account, leaving
    "drills",  # read drill sessions and the programme
    "look",  # read everything else but personal data
    "export",  # take the year's files away
    "contacts",  # read telephone numbers and names of contacts, open attached files
    "log",  # log and change drill sessions
    "edit",  # change units and teams, import workbooks of them and of sessions
    "lead",  # change plans, programme and what the office decides; load the sample years
    "audit",  # read the audit log
    "accounts",  # make and change accounts
    "backup",  # back up, restore, keep time limits
]

_VIEWER: frozenset[Permission] = frozenset({"public", "enter", "drills", "look", "export"})
_CLERK: frozenset[Permission] = _VIEWER | frozenset[Permission]({"contacts", "log", "edit"})
_LEAD: frozenset[Permission] = _CLERK | frozenset[Permission]({"lead", "audit"})
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "viewer": _VIEWER,
    # A clerk bound to a unit sees and logs that unit's drills and nothing else.
    "unit_clerk": frozenset({"public", "enter", "drills", "contacts", "log"}),
    "clerk": _CLERK,
    "lead": _LEAD,
    "administrator": _LEAD | frozenset[Permission]({"accounts", "backup"}),
}
NOBODY: frozenset[Permission] = frozenset({"public"})

ACCOUNT_ROLES: tuple[Role, ...] = ("viewer", "clerk", "lead", "administrator")
"""What an account can be; ``unit_clerk`` is a clerk whose account names a unit."""

PAGES: Mapping[str, Permission] = {
    "dashboard": "look",
    "due": "look",
    "revisions": "look",
    "coverage": "look",
    "log": "log",
    "log-many": "log",
    "import": "edit",
    "propose": "lead",
    "sessions": "drills",
    "programme": "drills",
    "findings": "drills",
    "plans": "look",
    "teams": "look",
    "units": "look",
    "mechanisms": "look",
    "statistics": "look",
    "rules": "lead",
    "checks": "edit",
    "audit": "audit",
    "accounts": "accounts",
    "backups": "backup",
    "retention": "backup",
    "account": "enter",
}
"""Address of a page → what it takes to open it."""

ROUTES: Mapping[str, Permission] = {
    "/healthz": "public",
    "/sign-in": "public",
    "/setup": "public",
    "/welcome": "public",
    "/sample": "public",
    "/enter": "public",
    "/presence": "enter",
    "/files/{id}": "contacts",
    # Its address holds a secret of its own; a calendar has no cookie.
    "/calendar/{secret}.ics": "public",
    "/control/{command}": "backup",
}
"""Route of the launcher → what it takes; each checks by itself what more its purpose asks."""

WRITES: Mapping[str, Permission] = {
    "drill_session": "log",
    "session_evaluation": "log",
    "finding": "log",
    "corrective_action": "log",
    "unit": "edit",
    "team": "edit",
    "plan": "lead",
    "plan_version": "lead",
    "plan_revision": "lead",
    "programme": "lead",
    "planned_drill": "lead",
    "mechanism": "lead",
    "meeting": "lead",
    "decision": "lead",
    "office_setting": "lead",
    "rule": "lead",
    "office_event": "lead",
    "working_day_correction": "lead",
    "sample": "lead",
    "account": "accounts",
    "backup": "backup",
}
"""Kind of record → what it takes to add, change or void it, and to attach files to it."""

IMPORTS: Mapping[str, Permission] = {
    "units": "edit",
    "teams": "edit",
    "sessions": "edit",
    "plans": "lead",
    "programme": "lead",
}
"""Kind of workbook → what it takes to import it."""

COMMANDS: Mapping[str, Permission] = {
    "serve": "backup",
    "init": "backup",
    "demo": "lead",
    "import": "edit",
    "stats": "look",
    "export": "export",
    "due": "look",
    "verify": "look",
    "backup": "backup",
    "restore": "backup",
    "recover": "backup",
    "account": "accounts",
}
"""Command → what it takes from the account that ``--as`` names; without it, all is allowed to
whoever may read the register's file."""


class AccessError(DrillbookError):
    """Somebody asked for what his role does not include, or is no longer signed in."""


@dataclass(frozen=True)
class Person:
    """Who is there: a name, a role and, for a clerk of one unit, that unit."""

    name: str
    role: Role
    account_id: str = ""
    login: str = ""
    unit_id: str | None = None
    address: str = ""
    session_id: str = ""

    @property
    def is_sample(self) -> bool:
        """Whether this is a visitor without an account, looking at the sample years."""
        return not self.account_id and bool(self.session_id)

    @property
    def bound_unit_id(self) -> str | None:
        """The unit whose drills are all that this person may see, or nothing."""
        return self.unit_id if self.role == "unit_clerk" else None

    def may(self, permission: Permission) -> bool:
        """Say whether the role includes ``permission``."""
        return permission in PERMISSIONS[self.role]

    def may_write(self, table: str) -> bool:
        """Say whether the role includes changing records of ``table``."""
        return self.may(WRITES[table])

    def require(self, permission: Permission) -> None:
        """Raise AccessError unless the role includes ``permission``."""
        if not self.may(permission):
            raise AccessError(
                _("Your account does not include this. Ask your administrator for it."),
                title=_("Not allowed"),
            )

    def actor(self) -> Actor:
        """Return who the audit trail names."""
        return Actor(self.name, self.account_id, self.address)


def may(person: Person | None, permission: Permission) -> bool:
    """Say whether ``person``, or a stranger, may do what takes ``permission``."""
    return permission in NOBODY if person is None else person.may(permission)


def effective_role(role: str, unit_id: str | None) -> Role:
    """Return the role an account has: a clerk who is bound to a unit is that unit's clerk."""
    if role == "clerk" and unit_id:
        return "unit_clerk"
    return next(known for known in ACCOUNT_ROLES if known == role)
