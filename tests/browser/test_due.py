"""What is due in a real browser: the article beside the chosen row, both files, the feed."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import icalendar
import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.helpers import (
    Watcher,
    act,
    axe_violations,
    open_page,
    requests_outside,
    scrolls_sideways,
    visible_english,
)
from tests.browser.test_annual import download

pytestmark = pytest.mark.browser

ADDRESS = "due?as_of=2024-01-11"


def test_the_article_stands_beside_the_chosen_row(tab: Watcher, sample_server: Server) -> None:
    page = open_page(tab, f"{sample_server.url}/{ADDRESS}&rule=ARCHIVE-9007")
    expect(page.locator("canvas").first).to_be_visible()
    grid = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert grid
    # The checkbox column of the first row.
    act(tab, lambda: page.mouse.click(grid["x"] + 14, grid["y"] + 45))
    expect(page.get_by_text("归档保存")).to_be_visible()
    expect(page.get_by_text("待核").first).to_be_visible()
    # Codes of rules and standards, and the ending of a file, are names in both languages.
    names = ("ARCHIVE-9007", "AQ/T", ".ics")
    assert [text for text in visible_english(page) if not any(n in text for n in names)] == []
    assert requests_outside(tab) == []


def test_both_files_hold_what_the_page_shows(
    tab: Watcher, sample_server: Server, tmp_path: Path
) -> None:
    page = open_page(tab, f"{sample_server.url}/{ADDRESS}&state=late")
    counted = page.get_by_text("项", exact=False)
    expect(counted.first).to_be_visible()
    book = openpyxl.load_workbook(download(page, "due_workbook", tmp_path))
    states = [row[0] for row in book["到期事项"].iter_rows(min_row=4, values_only=True)]
    late = [state for state in states if state == "超期"]
    assert len(late) > 100
    calendar = icalendar.Calendar.from_ical(download(page, "due_calendar", tmp_path).read_bytes())
    assert len(calendar.walk("VEVENT")) == len(late)


@pytest.mark.parametrize("address", [ADDRESS, "rules"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_fit_a_phone_and_can_be_read_by_everybody(
    phone: Watcher, sample_server: Server, address: str, language: str
) -> None:
    mark = "&" if "?" in address else "?"
    page = open_page(phone, f"{sample_server.url}/{address}{mark}lang={language}")
    expect(page.locator("canvas").first).to_be_visible()
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def test_the_feed_is_read_without_a_sign_in_until_it_is_revoked(
    tab: Watcher, sample_server: Server
) -> None:
    page = open_page(tab, f"{sample_server.url}/account")
    page.get_by_text("日历订阅").click()
    act(tab, lambda: page.locator(".st-key-calendar_feed_make button").click())
    address = page.locator("code").first.inner_text().strip()
    assert address.startswith(f"{sample_server.url}/calendar/")
    with urllib.request.urlopen(address) as answer:
        assert icalendar.Calendar.from_ical(answer.read()).walk("VEVENT")
    act(tab, lambda: page.locator(".st-key-calendar_feed_revoke button").click())
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(address)
    assert gone.value.code == 404
    assert address.rpartition("/")[2] not in sample_server.log.read_text(encoding="utf-8")
