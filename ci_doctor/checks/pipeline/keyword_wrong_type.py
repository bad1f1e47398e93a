"""A value of another type than its keyword takes."""

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
          tags: ⟦docker⟧
    """)
    yield Example(
        """
        test:
          script: make test
          tags: [⟦42⟧]
        """,
        fixed="""
        test:
          script: make test
          tags: ['42']
        """,
    )
    yield Example("""
        test:
          script: make test
          only: ⟦main⟧
    """)
    yield LookAlike(
        """
        test:
          script: make test
          tags: ["42"]
        """,
        why="quoted digits are text",
    )
    yield LookAlike(
        """
        .base:
          tags: 42

        deploy:
          script: make deploy
          extends: .base
          tags: [docker]
        """,
        why="what the job replaces is not looked at",
    )
    yield LookAlike(
        """
        test:
          script: make test
          tags: null
        """,
        why="null unsets what `default` gives",
    )


CHECK = Check(
    id="keyword-wrong-type",
    title="Wrong type of value",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the whole pipeline when a keyword has a value of the wrong type,
        such as text where a list belongs, or a number that YAML made of unquoted
        digits.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/",
        "https://docs.gitlab.com/ci/lint/",
    ),
    since="0.1",
)
