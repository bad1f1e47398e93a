"""Rules under which one push starts two pipelines."""

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
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
            - if: $CI_COMMIT_BRANCH
    """)
    yield Example("""
        test:
          script: make test
          ⟦rules⟧:
            - if: $CI_COMMIT_TAG
              when: never
            - when: on_success
    """)
    yield Example("""
        workflow:
          ⟦rules⟧:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
            - if: $CI_COMMIT_BRANCH

        test:
          script: make test
    """)
    yield LookAlike(
        """
        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS && $CI_PIPELINE_SOURCE == "push"
              when: never
            - if: $CI_COMMIT_BRANCH
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"

        test:
          script: make test
        """,
        why="the form GitLab's documentation gives",
    )
    yield LookAlike(
        """
        test:
          script: make test
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
        """,
        why="the default branch has no merge request",
    )
    yield LookAlike(
        """
        test:
          script: make test
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
              when: never
            - when: on_success
        """,
        why="not in merge request pipelines",
    )


CHECK = Check(
    id="double-pipelines",
    title="Two pipelines for one push",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A push to a branch with an open merge request starts a branch pipeline and a
        merge request pipeline. Without `workflow:rules` that choose one of them, jobs
        that fit both run twice, and the merge request shows two results.
    """,
    links=(
        "https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines",
        "https://docs.gitlab.com/ci/yaml/#workflowrules",
    ),
    since="0.1",
)
