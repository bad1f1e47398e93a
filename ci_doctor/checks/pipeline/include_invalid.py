"""An entry of `include` that GitLab cannot follow."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        include:
          - ⟦file: build.yml⟧

        test:
          script: make test
    """)
    yield Example("""
        include:
          - project: ⟦group/templates⟧

        test:
          script: make test
    """)
    yield Example("""
        include: ⟦ci/build.txt⟧

        test:
          script: make test
    """)
    yield LookAlike("""
        include:
          - project: group/templates
            ref: main
            file: [build.yml, test.yml]
          - component: $CI_SERVER_FQDN/group/components/lint@1.2

        test:
          script: make test
    """)
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include: [ci/build.yaml]
            """,
            "ci/build.yaml": """
            build:
              script: make
            """,
        }
    )


CHECK = Check(
    id="include-invalid",
    title="Invalid include",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Each entry of `include` names one file in one way: `local`, `project` with
        `file`, `remote`, `template` or `component`. GitLab refuses the pipeline
        otherwise.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/includes/",
        "https://docs.gitlab.com/ci/yaml/#include",
    ),
    since="0.1",
)
