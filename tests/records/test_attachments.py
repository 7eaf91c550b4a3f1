"""A file comes back as it went in, or not at all."""

from __future__ import annotations

import errno
from hashlib import sha256

import pytest

from drillbook.core import disk
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import attachments, units
from tests.conftest import CLERK, COLLEAGUE, TODAY
from tests.people import add_unit

PDF = b"%PDF-1.7 sign-in sheet"


@pytest.fixture
def unit_id(store: Store) -> str:
    return units.RECORD_TYPE.save(store, units.Unit(name="应急管理局"), actor=CLERK, today=TODAY)


def attach(store: Store, unit_id: str, name: str = "签到表.pdf", content: bytes = PDF) -> str:
    return attachments.add(store, "unit", unit_id, "sign_in_sheet", name, content, actor=CLERK)


def test_a_file_comes_back_as_it_went_in(store: Store, unit_id: str) -> None:
    file = attachments.read(store, attach(store, unit_id))
    assert (file.name, file.media_type, file.content) == ("签到表.pdf", "application/pdf", PDF)


def test_content_lies_under_its_hash_beside_the_register(store: Store, unit_id: str) -> None:
    attach(store, unit_id)
    digest = sha256(PDF).hexdigest()
    path = store.path.parent / "register.duckdb.files" / digest[:2] / digest
    assert path.read_bytes() == PDF
    assert list(path.parent.iterdir()) == [path]


def test_the_same_content_is_kept_once(store: Store, unit_id: str) -> None:
    attach(store, unit_id)
    attach(store, unit_id, "again.pdf")
    assert len(attachments.listed(store, "unit", unit_id)) == 2
    assert len([path for path in attachments.folder(store).rglob("*") if path.is_file()]) == 1


def test_row_and_audit_line_go_in_together(store: Store, unit_id: str) -> None:
    attachment_id = attach(store, unit_id)
    (event,) = store.query("record_history", subject_type="attachment", subject_id=attachment_id)
    assert (event["actor"], event["action"]) == (CLERK, "insert")
    assert event["subject_label"] == "签到表.pdf"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王敏\\方案.docx", "方案.docx"),
        ("a\x00b\u202e\nc.pdf", "abc.pdf"),
        ("..", ""),
        ("   ", ""),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("<b>x</b>.pdf", "b_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("lpt1 .txt", "_lpt1 .txt"),
        (".htaccess", "htaccess"),
        (" 方案.pdf. . ", "方案.pdf"),
        ("a\u2028b\ud800\U000e0041.pdf", "ab.pdf"),
    ],
)
def test_names_lose_folders_and_unseen_characters(typed: str, kept: str) -> None:
    assert attachments.cleaned_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("a.pdf", b"", "a.pdf"), ("..", PDF, "名"), ("a.pdf", b"x" * (30 * 2**20 + 1), "30 MB")],
)
def test_what_cannot_be_kept_gets_a_sentence(
    store: Store, unit_id: str, name: str, content: bytes, word: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        attach(store, unit_id, name, content)
    assert word in refused.value.problems["file"]
    assert attachments.listed(store, "unit", unit_id) == []


def test_the_largest_file_still_fits(store: Store, unit_id: str) -> None:
    content = b"x" * attachments.LARGEST_BYTES
    assert attachments.read(store, attach(store, unit_id, "a.txt", content)).content == content


def test_a_changed_file_is_not_handed_out(store: Store, unit_id: str) -> None:
    attachment_id = attach(store, unit_id)
    attachments.path_of(store, sha256(PDF).hexdigest()).write_bytes(b"%PDF-1.7 forged")
    with pytest.raises(DrillbookError, match=r"签到表\.pdf"):
        attachments.read(store, attachment_id)


def test_a_missing_file_is_named(store: Store, unit_id: str) -> None:
    attachment_id = attach(store, unit_id)
    attachments.path_of(store, sha256(PDF).hexdigest()).unlink()
    with pytest.raises(DrillbookError, match=r"签到表\.pdf"):
        attachments.read(store, attachment_id)


def test_a_file_is_voided_with_a_reason_and_comes_back(store: Store, unit_id: str) -> None:
    attachment_id = attach(store, unit_id)
    with pytest.raises(ValidationError):
        attachments.void(store, attachment_id, " ", 1, actor=COLLEAGUE)
    attachments.void(store, attachment_id, "传错了", 1, actor=COLLEAGUE)
    assert attachments.listed(store, "unit", unit_id) == []
    with pytest.raises(StaleError):
        attachments.void(store, attachment_id, "again", 1, actor=CLERK)
    attachments.restore(store, attachment_id, 2, actor=COLLEAGUE)
    assert [row["id"] for row in attachments.listed(store, "unit", unit_id)] == [attachment_id]


def test_a_voided_record_takes_no_files(store: Store, unit_id: str) -> None:
    units.RECORD_TYPE.void(store, unit_id, "已合并", 1, actor=CLERK)
    with pytest.raises(DrillbookError):
        attach(store, unit_id)


def test_a_full_disk_is_told_and_leaves_nothing_of_the_file(
    store: Store, monkeypatch: pytest.MonkeyPatch, zh: None
) -> None:
    def refuse(_handle: int, _content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, "write_all", refuse)
    with pytest.raises(DrillbookError, match="磁盘已满"):
        attachments.keep(store, b"content")
    assert [path for path in attachments.folder(store).rglob("*") if path.is_file()] == []


def test_a_stage_that_is_none_is_refused(store: Store) -> None:
    unit = add_unit(store)
    with pytest.raises(ValidationError) as refused:
        attachments.add(
            store, "unit", unit, "other", "a.pdf", b"%PDF-1", actor=Actor("x"), stage="gone"
        )
    assert set(refused.value.problems) == {"stage"}
    assert attachments.listed(store, "unit", unit) == []
