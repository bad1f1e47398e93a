"""A base image that does not exist for a platform the job builds."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.base_images import base_images, shortage
from ...builds.build import Build
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...images.official import alternatives
from ...images.reference import official_name


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    for image in base_images(build, dockerfile):
        offered = image.offline
        lack = None if offered is None else shortage(image, offered)
        if lack is None:
            continue
        name, tag = official_name(image.reference), image.reference.tag_or_latest
        other = alternatives(name, tag.value, lack.platforms) if name and tag and tag.value else ()
        them = "it" if len(lack.platforms) == 1 else "them"
        yield context.finding(
            image.location,
            lack.message,
            confidence=lack.confidence,
            details=lack.details,
            related=lack.related,
            advice=[f"{each} has {them}" for each in other],
        )


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
    # A hosted runner of that kind, and no platform asked for.
    yield Example(
        {
            "Dockerfile": """
                FROM ⟦archlinux:base⟧
                RUN pacman -Sy --noconfirm curl
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  tags: [saas-linux-medium-arm64]
                  script: docker build -t app .
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
                FROM archlinux AS base-amd64
                FROM debian:12 AS base-arm64
                FROM base-$TARGETARCH
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
        why="stages that are not built, or for one platform only, and an image that nothing is known of",
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
