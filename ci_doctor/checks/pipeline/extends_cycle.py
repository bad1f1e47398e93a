"""`extends` that goes round in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        .a:
          extends: .b

        .b:
          extends: ⟦.a⟧

        test:
          script: make test
    """)
    yield Example("""
        test:
          extends: ⟦test⟧
          script: make test
    """)
    yield LookAlike(
        """
        .a:
          image: alpine:3.22

        .b:
          extends: .a

        test:
          extends: [.a, .b]
          script: make test
        """,
        why="one parent by two ways is no circle",
    )
    yield LookAlike("""
        .a:
          needs: [test]

        test:
          extends: .a
          needs: []
          script: make test
    """)


CHECK = Check(
    id="extends-cycle",
    title="Jobs that extend each other",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Jobs that extend each other have no beginning to merge from. GitLab refuses the
        pipeline.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#extends",),
    since="0.1",
)
