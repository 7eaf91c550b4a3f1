"""A real register for every test, and the people who use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from drillbook.accounts import accounts
from drillbook.accounts.permissions import Person
from drillbook.core.i18n import use_language
from drillbook.db.current import set_current
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.ui.components import current_user

# The clerk who logs the drills, and her colleague who edits the same records.
CLERK = "王敏"
COLLEAGUE = "李强"

TODAY = date(2024, 1, 11)
ADMINISTRATOR = Person(CLERK, "administrator", account_id="account-1", login="wangmin")


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Hash with the least effort: the real one takes a tenth of a second and 64 MB each time."""
    from argon2 import PasswordHasher

    accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    accounts._hasher = None


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign the clerk in as administrator; AppTest has no cookie that could prove it."""
    monkeypatch.setattr(current_user, "holder", lambda: ADMINISTRATOR)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty register, open as the current one."""
    opened = open_store(tmp_path / "register.duckdb")
    set_current(opened)
    yield opened
    set_current(None)
    opened.close()


@pytest.fixture
def zh() -> Iterator[None]:
    with use_language("zh"):
        yield


@pytest.fixture
def en() -> Iterator[None]:
    with use_language("en"):
        yield


@pytest.fixture(scope="session")
def demo_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed register file with the sample years: copy it, do not open it."""
    path = tmp_path_factory.mktemp("demo") / "register.duckdb"
    opened = open_store(path)
    sample_data.load(opened, CLERK, TODAY)
    opened.close()
    return path


@pytest.fixture
def demo_store(demo_register: Path, tmp_path: Path) -> Iterator[Store]:
    """A register with the sample years, open as the current one; each test has its own copy."""
    path = tmp_path / "demo.duckdb"
    shutil.copyfile(demo_register, path)
    opened = open_store(path)
    set_current(opened)
    yield opened
    set_current(None)
    opened.close()
