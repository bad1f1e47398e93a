"""`parallel` with a number that GitLab does not take."""

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
          parallel: ⟦500⟧
    """)
    yield Example("""
        test:
          script: make test
          parallel: ⟦"4"⟧
    """)
    yield Example("""
        deploy:
          trigger: group/deployment
          parallel: ⟦2⟧
    """)
    yield LookAlike("""
        test:
          script: make test
          parallel: 200
    """)
    yield LookAlike("""
        deploy:
          trigger: group/deployment
          parallel:
            matrix:
              - REGION: [eu, us]
    """)


CHECK = Check(
    id="parallel-out-of-range",
    title="Parallel out of range",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        `parallel` takes a whole number from 1 to 200, or a matrix; a trigger job takes
        a matrix only. GitLab refuses the pipeline.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#parallel",),
    since="0.1",
)
