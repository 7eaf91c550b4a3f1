"""Finds the tables of a sheet and says which column is which field, by the words of the header.

The header may stand in any row, take two lines, repeat a name or span columns. Titles, section
headings, totals, notes and signatures are set aside with the reason; nothing is dropped silently
but blank rows. What a header's words mean is data: ``data/import/headers.csv``.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Literal

from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language
from drillbook.core.paths import DATA
from drillbook.importing import classifications
from drillbook.importing.numerals import plain
from drillbook.importing.workbook_reader import Cell, Range, Sheet, text_of

Kind = Literal["units", "plans", "programme", "sessions", "teams"]
KINDS: tuple[Kind, ...] = ("units", "plans", "programme", "sessions", "teams")
LONGEST_HEADER = 24
LONGEST_NAME_ALONE = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can hold; ``words`` are what offices call it, the best first."""

    kind: str
    name: str
    is_needed: bool
    zh: str
    en: str
    words: tuple[str, ...]

    def label(self) -> str:
        """Return the field's name in the language of this run."""
        return self.zh if language() == "zh" else self.en


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below a header; ``number`` is the row of the file, counted from 1."""

    number: int
    cells: tuple[Cell, ...]
    section: str = ""
    shared: frozenset[int] = frozenset()
    """Columns whose text stands here only because a merged range above covers this row."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is no record: a title, a total, a note."""

    sheet: str
    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Table:
    """One table of a sheet and which of its columns (from 0) is which field."""

    sheet: str
    kind: Kind
    header_row: int
    headers: tuple[str, ...]
    mapping: Mapping[int, str]
    rows: tuple[TableRow, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    title: str = ""

    def missing(self) -> list[Field]:
        """Return the needed fields that no column holds."""
        held = set(self.mapping.values())
        return [f for f in fields(self.kind).values() if f.is_needed and f.name not in held]

    def columns(self, name: str) -> list[int]:
        """Return the columns that hold a field, from left to right."""
        return sorted(column for column, held in self.mapping.items() if held == name)

    def with_mapping(self, mapping: Mapping[int, str]) -> Table:
        """Return the table read with another mapping; fields that do not exist are left out."""
        known = {c: name for c, name in mapping.items() if name in fields(self.kind)}
        return replace(self, mapping={c: n for c, n in known.items() if c < len(self.headers)})


@cache
def fields(kind: Kind) -> dict[str, Field]:
    """Return field name → field of one kind of table, in the order of its export."""
    with (DATA / "import" / "headers.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["field"]: Field(
                kind=kind,
                name=row["field"],
                is_needed=row["needed"] == "yes",
                zh=row["zh"],
                en=row["en"],
                words=(row["zh"], row["en"], *row["words"].split("|")),
            )
            for row in csv.DictReader(file)
            if row["kind"] == kind
        }


def header_key(table: Table) -> str:
    """Return the text under which the mapping of this header is remembered."""
    words = "|".join(_word(header) for header in table.headers)
    return f"{table.kind}:{hashlib.sha256(words.encode()).hexdigest()[:32]}"


# Words of a header


@lru_cache(maxsize=20_000)
def _word(text: str) -> str:
    return plain(text[:200]).casefold().strip("*:：、.。﹡★ ")


@lru_cache(maxsize=20_000)
def _without_brackets(text: str) -> str:
    word = _word(text)
    return re.sub(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]", "", word).strip("*:、.") or word


@cache
def _lookup(kind: Kind) -> dict[str, list[tuple[str, int]]]:
    """Return header word → (field, how good the word is for it, 0 the best)."""
    found: dict[str, list[tuple[str, int]]] = {}
    for item in fields(kind).values():
        for rank, word in enumerate(item.words):
            if word:
                found.setdefault(_word(word), []).append((item.name, rank))
    return found


@lru_cache(maxsize=20_000)
def _candidates(kind: Kind, text: str, inside: bool = True) -> tuple[tuple[str, int], ...]:
    """Return the fields a header may mean with their rank; words only contained rank behind."""
    lookup = _lookup(kind)
    for variant in (_word(text), _without_brackets(text)):
        if variant in lookup:
            return tuple(lookup[variant])
    word = _without_brackets(text)
    if not inside or not 3 < len(word) <= LONGEST_HEADER:
        return ()
    contained = [known for known in lookup if len(known) >= 3 and known in word]
    best = max(contained, key=len, default="")
    if not best or len(word) > len(best) + 5:
        return ()
    return tuple((name, rank + 100) for name, rank in lookup[best])


def _assigned(kind: Kind, columns: Iterable[tuple[int, list[str]]]) -> dict[int, str]:
    """Give each field its best column; of two columns with one name the left one wins."""
    wishes: list[tuple[int, int, str]] = []
    for column, texts in columns:
        for place, text in enumerate(texts):
            found = _candidates(kind, text, inside=place == 0)
            wishes += [(rank + 10 * place, column, name) for name, rank in found]
            if found:
                break
    mapping: dict[int, str] = {}
    for _rank, column, name in sorted(wishes):
        if column not in mapping and name not in mapping.values():
            mapping[column] = name
    return mapping


def headings_mean(kind: Kind, headers: Iterable[str]) -> dict[int, str]:
    """Return column → field for a single header line, as it would be found in a file."""
    return _assigned(kind, ((column, [text]) for column, text in enumerate(headers) if text))


# Finding the header


@dataclass
class _Header:
    """The header under construction."""

    first: int
    last: int
    texts: dict[int, list[str]]
    labels: list[str]
    mapping: dict[int, str] = field(default_factory=dict)


def _text(row: list[Cell], column: int) -> str:
    return text_of(row[column]) if column < len(row) else ""


def _row_mapping(kind: Kind, row: list[Cell]) -> dict[int, str]:
    words = [
        (column, [cell])
        for column, cell in enumerate(row)
        if isinstance(cell, str) and len(cell) <= 120 and cell.strip()
    ]
    if len({texts[0] for _column, texts in words}) < 2 and len(words) > 1:
        return {}
    return _assigned(kind, words)


def _is_header(kind: Kind, row: list[Cell], is_list: bool, partly: bool = False) -> bool:
    """Say whether a row is a header; ``partly`` lets one pass that lacks the needed column."""
    lookup = _lookup(kind)
    short = [cell for cell in row if isinstance(cell, str) and len(cell) <= 60]
    if not any(_word(c) in lookup or _without_brackets(c) in lookup for c in short):
        return False
    mapping = _row_mapping(kind, row)
    needed = next(f.name for f in fields(kind).values() if f.is_needed)
    if needed in mapping.values():
        return len(mapping) >= 2 or is_list
    telling = set(mapping.values()) - {"sequence", "number", "note"}
    filled = len([cell for cell in row if cell is not None])
    return partly and len(telling) >= 2 and len(mapping) * 2 >= filled


def _header_at(sheet: Sheet, kind: Kind, index: int) -> _Header:
    row = sheet.rows[index]
    width = max(len(r) for r in sheet.rows[index : index + 2])
    groups = _group_texts(sheet, index - 1) if index else {}
    below = _sub_header(sheet, kind, index)
    texts: dict[int, list[str]] = {}
    labels: list[str] = []
    last_text = ""
    for column in range(width):
        own = _text(row, column)
        if below:
            last_text = own or last_text
            own = own or (last_text if column in below else "")
        sub, group = below.get(column, ""), groups.get(column, "")
        parts = [part for part in (group, own, sub) if part]
        labels.append(re.sub(r"\s+", "", " ".join(dict.fromkeys(parts))) if below or group else own)
        texts[column] = _readings(own, sub, group)
    header = _Header(index, index + (1 if below else 0), texts, labels)
    header.mapping = _assigned(kind, ((c, words) for c, words in texts.items() if words))
    return header


def _readings(own: str, sub: str, group: str) -> list[str]:
    """Return what a column's words may be together, the likeliest first."""
    if sub:
        stem = re.sub(r"(?:情况|信息|统计)$", "", own)
        return [f"{own}{sub}", f"{sub}{own}", f"{stem}{sub}", sub, own]
    if own and group:
        return [own, f"{group}{own}", f"{own}{group}"]
    return [own] if own else []


def _group_texts(sheet: Sheet, index: int) -> dict[int, str]:
    """Return column → words of a line of group headings above the header, if there is one."""
    covered = {
        column: _text(sheet.rows[index], left)
        for top, left, bottom, right in sheet.merged
        if top == bottom == index and right > left
        for column in range(left, right + 1)
    }
    distinct = set(covered.values()) - {""}
    return covered if len(distinct) > 1 and all(len(text) <= 15 for text in distinct) else {}


def _sub_header(sheet: Sheet, kind: Kind, index: int) -> dict[int, str]:
    """Return column → words of a second header line, or nothing when the next row is data."""
    if index + 1 >= len(sheet.rows):
        return {}
    head, next_row = sheet.rows[index], sheet.rows[index + 1]
    down = _covered(sheet.merged, lambda r: r[0] <= index < r[2], index + 1)
    across = _covered(sheet.merged, lambda r: r[0] == r[2] == index and r[3] > r[1], index)
    own = {
        column: text
        for column in range(len(next_row))
        if column not in down and (text := _text(next_row, column))
    }
    grouped = set(across)
    for column in range(1, max(len(head), len(next_row))):
        if not _text(head, column) and any(_text(head, c) for c in range(column)):
            grouped |= {column, *([column - 1] if _text(head, column - 1) else [])}
    if not own or set(own) - grouped or len(own) < 2:
        return {}
    if any(len(text) > 15 or not isinstance(next_row[c], str) for c, text in own.items()):
        return {}
    leader = {c: next(_text(head, k) for k in range(c, -1, -1) if _text(head, k)) for c in own}
    readings = ((c, _readings(leader[c], text, "")) for c, text in own.items())
    return own if any(_candidates(kind, t, False) for _c, r in readings for t in r[:-1]) else {}


def _covered(merged: list[Range], wanted: object, row: int) -> set[int]:
    assert callable(wanted)
    return {
        column
        for span in merged
        if span[0] <= row <= span[2] and wanted(span)
        for column in range(span[1], span[3] + 1)
    }


# Rows that are no records

_TOTAL = re.compile(
    r"^(?:合计|总计|小计|共计|累计|总数|本页合计|total|subtotal|sum)(?:[:：(（\d共].*)?$", re.I
)
_NOTE = re.compile(
    r"^(?:注|备注|说明|附注|填表说明|填报说明|填写说明|注意|note|notes)\s*\d*\s*[:：.、]|^[※*]\D",
    re.I,
)
_SIGNATURE = re.compile(
    r"^(?:填表人|填报人|制表人?|审核人?|审批人?|填报日期|填表日期|制表日期|报送单位|填报单位|填报时间|填表时间|单位负责人|"
    r"主要负责人|分管领导|分管负责人|联系人|联系电话|负责人|单位[(（]?盖章[)）]?|[(（]?盖章[)）]?)[(（]?[^:：]{0,6}[:：]"
)
_SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[类部章])"
)


def _why_aside(table: _Header, kind: Kind, texts: dict[int, str], spans_row: bool) -> str:
    """Return why a row is no record, ``section`` for a heading, or nothing for a record."""
    words = [re.sub(r"\s+", "", text[:60]) for text in texts.values()]
    if any(_TOTAL.match(word) for word in words[:2]):
        return _("total row")
    if _SIGNATURE.match(words[0]):
        return _("signature line")
    alone = len(texts) == 1
    first = next(iter(texts.values()))
    if _NOTE.match(words[0]) and (alone or len(first) > 20):
        return _("note below the table")
    if not alone:
        return ""
    column = next(iter(texts))
    is_name = table.mapping.get(column) in ("name", "title")
    if is_name and not spans_row and not (_SECTION.match(first) and len(table.mapping) > 2):
        return _("note below the table") if len(first) > LONGEST_NAME_ALONE or "。" in first else ""
    if len(first) > LONGEST_NAME_ALONE or first.endswith(("。", "；", ";")):
        return _("note below the table")
    if spans_row or _SECTION.match(first) or (column == 0 and not is_name):
        return "section"
    return ""


def find_tables(sheet: Sheet, kind: Kind) -> list[Table]:
    """Return the tables of this kind in a sheet, each with its mapping.

    A header that lacks the needed column counts only where no other is found: the user may map it.
    """
    is_list = sum(any(len(r) > c and r[c] is not None for r in sheet.rows) for c in range(3)) == 1
    tables = _tables_below_headers(sheet, kind, is_list)
    if not tables and kind in ("teams", "units") and is_list:
        return _headerless(sheet, kind)
    return tables or _tables_below_headers(sheet, kind, is_list, partly=True)


def _tables_below_headers(
    sheet: Sheet, kind: Kind, is_list: bool, partly: bool = False
) -> list[Table]:
    tables: list[Table] = []
    above: list[str] = []
    index = 0
    while index < len(sheet.rows):
        row = sheet.rows[index]
        if _is_header(kind, row, is_list, partly):
            header = _header_at(sheet, kind, index)
            end = _end_of_table(sheet, kind, header, is_list)
            tables.append(_table(sheet, kind, header, end, "\n".join(above)))
            above, index = [], end
        else:
            above += dict.fromkeys(text for cell in row if (text := text_of(cell)[:200]))
            index += 1
    return tables


def _end_of_table(sheet: Sheet, kind: Kind, header: _Header, is_list: bool) -> int:
    """Return the row where another table with another header begins."""
    for index in range(header.last + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if _is_header(kind, row, is_list) and not _repeats(header, row):
            return index
    return len(sheet.rows)


def _repeats(header: _Header, row: list[Cell]) -> bool:
    own = {c: words[-1] for c, words in header.texts.items() if words}
    same = sum(_word(_text(row, column)) == _word(text) for column, text in own.items())
    return same * 2 > len(own)


def _table(sheet: Sheet, kind: Kind, header: _Header, end: int, title: str) -> Table:
    rows: list[TableRow] = []
    aside: list[SetAside] = []
    section = ""
    width = len(header.labels)
    shared = _shared_cells(sheet.merged, header.last)
    spans = _spanning_rows(sheet.merged, width)
    for index in range(header.last + 1, end):
        row = sheet.rows[index]
        here = shared.get(index, frozenset())
        texts = _distinct_texts(row, here, index in spans)
        filled = {c for c in texts if header.mapping.get(c) not in ("number", "sequence")}
        if not filled and all(
            re.fullmatch(r"[\d一二三四五六七八九十.、]+", t) for t in texts.values()
        ):
            continue
        if _repeats(header, row):
            reason = _("the header again")
        else:
            reason = _why_aside(header, kind, texts, index in spans)
        if reason == "section":
            section, reason = next(iter(texts.values())), _("section heading")
        if reason:
            text = "　".join(texts.values())[:100]
            aside.append(SetAside(sheet.name, index + 1, text, reason))
        else:
            cells = tuple(row[:width]) + (None,) * (width - len(row))
            rows.append(TableRow(index + 1, cells, section, here))
    mapping = _checked_by_values(kind, header, rows)
    labels = tuple(header.labels)
    return Table(
        sheet.name, kind, header.first + 1, labels, mapping, tuple(rows), tuple(aside), title
    )


def _distinct_texts(row: list[Cell], shared: frozenset[int], spans: bool) -> dict[int, str]:
    texts = {c: text for c, cell in enumerate(row) if c not in shared and (text := text_of(cell))}
    if spans:
        seen: dict[str, int] = {}
        for column, text in texts.items():
            seen.setdefault(text, column)
        return {column: text for text, column in seen.items()}
    return texts


def _shared_cells(merged: list[Range], last: int) -> dict[int, frozenset[int]]:
    shared: dict[int, set[int]] = {}
    for top, left, bottom, right in merged:
        for row in range(max(top + 1, last + 1), bottom + 1):
            shared.setdefault(row, set()).update(range(left, right + 1))
    return {row: frozenset(columns) for row, columns in shared.items()}


def _spanning_rows(merged: list[Range], width: int) -> set[int]:
    least = max(2, width // 2)
    return {
        top for top, left, bottom, right in merged if top == bottom and right - left + 1 >= least
    }


def _headerless(sheet: Sheet, kind: Kind) -> list[Table]:
    """Read a plain list of names, one a line, as a table with one column."""
    column = next(c for c in range(3) if any(len(r) > c and r[c] is not None for r in sheet.rows))
    rows: list[TableRow] = []
    aside: list[SetAside] = []
    for index, row in enumerate(sheet.rows):
        text = re.sub(r"^\s*\d+\s*[.、．)）]\s*|[、，,；;。.\s]+$", "", _text(row, column))
        if not text:
            continue
        if len(text) > LONGEST_NAME_ALONE or re.search(r"[。！？：，；]", text):
            aside.append(SetAside(sheet.name, index + 1, text[:100], _("note below the table")))
        else:
            rows.append(TableRow(index + 1, (text,)))
    if len(rows) < 2 or len(aside) > len(rows):
        return []
    label = fields(kind)["name"].label()
    return [Table(sheet.name, kind, 0, (label,), {0: "name"}, tuple(rows), tuple(aside))]


# What the values say about a header that may mean two things

_VAGUE = {"类型", "类别", "性质", "分类", "形式", "级别", "type", "kind", "category"}
_CLASSIFIED = {"programme": ("event_class", "hazard", "form", "scope", "purpose")}
_CLASSIFIED["sessions"] = _CLASSIFIED["programme"]


def _checked_by_values(kind: Kind, header: _Header, rows: list[TableRow]) -> dict[int, str]:
    """Correct vague headers (类型, also twice in one table) by the words below them."""
    mapping = dict(header.mapping)
    for column, texts in header.texts.items():
        if kind not in _CLASSIFIED or not texts or _without_brackets(texts[0]) not in _VAGUE:
            continue
        values = [text_of(row.cells[column]) for row in rows[:200]]
        values = [value for value in values if value]
        now = mapping.get(column, "")
        if not values or (now in _CLASSIFIED[kind] and _understood(now, values) >= 0.5):
            continue
        free = [n for n in _CLASSIFIED[kind] if n == now or n not in mapping.values()]
        best = max(free, key=lambda name: _understood(name, values), default="")
        if best and _understood(best, values) >= 0.5:
            mapping[column] = best
    return mapping


def _understood(name: str, values: list[str]) -> float:
    if name in ("event_class", "hazard"):
        good = sum(classifications.choose(name, value).code is not None for value in values)
    else:
        good = sum(getattr(classifications.read_drill_kind(v), name) is not None for v in values)
    return good / len(values)


# Which kind of table it is

_KIND_WORDS: dict[Kind, str] = {
    "units": r"单位名录|单位名单|单位清单|成员单位|通讯录|units?\b",
    "plans": r"预案(?:目录|清单|台账|名录|统计)|\bplans?\b",
    "programme": r"演练(?:任务|计划|安排)|计划表|任务表|programme",
    "sessions": r"演练(?:台账|记录|登记|统计|开展情况|情况)|场次|sessions?\b",
    "teams": r"队伍|救援队|teams?\b",
}
_TELLING: dict[Kind, set[str]] = {
    "units": {"short_name", "aliases", "is_high_risk", "is_crowded"},
    "plans": {"document_number", "documented_on", "filed_on", "category", "issuing_unit"},
    "programme": {"due", "duties", "responsible", "target_sessions", "scenario"},
    "sessions": {"held_on", "participants", "in_programme", "observers", "summary"},
    "teams": {"members", "leader", "fields", "duty_phone", "base"},
}


def guess_kind(sheet: Sheet) -> Kind | None:
    """Return the kind of table a sheet most likely holds, or None when it holds none."""
    scores = {kind: _kind_score(sheet, kind) for kind in KINDS}
    best = max(KINDS, key=lambda kind: scores[kind])
    return best if scores[best] > 0 else None


def _kind_score(sheet: Sheet, kind: Kind) -> float:
    tables = find_tables(Sheet(sheet.name, sheet.rows[:60], sheet.merged), kind)
    if not tables:
        return 0
    table = tables[0]
    ranks = [
        _best_rank(kind, table.headers[column], name) for column, name in table.mapping.items()
    ]
    score = sum(1.0 if rank == 0 else 0.8 if rank < 100 else 0.4 for rank in ranks)
    score += 0.5 * len(set(table.mapping.values()) & _TELLING[kind]) - 2 * len(table.missing())
    named = f"{sheet.name} {table.title}".lower()
    return score + 3 * bool(re.search(_KIND_WORDS[kind], named))


def _best_rank(kind: Kind, header: str, name: str) -> int:
    return next((rank for field_, rank in _candidates(kind, header) if field_ == name), 100)
