"""Tools for driving the real app in Chromium: waiting, reading what is visible, axe-core.

A Streamlit page shows no reliable sign of having finished; the messages on its websocket do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

TIMEOUT = 30.0
SETTLED = (
    '[data-testid="stApp"][data-test-script-state="notRunning"]'
    '[data-test-connection-state="CONNECTED"]'
)
QUIET = """() => !document.querySelector(
    '[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stAppSkeleton"]')"""
FINISHED = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
}
# Words that stay as they are in Chinese: names, file formats, the other language's own name.
SAME_IN_CHINESE = frozenset(
    {"Drillbook", "English", "Excel", "CSV", "XLSX", "XLS", "ODS", "PDF", "DOCX", "PNG", "JPG"}
    | {"KB", "MB", "GB", "Esc", "Tab", "Ctrl"}
)
ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")

VISIBLE_TEXTS = """(skipped) => {
  const found = [];
  const attributes = ['aria-label', 'aria-description', 'aria-roledescription', 'title',
    'placeholder', 'alt'];
  const shown = (element) => element.checkVisibility({ checkVisibilityCSS: true });
  const typed = 'textarea, input:is([type=text], [type=search], [type=number], :not([type]))';
  // Inline code is a hash or a link to be copied, never prose.
  const never = 'script, style, noscript, code, [data-testid="stIconMaterial"], body [lang="en"]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest(never) || (skipped && parent.closest(skipped))) continue;
    if (parent.closest('canvas') || shown(parent)) found.push(walker.currentNode.nodeValue);
  }
  for (const element of document.querySelectorAll('*')) {
    if (!shown(element)) continue;
    for (const name of attributes) {
      const value = element.getAttribute(name);
      if (value) found.push(value);
    }
    if (element.matches(typed) && element.value) found.push(element.value);
  }
  return found.map((text) => text.trim()).filter(Boolean);
}"""
OVERFLOW = """() => {
  const scrolls = (e) => e && e.scrollWidth - e.clientWidth > 1;
  return [document.documentElement, document.querySelector('[data-testid="stMain"]')].some(scrolls);
}"""
# Best practices are advice; these are the standard the product promises.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Watcher:
    """What a browser tab was told and what it asked for, from its first moment on."""

    page: Page
    runs: int = 0
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the page."""
        self.page.on("websocket", self._on_websocket)
        self.page.on("request", self._on_request)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _on_websocket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        socket.on("framereceived", self._on_frame)

    def _on_frame(self, payload: str | bytes) -> None:
        if isinstance(payload, str):
            return
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "script_finished" and message.script_finished in FINISHED:
            self.runs += 1
        elif kind == "delta" and message.delta.new_element.HasField("exception"):
            self.errors.append(message.delta.new_element.exception.message)


def watch(page: Page) -> Watcher:
    """Start listening; call it before the page opens its first address."""
    return Watcher(page)


def update_status(page: Page, timeout: float = TIMEOUT) -> None:
    """Wait until the last run is drawn."""
    page.wait_for_selector(SETTLED, state="attached", timeout=timeout * 1000)
    page.wait_for_function(QUIET, timeout=timeout * 1000)


def act(watcher: Watcher, action: Callable[[], Any], timeout: float = TIMEOUT) -> None:
    """Do something that causes a run, and return when that run is finished and drawn."""
    before, deadline = watcher.runs, time.monotonic() + timeout
    action()
    while watcher.runs == before:
        if time.monotonic() > deadline:
            raise TimeoutError("no run finished after the action")
        watcher.page.wait_for_timeout(10)
    update_status(watcher.page, timeout)


def open_page(watcher: Watcher, address: str) -> Page:
    """Open an address in the watched tab and wait until it is drawn."""
    act(watcher, lambda: watcher.page.goto(address))
    return watcher.page


def visible_english(page: Page, allowed: Iterable[str] = (), skipped: str = "") -> list[str]:
    """Return the visible texts with English words, labels for screen readers included.

    ``allowed`` adds words to ``SAME_IN_CHINESE``; single letters never count, nor text that the
    page marks as English (``lang="en"``) or that lies in an element ``skipped`` selects.
    """
    known = {word.casefold() for word in SAME_IN_CHINESE | set(allowed)}
    texts = dict.fromkeys(page.evaluate(VISIBLE_TEXTS, skipped))
    return [
        t for t in texts if any(word.casefold() not in known for word in ENGLISH_WORD.findall(t))
    ]


def axe_violations(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG A and AA: rule, element, reason."""
    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}}).response
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in response["violations"]
        for node in violation["nodes"]
    ]


def requests_outside(watcher: Watcher) -> list[str]:
    """Return the requests that went, or tried to go, to another host than the app's."""
    own = urlsplit(watcher.page.url).netloc
    return [
        address
        for address in watcher.requests
        if (parts := urlsplit(address)).scheme not in ("data", "blob") and parts.netloc != own
    ]


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page is wider than the window."""
    return bool(page.evaluate(OVERFLOW))
