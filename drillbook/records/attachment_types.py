"""Which files may be attached to a record: told by their content, and named as what they are.

Everything that is not in the list is refused with a sentence that says what to do instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from drillbook.core.errors import ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.records import archive_inspection


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its media type, the endings it may have, and what people call it."""

    media_type: str
    endings: tuple[str, ...]
    called: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", (".pdf",), N_("a PDF document")),
    "png": FileKind("image/png", (".png",), N_("a PNG picture")),
    "jpeg": FileKind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), N_("a JPEG picture")),
    "gif": FileKind("image/gif", (".gif",), N_("a GIF picture")),
    "webp": FileKind("image/webp", (".webp",), N_("a WebP picture")),
    "heic": FileKind("image/heic", (".heic", ".heif"), N_("a HEIC picture")),
    "bmp": FileKind("image/bmp", (".bmp",), N_("a BMP picture")),
    "tiff": FileKind("image/tiff", (".tif", ".tiff"), N_("a TIFF picture")),
    "mp4": FileKind("video/mp4", (".mp4", ".m4v"), N_("an MP4 video")),
    "mov": FileKind("video/quicktime", (".mov", ".qt"), N_("a MOV video")),
    "docx": FileKind(f"{_OFFICE}wordprocessingml.document", (".docx",), N_("a Word document")),
    "xlsx": FileKind(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), N_("an Excel workbook")),
    "pptx": FileKind(
        f"{_OFFICE}presentationml.presentation", (".pptx", ".ppsx"), N_("a presentation")
    ),
    "odt": FileKind(f"{_OPEN}text", (".odt",), N_("an OpenDocument text")),
    "ods": FileKind(f"{_OPEN}spreadsheet", (".ods",), N_("an OpenDocument workbook")),
    "odp": FileKind(f"{_OPEN}presentation", (".odp",), N_("an OpenDocument presentation")),
    "doc": FileKind("application/msword", (".doc", ".wps"), N_("a Word document")),
    "xls": FileKind("application/vnd.ms-excel", (".xls", ".et"), N_("an Excel workbook")),
    "ppt": FileKind(
        "application/vnd.ms-powerpoint", (".ppt", ".pps", ".dps"), N_("a presentation")
    ),
    "zip": FileKind("application/zip", (".zip",), N_("a compressed archive")),
    "text": FileKind("text/plain", (".txt", ".csv"), N_("plain text")),
}
CSV_MEDIA_TYPE = "text/csv"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4 = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4V |dash|MSNV|mmp4")
_MARKUP = re.compile(
    r"\s*(<\?xml|<!doctype|<!--|<(html|head|body|svg|script|table|meta|iframe)\b)", re.IGNORECASE
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type(name: str, content: bytes) -> str:
    """Return the media type of a file that may be kept under this name.

    Raises ValidationError at ``file`` when its content is of no kind that is kept, may do harm,
    or is not what the name's ending says.
    """
    try:
        found = _kind(name, content)
    except archive_inspection.Unsafe as unsafe:
        raise _refusal(_sentence(unsafe), name, unsafe.part) from unsafe
    if found is None:
        raise _refusal(
            _(
                "“{name}” is of a kind that is not kept here. Attach a PDF, a picture, a video"
                " (MP4, MOV), plain text, an Office file without macros, or these packed as .zip."
            ),
            name,
        )
    kind = KINDS[found]
    ending = PurePosixPath(name).suffix.casefold()
    if ending not in kind.endings:
        raise _refusal(
            _("“{name}” is {what} by its content. Rename it so that it ends in {ending}."),
            name,
            what=_(kind.called),
            ending=kind.endings[0],
        )
    return CSV_MEDIA_TYPE if ending == ".csv" else kind.media_type


def _refusal(sentence: str, name: str, part: str = "", **words: str) -> ValidationError:
    return ValidationError({"file": sentence.format(name=name, part=part[-100:], **words)})


def _sentence(unsafe: archive_inspection.Unsafe) -> str:
    return {
        "damaged": _("“{name}” is damaged or incomplete. Save or pack it again, then attach it."),
        "too_large": _(
            "“{name}” unpacks to far more than belongs in one file, and was not opened. Attach"
            " what is in it one by one."
        ),
        "locked": _("“{name}” is protected by a password. Remove the password and try again."),
        "packing": _("“{name}” is packed in a rare way. Pack it as an ordinary .zip."),
        "entities": _(
            "“{name}” contains XML that could do harm ({part}). Save it again in Office or WPS."
        ),
        "macros": _(
            "“{name}” contains macros. Save it without them, as .docx, .xlsx, .pptx or PDF."
        ),
        "program": _("“{name}” is or contains a program ({part}), which is not kept here."),
    }[unsafe.reason]


def _kind(name: str, content: bytes) -> str | None:
    if archive_inspection.is_program(name, content[:16]):
        raise archive_inspection.Unsafe("program", name)
    if archive_inspection.is_archive(content):
        return _listed(archive_inspection.check_archive(content))
    if archive_inspection.is_compound(content):
        return _listed(archive_inspection.check_compound(content))
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            return kind
    return _boxed(content) or ("text" if _is_text(content) else None)


def _listed(kind: archive_inspection.Kind) -> str | None:
    return kind if kind in KINDS else None


def _boxed(content: bytes) -> str | None:
    """Return the kind of files whose mark stands behind a length."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if (
        content[:2] == b"BM"
        and content[6:10] == b"\x00\x00\x00\x00"
        and content[15:18] == b"\x00" * 3
    ):
        return "bmp"
    if content[4:8] == b"ftyp":
        brands = content[8 : max(16, min(int.from_bytes(content[:4], "big"), 64))]
        if brands[:4] in _HEIC:
            return "heic"
        if brands[:4] == b"qt  ":
            return "mov"
        return "mp4" if _MP4.search(brands) else None
    return "mov" if content[4:8] in (b"moov", b"wide") else None


def _is_text(content: bytes) -> bool:
    """Say whether the content is text, and no page or drawing that a browser would run."""
    encodings = (
        ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _CONTROLS.search(text) and not _MARKUP.match(text)
    return False
