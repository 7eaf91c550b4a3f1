"""Find, or fetch, the Chromium that the browser tests drive, and a font with Chinese letters.

Refuses to pretend: in the end either a browser starts or the reason is printed. With CI=true a
missing browser is a failure, elsewhere the browser tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The one without windows first: for the same tests it needs less than half the processor time.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
APT_BROWSERS = ("chromium-headless-shell", "chromium")
APT_FONT = "fonts-noto-cjk"


def find_browser() -> Path | None:
    """Return a Chromium that starts: the machine's own, or Playwright's."""
    candidates = [Path(found) for name in NAMES if (found := shutil.which(name))]
    own = playwright_browser()
    return next((path for path in [*candidates, *([own] if own else [])] if starts(path)), None)


def playwright_browser() -> Path | None:
    """Return where Playwright keeps its own Chromium, if it was fetched."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def starts(browser: Path) -> bool:
    """Say whether the browser runs at all; one without its system libraries does not."""
    return run([str(browser), "--no-sandbox", "--version"]) is None


def has_chinese_font() -> bool:
    """Say whether Chinese text is drawn as letters rather than boxes."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def can_use_apt() -> bool:
    """Say whether system packages can be installed here without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def run(command: list[str]) -> str | None:
    """Run a command; return nothing when it worked, else what it complained about."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    except OSError as error:
        return str(error)
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
    return None if done.returncode == 0 else f"{Path(command[0]).name}: {lines[-1]}"


def install_with_apt() -> str | None:
    """Install the distribution's browser and a Chinese font; return the complaint, if any."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", APT_FONT]
    complaint = run(["apt-get", "update"])
    for browser in APT_BROWSERS if complaint is None else ():
        complaint = run([*install, browser])
        if complaint is None:
            break
    return complaint


def install_with_playwright() -> str | None:
    """Fetch Playwright's own browser; return the complaint, if any."""
    return run([sys.executable, "-m", "playwright", "install", "chromium"])


def ensure_browser() -> tuple[Path | None, list[str]]:
    """Return the browser, after installing one if need be, and why each attempt failed."""
    complaints: list[str] = []
    if can_use_apt() and not (find_browser() and has_chinese_font()):
        complaints.append(install_with_apt() or "")
    if find_browser() is None:
        complaints.append(install_with_playwright() or "")
    return find_browser(), [complaint for complaint in complaints if complaint]


def main() -> int:
    """Report what the browser tests will use; 1 when CI=true and there is nothing to use."""
    browser, complaints = ensure_browser()
    if browser:
        print(f"Browser tests use {browser}.")
        return 0
    reason = "; ".join(complaints) or "the browser that was installed does not start"
    print(
        f"No Chromium can be had here, so the browser tests are skipped: {reason}", file=sys.stderr
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
