"""What RE2 accepts, and what matching is known."""

from __future__ import annotations

import time

import pytest

from ci_doctor.pipeline.re2 import Re2Error, parse


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("ab", "xaby", True),
        ("^ab$", "xaby", False),
        ("^ab$", "ab\n", False),
        (r"^v\d+\.\d+(\.\d+)?$", "v1.20", True),
        (r"^v\d+\.\d+(\.\d+)?$", "v1.x", False),
        ("^(feature|fix)/", "fix/1", True),
        ("[[:alpha:]]+", "123", False),
        ("[^]a]", "a]", False),
        (r"[\w.-]", "-", True),
        (r"\Qa.b\E", "axb", False),
        (r"\x{41}", "A", True),
        (r"a{2,3}$", "aaa", True),
        (r"a{,3}", "a{,3}", True),
        ("(?P<name>a)b", "ab", True),
        ("(?<name>a)b", "ab", True),
        ("a*?b", "aab", True),
        (r"\z", "", True),
        ("a#b c", "a#b c", True),
    ],
)
def test_expression_matches_as_in_re2(pattern: str, text: str, expected: bool) -> None:
    assert parse(pattern).search(text) is expected


def test_flags_are_kept() -> None:
    assert parse("AB", "i").search("xaby") is True
    assert parse("^b", "m").search("a\nb") is True
    assert parse("a.b", "s").search("a\nb") is True


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|b)*c", "a*b*c*d*e", r"\pL", "(?i)a", r"(?i:a)"])
def test_matching_is_left_open_where_python_cannot_be_trusted(pattern: str) -> None:
    started = time.monotonic()

    assert parse(pattern).search("a" * 200) is None

    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("pattern", "message", "part"),
    [
        ("a(?=b)", "invalid perl operator: (?= (look-around)", "(?="),
        ("a(?!b)", "invalid perl operator: (?! (look-around)", "(?!"),
        ("(?<=a)b", "invalid perl operator: (?<= (look-around)", "(?<="),
        ("(?<!a)b", "invalid perl operator: (?<! (look-around)", "(?<!"),
        ("(?>ab)", "invalid perl operator: (?> (an atomic group)", "(?>"),
        (r"(a)\1", r"invalid escape sequence: \1 (a back-reference)", r"\1"),
        (r"a\Z", r"invalid escape sequence: \Z", r"\Z"),
        ("a++", "bad repetition operator: ++", "++"),
        ("*a", "no argument for repetition operator: *", "*"),
        ("a|*", "no argument for repetition operator: *", "*"),
        ("(?:", "missing )", "(?:"),
        ("a)", "unexpected )", ")"),
        ("[a", "missing ]", "[a"),
        ("[[:alfa:]]", "invalid character class range", "[:alfa:]"),
        ("a{1001}", "invalid repetition size: {1001}", "{1001}"),
        ("a{3,2}", "invalid repetition size: {3,2}", "{3,2}"),
        ("ab\\", "trailing \\", "\\"),
        ("[b-a]", "invalid character class range", "b-a"),
    ],
)
def test_what_re2_refuses_is_placed(pattern: str, message: str, part: str) -> None:
    with pytest.raises(Re2Error) as raised:
        parse(pattern)

    error = raised.value
    assert (error.message, pattern[error.start : error.end]) == (message, part)


def test_deep_nesting_ends_with_an_answer() -> None:
    assert parse("(" * 5000 + "a" + ")" * 5000).search("a") is None
