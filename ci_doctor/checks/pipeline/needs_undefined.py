"""A job in `needs` that the pipeline does not have."""

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
        build:
          stage: build
          script: make

        test:
          needs: [⟦biuld⟧]
          script: make test
        """,
        fixed="""
        build:
          stage: build
          script: make

        test:
          needs: [build]
          script: make test
        """,
    )
    yield Example("""
        build:
          stage: build
          script: make
          parallel:
            matrix:
              - ARCH: [amd64, arm64]

        test:
          needs: [⟦"build: [riscv64]"⟧]
          script: make test
    """)
    # A push to a branch has no job `build`.
    yield Example("""
        build:
          stage: build
          script: make
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"

        test:
          needs: [⟦build⟧]
          script: make test
          rules:
            - if: $CI_COMMIT_BRANCH
    """)
    yield LookAlike(
        """
        test:
          needs:
            - job: build
              optional: true
            - project: group/library
              job: build
              ref: main
              artifacts: true
          script: make test
        """,
        why="optional, and a job of another project",
    )
    yield LookAlike(
        """
        build:
          stage: build
          script: make
          parallel: 2

        test:
          needs: ["build 1/2"]
          script: make test
        """,
        why="the name of one instance",
    )
    yield LookAlike(
        """
        include:
          - remote: https://example.com/ci.yml

        test:
          needs: [build]
          script: make test
        """,
        why="the included file may hold it",
    )


CHECK = Check(
    id="needs-undefined",
    title="Need that is no job",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the whole pipeline when `needs` names a job that is not defined,
        and cannot create one in which the needed job's `rules` leave it out.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#needs",
        "https://docs.gitlab.com/ci/yaml/#needsoptional",
    ),
    since="0.1",
)
