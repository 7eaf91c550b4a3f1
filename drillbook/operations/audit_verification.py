"""The audit trail proves itself: every line follows from the one before, none is missing.

It reads and compares; the lines themselves are written by the store. The hashes are computed here
and not in SQL, because they must not depend on the database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from drillbook.core.i18n import gettext as _
from drillbook.db import audit_chain
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store

BATCH = 5_000
MOST_BROKEN = 100
"""More breaks than this are counted, not listed."""
SHORT_HASH = 16


@dataclass(frozen=True)
class Break:
    """One place where the trail does not hold: its position, the line's id, and why."""

    position: int
    id: str
    reason: str


@dataclass(frozen=True)
class Chain:
    """What the trail proves: ``lines`` of it, from ``first`` on, up to the hash ``head``."""

    lines: int
    first: int
    last: int
    head: str
    breaks: tuple[Break, ...]
    broken: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken out, or cut off."""
        return self.broken == 0

    @property
    def short_head(self) -> str:
        """The beginning of the last line's hash, short enough to be copied on paper."""
        return short_hash(self.head)


def short_hash(text: str) -> str:
    """Return the beginning of a hash in groups of four."""
    return " ".join(text[place : place + 4] for place in range(0, SHORT_HASH, 4))


@dataclass(frozen=True)
class _Vouched:
    """What lines of the trail themselves say was taken out of it."""

    fronts: dict[int, str]
    contents: dict[int, str]


def verify(store: Store) -> Chain:
    """Compute the chain again from its first line, and compare its end with the head kept apart."""
    # One snapshot: a write between two questions would look like a line too many.
    with store.reading() as reader:
        return _walk(reader)


def _walk(reader: Reader) -> Chain:
    walk = _Walk(_vouched(reader))
    head = reader.first("audit_chain_end")
    for lines in reader.in_batches("audit_chain", BATCH):
        for line in lines:
            walk.take(line)
    walk.end(head)
    return walk.chain()


def _vouched(reader: Reader) -> _Vouched:
    fronts: dict[int, str] = {}
    contents: dict[int, str] = {}
    for row in reader.query("audit_vouchers"):
        said = _said(row["after_json"])
        if row["action"] == "expire":
            fronts[int(said.get("last_position", -1))] = str(said.get("last_chain_hash"))
        else:
            redacted = said.get("redacted_lines")
            for position, digest in (redacted if isinstance(redacted, dict) else {}).items():
                contents[int(position)] = str(digest)
    return _Vouched(fronts, contents)


def _said(text: str | None) -> dict[str, Any]:
    try:
        said = json.loads(text or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


class _Walk:
    """One walk along the trail; each break is told once, where it lies."""

    def __init__(self, vouched: _Vouched) -> None:
        self.vouched = vouched
        self.lines = self.first = self.last = self.broken = 0
        self.head = audit_chain.FIRST_HASH
        self.breaks: list[Break] = []

    def take(self, line: Row) -> None:
        """Compare one line with what it claims and with the line before it."""
        if not self.lines:
            self._begin(line)
        elif line["position"] <= self.last:
            self._tell(line, _("The line was put in: its place in the trail is taken."))
        elif line["position"] > self.last + 1:
            self._tell(line, _("Before this line, {number:,} line(s) were taken out.").format(
                number=line["position"] - self.last - 1))  # fmt: skip
        elif audit_chain.chain_hash(self.head, line) != line["chain_hash"]:
            self._tell(line, _("The line, or the one before it, was changed: its hash is wrong."))
        if self._content(line) != self._expected(line):
            self._tell(line, _("What the line says before and after was changed."))
        self.lines += 1
        self.last, self.head = line["position"], line["chain_hash"]

    def _begin(self, line: Row) -> None:
        self.first = line["position"]
        before = audit_chain.FIRST_HASH
        if self.first > 1:
            known = self.vouched.fronts.get(self.first - 1)
            if known is None:
                self._tell(
                    line, _("The lines before this one were taken out, and no line says so.")
                )
                return
            before = known
        if audit_chain.chain_hash(before, line) != line["chain_hash"]:
            self._tell(line, _("The line, or the one before it, was changed: its hash is wrong."))

    def _content(self, line: Row) -> str:
        return audit_chain.content_hash(line["before_json"], line["after_json"])

    def _expected(self, line: Row) -> str:
        if line["redacted_at"] is None:
            return str(line["content_hash"])
        # The hash of what was left, as the line that tells of the redaction recorded it.
        return self.vouched.contents.get(line["position"], "")

    def end(self, head: Row | None) -> None:
        """Compare the last line with the end of the chain that is kept apart from it."""
        kept = (head["position"], head["chain_hash"]) if head else (0, audit_chain.FIRST_HASH)
        if kept != (self.last, self.head):
            self.broken += 1
            self.breaks.append(Break(self.last, "", self._about_the_end(kept[0])))

    def _about_the_end(self, kept: int) -> str:
        if kept > self.last:
            return _("After line {position:,}, {number:,} line(s) were cut off.").format(
                position=self.last, number=kept - self.last
            )
        return _("The end of the trail was changed: the hash kept apart is another one.")

    def _tell(self, line: Row, reason: str) -> None:
        self.broken += 1
        if len(self.breaks) < MOST_BROKEN:
            self.breaks.append(Break(line["position"], line["id"], reason))

    def chain(self) -> Chain:
        """Return what was found."""
        return Chain(self.lines, self.first, self.last, self.head, tuple(self.breaks), self.broken)


def check(store: Store) -> list[Row]:
    """Return the breaks as bad rows of a data check: subject_type, id, label."""
    line = _("Line {position:,}: {reason}")
    return [
        {
            "subject_type": "audit_event",
            "id": found.id,
            "label": line.format(position=found.position, reason=found.reason),
        }
        for found in verify(store).breaks
    ]
