"""A value that is not one of those its keyword takes."""

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
          script: make test
          when: ⟦on_sucess⟧
        """,
        fixed="""
        test:
          script: make test
          when: on_success
        """,
    )
    yield Example("""
        publish:
          script: make publish
          ⟦release⟧:
            tag_name: $CI_COMMIT_TAG
    """)
    yield Example("""
        variables:
          TARGET:
            value: ⟦staging⟧
            options: [test, production]

        test:
          script: make test
    """)
    yield LookAlike("""
        publish:
          script: make publish
          release:
            tag_name: $CI_COMMIT_TAG
            description: A release
          rules:
            - if: $CI_COMMIT_TAG
    """)
    yield LookAlike("""
        test:
          script: make test
          when: delayed
          start_in: 30 minutes
    """)


CHECK = Check(
    id="keyword-value-invalid",
    title="Value that is not allowed",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The keyword is known and the type is right, but GitLab has a list or a form for
        the value and this is not in it. It refuses the whole pipeline.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#when",
        "https://docs.gitlab.com/ci/yaml/#release",
        "https://docs.gitlab.com/ci/yaml/",
    ),
    since="0.1",
)
