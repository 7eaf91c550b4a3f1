"""What an open page can still do after its visitor was demoted, signed out or switched off."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pytest
import streamlit as st

from drillbook.accounts import accounts
from drillbook.accounts.accounts import Account
from drillbook.accounts.permissions import AccessError, Role
from drillbook.core import clock
from drillbook.core.background_jobs import Job
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.ui.components import current_user, session_cookie
from drillbook.ui.components.current_user import Proof, holder
from tests.people import TODAY, add_plan, add_session, add_team, add_unit
from tests.raw import raw
from tests.ui.app_page import open_page

MOBILE = "13900001234"
PAGES = ("audit", "statistics", "due", "coverage")
WITH_DOWNLOADS = {"audit": 1, "statistics": 14, "due": 2, "coverage": 1}


@dataclass
class OpenPages:
    """Pages that a lead has open: their downloads, and the lead's account to change."""

    store: Store
    account_id: str
    downloads: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    def make(self, role: Role, is_disabled: bool = False) -> None:
        row = self.store.record("account", self.account_id)
        assert row is not None
        account = Account("lead", "主任", role, is_disabled=is_disabled)
        accounts.save(
            self.store, account, actor=Actor("x"), today=TODAY,
            account_id=self.account_id, row_version=row["row_version"],
        )  # fmt: skip


@pytest.fixture
def opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> OpenPages:
    """The pages with downloads, drawn for a lead who holds a real session."""
    host = add_unit(store, contact_name="欧阳明月", contact_phone=MOBILE)
    add_plan(store, lead_unit_id=host)
    add_team(store, leader="诸葛清风", duty_phone=MOBILE, parent_unit_id=host)
    add_session(store, host=host, summary=f"联系 {MOBILE}")
    accounts.save(store, Account("chief", "局长", "administrator"), actor=Actor("x"), today=TODAY)
    account_id = accounts.save(
        store, Account("lead", "主任", "lead"), actor=Actor("x"), today=TODAY
    )
    secret = accounts.open_session(store, account_id, address="", at=clock.now())
    proof = Proof(session_cookie.sealed(secret), "192.0.2.7")
    monkeypatch.setattr(current_user, "holder", holder)
    monkeypatch.setattr(current_user, "_proof_of_run", lambda: proof)
    pages = OpenPages(store, account_id)

    def kept(_label: str, data: Any, *, key: str, **_more: Any) -> bool:
        pages.downloads[key] = data
        return False

    monkeypatch.setattr(st, "download_button", kept)
    for url_path in PAGES:
        assert not open_page(url_path).exception
    return pages


def test_every_download_is_made_for_a_lead(opened: OpenPages) -> None:
    assert len(opened.downloads) == sum(WITH_DOWNLOADS.values())
    assert all(download() for download in opened.downloads.values())
    trail = opened.store.query("audit_latest")
    assert trail
    assert MOBILE in opened.downloads["audit_download"]().decode()


def test_who_became_a_viewer_gets_a_viewers_files_from_the_open_page(opened: OpenPages) -> None:
    opened.make("viewer")
    with pytest.raises(AccessError):
        opened.downloads.pop("audit_download")()
    for key, download in opened.downloads.items():
        assert MOBILE not in text_of(download()), key
    event = opened.store.one("audit_event", id=latest_export(opened.store))
    assert event is not None
    assert '"with_contacts": true' not in event["after_json"]


def text_of(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode()
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)


def latest_export(store: Store) -> str:
    with raw(store) as cursor:
        row = cursor.execute(
            "select id from audit_event where action = 'export' order by position desc"
        ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("way", ["signed out", "switched off"])
def test_who_is_gone_gets_nothing_from_the_open_page(opened: OpenPages, way: str) -> None:
    if way == "signed out":
        accounts.end_sessions(opened.store, opened.account_id, actor=Actor("x"))
    else:
        opened.make("lead", is_disabled=True)
    before = opened.store.query("audit_latest")
    for download in opened.downloads.values():
        with pytest.raises(AccessError):
            download()
    assert opened.store.query("audit_latest") == before


def test_a_job_asks_when_it_begins_and_speaks_the_pages_language(opened: OpenPages) -> None:
    def work(_report: object, name: str = "") -> str:
        return f"{current_user.actor('edit')} {current_user.person().role}{name}"

    asked = current_user.deferred("edit", work)
    job = Job(lambda report: asked(report, name="!"), "en")
    assert job.is_finished(10)
    assert job.result() == "主任 lead!"
    opened.make("viewer")
    job = Job(asked, "en")
    assert job.is_finished(10)
    with pytest.raises(AccessError):
        job.result()
