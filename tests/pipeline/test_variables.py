"""Expansion of variables in keywords and in each other."""

from __future__ import annotations

import time

import pytest

from ci_doctor.pipeline.variables import expand
from ci_doctor.source import Location, Source, Span
from ci_doctor.text import Text

from .loading import load, variables


class At:
    """Characters of a string that stand one to one in a source."""

    def __init__(self, text: str) -> None:
        self.source = Source("ci.yml", text)

    def locate(self, start: int, end: int) -> Location:
        return Location(self.source, Span(start, end))


KNOWN = {"A": Text.of("a"), "EMPTY": Text(), "DOLLAR": Text.of("$A")}


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("plain", "plain"),
        ("$A", "a"),
        ("${A}b", "ab"),
        ("$AB", "$AB"),
        ("x$EMPTY.y", "x.y"),
        ("$$A", "$A"),
        ("$$$A", "$a"),
        ("100% $", "100% $"),
        ("$ A", "$ A"),
        ("%A%", "%A%"),
        # What a variable holds is not expanded again: GitLab has done that before.
        ("$DOLLAR", "$A"),
        # Go's os.Expand: shell parameters and shell operators give nothing.
        ("a$1b", "ab"),
        ("a$@b", "ab"),
        ("${A:-x}", ""),
        ("a${}b", "ab"),
        ("a${A", "aA"),
        ("$OTHER/$A", "$OTHER/a"),
    ],
)
def test_expansion_is_the_runners(string: str, expected: str) -> None:
    assert expand(string, None, KNOWN).display == expected


def test_every_character_knows_where_it_is_written() -> None:
    written = "x-$A-${B}$$"
    value = At("value")
    text = expand(written, At(written), {"A": Text.of("value", value)})

    places = [
        (piece.display, place.source.text, place.text)
        for piece in (text[:2], text[2:7], text[7:8], text[8:9], text[9:])
        if (place := piece.location) is not None
    ]

    assert places == [
        ("x-", written, "x-"),
        ("value", "value", "value"),
        ("-", written, "-"),
        ("$B", written, "${B}"),
        ("$", written, "$$"),
    ]


def test_unknown_variables_are_the_same_in_all_jobs_unless_predefined_for_each() -> None:
    one, other = expand("$T $CI_JOB_ID", None, {}, "a"), expand("$T $CI_JOB_ID", None, {}, "b")

    assert one[:1].equals(other[:1]) is True
    assert one[2:].equals(other[2:]) is None
    assert one[2:].equals(one[2:]) is True
    assert one[2:].equals("latest") is False


def test_precedence_is_global_workflow_job_matrix_rules() -> None:
    pipeline = load(
        """
        workflow:
          rules: [{variables: {A: workflow, B: workflow}}]
        variables: {A: global, B: global, C: global, D: global}
        one:
          script: [x]
          variables: {B: job, C: job}
          parallel: {matrix: [{C: matrix, D: matrix}]}
          rules: [{variables: {D: rules}}]
        """
    )

    assert variables(pipeline, "one") == {"A": "workflow", "B": "job", "C": "matrix", "D": "rules"}
    scopes = {name: one.scope for name, one in pipeline.jobs["one"].variables.items()}
    assert scopes == {"A": "workflow", "B": "job", "C": "matrix", "D": "rules"}


def test_alternatives_become_a_choice() -> None:
    pipeline = load(
        """
        one:
          script: [x]
          variables: {A: base, TARGET: "to-$A-$B"}
          rules:
            - {if: $X, variables: {A: first}}
            - {if: $Y, when: never, variables: {A: dropped}}
            - {if: $Z}
            - {if: $V, variables: {B: b}}
        """
    )

    assert variables(pipeline, "one") == {
        "A": "{first|base}",
        "TARGET": "to-{first|base}-{$B|b}",
        "B": "{$B|b}",
    }
    alternatives = pipeline.jobs["one"].variables["A"].alternatives
    assert [value.data for value in alternatives] == ["first", "base"]


def test_matrix_gives_every_value_of_each_variable() -> None:
    pipeline = load(
        """
        variables: {B: outside}
        one:
          script: [x]
          parallel:
            matrix:
              - {A: [a1, a2, a3], B: [b1, b2]}
              - {A: [a4]}
        """
    )

    assert variables(pipeline, "one") == {"B": "{b1|b2|outside}", "A": "{a1|a2|a3|a4}"}


def test_inherit_variables_chooses_the_global_ones() -> None:
    pipeline = load(
        """
        variables: {A: a, B: b, C: $A-$B}
        none: {script: [x], inherit: {variables: false}, variables: {D: $A}}
        some: {script: [x], inherit: {variables: [A, C]}}
        all: {script: [x], inherit: {variables: true}}
        """
    )

    assert variables(pipeline, "none") == {"D": "$A"}
    assert variables(pipeline, "some") == {"A": "a", "C": "a-$B"}
    assert variables(pipeline, "all") == {"A": "a", "B": "b", "C": "a-b"}


def test_a_jobs_variable_reaches_global_ones_that_use_it() -> None:
    pipeline = load(
        """
        variables: {NAME: app, IMAGE: $REGISTRY/$NAME, FULL: "$IMAGE:$CI_COMMIT_TAG", OTHER: same}
        one: {script: [x], variables: {NAME: web}}
        two: {script: [x]}
        """
    )

    assert variables(pipeline, "one") == {
        "NAME": "web",
        "IMAGE": "$REGISTRY/web",
        "FULL": "$REGISTRY/web:$CI_COMMIT_TAG",
        "OTHER": "same",
    }
    assert variables(pipeline, "two")["FULL"] == "$REGISTRY/app:$CI_COMMIT_TAG"
    one, two = pipeline.jobs["one"].variables, pipeline.jobs["two"].variables
    assert one["OTHER"] is two["OTHER"] is pipeline.variables["OTHER"]


def test_values_are_strings_and_only_raw_ones_stay_unexpanded() -> None:
    pipeline = load(
        """
        variables:
          FLAG: true
          FLOAT: 1.10
          OCTAL: 012345
          TEXT: {value: $FLAG, description: a, options: [a]}
          RAW: {value: $FLAG, expand: false}
          USES: $RAW!
          NONE: null
          LIST: [a]
          PREFILLED: {description: asked for}
        one: {script: [x]}
        """
    )

    assert variables(pipeline, "one") == {
        "FLAG": "true",
        "FLOAT": "1.1",
        "OCTAL": "5349",
        "TEXT": "true",
        "RAW": "$FLAG",
        "USES": "$FLAG!",
        "PREFILLED": "$PREFILLED",
    }


def test_variables_in_a_circle_are_unknown() -> None:
    pipeline = load(
        """
        variables: {A: $B, B: $A, SELF: "$SELF:/more", FREE: x}
        one: {script: [x]}
        """
    )

    values = pipeline.jobs["one"].variables
    assert {name: one.text.value for name, one in values.items()} == {
        "A": None,
        "B": None,
        "SELF": None,
        "FREE": "x",
    }


def test_long_chains_and_doubling_variables_end() -> None:
    chain = "".join(f"  V{i}: $V{i + 1}\n" for i in range(5000))
    doubling = "".join(f"  D{i}: $D{i + 1}$D{i + 1}\n" for i in range(60))
    choices = "".join(f"  C{i}: $C{i + 1}\n" for i in range(300))
    rules = "".join(f"    - variables: {{C{i}: x}}\n" for i in range(300))
    started = time.monotonic()

    pipeline = load(
        f"variables:\n{chain}  V5000: end\n{doubling}  D60: x\n{choices}  C300: y\n"
        f"one:\n  script: [x]\n  rules:\n{rules}"
    )

    values = pipeline.jobs["one"].variables
    assert values["V0"].text.value == "end"
    assert values["D0"].text.value is None
    assert values["C0"].text.equals("z") is None
    assert time.monotonic() - started < 10
