"""`artifacts` that GitLab does not take."""

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
          script: make
          artifacts:
            paths: ⟦out/⟧
    """)
    yield Example("""
        build:
          script: make
          artifacts:
            paths: [out/]
            expire_in: ⟦7⟧
    """)
    yield Example("""
        build:
          script: make
          artifacts:
            ⟦expose_as⟧: the report
    """)
    yield LookAlike("""
        build:
          script: make
          artifacts:
            paths: [out/, report.html]
            expire_in: 2 weeks and 3 days
            reports:
              junit: report.xml
              coverage_report: {coverage_format: cobertura, path: cov.xml}
    """)
    yield LookAlike("""
        build:
          script: make
          artifacts:
            paths: [out/]
            expire_in: never
    """)


CHECK = Check(
    id="artifacts-invalid",
    title="Invalid artifacts",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when `artifacts` holds a value of the wrong type, an
        expiry it cannot read, or `expose_as` without plain paths.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#artifacts",
        "https://docs.gitlab.com/ci/yaml/#artifactsexpire_in",
    ),
    since="0.1",
)
