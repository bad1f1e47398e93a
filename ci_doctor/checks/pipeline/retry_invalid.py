"""`retry` that GitLab does not take."""

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
          retry: ⟦3⟧
    """)
    yield Example("""
        test:
          script: make test
          retry:
            max: 2
            when: [script_failure, ⟦runner_failure⟧]
    """)
    yield LookAlike("""
        test:
          script: make test
          retry:
            max: 2
            when: runner_system_failure
            exit_codes: [137]
    """)
    yield LookAlike("""
        test:
          script: make test
          retry: 0
    """)


CHECK = Check(
    id="retry-invalid",
    title="Invalid retry",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A job can be tried again at most twice, and `retry:when` takes GitLab's own
        reasons for a failure. GitLab refuses the pipeline otherwise.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#retry",
        "https://docs.gitlab.com/ci/yaml/#retrywhen",
    ),
    since="0.1",
)
