"""What the tests of the recording section ask of a screen."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.ui.app_page import open_page


def screen(url_path: str, language: str = "zh", **query: str) -> AppTest:
    """Open a page; no exception, and something to see."""
    return healthy(open_page(url_path, language, **query))


def healthy(app: AppTest) -> AppTest:
    """Fail on an exception or an empty page."""
    assert not app.exception, [error.value for error in app.exception]
    assert app.title
    return app


def texts(app: AppTest) -> str:
    """Return what the messages and captions of the page say, without Markdown's backslashes."""
    kinds: tuple[Any, ...] = (
        app.error,
        app.warning,
        app.info,
        app.success,
        app.markdown,
        app.caption,
    )
    return "\n".join(element.value for kind in kinds for element in kind).replace("\\", "")
