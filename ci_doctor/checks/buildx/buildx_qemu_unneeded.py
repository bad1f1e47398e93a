"""Emulators installed for a builder that brings its own."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.jobs import DockerRun
from ...builds.script_editing import remove_command
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity
from ...images.reference import same_repository
from ...pipeline.model import Job

INSTALLERS = ("tonistiigi/binfmt", "multiarch/qemu-user-static", "docker/binfmt")
OWN = ("docker-container", "kubernetes", "daemonless")


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    if not context.execution.complete or not builds.builds:
        return
    if not all(_brings_emulators(build) for build in builds.builds):
        return
    installs = [run for run in builds.docker_runs if _installs(run)]
    # A container for another platform would need them.
    if len(installs) < len(builds.docker_runs):
        return
    for run in installs:
        edit = remove_command(run.command)
        yield context.finding(
            run.command.program.written,
            "the builder brings emulators of its own: these are not needed",
            confidence=Confidence.LIKELY,
            advice=("leave the line out",),
            fix=None if edit is None else fix("Remove the command", edit, unsafe=True),
        )


def _brings_emulators(build: Build) -> bool:
    return build.tool is not Tool.OPAQUE and build.builder.driver in OWN


def _installs(run: DockerRun) -> bool:
    name = None if run.image is None else run.image.text
    return name is not None and any(same_repository(name, known) is True for known in INSTALLERS)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ⟦docker⟧ run --privileged --rm tonistiigi/binfmt:qemu-v10.0.4 --install all
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - "⟦docker⟧ run --rm --privileged multiarch/qemu-user-static --reset -p yes"
            - docker context create ci
            - docker buildx create --use ci
          script:
            - docker buildx build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker context create ci
            - docker buildx create --use ci
          script:
            - docker buildx build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker run --privileged --rm tonistiigi/binfmt --install arm64
            - docker buildx build --platform linux/amd64,linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="the docker driver has only what the host offers",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker run --privileged --rm tonistiigi/binfmt --install arm64
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/arm64 -t app --load .
            - docker run --platform linux/arm64 app ./test.sh
        """,
        why="the container that runs afterwards needs the emulator",
    )


CHECK = Check(
    id="buildx-qemu-unneeded",
    title="QEMU installed beside a builder that has it",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        BuildKit's image holds emulators for all its platforms and uses them without the kernel's
        help. Installing others into the host needs a privileged container and a further pull, and
        changes the machine for all jobs on it. Only docker's own builder, and containers of
        another platform, need them.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/#qemu",),
    since="0.1",
)
