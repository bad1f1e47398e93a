"""A default that replaces what BuildKit knows about the platform."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import build_arguments
from ...builds.build import Build, Tool
from ...builds.operations import reaching, used_stages
from ...builds.stage_platforms import Target, targets
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Arg, Dockerfile, From, Pair, Scopes
from ...dockerfile.expansion import variables
from ...edits import Edit
from ...finding import Confidence, Finding, Severity
from ...images.platforms import Platform
from ...source import Location, Span

NAMES = ("TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT")


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    builds = context.builds_with(dockerfile)
    scopes = Scopes(dockerfile, complete=False)
    stages = used_stages(dockerfile, builds)
    for arg in dockerfile.of(Arg):
        stage = dockerfile.stage_of(arg)
        if stage is not None and stage not in stages:
            continue
        users = builds if stage is None else reaching(dockerfile, arg.span.start, builds)
        for pair in arg.pairs:
            name = pair.name.value
            if name not in NAMES or pair.value is None:
                continue
            if stage is None and not _is_used(name, dockerfile):
                continue
            value = scopes.at(arg).expand(pair.value).value
            if value is not None:
                yield from _finding(pair, value, users, context)


def _is_used(name: str, dockerfile: Dockerfile) -> bool:
    """Whether a FROM or a bare ARG of a stage takes the value from before the first FROM."""
    for instruction in dockerfile.of(From):
        words = [word for word in (instruction.image, instruction.platform) if word is not None]
        if any(variable.name == name for word in words for variable in variables(word)):
            return True
    return any(
        pair.name.value == name and pair.value is None
        for stage in dockerfile.stages
        for arg in stage.of(Arg)
        for pair in arg.pairs
    )


def _finding(pair: Pair, value: str, users: list[Build], context: Context) -> Iterator[Finding]:
    name = pair.name.value
    # The classic builder knows no platform, and Kaniko has rules of its own: the default may be needed.
    modern = [b for b in users if b.tool is not Tool.KANIKO and b.builder.driver != "classic"]
    given = [build for build in modern if name in build_arguments(build)[0] or build.opaque]
    if users and len(given) == len(modern):
        return
    wrong: list[Target] = [
        target
        for build in modern
        if build not in given
        for target in targets(build)
        if _field(name, target.platform) != value
    ]
    if name == "TARGETOS" and value == "linux" and not wrong:
        return
    others = " and ".join(dict.fromkeys(str(target.platform) for target in wrong))
    certain = not wrong or any(target.certain for target in wrong)
    assert pair.value is not None
    span = Span(pair.name.span.end, pair.value.span.end)
    source = pair.name.location.source
    yield context.finding(
        Location(source, Span(pair.name.span.start, span.end)),
        f"'{name}' is '{value}' in the build for {others}, too: the default beats the platform's value"
        if wrong
        else f"the default of '{name}' beats the platform's value, for every platform",
        severity=Severity.ERROR if wrong else Severity.WARNING,
        confidence=Confidence.CERTAIN if certain and users else Confidence.LIKELY,
        details="BuildKit says nothing about it; only a build argument beats the default.",
        related=[
            target.location.noted("the platform asked for")
            for target in wrong
            if target.location is not None
        ][:1],
        advice=(f"ARG {name}",),
        fix=fix("Remove the default", Edit(source.path, span, ""), unsafe=len(modern) < len(users)),
    )


def _field(name: str, platform: Platform) -> str:
    return {
        "TARGETPLATFORM": str(platform),
        "TARGETOS": platform.os,
        "TARGETARCH": platform.architecture,
        "TARGETVARIANT": platform.variant,
    }[name]


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM golang:1.26 AS build
                ARG TARGETOS ⟦TARGETARCH=amd64⟧
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM golang:1.26 AS build
                ARG TARGETOS TARGETARCH
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    # Before FROM, where a bare ARG takes it over. One platform only: a warning.
    yield Example(
        {
            "Dockerfile": """
                ARG ⟦TARGETARCH="amd64"⟧
                FROM alpine:3.22
                ARG TARGETARCH
                RUN wget https://downloads.example.com/tool-$TARGETARCH
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        fixed={
            "Dockerfile": """
                ARG TARGETARCH
                FROM alpine:3.22
                ARG TARGETARCH
                RUN wget https://downloads.example.com/tool-$TARGETARCH
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                ARG TARGETARCH=amd64
                FROM alpine:3.22
                ARG ARCH=amd64
                ARG TARGETOS=linux
                RUN wget https://downloads.example.com/tool-$TARGETOS
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="nothing takes the first, the second is a name of one's own, the third is always so",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                ARG TARGETARCH=amd64
                RUN wget https://downloads.example.com/tool-$TARGETARCH
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  parallel: {matrix: [{ARCH: [amd64, arm64]}]}
                  script:
                    - docker buildx build --platform linux/$ARCH --build-arg TARGETARCH=$ARCH -t app .
            """,
        },
        why="the job passes the value",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                ARG TARGETARCH=amd64
                RUN wget https://downloads.example.com/tool-$TARGETARCH
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
                  script: /kaniko/executor --context . --no-push
            """,
        },
        why="Kaniko has rules of its own",
    )


CHECK = Check(
    id="target-arg-default",
    title="Default for a platform variable",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A bare `ARG TARGETARCH` takes the platform that is built. With a default it takes the
        default, for every platform and without a word: all images of the list then hold the
        programs of one machine. It is meant as a fallback and is none.
    """,
    links=(
        "https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope",
    ),
    since="0.1",
)
