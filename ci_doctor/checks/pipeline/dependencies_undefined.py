"""A job in `dependencies` that is not there or not in `needs`."""

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
        build:
          stage: build
          script: make

        test:
          dependencies: [⟦builds⟧]
          script: make test
        """,
        fixed="""
        build:
          stage: build
          script: make

        test:
          dependencies: [build]
          script: make test
        """,
    )
    yield Example("""
        build:
          stage: build
          script: make

        lint:
          stage: build
          script: make lint

        test:
          needs: [lint]
          dependencies: [⟦build⟧]
          script: make test
    """)
    yield LookAlike(
        """
        build:
          stage: build
          script: make

        test:
          needs: [build]
          dependencies: []
          script: make test
        """,
        why="an empty list: no artifacts at all",
    )
    yield LookAlike(
        """
        build:
          stage: build
          script: make
          parallel: 2

        test:
          dependencies: [build]
          script: make test
        """,
        why="all instances of a parallel job",
    )


CHECK = Check(
    id="dependencies-undefined",
    title="Dependency that is no job",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        `dependencies` chooses whose artifacts a job fetches. GitLab refuses the
        pipeline when it names a job that is not defined, or one that `needs` of the
        same job leaves out.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#dependencies",),
    since="0.1",
)
