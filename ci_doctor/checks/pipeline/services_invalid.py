"""`services` that GitLab does not take."""

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
          services: ⟦docker:dind⟧
          script: docker info
    """)
    yield Example("""
        build:
          services:
            - name: docker:dind
              command: ⟦--tls=false⟧
          script: docker info
    """)
    yield Example("""
        build:
          services:
            - ⟦alias: docker⟧
          script: docker info
    """)
    yield LookAlike("""
        build:
          services:
            - docker:dind
            - {name: "postgres:17", alias: "db,database", variables: {POSTGRES_PASSWORD: x}}
          script: docker info
    """)
    yield LookAlike(
        """
        build:
          services: []
          script: make
        """,
        why="no services, whatever `default` says",
    )


CHECK = Check(
    id="services-invalid",
    title="Invalid services",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        `services` is a list of names, or of mappings with `name`; `command` and
        `entrypoint` are lists. GitLab refuses the pipeline otherwise.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#services",
        "https://docs.gitlab.com/ci/services/",
    ),
    since="0.1",
)
