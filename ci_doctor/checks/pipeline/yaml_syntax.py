"""A file that GitLab's YAML loader cannot read."""

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
          image: name⟦:⟧ moby/buildkit:rootless
          script: make
    """)
    yield Example("""
        build:
          variables:
            TAG: ⟦%CI_COMMIT_TAG⟧
          script: make
    """)
    yield Example("""
        build:
          script:
            - make
           ⟦- make install⟧
    """)
    yield Example({".gitlab-ci.yml": "build:\n  script:\n⟦\t⟧- make\n"})
    # A file that is included stops the pipeline just the same.
    yield Example(
        {
            ".gitlab-ci.yml": """
                include: ci/build.yml
            """,
            "ci/build.yml": """
                build:
                  script: ⟦[⟧make
                  image: alpine
            """,
        }
    )
    yield LookAlike(
        """
        build:
          variables: {TAG: "%CI_COMMIT_TAG"}
          script:
            - 'echo "tag: $TAG"'
            - |
              printf 'a: b\\n\\tc: [d'
        """,
        why="in quotes and in a block any character may stand",
    )
    yield LookAlike(
        """
        build:
          script: ["test a:b = 'c#d'", make]
        """,
        why="a colon or `#` without a blank is a character like any other",
    )


CHECK = Check(
    id="yaml-syntax",
    title="Not YAML",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab cannot read the file, so there is no pipeline at all: nothing runs, and a merge
        request shows "yaml invalid".
    """,
    links=("https://docs.gitlab.com/ci/yaml/yaml_optimization/", "https://yaml.org/spec/1.1/"),
    since="0.1",
)
