"""A name in `extends` that nothing has."""

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
          extends: ⟦.bsae⟧
          script: make test
    """)
    yield Example("""
        .base:
          extends: ⟦.common⟧
          image: alpine:3.22

        test:
          extends: .base
          script: make test
    """)
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: base.yml

        test:
          extends: .base
          script: make test
        """,
        why="the included file may define it",
    )
    yield LookAlike(
        """
        .base:
          image: alpine:3.22

        test:
          extends: [.base, lint]
          script: make test

        lint:
          script: make lint
        """,
        why="a visible job can be a parent too",
    )


CHECK = Check(
    id="extends-undefined",
    title="Unknown parent",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a job extends something that no file defines.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#extends",),
    since="0.1",
)
