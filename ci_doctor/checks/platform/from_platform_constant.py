"""A stage that is pinned to one platform in a build for others."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.stage_platforms import StageRun, by_stage, stage_runs
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import From
from ...dockerfile.editing import remove_flag
from ...edits import Fix
from ...finding import Confidence, Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    # Alone, without a list of platforms, the flag is a way to ask for one.
    if dockerfile is None or build.tool is Tool.KANIKO or not build.platforms:
        return
    for runs in by_stage(stage_runs(build, dockerfile)).values():
        pinned = [run for run in runs if run.pinned and run.root.stage is run.stage]
        if pinned and pinned[0].from_.is_scratch is False:
            yield _finding(pinned, context)


def _finding(pinned: list[StageRun], context: Context) -> Finding:
    first = pinned[0]
    word = first.stage.from_.platform
    others = " and ".join(dict.fromkeys(str(run.target.platform) for run in pinned))
    certain = any(run.target.certain for run in pinned)
    return context.finding(
        first.stage.from_.location if word is None else word.location,
        f"the stage '{first.stage.label}' is for {first.platform} only, also in the build for {others}"
        if first.copied
        else f"the image for {others} gets the programs of {first.platform}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details=(
            "WARN: FromPlatformFlagConstDisallowed. The build ends with exit code 0"
            + ("." if first.copied else f", and the image says that it is for {others}.")
        ),
        related=[
            run.target.location.noted("the platform asked for")
            for run in pinned
            if run.target.location is not None
        ][:1],
        advice=(
            "FROM --platform=$BUILDPLATFORM … and `ARG TARGETOS TARGETARCH`, for a stage that "
            "compiles for other machines"
            if first.copied
            else "FROM without --platform takes the image of each platform",
        ),
        fix=_fix(first.stage.from_, copied=first.copied),
    )


def _fix(instruction: From, *, copied: bool) -> Fix | None:
    flag, word = instruction.flag("platform"), instruction.platform
    if flag is None or word is None or "$" in word.value:
        return None
    if copied:
        edit = replace(word.location, "$BUILDPLATFORM")
        return fix("Write `--platform=$BUILDPLATFORM`", edit, unsafe=True)
    return fix("Remove `--platform`", remove_flag(flag), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM --platform=⟦linux/amd64⟧ golang:1.26 AS build
                RUN go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                RUN go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    # The image itself, under a build argument's default.
    yield Example(
        {
            "Dockerfile": """
                ARG PLATFORM=linux/amd64
                FROM --platform=⟦$PLATFORM⟧ nginx:1.29
                COPY dist /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM node:24 AS assets
                RUN npm ci && npm run build
                FROM --platform=$TARGETPLATFORM nginx:1.29
                COPY --from=assets /dist /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the building machine's platform, and the one asked for",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=linux/amd64 alpine:3.22 AS tools-amd64
                RUN apk add --no-cache upx
                FROM --platform=linux/arm64 alpine:3.22 AS tools-arm64
                RUN apk add --no-cache binutils
                FROM tools-$TARGETARCH
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="each platform has a stage of its own",
    )


CHECK = Check(
    id="from-platform-constant",
    title="Stage pinned to one platform",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `FROM --platform=linux/amd64` was a cure for one machine. In a build for several platforms
        it puts the programs of that platform into the images of all of them: they are pushed
        under the right name and end in `exec format error` where they run.
    """,
    links=(
        "https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/",
        "https://docs.docker.com/build/building/multi-platform/#cross-compilation",
    ),
    since="0.1",
)
