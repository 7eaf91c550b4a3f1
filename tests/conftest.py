"""A real register for every test, and the people who use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from drillbook.accounts import accounts
from drillbook.accounts.permissions import Person
from drillbook.core.i18n import use_language
from drillbook.db import journal
from drillbook.db.audit_chain import Actor
from drillbook.db.current import set_current
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from drillbook.records import sample_data
from drillbook.ui.components import current_user
from tests.examples import IS_SOAK, examples

# No deadline: how long an example takes says how busy the machine is.
settings.register_profile("few", deadline=None, print_blob=True)
settings.register_profile("soak", parent=settings.get_profile("few"), max_examples=examples(100))
settings.load_profile("soak" if IS_SOAK else "few")

# The clerk who logs the drills, and her colleague who edits the same records.
CLERK = Actor("王敏")
COLLEAGUE = Actor("李强")

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


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed register without a record: copy it with ``copied``, do not open it."""
    path = tmp_path_factory.mktemp("empty") / "register.duckdb"
    open_store(path).close()
    return path


def copied(register: Path, path: Path) -> Path:
    """Copy a closed register with its journal; making one takes seven times as long."""
    shutil.copyfile(register, path)
    shutil.copytree(journal.folder(register), journal.folder(path))
    return path


@pytest.fixture
def store(empty_register: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty register, open as the current one; each test has its own copy."""
    opened = open_store(copied(empty_register, tmp_path / "register.duckdb"))
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
    opened = open_store(copied(demo_register, tmp_path / "demo.duckdb"))
    set_current(opened)
    yield opened
    set_current(None)
    opened.close()
