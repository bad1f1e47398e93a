"""More than fifty jobs in one job's `needs`."""

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
          stage: build
          script: make test
          parallel: 51

        report:
          ⟦needs⟧: [test]
          script: make report
    """)
    yield Example("""
        unit:
          stage: build
          script: make unit
          parallel: 30

        system:
          stage: build
          script: make system
          parallel: 30

        report:
          ⟦needs⟧: [unit, system]
          script: make report
    """)
    yield LookAlike(
        """
        test:
          stage: build
          script: make test
          parallel: 50

        report:
          needs: [test]
          script: make report
        """,
        why="fifty are allowed",
    )
    yield LookAlike(
        """
        test:
          stage: build
          script: make test
          parallel: 200

        report:
          script: make report
        """,
        why="stages have no such limit",
    )


CHECK = Check(
    id="needs-too-many",
    title="Too many needs",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A job may wait for 50 others, and every instance of a parallel job counts.
        GitLab cannot create the pipeline. On a self-managed instance the limit is a
        setting.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#needs",),
    since="0.1",
)
