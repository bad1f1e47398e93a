"""More than 150 files in one pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(_many(150, "⟦ci/a.yml⟧"))
    yield Example(
        {
            ".gitlab-ci.yml": "include: ci/all.yml\n",
            "ci/all.yml": _many(149, "⟦ci/a.yml⟧")[".gitlab-ci.yml"],
            "ci/a.yml": "test:\n  script: make test\n",
        }
    )
    yield LookAlike(
        _many(150),
        why="a hundred and fifty are allowed",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include: [ci/a.yml, ci/a.yml]
            """,
            "ci/a.yml": """
            test:
              script: make test
            """,
        }
    )


def _many(count: int, last: str = "") -> dict[str, str]:
    """A pipeline that includes one file `count` times, and then `last`."""
    lines = ["  - ci/a.yml\n"] * count
    entry = "include:\n" + "".join(lines) + (f"  - {last}\n" if last else "")
    return {".gitlab-ci.yml": entry, "ci/a.yml": "test:\n  script: make test\n"}


CHECK = Check(
    id="include-too-many",
    title="Too many includes",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab includes 150 files at most, and a file that is included twice counts
        twice. It refuses the pipeline. On a self-managed instance the limit is a
        setting.
    """,
    links=("https://docs.gitlab.com/ci/yaml/includes/",),
    since="0.1",
)
