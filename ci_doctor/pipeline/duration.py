"""Durations as GitLab reads them ("1h 30m", "2 weeks and 3 days", "3:41:59").

GitLab uses the Ruby gem `gitlab-chronic-duration`: numbers with units in any order, and every
other word is refused. A month has 30 days and a year 365.25.
"""

from __future__ import annotations

import math

_SECONDS = {
    1: ("seconds", "second", "secs", "sec", "s"),
    60: ("minutes", "minute", "mins", "min", "m"),
    3600: ("hours", "hour", "hrs", "hr", "h"),
    86_400: ("days", "day", "dy", "d"),
    604_800: ("weeks", "week", "wks", "wk", "w"),
    2_592_000: ("months", "month", "mos", "mo"),
    31_557_600: ("years", "year", "yrs", "yr", "y"),
}
UNITS = {word: seconds for seconds, words in _SECONDS.items() for word in words}
_JOINING = frozenset({"and", "with", "plus"})
# `1:02:03` counts from the right, without weeks.
_CLOCK = (1, 60, 3600, 86_400, 2_592_000, 31_557_600)
# Number words are a gem of their own; what they add up to is left open here.
_NUMBERS = frozenset(
    {
        "a", "an", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
        "ninety", "hundred", "thousand", "million", "half", "quarter", "third",
    }
)  # fmt: skip
_DIGITS = "0123456789"
_LONGEST = 1000  # characters; no duration anyone writes is near it


def parse_duration(text: str) -> float | None:
    """Seconds; None for what is no duration, NaN for one in number words ("two hours").

    Zero is no duration, for GitLab as well.
    """
    if len(text) > _LONGEST:
        return None
    words = _words(text.lower())
    if ":" in words:
        return _clock(words)
    total = 0.0
    number: float | None = None
    spelled = False
    for index, word in enumerate(words):
        if _is_number(word):
            if number is not None and index and _is_number(words[index - 1]):
                number = float(word)  # two numbers in a row: the first counts for nothing
                continue
            total += number or 0
            number = float(word)
            continue
        word = word.strip(",")
        if word in UNITS:
            # A unit without a number is one of it, at the start only.
            total += (number if number is not None else 0 if index else 1) * UNITS[word]
            number = None
        elif all(part in _NUMBERS for part in word.split("-")):
            spelled = True
        elif word and word not in _JOINING:
            return None
    total += number or 0
    if spelled:
        return math.nan
    return total or None


def _clock(words: list[str]) -> float | None:
    parts = "".join(words).split(":")
    if len(parts) > len(_CLOCK) or not all(map(_is_number, parts)):
        return None
    return sum(float(n) * unit for n, unit in zip(reversed(parts), _CLOCK, strict=False)) or None


def _is_number(word: str) -> bool:
    return word.removeprefix(".")[:1] in tuple(_DIGITS)


def _digits(text: str, at: int) -> int:
    while at < len(text) and text[at] in _DIGITS:
        at += 1
    return at


def _words(text: str) -> list[str]:
    """Numbers (`3`, `2.5`), colons, and whatever stands between them."""
    words: list[str] = []
    at = 0
    while at < len(text):
        start = at
        if text[at].isspace():
            at += 1
            continue
        if text[at] == ":":
            at += 1
        elif text[at] in _DIGITS or text[at] == ".":
            at = _digits(text, at)
            if text[at : at + 1] == ".":
                at = _digits(text, at + 1)
        else:
            while at < len(text) and not text[at].isspace() and text[at] not in ":" + _DIGITS:
                at += 1
        words.append(text[start:at])
    return words
