"""A variable whose value is no text or number."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        variables:
          FLAGS: ⟦[-a, -b]⟧

        test:
          script: make test
    """)
    yield Example("""
        test:
          variables:
            FILES: ⟦[a, b]⟧
          script: make test
    """)
    yield Example("""
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_TAG
              variables:
                TARGET: ⟦{value: production}⟧
                ⟦DRY_RUN⟧:
    """)
    yield LookAlike(
        """
        variables:
          TOKEN: ""
          TARGET:
            value: staging
            description: Where to
            options: [staging, production]

        test:
          variables:
            RAW: {value: $X, expand: false}
            COUNT: 3
            NOTHING:
          script: make test
        """,
        why="nothing is an empty value here",
    )
    yield LookAlike(
        """
        test:
          parallel:
            matrix:
              - FILES: [a, b]
          script: make test
        """,
        why="a matrix takes lists",
    )


CHECK = Check(
    id="variable-not-scalar",
    title="Variable without a plain value",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A variable is text, a number or a boolean, or a mapping with `value`. GitLab
        refuses the pipeline for a list, and in `rules:variables` for a mapping and for
        nothing at all.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#variables",
        "https://docs.gitlab.com/ci/yaml/#variablesdescription",
    ),
    since="0.1",
)
