"""A command that YAML takes for something else."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        test:
          script:
            - ⟦echo status: ok⟧
            - make test
        """,
        fixed="""
        test:
          script:
            - 'echo status: ok'
            - make test
        """,
    )
    yield Example(
        """
        test:
          script:
            - make test
            - ⟦curl -H 'Accept: text/plain' https://example.com⟧
        """,
        fixed="""
        test:
          script:
            - make test
            - |
              curl -H 'Accept: text/plain' https://example.com
        """,
    )
    yield Example(
        """
        test:
          before_script:
            - ⟦echo it's done: $CI_JOB_NAME⟧
          script: make test
        """,
        fixed="""
        test:
          before_script:
            - |
              echo it's done: $CI_JOB_NAME
          script: make test
        """,
    )
    yield Example(
        """
        test:
          script: [make, ⟦true⟧]
        """,
        fixed="""
        test:
          script: [make, 'true']
        """,
    )
    yield LookAlike(
        r"""
        test:
          script:
            - 'echo status: ok'
            - echo status:ok
            - "echo \"a: b\""
        """,
        why="quoted, or no blank after the colon",
    )
    yield LookAlike(
        """
        test:
          script:
            - |
              echo status: ok
            - [make, [make test, make lint]]
        """,
        why="a block, and nested lists",
    )


CHECK = Check(
    id="script-not-string",
    title="Command that is not text",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A colon followed by a blank makes a mapping of an unquoted command, and digits
        alone make a number. GitLab wants text and refuses the whole pipeline.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#script",
        "https://docs.gitlab.com/ci/yaml/script/#use-special-characters-with-script",
    ),
    since="0.1",
)
