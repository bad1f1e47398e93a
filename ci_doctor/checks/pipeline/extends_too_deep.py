"""A job with more than ten levels of parents."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(_tower(12, mark=True))
    yield Example(_tower(12, mark=True) + "\nlint:\n  extends: .level11\n  script: make lint\n")
    yield LookAlike(
        _tower(11, mark=False),
        why="eleven levels",
    )
    yield LookAlike(
        """
        .a: {image: "alpine:3.22"}
        .b: {tags: [docker]}
        .c: {retry: 1}

        test:
          extends: [.a, .b, .c]
          script: make test
        """,
        why="side by side",
    )


def _tower(levels: int, mark: bool) -> str:
    """Templates on top of each other: the job at the end has `levels` levels of parents."""
    text = ".level1:\n  image: alpine:3.22\n"
    for level in range(2, levels + 1):
        text += f"\n.level{level}:\n  extends: .level{level - 1}\n"
    parent = f".level{levels}"
    return f"{text}\ntest:\n  extends: {f'⟦{parent}⟧' if mark else parent}\n  script: make test\n"


CHECK = Check(
    id="extends-too-deep",
    title="Too many levels of parents",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab follows eleven levels of `extends` and refuses the pipeline beyond them.
        Its documentation advises three at most.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#extends",),
    since="0.1",
)
