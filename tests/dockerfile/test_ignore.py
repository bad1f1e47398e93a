"""Which files of a context a `.dockerignore` keeps out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.dockerfile.ignore import Ignore, parse_ignore
from ci_doctor.source import Source


def ignore(text: str) -> Ignore:
    return parse_ignore(Source(".dockerignore", text))


def excluded(text: str, *paths: str) -> list[str]:
    found = ignore(text)
    return [path for path in paths if found.excludes(path) is not None]


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("target", ["target", "target/app.jar"], ["sub/target", "targets"]),
        ("/target/", ["target/app.jar"], ["sub/target"]),
        ("./dist/../target", ["target"], ["dist"]),
        ("*.log", ["a.log"], ["sub/a.log", "a.log.gz"]),
        ("**/*.log", ["a.log", "sub/a.log", "sub/more/a.log"], ["a.logs"]),
        ("**", ["a", "sub/a"], []),
        ("sub/**", ["sub/a", "sub/more/a"], ["a"]),
        ("**/node_modules", ["node_modules/x", "a/b/node_modules"], ["my_node_modules"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[a-c].txt", ["b.txt"], ["d.txt"]),
        ("[^a-c].txt", ["d.txt"], ["b.txt"]),
        ("a\\*", ["a*"], ["ab"]),
    ],
)
def test_a_pattern_fits_a_path_or_a_directory_above_it(
    pattern: str, inside: list[str], outside: list[str]
) -> None:
    assert excluded(pattern, *inside, *outside) == inside


def test_the_last_pattern_that_fits_decides() -> None:
    text = "*\n!src\n!package.json\nsrc/*.md\n"

    kept_out = excluded(text, "README.md", "src", "src/a.c", "src/a.md", "package.json", "dist")

    assert kept_out == ["README.md", "src/a.md", "dist"]


def test_comments_and_empty_lines_are_no_patterns() -> None:
    found = ignore("\ufeff# *\n\n  .git  \r\n ! .git/config\n")

    assert [(p.text, p.takes_back, p.location.text) for p in found.patterns] == [
        (".git", False, ".git"),
        (".git/config", True, "! .git/config"),
    ]


@pytest.mark.parametrize(
    ("taken_back", "answer"),
    [("!dist/app", True), ("!**/app", True), ("!dist2/app", False), ("!dist", False)],
)
def test_what_is_taken_back_below_a_directory_is_seen(taken_back: str, answer: bool) -> None:
    assert ignore(f"dist\n{taken_back}\n").takes_back_below("dist") is answer


def test_a_hostile_pattern_takes_no_time() -> None:
    assert excluded("**/" * 200 + "x" + "*a" * 200, "a/" * 400 + "y") == []


@settings(max_examples=200, deadline=None)
@given(st.text("ab*/?", min_size=1, max_size=8), st.text("ab/", min_size=1, max_size=8))
def test_wildcards_mean_what_they_mean_in_mobys_regular_expressions(
    pattern: str, path: str
) -> None:
    (read,) = ignore(pattern).patterns or [None]
    if read is None:
        return
    expression, at = "", 0
    while at < len(read.text):
        if read.text.startswith("**", at):
            at += 2
            at += read.text.startswith("/", at)
            expression += ".*" if at == len(read.text) else "(.*/)?"
            continue
        expression += {"*": "[^/]*", "?": "[^/]"}.get(read.text[at], re.escape(read.text[at]))
        at += 1

    assert read.matches(path) is (re.fullmatch(expression, path, re.DOTALL) is not None)
