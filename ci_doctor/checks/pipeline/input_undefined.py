"""An input that the file does not declare."""

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
              - local: ci/test.yml
                inputs:
                  ⟦jobname⟧: unit
            """,
            "ci/test.yml": """
            spec:
              inputs:
                job_name: {default: test}
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
              - local: ci/test.yml
                inputs:
                  ⟦name⟧: unit
            """,
            "ci/test.yml": """
            test:
              script: make test
            """,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ci/test.yml
                inputs:
                  job_name: unit
            """,
            "ci/test.yml": """
            spec:
              inputs:
                job_name: {default: test}
            ---
            $[[ inputs.job_name ]]:
              script: make test
            """,
        }
    )
    yield LookAlike(
        """
        include:
          - project: group/templates
            file: test.yml
            inputs: {anything: 1}

        test:
          script: make test
        """,
        why="what the other file declares is not known",
    )


CHECK = Check(
    id="input-undefined",
    title="Input that is not declared",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        A file takes only the inputs of its own `spec:inputs`. GitLab refuses the
        pipeline for a value with another name.
    """,
    links=(
        "https://docs.gitlab.com/ci/inputs/",
        "https://docs.gitlab.com/ci/yaml/#specinputs",
    ),
    since="0.1",
)
