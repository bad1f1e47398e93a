from __future__ import annotations

import pytest

from ci_doctor.finding import Severity
from ci_doctor.yamldoc.nodes import Mapping, YamlFile

from .tree import content, read

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGED_LAUGHS = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: *a{n - 1}}}\n" for n in range(1, 40)
)


def faults(file: YamlFile) -> list[tuple[str, str, str]]:
    return [(f.check, f.message, str(f.location)) for f in file.faults]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LAUGHS, "ci.yml:6:35"),
        (MERGED_LAUGHS, "ci.yml:16:27"),
        ("[" * 10_000, "ci.yml:1:101"),
        ("[" * 10_000 + "]" * 10_000, "ci.yml:1:101"),
        ("- " * 10_000 + "a", "ci.yml:1:201"),
        ("{a: " * 10_000 + "}" * 10_000, "ci.yml:1:401"),
        ("a: &a [*a]", "ci.yml:1:8"),
        ("a: &a {b: {c: *a}}", "ci.yml:1:15"),
        ("a: &a {b: {<<: *a}}", "ci.yml:1:11"),
    ],
    ids=["laughs", "merged", "open", "closed", "items", "keys", "cycle", "deep cycle", "merge"],
)
def test_what_nobody_could_walk_is_one_fault_and_no_document(text: str, place: str) -> None:
    file = read(text)

    assert faults(file) == [("yaml-syntax", "The parsed YAML is too big", place)]
    assert file.documents == []


def test_a_hundred_levels_are_read_and_one_more_is_not() -> None:
    assert content("[" * 100 + "]" * 100) is not None
    assert read("[" * 101 + "]" * 101).documents == []


def test_levels_count_through_aliases() -> None:
    deep = "[" * 60 + "x" + "]" * 60
    most = "[" * 39 + "*a" + "]" * 39

    assert read(f"a: &a {deep}\nb: {most}\n").faults == []
    assert faults(read(f"a: &a {deep}\nb: [{most}]\n")) == [
        ("yaml-syntax", "The parsed YAML is too big", "ci.yml:1:1")
    ]


def test_a_long_file_is_reported_and_kept() -> None:
    file = read("".join(f"job {n}: {{script: [make]}}\n" for n in range(10_000)))

    assert faults(file) == [("yaml-syntax", "The parsed YAML is too big", "ci.yml:1:1")]
    assert file.faults[0].severity is Severity.WARNING
    assert isinstance(file.content, Mapping)
    assert len(file.content.entries) == 10_000


def test_aliases_count_with_all_that_they_stand_for() -> None:
    anchor = "a: &a [" + "word, " * 1000 + "]\n"

    assert read(anchor + "b: [" + "*a, " * 40 + "]\n").faults == []
    assert faults(read(anchor + "b: [" + "*a, " * 60 + "]\n")) == [
        ("yaml-syntax", "The parsed YAML is too big", "ci.yml:2:4")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "x " * 500_000,
        "a: '" + "''" * 500_000 + "'",
        'a: "' + "\\n" * 100_000 + '"',
        "a: |\n" + "  x\n" * 100_000,
        "a: b\n" + "\n" * 500_000 + " c",
        "a: b" + " " * 1_000_000,
        "a: " + ":" * 100_000 + "x",
        "a: " + "1:" * 10_000 + "1",
    ],
    ids=["words", "single", "double", "literal", "blank", "spaces", "colons", "parts"],
)
def test_long_lines_and_long_scalars_are_read(text: str) -> None:
    assert content(text) is not None
