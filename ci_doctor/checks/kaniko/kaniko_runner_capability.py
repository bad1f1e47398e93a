"""What a runner must allow before a Kaniko job can become a rootless BuildKit job."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

ARCHIVED = "gcr.io/kaniko-project/"


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, runner = job.image, context.runner
    if image is None or image.name.startswith(ARCHIVED) is not True:
        return
    profiles = runner.security_opt or ()
    if runner.privileged is True or any(option.startswith("seccomp") for option in profiles):
        return
    yield context.finding(
        (image.name_value or image.value).content_location,
        "rootless BuildKit in Kaniko's place needs a runner that allows user namespaces",
        confidence=Confidence.POSSIBLE,
        details=(
            "Kaniko runs in any container; RootlessKit ends with: failed to start the child: "
            "fork/exec /proc/self/exe: operation not permitted"
        ),
        advice=(
            "in the runner's config.toml:",
            "[runners.docker]",
            '  security_opt = ["seccomp:unconfined", "apparmor:unconfined"]',
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image:
            name: ⟦gcr.io/kaniko-project/executor:v1.24.0-debug⟧
            entrypoint: [""]
          script:
            - /kaniko/executor --context . --no-push
    """)
    yield Example(
        """
        build:
          image: {name: "⟦gcr.io/kaniko-project/executor:debug⟧", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        settings="runners: {default: {executor: docker, privileged: false}}",
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="a maintained fork need not be replaced",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script: buildctl --version
        """,
        why="no Kaniko",
    )


CHECK = Check(
    id="kaniko-runner-capability",
    title="Runner for the move from Kaniko to BuildKit",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Kaniko builds in an ordinary container, as its root. Rootless BuildKit makes a user
        namespace, which Docker's default seccomp profile forbids: the runner has to be opened for
        it before the migrated job can start.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
