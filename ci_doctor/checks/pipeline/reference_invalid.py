"""A `!reference` that is no list of names."""

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
          script: ⟦!reference .setup⟧
    """)
    yield Example("""
        test:
          script: ⟦!reference [.setup, 1]⟧
    """)
    yield LookAlike("""
        .setup:
          script: [make]

        test:
          script: !reference [.setup, script]
    """)
    yield LookAlike(
        """
        test:
          script: echo '!reference .setup'
        """,
        why="text",
    )


CHECK = Check(
    id="reference-invalid",
    title="Invalid reference",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A `!reference` is a list of keys: the job, then its keyword. GitLab refuses the
        pipeline for anything else.
    """,
    links=("https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags",),
    since="0.1",
)
