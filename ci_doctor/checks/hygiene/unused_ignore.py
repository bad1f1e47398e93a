"""An ignore comment that hides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    """Nothing: `ci_doctor.lint` reports this one, when all other checks have run."""
    return iter(())


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          # ci-doctor: ignore[⟦kaniko-archived⟧] no time to migrate
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
    """)
    # A name that no check has ignores nothing.
    yield Example("""
        build:
          image:
            name: gcr.io/kaniko-project/executor:v1.24.0-debug # ci-doctor: ignore[⟦kaniko-archved⟧]
            entrypoint: [""]
          script: /kaniko/executor --context . --no-push
    """)
    yield Example("""
        build: # ci-doctor: ignore[kaniko-archived, ⟦yaml-syntax⟧] to be replaced next year
          image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
    """)
    yield LookAlike("""
        build:
          # ci-doctor: ignore[kaniko-archived] to be replaced next year
          image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
    """)
    yield LookAlike(
        """
        include: {project: group/ci, file: kaniko.yml}

        # ci-doctor: ignore[kaniko-archived] the image comes from group/ci
        build:
          extends: .kaniko
          script: /kaniko/executor --context . --no-push
        """,
        why="the fault may stand in the file that was not read",
    )
    yield LookAlike(
        """
        .kaniko:
          # ci-doctor: ignore[kaniko-archived] other projects use this template
          image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}

        test:
          script: make test
        """,
        why="no job here uses the template, so the check has not seen it",
    )


CHECK = Check(
    id="unused-ignore",
    title="Ignore comment without effect",
    severity=Severity.WARNING,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The comment hides nothing: the fault was repaired, the comment stands in the wrong place, or
        the name in it is misspelt and the finding is reported all the same. One that stays will
        hide the next fault of that kind.
    """,
    links=(
        "https://gitlab.com/ci-doctor/ci-doctor/-/blob/main/docs/configuration.md#ignore-comments",
    ),
    since="0.1",
)
