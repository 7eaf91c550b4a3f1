"""The settings that keep the server fast, quiet and legible: none of them shows when it is gone."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit import config as streamlit_config

from drillbook.core.paths import ROOT
from drillbook.ui.shell import html_shell

CONFIG_FILE = ROOT / ".streamlit" / "config.toml"
CONFIG: dict[str, Any] = tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8"))

SETTINGS = {
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "server.address": "127.0.0.1",
    "server.port": 8501,
    "server.headless": True,
    "server.showEmailPrompt": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.maxUploadSize": 30,
    "server.enableStaticServing": True,
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.disconnectedSessionTTL": 1800,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.allowedOrigins": [],
    "client.disableDataExport": True,
    "logger.hideWelcomeMessage": True,
    "logger.enableRich": False,
}

BODY_PAIRS = [
    ("textColor", "backgroundColor"),
    ("textColor", "secondaryBackgroundColor"),
    ("linkColor", "backgroundColor"),
    ("linkColor", "secondaryBackgroundColor"),
    ("primaryColor", "backgroundColor"),
    ("dataframeHeaderTextColor", "dataframeHeaderBackgroundColor"),
    ("redTextColor", "backgroundColor"),
    ("orangeTextColor", "backgroundColor"),
    ("yellowTextColor", "backgroundColor"),
    ("greenTextColor", "backgroundColor"),
    ("blueTextColor", "backgroundColor"),
    ("violetTextColor", "backgroundColor"),
    ("grayTextColor", "secondaryBackgroundColor"),
]


def setting(name: str) -> Any:
    section, _, option = name.partition(".")
    return CONFIG[section][option]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("name", "value"), SETTINGS.items())
def test_setting_is_as_measured(name: str, value: object) -> None:
    assert setting(name) == value


def test_no_setting_is_without_a_test() -> None:
    written = {
        f"{section}.{option}"
        for section, options in CONFIG.items()
        if section != "theme"
        for option in options
    }
    assert written == set(SETTINGS)


def test_streamlit_knows_every_setting() -> None:
    known = streamlit_config._config_options_template
    assert [name for name in SETTINGS if name not in known] == []


def test_uvloop_is_there_because_it_alone_switches_tcp_nodelay_on() -> None:
    assert find_spec("uvloop")
    assert find_spec("httptools")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), BODY_PAIRS)
def test_text_has_the_contrast_of_wcag_aa(theme: str, front: str, back: str) -> None:
    colours = CONFIG["theme"][theme]
    assert contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chart_colours_stand_out_from_the_page(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    weakest = min(
        contrast(c, colours["backgroundColor"]) for c in colours["chartCategoricalColors"]
    )
    assert weakest >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sidebar_text_has_the_contrast_of_wcag_aa(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    assert contrast(colours["textColor"], colours["sidebar"]["secondaryBackgroundColor"]) >= 4.5


def test_fonts_are_those_of_the_users_systems() -> None:
    fonts = CONFIG["theme"]["font"]
    for name in ("Microsoft YaHei", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC"):
        assert name in fonts
    assert "http" not in CONFIG_FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def streamlits_texts() -> str:
    home = Path(streamlit.__file__).parent
    scripts = (home / "static" / "static" / "js").glob("*.js")
    python = (home / "elements" / "spinner.py").read_text(encoding="utf-8")
    return python + "".join(script.read_text(encoding="utf-8") for script in scripts)


@pytest.fixture(scope="module")
def dictionary() -> dict[str, Any]:
    path = ROOT / "drillbook" / "ui" / "shell" / "browser_texts_zh.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_dictionary_holds_only_texts_that_streamlit_still_has(
    streamlits_texts: str, dictionary: dict[str, Any]
) -> None:
    texts = {**dictionary["texts"], **dictionary["options"]}
    assert [text for text in texts if text not in streamlits_texts] == []


def test_dictionary_translates_every_text_into_chinese(dictionary: dict[str, Any]) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    tables = ("texts", "options", "segments", "roles")
    texts = {text: said for table in tables for text, said in dictionary[table].items()}
    assert [text for text, said in texts.items() if not chinese.search(said)] == []
    assert [target for _, target in dictionary["patterns"] if not chinese.search(target)] == []


def test_script_for_the_browser_carries_the_dictionary() -> None:
    script, mark = html_shell.browser_texts()
    assert "__DICTIONARY__" not in script
    assert "请选择" in script
    assert re.fullmatch(r"[0-9a-f]{12}", mark)
