"""One component for all lists: search, filters, sorting, paging, all done by the database.

What is shown follows from the address alone, so a list can be mailed. A list reads; it refuses to
change a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd
import streamlit as st

from drillbook.core import clock, privacy, vocabulary
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.core.validation import whole_number
from drillbook.db.store import Page, Store
from drillbook.ui.components import current_user, formatting, navigation

PAGE_SIZE = 50
ROW_HEIGHT = 30
# More rows than this scroll inside the table, so that the page stays short.
ROWS_IN_SIGHT = 18
ENGLISH_IS_LONGER = 1.5
LAST_PAGE = 1_000_000
ALL = ""
# Parameters of the address that are not filters.
MATCHES = 5_000
PAGE, SORT, SEARCH, VOIDED, RECORD = "page", "sort", "search", "voided", "id"


@dataclass(frozen=True)
class Column:
    """One column of a list: a column of the query, its title (an English msgid) and its kind.

    Kinds: text, number, date, code, codes, count, flag, instant. ``vocabulary`` names the
    classification of codes, ``labels`` other words (value → English msgid). A count finds its kind
    in ``<name>_kind``, a date its precision in ``<name>_precision``, where the query has one.
    """

    name: str
    title: str
    kind: str = "text"
    vocabulary: str = ""
    width: str | int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """One selection above a list: its name in the address, its title, and value → label.

    A required filter has no empty option: the page puts a value into the address first. A filter
    for a day has no options; its value is the day as ISO text.
    """

    name: str
    title: str
    options: Callable[[], Mapping[str, str]] = dict
    is_required: bool = False
    is_day: bool = False


@dataclass(frozen=True)
class ListSpec:
    """One list: its named queries, columns, filters and first order.

    ``parameters(chosen)`` turns the chosen filters (None where nothing is chosen, ``search``
    included) into the query's parameters. ``nothing_yet`` shows what to do in an empty register.
    """

    key: str
    query: str
    columns: Sequence[Column]
    filters: Sequence[Filter]
    sort: str
    parameters: Callable[[dict[str, str | None]], dict[str, Any]]
    nothing_yet: Callable[[], None]
    descending: bool = False
    void_query: str = ""
    void_columns: Sequence[Column] = ()
    search_hint: str = ""


def code_options(kind: str, parent: str | None = None) -> Callable[[], Mapping[str, str]]:
    """Return a filter's options from a classification."""
    return lambda: {c: vocabulary.label(kind, c) for c in vocabulary.codes(kind, parent)}


# --- the address --------------------------------------------------------------------------------


def query_param(name: str) -> str | None:
    """Return one parameter of the address, or nothing."""
    value = st.query_params.get(name, "").strip()
    return value or None


def query_day(name: str, first: date, last: date) -> date | None:
    """Return the day of one parameter of the address, or nothing if it is none between the two."""
    try:
        day = date.fromisoformat(query_param(name) or "")
    except ValueError:
        return None
    return day if first <= day <= last else None


def ask(**changes: str | None) -> None:
    """Change the address: a value sets a parameter, None removes it."""
    for name, value in changes.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _follow(name: str, key: str) -> None:
    """Carry a widget's new value into the address, and begin again at the first page."""
    value = st.session_state[key]
    ask(**{name: str(value) if value not in (None, False) else None, PAGE: None})


def clear_filters(names: Iterable[str]) -> None:
    """Remove these filters and the search from the address."""
    ask(**dict.fromkeys([*names, SEARCH, PAGE]))


def open_record(record_id: str) -> None:
    """Open one record on this page."""
    ask(id=record_id)


def _order(spec: ListSpec) -> tuple[str, bool]:
    text = query_param(SORT) or ""
    name = text.removeprefix("-")
    # An order of telephone numbers would tell what the mask hides.
    hidden = frozenset() if current_user.may("contacts") else frozenset(privacy.KINDS)
    if name in {column.name for column in spec.columns} - hidden:
        return name, text.startswith("-")
    return spec.sort, spec.descending


def _page_number() -> int:
    return whole_number(query_param(PAGE) or "", LAST_PAGE) or 1


# --- the list -----------------------------------------------------------------------------------


def show_list(store: Store, spec: ListSpec, *, size: int = PAGE_SIZE) -> None:
    """Show a list with its controls; choosing a row puts its id into the address."""
    voided = _offers_voided(spec) and query_param(VOIDED) == "1"
    chosen = _show_controls(spec, voided)
    if voided:
        _show_voided(store, spec, chosen[SEARCH], size)
        return
    page, number, pages = _read(store, spec, spec.parameters(chosen), size)
    if page.total == 0:
        _show_nothing(spec, chosen)
        return
    order = _order(spec)
    key = f"{spec.key}_rows_{order[0]}_{order[1]}_{number}"
    show_rows(page.rows, spec.columns, key, order=order)
    _show_foot(spec, page.total, number, pages)


def _read(
    store: Store, spec: ListSpec, parameters: dict[str, Any], size: int
) -> tuple[Page, int, int]:
    sort, descending = _order(spec)
    order: dict[str, Any] = {"sort": sort, "descending": descending, "size": size}
    wanted = _page_number()
    if _must_see_it(parameters.get(SEARCH)):
        rows = _seen_matches(store, spec, parameters)
        pages = max(1, -(-len(rows) // size))
        number = min(wanted, pages)
        return Page(rows.iloc[(number - 1) * size : number * size], len(rows)), number, pages
    page = store.page(spec.query, **order, number=wanted, **parameters)
    pages = max(1, -(-page.total // size))
    if wanted > pages:
        page = store.page(spec.query, **order, number=pages, **parameters)
    return page, min(wanted, pages), pages


def _must_see_it(search: str | None) -> bool:
    """Say whether a search could find out digits that are masked for who searches."""
    return any(map(str.isdigit, search or "")) and not current_user.may("contacts")


def _seen_matches(store: Store, spec: ListSpec, parameters: dict[str, Any]) -> pd.DataFrame:
    """Return the rows whose texts hold what is searched, read as they are shown: masked."""
    sort, descending = _order(spec)
    found, number, total = [], 1, 1
    while (number - 1) * MATCHES < total:
        page = store.page(
            spec.query,
            sort=sort,
            descending=descending,
            size=MATCHES,
            number=number,
            **parameters,
        )
        found.append(page.rows[_holds(page.rows, str(parameters[SEARCH]).lower())])
        total, number = page.total, number + 1
    return pd.concat(found, ignore_index=True)


def _holds(rows: pd.DataFrame, search: str) -> list[bool]:
    names = [str(name) for name in rows.columns]
    return [
        any(
            search in privacy.masked(name, value).lower()
            for name, value in zip(names, row, strict=True)
            if isinstance(value, str)
        )
        for row in rows.itertuples(index=False, name=None)
    ]


def _show_controls(spec: ListSpec, voided: bool) -> dict[str, str | None]:
    chosen: dict[str, str | None] = {f.name: None for f in spec.filters}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen[SEARCH] = _search_box(spec)
        if not voided:
            for filter_ in spec.filters:
                chosen[filter_.name] = _filter_box(spec, filter_)
    return chosen


def _search_box(spec: ListSpec) -> str | None:
    key = f"{spec.key}_search"
    st.session_state[key] = query_param(SEARCH) or ""
    st.text_input(
        _("Search"),
        key=key,
        type="search",
        placeholder=_(spec.search_hint) if spec.search_hint else None,
        on_change=_follow,
        args=(SEARCH, key),
        max_chars=200,
        width=200,
    )
    return query_param(SEARCH)


def _day_box(filter_: Filter, key: str) -> str | None:
    try:
        day = date.fromisoformat(query_param(filter_.name) or "")
    except ValueError:
        day = None
    st.session_state[key] = day
    st.date_input(
        _(filter_.title),
        key=key,
        format="YYYY-MM-DD",
        min_value=date(2000, 1, 1),
        max_value=max(clock.today(), day or date.min),
        on_change=_follow,
        args=(filter_.name, key),
        width=118,
    )
    return day.isoformat() if day else None


def _filter_box(spec: ListSpec, filter_: Filter) -> str | None:
    key = f"{spec.key}_filter_{filter_.name}"
    if filter_.is_day:
        return _day_box(filter_, key)
    options = current_user.seen_all(filter_.options())
    value = query_param(filter_.name)
    if value not in options:
        value = None
    st.session_state[key] = value or ALL
    everything = _("All")
    st.selectbox(
        _(filter_.title),
        list(options) if filter_.is_required and value else [ALL, *options],
        format_func=lambda option: options.get(option, everything),
        key=key,
        on_change=_follow,
        args=(filter_.name, key),
        width=118,
    )
    return value


def _offers_voided(spec: ListSpec) -> bool:
    # A unit's clerk sees his unit's drills only; whose a voided record was is not asked.
    return bool(spec.void_query) and current_user.person().bound_unit_id is None


def _void_toggle(spec: ListSpec) -> None:
    key = f"{spec.key}_voided"
    st.session_state[key] = query_param(VOIDED) == "1"
    st.toggle(_("Voided only"), key=key, on_change=_follow_void, args=(key,))


def _follow_void(key: str) -> None:
    ask(voided="1" if st.session_state[key] else None, page=None, sort=None)


def _show_voided(store: Store, spec: ListSpec, search: str | None, size: int) -> None:
    page, number, pages = _read(store, _void_spec(spec), {"search": search}, size)
    if page.total == 0:
        st.info(_("No voided records here."))
        _void_toggle(spec)
        return
    st.caption(_("Open a voided record to read it or to restore it."))
    order = _order(_void_spec(spec))
    show_rows(page.rows, spec.void_columns, f"{spec.key}_void_rows_{order}_{number}", order=order)
    _show_foot(spec, page.total, number, pages)


def _void_spec(spec: ListSpec) -> ListSpec:
    return ListSpec(
        key=spec.key,
        query=spec.void_query,
        columns=spec.void_columns,
        filters=(),
        sort="voided_at",
        descending=True,
        parameters=spec.parameters,
        nothing_yet=spec.nothing_yet,
    )


def _show_nothing(spec: ListSpec, chosen: Mapping[str, str | None]) -> None:
    required = {filter_.name for filter_ in spec.filters if filter_.is_required}
    if not any(value for name, value in chosen.items() if name not in required):
        spec.nothing_yet()
        if _offers_voided(spec):
            _void_toggle(spec)
        return
    st.info(_("Nothing matches the search and filters."))
    st.button(
        _("Clear search and filters"),
        key=f"{spec.key}_clear",
        on_click=clear_filters,
        args=([f.name for f in spec.filters if not f.is_required],),
    )


def _show_foot(spec: ListSpec, total: int, number: int, pages: int) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        counted = ngettext("{count} record", "{count} records", total)
        st.caption(counted.format(count=f"{total:,}"), width="content")
        if _offers_voided(spec):
            _void_toggle(spec)
        if pages > 1:
            # The number is in the key: a default beside a set value is warned of on the console.
            key = f"{spec.key}_page_{number}"
            st.pagination(pages, default=number, key=key, on_change=_follow_page, args=(key,))


def _follow_page(key: str) -> None:
    number = st.session_state[key]
    ask(page=str(number) if number > 1 else None)


# --- rows ---------------------------------------------------------------------------------------


def show_rows(
    rows: pd.DataFrame,
    columns: Sequence[Column],
    key: str,
    *,
    order: tuple[str, bool] | None = None,
    url_path: str | None = None,
) -> None:
    """Show rows (a DataFrame with ``id``) as a dense table; choosing one opens the record.

    ``order`` marks the sorted column and lets a click on a heading sort by it. ``url_path`` names
    the page of the records when it is not this one.
    """
    ids = [str(value) for value in rows["id"]]
    if url_path:
        chosen = choose_row(rows, columns, key)
        if chosen is not None:
            navigation.go(url_path, {RECORD: ids[chosen]})
        return
    names = [column.name for column in columns]
    # A callback saves a second run.
    _table(
        rows,
        columns,
        key,
        order=order,
        on_select=lambda: follow_choice(st.session_state[key], ids, names),
        selection_mode=["single-row"] if order is None else ["single-row", "single-column"],
    )


def choose_row(rows: pd.DataFrame, columns: Sequence[Column], key: str) -> int | None:
    """Show rows as a dense table; return the position of the one chosen in this run."""
    chosen = _table(rows, columns, key, on_select="rerun", selection_mode=["single-row"])
    return next(iter(chosen["selection"]["rows"]), None)


def _table(
    rows: pd.DataFrame,
    columns: Sequence[Column],
    key: str,
    *,
    order: tuple[str, bool] | None = None,
    **selection: Any,
) -> Any:
    # The key marks the list: the browser's script opens its rows by a click and by Enter.
    with st.container(key=f"list-{key}"):
        return st.dataframe(
            shown_frame(rows, columns),
            hide_index=True,
            column_config={column.name: _column_config(column, order) for column in columns},
            key=key,
            row_height=ROW_HEIGHT,
            # One row for the headings, two pixels for the frame.
            height=(min(len(rows), ROWS_IN_SIGHT) + 1) * ROW_HEIGHT + 2,
            placeholder="",
            **selection,
        )


def follow_choice(state: Mapping[str, Any], ids: Sequence[str], names: Sequence[str]) -> None:
    """Open the chosen row's record, or sort by the chosen heading; twice turns the order round."""
    selection = state["selection"]
    if selection["rows"]:
        open_record(ids[selection["rows"][0]])
    elif selection["columns"] and selection["columns"][0] in names:
        name = str(selection["columns"][0])
        ask(sort=f"-{name}" if query_param(SORT) == name else name, page=None)


def shown_frame(rows: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the columns as they are shown: labels instead of codes, never an empty word.

    Who may not see contacts gets them masked, and texts without telephone numbers.
    """
    masks = any(c.kind == "text" for c in columns) and not current_user.may("contacts")
    return pd.DataFrame({c.name: _shown_column(rows, c, masks) for c in columns})


def _shown_column(rows: pd.DataFrame, column: Column, masks: bool) -> Any:
    values = rows[column.name]
    if masks and column.kind == "text":
        values = values.map(
            lambda text: privacy.masked(column.name, text) if isinstance(text, str) else text
        )
    if column.kind == "number":
        return pd.to_numeric(values).astype("Int64")
    precisions = rows.get(f"{column.name}_precision")
    if column.kind == "date" and (precisions is None or (precisions == "day").all()):
        return pd.to_datetime(values).dt.date
    others = rows.get(f"{column.name}_{'kind' if column.kind == 'count' else 'precision'}")
    pairs = zip(values, others if others is not None else [None] * len(values), strict=True)
    return pd.Series([_shown(column, value, other) for value, other in pairs], dtype="object")


def _shown(column: Column, value: Any, other: Any) -> str:
    if column.kind == "count":
        return formatting.count(value, other)
    if not formatting.given(value):
        return ""
    if column.kind == "code":
        return vocabulary.label(column.vocabulary, value)
    if column.kind == "codes":
        return formatting.codes(column.vocabulary, value)
    if column.kind == "flag":
        return formatting.flag(value) if value else ""
    if column.kind == "instant":
        return formatting.instant(value)
    if column.kind == "date":
        return formatting.day(value, other or "day")
    label = column.labels.get(str(value))
    return _(label) if label else str(value)


def _width(column: Column) -> str | int | None:
    """Widths are measured for Chinese; English headings and labels are longer."""
    if isinstance(column.width, int) and language() == "en" and column.kind != "text":
        return round(column.width * ENGLISH_IS_LONGER)
    return column.width


def _column_config(column: Column, order: tuple[str, bool] | None) -> Any:
    title = _(column.title)
    if order and order[0] == column.name:
        title += " ↓" if order[1] else " ↑"
    options: dict[str, Any] = {"width": _width(column)}
    if column.kind == "number":
        return st.column_config.NumberColumn(title, format="localized", **options)
    if column.kind == "date":
        # Left as text where one of the days is unknown; the configuration then only titles it.
        return st.column_config.DateColumn(title, format="YYYY-MM-DD", **options)
    alignment: Literal["left", "right"] = "right" if column.kind == "count" else "left"
    return st.column_config.TextColumn(title, alignment=alignment, **options)
