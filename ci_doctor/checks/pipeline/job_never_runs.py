"""A job that its rules keep out of every pipeline."""

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
          ⟦rules⟧:
            - if: $CI_PIPELINE_SOURCE == "merge_requests"
    """)
    yield Example("""
        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH

        release:
          script: make release
          ⟦rules⟧:
            - if: $CI_COMMIT_TAG

        test:
          script: make test
    """)
    # Somebody switched it off: a remark, no warning.
    yield Example("""
        test:
          script: make test
          ⟦rules⟧:
            - when: never
    """)
    yield LookAlike("""
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_TAG
              when: never
            - when: on_success

        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH
            - if: $CI_COMMIT_TAG
    """)
    yield LookAlike(
        """
        test:
          script: make test
          rules:
            - if: $RUN_TESTS
        """,
        why="a variable anybody can set",
    )


CHECK = Check(
    id="job-never-runs",
    title="Job that never runs",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        No pipeline ever holds this job, whatever is pushed: its rules never match, or
        all say `when: never`. It looks as if something were tested or deployed, and
        nothing is.
    """,
    links=(
        "https://docs.gitlab.com/ci/jobs/job_rules/",
        "https://docs.gitlab.com/ci/yaml/#workflowrules",
    ),
    since="0.1",
)
