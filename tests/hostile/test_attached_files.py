"""What is attached is what its content says, and harmless; all else gets its sentence."""

from __future__ import annotations

import contextlib
import os
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.core.errors import ValidationError
from drillbook.db.store import Store
from drillbook.records import attachments, units
from drillbook.records.attachment_types import KINDS, media_type
from tests.conftest import CLERK, TODAY
from tests.examples import examples
from tests.hostile import files
from tests.importing.tables import REAL

BOX = b"\x00\x00\x00\x18ftyp"
BITMAP = b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"
OPEN = "application/vnd.oasis.opendocument."
KEPT = {
    "方案.pdf": b"%PDF-1.7",
    "照片.png": b"\x89PNG\r\n\x1a\n",
    "照片.JPG": b"\xff\xd8\xff\xe0rest",
    "照片.jpeg": b"\xff\xd8\xff\xe1rest",
    "图.gif": b"GIF89a",
    "图.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "照片.heic": BOX + b"heic\x00\x00\x00\x00mif1heic",
    "图.bmp": BITMAP,
    "扫描.tif": b"II*\x00rest",
    "录像.mp4": BOX + b"isom\x00\x00\x02\x00isomavc1",
    "录像.mov": BOX + b"qt  \x00\x00\x00\x00qt  ",
    "方案.docx": files.document(),
    "台账.xlsx": files.workbook(),
    "汇报.pptx": files.slides(),
    "方案.odt": files.open_document(),
    "台账.ods": files.open_document(f"{OPEN}spreadsheet"),
    "汇报.odp": files.open_document(f"{OPEN}presentation"),
    "方案.doc": files.OLD_DOCUMENT,
    "方案.wps": files.OLD_DOCUMENT,
    "台账.xls": files.OLD_WORKBOOK,
    "台账.et": (REAL / "old.xls").read_bytes(),
    "汇报.ppt": files.OLD_SLIDES,
    "汇报.dps": files.OLD_SLIDES,
    "说明.txt": "防汛演练 =1+1 <参演人数>".encode("gb18030"),
    "名单.csv": "姓名,单位\n王敏,应急局\n".encode("utf-16"),
    "资料.zip": files.archive({"照片/一.jpg": b"\xff\xd8\xff", "方案.docx": files.document()}),
}
LYING = files.one_member("a.txt", b"\x00" * 60_000_000, 1000)
BOMB = files.archive({"a.txt": b"\x00" * 60_000_000})
EXE = b"MZ\x90\x00\x03\x00\x00\x00"
REFUSED = {
    "renamed picture": ("照片.png", b"\xff\xd8\xff", "Rename it so that it ends in .jpg"),
    "page named as PDF": ("方案.pdf", b"<!DOCTYPE html><script>", "is of a kind that is not kept"),
    "workbook named as document": ("a.docx", files.workbook(), "is an Excel workbook"),
    "no ending": ("方案", b"%PDF-1.7", "ends in .pdf"),
    "page": ("a.html", b"<html>", "is of a kind that is not kept"),
    "page as text": ("a.txt", b"\xef\xbb\xbf \n<script>alert(1)</script>", "is of a kind"),
    "drawing": ("a.svg", b"<svg xmlns='x' onload='alert(1)'/>", "is of a kind"),
    "text named as a drawing": ("a.svg", b"text", "ends in .txt"),
    "XML": ("a.txt", b"<?xml version='1.0'?><svg/>", "is of a kind"),
    "program": ("a.pdf", EXE, "is or contains a program"),
    "Linux program": ("a.txt", b"\x7fELF\x02", "is or contains a program"),
    "script": ("a.txt", b"#!/bin/sh\nrm", "is or contains a program"),
    "script by its ending": ("a.txt.bat", b"del *.*", "is or contains a program"),
    "link": ("方案.pdf.lnk", b"L\x00\x00\x00\x01\x14\x02\x00", "is or contains a program"),
    "binary": ("a.txt", os.urandom(3) + b"\x00\x01\x02", "is of a kind"),
    "other video": ("a.mp4", BOX + b"3gp5\x00\x00\x00\x003gp5", "is of a kind"),
    "RAR": ("a.zip", b"Rar!\x1a\x07", "is of a kind"),
    "macros": ("a.xlsx", files.changed(files.workbook(), {"xl/vbaProject.bin": b"x"}), "macros"),
    "macros elsewhere": ("a.docx", files.document(**{"word/vbaProject.bin": b""}), "macros"),
    "macro type": (
        "a.docx",
        files.document(**{"[Content_Types].xml": "<T a='ms-word.document.macroEnabled.main'/>"}),
        "macros",
    ),
    "macro sheet": ("a.xlsx", files.changed(files.workbook(), {"xl/macrosheets/s.xml": ""}),
                    "macros"),
    "template elsewhere": (
        "a.docx",
        files.document(
            **{
                "word/_rels/settings.xml.rels": '<Relationship Target="http://x.example/t.dotm"'
                ' Type="http://s/attachedTemplate" TargetMode="External"/>'
            }
        ),
        "macros",
    ),
    "open macros": ("a.odt", files.open_document(**{"Basic/Standard/m.xml": "<a/>"}), "macros"),
    "macros of old Excel": (
        "a.xls",
        files.compound({"Workbook": files.records(files.BEGIN, files.LAST),
                        "_VBA_PROJECT_CUR/VBA/dir": b"x"}),
        "macros",
    ),
    "macro sheet of old Excel": (
        "a.xls",
        files.compound({"Workbook": files.records(files.BEGIN, files.MACRO_SHEET, files.LAST)}),
        "macros",
    ),
    "macros of old Word": (
        "a.wps",
        files.compound({"WordDocument": b"\xec\xa5", "Macros/VBA/ThisDocument": b"x"}),
        "macros",
    ),
    "macros of old slides": ("a.dps", files.SLIDES_WITH_MACROS, "macros"),
    "locked": ("a.docx", files.compound({"EncryptedPackage": b"x"}), "password"),
    "locked old Excel": (
        "a.xls",
        files.compound({"Workbook": files.records(files.BEGIN, files.LOCK, files.LAST)}),
        "password",
    ),
    "locked old Word": ("a.doc", files.compound({"WordDocument": b"\x00" * 11 + b"\x01\x00"}),
                        "password"),
    "locked open document": (
        "a.odt",
        files.open_document(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "password",
    ),
    "entities": ("a.xlsx", files.changed(files.workbook(), {"xl/sharedStrings.xml": files.LAUGHS}),
                 "XML that could do harm"),
    "entities in UTF-16": (
        "a.docx",
        files.document(**{"word/document.xml": files.LAUGHS.encode("utf-16")}),
        "XML that could do harm",
    ),
    "entities in a rare encoding": (
        "a.docx",
        files.document(**{"word/document.xml": b"<?xml version='1.0' encoding='cp037'?>\x4c\x5a"}),
        "XML that could do harm",
    ),
    "entities in the manifest": (
        "a.odt",
        files.open_document(**{"META-INF/manifest.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
        "XML that could do harm",
    ),
    "bomb": ("a.zip", BOMB, "unpacks to far more"),
    "bomb that lies": ("a.zip", LYING, "unpacks to far more"),
    "small lie": ("a.zip", files.one_member("a.txt", b"abc" * 99, 5), "damaged"),
    "bomb in a bomb": ("a.zip", files.archive({"b.zip": BOMB}), "unpacks to far more"),
    "packed too deep": (
        "a.zip",
        files.archive({"b.zip": files.archive({"c.zip": files.archive({"d.zip": files.archive(
            {"e.txt": "x"})})})}),
        "unpacks to far more",
    ),
    "overlapping": ("a.zip", files.overlapping(500, 1_000_000), "unpacks to far more"),
    "many entries": ("a.zip", files.archive({f"{n}.txt": "" for n in range(5001)}), "unpacks to"),
    "program inside": ("a.zip", files.archive({"照片/a.JPG.exe ": b"x"}), "contains a program"),
    "program under another name": ("a.zip", files.archive({"照片.jpg": EXE}), "contains a program"),
    "document with macros inside": (
        "a.zip",
        files.archive({"a.docx": files.document(**{"word/vbaProject.bin": b"x"})}),
        "macros",
    ),
    "program in a document": (
        "a.doc",
        files.compound({"WordDocument": b"\xec\xa5",
                        "ObjectPool/_1/\x01Ole10Native": b"\x02\x00run.exe\x00C:\\run.exe\x00"}),
        "contains a program",
    ),
    "rare packing": ("a.zip", files.archive({"a.txt": "a"}, zipfile.ZIP_LZMA), "rare way"),
    "cut off": ("a.docx", files.document()[:-40], "damaged"),
    "cut off old": ("a.doc", files.OLD_DOCUMENT[:700], "damaged"),
    "old file of another program": ("a.doc", files.compound({"Other": b"x"}), "is of a kind"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_offices_use_is_kept(name: str) -> None:
    content = KEPT[name]
    assert media_type(name, content) in {kind.media_type for kind in KINDS.values()} | {"text/csv"}


def test_every_kind_that_may_be_attached_is_tried() -> None:
    tried = {media_type(name, content) for name, content in KEPT.items()}
    assert tried == {kind.media_type for kind in KINDS.values()} | {"text/csv"}


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize("name", REFUSED)
def test_what_may_do_harm_is_refused_with_its_sentence(name: str) -> None:
    file, content, words = REFUSED[name]
    with pytest.raises(ValidationError) as refused:
        media_type(file, content)
    sentence = refused.value.problems["file"]
    assert words in sentence
    assert f"“{file}”" in sentence


@pytest.mark.usefixtures("zh")
def test_the_sentence_is_chinese_for_chinese_users() -> None:
    with pytest.raises(ValidationError) as refused:
        media_type("照片.png", b"\xff\xd8\xff")
    assert (
        refused.value.problems["file"]
        == "“照片.png”的实际内容是JPEG 图片，请把文件名改为以 .jpg 结尾。"
    )


def test_a_refused_file_leaves_nothing_beside_the_register(store: Store) -> None:
    unit = units.RECORD_TYPE.save(store, units.Unit(name="应急管理局"), actor=CLERK, today=TODAY)
    with pytest.raises(ValidationError):
        attachments.add(store, "unit", unit, "other", "a.exe", EXE, actor=CLERK)
    assert not attachments.folder(store).exists()


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_a_cleaned_name_is_one_any_system_can_write(typed: str) -> None:
    name = attachments.cleaned_name(typed)
    assert name == attachments.cleaned_name(name)
    assert len(name) <= attachments.NAME_LENGTH
    assert not set(name) & set('/\\<>:"|?*\x00\r\n\u202e\u200b')
    assert name.encode()[:1] not in (b".", b" ") or not name
    assert not name.endswith((".", " "))


@pytest.mark.parametrize(
    "name", [n for n in KEPT if n.endswith(("x", "s", "c", "t", "zip", "odp"))]
)
def test_damaged_files_are_kept_or_refused_and_nothing_else(name: str) -> None:
    dice = random.Random(name)
    content = KEPT[name]
    for _ in range(40):
        broken = bytearray(content)
        for _change in range(dice.randint(1, 8)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        del broken[dice.randint(len(broken) // 2, len(broken)) :]
        with contextlib.suppress(ValidationError):
            assert media_type(name, bytes(broken))
