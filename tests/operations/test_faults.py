"""The fault harness itself, a few rounds of it: the real server, killed while drills are logged."""

from __future__ import annotations

import os

import pytest

from bench import faults


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no kill -9")
def test_what_the_app_said_is_saved_survives_kills_and_torn_files() -> None:
    counts = {count.name: count for count in faults.run(3, 3, 11, full_disk=False)}
    assert {name: count.lost for name, count in counts.items()} == dict.fromkeys(counts, 0)
    assert [count.remarks for count in counts.values()] == [[] for _ in counts]
    assert counts["killed"].rounds == 3
    assert counts["killed"].acknowledged > 0
    assert len(counts) == 4


def test_a_loss_is_counted_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    count = faults.Count("killed")
    count.add(faults.Log(saved={"甲", "乙"}), {"甲"}, "kill 1")
    assert faults.report([count]) == 1
    assert "kill 1: 1 lost" in capsys.readouterr().out
