"""A job that has nothing to run."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        ⟦base⟧:
          image: alpine:3.22

        test:
          script: make test
    """)
    yield Example("""
        test:
          ⟦script⟧: []
    """)
    # GitLab calls this a trigger job without a trigger.
    yield Example("""
        build:
          script: make

        ⟦test⟧:
          needs: [build]
    """)
    yield LookAlike(
        """
        .base:
          image: alpine:3.22

        test:
          extends: .base
          script: make test
        """,
        why="a hidden job",
    )
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: jobs.yml

        deploy:
          environment: production
        """,
        why="the included file may hold its script",
    )
    yield LookAlike(
        """
        .base:
          script: make

        test:
          extends: .base
          environment: production
        """,
        why="the script is inherited",
    )


CHECK = Check(
    id="job-without-script",
    title="Job without script",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Every visible job needs `script`, `run` or `trigger`. GitLab takes any other
        top-level key for a job too, so a template without the leading dot ends here as
        well. The whole pipeline is refused.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#script",
        "https://docs.gitlab.com/ci/jobs/#hide-a-job",
    ),
    since="0.1",
)
