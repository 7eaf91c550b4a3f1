"""The command line: what it prints, its exit codes, and its sentences in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result

from drillbook.cli import click_i18n
from drillbook.cli.framework import KINDS, spoken
from drillbook.cli.main import command_line
from drillbook.core.i18n import use_language
from drillbook.db.audit_chain import Actor
from drillbook.operations.opening import open_store
from drillbook.records import corrective_actions, finding_with_actions, findings, sample_data
from tests.conftest import copied
from tests.people import CLERK, TODAY, add_session, add_unit
from tests.raw import raw

Run = Callable[..., Result]

UNITS = "单位名称,单位类别\n应急管理局,管委部门\n建设局,管委部门\n"
SESSIONS = (
    "演练名称,演练时间,主办单位,参演人数\n"
    "防汛演练,2023-06-15,应急管理局,30余人\n"
    "消防演练,2023-02-30,建设局,20\n"
)
STATS_KEYS = {
    "year",
    "as_of",
    "planned_drills",
    "planned_drills_held",
    "sessions",
    "sessions_in_programme",
    "sessions_outside_programme",
    "participants",
    "participants_rounded",
    "observers",
    "plans",
    "plans_under_revision",
    "teams",
    "teams_by_kind",
    "by_month",
    "by_event_class",
    "by_host",
    "by_form",
    "sentence",
}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "register.duckdb"


@pytest.fixture
def run(db: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command on the register of this test."""
    monkeypatch.setenv("DRILLBOOK_DB", str(db))
    monkeypatch.delenv("DRILLBOOK_LANG", raising=False)

    def invoke(*words: object) -> Result:
        return CliRunner().invoke(command_line, [str(word) for word in words])

    return invoke


@pytest.fixture
def demo(run: Run, demo_register: Path, db: Path) -> Path:
    """The register of this test holds the sample years."""
    copied(demo_register, db)
    return db


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "单位.csv"
    path.write_text(UNITS, encoding="utf-8")
    return path


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    path = tmp_path / "场次.csv"
    path.write_text(SESSIONS, encoding="gb18030")
    return path


def answer(result: Result, code: int = 0) -> Any:
    """Return the one JSON value on standard output."""
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def sentence(result: Result) -> str:
    """Return what is said when a command could not be done."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


def number(db: Path, table: str) -> int:
    store = open_store(db)
    with raw(store) as cursor:
        found = cursor.execute(f"select count(*) from {table}").fetchone()
    store.close()
    assert found is not None
    return int(found[0])


# --- init and demo --------------------------------------------------------------------------------


def test_init_makes_a_register_and_says_so_once(run: Run, db: Path) -> None:
    assert answer(run("init", "--json")) == {"register": str(db), "created": True, "records": {}}
    assert answer(run("init", "--json"))["created"] is False
    assert str(db) in run("init").stdout


@pytest.mark.parametrize("words", [("--db", "{db}", "init"), ("init", "--db", "{db}")])
def test_the_register_is_named_before_or_after_the_command(
    words: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    other = tmp_path / "另一个 台账.duckdb"
    assert run(*(word.format(db=other) for word in words)).exit_code == 0
    assert other.exists()


def test_demo_loads_the_sample_years_and_removes_them(run: Run, db: Path) -> None:
    added = answer(run("demo", "--json"))["added"]
    assert added["drill_session"] == len(sample_data.rows("sessions"))
    assert answer(run("init", "--json"))["records"] == added
    removal = answer(run("demo", "--remove", "--json"))
    assert removal == {"removed": added, "kept": {}}
    assert answer(run("init", "--json"))["records"] == {}


def test_demo_a_second_time_is_refused(run: Run, demo: Path) -> None:
    assert "示例数据已经载入" in sentence(run("demo"))


# --- import ---------------------------------------------------------------------------------------


def test_import_answers_with_the_promised_keys(run: Run, db: Path, units: Path) -> None:
    result = answer(run("import", "units", units, "--json"))
    assert (result["accepted"], result["unchanged"], result["rejected"]) == (2, 0, 0)
    assert result["problems"] == []
    assert number(db, "unit") == 2


def test_importing_the_same_file_again_changes_nothing(run: Run, db: Path, units: Path) -> None:
    run("import", "units", units)
    events = number(db, "audit_event")
    again = answer(run("import", "units", units, "--json"))
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, 2, 0)
    assert number(db, "audit_event") == events


def test_good_rows_go_in_and_bad_rows_are_reported_with_exit_code_1(
    run: Run, db: Path, sessions: Path
) -> None:
    result = answer(run("import", "sessions", sessions, "--json"), code=1)
    assert (result["accepted"], result["rejected"]) == (1, 1)
    (problem,) = result["problems"]
    assert set(problem) == {"sheet", "row", "column", "value", "reason"}
    assert (problem["row"], problem["column"], problem["value"]) == (3, "演练时间", "2023-02-30")
    assert problem["reason"]
    assert result["new_units"] == ["应急管理局"]
    assert number(db, "drill_session") == 1


def test_a_reader_sees_counts_new_units_and_reasons(run: Run, sessions: Path) -> None:
    result = run("import", "sessions", sessions)
    assert result.exit_code == 1
    assert "接受 1 行（新增 1，更改 0），未变 0 行，退回 1 行。" in result.stdout
    assert "新建单位：应急管理局" in result.stdout
    assert "第 3 行，演练时间" in result.stdout


def test_a_dry_run_writes_nothing(run: Run, db: Path, sessions: Path) -> None:
    run("init")
    result = answer(run("import", "sessions", sessions, "--dry-run", "--json"), code=1)
    assert (result["accepted"], result["rejected"], result["dry_run"]) == (1, 1, True)
    assert number(db, "drill_session") == number(db, "unit") == 0


def test_a_dry_run_does_not_make_a_register(run: Run, db: Path, units: Path) -> None:
    assert "drillbook init" in sentence(run("import", "units", units, "--dry-run"))
    assert not db.exists()


def test_bad_rows_leave_as_a_workbook_and_come_back_mended(
    run: Run, db: Path, sessions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "待改 更正.xlsx"
    run("import", "sessions", sessions, "--corrections", out)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    (wrong,) = [cell for cell in cells if cell.value == "2023-02-30"]
    wrong.value = "2023-02-28"
    book.save(out)
    assert answer(run("import", "sessions", out, "--json"))["accepted"] == 1
    assert number(db, "drill_session") == 2


def test_where_the_corrections_cannot_be_written_nothing_is_imported(
    run: Run, db: Path, sessions: Path, tmp_path: Path
) -> None:
    run("init")
    out = tmp_path / "nowhere" / "x.xlsx"
    assert str(out) in sentence(run("import", "sessions", sessions, "--corrections", out))
    assert number(db, "drill_session") == 0


def test_one_sheet_is_chosen_by_its_name(run: Run, db: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "甲"
    for title, name in (("甲", "一局"), ("乙", "二局")):
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        sheet.append(["单位名称", "单位类别"])
        sheet.append([name, "管委部门"])
    path = tmp_path / "两张表.xlsx"
    book.save(path)
    assert answer(run("import", "units", path, "--sheet", "乙", "--json"))["accepted"] == 1
    said = sentence(run("import", "units", path, "--sheet", "丙"))
    assert "丙" in said
    assert "甲、乙" in said


def test_a_year_completes_dates_without_one(run: Run, db: Path, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "演练名称,演练时间,主办单位,参演人数\n防汛演练,5月12日,应急管理局,9\n", encoding="utf-8"
    )
    run("import", "sessions", path, "--year", 2022)
    store = open_store(db)
    with raw(store) as cursor:
        held = cursor.execute("select held_on from drill_session").fetchone()
    store.close()
    assert held == (date(2022, 5, 12),)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.xlsx", b""),
        ("坏.xlsx", b"PK\x03\x04 not a workbook at all"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
        ("无表.csv", "随便,写写\n1,2\n".encode()),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_a_sentence(
    name: str, content: bytes, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    run("init")
    said = sentence(run("import", "units", path))
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert "Traceback" not in said


def test_a_file_too_large_is_refused_without_reading_it_all(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)
        file.write(b"x")
    assert "MB" in sentence(run("import", "units", path))


def test_a_missing_file_and_a_folder_are_told_apart(run: Run, tmp_path: Path) -> None:
    assert "找不到文件" in sentence(run("import", "units", tmp_path / "没有.xlsx"))
    assert "无法读取" in sentence(run("import", "units", tmp_path))


# --- stats, export, verify ------------------------------------------------------------------------


def test_stats_has_every_promised_key(run: Run, demo: Path) -> None:
    value = answer(run("stats", "--year", 2023, "--json"))
    assert set(value) >= STATS_KEYS
    assert (value["year"], value["as_of"]) == (2023, "2023-12-31")
    held = [row for row in sample_data.rows("sessions") if row["held_on"].startswith("2023")]
    assert value["sessions"] == len(held)
    assert value["participants"] == sum(int(row["participants"] or 0) for row in held)
    assert value["sessions_in_programme"] == sum(bool(row["item"]) for row in held)
    assert str(value["sessions"]) in value["sentence"]


def test_stats_are_counted_to_a_day(run: Run, demo: Path) -> None:
    value = answer(run("stats", "--year", 2023, "--as-of", "2023-06-30", "--json"))
    held = [
        row
        for row in sample_data.rows("sessions")
        if "2023-01-01" <= row["held_on"] <= "2023-06-30"
    ]
    assert (value["as_of"], value["sessions"]) == ("2023-06-30", len(held))


def test_a_reader_sees_the_figures_and_the_official_sentence(run: Run, demo: Path) -> None:
    shown = run("stats", "--year", 2023).stdout
    assert re.search(r"^计划项目: 27$", shown, re.MULTILINE)
    assert "组织开展各类应急演练117场次" in shown


def test_the_sentence_is_english_when_asked(run: Run, demo: Path) -> None:
    value = answer(run("stats", "--year", 2023, "--json", "--lang", "en"))
    assert "emergency drill sessions" in value["sentence"]


def test_export_writes_the_workbook(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "年度 统计.xlsx"
    value = answer(run("export", "--year", 2023, "--out", out, "--json"))
    assert value == {
        "file": str(out),
        "bytes": out.stat().st_size,
        "year": 2023,
        "as_of": "2023-12-31",
    }
    assert len(openpyxl.load_workbook(out).sheetnames) > 5


def test_export_writes_one_table_as_csv(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "场次.csv"
    assert run("export", "--year", 2023, "--out", out).exit_code == 0
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert any("初村镇低温雨雪冰冻应急演练" in line for line in lines)
    teams = tmp_path / "队伍.csv"
    assert run("export", "--year", 2023, "--out", teams, "--table", "teams").exit_code == 0
    assert "森林消防中队" in teams.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "{folder}/x.docx"),
        ("--out", "{folder}/nowhere/x.csv"),
        ("--out", "{folder}/x.csv", "--table", "nothing"),
    ],
)
def test_an_export_that_cannot_be_made_says_why(
    words: tuple[str, ...], run: Run, demo: Path, tmp_path: Path
) -> None:
    given = (word.format(folder=tmp_path) for word in words)
    assert sentence(run("export", "--year", 2023, *given))


def test_verify_finds_nothing_wrong_with_the_samples(run: Run, demo: Path) -> None:
    value = answer(run("verify", "--json"))
    assert value["ok"] is True
    (unknown,) = [check for check in value["checks"] if check["rows"]]
    assert (unknown["code"], unknown["severity"]) == ("session_count_unknown", "warning")
    assert set(unknown["rows"][0]) == {"subject_type", "id", "label"}
    assert unknown["label"] in run("verify").stdout


def test_verify_fails_when_a_reference_leads_nowhere(run: Run, demo: Path) -> None:
    store = open_store(demo)
    with store.write(Actor("test")) as tx:
        tx.execute("delete from unit where name = '应急管理局'")
    store.close()
    value = answer(run("verify", "--json"), code=1)
    assert value["ok"] is False
    assert any(c["code"] == "reference_missing" and c["rows"] for c in value["checks"])


@pytest.mark.parametrize(
    "words", [("stats", "--year", 2023), ("export", "--year", 2023, "--out", "x.csv"), ("verify",)]
)
def test_reading_commands_do_not_make_a_register(
    words: tuple[Any, ...], run: Run, db: Path
) -> None:
    assert f"drillbook init --db {db}" in sentence(run(*words))
    assert not db.exists()


def test_a_file_that_is_no_register_is_refused(run: Run, db: Path) -> None:
    db.write_text(UNITS * 1000, encoding="utf-8")
    assert str(db) in sentence(run("verify"))


def test_the_sample_register_stays_clean_after_the_samples_leave(run: Run, demo: Path) -> None:
    run("demo", "--remove")
    assert not any(check["rows"] for check in answer(run("verify", "--json"))["checks"])


# --- errors, help and languages -------------------------------------------------------------------

WRONG: list[tuple[str, ...]] = [
    ("nonsense",),
    ("imprt",),
    ("stats",),
    ("stats", "--year"),
    ("stats", "--year", "abc"),
    ("stats", "--year", "0023"),
    ("stats", "--year", "99999999999999"),
    ("stats", "--year", "2023", "--as-of", "2023-02-30"),
    ("stats", "--year", "2023", "--json=yes"),
    ("stats", "--year", "2023", "more", "words"),
    ("stats", "--yaer", "2023"),
    ("import",),
    ("import", "units"),
    ("import", "people", "x.csv"),
    ("export", "--year", "2023"),
    ("serve", "--port", "0"),
    ("init", "--lang", "fr"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_command_is_explained_in_chinese(words: tuple[str, ...], run: Run) -> None:
    said = sentence(run(*words))
    assert "错误" in said
    kept = re.sub(r"'[^']*'|“[^”]*”|\([^)]*\)|（[^）]*）|--[\w-]+", "", said)
    kept = re.sub(r"^用法.*$|^\t.*$|drillbook", "", kept, flags=re.MULTILINE)
    assert re.findall(r"[A-Za-z]{3,}", kept) == []


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_command_is_explained_in_english(words: tuple[str, ...], run: Run) -> None:
    said = sentence(run(*words, "--lang", "en") if "--lang" not in words else run("x", "--lang=en"))
    assert "Error: " in said
    assert not re.search(r"[\u4e00-\u9fff]", said)


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--json"),
        ("demo", "--remove", "--json"),
        ("import", "units", "没有.xlsx", "--json"),
        ("import", "--json"),
        ("stats", "--json", "--year", "abc"),
        ("export", "--json", "--year", "2023", "--out", "x.doc"),
    ],
)
def test_with_json_an_error_is_one_json_value_too(words: tuple[str, ...], run: Run) -> None:
    result = run(*words)
    value = answer(result, code=2)
    assert set(value) == {"error"}
    assert re.search(r"[\u4e00-\u9fff]", value["error"])


def test_a_mistake_of_the_program_is_told_in_full_and_is_not_done(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_store: object, _actor: object, _today: object, **_more: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(sample_data, "load", broken)
    result = run("demo", "--json")
    assert answer(result, code=2) == {"error": "broken on purpose"}
    assert "Traceback" in result.stderr


@pytest.mark.parametrize("name", ["", *command_line.commands])
def test_help_is_in_both_languages(name: str, run: Run) -> None:
    words = filter(None, [name, "--help"])
    shown = run(*words).stdout
    assert shown.startswith("用法：")
    helps = [line.split("  ")[-1] for line in shown.splitlines() if re.match(r"  (--|\w)", line)]
    assert helps
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in helps)
    english = run(*filter(None, [name, "--help", "--lang", "en"])).stdout
    assert english.startswith("Usage:")
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize(
    ("words", "variable", "language"),
    [
        ([], None, "zh"),
        ([], "en", "en"),
        (["--lang", "zh"], "en", "zh"),
        (["stats", "--lang=en"], None, "en"),
        (["--lang"], None, "zh"),
        (["--lang", "fr"], None, "zh"),
    ],
)
def test_the_language_is_the_one_asked_for(
    words: list[str], variable: str | None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DRILLBOOK_LANG", raising=False)
    if variable:
        monkeypatch.setenv("DRILLBOOK_LANG", variable)
    assert spoken(words) == language


def test_clicks_words_are_still_those_we_translate() -> None:
    folder = Path(click.__file__).parent
    said: set[str] = set()
    for name in click_i18n.MODULES:
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        said |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(click_i18n.TEXTS) <= said


def test_click_counts_in_english_and_has_one_form_in_chinese() -> None:
    plural = "Option {name!r} requires {nargs} arguments."
    with use_language("en"):
        assert click_i18n.counted("one", "many", 1) == "one"
        assert click_i18n.counted("one", "many", 2) == "many"
    with use_language("zh"):
        assert click_i18n.counted("one", plural, 1) == click_i18n.counted("one", plural, 2)
        assert "需要" in click_i18n.counted("one", plural, 1)


def test_the_page_about_the_command_line_names_every_command_and_option() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in command_line.commands.items():
        section = page.split(f"## drillbook {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            if parameter.name not in ("db", "lang", "acting_as", "as_json", "kind", "file"):
                assert parameter.opts[0] in section, (name, parameter.opts[0])
    for kind in KINDS:
        assert kind in page


def test_the_page_about_the_command_line_names_every_json_key(run: Run, demo: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    asked = [("stats", "--year", 2023), ("verify",), ("init",)]
    for words in asked:
        for key in answer(run(*words, "--json")):
            assert f"`{key}`" in page, key
    wanted = run("import", "units", demo.parent / "x.csv", "--json")
    assert f"`{next(iter(answer(wanted, code=2)))}`" in page


# --- accounts ---------------------------------------------------------------------------------


def test_an_account_is_made_listed_and_switched_off_from_the_console(run: Run) -> None:
    made = run("account", "add", "Wangmin", "--name", "王敏", "--role", "clerk", "--json")
    assert made.exit_code == 0
    assert json.loads(made.stdout)["link"].startswith("/welcome?link=")
    assert run("account", "disable", "wangmin").exit_code == 0
    (row,) = json.loads(run("account", "list", "--json").stdout)["accounts"]
    assert (row["login"], row["role"], row["is_disabled"]) == ("wangmin", "clerk", True)
    assert run("account", "link", "wangmin").exit_code == 2
    assert run("account", "link", "nobody").exit_code == 2


def test_as_limits_a_command_to_what_the_account_may_do(run: Run) -> None:
    run("account", "add", "looker")
    looking = ("--as", "looker")
    assert run("stats", "--year", 2023, *looking).exit_code == 0
    for words in (("demo",), ("account", "list"), ("backup",)):
        assert run(*words, *looking).exit_code == 2
    assert run("verify", "--as", "nobody").exit_code == 2


# --- what is due --------------------------------------------------------------------------------

DUE_KEYS = {
    "subject_type",
    "subject",
    "rule",
    "state",
    "due_on",
    "days",
    "citation",
    "verified",
}


def test_due_prints_one_list_the_most_urgent_first(run: Run) -> None:
    run("demo")
    found = json.loads(run("due", "--as-of", "2024-01-11", "--json").stdout)
    assert all(set(item) == DUE_KEYS for item in found)
    assert {item["state"] for item in found} == {"late", "due_soon", "never"}
    assert found[0]["days"] == min(item["days"] for item in found if item["days"] is not None)
    everything = json.loads(run("due", "--as-of", "2024-01-11", "--all", "--json").stdout)
    assert {item["state"] for item in everything} - {item["state"] for item in found} == {
        "normal",
        "not_applicable",
    }
    unread = [item for item in everything if item["rule"] == "ARCHIVE-9007"]
    assert not any(item["verified"] for item in unread)


def test_due_is_narrowed_to_a_unit_by_any_of_its_names_and_to_a_rule(run: Run) -> None:
    run("demo")
    by_name = run("due", "--as-of", "2024-01-11", "--unit", "应急管理局", "--json").stdout
    by_alias = run("due", "--as-of", "2024-01-11", "--unit", "高区应急管理局", "--json").stdout
    assert json.loads(by_name) == json.loads(by_alias) != []
    found = json.loads(
        run("due", "--as-of", "2024-01-11", "--rule", "TEAM-TRAINED", "--json").stdout
    )
    assert {item["rule"] for item in found} == {"TEAM-TRAINED"}


@pytest.mark.parametrize(("option", "name"), [("--unit", "没有的单位"), ("--rule", "NONE")])
def test_due_of_what_is_not_there_is_refused(run: Run, option: str, name: str) -> None:
    run("init")
    result = run("due", option, name, "--json")
    assert result.exit_code == 2
    assert name in json.loads(result.stdout)["error"]


@pytest.mark.parametrize(
    ("lang", "state", "days"), [("zh", "超期", "已超"), ("en", "Overdue", "days over")]
)
def test_due_as_text_in_both_languages(run: Run, lang: str, state: str, days: str) -> None:
    run("demo")
    text = run("due", "--as-of", "2024-01-11", "--lang", lang).stdout
    assert state in text
    assert days in text
    assert "AQ/T 9007-2019" in text


def test_due_of_an_empty_register_says_what_was_never_done(run: Run) -> None:
    run("init")
    assert "从未" in run("due").stdout
    assert "没有到期事项" in run("due", "--as-of", "2001-01-01").stdout


def test_due_masks_telephones_for_whoever_may_not_see_them(db: Path, run: Run) -> None:
    store = open_store(db)
    session = add_session(store, "演练", host=add_unit(store, "综治办"))
    finding = findings.Finding(session, "联络不畅")
    unit = add_unit(store, "综治办二队")
    act = corrective_actions.Action("", "找王强13812345678办", unit, date(2024, 1, 12))
    finding_with_actions.add(store, finding, [act], actor=CLERK, today=TODAY)
    store.close()
    run("account", "add", "kan", "--name", "张看", "--role", "viewer")
    assert "13812345678" in run("due", "--as-of", "2024-01-11").stdout
    for form in ((), ("--json",)):
        told = run("due", "--as-of", "2024-01-11", *form, "--as", "kan").stdout
        assert "找王强138****5678办" in told
