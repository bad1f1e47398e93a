"""An `include` of a file that does not exist or is empty."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        include: ⟦ci/build.yml⟧

        test:
          script: make test
    """)
    yield Example(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ci/main.yml
            """,
            "ci/main.yml": """
            include:
              - local: ⟦build.yml⟧

            test:
              script: make test
            """,
            "ci/build.yml": """
            build:
              script: make
            """,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include:
              - local: /ci/main.yml
              - local: ci/extra/*.yml
            """,
            "ci/main.yml": """
            test:
              script: make test
            """,
        },
        why="a wildcard may match nothing",
    )
    yield LookAlike(
        """
        include:
          - local: ci/build.yml
            rules:
              - if: '"a" == "b"'

        test:
          script: make test
        """,
        why="never included",
    )


CHECK = Check(
    id="include-not-found",
    title="Included file is not there",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a file that it should include is not in the
        repository at that commit. Paths are taken from the root of the repository,
        whatever folder the including file is in.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/includes/",
        "https://docs.gitlab.com/ci/yaml/#includelocal",
    ),
    since="0.1",
)
