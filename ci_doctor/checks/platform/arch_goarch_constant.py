"""A compiler told to build for one architecture, in a build for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, runs_on, stage_runs
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Env, Instruction
from ...dockerfile.editing import add_line_above
from ...dockerfile.run import RunCommand
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.vocabulary import architecture_of
from ...source import Location
from ...text import Text

GO = "GOARCH"
CARGO = "CARGO_BUILD_TARGET"
COMPILERS = {GO: "Go", CARGO: "cargo"}
RUNS = ("go", "cargo", "cross", "make", "mage", "task", "just", "xgo", "goreleaser", "maturin")
CARGO_COMMANDS = ("b", "build", "install", "rustc", "zigbuild", "auditable", "chef")


@dataclass(frozen=True, eq=False)
class Setting:
    """What tells a compiler its target: GOARCH, CARGO_BUILD_TARGET or `cargo build --target`."""

    compiler: str
    value: Text
    instruction: Instruction
    location: Location | None
    conditional: bool = False


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    every = stage_runs(build, dockerfile)
    # A variable of an image without a compiler is for those who stand on it.
    if not any(command.name in RUNS for run in every for command in run.commands):
        return
    for runs in by_stage(every).values():
        hit: dict[Location, tuple[Setting, list[StageRun]]] = {}
        for run in runs:
            for setting in () if run.pinned else _wrong(run):
                place = setting.location or setting.instruction.location
                hit.setdefault(place, (setting, []))[1].append(run)
        for place, (setting, wrong) in hit.items():
            yield _finding(place, setting, wrong, context)


def _wrong(run: StageRun) -> Iterator[Setting]:
    """What does not compile for the platform that the stage is made for."""
    every = _settings(run)
    for compiler in COMPILERS.values():
        settings = [setting for setting in every if setting.compiler == compiler]
        # Several of them: which of the results is used is decided elsewhere.
        if len({setting.value for setting in settings}) != 1:
            continue
        architecture = architecture_of((settings[0].value.value or "").split("-")[0])
        if architecture is not None and not runs_on(run.target.platform, architecture):
            yield from (setting for setting in settings if not setting.conditional)


def _settings(run: StageRun) -> list[Setting]:
    found = []
    for env in run.stage.of(Env):
        if env.name != "ENV":
            continue
        scope = run.scopes.at(env)
        for pair in env.pairs:
            compiler = COMPILERS.get(pair.name.value)
            if compiler is not None and pair.value is not None:
                value = scope.expand(pair.value)
                found.append(Setting(compiler, value, env, value.location))
    for step, commands in run.steps:
        for command in commands.commands:
            for name, value in _told(command):
                setting = Setting(COMPILERS[name], value, step, value.location, command.conditional)
                found.append(setting)
    return found


def _told(command: RunCommand) -> Iterator[tuple[str, Text]]:
    for name in COMPILERS:
        value = command.assignments.get(name)
        if value is not None:
            yield name, value
    words = [word.text for word in command.arguments]
    if command.name not in ("cargo", "cross") or not words:
        return
    if not any(word.value in CARGO_COMMANDS for word in words[:2]):
        return
    for index, word in enumerate(words):
        option, value = word.partition("=")
        if option.value == "--target" and value is not None:
            yield CARGO, value
        elif word.value == "--target" and index + 1 < len(words):
            yield CARGO, words[index + 1]


def _finding(place: Location, setting: Setting, hit: list[StageRun], context: Context) -> Finding:
    platforms = " and ".join(dict.fromkeys(str(run.target.platform) for run in hit))
    certain = any(run.target.certain for run in hit)
    return context.finding(
        place,
        f"{setting.compiler} compiles for '{setting.value.display}' in the build for {platforms}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details="The program ends in: exec format error",
        related=[
            run.target.location.noted("the platform asked for")
            for run in hit
            if run.target.location is not None
        ][:1],
        advice=("ARG TARGETARCH", "GOARCH=$TARGETARCH")
        if setting.compiler == COMPILERS[GO]
        else (
            "ARG TARGETARCH",
            'case "$TARGETARCH" in amd64) target=x86_64-unknown-linux-musl ;; '
            "arm64) target=aarch64-unknown-linux-musl ;; esac",
        ),
        fix=_fix(setting, hit[0]),
    )


def _fix(setting: Setting, run: StageRun) -> Fix | None:
    place = setting.location
    if setting.compiler != COMPILERS[GO] or place is None:
        return None
    if place.text != setting.value.value or not setting.instruction.span.contains(place.span):
        return None
    edits = [replace(place, "$TARGETARCH")]
    if run.scopes.at(setting.instruction).is_set("TARGETARCH") is not True:
        edits.append(add_line_above(setting.instruction, "ARG TARGETARCH"))
    return fix("Compile for the platform that is built", *edits, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                COPY . .
                RUN CGO_ENABLED=0 GOOS=linux GOARCH=⟦amd64⟧ go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                COPY . .
                ARG TARGETARCH
                RUN CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM rust:1.90 AS build
                RUN rustup target add x86_64-unknown-linux-musl
                RUN cargo build --release --target ⟦x86_64-unknown-linux-musl⟧
                FROM scratch
                COPY --from=build /target/x86_64-unknown-linux-musl/release/app /app
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    # In the environment of the whole stage.
    yield Example(
        {
            "Dockerfile": """
                FROM golang:1.26
                ARG TARGETARCH
                ENV GOOS=linux GOARCH=⟦arm64⟧
                RUN go install ./...
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM golang:1.26
                ARG TARGETARCH
                ENV GOOS=linux GOARCH=$TARGETARCH
                RUN go install ./...
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                ARG TARGETOS TARGETARCH
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM --platform=$BUILDPLATFORM golang:1.26 AS every
                RUN GOARCH=amd64 go build -o /out/amd64/tool ./cmd/tool && GOARCH=arm64 go build -o /out/arm64/tool ./cmd/tool
                FROM alpine:3.22
                ARG TARGETARCH
                COPY --from=build /app /usr/bin/app
                COPY --from=every /out/$TARGETARCH/tool /usr/bin/tool
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the platform's own, and one for each",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26
                RUN GOARCH=amd64 go build -o /app ./cmd/app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --platform linux/amd64 -t app .
            """,
        },
        why="nothing else is built",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update && apt-get install -y golang gcc-arm-linux-gnueabihf
                ENV GOARCH=arm GOARM=7 CC=arm-linux-gnueabihf-gcc
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="a cross compiler's image, in which nothing is compiled",
    )


CHECK = Check(
    id="arch-goarch-constant",
    title="Compiler fixed on one architecture",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A compiler that is told its target compiles for that, whatever platform the image is
        for. The images for the others are built and pushed, and none of them runs.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/#cross-compilation",),
    since="0.1",
)
