"""Whole files: fragments, broken ones, and those that mean harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.errors import NotFound

from .loading import CI, faults, jobs, load


@pytest.mark.parametrize(
    ("path", "text", "root", "fragment"),
    [
        ("ci/templates.yml", ".a: {script: [x]}\n", None, True),
        ("ci/variables.yml", "variables: {A: b}\n", None, True),
        ("ci/jobs.yml", "a: {script: [x]}\n", None, False),
        ("templates/t.yml", "spec: {inputs: {a: }}\n---\na: {script: [x]}\n", None, True),
        (CI, ".a: {script: [x]}\n", None, False),
        (CI, "spec: {inputs: {a: }}\n---\na: {script: [x]}\n", None, False),
        ("ci/templates.yml", ".a: {script: [x]}\n", True, False),
        ("ci/jobs.yml", "a: {script: [x], extends: .theirs}\n", None, True),
        ("ci/jobs.yml", "a: {script: [!reference [.theirs, script]]}\n", None, True),
        ("ci/jobs.yml", "a: {script: [x], needs: [theirs]}\n", None, True),
        ("ci/jobs.yml", "a: {script: [x], needs: [b: [x]]}\nb: {script: [x]}\n", None, False),
        ("ci/jobs.yml", "a: {script: [x], needs: ['b: [x]']}\nb: {script: [x]}\n", None, False),
        ("ci/jobs.yml", "a: {script: [x], needs: [{job: b, optional: true}]}\n", None, False),
        ("ci/jobs.yml", "a: {script: [x], stage: theirs}\n", None, True),
        ("ci/jobs.yml", "stages: [a]\na: {script: [x], stage: tpyo}\n", None, False),
        ("ci/jobs.yml", "a: {script: [x], extends: .theirs}\n", True, False),
        ("sub/.gitlab-ci.yml", ".a: {script: [x]}\n", None, True),
        (CI, ".a: {script: [x]}\n", False, True),
    ],
)
def test_only_a_file_that_needs_others_and_is_not_the_ci_file_is_a_fragment(
    path: str, text: str, root: bool | None, fragment: bool
) -> None:
    pipeline = load({path: text}, path, root=root)

    assert (pipeline.fragment, pipeline.has_unresolved) == (fragment, fragment)
    assert (pipeline.stages is None) == fragment
    assert not fragment or faults(pipeline) == []


def test_foreign_symbols_of_a_fragment_are_no_faults() -> None:
    pipeline = load(
        {"t.yml": ".a: {extends: .theirs, script: [!reference [.theirs, script]]}\n"}, "t.yml"
    )

    assert (faults(pipeline), pipeline.stages) == ([], None)


def test_a_file_that_does_not_parse_has_one_fault_and_no_jobs() -> None:
    pipeline = load("job:\n  script:\n    - echo foo: bar: baz\n\t- x\n")

    assert [fault.check for fault in pipeline.faults] == ["yaml-syntax"]
    assert (pipeline.jobs, pipeline.has_unresolved) == ({}, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Please provide content of .gitlab-ci.yml"),
        ("# nothing\n", "Please provide content of .gitlab-ci.yml"),
        ("- a\n", "Invalid configuration format"),
        ("text\n", "Invalid configuration format"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(text: str, message: str) -> None:
    assert [fault[:2] for fault in faults(load(text))] == [("yaml-syntax", message)]


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(NotFound):
        load({}, "nope.yml")


def test_the_last_of_duplicate_keys_counts() -> None:
    pipeline = load("job: {script: [one]}\nother: {script: [x]}\njob: {script: [two]}\n")

    assert jobs(pipeline) == {"job": {"script": ["two"]}, "other": {"script": ["x"]}}
    assert {fault.check for fault in pipeline.faults} <= {"duplicate-key"}


def test_ten_thousand_jobs_take_seconds() -> None:
    text = ".base: {script: [a], variables: {A: a}}\n" + "".join(
        f"job{i}:\n  extends: .base\n  variables: {{B: $A-{i}}}\n" for i in range(10_000)
    )
    started = time.monotonic()

    pipeline = load(text)

    assert len(pipeline.jobs) == 10_000
    assert pipeline.jobs["job9999"].variables["B"].text.value == "a-9999"
    assert time.monotonic() - started < 30


def bomb(levels: int) -> str:
    lists = "".join(
        f".a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, levels + 1)
    )
    merges = "".join(
        f".m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}], k{i}: x}}\n"
        for i in range(1, levels + 1)
    )
    job = f"job: {{script: *a{levels}, variables: *m{levels}}}\n"
    return f".a0: &a0 [lol, lol]\n{lists}.m0: &m0 {{k: x}}\n{merges}{job}"


def test_an_alias_bomb_is_refused_in_time() -> None:
    started = time.monotonic()

    pipeline = load(bomb(40))

    assert [fault[:2] for fault in faults(pipeline)] == [
        ("yaml-syntax", "The parsed YAML is too big")
    ]
    assert time.monotonic() - started < 5


def test_aliases_of_aliases_are_unfolded_where_gitlab_does() -> None:
    pipeline = load(bomb(3))

    assert faults(pipeline) == []
    assert len(pipeline.jobs["job"].lines("script")) == 2 * 9**3
    assert list(pipeline.jobs["job"].variables) == ["k", "k1", "k2", "k3"]


def test_merge_keys_are_followed_through_a_chain() -> None:
    links = "".join(f".m{i}: &m{i} {{<<: *m{i - 1}, k{i}: x}}\n" for i in range(1, 60))

    pipeline = load(f".m0: &m0 {{k0: x}}\n{links}job: {{<<: *m59, script: [x]}}\n")

    assert list(pipeline.jobs["job"].keywords) == [*(f"k{i}" for i in range(60)), "script"]


def test_deep_nesting_ends() -> None:
    for depth in (50, 200, 20_000):
        pipeline = load(f"job: {{script: {'[' * depth}x{']' * depth}}}\n")

        assert len(pipeline.jobs) <= 1


def test_a_matrix_of_thousands_gives_no_more_names_than_allowed() -> None:
    values = ", ".join(f"v{i}" for i in range(1000))

    pipeline = load(
        f"job:\n  script: [x]\n  parallel: {{matrix: [{{A: [{values}], B: [{values}]}}]}}\n"
    )

    assert len(pipeline.jobs["job"].names) == 200


WORDS = """
script extends stage image services variables include default inherit parallel matrix rules if
when needs trigger .a .b job stages workflow local name before_script
"""
KEYS = st.sampled_from(WORDS.split())
SCALARS = st.sampled_from(
    [
        "x",
        "1",
        "null",
        "true",
        "'$A'",
        ".a",
        ".b",
        "job",
        "*x",
        "!reference [.a, script]",
        "a.yml",
        "[]",
        "{}",
    ]
)
NODES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, below, max_size=4).map(
            lambda entries: (
                "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
            )
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, NODES, max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_configuration_loads(entries: dict[str, str]) -> None:
    text = ".x: &x {script: [x]}\n" + "".join(f"{key}: {value}\n" for key, value in entries.items())

    pipeline = load({CI: text, "a.yml": ".b: {script: [b], extends: .a}\n"})

    for job in pipeline.jobs.values():
        assert job.get("nothing", "at", "all") is None
        for phase in ("before_script", "script", "after_script"):
            assert all(line.location is not None for line in job.lines(phase))
        assert all(one.text.display is not None for one in job.variables.values())
        assert job.names
