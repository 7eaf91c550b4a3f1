"""What SQL of this product does not say, and why: DuckDB and PostgreSQL must both understand it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TIME = "time is a parameter ($as_of), so that a figure can be asked for any day"
_REFERENCE = (
    "DuckDB refuses harmless updates of referenced rows; the write transaction and sql/checks"
    " guard references"
)
_PART_OF_DATE = "PostgreSQL has extract(… from …); for ranges of dates use between"
_LISTS = "list columns and their functions differ; keep lists in rows"

WORDS: dict[str, str] = {
    "qualify": "PostgreSQL has none; number the rows in a CTE and filter on the number",
    "group by all|order by all": "PostgreSQL has none; name the columns",
    "strftime|strptime": "PostgreSQL has other names and letters; format outside SQL",
    "try_cast": "PostgreSQL has none; check values before they are stored",
    "enum": "its values cannot be changed alike; use varchar and data/vocabulary",
    "pivot|unpivot": "PostgreSQL has none; sum over case when",
    "macro|function": "a measure is defined once, in a view, which both databases have",
    "current_date|current_timestamp|localtimestamp": _TIME,
    "foreign key|references|cascade": _REFERENCE,
    "trigger": "DuckDB has none; the write transaction does the work",
    "savepoint|for update|for share": "DuckDB has none; one lock guards writing",
    "generated always": "DuckDB has no stored generated columns; compute in a view",
    "create index [^;]* where|create unique index [^;]* where": "DuckDB has no partial indexes",
    "asof|positional join|semi join|anti join": "PostgreSQL has none; use exists",
    "union by name|union all by name": "PostgreSQL has none; name the columns in order",
    "insert or replace|insert or ignore": "PostgreSQL has on conflict",
    "hugeint|tinyint|utinyint|usmallint|uinteger|ubigint|blob|datetime": (
        "PostgreSQL has no such type"
    ),
    r"double(?!\s+precision)": "PostgreSQL calls it double precision",
    r"interval \d+": "PostgreSQL wants it quoted: interval '1 day'",
    "attach|detach|pragma|install|load|copy|export|import": "the store decides this, not a query",
}
CALLS: dict[str, str] = {
    "now|today|get_current_timestamp": _TIME,
    "year|month|day|quarter|week|dayofweek": _PART_OF_DATE,
    "date_diff|datediff|date_sub|epoch|epoch_ms": _PART_OF_DATE,
    "ifnull|nvl|isnull": "PostgreSQL has coalesce",
    "arg_max|arg_min|max_by|min_by|any_value|count_if|first|last|median": (
        "PostgreSQL 15 has none; number the rows in a CTE"
    ),
    r"list|list_\w+|array_\w+|struct_pack|unnest|string_split|regexp_matches": _LISTS,
}
SYMBOLS: dict[str, str] = {
    "//": "PostgreSQL has none; whole numbers divided stay whole in both",
    "==": "PostgreSQL has =",
    "~": "DuckDB matches the whole text, PostgreSQL a part of it; use like",
    r"\[": _LISTS,
    r"\{": "structs differ; keep their parts in columns",
}

_SPACED = {
    **{rf"(?<![\w$])(?:{words})(?!\w)": reason for words, reason in WORDS.items()},
    **{rf"(?<![\w$])(?:{names})\s*\(": reason for names, reason in CALLS.items()},
    **SYMBOLS,
}
_PATTERNS = {
    re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE): reason
    for pattern, reason in _SPACED.items()
}
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a statement that should not be there: its line, itself and the reason."""

    line: int
    text: str
    reason: str


def code_only(sql: str) -> str:
    """Return ``sql`` with texts, quoted names and comments blanked, every letter in its place."""
    return _QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), sql)


def forbidden_words(sql: str) -> list[Word]:
    """Return everything in ``sql`` that one of the two databases does not understand alike."""
    return _found(sql, _PATTERNS)


def upper_case_words(sql: str) -> list[Word]:
    """Return every word outside texts and comments that is not in lower case."""
    return _found(sql, {re.compile(r"\w*[A-Z]\w*"): "words of SQL are in lower case"})


def _found(sql: str, patterns: dict[re.Pattern[str], str]) -> list[Word]:
    code = code_only(sql)
    return [
        Word(code.count("\n", 0, found.start()) + 1, " ".join(found.group().split()), reason)
        for pattern, reason in patterns.items()
        for found in pattern.finditer(code)
    ]
