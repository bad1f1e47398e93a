"""`cache` that GitLab does not take."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        test:
          script: make test
          cache:
            paths: ⟦vendor/⟧
    """)
    yield Example("""
        test:
          script: make test
          cache:
            key: ⟦deps/main⟧
            paths: [vendor/]
    """)
    yield Example("""
        default:
          cache:
            ⟦key⟧: {prefix: deps}
            paths: [vendor/]

        test:
          script: make test
    """)
    yield LookAlike("""
        test:
          script: make test
          cache:
            - key: {files: [go.sum], prefix: $CI_JOB_NAME}
              paths: [vendor/]
              policy: $CACHE_POLICY
            - key: $CI_COMMIT_REF_SLUG
              paths: [.cache/]
              when: always
    """)
    yield LookAlike(
        """
        test:
          script: make test
          cache: []
        """,
        why="no cache at all",
    )


CHECK = Check(
    id="cache-invalid",
    title="Invalid cache",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when `cache` holds a value of the wrong type, more
        than four caches, or a key with a slash in it.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#cache",
        "https://docs.gitlab.com/ci/yaml/#cachekey",
    ),
    since="0.1",
)
