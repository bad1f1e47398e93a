"""A key that stands twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        test:
          script: make test
          image: alpine:3.22
          ⟦script⟧: make check
    """)
    yield Example("""
        variables: {A: 1, B: 2, ⟦A⟧: 3}

        test:
          script: make test
    """)
    yield LookAlike(
        """
        .a: &a {image: "alpine:3.21", tags: [docker]}

        test:
          <<: *a
          image: alpine:3.22
          script: make test
        """,
        why="overrides what is merged in",
    )
    yield LookAlike(
        """
        build:
          script: make

        test:
          script: make test
        """,
        why="the same key in two mappings",
    )


CHECK = Check(
    id="duplicate-key",
    title="Key written twice",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        YAML's loader takes the last of two equal keys and says nothing. What the first
        one holds is lost: a job, a variable, a script.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/",
        "https://docs.gitlab.com/ci/yaml/yaml_optimization/",
    ),
    since="0.1",
)
