"""A `!reference` to something that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        .setup:
          script: [apk add make]

        test:
          script:
            - ⟦!reference [.setup, before_script]⟧
            - make test
    """)
    yield Example("""
        test:
          script: make test
          rules: ⟦!reference [.rules, default]⟧
    """)
    yield LookAlike("""
        .setup:
          script: [apk add make]

        test:
          script:
            - !reference [.setup, script]
            - make test
    """)
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: setup.yml

        test:
          script:
            - !reference [.setup, script]
            - make test
        """,
        why="the included file may hold it",
    )


CHECK = Check(
    id="reference-undefined",
    title="Reference to nothing",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a `!reference` names a job or keyword that does
        not exist, or whose value is null or false.
    """,
    links=("https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags",),
    since="0.1",
)
