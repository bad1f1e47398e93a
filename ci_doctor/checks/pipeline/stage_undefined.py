"""A stage that `stages` does not list."""

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
        stages: [build, test]

        lint:
          stage: ⟦tset⟧
          script: make lint
        """,
        fixed="""
        stages: [build, test]

        lint:
          stage: test
          script: make lint
        """,
    )
    yield Example("""
        stages: [build, deploy]

        ⟦lint⟧:
          script: make lint
    """)
    yield LookAlike(
        """
        lint:
          stage: .pre
          script: make lint

        publish:
          stage: deploy
          script: make publish
        """,
        why="the stages every pipeline has without `stages`",
    )
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: stages.yml

        lint:
          stage: quality
          script: make lint
        """,
        why="the included file may set `stages`",
    )


CHECK = Check(
    id="stage-undefined",
    title="Unknown stage",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a job's stage is not in `stages`. A job without
        `stage` is in the stage test, which is not there once `stages` lists others.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#stages",
        "https://docs.gitlab.com/ci/yaml/#stage",
    ),
    since="0.1",
)
