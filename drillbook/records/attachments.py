"""Files that belong to a record: kept beside the register under the hash of their content.

A file is on the disk before the transaction that names it begins; one that no row names is
harmless. Nothing is ever deleted, and no file is read back whose content is not what was stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from drillbook.core import disk, vocabulary
from drillbook.core.errors import DrillbookError, ValidationError
from drillbook.core.i18n import gettext as _
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction
from drillbook.records import attachment_types

LARGEST_BYTES = 30 * 1024 * 1024
NAME_LENGTH = 200
SUBJECTS = frozenset(
    {"plan", "plan_version", "plan_revision", "programme"}
    | {"planned_drill", "drill_session", "team", "unit"}
    | {"session_evaluation", "finding", "corrective_action"}
    | {"mechanism", "meeting", "decision"}
)

_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    r"|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
# Windows cannot write files of these names, whatever their ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_UNWRITABLE = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class File:
    """A stored file as it is handed out; ``content`` is verified."""

    name: str
    media_type: str
    content: bytes


def folder(store: Store) -> Path:
    """Return where the register's files lie: ``<register>.files`` beside it."""
    return store.path.with_name(store.path.name + ".files")


def path_of(store: Store, digest: str) -> Path:
    """Return where the content with this SHA-256 lies."""
    return folder(store) / digest[:2] / digest


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: its cleaned name, its media type and its size in bytes."""

    name: str
    media_type: str
    size: int


def cleaned_name(name: str) -> str:
    """Return a file name every system can write, at most 200 characters long.

    Folders, unseen characters, blanks and dots around it are left out; what Windows cannot write
    becomes an underscore. What remains of a name made of nothing else is empty.
    """
    last = PurePosixPath(_UNSEEN.sub("", name).replace("\\", "/")).name
    last = _UNWRITABLE.sub("_", " ".join(last.split())).strip(". ")
    if _RESERVED.match(last):
        last = f"_{last}"
    if len(last) > NAME_LENGTH:
        suffix = PurePosixPath(last).suffix[:10]
        last = last[: NAME_LENGTH - len(suffix)].rstrip(". ") + suffix
    return last


def keep(store: Store, content: bytes) -> str:
    """Put content on the disk for good and return its SHA-256; call it before the transaction.

    Raises DrillbookError when the disk refuses.
    """
    digest = sha256(content).hexdigest()
    path = path_of(store, digest)
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            disk.write_whole(path, content)
        except OSError as error:
            raise disk.refusal(error, path.parent) from error
    return digest


def add(
    store: Store,
    subject_type: str,
    subject_id: str,
    kind: str,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    stage: str = "",
) -> str:
    """Attach a file to a record of the table ``subject_type``; return the attachment's id.

    ``stage`` says to which stage of a revision it belongs.

    Raises ValidationError when the file may not be kept (``checked``), DrillbookError when the
    record is gone.
    """
    accepted = checked(kind, name, content)
    digest = keep(store, content)
    with store.write(actor) as tx:
        return add_in(tx, subject_type, subject_id, kind, accepted, digest, stage)


def checked(kind: str, name: str, content: bytes) -> Accepted:
    """Return what is kept of a file, or raise ValidationError with the problem at ``file``.

    It unpacks what is packed: call it before the transaction.
    """
    clean = cleaned_name(name)
    if not clean:
        raise ValidationError({"file": _("The file needs a name.")})
    if not content:
        raise ValidationError({"file": _("“{name}” is empty.").format(name=clean)})
    if len(content) > LARGEST_BYTES:
        sentence = _("“{name}” is too large: at most {limit} MB fit here. Make it smaller first.")
        limit = LARGEST_BYTES // 1024 // 1024
        raise ValidationError({"file": sentence.format(name=clean, limit=limit)})
    if not vocabulary.is_code("attachment_kind", kind):
        raise ValidationError({"kind": _("“{code}” is not in the list.").format(code=kind[:50])})
    return Accepted(clean, attachment_types.media_type(clean, content), len(content))


def add_in(
    tx: Transaction,
    subject_type: str,
    subject_id: str,
    kind: str,
    accepted: Accepted,
    digest: str,
    stage: str = "",
) -> str:
    """Add the row inside an open transaction; ``accepted`` and ``digest`` are made before it."""
    if subject_type not in SUBJECTS:
        raise ValueError(f"nothing can be attached to {subject_type!r}")
    if stage and not vocabulary.is_code("revision_stage", stage):
        raise ValidationError({"stage": _("“{code}” is not in the list.").format(code=stage[:50])})
    subject = tx.record(subject_type, subject_id)
    if subject is None or subject.get("voided_at") is not None:
        raise DrillbookError(_("The record this file belongs to is no longer in the register."))
    return tx.insert(
        "attachment",
        {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "kind": kind,
            "file_name": accepted.name,
            "media_type": accepted.media_type,
            "size_bytes": accepted.size,
            "sha256": digest,
            "stage": stage,
        },
    )


def listed(store: Store, subject_type: str, subject_id: str) -> list[Row]:
    """Return a record's files, the latest first: id, kind, file_name, size_bytes, row_version …"""
    return store.query("attachment_list", subject_type=subject_type, subject_id=subject_id)


def read(store: Store, attachment_id: str) -> File:
    """Return a file with its content.

    Raises DrillbookError when it is gone from the disk or is not what was stored.
    """
    row = store.record("attachment", attachment_id)
    if row is None:
        raise DrillbookError(_("This record is no longer in the register. Reload the list."))
    try:
        content = path_of(store, row["sha256"]).read_bytes()
    except OSError as error:
        raise DrillbookError(
            _("“{name}” is missing beside the register. Put back a copy of its folder.").format(
                name=row["file_name"]
            )
        ) from error
    if sha256(content).hexdigest() != row["sha256"]:
        raise DrillbookError(
            _("“{name}” was changed or damaged on the disk; it is not handed out.").format(
                name=row["file_name"]
            )
        )
    return File(row["file_name"], row["media_type"], content)


def void(store: Store, attachment_id: str, reason: str, row_version: int, *, actor: Actor) -> None:
    """Take a file out of its record; the reason and the content are kept."""
    if not reason.strip():
        raise ValidationError({"void_reason": _("Please say why this record is voided.")})
    with store.write(actor) as tx:
        tx.void("attachment", attachment_id, reason.strip()[:500], row_version)


def restore(store: Store, attachment_id: str, row_version: int, *, actor: Actor) -> None:
    """Bring a voided file back."""
    with store.write(actor) as tx:
        tx.restore("attachment", attachment_id, row_version)
