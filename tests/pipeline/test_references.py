"""`!reference`."""

from __future__ import annotations

import time

import pytest

from .loading import data, faults, hops, jobs, load


def test_targets_are_spliced_after_extends() -> None:
    pipeline = load(
        """
        .base: {script: [base]}
        .setup:
          extends: .base
          before_script: [setup, [more]]
          rules: [{if: $A}, {if: $B}]
          variables: {A: a}
        job:
          before_script:
            - first
            - !reference [.setup, before_script]
          script: !reference [.setup, script]
          rules:
            - !reference [.setup, rules]
            - when: manual
          variables:
            B: !reference [.setup, variables, A]
        """
    )

    assert faults(pipeline) == []
    assert jobs(pipeline) == {
        "job": {
            "before_script": ["first", ["setup", ["more"]]],
            "script": ["base"],
            "rules": [[{"if": "$A"}, {"if": "$B"}], {"when": "manual"}],
            "variables": {"B": "a"},
        }
    }
    lines = pipeline.jobs["job"].lines("before_script")
    assert [line.string for line in lines] == ["first", "setup", "more"]


def test_values_know_the_reference_and_where_they_are_written() -> None:
    pipeline = load(
        {
            ".gitlab-ci.yml": """
include: ci.yml
.own:
  script:
    - !reference [.shared, script]
job:
  extends: .own
""",
            "ci.yml": ".shared: {script: [make]}\n",
        }
    )

    [line] = pipeline.jobs["job"].lines("script")
    assert (line.string, str(line.location)) == ("make", "ci.yml:1:20")
    assert [(kind, name) for kind, name, _ in hops(line)] == [
        ("include", "ci.yml"),
        ("reference", '[".shared", "script"]'),
        ("extends", ".own"),
    ]


def test_references_lead_on_through_references() -> None:
    pipeline = load(
        """
        .a: {script: !reference [.b, script]}
        .b: {script: [!reference [.c, script, x], b]}
        .c: {script: {x: [c]}}
        job: {script: [!reference [.a, script]]}
        """
    )

    assert faults(pipeline) == []
    assert data(pipeline.jobs["job"].keywords["script"]) == [[["c"], "b"]]


@pytest.mark.parametrize(
    "target", ["nope", "a, nope", "a, none", "a, gone", "a, list, x", "a, text, x", "b, script"]
)
def test_what_leads_nowhere_is_a_fault(target: str) -> None:
    pipeline = load(
        f"""
        a: {{script: [x], none: null, gone: false, list: [1], text: t}}
        b: !reference [a]
        job: {{script: [!reference [{target}]]}}
        """
    )

    shown = ", ".join(f'"{key}"' for key in target.split(", "))
    [fault] = faults(pipeline)
    assert fault[:3] == (
        "reference-undefined",
        f"!reference [{shown}] could not be found",
        ".gitlab-ci.yml:3:16",
    )
    [line] = pipeline.jobs["job"].lines("script")
    assert (line.is_unknown, line.data) == (True, None)


def test_a_target_in_an_unread_file_is_unknown() -> None:
    pipeline = load(
        """
        include: {project: group/ci, file: /a.yml}
        job: {script: [one, !reference [.theirs, script]]}
        """
    )

    assert faults(pipeline) == []
    lines = pipeline.jobs["job"].lines("script")
    assert [(line.string, line.is_unknown) for line in lines] == [("one", False), (None, True)]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("!reference [a, 1]", '!reference ["a", 1] is not valid'),
        ("!reference []", "!reference [] is not valid"),
        ("!reference text", '!reference "text" is not valid'),
        ("!reference [a, [b]]", "!reference [a, [b]] is not valid"),
    ],
)
def test_only_lists_of_strings_are_references(written: str, message: str) -> None:
    pipeline = load(f"a: {{script: [x]}}\njob: {{script: [{written}]}}\n")

    assert [fault[:2] for fault in faults(pipeline)] == [("reference-invalid", message)]


def test_a_circle_is_a_fault_and_ends() -> None:
    pipeline = load(
        """
        .a: {script: [a, !reference [.b, script]]}
        .b: {script: [b, !reference [.a, script]]}
        self: {script: [x, !reference [self, script]]}
        job: {script: [!reference [.a, script]]}
        """
    )

    assert [fault[:3] for fault in faults(pipeline)] == [
        (
            "reference-cycle",
            '!reference [".b", "script"] is part of a circular chain',
            ".gitlab-ci.yml:1:18",
        ),
        (
            "reference-cycle",
            '!reference ["self", "script"] is part of a circular chain',
            ".gitlab-ci.yml:3:20",
        ),
    ]
    assert data(pipeline.jobs["job"].keywords["script"]) == [["a", None]]


def test_replaced_references_are_no_faults_and_can_be_read() -> None:
    pipeline = load(
        """
        .base: {script: [!reference [.nope, script]], after_script: [!reference [.base, after_script]]}
        .base2: {extends: .base, script: [x], after_script: [y]}
        job: {extends: .base2}
        """
    )

    assert {fault[0] for fault in faults(pipeline)} == {"reference-undefined", "reference-cycle"}
    [replaced] = pipeline.jobs["job"].keywords["script"].shadowed
    assert data(replaced) == [None]

    only = load(
        {
            ".gitlab-ci.yml": "include: a.yml\njob: {script: [x]}\n",
            "a.yml": "job: {script: [!reference [job, script], !reference [.nope]]}\n",
        }
    )
    assert faults(only) == []
    assert [data(value) for value in only.jobs["job"].keywords["script"].shadowed] == [
        [["x"], None]
    ]


def test_thousands_of_references_end_in_time() -> None:
    hidden = "".join(
        f".h{i}: {{script: [a, !reference [.h{i + 1}, script]]}}\n" for i in range(3000)
    )
    started = time.monotonic()

    pipeline = load(
        f"{hidden}.h3000: {{script: [end]}}\njob: {{script: [!reference [.h0, script]]}}\n"
    )

    assert faults(pipeline) == []
    assert pipeline.jobs["job"].lines("script")[0].string == "a"
    assert time.monotonic() - started < 10
