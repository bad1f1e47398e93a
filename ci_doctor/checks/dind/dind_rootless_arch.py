"""dind-rootless on an architecture that it is not made for."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

ARM_32 = ("armv6", "armv7", "armhf", "arm32", "arm-v6", "arm-v7", "arm/v7")


def find(job: Job, context: Context) -> Iterator[Finding]:
    tags = [tag.template.lower() for tag in job.tags]
    tag = next((tag for tag in tags if any(word in tag for word in ARM_32)), None)
    if tag is None:
        return
    for dind in dinds(job, context.runner):
        if dind.image.tag is None or dind.image.tag.contains("rootless") is not True:
            continue
        yield context.finding(
            dind.location,
            f"docker's rootless image is made for amd64 and arm64, not for a runner tagged '{tag}'",
            confidence=Confidence.LIKELY,
            details="no matching manifest for linux/arm/v7 in the manifest list entries",
            advice=("use the tag without `-rootless`, or a runner with arm64",),
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["⟦docker:28-dind-rootless⟧"]
          tags: [linux-armv7]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        .pi:
          tags: [raspberry-armhf]
          services:
            - name: ⟦docker:28.1-dind-rootless⟧
              alias: docker

        build:
          extends: .pi
          image: docker:28.1-cli
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind-rootless"]
          tags: [linux-arm64]
          script: docker build -t app .
        """,
        settings=settings,
        why="arm64 has it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          tags: [linux-armv7]
          script: docker build -t app .
        """,
        settings=settings,
        why="the other image is made for arm/v7 too",
    )


CHECK = Check(
    id="dind-rootless-arch",
    title="dind-rootless on 32-bit ARM",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker:dind is there for amd64, arm64, arm/v6 and arm/v7; its rootless variant for amd64
        and arm64 only. On a 32-bit runner the service's image cannot be pulled.
    """,
    links=("https://github.com/docker-library/official-images/blob/master/library/docker",),
    since="0.1",
)
