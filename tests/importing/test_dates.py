"""What offices write into date cells becomes a date, a period or "undecided"; the text is kept."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.importing.dates import parse_date, parse_time
from drillbook.importing.workbook_reader import text_of

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MAY_12 = date(2023, 5, 12)


@pytest.mark.parametrize(
    "written",
    [
        "2023.5.12", "2023/5/12", "2023-05-12", "2023年5月12日", "2023 年 5 月 12 日", "5月12日",
        "5.12", "２０２３．５．１２", "二〇二三年五月十二日", "20230512", "23.5.12", "5/12/2023",
        "2023年5月12日（星期五）", "5.12防灾减灾日", "2023-05-12 00:00:00", "今年5月12日",
        45058, 45058.0, 5.12, date(2023, 5, 12), datetime(2023, 5, 12),
    ],
)  # fmt: skip
def test_a_day_in_any_writing_is_that_day(written: object) -> None:
    found = parse_date(written, 2023)  # type: ignore[arg-type]
    assert (found.start, found.end, found.precision) == (MAY_12, MAY_12, "day")
    assert found.raw == text_of(written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("4月底前", None, "04-30"),
        ("6月前", None, "05-31"),
        ("6月30日前", None, "06-30"),
        ("年底前", None, "12-31"),
        ("汛期前", None, "05-31"),
        ("9月上旬", "09-01", "09-10"),
        ("9月中旬", "09-11", "09-20"),
        ("9月下旬", "09-21", "09-30"),
        ("2月底", "02-21", "02-28"),
        ("5.12期间", "05-09", "05-15"),
        ("第二季度", "04-01", "06-30"),
        ("二季度", "04-01", "06-30"),
        ("第二、三季度", "04-01", "09-30"),
        ("上半年", "01-01", "06-30"),
        ("下半年", "07-01", "12-31"),
        ("全年", "01-01", "12-31"),
        ("5月", "05-01", "05-31"),
        ("5月—6月", "05-01", "06-30"),
        ("5-6月", "05-01", "06-30"),
        ("9月至10月上旬", "09-01", "10-10"),
        ("安全生产月", "06-01", "06-30"),
        ("汛期", "06-01", "09-30"),
        ("5月12日-14日", "05-12", "05-14"),
        ("2023.5.12-5.14", "05-12", "05-14"),
        ("2023-05-12至2023-06-03", "05-12", "06-03"),
        ("4月底前完成方案,5.12期间完成演练", "05-09", "05-15"),
        ("5月底前完成方案，6月中旬完成演练", "06-11", "06-20"),
        ("8月底前完成方案,9月中旬完成演练", "09-11", "09-20"),
    ],
)
def test_words_of_time_become_a_period(written: str, first: str | None, last: str) -> None:
    found = parse_date(written, 2023)
    assert found.start == (date.fromisoformat(f"2023-{first}") if first else None)
    assert found.end == date.fromisoformat(f"2023-{last}")
    assert found.raw == written


@pytest.mark.parametrize(
    ("written", "times"), [("每季度一次", 4), ("每月一次", 12), ("每半年", 2), ("3月、6月、9月", 3)]
)
def test_recurring_drills_carry_their_number_of_times(written: str, times: int) -> None:
    assert parse_date(written, 2023).times == times


@pytest.mark.parametrize("written", ["待定", "未定", "另行通知", "时间待定", "TBD"])
def test_undecided_is_neither_a_date_nor_a_problem(written: str) -> None:
    found = parse_date(written, 2023)
    assert (found.precision, found.start, found.problem) == ("undecided", None, "")


def test_half_days_and_times_are_read_beside_the_date() -> None:
    morning = parse_date("2023年6月15日上午")
    assert (morning.start, morning.half, morning.starts_at) == (date(2023, 6, 15), "am", None)
    timed = parse_date("2023年6月15日下午2点半-4:00")
    assert (timed.starts_at, timed.ends_at) == (time(14, 30), time(16, 0))
    assert parse_date(datetime(2023, 6, 15, 9, 0)).starts_at == time(9)
    assert parse_time("上午9:00") == parse_time(0.375) == parse_time(time(9)) == time(9)
    assert parse_time("没有") is None


def test_a_day_left_blank_is_a_month() -> None:
    found = parse_date("2020年4月 日")
    assert (found.start, found.precision) == (date(2020, 4, 1), "month")


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2023-02-30", "2023-02-30 is not a day of the calendar."),
        ("2月30日", "2023-02-30 is not a day of the calendar."),
        ("2023-05-12至2023-05-01", "“2023-05-12至2023-05-01” ends before it begins."),
        ("9999年5月1日", "The year 9999 cannot be right."),
        (5.1, "“5.1” is a number that may mean .1 or .10. Write the date in full."),
        ("暑假", "“暑假” cannot be read as a date. Write it like 2023-05-12 or 5月12日."),
    ],
)
def test_what_is_no_date_gets_its_sentence(written: str, sentence: str) -> None:
    assert parse_date(written, 2023).problem == sentence


@pytest.mark.usefixtures("zh")
def test_a_date_without_a_year_asks_for_it() -> None:
    assert parse_date("5月12日").problem == "日期缺少年份，请补上，或指定本表的年度。"


@given(DAYS)
def test_every_day_survives_every_writing(day: date) -> None:
    for pattern in ("{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}-{m:02}-{d:02}", "{y}/{m}/{d} 上午"):
        found = parse_date(pattern.format(y=day.year, m=day.month, d=day.day))
        assert (found.start, found.end) == (day, day)
    assert parse_date(f"{day.month}月{day.day}日", day.year).start == day
    assert parse_date((day - date(1899, 12, 30)).days).start == day


@given(DAYS, st.integers(0, 300))
def test_ranges_survive(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = parse_date(f"{first}至{last}")
    assert (found.start, found.end) == (first, last)


@given(
    st.one_of(
        st.text(max_size=400),
        st.text(
            alphabet="0123456789年月日号.-/~至到上中下旬底前每季度次、,，一二三十:时点半",
            max_size=30,
        ),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.times(),
        st.datetimes(),
        st.none(),
    ),
    st.one_of(st.none(), st.integers(1990, 2090)),
)
def test_nothing_written_breaks_the_reading_and_the_text_is_kept(
    written: object, year: int | None
) -> None:
    found = parse_date(written, year)  # type: ignore[arg-type]
    assert found.raw == text_of(written)  # type: ignore[arg-type]
    assert found.start is None or found.end is None or found.start <= found.end
    assert not (found.problem and found.end)
    parse_time(written)  # type: ignore[arg-type]
