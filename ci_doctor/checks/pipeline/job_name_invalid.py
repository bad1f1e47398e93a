"""A job name that is no text, or too long."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        ⟦2024⟧:
          script: make test
        """,
        fixed="""
        "2024":
          script: make test
        """,
    )
    yield Example(
        """
        ⟦on⟧:
          script: make test
        """,
        fixed="""
        "on":
          script: make test
        """,
    )
    yield LookAlike(
        """
        "2024":
          script: make test
        """,
        why="quoted",
    )
    yield LookAlike(
        """
        3.11 tests:
          script: make test

        "true":
          script: make
        """,
        why="text",
    )


CHECK = Check(
    id="job-name-invalid",
    title="Invalid job name",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab wants text for a job's name, at most 255 characters. YAML turns unquoted
        digits and words such as `true` or `on` into other things, and then the pipeline
        is refused.
    """,
    links=("https://docs.gitlab.com/ci/jobs/#job-names",),
    since="0.1",
)
