"""Says what an import would do, before anything is written.

``prepare`` only reads. Each row becomes an addition, a change with what it was and what it would
be, one that changes nothing, or a bad row with its reason. Rows are matched to records by what
the office calls them (unit: any of its names; plan: title; planned drill: year and name; session:
day, name and hosts; team: name), so the same file a second time changes nothing. What is only
similar is proposed, never made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.importing import register_snapshot as register_state
from drillbook.importing.columns import Kind, Table, fields, find_tables, guess_kind, header_key
from drillbook.importing.parsed_rows import Context, Draft, Remark, read_draft
from drillbook.importing.plan import Choices, ImportPlan, Progress, table_caption
from drillbook.importing.resolving import Resolver
from drillbook.importing.workbook_reader import Sheet


def prepare(
    store: Store,
    kind: Kind,
    sheets: Sequence[Sheet],
    *,
    today: date,
    filename: str,
    year: int | None = None,
    mapping: Mapping[str, Mapping[int, str]] | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """Return what importing these sheets would do.

    ``year`` completes dates without one and names the programme; ``mapping`` holds, by
    ``header_key``, which column (from 0) is which field where the user changed it;
    ``progress(done, total)`` counts rows read. Raises DrillbookError when no table of this kind
    is found.
    """
    with store.reading() as tx:
        tables, notices = _tables(tx, kind, sheets, mapping or {})
        plan = ImportPlan(
            kind=kind,
            filename=filename,
            year=year,
            today=today,
            tables=tables,
            drafts=[],
            rows=[],
            new_units=[],
            links=[],
            set_aside=[row for table in tables for row in table.set_aside],
            notices=notices,
            revision=store.revision,
            changed_mappings=_changed(tables, mapping or {}),
        )
        plan.drafts = _drafts(plan, register_state.unit_ids(tx), progress or _in_silence)
        resolve(tx, plan, Choices())
    return plan


def _in_silence(_done: int, _total: int) -> None:
    """Tell nobody."""


def resolve(tx: Reader, plan: ImportPlan, choices: Choices) -> None:
    """Fill in ``rows``, ``new_units`` and ``links`` from the register as ``tx`` sees it."""
    days = [draft.values["held_on"] for draft in plan.drafts if "held_on" in draft.values]
    resolver = Resolver(plan, register_state.take(tx, plan.kind, days), choices)
    plan.rows = resolver.rows()
    plan.new_units = resolver.new_units()
    plan.links = resolver.open_links(plan.rows)


# Tables


def _tables(
    tx: Reader,
    kind: Kind,
    sheets: Sequence[Sheet],
    mapping: Mapping[str, Mapping[int, str]],
) -> tuple[list[Table], list[str]]:
    notices: list[str] = []
    shown = [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    notices += [
        _("Sheet “{sheet}” is hidden and was left out.").format(sheet=sheet.name)
        for sheet in sheets
        if sheet.hidden and sheet not in shown
    ]
    found = [(sheet, find_tables(sheet, kind)) for sheet in shown]
    if any(not table.missing() for _sheet, some in found for table in some):
        found = _complete(found, notices)
    if len([1 for _sheet, tables in found if tables]) > 1:
        found = _of_this_kind(found, kind, notices)
    tables = [_mapped(tx, table, mapping) for _sheet, some in found for table in some]
    if not tables:
        raise DrillbookError(_no_table(kind), title=_("The file cannot be imported"))
    return tables, notices


def _complete(
    found: list[tuple[Sheet, list[Table]]], notices: list[str]
) -> list[tuple[Sheet, list[Table]]]:
    """Beside tables with all they need, leave out those that lack a column."""
    sentence = _("Sheet “{sheet}” has no column for {columns} and was left out.")
    notices += [
        sentence.format(
            sheet=table.sheet, columns=_(", ").join(item.label() for item in table.missing())
        )
        for _sheet, tables in found
        for table in tables
        if table.missing()
    ]
    return [(sheet, [t for t in tables if not t.missing()]) for sheet, tables in found]


def _of_this_kind(
    found: list[tuple[Sheet, list[Table]]], kind: Kind, notices: list[str]
) -> list[tuple[Sheet, list[Table]]]:
    """Of several sheets leave out those that are tables of another kind."""
    guesses = {sheet.name: guess_kind(sheet) for sheet, tables in found if tables}
    if kind not in guesses.values():
        return found
    other = {name for name, guess in guesses.items() if guess not in (kind, None)}
    notices += [
        _("Sheet “{sheet}” looks like another kind of table and was left out.").format(sheet=name)
        for name in sorted(other)
    ]
    return [(sheet, tables) for sheet, tables in found if sheet.name not in other]


def _no_table(kind: Kind) -> str:
    needed = [item for item in fields(kind).values() if item.is_needed]
    examples = [word for item in needed for word in item.words[:4] if not word.isascii()]
    return _(
        "No table was found whose header names the columns needed: {columns}. The header may be "
        "in any row, with words like {examples}."
    ).format(
        columns=_(", ").join(item.label() for item in needed), examples=_(", ").join(examples[:5])
    )


def _mapped(tx: Reader, table: Table, mapping: Mapping[str, Mapping[int, str]]) -> Table:
    key = header_key(table)
    if key in mapping:
        return table.with_mapping(mapping[key])
    remembered = tx.first("import_mapping", header_key=key)
    if remembered is None:
        return table
    return table.with_mapping(
        {int(c): n for c, n in json.loads(remembered["mapping_json"]).items()}
    )


def _changed(
    tables: list[Table], mapping: Mapping[str, Mapping[int, str]]
) -> dict[str, Mapping[int, str]]:
    return {key: table.mapping for table in tables if (key := header_key(table)) in mapping}


def _drafts(plan: ImportPlan, known_units: Mapping[str, str], progress: Progress) -> list[Draft]:
    drafts: list[Draft] = []
    total = sum(len(table.rows) for table in plan.tables)
    for index, table in enumerate(plan.tables):
        columns = {name: table.columns(name) for name in table.mapping.values()}
        caption = table_caption(table, plan.filename)
        context = Context(plan.table_year(index), plan.today, known_units, columns, caption)
        missing = [item.label() for item in table.missing()]
        for row in table.rows:
            if len(drafts) % 500 == 0:
                progress(len(drafts), total)
            if not missing:
                drafts.append(read_draft(table, index, row, context))
                continue
            reason = _("The table has no column for {columns}. Choose it in the mapping.").format(
                columns=_(", ").join(missing)
            )
            remark = Remark(table.missing()[0].name, "", reason)
            drafts.append(Draft(index, table.sheet, row.number, problems=[remark]))
    return drafts


# Rows
