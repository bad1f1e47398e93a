"""A condition that is false in every pipeline."""

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
            - if: ⟦$CI_PIPELINE_SOURCE == "merge_request"⟧
            - if: $CI_COMMIT_BRANCH
    """)
    yield Example("""
        test:
          script: make test
          rules:
            - if: ⟦$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_COMMIT_BRANCH == "main"⟧
            - if: $CI_COMMIT_TAG
    """)
    yield LookAlike("""
        test:
          script: make test
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
    """)
    yield LookAlike(
        """
        variables:
          NIGHTLY: "false"

        test:
          script: make test
          rules:
            - if: $NIGHTLY == "true"
        """,
        why="whoever starts the pipeline can set the variable",
    )


CHECK = Check(
    id="rules-never-match",
    title="Condition that never holds",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The rule can never decide anything: the condition is false whatever is pushed.
        Often a value is misspelt, or two variables are asked for that no pipeline has
        together, such as `$CI_COMMIT_BRANCH` in a merge request pipeline.
    """,
    links=(
        "https://docs.gitlab.com/ci/jobs/job_rules/",
        "https://docs.gitlab.com/ci/variables/predefined_variables/",
    ),
    since="0.1",
)
