"""One open write: rows and their audit lines go in together, or not at all.

It knows tables, not what a drill is. Each write is noted as it is executed, for the journal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import uuid6

from drillbook.core import json_codec
from drillbook.core.clock import now
from drillbook.core.errors import DrillbookError, StaleError
from drillbook.core.i18n import gettext as _
from drillbook.db import audit_chain, composed
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Connection, Row
from drillbook.db.journal import Entry, Mark
from drillbook.db.queries import bound
from drillbook.db.reader import Reader
from drillbook.db.tables import KEPT_LINE_IDS, LABEL_COLUMNS, LINES

SUBMISSIONS_KEPT = timedelta(days=90)
"""How long a form may be sent again without being saved again: as long as its draft is kept."""


def new_id() -> str:
    """Return a new UUIDv7 as text: unique across registers, sorted by time of making."""
    return str(uuid6.uuid7())


def as_json(row: Mapping[str, Any]) -> str:
    """Return a row as the audit trail keeps it: readable JSON, dates as ISO text."""
    return json.dumps(row, ensure_ascii=False, default=str, sort_keys=True)


class Transaction(Reader):
    """One open write of ``actor``; the store opens, commits and rolls it back."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        source: str,
        at: datetime | None = None,
        *,
        is_journalled: bool = False,
    ) -> None:
        super().__init__(connection)
        self.actor, self.source, self.at = actor, source, at or now()
        self.is_journalled = is_journalled
        self.statements: list[str] = []
        self.answer: Any = None
        self._head: tuple[int, str] | None = None

    def run(self, query_name: str, /, **parameters: Any) -> None:
        """Run a named statement; the journal repeats it with these values."""
        self.execute(*bound(query_name, parameters))

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a composed statement; the journal repeats it with these values.

        So it must do the same at any time: no now(), no random().
        """
        self.connection.execute(sql, parameters)
        self._note([sql, dict(parameters or {})])

    def _note(self, statement: list[Any]) -> None:
        # Encoded at once: the caller may change the rows afterwards.
        if self.is_journalled:
            self.statements.append(json_codec.encoded(statement))

    def repeat(self, entry: Entry) -> None:
        """Run the statements of a journal's line, and take the line for contained."""
        for statement in entry.statements:
            if len(statement) == 2:
                self.execute(*statement)
            else:
                table, columns, rows = statement
                self.add_rows(table, [dict(zip(columns, row, strict=True)) for row in rows])
        self.keep_mark(entry.mark)

    def keep_mark(self, mark: Mark) -> None:
        """Write down up to which line of the journal the register goes; in no journal itself."""
        code, given = bound(
            "keep_journal_mark", {"sequence": mark.sequence, "checksum": mark.checksum}
        )
        self.connection.execute(code, given)

    def keep_submission(self, token: str) -> None:
        """Remember ``answer`` for whoever sends the same form again; old ones are dropped."""
        self.run("drop_form_submissions", before=self.at - SUBMISSIONS_KEPT)
        self.run(
            "keep_form_submission",
            token=token,
            answer_json=json.dumps(self.answer),
            submitted_at=self.at,
        )

    def add_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows (all with the same columns) in one statement, without audit lines."""
        if not rows:
            return
        composed.checked_all([table, *rows[0]])
        self.connection.append(table, rows)
        if not self.is_journalled:
            return
        names = list(rows[0])
        self._note([table, names, [[row[name] for name in names] for row in rows]])

    def insert_many(
        self,
        table: str,
        rows: Sequence[Mapping[str, Any]],
        lines: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]] | None = None,
        action: str = "insert",
    ) -> list[str]:
        """Add records and their lines in bulk; ``lines[table][i]`` belong to ``rows[i]``.

        Each record gets one audit line that holds its lines too. Returns the new ids.
        """
        lines = {name: [_with_ids(g) for g in groups] for name, groups in (lines or {}).items()}
        stamped = [
            {"id": new_id()} | dict(row) | {"created_at": self.at, "updated_at": self.at}
            for row in rows
        ]
        self.add_rows(table, stamped)
        for line_table, groups in lines.items():
            self._add_lines(line_table, [r["id"] for r in stamped], groups)
        self.add_rows(
            "audit_event",
            [
                self._event(
                    action,
                    table,
                    row["id"],
                    after=row | {name: list(groups[i]) for name, groups in lines.items()},
                )
                for i, row in enumerate(stamped)
            ],
        )
        return [row["id"] for row in stamped]

    def insert(
        self,
        table: str,
        row: Mapping[str, Any],
        lines: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> str:
        """Add one record with its lines and audit line; return its id."""
        groups = {name: [list(rows)] for name, rows in (lines or {}).items()}
        return self.insert_many(table, [row], groups)[0]

    def update(
        self,
        table: str,
        record_id: str,
        changes: Mapping[str, Any],
        row_version: int,
        lines: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        action: str = "update",
        label: str = "",
    ) -> None:
        """Change one record, and replace those of its lines that are given.

        What says the same as the record changes nothing: no version, no audit line. Raises
        StaleError when somebody saved after ``row_version`` was read.
        """
        before = self.record(table, record_id)
        if before is None:
            raise DrillbookError(_("This record is no longer in the register. Reload the list."))
        if before["row_version"] != row_version:
            raise StaleError(_("Somebody else saved this record while you were editing."), before)
        lines = {name: _with_ids(rows) for name, rows in (lines or {}).items()}
        held = {name: self.lines(name, record_id) for name in lines}
        if _holds(before, changes) and all(_are(held[name], rows) for name, rows in lines.items()):
            return
        self.execute(
            composed.update_record(table, list(changes)),
            {**changes, "now_at": self.at, "record_id": record_id},
        )
        for name, rows in lines.items():
            self.replace_lines(name, record_id, rows)
        shown = {column: before[column] for column in changes}
        self.audit(
            action,
            table,
            record_id,
            shown | held,
            {**changes, **lines},
            label=label or _label(before | dict(changes)),
        )

    def void(self, table: str, record_id: str, reason: str, row_version: int) -> None:
        """Take one record out of every list and figure, with the reason; it stays restorable."""
        changes = {"voided_at": self.at, "void_reason": reason}
        self.update(table, record_id, changes, row_version, action="void")

    def restore(self, table: str, record_id: str, row_version: int) -> None:
        """Bring a voided record back."""
        changes = {"voided_at": None, "void_reason": ""}
        self.update(table, record_id, changes, row_version, action="restore")

    def replace_lines(self, table: str, record_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make ``rows`` the only lines of the record in ``table``.

        A row with the id of a line that is there changes it: columns it does not name stay.
        """
        has_ids = table in KEPT_LINE_IDS
        held = {line["id"]: line for line in self.lines(table, record_id) if has_ids}
        kept = [_changed(held[row["id"]], row) for row in rows if row.get("id") in held]
        new = [row for row in rows if row.get("id") not in held]
        self.execute(composed.delete_lines(table, LINES[table]), {"record_id": record_id})
        self._add_lines(table, [record_id], [kept])
        self._add_lines(table, [record_id], [new])

    def audit(
        self,
        action: str,
        subject_type: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> None:
        """Write one audit line."""
        event = self._event(action, subject_type, subject_id, before, after, label)
        self.add_rows("audit_event", [event])

    def _event(
        self,
        action: str,
        subject_type: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> Row:
        event: Row = {
            "id": new_id(),
            "happened_at": self.at,
            "actor": str(self.actor),
            "account_id": self.actor.account_id,
            "address": self.actor.address,
            "source": self.source,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "subject_label": label or _label(after or {}),
            "before_json": as_json(before) if before else None,
            "after_json": as_json(after) if after else None,
        }
        return self.chained(event)

    def chained(self, event: Row) -> Row:
        """Return an audit line with its place in the chain; the next one follows it."""
        position, previous = self._head or self._stored_head()
        event["position"] = position + 1
        event["content_hash"] = audit_chain.content_hash(event["before_json"], event["after_json"])
        event["chain_hash"] = audit_chain.chain_hash(previous, event)
        self._head = event["position"], event["chain_hash"]
        return event

    def _stored_head(self) -> tuple[int, str]:
        head = self.first("audit_chain_end")
        return (head["position"], head["chain_hash"]) if head else (0, audit_chain.FIRST_HASH)

    def close_chain(self) -> None:
        """Keep the end of the audit chain; the store calls it before the commit."""
        if self._head is not None:
            if not self.is_journalled:
                # Rebuilt from its journal, the trail would have a hole here.
                raise RuntimeError("a write that is no record leaves no line in the audit trail")
            position, chain_hash = self._head
            self.run("keep_audit_head", position=position, chain_hash=chain_hash)

    def _add_lines(
        self,
        table: str,
        record_ids: Sequence[str],
        groups: Sequence[Sequence[Mapping[str, Any]]],
    ) -> None:
        column = LINES[table]
        rows: list[Row] = []
        for record_id, group in zip(record_ids, groups, strict=True):
            for line in group:
                line_id = {"id": line.get("id") or new_id()} if table in KEPT_LINE_IDS else {}
                rows.append(dict(line) | line_id | {column: record_id})
        self.add_rows(table, rows)


def _with_ids(lines: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return lines whose kind keeps its ids, the new ones with an id of their own."""
    return [
        {**line, "id": line["id"] or new_id()} if "id" in line else dict(line) for line in lines
    ]


def _holds(row: Row, values: Mapping[str, Any]) -> bool:
    """Say whether a row holds these values already."""
    return all(row.get(column) == value for column, value in values.items())


def _are(lines: Sequence[Row], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether ``rows`` say what the lines hold; their order is one of their columns."""
    left = list(lines)
    for row in rows:
        same = next((line for line in left if _holds(line, row)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _changed(before: Row, row: Mapping[str, Any]) -> Row:
    """Return a line with the columns that ``row`` names; one that differs has a new version."""
    after = before | dict(row)
    if "row_version" in before and after != before:
        after["row_version"] = before["row_version"] + 1
    return after


def _label(row: Mapping[str, Any]) -> str:
    return next((str(row[column]) for column in LABEL_COLUMNS if row.get(column)), "")
