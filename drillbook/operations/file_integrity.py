"""Whether what lies beside the records is whole: attached files and the newest backup."""

from __future__ import annotations

from drillbook.db import attached_files, backups
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.records.attachments import path_of


def file_faults(store: Store) -> list[Row]:
    """Return the attached files that are missing or changed: subject_type, id, label."""
    return [
        {"subject_type": "attachment", "id": row["id"], "label": row["file_name"]}
        for row in store.query("attachment_files")
        if not attached_files.is_whole(path_of(store, row["sha256"]), row["sha256"])
    ]


def newest_backup_fault(store: Store) -> str:
    """Return what is wrong with the newest backup; empty when nothing is, or there is none."""
    newest = next(iter(backups.listed(store.path)), None)
    return backups.fault(newest) if newest else ""
