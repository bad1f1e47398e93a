"""`--platform=$TARGETPLATFORM`, which is what FROM does anyway."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Dockerfile, From
from ...dockerfile.editing import remove_flag
from ...finding import Finding, Severity

WRITTEN = ("$TARGETPLATFORM", "${TARGETPLATFORM}")


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    pairs = [pair for arg in dockerfile.global_args for pair in arg.pairs]
    if any(pair.name.value == "TARGETPLATFORM" and pair.value is not None for pair in pairs):
        return  # the default beats what the build asks for
    for instruction in dockerfile.of(From):
        word, flag = instruction.platform, instruction.flag("platform")
        if word is None or flag is None or word.value not in WRITTEN:
            continue
        yield context.finding(
            flag.location,
            "the platform asked for is what FROM takes without this flag",
            details="WARN: RedundantTargetPlatform",
            fix=fix("Remove the flag", remove_flag(flag)),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM ⟦--platform=$TARGETPLATFORM⟧ alpine:3.22 AS base
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        fixed={
            "Dockerfile": """
                FROM alpine:3.22 AS base
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                RUN go build -o /app ./...
                FROM ⟦--platform=${TARGETPLATFORM}⟧ debian:12
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        fixed={
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                RUN go build -o /app ./...
                FROM debian:12
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26
                RUN go build ./...
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="another platform",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=linux/${TARGETARCH} golang:1.26
                RUN go build ./...
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="only a part of it",
    )


CHECK = Check(
    id="from-platform-redundant",
    title="--platform=$TARGETPLATFORM",
    severity=Severity.INFO,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A FROM without `--platform` takes the image of the platform that is built. The flag says
        the same once more, and fails with builders that do not know the variable.
    """,
    links=("https://docs.docker.com/reference/build-checks/redundant-target-platform/",),
    since="0.1",
)
