"""A job in `needs` that runs in a later stage."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          stage: build
          needs: [⟦test⟧]
          script: make

        test:
          stage: test
          script: make test
    """)
    yield Example("""
        prepare:
          stage: .pre
          needs:
            - job: ⟦lint⟧
          script: make prepare

        lint:
          script: make lint
    """)
    yield LookAlike(
        """
        lint:
          script: make lint

        test:
          needs: [lint]
          script: make test
        """,
        why="the same stage",
    )
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: stages.yml

        build:
          stage: compile
          needs: [check]
          script: make

        check:
          stage: verify
          script: make check
        """,
        why="the order of stages is not known",
    )


CHECK = Check(
    id="needs-later-stage",
    title="Need in a later stage",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A job can only wait for jobs of its own stage or of stages before it. GitLab
        refuses the pipeline.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#needs",),
    since="0.1",
)
