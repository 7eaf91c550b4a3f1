"""A form that is sent twice is saved once, whatever happened in between."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from drillbook.core import clock
from drillbook.db.idempotency import once
from drillbook.db.store import Store
from drillbook.db.transaction import SUBMISSIONS_KEPT, new_id
from drillbook.operations import recover
from drillbook.operations.opening import open_store
from drillbook.records import unit_creation, units
from drillbook.records.units import Unit
from tests.people import CLERK, TODAY
from tests.raw import rows_of

KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from drillbook.core import clock
    from drillbook.db.audit_chain import Actor
    from drillbook.db.idempotency import once
    from drillbook.operations.opening import open_store
    from drillbook.records import unit_creation, units
    store = open_store(Path(sys.argv[1]))
    unit = units.Unit(name="只一次")
    def write():
        unit_creation.save(
            store, units.RECORD_TYPE, unit, actor=Actor("王敏"), today=clock.today()
        )
        # Committed, and nobody is told.
        os.kill(os.getpid(), signal.SIGKILL)
    once(store, sys.argv[2], write)
    """
)


def save(store: Store, name: str) -> str:
    """Save a unit as a form does."""
    return unit_creation.save(store, units.RECORD_TYPE, Unit(name=name), actor=CLERK, today=TODAY)


def names(store: Store) -> list[str]:
    """Return the names of all units."""
    return sorted(row["name"] for row in rows_of(store, "select name from unit"))


def test_a_second_click_gets_what_the_first_one_made(store: Store) -> None:
    token = new_id()
    first = once(store, token, lambda: save(store, "教育分局"))
    again = once(store, token, lambda: save(store, "又一个"))
    other = once(store, new_id(), lambda: save(store, "建设局"))
    assert first == again != other
    assert names(store) == ["建设局", "教育分局"]


def test_clicks_at_the_same_time_make_one(store: Store) -> None:
    token, gate, made = new_id(), threading.Barrier(8), []

    def click() -> None:
        gate.wait()
        made.append(once(store, token, lambda: save(store, "教育分局")))

    clicks = [threading.Thread(target=click) for _number in range(8)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(set(made)) == 1
    assert names(store) == ["教育分局"]


def test_what_failed_may_be_tried_again(store: Store) -> None:
    token = new_id()
    with pytest.raises(ZeroDivisionError):
        once(store, token, lambda: str(1 // 0))
    assert once(store, token, lambda: save(store, "教育分局"))
    assert names(store) == ["教育分局"]


def test_a_form_sent_again_after_a_kill_adds_nothing(tmp_path: Path) -> None:
    path, token = tmp_path / "register.duckdb", new_id()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), token], check=False)
    assert done.returncode == -signal.SIGKILL
    store = open_store(path)
    assert names(store) == ["只一次"]
    again = once(store, token, lambda: save(store, "又一个"))
    assert names(store) == ["只一次"]
    assert rows_of(store, "select id from unit") == [{"id": again}]
    store.close()


def test_a_register_rebuilt_from_its_journal_knows_what_was_sent(tmp_path: Path) -> None:
    path, token = tmp_path / "register.duckdb", new_id()
    store = open_store(path)
    made = once(store, token, lambda: save(store, "教育分局"))
    store.close()
    path.unlink()
    recover.recover(path, CLERK)
    rebuilt = open_store(path)
    assert once(rebuilt, token, lambda: save(rebuilt, "又一个")) == made
    assert names(rebuilt) == ["教育分局"]
    rebuilt.close()


def test_what_nobody_sends_any_more_is_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(store, new_id(), lambda: save(store, "教育分局"))
    later = clock.now() + SUBMISSIONS_KEPT + timedelta(days=1)
    monkeypatch.setattr("drillbook.db.transaction.now", lambda: later)
    token = new_id()
    once(store, token, lambda: save(store, "建设局"))
    assert rows_of(store, "select token from form_submission") == [{"token": token}]


def test_a_write_beside_it_is_no_answer_to_the_form(store: Store) -> None:
    token = new_id()
    once(store, token, lambda: save(store, "教育分局"))
    save(store, "建设局")
    assert rows_of(store, "select token from form_submission") == [{"token": token}]
