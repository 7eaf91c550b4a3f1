"""A write that is asked for twice happens once."""

from __future__ import annotations

import threading

import pytest

from drillbook.core.idempotency import REMEMBERED, once
from drillbook.db.transaction import new_id


def test_a_second_click_gets_what_the_first_one_made() -> None:
    made: list[int] = []

    def write() -> int:
        made.append(len(made))
        return made[-1]

    token = new_id()
    assert [once(token, write), once(token, write)] == [0, 0]
    assert once(new_id(), write) == 1
    assert made == [0, 1]


def test_clicks_at_the_same_time_make_one() -> None:
    made: list[str] = []
    token, gate = new_id(), threading.Barrier(8)

    def click() -> None:
        gate.wait()
        once(token, lambda: made.append("one"))

    clicks = [threading.Thread(target=click) for _number in range(8)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert made == ["one"]


def test_what_failed_may_be_tried_again() -> None:
    token = new_id()
    with pytest.raises(ZeroDivisionError):
        once(token, lambda: 1 // 0)
    assert once(token, lambda: 7) == 7


def test_only_the_last_are_remembered() -> None:
    token = new_id()
    once(token, lambda: 1)
    for number in range(REMEMBERED):
        once(new_id(), lambda number=number: number)  # type: ignore[misc]
    assert once(token, lambda: 2) == 2
