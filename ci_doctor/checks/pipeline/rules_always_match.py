"""A rule that matches in every pipeline."""

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
            - ⟦when: manual⟧
            - if: $CI_COMMIT_BRANCH == "main"
              when: on_success

        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH
    """)
    yield Example("""
        test:
          script: make test
          rules:
            - if: ⟦$CI_COMMIT_BRANCH || $CI_COMMIT_TAG || $CI_MERGE_REQUEST_IID⟧
              when: on_success
            - when: never
    """)
    yield LookAlike(
        """
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH
              when: on_success
            - when: never
        """,
        why="the last rule takes what is left",
    )
    yield LookAlike(
        """
        test:
          script: make test
          rules:
            - changes: [src/**/*]
            - if: $CI_COMMIT_TAG
        """,
        why="a rule with `changes` does not always match",
    )


CHECK = Check(
    id="rules-always-match",
    title="Condition that always holds",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The first rule that matches decides. Behind a rule that always matches nothing
        is looked at, so the rules after it are dead; most often they were meant to
        stand before it.
    """,
    links=("https://docs.gitlab.com/ci/jobs/job_rules/",),
    since="0.1",
)
