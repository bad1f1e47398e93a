"""A name in `extends` that is no job or template."""

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
          - apk add make

        test:
          extends: ⟦.setup⟧
          script: make test
    """)
    yield Example("""
        .shell: bash

        test:
          extends:
            - ⟦.shell⟧
          script: make test
    """)
    yield LookAlike(
        """
        .setup:
          - apk add make

        test:
          before_script:
            - !reference [.setup]
          script: make test
        """,
        why="a reference takes lists",
    )
    yield LookAlike("""
        .setup: {}

        test:
          extends: .setup
          script: make test
    """)


CHECK = Check(
    id="extends-invalid",
    title="Parent that is no mapping",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Only mappings can be merged. GitLab refuses the pipeline when a parent is a list
        or text; those can be used through `!reference` or a YAML anchor.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#extends",
        "https://docs.gitlab.com/ci/yaml/yaml_optimization/",
    ),
    since="0.1",
)
