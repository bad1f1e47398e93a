from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.pipeline.duration import UNITS, parse_duration

MINUTE, HOUR, DAY, WEEK, MONTH, YEAR = 60, 3600, 86_400, 604_800, 2_592_000, 31_557_600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("42", 42),
        ("42 seconds", 42),
        ("3 mins 4 sec", 3 * MINUTE + 4),
        ("2 hrs 20 min", 2 * HOUR + 20 * MINUTE),
        ("2h20min", 2 * HOUR + 20 * MINUTE),
        ("6 mos 1 day", 6 * MONTH + DAY),
        ("47 yrs 6 mos and 4d", 47 * YEAR + 6 * MONTH + 4 * DAY),
        ("3 weeks and 2 days", 3 * WEEK + 2 * DAY),
        ("1 Day, 12 HOURS", DAY + 12 * HOUR),
        ("1.5h", 1.5 * HOUR),
        (".5 h", HOUR / 2),
        ("day", DAY),
        ("3:41:59", 3 * HOUR + 41 * MINUTE + 59),
        ("1 : 30", MINUTE + 30),
    ],
)
def test_durations_of_the_documentation_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "0 days", "and", "never", "soon", "PT1H", "-5 minutes", "1 fortnight", "²", "1:2:",
     "1:2:3:4:5:6:7", "9" * 2000],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize("text", ["two hours", "an hour", "twenty-two minutes", "half a day"])
def test_number_words_are_durations_of_unknown_length(text: str) -> None:
    seconds = parse_duration(text)

    assert seconds is not None
    assert math.isnan(seconds)


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from(sorted(UNITS))), min_size=1))
def test_numbers_with_units_add_up(parts: list[tuple[int, str]]) -> None:
    expected = sum(number * UNITS[unit] for number, unit in parts)

    assert parse_duration(" ".join(f"{number} {unit}" for number, unit in parts)) == expected
    assert parse_duration("".join(f"{number}{unit}" for number, unit in parts)) == expected


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    seconds = parse_duration(text)

    assert seconds is None or seconds > 0 or math.isnan(seconds)
