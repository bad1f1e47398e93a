"""`needs` that go round in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        lint:
          needs: [⟦test⟧]
          script: make lint

        test:
          needs: [report]
          script: make test

        report:
          needs: [lint]
          script: make report
    """)
    yield Example("""
        test:
          needs: [⟦test⟧]
          script: make test
    """)
    yield LookAlike(
        """
        lint:
          script: make lint

        test:
          needs: [lint]
          script: make test

        report:
          needs: [lint, test]
          script: make report
        """,
        why="two ways to one job are no circle",
    )
    yield LookAlike(
        """
        test:
          needs:
            - project: group/other
              job: test
              ref: main
              artifacts: true
          script: make test
        """,
        why="the job of the same name in another project",
    )


CHECK = Check(
    id="needs-cycle",
    title="Jobs that wait for each other",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Jobs that wait for each other can never start. GitLab refuses the pipeline and
        does not say which jobs these are.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#needs",
        "https://docs.gitlab.com/ci/yaml/needs/",
    ),
    since="0.1",
)
