"""“Add a field to a record type”: the check names each place that was forgotten, for each type."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from drillbook.entry import drill_log
from drillbook.importing import columns
from drillbook.operations import restore
from drillbook.records import registry
from drillbook.ui.components.list_view import ListSpec
from drillbook.ui.record_forms.registry import RECORD_VIEWS
from tools import check_places, record_places
from tools.check_places import Standing, group_of
from tools.check_sql import build
from tools.record_places import GROUPS
from tools.report import ROOT

SCRATCH = "scratch"


STANDINGS = {one.table: one for one in check_places.standings(ROOT)}


def names_of(table: str, place: str) -> frozenset[str]:
    return STANDINGS[table].places[place].names


def test_the_product_is_in_order() -> None:
    assert check_places.findings(ROOT) == []


def with_scratch(one: Standing, *places: str) -> Standing:
    """Return a record type with one more field, which stands in these places only."""
    more = {
        place: replace(held, names=held.names | ({SCRATCH} if place in places else set()))
        for place, held in one.places.items()
    }
    return replace(one, fields=one.fields | {SCRATCH}, places=more)


def places_of(table: str) -> tuple[str, ...]:
    return tuple(STANDINGS[table].places)


EACH_PLACE = [(table, place) for table in STANDINGS for place in places_of(table)]


@pytest.mark.parametrize("table", STANDINGS)
def test_a_new_field_that_stands_everywhere_is_complete(table: str) -> None:
    complete = with_scratch(STANDINGS[table], *places_of(table))
    assert list(check_places.check_fields(complete)) == []


@pytest.mark.parametrize(("table", "place"), EACH_PLACE)
def test_each_place_that_lacks_a_new_field_is_named(table: str, place: str) -> None:
    one = STANDINGS[table]
    rest = with_scratch(one, *(other for other in places_of(table) if other != place))
    (found,) = check_places.check_fields(rest)
    assert f"the {place} of {table} lacks the field '{SCRATCH}'" in str(found)
    assert one.places[place].file in str(found)
    reasoned = replace(rest, absent={**one.absent, (group_of(place), SCRATCH): "why"})
    assert list(check_places.check_fields(reasoned)) == []


@pytest.mark.parametrize(
    ("table", "place"), [(t, p) for t, p in EACH_PLACE if STANDINGS[t].fields & names_of(t, p)]
)
def test_a_field_of_today_that_a_place_loses_is_named(table: str, place: str) -> None:
    one = STANDINGS[table]
    for name in sorted(one.fields & one.places[place].names):
        if {(place, name), (group_of(place), name)} & set(one.absent):
            continue
        left = replace(one.places[place], names=one.places[place].names - {name})
        found = check_places.check_fields(replace(one, places={**one.places, place: left}))
        assert [f"the {place} of {table} lacks the field {name!r}" in str(f) for f in found] == [
            True
        ]


@pytest.mark.parametrize("table", STANDINGS)
def test_every_record_type_has_the_places_all_have(table: str) -> None:
    assert set(check_places.BASE) <= set(places_of(table))


@pytest.mark.parametrize(
    ("table", "group"),
    [(t, g) for t in STANDINGS for g in GROUPS if not set(GROUPS[g]) & set(places_of(t))],
)
def test_a_place_that_a_record_type_has_not_needs_a_reason(table: str, group: str) -> None:
    one = STANDINGS[table]
    silent = {key: why for key, why in one.absent.items() if key != (group, "")}
    (found,) = check_places.check_fields(replace(one, absent=silent))
    assert f"{table} has no {group} and does not say why" in str(found)


@pytest.mark.parametrize(
    ("place", "name"),
    [("form", "base"), ("list", "base"), ("list", ""), ("lsit", ""), ("paste grid", "base")],
)
def test_a_reason_for_what_is_there_or_is_no_field_or_place_is_named(place: str, name: str) -> None:
    (found,) = check_places.check_reasons(replace(STANDINGS["team"], absent={(place, name): "why"}))
    assert f"declared absent from the {place} without need" in str(found)


# --- each place is read from the source that does the work ---------------------------------------


def source_with(file: str, old: str, new: str) -> str:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_a_table_shows_what_its_cells_name() -> None:
    cells = (ROOT / record_places.CELLS).read_text(encoding="utf-8")
    for file, function in (
        (record_places.SHEETS, "teams"),
        (record_places.PUBLIC, "_public_teams"),
    ):
        whole = (ROOT / file).read_text(encoding="utf-8")
        assert {"founded_on", "fields", "kind"} <= record_places.cells(whole, function, cells)
        for old in ('"founded_on")', 'row["fields"]', '"team_kind", "kind")'):
            name = old.split('"')[-2]
            less = source_with(file, old, old.replace(name, "other"))
            assert name not in record_places.cells(less, function, cells)


def test_an_import_reads_what_the_reader_of_its_rows_names() -> None:
    file = record_places.PARSED_ROWS
    whole = (ROOT / file).read_text(encoding="utf-8")
    assert "duty_phone" in record_places.reached(whole, "_read_team")
    assert "duty_phone" not in record_places.reached(whole, "_read_plan")
    assert "hazard" in record_places.reached(whole, "_read_plan"), "through a helper"
    less = source_with(file, '"duty_phone"', '"other"')
    assert "duty_phone" not in record_places.reached(less, "_read_team")


def test_a_quick_form_gives_what_it_puts_into_the_session() -> None:
    file = record_places.LOG_ENTRY
    whole = (ROOT / file).read_text(encoding="utf-8")
    fields = record_places.given(whole, "Session", vars(drill_log))
    assert {"weather", "held_on", "observers", "units"} <= fields
    less = source_with(file, "held_on=held_on or today,", "")
    assert "held_on" not in record_places.given(less, "Session", vars(drill_log))
    page = source_with(record_places.LOG_PAGE, 'raw["weather"] =', "other =")
    assert "weather" not in record_places.subscripts(ast.parse(page), "raw")


def test_a_list_is_read_from_its_view_its_query_and_its_columns() -> None:
    connection, _ = build(ROOT)
    assert "leader" in record_places.query_columns("team_list", connection)
    assert "longitude" in record_places.view_columns("team_list", connection)
    assert "longitude" not in record_places.query_columns("team_list", connection)
    connection.execute("create or replace view team_fact as select name, kind from team")
    assert record_places.view_columns("team_list", connection) == {"name", "kind"}
    module, spec = next((m, s) for m, s in check_places.lists().items() if s.query == "team_list")
    left = tuple(column for column in spec.columns if column.name != "leader")
    connection, _ = build(ROOT)
    shown = (module, replace(spec, columns=left))
    found = record_places.places(ROOT, registry.RECORD_TYPES["team"], shown, connection)
    assert "leader" in found["list query"].names
    assert "leader" not in found["list column"].names


def test_import_words_are_those_of_the_file_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    held = columns.fields("teams")
    left = {name: one for name, one in held.items() if name != "duty_phone"}
    monkeypatch.setattr(columns, "fields", lambda _kind: left)
    found = [str(one) for one in check_places.findings(ROOT)]
    assert any("the import word of team lacks the field 'duty_phone'" in one for one in found)


def test_a_paste_grid_has_the_columns_it_declares() -> None:
    less = source_with(record_places.GRID, '    "place": N_("Place"),\n', "")
    headings = record_places.functions(less)["COLUMNS"]
    assert {"held_on", "summary"} <= set(record_places.texts(headings))
    assert "place" not in set(record_places.texts(headings))


def test_a_restore_brings_back_no_table_that_it_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = restore.KEPT_AS_THEY_ARE | {"team", "session_team"}
    monkeypatch.setattr(restore, "KEPT_AS_THEY_ARE", kept)
    found = [str(one) for one in check_places.findings(ROOT)]
    assert any("the restore of team lacks the field 'name'" in one for one in found)
    assert any("the restore of drill_session lacks the field 'teams'" in one for one in found)


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
