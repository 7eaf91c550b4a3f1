"""Audit log, navigation, due list and rules know every kind; the check names what they forgot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drillbook.accounts import permissions
from drillbook.records import registry, rules
from drillbook.ui.components import navigation
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from drillbook.ui.screens import audit_log, due
from tools import check_kinds
from tools.report import ROOT


def found() -> list[str]:
    return [str(one) for one in check_kinds.findings(ROOT)]


def test_the_product_is_in_order() -> None:
    assert found() == []


@pytest.mark.parametrize(
    "kind", [*registry.RECORD_TYPES, "account", "attachment", "register", "plan_revision"]
)
def test_a_kind_that_the_audit_log_does_not_offer_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (held,) = (one for one in audit_log.AUDIT.filters if one.name == "kind")
    less = {code: label for code, label in held.options().items() if code != kind}
    forgetful = replace(audit_log.AUDIT, filters=(replace(held, options=lambda: less),))
    monkeypatch.setattr(audit_log, "AUDIT", forgetful)
    assert any(f"the kinds to choose from lacks {kind!r}" in one for one in found())


def test_what_is_written_to_the_audit_log_is_read_from_the_calls() -> None:
    source = 'TABLE = "plan"\ntx.audit("file", TABLE, key)\nstore.audit("ship", "rule", key)\n'
    assert check_kinds.written(source) == ({"file", "ship"}, {"plan", "rule"})


@pytest.mark.parametrize("url_path", sorted({view.url_path for view in RECORD_VIEWS.values()}))
def test_a_page_that_the_navigation_lacks_is_named(
    url_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tuple(page for page in navigation.PAGES if page.url_path != url_path)
    monkeypatch.setattr(navigation, "PAGES", left)
    assert any(f"PAGES lacks {url_path!r}" in one for one in found())


def test_a_page_without_a_right_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {page: right for page, right in permissions.PAGES.items() if page != "teams"}
    monkeypatch.setattr(permissions, "PAGES", left)
    assert any("permissions.py" in one and "lacks 'teams'" in one for one in found())


@pytest.mark.parametrize("kind", due.KINDS)
def test_a_kind_that_the_page_of_what_is_due_does_not_offer_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "KINDS", tuple(one for one in due.KINDS if one != kind))
    assert any(f"KINDS lacks {kind!r}" in one for one in found())


def test_a_kind_that_nothing_makes_due_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "KINDS", (*due.KINDS, "meeting"))
    assert any("what is due lacks 'meeting'" in one for one in found())


def test_a_view_that_asks_of_what_is_no_record_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_another(root: Path, views: Any = check_kinds.views) -> str:
        return f"{views(root)} select 'balloon' as subject_type"

    monkeypatch.setattr(check_kinds, "views", with_another)
    named = found()
    assert any("RECORD_TYPES lacks 'balloon'" in one for one in named)
    assert any("KINDS lacks 'balloon'" in one for one in named)


@pytest.mark.parametrize(
    ("subject", "measure"),
    [(subject, name) for subject, names in rules.MEASURES.items() for name in sorted(names)],
)
def test_a_measure_that_no_rule_may_name_is_named(
    subject: str, measure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {**rules.MEASURES, subject: rules.MEASURES[subject] - {measure}}
    if any(measure in names for names in left.values()):
        left = {of: names - {measure} for of, names in left.items()}
    monkeypatch.setattr(rules, "MEASURES", left)
    assert any(f"MEASURES lacks {measure!r}" in one for one in found())


def test_a_measure_without_words_and_without_a_view_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more = {**rules.MEASURES, "team": rules.MEASURES["team"] | {"scratch"}}
    monkeypatch.setattr(rules, "MEASURES", more)
    named = found()
    assert any("measure.csv" in one and "'scratch'" in one for one in named)
    assert any("what rules ask lacks 'scratch'" in one for one in named)
