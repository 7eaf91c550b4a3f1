"""SQL is named and run with parameters only; the check that holds it is tried on other code."""

from __future__ import annotations

import pytest

from tools.check_pasted import PASTED, check_literals, check_source, findings
from tools.report import ROOT

HEAD = "def f(tx, name, table):\n    "
WRONG = {
    "f-string": "tx.execute(f\"select * from unit where name = '{name}'\")",
    "f-string kept first": "sql = f\"delete from unit where id = '{name}'\"\n    tx.execute(sql)",
    "sum": 'tx.all("select * from unit where name = " + name)',
    "sum around": 'tx.all("select * from unit where name = \'" + name + "\'")',
    "percent": "tx.one(\"select * from unit where name = '%s'\" % name)",
    "format": "tx.execute(\"update unit set name = '{}'\".format(name))",
    "table": 'tx.execute(f"insert into {table} values (1)")',
    "condition": 'where = f"where name = {name}"\n    tx.all("select 1 from unit " + where)',
    "statement as a whole": 'tx.execute(f"{name}")',
    "relation": 'tx.sql(f"from {name}")',
}
RIGHT = {
    "parameter": 'tx.execute("select * from unit where name = $name", {"name": name})',
    "checked name": 'tx.execute(f"select * from {_checked(table)}")',
    "constants": 'tx.execute("select 1" " from unit" + " limit 1")',
    "sentence": 'print(f"Selected {name}")',
}
STATEMENTS = {
    "read": 'tx.all("select id from unit")',
    "read with a step": 'tx.all("with a as (select 1) select * from a")',
    "write": 'tx.execute("update unit set name = $name", {"name": name})',
    "add": 'tx.execute("insert into unit (id) values ($id)", {"id": name})',
    "delete": 'tx.execute("delete from unit")',
    "constant": 'UNITS = "select id from unit"',
    "value of a table": 'UNITS = {"unit": "select id from unit"}',
    "several lines": 'tx.all("""\n        select id\n        from unit""")',
    "capitals": 'tx.all("SELECT id FROM unit")',
    "pasted": 'tx.all(f"select id from {_checked(table)}")',
    "condition": 'LIVE = "where voided_at is null"',
}
NO_STATEMENTS = {
    "name": 'tx.query("unit_list", search=name)',
    "word": 'print(name["selection"], name["where"])',
    "sentence": 'print("Select the unit that held it.", f"Where {name} was held")',
    "composed": "tx.execute(composed.delete_lines(table, name))",
}


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG)
def test_pasted_text_is_found(code: str) -> None:
    assert list(check_source("drillbook/x.py", f"{HEAD}{code}\n"))


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
def test_parameters_and_checked_names_are_left_alone(code: str) -> None:
    assert list(check_source("drillbook/x.py", f"{HEAD}{code}\n")) == []


@pytest.mark.parametrize("code", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_in_the_code_is_found(code: str) -> None:
    assert [found.place for found in check_literals("drillbook/x.py", f"{HEAD}{code}\n")]


@pytest.mark.parametrize("code", NO_STATEMENTS.values(), ids=NO_STATEMENTS)
def test_names_words_and_sentences_are_no_statements(code: str) -> None:
    assert list(check_literals("drillbook/x.py", f"{HEAD}{code}\n")) == []


def test_the_product_pastes_no_text_into_sql() -> None:
    assert findings(ROOT) == []


@pytest.mark.parametrize(("place", "text"), PASTED)
def test_every_exception_is_still_needed(
    monkeypatch: pytest.MonkeyPatch, place: str, text: str
) -> None:
    monkeypatch.delitem(PASTED, (place, text))
    assert list(check_source(place, (ROOT / place).read_text(encoding="utf-8")))
