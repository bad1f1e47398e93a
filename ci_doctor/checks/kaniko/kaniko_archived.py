"""A Kaniko image that nobody maintains any more."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job

ARCHIVED = "gcr.io/kaniko-project/"


def find(job: Job, context: Context) -> Iterator[Finding]:
    image = job.image
    if image is None or image.name.startswith(ARCHIVED) is not True:
        return
    place = image.name_value or image.value
    yield context.finding(
        place.content_location,
        "Kaniko was archived in June 2025: this image gets no more security fixes",
        advice=(
            "build with BuildKit: `buildctl-daemonless.sh build` in `moby/buildkit:rootless`",
            "or move to a maintained fork: ghcr.io/osscontainertools/kaniko",
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image:
            name: ⟦gcr.io/kaniko-project/executor:v1.24.0-debug⟧
            entrypoint: [""]
          script:
            - /kaniko/executor --context . --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    # The tag is a variable; the project is not. Two jobs, one finding where the text stands.
    yield Example("""
        .kaniko:
          image: {name: "⟦gcr.io/kaniko-project/executor:$KANIKO_VERSION⟧", entrypoint: [""]}

        build app:
          extends: .kaniko
          script: /kaniko/executor --context app --no-push

        build docs:
          extends: .kaniko
          script: /kaniko/executor --context docs --no-push
    """)
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="a maintained fork",
    )
    yield LookAlike(
        """
        build:
          image: {name: "registry.example.com/mirror/gcr.io/kaniko-project/executor:debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="somebody else's image, which may hold anything",
    )


CHECK = Check(
    id="kaniko-archived",
    title="Archived Kaniko image",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Google archived Kaniko on 2025-06-03: no releases, no fixes for vulnerabilities, and no
        support for `RUN --mount`, heredocs or several platforms. The images stay where they
        are, so nothing breaks, and nobody notices.
    """,
    links=(
        "https://github.com/GoogleContainerTools/kaniko",
        "https://docs.gitlab.com/ci/docker/using_buildkit/#migrate-from-kaniko-to-buildkit",
    ),
    since="0.1",
)
