"""What offices write into head count cells becomes a number with its kind; the text is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.importing.head_counts import parse_count, parse_counts
from drillbook.importing.workbook_reader import text_of


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        (30, 30, "exact"),
        (30.0, 30, "exact"),
        ("30人", 30, "exact"),
        ("３０", 30, "exact"),
        ("3,100人次", 3100, "exact"),
        ("1.2万人", 12000, "exact"),
        ("两百人", 200, "exact"),
        ("0", 0, "exact"),
        ("30余人", 30, "over"),
        ("30多名", 30, "over"),
        ("三十余人", 30, "over"),
        ("百余人", 100, "over"),
        ("一千二百余人", 1200, "over"),
        ("100人以上", 100, "over"),
        ("不少于50人", 50, "over"),
        ("30-50人", 30, "over"),
        ("200余人（其中学生150余名）", 200, "over"),
        ("约100人", 100, "approximate"),
        ("100人左右", 100, "approximate"),
        ("近百人", 100, "approximate"),
        ("消防30人、公安20人", 50, "exact"),
        ("消防30人、公安20人，共50人", 50, "exact"),
        ("3个单位100人", 100, "exact"),
        ("", None, "unknown"),
        (None, None, "unknown"),
        ("未统计", None, "unknown"),
        ("不详", None, "unknown"),
        ("—", None, "unknown"),
        ("数十人", None, "unknown"),
        ("全体师生", None, "unknown"),
    ],
)
def test_a_count_has_its_number_and_its_kind(written: object, value: int | None, kind: str) -> None:
    found = parse_count(written)  # type: ignore[arg-type]
    assert (found.value, found.kind, found.problem) == (value, kind, "")
    assert found.raw == text_of(written)  # type: ignore[arg-type]


def test_a_count_for_each_session_says_so() -> None:
    found = parse_count("每场20人")
    assert (found.value, found.kind, found.per_session) == (20, "exact", True)


def test_one_cell_may_hold_participants_and_observers() -> None:
    found = parse_counts("参演200人，观摩50余人")
    assert (found["participants"].value, found["participants"].kind) == (200, "exact")
    assert (found["observers"].value, found["observers"].kind) == (50, "over")


@pytest.mark.usefixtures("en")
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("-5", "A number of people cannot be negative: -5."),
        (-5, "A number of people cannot be negative: -5."),
        (30.5, "30.5 is not a whole number of people."),
        ("9999999", "9999999 people cannot be right; at most 100,000 are accepted."),
        ("=1+1", "“=1+1” cannot be read as a number of people. Write it like 30 or 约100人."),
        (True, "“是” cannot be read as a number of people. Write it like 30 or 约100人."),
    ],
)
def test_what_is_no_count_gets_its_sentence(written: object, sentence: str) -> None:
    found = parse_count(written)  # type: ignore[arg-type]
    assert (found.value, found.problem) == (None, sentence)


@given(st.integers(0, 100_000))
def test_every_number_survives_every_writing(number: int) -> None:
    for pattern, kind in (("{}", "exact"), ("{}余人", "over"), ("约{}人", "approximate")):
        found = parse_count(pattern.format(number))
        assert (found.value, found.kind) == (number, kind)
    assert parse_count(f"{number:,}人").value == number
    assert parse_count(float(number)).value == number


@given(
    st.one_of(
        st.text(max_size=400),
        st.text(alphabet="0123456789.,，、人名余多约每场十百千万(（其中共-+", max_size=20),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.dates(),
        st.none(),
    )
)
def test_nothing_written_breaks_the_reading_and_the_text_is_kept(written: object) -> None:
    found = parse_count(written)  # type: ignore[arg-type]
    assert found.raw == text_of(written)  # type: ignore[arg-type]
    assert found.value is None or 0 <= found.value <= 100_000
    assert not (found.problem and found.value is not None)
    assert (found.kind == "unknown") == (found.value is None)
    parse_counts(written)  # type: ignore[arg-type]
