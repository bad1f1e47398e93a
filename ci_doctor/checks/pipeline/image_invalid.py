"""`image` that GitLab does not take."""

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
          image:
            name: moby/buildkit:rootless
            entrypoint: ⟦""⟧
          script: buildctl --version
    """)
    yield Example("""
        build:
          ⟦image⟧:
            entrypoint: [""]
          script: buildctl --version
    """)
    yield Example("""
        build:
          image: ⟦[alpine]⟧
          script: make
    """)
    yield LookAlike("""
        build:
          image: {name: "moby/buildkit:rootless", entrypoint: [""], pull_policy: [always, if-not-present]}
          script: buildctl --version
    """)
    yield LookAlike("""
        build:
          image: $IMAGE
          script: make
    """)


CHECK = Check(
    id="image-invalid",
    title="Invalid image",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        An image is a name, or a mapping with `name` whose `entrypoint` is a list.
        GitLab refuses the pipeline otherwise.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#image",
        "https://docs.gitlab.com/ci/yaml/#imageentrypoint",
    ),
    since="0.1",
)
