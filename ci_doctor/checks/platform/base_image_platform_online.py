"""A base image whose registry does not have it for a platform the job builds."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.base_images import shortage, unknown_images
from ...builds.build import Build
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...samples import MULTI, ROOTLESS


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if context.online is None or dockerfile is None:
        return
    for image, reference in unknown_images(build, dockerfile):
        offered = context.online.platforms(reference)
        lack = None if offered is None else shortage(image, offered)
        if lack is not None:
            yield context.finding(
                image.location,
                lack.message,
                confidence=lack.confidence,
                details=lack.details,
                related=lack.related,
            )


def examples() -> Iterator[Example | LookAlike]:
    python = {
        "Dockerfile": """
            FROM ⟦registry.example.com/base/python:3.13⟧
            COPY . /srv
            RUN pip install /srv
        """,
        ".gitlab-ci.yml": MULTI,
    }
    yield Example(python, online={"registry.example.com/base/python:3.13": ["linux/amd64"]})
    # Pushed without an index, as `docker push` does.
    yield Example(python, online={"registry.example.com/base/python:3.13": "linux/amd64"})
    # By digest, and for one platform.
    digest = "sha256:" + "0d5f9f3c6a7b1e2d" * 4
    yield Example(
        {
            "Dockerfile": f"""
                ARG BASE=example/go:1.26
                FROM --platform=$BUILDPLATFORM $BASE AS build
                COPY . .
                RUN make
                FROM ⟦example/runtime@{digest}⟧
                COPY --from=build /out/app /app
            """,
            ".gitlab-ci.yml": ROOTLESS.replace("--output", "--opt platform=linux/s390x --output"),
        },
        online={
            "example/go:1.26": ["linux/amd64"],
            f"example/runtime@{digest}": ["linux/amd64", "linux/arm64"],
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM registry.example.com/base/python:3.13
                RUN pip install numpy
            """,
            ".gitlab-ci.yml": MULTI,
        },
        online={"registry.example.com/base/python:3.12": ["linux/amd64"]},
        why="the registry does not tell anything about that tag",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM registry.example.com/web/assets:7 AS assets
                FROM nginx:1.29
                COPY --from=assets / /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": MULTI,
        },
        online={"registry.example.com/web/assets:7": "linux/amd64"},
        why="an image without an index serves every platform, and nothing of it is run",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM registry.example.com/base/run:1
                COPY . /srv
            """,
            ".gitlab-ci.yml": MULTI,
        },
        online={"registry.example.com/base/run:1": ["linux/386", "linux/arm/v7"]},
        why="amd64 and arm64 take images for 386 and arm/v7 where there are no better ones",
    )


CHECK = Check(
    id="base-image-platform-online",
    title="Base image that its registry does not have for the platform",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A build for several platforms pulls the base image for each of them, and fails as a whole
        where the image does not exist for one. ci-doctor knows the official images; with `--online`
        it asks the registries of all others.
    """,
    links=(
        "https://docs.docker.com/build/building/multi-platform/",
        "https://gitlab.com/ci-doctor/ci-doctor/-/blob/main/docs/configuration.md#registries",
    ),
    symptoms=("platform-not-in-image",),
    since="0.1",
)
