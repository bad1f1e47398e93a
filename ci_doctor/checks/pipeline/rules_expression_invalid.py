"""A condition that GitLab cannot read."""

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
            - if: '⟦${CI_COMMIT_BRANCH}⟧ == "main"'
    """)
    yield Example("""
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH ⟦==⟧
    """)
    yield Example("""
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH =~ /^⟦(?!⟧main)/
    """)
    yield Example("""
        workflow:
          rules:
            - if: $CI_COMMIT_TAG ⟦=⟧ "v1"

        test:
          script: make test
    """)
    yield LookAlike(r"""
        test:
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH == "main" && ($NIGHTLY || $CI_COMMIT_MESSAGE =~ /\[full\]/i)
    """)
    yield LookAlike(
        """
        test:
          script: test "${CI_COMMIT_BRANCH}" = main
          rules:
            - if: $CI_COMMIT_BRANCH == "${main}"
        """,
        why="braces in a script, and in a text",
    )


CHECK = Check(
    id="rules-expression-invalid",
    title="Invalid expression",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab has a small language for conditions. It knows `$NAME` but not `${NAME}`,
        texts in quotes, regular expressions between slashes in RE2's syntax, `==`,
        `!=`, `=~`, `!~`, `&&`, `||`, `!` and parentheses. Anything else refuses the
        whole pipeline, and GitLab does not say where.
    """,
    links=(
        "https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions",
        "https://docs.gitlab.com/ci/yaml/#rulesif",
    ),
    since="0.1",
)
