"""A half-typed form comes back as it was, to the one who typed it."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from drillbook.accounts import form_drafts
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.operations.opening import open_store
from tests.raw import raw

ANNA, BORIS = "a" * 32, "b" * 32
TYPED = {
    "name": "防汛<b>演练</b>'; drop table draft; --",
    "held_on": date(2023, 6, 15),
    "starts_at": time(9, 30),
    "hosts": ["u1", "新单位"],
    "is_no_notice": True,
    "plan": None,
    "rows": [{"held_on": "5月12日", "participants": "30余人"}],
}


def test_what_was_typed_comes_back_with_its_types(store: Store) -> None:
    assert form_drafts.put(store, ANNA, "log", TYPED)
    draft = form_drafts.get(store, ANNA, "log")
    assert draft is not None
    assert draft.values == TYPED


def test_a_draft_belongs_to_one_visitor_and_one_form(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", TYPED)
    assert form_drafts.get(store, BORIS, "log") is None
    assert form_drafts.get(store, ANNA, "log_many") is None


def test_the_last_thing_typed_wins(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", {"name": "一"})
    form_drafts.put(store, ANNA, "log", {"name": "二"})
    draft = form_drafts.get(store, ANNA, "log")
    assert draft is not None
    assert draft.values == {"name": "二"}


def test_a_dropped_draft_is_gone(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", TYPED)
    form_drafts.drop(store, ANNA, "log")
    assert form_drafts.get(store, ANNA, "log") is None


def test_a_draft_survives_the_servers_restart(tmp_path: Path) -> None:
    path = tmp_path / "register.duckdb"
    first = open_store(path)
    form_drafts.put(first, ANNA, "log", TYPED)
    first.close()
    second = open_store(path)
    draft = form_drafts.get(second, ANNA, "log")
    second.close()
    assert draft is not None
    assert draft.values == TYPED


def test_too_much_text_is_refused_and_what_was_kept_stays(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", {"name": "一"})
    assert not form_drafts.put(store, ANNA, "log", {"name": "长" * form_drafts.LARGEST})
    draft = form_drafts.get(store, ANNA, "log")
    assert draft is not None
    assert draft.values == {"name": "一"}


def test_a_text_of_100000_characters_is_kept(store: Store) -> None:
    assert form_drafts.put(store, ANNA, "log", {"summary": "长" * 100_000})


def test_drafts_nobody_came_back_for_are_forgotten(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", TYPED)
    long_ago = form_drafts.now() - form_drafts.KEPT_FOR - timedelta(days=1)
    with store.write(Actor(ANNA)) as tx:
        tx.execute("update draft set updated_at = $long_ago", {"long_ago": long_ago})
    form_drafts.put(store, BORIS, "log", TYPED)
    assert form_drafts.get(store, ANNA, "log") is None
    assert form_drafts.get(store, BORIS, "log") is not None


def test_drafts_leave_no_audit_line(store: Store) -> None:
    form_drafts.put(store, ANNA, "log", TYPED)
    with raw(store) as cursor:
        assert cursor.execute("select count(*) from audit_event").fetchone() == (0,)


def test_a_file_cannot_be_kept_in_a_draft() -> None:
    with pytest.raises(TypeError, match="bytes"):
        form_drafts.encoded({"file": b"%PDF"})
