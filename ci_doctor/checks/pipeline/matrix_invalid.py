"""A matrix that GitLab cannot expand."""

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
          parallel:
            matrix:
              - ARCH: [⟦{name: amd64}⟧, arm64]
    """)
    # GitLab takes it and makes no job of this entry: a remark.
    yield Example("""
        test:
          script: make test
          parallel:
            matrix:
              - ⟦ARCH⟧: []
                OS: linux
    """)
    yield Example("""
        test:
          script: make test
          parallel:
            ⟦matrix⟧:
              - A: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
                B: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    """)
    yield Example("""
        test:
          script: make test
          parallel:
            matrix: ⟦{ARCH: [amd64, arm64]}⟧
    """)
    yield LookAlike("""
        test:
          script: make test
          parallel:
            matrix:
              - ARCH: [amd64, arm64]
                GO: ["1.24", "1.25"]
              - ARCH: riscv64
                GO: "1.25"
    """)
    yield LookAlike(
        """
        test:
          script: make test
          parallel:
            matrix:
              - A: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
                B: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
        """,
        why="two hundred jobs",
    )


CHECK = Check(
    id="matrix-invalid",
    title="Invalid matrix",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A matrix is a list of mappings from names to a value or a list of values, and
        makes at most 200 jobs in all. GitLab refuses the pipeline otherwise.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#parallelmatrix",),
    since="0.1",
)
