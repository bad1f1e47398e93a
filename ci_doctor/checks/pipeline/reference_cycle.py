"""A `!reference` that leads back to itself."""

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
          script:
            - ⟦!reference [.b, script]⟧

        .b:
          script:
            - !reference [.a, script]

        test:
          script: make test
    """)
    yield Example("""
        test:
          script:
            - ⟦!reference [test, script]⟧
    """)
    yield LookAlike(
        """
        .a:
          script: [make]

        .b:
          script:
            - !reference [.a, script]

        test:
          script:
            - !reference [.b, script]
            - !reference [.a, script]
        """,
        why="one text twice is no circle",
    )
    yield LookAlike(
        """
        test:
          before_script: [make deps]
          script:
            - !reference [test, before_script]
        """,
        why="another keyword of the same job",
    )


CHECK = Check(
    id="reference-cycle",
    title="References that go round",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        References that name each other have no value. GitLab refuses the pipeline.
    """,
    links=("https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags",),
    since="0.1",
)
