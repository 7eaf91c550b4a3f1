"""The route for commands of this machine: who is let in, and what it does."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from drillbook.core.errors import DrillbookError
from drillbook.db import backup_folder, backups
from drillbook.db.store import Store
from drillbook.operations import app_control
from drillbook.operations.app_control import HEADER, Control
from drillbook.ui.shell import control_route as route
from tests.people import CLERK, add_unit
from tests.raw import raw

SECRET = "a secret of this run"
TOLD = {"actor": CLERK, "language": "en"}


@pytest.fixture
def app(store: Store) -> Iterator[Starlette]:
    add_unit(store)
    route.set_control(Control("http://127.0.0.1:1", SECRET, 1))
    yield Starlette(routes=[Route("/control/{command}", route.handle_command, methods=["POST"])])
    route.set_control(None)


def ask(app: Starlette, client: str = "127.0.0.1", **headers: str) -> Any:
    asked = {HEADER: SECRET} | {name.replace("_", "-"): v for name, v in headers.items()}
    return TestClient(app, client=(client, 5000)).post("/control/backup", json=TOLD, headers=asked)


def test_the_machine_itself_with_the_secret_gets_a_backup(app: Starlette, store: Store) -> None:
    answer = ask(app)
    assert answer.status_code == 200
    assert answer.json()["id"] == backups.listed(store.path)[0].id
    with raw(store) as cursor:
        line = cursor.execute(
            "select actor, source, action from audit_event order by position desc"
        ).fetchone()
    assert line == (CLERK, "command", "backup")


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("127.0.0.1", {HEADER.replace("-", "_"): "another"}),
        ("127.0.0.1", {HEADER.replace("-", "_"): ""}),
        ("192.168.1.20", {}),
        ("127.0.0.1", {"X_Forwarded_For": "192.168.1.20"}),
        ("no address", {}),
    ],
)
def test_anybody_else_gets_nothing(
    app: Starlette, store: Store, client: str, headers: dict[str, str]
) -> None:
    assert ask(app, client, **headers).status_code == 403
    assert backups.listed(store.path) == []


def test_without_a_running_app_no_secret_is_good(app: Starlette) -> None:
    route.set_control(None)
    assert ask(app).status_code == 403


def test_only_posts_and_only_what_is_known(app: Starlette) -> None:
    client = TestClient(app, client=("127.0.0.1", 5000), headers={HEADER: SECRET})
    assert client.get("/control/backup").status_code == 405
    assert client.post("/control/restore", json=TOLD).status_code == 404
    assert client.post("/control/backup", content=b"[1]").status_code == 400
    assert client.post("/control/backup", content=b"x" * 20_000).status_code == 400


def test_what_went_wrong_is_told_in_the_language_asked_for(app: Starlette, store: Store) -> None:
    backup_folder.folder(store.path).write_text("in the way")
    answer = ask(app)
    assert answer.status_code == 409
    assert "backup could not be made" in answer.json()["error"]


def test_the_secret_can_be_read_by_its_own_account_only(store: Store) -> None:
    left = app_control.announce(store.path, "http://127.0.0.1:8501")
    path = app_control.path_of(store.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert app_control.running(store.path) == left
    assert len(left.token) >= 40
    app_control.withdraw(store.path)
    assert app_control.running(store.path) is None
    app_control.withdraw(store.path)


def test_an_app_that_was_killed_is_not_waited_for(store: Store, en: None) -> None:
    left = Control("http://127.0.0.1:9", "x", 1)
    app_control.path_of(store.path).write_text(json.dumps(left.__dict__))
    found = app_control.running(store.path)
    assert found
    with pytest.raises(DrillbookError, match="does not answer"):
        app_control.ask(found, "backup")
