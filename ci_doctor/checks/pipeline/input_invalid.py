"""An input's value that does not fit its declaration."""

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
                inputs: {level: ⟦high⟧}
            """,
            "ci/test.yml": """
            spec:
              inputs:
                level: {type: number}
            ---
            test:
              script: make test LEVEL=$[[ inputs.level ]]
            """,
        }
    )
    yield Example("""
        spec:
          inputs:
            target:
              default: ⟦production⟧
              options: [test, staging]
        ---
        deploy:
          script: make deploy TARGET=$[[ inputs.target ]]
    """)
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            include:
              - local: ci/test.yml
                inputs: {level: 3, target: staging}
            """,
            "ci/test.yml": """
            spec:
              inputs:
                level: {type: number}
                target: {options: [test, staging], regex: '^[a-z]+$'}
            ---
            test:
              script: make test LEVEL=$[[ inputs.level ]] TARGET=$[[ inputs.target ]]
            """,
        }
    )
    yield LookAlike("""
        spec:
          inputs:
            level: {type: number, default: 3}
        ---
        test:
          script: make test LEVEL=$[[ inputs.level ]]
    """)


CHECK = Check(
    id="input-invalid",
    title="Value that an input does not take",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when a value given for an input, or its default, has
        another type than the declaration says, is not one of its options or does not
        match its expression.
    """,
    links=(
        "https://docs.gitlab.com/ci/inputs/",
        "https://docs.gitlab.com/ci/yaml/#specinputsoptions",
        "https://docs.gitlab.com/ci/yaml/#specinputstype",
    ),
    since="0.1",
)
