"""“Add a field to a record type”: the check names each place that was forgotten, for each type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from drillbook.records import registry
from drillbook.ui.components.list_view import ListSpec
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from tools import check_places
from tools.check_places import PLACES, Standing
from tools.check_sql import build
from tools.report import ROOT

SCRATCH = "scratch"


@pytest.fixture(scope="module")
def standings() -> Mapping[str, Standing]:
    return {one.table: one for one in check_places.standings(ROOT)}


def test_the_product_is_in_order() -> None:
    assert check_places.findings(ROOT) == []


def with_scratch(one: Standing, *places: str) -> Standing:
    """Return a record type with one more field, which stands in these places only."""
    more = {p: names | ({SCRATCH} if p in places else set()) for p, names in one.places.items()}
    return replace(one, fields=one.fields | {SCRATCH}, places=more)


@pytest.mark.parametrize("table", registry.RECORD_TYPES)
def test_each_place_that_lacks_a_new_field_is_named(
    table: str, standings: Mapping[str, Standing]
) -> None:
    one = standings[table]
    assert list(check_places.check_fields(with_scratch(one, *PLACES))) == []
    for place in PLACES:
        rest = [other for other in PLACES if other != place]
        (found,) = check_places.check_fields(with_scratch(one, *rest))
        assert f"the {place} of {table} lacks the field '{SCRATCH}'" in str(found)
        reasoned = replace(with_scratch(one, *rest), absent=one.absent | {(place, SCRATCH): "why"})
        assert list(check_places.check_fields(reasoned)) == []


def test_a_reason_for_what_is_there_is_named(standings: Mapping[str, Standing]) -> None:
    one = standings["team"]
    reasoned = replace(one, absent={("form", "base"): "why"})
    (found,) = check_places.check_fields(reasoned)
    assert "declared absent from the form without need" in str(found)


def test_a_form_asks_by_its_methods_and_says_what_stands_beside() -> None:
    source = 'Field("gone")\nform.count("guests")\nform.day("held_on")\nunits_editor(form)\n'
    assert set(check_places.asked(source)) == {"guests", "guests_kind", "held_on", "units"}


@pytest.mark.parametrize("module", check_places.lists())
def test_a_list_column_whose_query_lacks_it_is_named(module: str) -> None:
    connection, _ = build(ROOT)
    spec = check_places.lists()[module]
    more: ListSpec = replace(spec, columns=(*spec.columns, replace(spec.columns[0], name=SCRATCH)))
    (found,) = check_places.check_list(module, more, connection)
    assert f"the column '{SCRATCH}' is not in the query '{spec.query}'" in str(found)


@pytest.mark.parametrize("table", registry.RECORD_TYPES)
def test_a_record_type_that_no_screen_shows_is_named(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RECORD_VIEWS, table)
    assert any(repr(table) in str(found) for found in check_places.check_types())
