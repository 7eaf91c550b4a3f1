"""``make test`` says which browser it uses or why there is none; with CI=true that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import install_browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine without browser or apt whose every command fails; returns the commands tried."""
    tried: list[list[str]] = []

    def refuse(command: list[str]) -> str:
        tried.append(command)
        return "no network"

    monkeypatch.setattr(install_browser.shutil, "which", lambda _name: None)
    monkeypatch.setattr(install_browser, "playwright_browser", lambda: None)
    monkeypatch.setattr(install_browser, "can_use_apt", lambda: False)
    monkeypatch.setattr(install_browser, "run", refuse)
    monkeypatch.delenv("CI", raising=False)
    return tried


def test_a_missing_browser_is_told_and_not_a_failure(
    bare: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert install_browser.main() == 0
    assert "browser tests are skipped: no network" in capsys.readouterr().err
    assert bare[0][1:] == ["-m", "playwright", "install", "chromium"]


@pytest.mark.usefixtures("bare")
def test_a_missing_browser_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert install_browser.main() == 1


def test_root_with_apt_installs_browser_and_font(
    bare: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_browser, "can_use_apt", lambda: True)
    monkeypatch.setattr(install_browser, "run", lambda command: bare.append(command))
    assert install_browser.install_with_apt() is None
    assert bare[0] == ["apt-get", "update"]
    assert bare[1][-2:] == ["fonts-noto-cjk", "chromium-headless-shell"]


def test_where_there_is_no_browser_without_windows_the_other_one_is_installed(
    bare: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_the_first(command: list[str]) -> str | None:
        bare.append(command)
        return "no such package" if command[-1] == "chromium-headless-shell" else None

    monkeypatch.setattr(install_browser, "run", refuse_the_first)
    assert install_browser.install_with_apt() is None
    assert bare[-1][-2:] == ["fonts-noto-cjk", "chromium"]


def test_nothing_is_installed_where_browser_and_font_are(
    bare: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install_browser, "can_use_apt", lambda: True)
    monkeypatch.setattr(install_browser, "find_browser", lambda: Path("/usr/bin/chromium"))
    monkeypatch.setattr(install_browser, "has_chinese_font", lambda: True)
    assert install_browser.main() == 0
    assert "use /usr/bin/chromium" in capsys.readouterr().out
    assert bare == []


def test_a_browser_that_does_not_start_is_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(install_browser.shutil, "which", lambda _name: str(broken))
    monkeypatch.setattr(install_browser, "playwright_browser", lambda: None)
    assert install_browser.find_browser() is None


def test_a_command_that_fails_is_told_by_its_last_line() -> None:
    assert install_browser.run(["sh", "-c", "echo one; echo two >&2; exit 3"]) == "sh: two"
    assert install_browser.run(["sh", "-c", "exit 0"]) is None
    assert "No such file" in str(install_browser.run(["no-such-command-anywhere"]))
