"""An `include` that leads back to the same file."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ci/a.yml

            test:
              script: make test
            """,
            "ci/a.yml": """
            include: ci/b.yml
            """,
            "ci/b.yml": """
            include: ⟦ci/a.yml⟧
            """,
        }
    )
    yield Example("""
        include: ⟦.gitlab-ci.yml⟧

        test:
          script: make test
    """)
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include: [ci/a.yml, ci/b.yml]

            test:
              script: make test
            """,
            "ci/a.yml": """
            include: ci/b.yml
            """,
            "ci/b.yml": """
            variables: {A: 1}
            """,
        },
        why="one file twice is no circle",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include: ci/a.yml
            """,
            "ci/a.yml": """
            test:
              script: make test
            """,
        }
    )


CHECK = Check(
    id="include-cycle",
    title="Files that include each other",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Files that include each other never come to an end. GitLab gives up at its limit
        for includes and refuses the pipeline; its message does not say which files
        these are.
    """,
    links=("https://docs.gitlab.com/ci/yaml/includes/",),
    since="0.1",
)
