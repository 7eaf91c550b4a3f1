"""Makes files that lie, hide programs and macros, or unpack without end."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from itertools import pairwise

import openpyxl

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
SMALLEST_STREAM = 4096
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = (
    DECLARATION
    + '<!DOCTYPE sst [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' count="1" uniqueCount="1"><si><t>&i;</t></si></sst>'
)


def archive(members: dict[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def changed(data: bytes, members: dict[str, bytes | str]) -> bytes:
    """Return a zip file with some members put in or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        held: dict[str, bytes | str] = {name: file.read(name) for name in file.namelist()}
    return archive(held | members)


def workbook(rows: list[list[object]] | None = None) -> bytes:
    """Return a small .xlsx file."""
    book = openpyxl.Workbook()
    for row in rows or [["演练名称", "参演人数"], ["防汛演练", 30]]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def document(**members: bytes | str) -> bytes:
    """Return a small .docx file."""
    types = f'{DECLARATION}<Types xmlns="x"><Default Extension="xml"/></Types>'
    text = f"{DECLARATION}<document><p>方案</p></document>"
    return archive({"[Content_Types].xml": types, "word/document.xml": text} | members)


def slides(**members: bytes | str) -> bytes:
    """Return a small .pptx file."""
    return archive(
        {"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<presentation/>"} | members
    )


def open_document(kind: str = OPEN_TEXT, **members: bytes | str) -> bytes:
    """Return a small OpenDocument file."""
    manifest = (
        f'{DECLARATION}<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN"'
        ' "Manifest.dtd"><manifest:manifest/>'
    )
    return archive(
        {"mimetype": kind, "content.xml": "<a/>", "META-INF/manifest.xml": manifest} | members
    )


def one_member(name: str, content: bytes, told_size: int) -> bytes:
    """Return a zip file whose one member says it unpacks to ``told_size`` bytes."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = squeezer.compress(content) + squeezer.flush()
    encoded, crc = name.encode(), zlib.crc32(content)
    sizes = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), told_size,
                        len(encoded), 0)  # fmt: skip
    local = b"PK\x03\x04" + sizes + encoded + packed
    central = b"PK\x01\x02\x14\x00" + sizes + struct.pack("<HHHII", 0, 0, 0, 0, 0) + encoded
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def overlapping(count: int, size: int) -> bytes:
    """Return a zip file whose many entries all name the same packed bytes."""
    single = one_member("a.txt", b"\x00" * size, size)
    central = single[single.index(b"PK\x01\x02") : single.index(b"PK\x05\x06")]
    local = single[: single.index(b"PK\x01\x02")]
    end = b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count, count, len(central) * count, len(local), 0
    )
    return local + central * count + end


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a file of old Office with these streams; a slash makes storages."""
    entries: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: dict[int, list[int]] = {0: []}
    places: dict[str, int] = {"": 0}
    for path, content in streams.items():
        parent = ""
        *storages, name = path.split("/")
        for part in storages:
            inner = f"{parent}/{part}"
            if inner not in places:
                places[inner] = _added(entries, children, places[parent], (part, 1, b""))
            parent = inner
        padded = content.ljust(SMALLEST_STREAM, b"\x00")
        _added(entries, children, places[parent], (name, 2, padded))
    return _written(entries, children)


def _added(
    entries: list[tuple[str, int, bytes]],
    children: dict[int, list[int]],
    parent: int,
    entry: tuple[str, int, bytes],
) -> int:
    entries.append(entry)
    children[len(entries) - 1] = []
    children[parent].append(len(entries) - 1)
    return len(entries) - 1


def _written(entries: list[tuple[str, int, bytes]], children: dict[int, list[int]]) -> bytes:
    chains: list[list[int]] = []
    body, used = b"", 0
    for _name, _kind, content in entries:
        count = -(-len(content) // SECTOR)
        chains.append(list(range(used, used + count)))
        body += content.ljust(count * SECTOR, b"\x00")
        used += count
    following = {at: nearest for group in children.values()
                 for at, nearest in pairwise(group)}  # fmt: skip
    directory = b""
    for number, (name, kind, content) in enumerate(entries):
        encoded = (name + "\x00").encode("utf-16-le")
        child = children[number][0] if children[number] else FREE
        start = chains[number][0] if chains[number] else (END if kind != 1 else 0)
        directory += (
            encoded.ljust(64, b"\x00")
            + struct.pack(
                "<HBBIII", len(encoded), kind, 1, FREE, following.get(number, FREE), child
            )
            + b"\x00" * 36
            + struct.pack("<IQ", start, len(content))
        )
    empty = b"\x00" * 64 + struct.pack("<HBBIII", 0, 0, 0, FREE, FREE, FREE) + b"\x00" * 48
    directory += empty * (-len(entries) % 4)
    listed = list(range(used, used + len(directory) // SECTOR))
    fat_at = used + len(listed)
    table = [FREE] * (SECTOR // 4)
    for chain in filter(None, [*chains, listed]):
        for at, nearest in zip(chain, [*chain[1:], END], strict=True):
            table[at] = nearest
    table[fat_at] = FAT
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\x00" * 6
        + struct.pack("<IIIIIIIII", 0, 1, listed[0], 0, SMALLEST_STREAM, END, 0, END, 0)
        + struct.pack("<I", fat_at)
        + struct.pack("<I", FREE) * 108
    )
    return header + body + directory + struct.pack(f"<{len(table)}I", *table)


def records(*parts: tuple[int, bytes]) -> bytes:
    """Return the records of an old workbook: (number, content) each."""
    return b"".join(struct.pack("<HH", number, len(body)) + body for number, body in parts)


BEGIN = (0x809, b"\x00\x06\x05\x00" + b"\x00" * 12)
SHEET = (0x85, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00A")
MACRO_SHEET = (0x85, struct.pack("<IBB", 0, 0, 1) + b"\x01\x00M")
LOCK = (0x2F, b"\x00" * 6)
LAST = (0x0A, b"")
OLD_WORKBOOK = compound({"Workbook": records(BEGIN, SHEET, LAST)})
OLD_DOCUMENT = compound({"WordDocument": b"\xec\xa5\xc1\x00" + b"\x00" * 100})
OLD_SLIDES = compound({"PowerPoint Document": b"\x0f\x00\xe8\x03" + b"\x00" * 100})
VBA_INFO = b"\x1f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00\x05\x00\x00\x00"
SLIDES_WITH_MACROS = compound(
    {"PowerPoint Document": b"\x0f\x00\xe8\x03" + VBA_INFO + b"\x01\x00\x00\x00\x02\x00\x00\x00"}
)
