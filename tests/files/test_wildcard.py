from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.files.wildcard import Wildcard


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("ci/build.yml", ["ci/build.yml"], ["ci/build.yaml", "x/ci/build.yml"]),
        ("/ci/build.yml", ["ci/build.yml"], []),
        ("ci/*.yml", ["ci/a.yml", "ci/.hidden.yml", "ci/.yml"], ["ci/a/b.yml", "a.yml"]),
        ("ci/**.yml", ["ci/a.yml", "ci/a/b.yml"], ["a.yml", "ci/a.yaml"]),
        ("ci/**/*.yml", ["ci/a.yml", "ci/a/b.yml", "ci/a/b/c.yml"], ["cia.yml", "a.yml"]),
        ("**/build.yml", ["build.yml", "a/build.yml", "a/b/build.yml"], ["rebuild.yml"]),
        ("libs/*/ci.yml", ["libs/a/ci.yml"], ["libs/ci.yml", "libs/a/b/ci.yml"]),
        ("ci/?.yml", ["ci/?.yml"], ["ci/a.yml"]),
        ("ci/[ab].yml", ["ci/[ab].yml"], ["ci/a.yml"]),
        ("ci/{a,b}.yml", ["ci/{a,b}.yml"], ["ci/a.yml"]),
        ("*.yml", ["a.yml"], ["ci/a.yml"]),
        ("**", ["a", "a/b"], []),
    ],
)
def test_a_pattern_matches_as_gitlab_reads_it(
    pattern: str, matching: list[str], other: list[str]
) -> None:
    wildcard = Wildcard(pattern)

    assert [path for path in matching + other if wildcard.matches(path)] == matching


def as_regular_expression(pattern: str) -> str:
    """GitLab's own three replacements, in its order."""
    escaped = re.escape(pattern.lstrip("/"))
    escaped = escaped.replace(r"\*\*/", "(.*?/)?").replace(r"\*\*", ".*?")
    return escaped.replace(r"\*", "([^/])*?")


@given(st.text(alphabet="ab*/.", max_size=10), st.text(alphabet="ab/.", max_size=12))
def test_a_pattern_matches_what_gitlabs_regular_expression_matches(pattern: str, path: str) -> None:
    expected = re.fullmatch(as_regular_expression(pattern), path) is not None

    assert Wildcard(pattern).matches(path) is expected


def test_a_hostile_pattern_takes_no_longer_than_others() -> None:
    wildcard = Wildcard("**a" * 60 + "b")
    start = time.monotonic()

    assert not wildcard.matches("a" * 2000 + "cb")
    assert time.monotonic() - start < 2


def test_the_folder_to_search_is_what_stands_before_the_wildcard() -> None:
    patterns = ("ci/jobs/*.yml", "ci/b*.yml", "*.yml", "ci/**/x.yml", "ci/x.yml")

    assert [(Wildcard(p).folder, Wildcard(p).depth) for p in patterns] == [
        ("ci/jobs", 2),
        ("ci", 1),
        ("", 0),
        ("ci", None),
        ("ci", 1),
    ]
