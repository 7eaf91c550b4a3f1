"""Importing on its screen: file, kind, columns, preview, near misses, result, and bad files."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from drillbook.accounts import form_drafts
from drillbook.db.store import Store
from drillbook.importing import Kind, find_tables, guess_kind, read_sheets
from drillbook.importing.templates import TITLES, template
from drillbook.records import sessions
from tests.pages.log_screen import healthy, screen, texts
from tests.pages.office_workbook import BAD_ROWS, GOOD_ROWS, sessions_workbook
from tests.people import add_planned_drill, add_programme, add_session, add_unit
from tests.raw import raw


def upload(app: AppTest, content: bytes, name: str = "台账.xlsx") -> AppTest:
    uploader = next(box for box in app.file_uploader if str(box.key).startswith("import_file"))
    return healthy(uploader.set_value((name, content, "application/octet-stream")).run())


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def confirm(app: AppTest) -> AppTest:
    app = healthy(app.button(key="import_confirm").click().run())
    for _attempt in range(20):
        if "import_again" in {button.key for button in app.button}:
            break
        app = healthy(app.run())
    return app


def names(store: Store) -> set[str]:
    with raw(store) as cursor:
        rows = cursor.execute("select name from drill_session where voided_at is null").fetchall()
    return {row[0] for row in rows}


def table(app: AppTest, column: str) -> Any:
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


@pytest.mark.parametrize(("language", "title"), [("zh", "导入表格"), ("en", "Import a workbook")])
def test_the_screen_speaks_both_languages(language: str, title: str, store: Store) -> None:
    app = screen("import", language)
    assert app.title[0].value == title


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_offices_workbook_goes_in_and_bad_rows_stay_out(
    language: str, store: Store, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(language)
    app = upload(screen("import", language), sessions_workbook())
    assert list(figures(app).values())[:4] == [str(GOOD_ROWS), "0", "0", str(BAD_ROWS)]
    assert names(store) == set()
    app = confirm(app)
    assert names(store) == {"防汛应急演练", "地震疏散演练", "消防疏散演练"}
    assert re.search(r"新增 3|3 added", texts(app))
    assert app.button(key="import_again")


def test_bad_rows_are_listed_with_row_column_and_reason(store: Store) -> None:
    app = upload(screen("import"), sessions_workbook())
    bad = table(app, "原因")
    assert list(bad["行"]) == [7, 8]
    assert "2023-02-30" in " ".join(bad["单元格内容"])


def test_importing_again_changes_nothing(store: Store) -> None:
    app = confirm(upload(screen("import"), sessions_workbook()))
    before = store.query("register_size")
    app = healthy(app.button(key="import_again").click().run())
    app = upload(app, sessions_workbook())
    assert "没有需要导入的内容" in texts(app)
    assert "import_confirm" not in {button.key for button in app.button}
    assert store.query("register_size") == before


def test_the_plan_survives_a_language_switch(store: Store) -> None:
    app = upload(screen("import"), sessions_workbook())
    app = healthy(app.button(key="frame_language").click().run())
    assert figures(app)["Bad rows"] == str(BAD_ROWS)
    assert "Reason" in table(app, "Reason").columns
    assert "不" not in " ".join(table(app, "Reason")["Reason"])


def test_a_column_can_be_mapped_by_hand_and_is_remembered(store: Store) -> None:
    text = "何事,何日,几人\n防汛应急演练,2023-05-12,30\n".encode()
    app = upload(screen("import"), text, "a.csv")
    kind = next(box for box in app.selectbox if str(box.key).startswith("import:kind"))
    assert kind.value == ""
    sheet = "演练名称,何日,参演人数\n防汛应急演练,2023-05-12,30\n地震演练,2023-05-13,8\n".encode()
    app = upload(app, sheet, "b.csv")
    kind = next(box for box in app.selectbox if str(box.key).startswith("import:kind"))
    app = healthy(kind.set_value("sessions").run())
    day = next(box for box in app.selectbox if box.label == "何日")
    app = healthy(day.set_value("held_on").run())
    assert figures(app)["新增"] == "2"
    confirm(app)
    app = upload(screen("import"), sheet, "c.csv")
    kind = next(box for box in app.selectbox if str(box.key).startswith("import:kind"))
    app = healthy(kind.set_value("sessions").run())
    assert next(box for box in app.selectbox if box.label == "何日").value == "held_on"


def test_what_would_change_is_shown_before_and_after(store: Store) -> None:
    host = add_unit(store)
    add_session(store, "地震疏散演练", date(2023, 6, 15), host, 800)
    sheet = "演练名称,主办单位,演练时间,参演人数\n地震疏散演练,应急管理局,2023-06-15,900\n".encode()
    app = upload(screen("import"), sheet, "a.csv")
    assert figures(app)["变更"] == "1"
    changes = table(app, "现为")
    assert "800" in "".join(changes["现为"])
    assert "900" in "".join(changes["改为"])


def test_near_misses_are_proposed_and_made_only_when_accepted(store: Store) -> None:
    host = add_unit(store, "区应急管理局")
    planned = add_planned_drill(store, add_programme(store), "防汛抢险综合应急演练", host)
    sheet = (
        "演练名称,主办单位,演练时间,参演人数\n防汛抢险应急演练,应急管理局,2023-06-15,90\n".encode()
    )
    app = upload(screen("import"), sheet, "a.csv")
    link = next(box for box in app.selectbox if str(box.key).startswith("import:link"))
    assert link.value == ""
    link.set_value(planned)
    unit = next(box for box in app.selectbox if str(box.key).startswith("import:unit"))
    app = healthy(unit.set_value(host).run())
    confirm(app)
    with raw(store) as cursor:
        row = cursor.execute("select id, planned_drill_id from drill_session").fetchone()
    assert row is not None
    assert row[1] == planned
    stored = sessions.RECORD_TYPE.load(store, row[0])
    assert stored is not None
    assert [line.unit_id for line in stored.value.units] == [host]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.xlsx"),
        (b"%PDF-1.7 hello", "plan.xlsx"),
        (b"PK\x03\x04 broken", "broken.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx"),
        (b"<html><table></table></html>", "page.xls"),
        (bytes(range(256)) * 40, "noise.csv"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_page_stays_usable(
    content: bytes, name: str, language: str, store: Store
) -> None:
    app = upload(screen("import", language), content, name)
    assert len(app.error) == 1
    assert app.error[0].value.isascii() == (language == "en")
    assert figures(upload(app, sessions_workbook()))


def test_a_file_without_a_table_says_what_to_do(store: Store) -> None:
    app = upload(screen("import"), "你好,世界\n一,二\n".encode(), "hello.csv")
    assert "未识别出可导入的工作表" in texts(app)
    kind = next(box for box in app.selectbox if str(box.key).startswith("import:kind"))
    app = healthy(kind.set_value("teams").run())
    assert app.error or figures(app)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", TITLES)
def test_a_template_is_understood_by_the_importer(
    kind: Kind, language: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(language)
    workbook = load_workbook(io.BytesIO(template(kind)))
    (sheet,) = workbook.worksheets
    sheet.append(["x"] * sheet.max_column)
    buffer = io.BytesIO()
    workbook.save(buffer)
    (read,) = read_sheets(buffer.getvalue(), "template.xlsx")
    (found,) = find_tables(read, kind)
    assert found.missing() == []
    assert len(found.mapping) == len(found.headers)
    assert guess_kind(read) == kind


def test_a_plan_follows_the_register_but_not_everybodys_drafts(store: Store) -> None:
    app = upload(screen("import"), sessions_workbook())
    before = app.session_state["import#state"].plans
    form_drafts.put(store, "b" * 32, "log", {"name": "x"})
    app = healthy(app.run())
    assert app.session_state["import#state"].plans is before
    add_unit(store, "建设局")
    app = healthy(app.run())
    assert figures(app)["新单位"] == "2"
    assert app.session_state["import#state"].plans is not before
