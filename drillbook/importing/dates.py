"""Reads a date, a period or "undecided" out of what an office writes into a date cell.

The text as written is always kept beside the value. Nothing is invented: a text without a year
needs the year of its table, a day that the calendar lacks is a problem, and words that name no
time are a problem too. What words mean here:

- 前, 底前: open at the start, ends on the last day named. 汛期前 ends on 31 May.
- 上旬/初 1–10, 中旬/中 11–20, 下旬/底 from the 21st to the end of the month.
- 期间, 前后, 左右 around a day: three days to either side.
- 安全生产月 is June, 防灾减灾日 12 May, 消防日 9 November, 消防宣传月 November,
  汛期 June–September.
- 每季度一次 and the like: the whole year, with the number of times.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Literal

from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.importing.numerals import plain, with_digits
from drillbook.importing.workbook_reader import Cell, text_of

Precision = Literal["blank", "day", "days", "month", "period", "undecided"]
EARLIEST_YEAR, LATEST_YEAR = 1949, 2100
MAX_TEXT = 300
AROUND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """What a cell says about time; ``start`` is None for "before …", both are for no date."""

    raw: str
    start: date | None = None
    end: date | None = None
    precision: Precision = "blank"
    times: int | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    half: Literal["", "am", "pm"] = ""
    problem: str = ""
    is_impossible: bool = False
    """The text is a date, but one that cannot be: 2023-02-30, or an end before its beginning."""


class _Unreadable(DrillbookError):
    """The sentence that becomes ``FuzzyDate.problem``."""


class _Impossible(_Unreadable):
    """The text is a date that cannot be."""


def parse_date(value: Cell, year: int | None = None) -> FuzzyDate:
    """Read a cell; ``year`` completes texts such as 5月12日. Never raises."""
    raw = text_of(value)
    try:
        if isinstance(value, datetime):
            return _day(value.date(), raw, None if value.time() == time() else value.time())
        if isinstance(value, date):
            return _day(value, raw)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return replace(_from_number(value, year), raw=raw)
        if not raw or isinstance(value, (bool, time)):
            problem = _unreadable(raw) if raw else ""
            return FuzzyDate(raw, problem=problem)
        return replace(_from_text(raw, year), raw=raw)
    except _Unreadable as error:
        return FuzzyDate(raw, problem=error.message, is_impossible=isinstance(error, _Impossible))


def parse_time(value: Cell) -> time | None:
    """Return the time of day in a cell, or None where there is none."""
    if isinstance(value, datetime):
        return value.time() if value.time() != time() else None
    if isinstance(value, time):
        return value
    if isinstance(value, float) and 0 < value < 1:
        return (datetime.min + timedelta(minutes=round(value * 1440))).time()
    try:
        return _without_time(_digits(plain(text_of(value)[:MAX_TEXT])))[1]
    except _Unreadable:
        return None


def _unreadable(raw: str) -> str:
    return _("“{text}” cannot be read as a date. Write it like 2023-05-12 or 5月12日.").format(
        text=raw[:60]
    )


def _day(day: date, raw: str = "", at: time | None = None) -> FuzzyDate:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise _Impossible(_("The year {year} cannot be right.").format(year=day.year))
    return FuzzyDate(raw, day, day, "day", starts_at=at)


def _date(year: int, month: int, day: int) -> date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise _Impossible(_("The year {year} cannot be right.").format(year=year))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _Impossible(
            _("{year}-{month:02}-{day:02} is not a day of the calendar.").format(
                year=year, month=month, day=day
            )
        ) from error


def _month(year: int, month: int) -> FuzzyDate:
    start = _date(year, month, 1)
    return FuzzyDate("", start, start.replace(day=monthrange(year, month)[1]), "month")


def _period(start: date | None, end: date) -> FuzzyDate:
    return FuzzyDate("", start, end, "period")


def _need(year: int | None) -> int:
    if year is None:
        raise _Unreadable(_("The date has no year. Add it, or give the year of the table."))
    return year


# Numbers: what Excel made of a date


def _from_number(value: float, year: int | None) -> FuzzyDate:
    if not isfinite(value):
        raise _Unreadable(_unreadable(str(value)))
    if 20_000 <= value <= 80_000:
        moment = datetime(1899, 12, 30) + timedelta(minutes=round(value * 1440))
        return _day(moment.date(), "", None if moment.time() == time() else moment.time())
    if value == int(value) and 10_000_000 < value < 100_000_000:
        return _from_text(str(int(value)), year)
    if value == int(value) and 1 <= value <= 12:
        return _month(_need(year), int(value))
    if value == int(value) and EARLIEST_YEAR <= value <= LATEST_YEAR:
        return _period(_date(int(value), 1, 1), _date(int(value), 12, 31))
    whole, _point, decimals = str(value).partition(".")
    # Excel drops a trailing nought: 5.1 may have been typed as 5.1 or as 5.10.
    if decimals == "1" and (len(whole) <= 2 or len(whole) == 4):
        raise _Unreadable(
            _("“{text}” is a number that may mean .1 or .10. Write the date in full.").format(
                text=value
            )
        )
    return _from_text(str(value), year)


# Texts

_CLAUSE = re.compile(r"[,;。\n]")
_TIME = re.compile(
    r"(上午|早上|中午|下午|晚上|晚|夜间)?(?<!\d)(\d{1,2})[:时点](半|\d{1,2})?分?(?::\d{2}(?:\.\d+)?)?"
    r"(?:[~-](?:上午|中午|下午|晚上|晚)?(\d{1,2})[:时点](半|\d{1,2})?分?(?::\d{2})?)?(?!\d)"
)
_HALF = re.compile(r"上午|早上|中午|下午|晚上|夜间")
_UNDECIDED = re.compile(
    r"待定|未定|另行通知|另定|待通知|待安排|待确定|择机|适时|视情|自定|自行安排|自行确定|tbd|tba|undecided"
)
_DRILL = re.compile(r"演练|实施|开展|组织|举行|举办")
_PREPARING = re.compile(r"方案|脚本|总结|准备|报送|上报|评估|筹备")


def _from_text(raw: str, year: int | None) -> FuzzyDate:
    text = plain(raw[: MAX_TEXT + 1]).lower()
    if len(text) > MAX_TEXT:
        raise _Unreadable(_unreadable(raw))
    text = _with_year_words(_digits(text), year)
    if _UNDECIDED.search(text):
        return FuzzyDate("", precision="undecided")
    if text in {"-", "--", "/", "\\", "无", "暂无", "n/a", "none"}:
        return FuzzyDate("")
    if re.fullmatch(r"[\d年月日号./、,-]+", text):
        text = text.replace(",", "、")
    clauses = [clause for clause in _CLAUSE.split(text) if clause]
    if len(clauses) > 1:
        return _of_clauses(clauses, raw, year)
    return _of_clause(text, raw, year)


def _digits(text: str) -> str:
    text = with_digits(text, "年|月|日|号|个月|次|点|时")
    text = re.sub(r"[—–~～〜]+|至(?!少|迟)|到(?!期|位)", "~", text)
    text = re.sub(
        r"截至|截止|不迟于|至迟|最迟|计划|预计|拟于|拟|暂定|时间[::]?|于|在|[“”\"'「」]", "", text
    )
    return re.sub(
        r"\((?:星期|周|礼拜)[一二三四五六日天\d]\)|(?:星期|周|礼拜)[一二三四五六日天]", "", text
    )


def _with_year_words(text: str, year: int | None) -> str:
    for word, offset in (
        ("今年", 0),
        ("本年度", 0),
        ("本年", 0),
        ("当年", 0),
        ("明年", 1),
        ("去年", -1),
    ):
        if word in text:
            text = text.replace(word, f"{_need(year) + offset}年")
    return text


def _of_clauses(clauses: list[str], raw: str, year: int | None) -> FuzzyDate:
    """Of several dates in one cell take the drill's own, else everything from first to last."""
    read: list[tuple[str, FuzzyDate]] = []
    for clause in clauses:
        try:
            found = _of_clause(clause, raw, year)
        except _Unreadable:
            continue
        if found.end is not None:
            read.append((clause, found))
            year = found.end.year
    if not read:
        return _of_clause(clauses[0], raw, year)
    drills = [date_ for clause, date_ in read if _DRILL.search(clause)]
    chosen = [date_ for clause, date_ in read if not _PREPARING.search(clause)]
    candidates = (drills and drills[-1:]) or chosen or [read[-1][1]]
    return candidates[0] if len(candidates) == 1 else _span(candidates)


def _span(dates: list[FuzzyDate]) -> FuzzyDate:
    starts = [found.start for found in dates if found.start]
    ends = [found.end for found in dates if found.end]
    start = min(starts) if len(starts) == len(dates) else None
    is_days = all(found.precision == "day" for found in dates)
    return replace(
        _period(start, max(ends)), times=len(dates), precision="days" if is_days else "period"
    )


def _of_clause(text: str, raw: str, year: int | None) -> FuzzyDate:
    recurring = _recurring(text, year)
    if recurring:
        return recurring
    text, starts_at, ends_at, half = _without_time(text)
    parts = text.split("、") if re.fullmatch(r"[\d年月日号./、-]+", text) else [text]
    found = _list(parts, raw, year) if len(parts) > 1 else _range_or_point(text, raw, year)
    return replace(found, starts_at=starts_at, ends_at=ends_at, half=half)


def _list(parts: list[str], raw: str, year: int | None) -> FuzzyDate:
    """Read 3月、6月、9月 or 5月12日、13日, where a later part may lean on the one before."""
    dates: list[FuzzyDate] = []
    for part in parts:
        bare = re.fullmatch(r"(\d{1,2})[日号]", part)
        before = dates[-1].start if dates else None
        if bare and before:
            dates.append(_day(_date(before.year, before.month, int(bare[1]))))
        elif part:
            bare_month = re.fullmatch(r"\d{1,2}", part)
            dates.append(_range_or_point(part + "月" if bare_month else part, raw, year))
    if not dates:
        raise _Unreadable(_unreadable(raw))
    return _span(dates)


def _recurring(text: str, year: int | None) -> FuzzyDate | None:
    periods = {"每季度": 4, "每季": 4, "每半年": 2, "每2个月": 6, "每两个月": 6, "每2月": 6}
    periods |= {"每个月": 12, "每月": 12, "每年": 1, "每周": 52, "一季度一次": 4, "半年一次": 2}
    for word, times in periods.items():
        if word in text:
            each = re.search(r"(\d{1,2})次", text)
            stated = re.search(r"(\d{4})年", text)
            whole = int(stated[1]) if stated else _need(year)
            count = times * max(1, int(each[1])) if each else times
            return replace(_period(_date(whole, 1, 1), _date(whole, 12, 31)), times=count)
    return None


def _without_time(
    text: str,
) -> tuple[str, time | None, time | None, Literal["", "am", "pm"]]:
    match = _TIME.search(text)
    word = _HALF.search(text)
    half: Literal["", "am", "pm"] = ""
    if word:
        half = "am" if word[0] in ("上午", "早上") else "pm"
    if match is None:
        return _HALF.sub("", text), None, None, half
    starts_at = _clock(match[2], match[3], half)
    ends_at = _clock(match[4], match[5], half) if match[4] else None
    rest = _HALF.sub("", text[: match.start()] + text[match.end() :]).strip(" t")
    return rest, starts_at if (starts_at, ends_at) != (time(), None) else None, ends_at, half


def _clock(hour: str, minute: str | None, half: str) -> time:
    hours = int(hour) + (12 if half == "pm" and int(hour) < 12 else 0)
    minutes = 30 if minute == "半" else int(minute or 0)
    if hours > 23 or minutes > 59:
        raise _Impossible(
            _("{hour}:{minute:02} is not a time of day.").format(hour=hours, minute=minutes)
        )
    return time(hours, minutes)


def _range_or_point(text: str, raw: str, year: int | None) -> FuzzyDate:
    text = re.sub(r"(?<=[日号月旬年度])-(?=\d|[上中下第一二三四])", "~", text)
    text = re.sub(r"^(\d{4}[./年]\d{1,2})-(\d{1,2})月?$", r"\1月~\2月", text)
    text = re.sub(r"第?([一二三四1-4])[、~-]第?([一二三四1-4])季", r"\1季度~\2季", text)
    text = re.sub(r"(\d[./]\d{1,2})-(?=\d)", r"\1~", text)
    text = re.sub(r"(?<![\d-])(\d{1,2})[-~](\d{1,2}月)(?!\d)", r"\1月~\2", text)
    left, mark, right = text.partition("~")
    if not mark or not left or not right:
        return _point(left or right, raw, year)
    first = _point(left, raw, year)
    start = first.start or first.end
    if start is None:
        raise _Unreadable(_unreadable(raw))
    last = _end_of_range(right, raw, start)
    if last.end is None or last.end < start:
        raise _Impossible(_("“{text}” ends before it begins.").format(text=raw[:60]))
    is_days = first.precision == last.precision == "day"
    return replace(_period(start, last.end), precision="days" if is_days else "period")


def _end_of_range(text: str, raw: str, start: date) -> FuzzyDate:
    bare = re.fullmatch(r"(\d{1,2})[日号]?", text)
    if bare:
        return _day(_date(start.year, start.month, int(bare[1])))
    return _point(text, raw, start.year)


# One point of time: pattern → what it means. The first that matches counts.

_Y = r"(?:(?P<y>\d{4})(?:年度?|[./-])?)?"
_POINTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"(?P<y>\d{4})(?:年|[./-])(?P<m>\d{1,2})(?:月|[./-])(?P<d>\d{1,2})[日号]?", "day"),
        (r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)", "day"),
        (r"(?<!\d)(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?!\d)", "day"),
        (r"(?<!\d)(?P<yy>[12]\d|3\d)(?:年|[./-])(?P<m>\d{1,2})(?:月|[./-])(?P<d>\d{1,2})", "day"),
        (_Y + r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?", "day"),
        (r"(?P<y>\d{4})(?:年|[./-])(?P<m>\d{1,2})(?![\d])月?份?日?", "month"),
        (_Y + r"(?<!\d)(?P<m>\d{1,2})月份?日?", "month"),
        (r"^(?P<m>\d{1,2})[.·/-](?P<d>\d{1,2})(?!\d|[./-]\d)", "day"),
        (_Y + r"第?(?P<q>[一二三四1-4])季度?", "quarter"),
        (_Y + r"(?P<half>[上下])半年", "half"),
        (_Y + r"(?:全国)?(?:防灾减灾日|防灾减灾宣传日)", "0512"),
        (_Y + r"(?:全国)?防灾减灾(?:宣传)?(?:周|月|活动周)", "0512 around"),
        (_Y + r"(?:全国)?(?:安全生产(?:宣传)?月|安全月)", "month 6"),
        (_Y + r"消防(?:宣传|安全)?月", "month 11"),
        (_Y + r"(?:全国)?消防(?:宣传|安全)?日", "1109"),
        (_Y + r"(?:主汛期|汛期|汛)", "flood season"),
        (_Y + r"(?:全年度?|年内|年度|年底|年末|年终)", "year"),
        (r"^(?P<y>\d{4})年?度?$", "year"),
        (_Y + r"(?:年初)", "month 1"),
    )
)
_BEFORE = re.compile(r"^(?:[^\d]*?)(?:之前|以前|前(?!后)|内完成)")


def _point(text: str, raw: str, year: int | None) -> FuzzyDate:
    tried = ((pattern.search(text), meaning) for pattern, meaning in _POINTS)
    match, meaning = next((pair for pair in tried if pair[0]), (None, ""))
    if match is None:
        raise _Unreadable(_unreadable(raw))
    groups = match.groupdict()
    if groups.get("yy"):
        stated = 2000 + int(groups["yy"])
    else:
        stated = int(groups["y"]) if groups.get("y") else _need(year)
    tail = text[match.end() :]
    found = _tailed(_meant(meaning, stated, groups), tail, meaning)
    if _BEFORE.match(tail):
        end = found.end
        if meaning == "flood season":
            end = _date(stated, 5, 31)
        elif end is not None and meaning == "month" and not re.match(r"[底末初中上下]|月底", tail):
            # 6月前 is over when June begins; 6月底前 when it ends.
            end = found.start - timedelta(days=1) if found.start else end
        return FuzzyDate("", None, end, "period")
    return found


def _meant(meaning: str, year: int, groups: dict[str, str | None]) -> FuzzyDate:
    match meaning.split():
        case ["day"]:
            return _day(_date(year, int(groups["m"] or 0), int(groups["d"] or 0)))
        case ["month"]:
            return _month(year, int(groups["m"] or 0))
        case ["month", month]:
            return _month(year, int(month))
        case ["quarter"]:
            quarter = "一二三四1234".index(groups["q"] or "一") % 4
            return _period(
                _date(year, quarter * 3 + 1, 1), _month(year, quarter * 3 + 3).end or date.max
            )
        case ["half"]:
            first = groups["half"] == "上"
            return _period(
                _date(year, 1 if first else 7, 1), _date(year, *((6, 30) if first else (12, 31)))
            )
        case ["flood", "season"]:
            return _period(_date(year, 6, 1), _date(year, 9, 30))
        case ["year"]:
            return _period(_date(year, 1, 1), _date(year, 12, 31))
    day = _date(year, int(meaning[:2]), int(meaning[2:4]))
    return _period(day - AROUND, day + AROUND) if meaning.endswith("around") else _day(day)


def _tailed(found: FuzzyDate, tail: str, meaning: str) -> FuzzyDate:
    if found.start is None or found.end is None:
        return found
    if meaning == "month":
        first, last = found.start, found.end
        if re.match(r"份?(?:上旬|初)", tail):
            return _period(first, first.replace(day=10))
        if re.match(r"份?(?:中下旬)", tail):
            return _period(first.replace(day=11), last)
        if re.match(r"份?(?:上中旬)", tail):
            return _period(first, first.replace(day=20))
        if re.match(r"份?中(?:旬)?", tail):
            return _period(first.replace(day=11), first.replace(day=20))
        if re.match(r"份?(?:下旬|底|末)", tail):
            return _period(first.replace(day=21), last)
    if meaning in ("day", "0512", "1109") and re.search(r"期间|前后|左右|活动周|宣传周", tail):
        return _period(found.start - AROUND, found.end + AROUND)
    return found
