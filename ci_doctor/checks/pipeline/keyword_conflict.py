"""Two keywords that GitLab does not allow together."""

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
          rules:
            - if: $CI_COMMIT_BRANCH
          ⟦only⟧: [main]
    """)
    yield Example("""
        deploy:
          script: make deploy
          ⟦trigger⟧: group/deployment
    """)
    yield Example("""
        build:
          script: make
          artifacts:
            paths: [out/]
            public: false
            ⟦access⟧: developer
    """)
    yield LookAlike(
        """
        .limited:
          only: [main]

        test:
          extends: .limited
          only: null
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH
        """,
        why="null takes the inherited `only` away",
    )
    yield LookAlike(
        """
        test:
          script: make test
          only: [main]
          except: [schedules]
        """,
        why="these two go together",
    )


CHECK = Check(
    id="keyword-conflict",
    title="Keywords that exclude each other",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Some keywords are two ways to say one thing, or belong to two kinds of job:
        `rules` and `only`, `script` and `trigger`. GitLab refuses a job that has both.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#rules",
        "https://docs.gitlab.com/ci/yaml/#trigger",
        "https://docs.gitlab.com/ci/yaml/#only--except",
    ),
    since="0.1",
)
