"""A job in `dependencies` that runs in a later stage."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          stage: build
          dependencies: [⟦test⟧]
          script: make

        test:
          stage: test
          script: make test
    """)
    yield Example("""
        stages: [verify, build]

        check:
          stage: verify
          dependencies:
            - ⟦build⟧
          script: make check

        build:
          stage: build
          script: make
    """)
    yield LookAlike("""
        build:
          stage: build
          script: make

        test:
          stage: test
          dependencies: [build]
          script: make test
    """)
    yield LookAlike(
        """
        build:
          stage: build
          script: make

        trigger:
          stage: test
          trigger:
            include:
              - artifact: child.yml
                job: build
        """,
        why="the job that makes a child pipeline's file",
    )


CHECK = Check(
    id="dependencies-later-stage",
    title="Dependency in a later stage",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A job can only fetch artifacts of jobs in its own stage or in stages before it.
        GitLab refuses the pipeline.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#dependencies",),
    since="0.1",
)
