"""`workflow` that GitLab does not take, or that lets no pipeline through."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        workflow:
          rules: ⟦$CI_COMMIT_BRANCH⟧

        test:
          script: make test
    """)
    yield Example("""
        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH
              when: ⟦on_success⟧

        test:
          script: make test
    """)
    yield Example("""
        workflow:
          ⟦rules⟧:
            - when: never

        test:
          script: make test
    """)
    yield LookAlike("""
        workflow:
          name: Pipeline for $CI_COMMIT_BRANCH
          auto_cancel: {on_new_commit: interruptible, on_job_failure: none}
          rules:
            - if: $CI_COMMIT_TAG
              when: never
            - if: $CI_COMMIT_BRANCH

        test:
          script: make test
    """)
    yield LookAlike("""
        workflow:
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"

        test:
          script: make test
    """)


CHECK = Check(
    id="workflow-invalid",
    title="Invalid workflow",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        `workflow` decides whether there is a pipeline at all. GitLab refuses values of
        the wrong type; rules that never match mean that nothing ever runs.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#workflow",
        "https://docs.gitlab.com/ci/yaml/#workflowrules",
    ),
    since="0.1",
)
