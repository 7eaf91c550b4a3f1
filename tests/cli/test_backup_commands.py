"""Backup, restore and recover from a console, in processes of their own."""

from __future__ import annotations

import time
from pathlib import Path

from drillbook.db import backups
from drillbook.operations import app_control
from drillbook.operations.opening import open_store
from tests.cli.test_cli_process import START, answer, command, db, environment, is_up, run, served
from tests.people import add_unit

__all__ = ["command", "db", "environment", "served"]


def add(db: Path, *names: str) -> None:
    store = open_store(db)
    for name in names:
        add_unit(store, name)
    store.close()


def units(db: Path) -> set[str]:
    store = open_store(db)
    found = {row["name"] for row in store.query("unit_choices")}
    store.close()
    return found


def test_a_backup_is_made_listed_compared_and_gone_back_to(db: Path) -> None:
    add(db, "应急管理局")
    made = answer(run(db, "backup", "--json"))
    assert Path(made["file"]).exists()
    add(db, "教育分局")
    listed = answer(run(db, "restore", "--json"))["backups"]
    assert [one["id"] for one in listed] == [made["id"]]
    told = answer(run(db, "restore", made["id"], "--dry-run", "--json"))
    assert {d["table"]: d["added"] for d in told["differences"]} == {"unit": 1, "unit_name": 1}
    assert units(db) == {"应急管理局", "教育分局"}
    assert answer(run(db, "restore", made["id"], "--json"))["dry_run"] is False
    assert units(db) == {"应急管理局"}
    assert "手动" in run(db, "restore").stdout.decode()
    assert "单位" in run(db, "restore", made["id"], "--dry-run").stdout.decode() or units(db)


def test_an_unknown_backup_is_said(db: Path) -> None:
    add(db, "应急管理局")
    done = run(db, "restore", "nothing", "--lang", "en")
    assert done.returncode == 2
    assert "no backup “nothing”" in done.stderr.decode()
    assert run(db, "restore").returncode == 0


def test_a_damaged_register_is_rebuilt_and_told_in_words_and_json(db: Path) -> None:
    add(db, "应急管理局", "教育分局")
    run(db, "backup")
    add(db, "建设局")
    db.write_bytes(b"\0" * 20_000)
    refused = run(db, "verify", "--lang", "en")
    assert refused.returncode == 2
    assert "drillbook recover" in refused.stderr.decode()
    told = answer(run(db, "recover", "--dry-run", "--json"))
    assert (told["dry_run"], told["source"]) == (True, "backup")
    assert db.read_bytes() == b"\0" * 20_000
    words = run(db, "recover", "--lang", "en")
    assert words.returncode == 0
    assert "Nothing was lost." in words.stdout.decode()
    assert "Set aside, not deleted" in words.stdout.decode()
    assert units(db) == {"应急管理局", "教育分局", "建设局"}
    assert "无需处理" in run(db, "recover").stdout.decode()


def test_writes_that_could_not_be_brought_back_end_with_1(db: Path) -> None:
    add(db, "应急管理局", "教育分局", "建设局")
    (segment,) = (db.parent / f"{db.name}.journal").glob("*.jsonl")
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join([*lines[:2], b"torn\n", *lines[3:]]))
    db.write_bytes(b"\0" * 20_000)
    told = answer(run(db, "recover", "--json"), code=1)
    assert told["lost_writes"] == 1
    assert told["damaged_lines"][0]["line"] == 3
    assert units(db) == {"应急管理局", "建设局"}


def test_verify_looks_at_the_newest_backup_too(db: Path) -> None:
    add(db, "应急管理局")
    assert answer(run(db, "verify", "--json"))["ok"] is True
    made = Path(answer(run(db, "backup", "--json"))["file"])
    assert answer(run(db, "verify", "--json"))["backup"] == ""
    made.write_bytes(made.read_bytes()[:5000])
    told = answer(run(db, "verify", "--json"), code=1)
    assert told["ok"] is False
    assert told["backup"]


def test_the_running_app_makes_the_backup(served: tuple[object, int], db: Path) -> None:
    _process, port = served
    deadline = time.monotonic() + START
    while not (is_up(port) and app_control.running(db)) and time.monotonic() < deadline:
        time.sleep(0.3)
    made = answer(run(db, "backup", "--json"))
    assert backups.described(Path(made["file"]))
    held = run(db, "restore", made["id"], "--lang", "en")
    assert held.returncode == 2
    assert "in use" in held.stderr.decode()
    recover = run(db, "recover", "--lang", "en")
    assert recover.returncode == 2
    assert "in use" in recover.stderr.decode()


def test_the_app_takes_its_address_away_when_it_stops(db: Path, served: tuple[object, int]) -> None:
    process, port = served
    deadline = time.monotonic() + START
    while not (is_up(port) and app_control.running(db)) and time.monotonic() < deadline:
        time.sleep(0.3)
    assert app_control.running(db)
    process.terminate()  # type: ignore[attr-defined]
    process.wait(timeout=20)  # type: ignore[attr-defined]
    assert app_control.running(db) is None
