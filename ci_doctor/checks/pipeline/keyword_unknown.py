"""A keyword that GitLab does not know, or not there."""

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
        test:
          ⟦scripts⟧: make test
        """,
        fixed="""
        test:
          script: make test
        """,
    )
    yield Example(
        """
        build:
          script: make
          artifacts:
            ⟦path⟧: [out/]
        """,
        fixed="""
        build:
          script: make
          artifacts:
            paths: [out/]
        """,
    )
    yield Example(
        """
        ⟦stagess⟧: [build, deploy]

        build:
          stage: build
          script: make
        """,
        fixed="""
        stages: [build, deploy]

        build:
          stage: build
          script: make
        """,
    )
    # It belongs under `artifacts`, and where to put it is for a person to say.
    yield Example("""
        build:
          script: make
          ⟦expire_in⟧: 1 week
    """)
    yield LookAlike(
        """
        .notes:
          scripts: anything may stand in a hidden job

        test:
          script: make test
        """,
        why="nobody uses the template",
    )
    yield LookAlike(
        """
        test:
          variables: {scripts: bin}
          script: make test
        """,
        why="the name of a variable",
    )


CHECK = Check(
    id="keyword-unknown",
    title="Unknown keyword",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the whole pipeline for one keyword it does not know: no job runs.
        Mostly a letter is wrong, or the keyword stands one level too high or too low.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/",
        "https://docs.gitlab.com/ci/lint/",
    ),
    since="0.1",
)
