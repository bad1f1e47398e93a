"""Mounts and heredocs with a builder that does not know them."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.operations import used_stages
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Run
from ...finding import Confidence, Finding, Severity
from ...images.reference import same_repository

GOOGLE = "gcr.io/kaniko-project/executor"
FORK = "BuildKit, or a maintained fork: ghcr.io/osscontainertools/kaniko"
BUILDKIT = "build with BuildKit: remove DOCKER_BUILDKIT, or use docker 23 or newer"
# Without them the step runs all the same, only slower.
HARMLESS = ("cache", "tmpfs")


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    if build.builder.driver == "classic":
        yield from _classic(build, dockerfile, context)
    image = context.builds.image.name
    if build.tool is Tool.KANIKO and image is not None:
        google = same_repository(image, GOOGLE)
        if google is not False:
            confidence = Confidence.CERTAIN if google else Confidence.LIKELY
            yield from _kaniko(build, dockerfile, confidence, context)


def _classic(build: Build, dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    switch = build.command.variable("DOCKER_BUILDKIT")
    place = None if switch is None else switch.location
    related = (None if place is None else place.noted("BuildKit is turned off here"),)
    for stage in used_stages(dockerfile, [build]):
        for instruction in stage.instructions:
            for mount in instruction.mounts if isinstance(instruction, Run) else ():
                yield context.finding(
                    mount.location,
                    "the classic builder does not know `RUN --mount`",
                    details=(
                        "the --mount option requires BuildKit. Refer to "
                        "https://docs.docker.com/go/buildkit/"
                    ),
                    related=related,
                    advice=(BUILDKIT,),
                )
            for heredoc in instruction.heredocs:
                yield context.finding(
                    heredoc.word.location,
                    "the classic builder takes the lines of a heredoc for instructions",
                    details="dockerfile parse error: unknown instruction",
                    related=related,
                    advice=(BUILDKIT,),
                )


def _kaniko(
    build: Build, dockerfile: Dockerfile, confidence: Confidence, context: Context
) -> Iterator[Finding]:
    for stage in used_stages(dockerfile, [build]):
        for instruction in stage.instructions:
            for mount in instruction.mounts if isinstance(instruction, Run) else ():
                harmless = mount.type in HARMLESS
                yield context.finding(
                    mount.location,
                    f"Google's Kaniko leaves out this {mount.type} mount"
                    + ("" if harmless else ": the step does not find what it should hold"),
                    severity=Severity.INFO if harmless else Severity.ERROR,
                    confidence=confidence,
                    advice=(FORK,),
                )
            for heredoc in instruction.heredocs:
                is_run = isinstance(instruction, Run)
                yield context.finding(
                    heredoc.word.location,
                    "Google's Kaniko does not know heredocs: "
                    + ("the lines are not run" if is_run else "the lines are not copied"),
                    confidence=confidence,
                    details=f"It runs `/bin/sh -c <<{heredoc.name}`, and goes on."
                    if is_run
                    else "",
                    advice=(FORK,),
                )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                FROM node:24
                RUN ⟦--mount=type=secret,id=npm⟧ npm ci
                RUN ⟦<<EOF⟧
                npm run build
                EOF
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  variables: {DOCKER_BUILDKIT: "0"}
                  script: docker build -t app .
            """,
        }
    )
    # A cache mount is only left out, which does no harm.
    yield Example(
        {
            "Dockerfile": """
                FROM python:3.13
                RUN ⟦--mount=type=cache,target=/root/.cache/pip⟧ pip install flask
                RUN ⟦--mount=type=bind,source=requirements.txt,target=/r.txt⟧ pip install -r /r.txt
                COPY ⟦<<EOF⟧ /etc/motd
                hello
                EOF
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}
                  script: /kaniko/executor --context . --no-push
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM python:3.13
                RUN --mount=type=secret,id=pip pip install flask
                RUN <<EOF
                echo done
                EOF
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
                  script: /kaniko/executor --context . --no-push

                build with docker:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t app .
            """,
        },
        why="the fork and BuildKit know them",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM python:3.13 AS unused
                RUN --mount=type=secret,id=pip pip install flask
                FROM python:3.13
                RUN cat <<< "--mount=type=secret" > /notes
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  variables: {DOCKER_BUILDKIT: "0"}
                  script: docker build --target 1 -t app .
            """,
        },
        why="text, and a stage that the target does not need",
    )


CHECK = Check(
    id="dockerfile-mount-with-old-builder",
    title="Mount or heredoc with an old builder",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `RUN --mount` and heredocs are BuildKit's. The classic builder refuses them. Google's
        Kaniko, archived in 2025, reads them and does nothing: a step without its secret fails
        somewhere else, and a script in a heredoc is never run.
    """,
    links=(
        "https://docs.docker.com/reference/dockerfile/#run---mount",
        "https://github.com/GoogleContainerTools/kaniko/issues/1713",
    ),
    since="0.1",
)
