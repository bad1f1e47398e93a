"""A compiler that runs in an emulator."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...dockerfile.run import RunCommand
from ...finding import Confidence, Finding, Severity

DRIVERS = ("daemonless", "docker-container", "docker")
VERBS = {
    "go": ("build", "install", "test"),
    "cargo": ("build", "install", "test"),
    "mvn": ("package", "install", "verify", "compile"),
    "mvnw": ("package", "install", "verify", "compile"),
    "gradle": ("build", "assemble", "bootJar", "shadowJar"),
    "gradlew": ("build", "assemble", "bootJar", "shadowJar"),
    "dotnet": ("build", "publish"),
}
ALWAYS = ("make", "ninja")


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None or build.builder.driver not in DRIVERS:
        return
    # Builders with machines of several kinds compile on each.
    if any(create.appends is not False for create in context.builds.buildx_creates):
        return
    every = stage_runs(build, dockerfile)
    if len({run.target.platform.architecture for run in every}) < 2:
        return
    for runs in by_stage(every).values():
        native = [run for run in runs if run.platform == run.target.platform]
        command = next((c for run in native for c in run.commands if _compiles(c)), None)
        if command is None:
            continue
        yield _finding(command, native, context)


def _finding(command: RunCommand, runs: list[StageRun], context: Context) -> Finding:
    platforms = " and ".join(dict.fromkeys(str(run.platform) for run in runs))
    return context.finding(
        command.location,
        f"this compiles once for each of {platforms}: where the runner is another machine, in an "
        "emulator, many times slower",
        confidence=Confidence.POSSIBLE,
        advice=(
            "FROM --platform=$BUILDPLATFORM … and `ARG TARGETOS TARGETARCH`, with a compiler that "
            "builds for other machines",
            "or a job on a runner of each kind, joined by `docker buildx imagetools create`",
        ),
    )


def _compiles(command: RunCommand) -> bool:
    if command.name in ALWAYS:
        return True
    words = [word.text.value for word in command.operands]
    if command.name == "cmake":
        return command.has("--build")
    return any(verb in words for verb in VERBS.get(command.name or "", ()))


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM rust:1.90 AS build
                COPY . .
                RUN ⟦cargo build --release⟧ && cargo test
                FROM debian:12-slim
                COPY --from=build /target/release/app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM gcc:15
                COPY . /src
                RUN cd /src && ./configure && ⟦make -j4⟧ && make install
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/amd64,linux/riscv64
                      --output type=oci,dest=image.tar
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                ARG TARGETOS TARGETARCH
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
                RUN apk add --no-cache make
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the compiler runs on the building machine",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26
                RUN go build -o /app ./cmd/app
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="for the runner's own platform only",
    )


CHECK = Check(
    id="emulated-compile",
    title="Compiling in an emulator",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Steps for another machine than the runner's run in QEMU. For a few commands that does no
        harm; a compiler takes five to twenty times as long, and now and then a program crashes
        in the emulator that never does elsewhere.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/#cross-compilation",),
    since="0.1",
)
