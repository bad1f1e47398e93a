"""Several platforms in one build on a builder that can do one."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.engine import has_containerd_store, is_kept_from_store
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...images.platforms import InvalidPlatform, parse_platform
from ...source import Location


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or build.builder.driver != "docker":
        return
    if not _several(build):
        return
    capable = has_containerd_store(build)
    if capable is True or is_kept_from_store(build):
        return  # where DOCKER_DRIVER keeps it from that, dind-docker-driver-variable says so
    yield context.finding(
        _place(build),
        "the docker driver builds one platform at a time"
        + ("" if capable is False else " unless the engine is 29 or newer"),
        confidence=Confidence.CERTAIN if capable is False else Confidence.LIKELY,
        details=(
            "ERROR: failed to build: Multi-platform build is not supported for the docker driver."
        ),
        advice=("docker buildx create --use --driver docker-container",),
    )


def _several(build: Build) -> bool:
    """Whether at least two platforms are known to differ."""
    known = set()
    for platform in build.platforms:
        if platform.text.value is not None:
            try:
                known.add(parse_platform(platform.text.value.strip()))
            except InvalidPlatform:
                return False
    return len(known) > 1


def _place(build: Build) -> Location | None:
    options = build.given("--platform")
    return options[-1].value_location if options else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --platform ⟦linux/amd64,linux/arm64⟧ -t app .
    """)
    # A builder is created and not used.
    yield Example("""
        build:
          image: docker:27.5-cli
          services: ["docker:27.5-dind"]
          script:
            - docker buildx create --name multi
            - docker buildx build --platform=⟦linux/amd64,linux/arm64⟧ -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx create --use --name multi
            - docker buildx build --platform linux/amd64,linux/arm64 -t app --output type=oci,dest=app.tar .
        """,
        why="the docker-container driver builds several",
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker buildx build --platform linux/amd64,linux/arm64 -t app .
        """,
        why="engine 29 keeps several platforms in its containerd store",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --platform linux/arm64,linux/arm64/v8 -t app .
        """,
        why="two names of one platform",
    )


CHECK = Check(
    id="buildx-docker-driver-multi-platform",
    title="Several platforms on the docker driver",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Without `buildx create --use` the build runs on the daemon's own builder. Before engine
        29, or with a storage driver chosen by DOCKER_DRIVER, its image store holds one platform
        for each image, and buildx refuses to start.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    symptoms=("docker-driver-multi-platform",),
    since="0.1",
)
