"""A builder whose BuildKit changes from day to day."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import BUILDKIT_RELEASE, BuildkitImage
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job

FLOATING = ("master", "nightly", "latest", "rootless")


def find(job: Job, context: Context) -> Iterator[Finding]:
    for create in context.builds.buildx_creates:
        for options in create.driver_options:
            image = options.get("image")
            name = None if image is None else image.value
            if image is None or name is None or "@" in name.template:
                continue
            seen = BuildkitImage.of(name)
            tag = None if seen.tag is None else seen.tag.value
            if seen.official is not True or tag is None or not tag.startswith(FLOATING):
                continue
            yield context.finding(
                image.value_location,
                f"the builder's BuildKit changes whenever 'moby/buildkit:{tag}' does",
                advice=(f"image=moby/buildkit:{BUILDKIT_RELEASE}",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --driver-opt image=⟦moby/buildkit:master⟧ ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --driver-opt "image=⟦moby/buildkit⟧,network=host" ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --driver-opt image=moby/buildkit:v0.32.2 ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="pinned",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --driver-opt image=moby/buildkit:buildx-stable-1 ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="what buildx takes by itself",
    )


CHECK = Check(
    id="buildx-driver-opt-image-floating",
    title="Floating BuildKit image for a builder",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `master` and `nightly` are untested states of BuildKit, and `latest` moves with every
        release. Builds that worked yesterday then fail without a change of the pipeline.
    """,
    links=("https://docs.docker.com/build/builders/drivers/docker-container/",),
    since="0.1",
)
