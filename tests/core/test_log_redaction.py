"""No ticket, token, password or cookie is ever written to a log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from drillbook.core import log_redaction

SECRET = "geheim-0123456789"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of a process after ``prepare``, as text."""
    before, text = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("drillbook.test")
    logger.addHandler(handler)
    logger.propagate = False
    log_redaction.prepare()
    yield text
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


LINES = (
    "GET /enter?ticket={} HTTP/1.1",
    "GET /enter?next=%2F&token={}&lang=zh 303",
    "setup at http://localhost:8501/setup?setup_token={}",
    "POST /sign-in name=wang&password={}",
    "{{'cookie': 'drillbook_session={}; other={}'}}",
    "Cookie: a={}",
    "Set-Cookie: drillbook={}; HttpOnly",
    "(b'cookie', b'drillbook={}')",
    "Authorization: Bearer {}",
    '{{"client_secret": "{}"}}',
    "/oauth2callback?code={}&state={}",
    "password_hash $argon2id$v=19$m=65536,t=3,p=4${}",
    "drillbook_session={}",
)


@pytest.mark.parametrize("line", LINES)
def test_a_secret_is_crossed_out(written: io.StringIO, line: str) -> None:
    logging.getLogger("drillbook.test").error("%s", line.format(SECRET, SECRET))
    assert SECRET not in written.getvalue()
    assert log_redaction.CROSSED_OUT in written.getvalue()


@pytest.mark.parametrize("line", LINES)
def test_a_traceback_tells_no_secret_either(written: io.StringIO, line: str) -> None:
    try:
        raise ValueError(line.format(SECRET, SECRET))
    except ValueError:
        logging.getLogger("drillbook.test").exception("Reference 1")
    assert SECRET not in written.getvalue()
    assert "Traceback" in written.getvalue()


def test_ordinary_lines_stay_as_they_are(written: io.StringIO) -> None:
    line = "Reference 5f0a: KeyError('status') at /sessions?year=2023&page=2&id=0190 event_code=x"
    logging.getLogger("drillbook.test").error(line)
    assert written.getvalue() == f"ERROR {line}\n"
