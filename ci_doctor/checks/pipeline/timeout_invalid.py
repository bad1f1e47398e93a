"""A time limit or delay that GitLab cannot read."""

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
          timeout: ⟦3600⟧
    """)
    yield Example("""
        test:
          script: make test
          timeout: ⟦2 fortnights⟧
    """)
    yield Example("""
        deploy:
          script: make deploy
          when: delayed
          start_in: ⟦10 days⟧
    """)
    yield Example("""
        deploy:
          script: make deploy
          rules:
            - if: $CI_COMMIT_TAG
              when: ⟦delayed⟧
    """)
    yield LookAlike("""
        test:
          script: make test
          timeout: 3 hours 30 minutes
    """)
    yield LookAlike("""
        deploy:
          script: make deploy
          rules:
            - if: $CI_COMMIT_TAG
              when: delayed
              start_in: 1 week
    """)


CHECK = Check(
    id="timeout-invalid",
    title="Invalid duration",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Durations are text such as `90 minutes` or `1h 30m`; a bare number is refused. A
        timeout is shorter than a month, a delay not longer than a week.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#timeout",
        "https://docs.gitlab.com/ci/jobs/job_control/#run-a-job-after-a-delay",
    ),
    since="0.1",
)
