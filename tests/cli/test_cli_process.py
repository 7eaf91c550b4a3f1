"""The command line as another program runs it: processes of their own, one register."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drillbook.operations.opening import open_store
from tests.raw import raw

ROOT = Path(__file__).parents[2]
ROWS = 400
START = 30.0


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "台账 register.duckdb"


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    lines = ["演练名称,演练时间,主办单位,参演人数"]
    lines += [f"第{n}次演练,2023-{n % 12 + 1:02d}-10,应急管理局,{n % 50}" for n in range(ROWS)]
    path = tmp_path / "场次 台账.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def environment(db: Path, **more: str) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("DRILLBOOK_")}
    return plain | {"DRILLBOOK_DB": str(db), "PYTHONPATH": str(ROOT)} | more


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "drillbook", *map(str, words)]


def run(db: Path, *words: object, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*words), env=environment(db, **more), capture_output=True, check=False, timeout=120
    )


def answer(done: subprocess.CompletedProcess[bytes], code: int = 0) -> Any:
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout.decode("utf-8"))


def number(db: Path, table: str) -> int:
    store = open_store(db)
    with raw(store) as cursor:
        found = cursor.execute(f"select count(*) from {table}").fetchone()
    store.close()
    assert found is not None
    return int(found[0])


def test_help_comes_at_once_and_loads_nothing_heavy(db: Path) -> None:
    heavy = "['duckdb', 'pandas', 'pyarrow', 'altair', 'streamlit', 'xlsxwriter']"
    code = (
        "import sys, contextlib\n"
        "from drillbook.cli.main import command_line\n"
        "with contextlib.suppress(SystemExit):\n    command_line(['import', '--help'])\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(db), capture_output=True, check=True
    )
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_output_is_utf_8_and_json_stands_alone(db: Path) -> None:
    # A console that knows no Chinese must not break the answer.
    done = run(db, "demo", "--json", PYTHONIOENCODING="ascii")
    assert answer(done)["added"]["unit"] > 0
    told = run(db, "stats", "--year", "2023", "--json", PYTHONIOENCODING="ascii")
    assert "演练" in answer(told)["sentence"]
    assert run(db, "stats", "--year", "2023", PYTHONIOENCODING="ascii").returncode == 0


def test_importing_again_in_another_process_changes_nothing(db: Path, sessions: Path) -> None:
    first = answer(run(db, "import", "sessions", sessions, "--json"))
    again = answer(run(db, "import", "sessions", sessions, "--json"))
    assert (first["accepted"], first["unchanged"]) == (ROWS, 0)
    assert (again["accepted"], again["unchanged"]) == (0, ROWS)
    assert number(db, "drill_session") == ROWS


def test_a_register_held_by_another_program_is_said_with_what_to_do(db: Path) -> None:
    store = open_store(db)
    try:
        for words in (["init"], ["verify"], ["stats", "--year", "2023"], ["demo"]):
            done = run(db, *words)
            assert done.returncode == 2
            assert str(db) in done.stderr.decode()
            assert "Traceback" not in done.stderr.decode()
        assert "error" in answer(run(db, "verify", "--json"), code=2)
    finally:
        store.close()


DIES_AFTER_COMMIT = """
import os, signal, sys
from drillbook.cli import main
from drillbook.db import store
def die(self):
    # The rows are committed; the process is killed before it can close the register.
    print("acknowledged", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
store.Store.close = die
main.command_line(sys.argv[1:])
"""

DIES_BEFORE_COMMIT = """
import os, signal, sys
from drillbook.cli import main
from drillbook.importing import applying
from tests.raw import raw
from tests.raw import raw
written = applying._write
def die(*given):
    written(*given)
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
applying._write = die
main.command_line(sys.argv[1:])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no kill -9")
@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [(DIES_AFTER_COMMIT, b"acknowledged", ROWS), (DIES_BEFORE_COMMIT, b"written", 0)],
    ids=["after the commit", "before the commit"],
)
def test_a_killed_import_is_there_whole_or_not_at_all(
    code: str, said: bytes, expected: int, db: Path, sessions: Path
) -> None:
    assert run(db, "init").returncode == 0
    words = [sys.executable, "-c", code, "import", "sessions", str(sessions)]
    done = subprocess.run(words, env=environment(db), capture_output=True, check=False)
    assert done.returncode == -9
    assert said in done.stdout
    assert number(db, "drill_session") == expected
    assert number(db, "audit_event") == (expected + 2 if expected else 0)
    assert answer(run(db, "verify", "--json"))["ok"] is True


@pytest.fixture
def served(db: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The app, started by the command on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        command("serve", "--port", port),
        env=environment(db),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process, port
    process.terminate()
    process.wait(timeout=20)


def is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def test_serve_starts_the_app_which_then_holds_the_register(
    served: tuple[subprocess.Popen[bytes], int], db: Path
) -> None:
    process, port = served
    deadline = time.monotonic() + START
    while not is_up(port) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.3)
    assert is_up(port)
    done = run(db, "verify")
    assert done.returncode == 2
    assert str(db) in done.stderr.decode()
    taken = run(db, "serve", "--port", port)
    assert taken.returncode == 2
    assert str(port) in taken.stderr.decode()
