"""A keyword that GitLab keeps only for old pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        ⟦image⟧: alpine:3.22

        test:
          script: make test
    """)
    yield Example("""
        test:
          script: make test
          ⟦only⟧: [main]
    """)
    yield LookAlike("""
        default:
          image: alpine:3.22

        test:
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH == "main"
    """)
    yield LookAlike(
        """
        .old:
          only: [main]

        test:
          script: make test
        """,
        why="nobody uses the template",
    )


CHECK = Check(
    id="deprecated-keyword",
    title="Deprecated keyword",
    severity=Severity.INFO,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The keyword works, but GitLab's documentation advises against it and does not
        develop it further. It is worth knowing when the file is changed anyway.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#deprecated-keywords",),
    since="0.1",
)
