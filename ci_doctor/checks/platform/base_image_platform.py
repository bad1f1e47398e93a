"""A base image that does not exist for a platform the job builds."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import ResolvedFrom, from_images
from ...finding import Confidence, Finding, Severity
from ...images.official import alternatives
from ...images.offline import ImagePlatforms, offline_platforms
from ...images.platforms import InvalidPlatform, Platform, parse_platform
from ...images.reference import official_name, parse_reference_text
from ...source import Location


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    # Kaniko's --custom-platform picks a manifest by other rules.
    if dockerfile is None or build.tool in (Tool.OPAQUE, Tool.KANIKO):
        return
    targets = [(p.text.value or "", p.location) for p in build.platforms]
    arguments = {arg.name.value: arg.value for arg in build.build_args if arg.name.value}
    known = {name: value for name, value in arguments.items() if value is not None}
    # A named context may stand in for any image.
    if build.named_contexts:
        return
    complete = not build.opaque and len(known) == len(build.build_args)
    for base in from_images(dockerfile, known, build.target, complete=complete):
        if base.is_pulled is not True:
            continue
        if base.platform is None:
            wanted = targets
        elif base.platform.value is not None:
            wanted = [(base.platform.value, base.location)]
        else:
            continue  # $BUILDPLATFORM: whatever machine builds
        yield from _missing(base, wanted, build, context)


def _missing(
    base: ResolvedFrom,
    wanted: list[tuple[str, Location | None]],
    build: Build,
    context: Context,
) -> Iterator[Finding]:
    reference = parse_reference_text(base.image)
    offered = None if reference is None else offline_platforms(reference)
    if reference is None or offered is None:
        return
    lacking: dict[str, Location | None] = {}
    confidences = []
    for written, place in wanted:
        platform = _platform(written)
        confidence = None if platform is None else offered.lacks(platform)
        if platform is not None and confidence is not None:
            lacking[str(platform)] = place
            confidences.append(confidence)
    if not lacking:
        return
    certain = Confidence.LIKELY not in confidences
    name, tag = official_name(reference), reference.tag_or_latest
    other = alternatives(name, tag.value, lacking) if name and tag and tag.value else ()
    places = dict.fromkeys(place for place in lacking.values() if place is not None)
    yield context.finding(
        base.location,
        f"'{base.image.display}' does not exist for {' and '.join(lacking)}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details=(
            f"It exists for {_list(offered)} ({offered.source}). The build ends in: "
            "no match for platform in manifest: not found"
        ),
        related=[
            place.noted("the platform asked for") for place in places if place != base.location
        ],
        advice=[f"{image} has {_plural(lacking)}" for image in other],
    )


def _platform(written: str) -> Platform | None:
    """A platform that exists; another check speaks of the others."""
    try:
        platform = parse_platform(written.strip())
    except InvalidPlatform:
        return None
    return platform if platform.is_known else None


def _list(offered: ImagePlatforms) -> str:
    return ", ".join(sorted(offered.platforms))


def _plural(lacking: dict[str, Location | None]) -> str:
    return "it" if len(lacking) == 1 else "them"


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                FROM ⟦archlinux:latest⟧
                RUN pacman -Sy --noconfirm curl
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/amd64,linux/arm64
                      --output type=oci,dest=image.tar
            """,
        }
    )
    # The tag comes from a build argument of the job.
    yield Example(
        {
            "app/Dockerfile": """
                ARG BASE=alpine
                FROM golang:1.26 AS build
                RUN go build -o /app ./...
                FROM ⟦$BASE⟧
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker buildx create --use
                    - docker buildx build --platform linux/arm/v7 --build-arg BASE=percona:8.0
                      -o type=oci,dest=app.tar app
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM archlinux AS build
                RUN make
                FROM alpine:3.22
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/amd64,linux/arm64
                      --output type=oci,dest=image.tar
            """,
        },
        why="that stage runs on the building machine's platform",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM archlinux AS unused
                FROM registry.example.com/archlinux AS own
                FROM debian:12
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/amd64,linux/arm64
                      --output type=oci,dest=image.tar
            """,
        },
        why="a stage that is not built, and an image that nothing is known of",
    )


CHECK = Check(
    id="base-image-platform",
    title="Base image without the platform",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A build for several platforms pulls the base image for each of them. Where the image does
        not exist for one, the whole build fails, for the platforms that would work too.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    symptoms=("platform-not-in-image",),
    since="0.1",
)
