"""A `$[[ ]]` block that GitLab cannot fill in."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        spec:
          inputs:
            name: {default: test}
        ---
        test:
          script: make ⟦$[[ inputs.nmae ]]⟧
    """)
    yield Example("""
        spec:
          inputs:
            name: {default: test}
        ---
        test:
          script: make ⟦$[[ inputs.name | upcase ]]⟧
    """)
    yield LookAlike("""
        spec:
          inputs:
            name: {default: test}
        ---
        test:
          script: make $[[ inputs.name | truncate(0,3) ]]
    """)
    yield LookAlike(
        """
        test:
          script: make $[[ inputs.name ]]
        """,
        why="without `spec` this is plain text",
    )


CHECK = Check(
    id="interpolation-invalid",
    title="Invalid interpolation",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a block between `$[[` and `]]` names no
        declared input, or a function that does not exist.
    """,
    links=("https://docs.gitlab.com/ci/inputs/",),
    since="0.1",
)
