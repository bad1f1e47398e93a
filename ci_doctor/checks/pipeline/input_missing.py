"""A mandatory input that nobody gives."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ⟦ci/test.yml⟧
            """,
            "ci/test.yml": """
            spec:
              inputs:
                job_name:
            ---
            $[[ inputs.job_name ]]:
              script: make test
            """,
        }
    )
    yield Example(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ⟦ci/test.yml⟧
                inputs: {level: 1}
            """,
            "ci/test.yml": """
            spec:
              inputs:
                level: {type: number}
                name: {description: a name}
            ---
            test:
              script: make test NAME=$[[ inputs.name ]] LEVEL=$[[ inputs.level ]]
            """,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ci/test.yml
            """,
            "ci/test.yml": """
            spec:
              inputs:
                name: {default: ""}
            ---
            test:
              script: make test NAME=$[[ inputs.name ]]
            """,
        },
        why="an empty default is a default",
    )
    yield LookAlike(
        """
        spec:
          inputs:
            name:
        ---
        test:
          script: make test NAME=$[[ inputs.name ]]
        """,
        why="whoever includes this file gives the value",
    )


CHECK = Check(
    id="input-missing",
    title="Input without a value",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        An input without `default` is mandatory. GitLab refuses the pipeline when the
        file is included without a value for it.
    """,
    links=(
        "https://docs.gitlab.com/ci/inputs/",
        "https://docs.gitlab.com/ci/yaml/#specinputsdefault",
    ),
    since="0.1",
)
