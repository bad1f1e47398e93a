"""RUN steps of another architecture on a builder without emulators."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.engine import builds_several_platforms, has_containerd_store
from ...builds.jobs import JobBuilds
from ...builds.stage_platforms import StageRun, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

EMULATORS = ("binfmt", "qemu")
# Words in the tags of runners that have another architecture, or several.
OTHER_RUNNERS = ("arm", "aarch", "graviton", "ppc", "s390", "risc", "qemu", "binfmt", "multi")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or build.builder.driver != "docker":
        return
    if builds_several_platforms(build) and has_containerd_store(build) is not True:
        return  # refused for another reason
    dockerfile = context.dockerfile(build)
    if dockerfile is None or _may_emulate(context.builds) or _runs_elsewhere(build.job):
        return
    for run in stage_runs(build, dockerfile):
        if run.steps and _is_foreign(run):
            step = run.steps[0][0]
            yield context.finding(
                run.target.location,
                f"nothing installs an emulator for {run.platform}: its RUN steps do not start on "
                "a runner with amd64, unless the host has one",
                confidence=Confidence.LIKELY,
                details="exec /bin/sh: exec format error",
                related=(step.location.noted("would run on that platform"),),
                advice=(
                    "docker buildx create --use: a builder in a container brings emulators",
                    "or docker run --privileged --rm tonistiigi/binfmt --install "
                    f"{run.target.platform.architecture}",
                ),
            )
            return


def _is_foreign(run: StageRun) -> bool:
    platform = run.platform
    if platform is None or not run.target.certain or platform.os != "linux":
        return False
    return platform.architecture not in ("amd64", "386")


def _may_emulate(builds: JobBuilds) -> bool:
    """Whether a command may install an emulator."""
    if not builds.execution.complete:
        return True
    return any(
        word in text.text.template
        for command in builds.execution.commands
        for text in command.words
        for word in EMULATORS
    )


def _runs_elsewhere(job: Job) -> bool:
    """Whether the runner may have another architecture than amd64."""
    tags = [tag.template.lower() for tag in job.tags]
    known = all(tag.is_known for tag in job.tags)
    return not known or any(word in tag for tag in tags for word in OTHER_RUNNERS)


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
    FROM alpine:3.22
    RUN apk add --no-cache curl
    """
    yield Example(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script:
                - docker build --platform ⟦linux/arm64⟧ -t "$CI_REGISTRY_IMAGE:arm64" .
            """,
            "Dockerfile": dockerfile,
        }
    )
    yield Example(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:29-cli
              services: ["docker:29-dind"]
              script:
                - docker buildx build --platform linux/amd64,⟦linux/arm/v7⟧ -t "$CI_REGISTRY_IMAGE" --push .
            """,
            "Dockerfile": dockerfile,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script:
                - docker run --privileged --rm tonistiigi/binfmt --install arm64
                - docker build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE:arm64" .
            """,
            "Dockerfile": dockerfile,
        },
        why="the job installs an emulator",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script:
                - docker build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE:arm64" .
            """,
            "Dockerfile": """
            FROM --platform=$BUILDPLATFORM golang:1.25 AS build
            ARG TARGETARCH
            RUN GOARCH=$TARGETARCH go build -o /app .

            FROM scratch
            COPY --from=build /app /app
            """,
        },
        why="nothing runs on the other platform",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              tags: [saas-linux-medium-arm64]
              script:
                - docker build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE:arm64" .
            """,
            "Dockerfile": dockerfile,
        },
        why="the runner is of that platform",
    )


CHECK = Check(
    id="qemu-missing-docker-driver",
    title="Foreign platform without an emulator",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        docker's own builder runs the programs of another architecture only where the host's kernel
        has an emulator registered. A fresh machine has none, and the first RUN step ends in
        "exec format error".
    """,
    links=("https://docs.docker.com/build/building/multi-platform/#qemu",),
    since="0.1",
)
