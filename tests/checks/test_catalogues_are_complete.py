"""Both languages say the same; each way to forget one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.conftest import Project
from tools import check_catalogues
from tools.catalogues import entries, placeholders, wanted
from tools.report import ROOT

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
CODE = '"""Names 项."""\n\nTITLE = N_("Row {row}")\nSAID = ngettext("one", "{n} rows", n)\n'
TRANSLATED = (
    HEADER
    + 'msgid "Row {row}"\nmsgstr "第 {row} 行"\n\n'
    + 'msgid "one"\nmsgid_plural "{n} rows"\nmsgstr[0] "{n} 行"\n'
)
VOCABULARY = "code,parent,zh,en,words\nhost,,主办,host,牵头|组织\n"


def told(project: Project, **changed: str) -> str:
    """Return what the check says of a product in order but for the files named."""
    files = {"code": CODE, "po": TRANSLATED, "vocabulary": VOCABULARY, **changed}
    root = project(
        {
            "drillbook/rows.py": files["code"],
            "locale/zh_CN/rows.po": files["po"],
            "data/vocabulary/role.csv": files["vocabulary"],
        }
    )
    return "\n".join(map(str, check_catalogues.findings(root)))


def test_the_products_own_catalogues_are_in_order() -> None:
    assert wanted(ROOT)
    assert entries(ROOT)
    assert check_catalogues.findings(ROOT) == []


def test_a_product_in_order_has_no_findings(project: Project) -> None:
    assert told(project) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"code": CODE + '_("New")\n'}, "drillbook/rows.py:5: no Chinese for 'New'"),
        ({"code": CODE + '_("第一")\n'}, "a msgid is an English sentence"),
        ({"code": CODE + '_(f"Row {row}")\n'}, "use .format()"),
        ({"code": CODE + "said = f\"({_('one')})\"\n"}, "cannot see into an f-string"),
        ({"code": CODE + 'title = "演练"\n'}, "Chinese in the code: '演练'"),
        ({"code": CODE + '_("one")\n'}, "two different plurals"),
        ({"po": TRANSLATED + '\nmsgid "Gone"\nmsgstr "没了"\n'}, "no code says 'Gone'"),
        ({"po": TRANSLATED.replace("第 {row} 行", "")}, "'Row {row}' has an empty translation"),
        ({"po": TRANSLATED.replace("第 {row} 行", "第 {line} 行")}, "differs in {line, row}"),
        ({"po": TRANSLATED.replace("第 {row} 行", "第 {row 行")}, "differs in"),
        ({"po": TRANSLATED.replace("第 {row} 行", "Row {row}")}, "left in English"),
        ({"po": TRANSLATED.replace('msgid "Row', '#, fuzzy\nmsgid "Row')}, "is fuzzy"),
        ({"vocabulary": VOCABULARY.replace("主办", "")}, "'host' has no zh"),
        ({"vocabulary": VOCABULARY.replace(",host,牵", ",,牵")}, "'host' has no en"),
        ({"vocabulary": VOCABULARY + "support,,保障,support,牵头\n"}, "stands for 'host' already"),
        ({"vocabulary": VOCABULARY + "host,,承办,organiser,\n"}, "'host' twice"),
    ],
)
def test_what_was_forgotten_is_named(
    change: dict[str, str], complaint: str, project: Project
) -> None:
    assert complaint in told(project, **change)


def test_two_catalogues_must_agree(project: Project, tmp_path: Path) -> None:
    project({"locale/zh_CN/other.po": HEADER + 'msgid "Row {row}"\nmsgstr "行 {row}"\n'})
    assert "'Row {row}' has another Chinese text elsewhere" in told(project)
    assert len(entries(tmp_path)) == 3


def test_placeholders_are_names_without_their_format() -> None:
    assert placeholders("{row:,} of {total} {{kept}}") == {"row", "total"}


def test_a_file_that_may_hold_chinese_exists_and_says_why() -> None:
    for pattern, reason in check_catalogues.CHINESE_ALLOWED.items():
        assert list(ROOT.glob(pattern)), pattern
        assert reason


def test_an_english_msgid_may_quote_chinese(project: Project) -> None:
    code = CODE + '_("Write 5月12日, not {text}")\n'
    po = TRANSLATED + '\nmsgid "Write 5月12日, not {text}"\nmsgstr "请写5月12日，不写{text}"\n'
    assert told(project, code=code, po=po) == ""
