"""The register of pages: what is not listed here is not served.

Addresses stay the same in both languages; titles follow the run's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from drillbook.accounts import permissions
from drillbook.accounts.permissions import Person
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import ROOT
from drillbook.ui.components import current_user

PAGES_FOLDER = ROOT / "pages"

SECTIONS = {
    "overview": N_("Overview"),
    "log": N_("Recording"),
    "registers": N_("Registers"),
    "statistics": N_("Statistics"),
    "office": N_("Administration"),
}
"""Folder under pages/ → its heading in the navigation."""


@dataclass(frozen=True)
class Page:
    """One screen: its file below ``pages/``, its address and its title (an English msgid)."""

    path: str
    url_path: str
    title: str
    is_listed: bool = True

    @property
    def section(self) -> str:
        """The folder the file lies in."""
        return self.path.partition("/")[0]

    @property
    def file(self) -> Path:
        """The file on this machine."""
        return PAGES_FOLDER / self.path


PAGES: tuple[Page, ...] = (
    Page("overview/dashboard.py", "dashboard", N_("Dashboard")),
    Page("overview/due.py", "due", N_("What is due")),
    Page("overview/revisions.py", "revisions", N_("Revision board")),
    Page("overview/coverage.py", "coverage", N_("Coverage")),
    Page("log/log_drill.py", "log", N_("Log a drill")),
    Page("log/log_many.py", "log-many", N_("Log many drills")),
    Page("log/import_workbook.py", "import", N_("Import a workbook")),
    Page("log/propose_programme.py", "propose", N_("Propose next year's programme")),
    Page("registers/sessions.py", "sessions", N_("Drill sessions")),
    Page("registers/planned_drills.py", "programme", N_("Annual programme")),
    Page("registers/findings.py", "findings", N_("Findings and actions")),
    Page("registers/plans.py", "plans", N_("Contingency plans")),
    Page("registers/teams.py", "teams", N_("Rescue teams")),
    Page("registers/units.py", "units", N_("Units")),
    Page("registers/mechanisms.py", "mechanisms", N_("Coordination")),
    Page("statistics/annual.py", "statistics", N_("Annual statistics")),
    Page("office/rules.py", "rules", N_("Rules")),
    Page("office/checks.py", "checks", N_("Data checks")),
    Page("office/audit.py", "audit", N_("Audit log")),
    Page("office/retention.py", "retention", N_("Time limits")),
    Page("office/accounts.py", "accounts", N_("Accounts")),
    Page("office/backups.py", "backups", N_("Backups")),
    Page("office/account.py", "account", N_("My account"), is_listed=False),
)
DEFAULT = PAGES[0]


def page_at(url_path: str) -> Page:
    """Return the page with this address; KeyError when there is none."""
    for page in PAGES:
        if page.url_path == url_path:
            return page
    raise KeyError(url_path)


def _streamlit_page(page: Page, *, is_shown: bool = True) -> st.Page:
    return st.Page(
        page.file,
        title=_(page.title),
        url_path=page.url_path,
        default=page is DEFAULT,
        visibility="visible" if is_shown else "hidden",
    )


def by_section(person: Person) -> dict[str, list[st.Page]]:
    """Return the navigation for this run: translated heading → its pages, in order.

    A page the person may not open is registered but not shown: whoever follows a mailed link to
    it is told so, instead of being told that there is no such page.
    """
    return {
        _(heading): [
            _streamlit_page(
                page, is_shown=page.is_listed and person.may(permissions.PAGES[page.url_path])
            )
            for page in PAGES
            if page.section == section
        ]
        for section, heading in SECTIONS.items()
    }


def first_for(person: Person) -> Page:
    """Return the first page that the person may open."""
    return next(page for page in PAGES if person.may(permissions.PAGES[page.url_path]))


def link(url_path: str, label: str | None = None, query: Mapping[str, str] | None = None) -> None:
    """Show a link to a page that may be opened, labelled with its title or ``label`` (Markdown)."""
    if not current_user.may(permissions.PAGES[url_path]):
        return
    st.page_link(_streamlit_page(page_at(url_path)), label=label, query_params=query)


def go(url_path: str, query: Mapping[str, str] | None = None) -> None:
    """Leave this page for another one; nothing after this call runs."""
    st.switch_page(_streamlit_page(page_at(url_path)), query_params=query)
