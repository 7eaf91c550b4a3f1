"""Who may do what, written down by hand: the product's policy is held against it, both ways.

A grant that somebody adds to the policy fails until it stands here too, and so does a line here
that the policy does not know. Somebody without an account is the stranger. ``write`` is all that
changes a kind of record: adding, changing, voiding, restoring, attaching files.
"""

from __future__ import annotations

PEOPLE = ("stranger", "viewer", "unit_clerk", "clerk", "lead", "administrator")
MATRIX = """\
kind    name                   stranger viewer unit_clerk clerk lead administrator
right   public                 yes      yes    yes        yes   yes  yes
right   enter                  ·        yes    yes        yes   yes  yes
right   drills                 ·        yes    yes        yes   yes  yes
right   look                   ·        yes    ·          yes   yes  yes
right   export                 ·        yes    ·          yes   yes  yes
right   contacts               ·        ·      yes        yes   yes  yes
right   log                    ·        ·      yes        yes   yes  yes
right   edit                   ·        ·      ·          yes   yes  yes
right   lead                   ·        ·      ·          ·     yes  yes
right   audit                  ·        ·      ·          ·     yes  yes
right   accounts               ·        ·      ·          ·     ·    yes
right   backup                 ·        ·      ·          ·     ·    yes

page    dashboard              ·        yes    ·          yes   yes  yes
page    due                    ·        yes    ·          yes   yes  yes
page    revisions              ·        yes    ·          yes   yes  yes
page    coverage               ·        yes    ·          yes   yes  yes
page    log                    ·        ·      yes        yes   yes  yes
page    log-many               ·        ·      yes        yes   yes  yes
page    import                 ·        ·      ·          yes   yes  yes
page    propose                ·        ·      ·          ·     yes  yes
page    sessions               ·        yes    yes        yes   yes  yes
page    programme              ·        yes    yes        yes   yes  yes
page    findings               ·        yes    yes        yes   yes  yes
page    plans                  ·        yes    ·          yes   yes  yes
page    teams                  ·        yes    ·          yes   yes  yes
page    units                  ·        yes    ·          yes   yes  yes
page    mechanisms             ·        yes    ·          yes   yes  yes
page    statistics             ·        yes    ·          yes   yes  yes
page    rules                  ·        ·      ·          ·     yes  yes
page    checks                 ·        ·      ·          yes   yes  yes
page    audit                  ·        ·      ·          ·     yes  yes
page    accounts               ·        ·      ·          ·     ·    yes
page    backups                ·        ·      ·          ·     ·    yes
page    retention              ·        ·      ·          ·     ·    yes
page    account                ·        yes    yes        yes   yes  yes

write   drill_session          ·        ·      yes        yes   yes  yes
write   session_evaluation     ·        ·      yes        yes   yes  yes
write   finding                ·        ·      yes        yes   yes  yes
write   corrective_action      ·        ·      yes        yes   yes  yes
write   unit                   ·        ·      ·          yes   yes  yes
write   team                   ·        ·      ·          yes   yes  yes
write   plan                   ·        ·      ·          ·     yes  yes
write   plan_version           ·        ·      ·          ·     yes  yes
write   plan_revision          ·        ·      ·          ·     yes  yes
write   programme              ·        ·      ·          ·     yes  yes
write   planned_drill          ·        ·      ·          ·     yes  yes
write   mechanism              ·        ·      ·          ·     yes  yes
write   meeting                ·        ·      ·          ·     yes  yes
write   decision               ·        ·      ·          ·     yes  yes
write   office_setting         ·        ·      ·          ·     yes  yes
write   rule                   ·        ·      ·          ·     yes  yes
write   office_event           ·        ·      ·          ·     yes  yes
write   working_day_correction ·        ·      ·          ·     yes  yes
write   sample                 ·        ·      ·          ·     yes  yes
write   account                ·        ·      ·          ·     ·    yes
write   backup                 ·        ·      ·          ·     ·    yes

import  units                  ·        ·      ·          yes   yes  yes
import  teams                  ·        ·      ·          yes   yes  yes
import  sessions               ·        ·      ·          yes   yes  yes
import  plans                  ·        ·      ·          ·     yes  yes
import  programme              ·        ·      ·          ·     yes  yes

route   /healthz               yes      yes    yes        yes   yes  yes
route   /sign-in               yes      yes    yes        yes   yes  yes
route   /setup                 yes      yes    yes        yes   yes  yes
route   /welcome               yes      yes    yes        yes   yes  yes
route   /sample                yes      yes    yes        yes   yes  yes
route   /enter                 yes      yes    yes        yes   yes  yes
route   /presence              ·        yes    yes        yes   yes  yes
route   /files/{id}            ·        ·      yes        yes   yes  yes
route   /calendar/{secret}.ics yes      yes    yes        yes   yes  yes
route   /control/{command}     ·        ·      ·          ·     ·    yes

command serve                  ·        ·      ·          ·     ·    yes
command init                   ·        ·      ·          ·     ·    yes
command demo                   ·        ·      ·          ·     yes  yes
command import                 ·        ·      ·          yes   yes  yes
command stats                  ·        yes    ·          yes   yes  yes
command export                 ·        yes    ·          yes   yes  yes
command due                    ·        yes    ·          yes   yes  yes
command verify                 ·        yes    ·          yes   yes  yes
command backup                 ·        ·      ·          ·     ·    yes
command restore                ·        ·      ·          ·     ·    yes
command recover                ·        ·      ·          ·     ·    yes
command account                ·        ·      ·          ·     ·    yes
"""


def _read() -> dict[tuple[str, str], frozenset[str]]:
    lines = [line.split() for line in MATRIX.splitlines() if line]
    assert tuple(lines[0][2:]) == PEOPLE
    found: dict[tuple[str, str], frozenset[str]] = {}
    for kind, name, *cells in lines[1:]:
        assert len(cells) == len(PEOPLE), name
        assert set(cells) <= {"yes", "·"}, name
        assert (kind, name) not in found, name
        found[kind, name] = frozenset(
            p for p, cell in zip(PEOPLE, cells, strict=True) if cell == "yes"
        )
    return found


ALLOWED = _read()
"""Kind (right, page, write, import, route, command) and name → who may."""


def may(person: str, kind: str, name: str) -> bool:
    """Say what the table above says."""
    return person in ALLOWED[kind, name]


def names(kind: str) -> set[str]:
    """Return every name of one kind."""
    return {name for known, name in ALLOWED if known == kind}
