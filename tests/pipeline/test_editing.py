from __future__ import annotations

import textwrap

import pytest

from ci_doctor.edits import Edit, Fix, apply_fixes
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.editing import add_variables, remove_variable
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.model import Job

PATH = ".gitlab-ci.yml"


def read(text: str) -> tuple[str, Job]:
    text = textwrap.dedent(text).lstrip("\n")
    return text, load_pipeline(MemoryFiles({PATH: text}), PATH).jobs["build"]


def applied(text: str, edits: tuple[Edit, ...]) -> str | None:
    if not edits:
        return None
    return apply_fixes(PATH, text, [Fix("", edits)])[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """
            build:
              image: alpine # small
              script: "true"
            """,
            """
            build:
              image: alpine # small
              variables:
                A: "1"
                B: $A/b
              script: "true"
            """,
        ),
        (
            """
            build:
              variables:
                C: c # last
              image: alpine
              script: "true"
            """,
            """
            build:
              variables:
                C: c # last
                A: "1"
                B: $A/b
              image: alpine
              script: "true"
            """,
        ),
        (
            """
            build: {image: alpine, variables: {C: c}, script: "true"}
            """,
            """
            build: {image: alpine, variables: {C: c, A: "1", B: $A/b}, script: "true"}
            """,
        ),
        (
            """
            build: {image: alpine, script: "true"}
            """,
            """
            build: {image: alpine, variables: {A: "1", B: $A/b}, script: "true"}
            """,
        ),
        (
            """
            default: {image: alpine}
            build:
              script: "true"
            """,
            """
            default: {image: alpine}
            build:
              script: "true"
              variables:
                A: "1"
                B: $A/b
            """,
        ),
    ],
)
def test_variables_are_added_beside_the_image(before: str, after: str) -> None:
    text, job = read(before)

    added = applied(text, add_variables(job, {"A": '"1"', "B": "$A/b"}))

    assert added == textwrap.dedent(after).lstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """
            variables:
              A: a # gone
              B: b
            build:
              script: "true"
            """,
            """
            variables:
              B: b
            build:
              script: "true"
            """,
        ),
        (
            """
            build:
              variables: {A: a}
              script: "true"
            """,
            """
            build:
              script: "true"
            """,
        ),
        (
            """
            .base: {variables: {A: a, B: b}}
            build:
              extends: .base
              script: "true"
            """,
            """
            .base: {variables: {B: b}}
            build:
              extends: .base
              script: "true"
            """,
        ),
        # The value behind it would show.
        (
            """
            variables: {A: global}
            build:
              variables: {A: job}
              script: "true"
            """,
            None,
        ),
        (
            """
            .base: {variables: {A: base}}
            build:
              extends: .base
              variables: {A: job}
              script: "true"
            """,
            None,
        ),
        (
            """
            build:
              parallel: {matrix: [{A: [a, b]}]}
              script: "true"
            """,
            None,
        ),
        (
            """
            variables:
              A: {value: a, description: what}
            build:
              script: "true"
            """,
            None,
        ),
        (
            """
            build:
              script: "true"
            """,
            None,
        ),
    ],
)
def test_a_variable_is_removed_where_nothing_shows_behind_it(
    before: str, after: str | None
) -> None:
    text, job = read(before)

    removed = applied(text, remove_variable(job, "A"))

    assert removed == (None if after is None else textwrap.dedent(after).lstrip("\n"))
