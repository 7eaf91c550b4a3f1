"""Looks into packed files (zip, Office, OpenDocument, old Office) before anything opens them.

Nothing a file says of its own sizes is believed: everything is unpacked here, in pieces, and
counted. What may not go further is raised as ``Unsafe`` with its reason; the caller words it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import Literal

import olefile

Reason = Literal["damaged", "too_large", "locked", "packing", "entities", "macros", "program"]
Kind = Literal["xlsx", "docx", "pptx", "ods", "odt", "odp", "xls", "doc", "ppt", "zip", "other"]

MAX_UNPACKED_BYTES = 400 * 1024**2
MAX_RATIO = 200
# Below this many bytes unpacked, text that repeats itself may be packed as tightly as it likes.
RATIO_FROM_BYTES = 20 * 1024**2
MAX_ENTRIES = 5000
MAX_DEPTH = 3
PIECE = 1024**2
OVERLAP = 2000

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n",
    b"#!",
    b"MSCF",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_RUN = (
    "apk app appx bat chm cmd com cpl dll exe gadget hta inf ins jar js jse jsp lnk mjs msc msi msp"
    " pif ps1 psm1 py pyw reg scf scr sct sh sys url vb vbe vbs ws wsc wsf wsh"
    " docm dotm ppam ppsm potm pptm sldm xlam xlsb xlsm xltm"
)
PROGRAM_ENDINGS = frozenset(_RUN.split())

_PARTS: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.xml", "xlsx"),
    ("word/", "docx"),
    ("ppt/", "pptx"),
)
_OPEN_DOCUMENT: tuple[tuple[bytes, Kind], ...] = (
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
)
_MACRO_PART = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|basic/|scripts/)", re.IGNORECASE
)
_MARKUP = (".xml", ".rels", ".vml", ".rdf")
_ENTITY = re.compile(rb"<!ENTITY|<!DOCTYPE")
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{0,40})", re.DOTALL)
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"})
_TEMPLATE_ELSEWHERE = re.compile(
    rb"<Relationship\b(?=[^>]*attachedTemplate)(?=[^>]*Target\s*=\s*[\"'](https?:|\\\\|//))[^>]*>",
    re.IGNORECASE,
)
_PROGRAM_NAME = re.compile(
    rb"\.(" + "|".join(sorted(PROGRAM_ENDINGS)).encode() + rb")\x00", re.IGNORECASE
)
# MS-PPT 2.4.10: the atom that says whether the presentation has macros.
_SLIDE_MACROS = re.compile(rb"\x02\x00\x00\x04\x0c\x00\x00\x00.{4}[^\x00]", re.DOTALL)


class Unsafe(Exception):
    """A file goes no further: why, the part of it, and how far it was unpacked (bytes)."""

    def __init__(self, reason: Reason, part: str = "", unpacked: int = 0) -> None:
        super().__init__(f"{reason}: {part[:200]}")
        self.reason, self.part, self.unpacked = reason, part, unpacked


@dataclass
class Budget:
    """What one uploaded file may unpack to, everything packed inside it included."""

    packed: int
    unpacked: int = 0
    entries: int = 0

    def take(self, count: int) -> None:
        """Count unpacked bytes; raise Unsafe when they are too many."""
        self.unpacked += count
        tight = self.unpacked > RATIO_FROM_BYTES and self.unpacked > MAX_RATIO * self.packed
        if tight or self.unpacked > MAX_UNPACKED_BYTES:
            raise Unsafe("too_large", unpacked=self.unpacked)

    def open(self, count: int) -> None:
        """Count entries; raise Unsafe when they are too many."""
        self.entries += count
        if self.entries > MAX_ENTRIES:
            raise Unsafe("too_large", unpacked=self.unpacked)


def is_archive(data: bytes) -> bool:
    """Say whether the content begins as a zip file does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_compound(data: bytes) -> bool:
    """Say whether the content begins as files of old Office do."""
    return data.startswith(COMPOUND)


def is_program(name: str, start: bytes) -> bool:
    """Say whether a file is run when it is opened, by its name's ending or how it begins."""
    ending = PurePosixPath(name.rstrip(". ").casefold()).suffix.removeprefix(".")
    return ending in PROGRAM_ENDINGS or start.startswith(PROGRAM_STARTS)


# Zip files, and what is one inside: Office and OpenDocument


def archive_kind(data: bytes) -> Kind:
    """Return what an archive is by the parts it names; raise Unsafe when it cannot be read."""
    with _opened(data) as archive:
        names = archive.namelist()
        for part, kind in _PARTS:
            if any(name.startswith(part) for name in names):
                return kind
        if "content.xml" in names and "mimetype" in names:
            told = _beginning(data, archive.getinfo("mimetype")).strip()
            return next((kind for start, kind in _OPEN_DOCUMENT if told == start), "other")
    return "zip"


def check_archive(data: bytes, budget: Budget | None = None, depth: int = 1) -> Kind:
    """Unpack an archive to nowhere and return what it is; raise Unsafe with what is wrong."""
    budget = budget or Budget(len(data))
    if depth > MAX_DEPTH:
        raise Unsafe("too_large", unpacked=budget.unpacked)
    kind = archive_kind(data)
    with _opened(data) as archive:
        entries = archive.infolist()
        budget.open(len(entries))
        for entry in entries:
            _check_entry(data, entry, kind, budget, depth)
    return kind


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Unsafe("damaged") from error
    except (struct.error, OverflowError) as error:
        raise Unsafe("damaged") from error


def _check_entry(
    data: bytes, entry: zipfile.ZipInfo, kind: Kind, budget: Budget, depth: int
) -> None:
    name = entry.filename.replace("\\", "/")
    if kind != "zip" and _MACRO_PART.search(name):
        raise Unsafe("macros", name)
    if entry.flag_bits & 0x1:
        raise Unsafe("locked", name)
    pieces = _unpacked(data, entry, budget)
    first = next(pieces, b"")
    if not entry.is_dir() and is_program(name, first[:16]):
        raise Unsafe("program", name)
    if is_archive(first) or is_compound(first):
        _check_inner(first + b"".join(pieces), name, budget, depth)
    elif kind != "zip" and (name.lower().endswith(_MARKUP) or first.lstrip()[:1] == b"<"):
        _check_markup(name, first, pieces)
    else:
        for _piece in pieces:
            pass


def _check_inner(content: bytes, name: str, budget: Budget, depth: int) -> None:
    try:
        if is_archive(content):
            check_archive(content, budget, depth + 1)
        else:
            check_compound(content)
    except Unsafe as error:
        # Packed pictures and drawings may be in forms nobody here knows; they are only kept.
        if error.reason not in ("damaged", "packing") or is_archive(content):
            raise Unsafe(error.reason, name, error.unpacked) from error


def _unpacked(data: bytes, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """Yield one entry's content in pieces; what it says of its size must be true."""
    size = 0
    for piece in _inflated(data, entry):
        size += len(piece)
        budget.take(len(piece))
        yield piece
    if size != entry.file_size:
        raise Unsafe("damaged", entry.filename)


def _packed(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    start = entry.header_offset
    header = data[start : start + 30] if start >= 0 else b""
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Unsafe("damaged", entry.filename)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start += 30 + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    if len(packed) != entry.compress_size:
        raise Unsafe("damaged", entry.filename)
    return packed


def _inflated(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    packed = _packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + PIECE]) for at in range(0, len(packed), PIECE))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Unsafe("packing", entry.filename)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    try:
        while not inflater.eof:
            piece = inflater.decompress(rest, PIECE)
            rest = inflater.unconsumed_tail
            if piece:
                yield piece
            elif not rest and not inflater.eof:
                raise Unsafe("damaged", entry.filename)
    except zlib.error as error:
        raise Unsafe("damaged", entry.filename) from error
    if inflater.unused_data:
        raise Unsafe("damaged", entry.filename)


def _beginning(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    return next(_inflated(data, entry), b"")[:1000]


def _check_markup(name: str, first: bytes, pieces: Iterable[bytes]) -> None:
    """Refuse XML that defines its own entities, is written in a rare encoding or has macros."""
    encoding = _ENCODING.match(first.removeprefix(b"\xef\xbb\xbf"))
    if encoding and encoding[1].strip().lower() not in _ENCODINGS:
        raise Unsafe("entities", name)
    # Files of the first OpenOffice name a DTD in their manifest, which nothing here reads.
    mark = re.compile(rb"<!ENTITY") if name == "META-INF/manifest.xml" else _ENTITY
    before = b""
    for piece in chain((first,), pieces):
        # Zeros left out, UTF-16 reads like ASCII.
        text = before + piece.replace(b"\x00", b"")
        if mark.search(text):
            raise Unsafe("entities", name)
        if name == "META-INF/manifest.xml" and b"encryption-data" in text:
            raise Unsafe("locked", name)
        if name == "[Content_Types].xml" and b"macroenabled" in text.lower():
            raise Unsafe("macros", name)
        if name.endswith(".rels") and _TEMPLATE_ELSEWHERE.search(text):
            raise Unsafe("macros", name)
        before = text[-OVERLAP:]


# Compound files: old Office and WPS


def compound_kind(data: bytes) -> Kind:
    """Return what a compound file is by the names of its streams, readable or not."""
    if _names(data, "EncryptedPackage"):
        raise Unsafe("locked")
    return next((kind for stream, kind in _STREAMS if _names(data, stream)), "other")


def _names(data: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") in data


def check_compound(data: bytes) -> Kind:
    """Look for macros, a password and programs in a compound file; return what it is."""
    kind = compound_kind(data)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            paths = ["/".join(path) for path in compound.listdir(streams=True, storages=True)]
            if any(_is_macro_storage(path) for path in paths):
                raise Unsafe("macros")
            for path in paths:
                _check_stream(compound, path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        raise Unsafe("damaged") from error
    except (RecursionError, OverflowError, MemoryError) as error:
        raise Unsafe("damaged") from error
    return kind


def _is_macro_storage(path: str) -> bool:
    parts = {part.casefold() for part in path.split("/")}
    return bool(parts & {"vba", "_vba_project", "_vba_project_cur", "macros"})


def _check_stream(compound: olefile.OleFileIO, path: str) -> None:
    name = path.rpartition("/")[2]
    if name not in ("Workbook", "Book", "WordDocument", "PowerPoint Document", "\x01Ole10Native"):
        return
    if compound.get_type(path) != olefile.STGTY_STREAM:
        return
    content = compound.openstream(path).read()
    if name in ("Workbook", "Book"):
        _check_sheets(content)
    elif name == "WordDocument" and len(content) > 12 and content[11] & 0x01:
        raise Unsafe("locked")
    elif name == "PowerPoint Document" and _SLIDE_MACROS.search(content):
        raise Unsafe("macros")
    elif name == "\x01Ole10Native" and _PROGRAM_NAME.search(content[:2000]):
        raise Unsafe("program", name)


def _check_sheets(content: bytes) -> None:
    """Walk the first records of a workbook: a password, or sheets that hold macro formulas."""
    at = 0
    while at + 4 <= len(content):
        record, length = struct.unpack_from("<HH", content, at)
        if record == 0x2F:
            raise Unsafe("locked")
        if record == 0x85 and length >= 6 and content[at + 9 : at + 10] == b"\x01":
            raise Unsafe("macros")
        if record == 0x0A:
            return
        at += 4 + length
