"""Backup and restore in a real browser: the dialog closes with the click that goes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from drillbook.db import backups
from drillbook.operations.opening import open_store
from tests.browser.conftest import DESKTOP, set_up, signed_in, start_server, stop_server
from tests.browser.helpers import act, open_page, watch
from tests.people import add_unit

pytestmark = pytest.mark.browser


def test_going_back_is_compared_confirmed_and_told(browser: Browser, tmp_path: Path) -> None:
    register = open_store(tmp_path / "register.duckdb")
    add_unit(register, "应急管理局")
    backups.make(register, "manual")
    add_unit(register, "后来的单位")
    register.close()
    server = set_up(start_server(register.path, tmp_path / "console.log"))
    try:
        context = signed_in(browser, server, viewport=DESKTOP)
        tab = watch(context.new_page())
        page = open_page(tab, f"{server.url}/backups")
        act(tab, page.get_by_role("button", name="比对…").click)
        expect(page.get_by_text("后来的单位").first).to_be_visible()
        act(tab, page.get_by_role("button", name="恢复…").click)
        dialog = page.get_by_role("dialog")
        act(tab, dialog.get_by_role("button", name="恢复", exact=True).click)
        expect(dialog).to_have_count(0)
        expect(page.get_by_text("记录已恢复为")).to_be_visible()
        context.close()
    finally:
        stop_server(server)
    reopened = open_store(register.path)
    assert [row["name"] for row in reopened.query("unit_choices")] == ["应急管理局"]
    reopened.close()
